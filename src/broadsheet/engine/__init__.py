"""A papermill engine that runs each notebook in a process forked from a warm one.

`papermill --engine broadsheet-warm in.ipynb out.ipynb`, or `papermill.execute_notebook(…,
engine_name="broadsheet-warm")`. `docs/execution.md` says what it promises. It uses nothing else of
Broadsheet. The way of a run:

- :mod:`~broadsheet.engine.papermill_engine` decides whether a notebook can be warm, and hands it to papermill's
  stock engine with a kernel manager of ours (:mod:`~broadsheet.engine.kernel`);
- that asks a *zygote* (:mod:`~broadsheet.engine.zygote_pool`) for a run;
- the zygote (:mod:`~broadsheet.engine.zygote`, a process) has the libraries ready
  (:mod:`~broadsheet.engine.preloading`), forks the notebook's own process
  (:mod:`~broadsheet.engine.forked_kernel`), and supervises it (:mod:`~broadsheet.engine.supervisor`);
- messages go between them over sockets (:mod:`~broadsheet.engine.wire`).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from broadsheet.engine.papermill_engine import WarmEngine

__all__ = ["WarmEngine"]


def __getattr__(name: str) -> object:
    """Import the engine on first use. papermill asks for it while papermill itself is being
    imported, and that import has to come first.
    """
    if name == "WarmEngine":
        import papermill  # noqa: F401

        from broadsheet.engine import papermill_engine

        return papermill_engine.WarmEngine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
