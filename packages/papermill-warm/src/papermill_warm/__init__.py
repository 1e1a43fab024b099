"""A papermill engine that runs each notebook in a process forked from a warm one.

`papermill in.ipynb out.ipynb --engine warm`, or `papermill.execute_notebook(…,
engine_name="warm")`. The README says what it promises. The way of a run:

- :mod:`~papermill_warm.papermill_engine` decides whether a notebook can be warm, and hands it to papermill's
  stock engine with a kernel manager of ours (:mod:`~papermill_warm.kernel`);
- that asks a *zygote* (:mod:`~papermill_warm.zygote_pool`) for a run;
- the zygote (:mod:`~papermill_warm.zygote`, a process) has the libraries ready
  (:mod:`~papermill_warm.preloading`), forks the notebook's own process
  (:mod:`~papermill_warm.forked_kernel`), and supervises it (:mod:`~papermill_warm.supervisor`);
- messages go between them over sockets (:mod:`~papermill_warm.wire`).
"""

from typing import TYPE_CHECKING

from papermill_warm.address_grammar import postpone

if TYPE_CHECKING:
    from papermill_warm.papermill_engine import StoppedError, WarmEngine
    from papermill_warm.settings import SettingsError

__all__ = ["SettingsError", "StoppedError", "WarmEngine"]

postpone()


def __getattr__(name: str) -> object:
    """Import the engine on first use. papermill asks for it while papermill itself is being
    imported, and that import has to come first.
    """
    if name in __all__:
        import papermill  # noqa: F401

        from papermill_warm import papermill_engine

        # None while that module is being imported. It then registers the engine at its end.
        return getattr(papermill_engine, name, None)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
