"""A papermill engine that runs each notebook in a process forked from a warm one.

`papermill --engine broadsheet-warm in.ipynb out.ipynb`, or `papermill.execute_notebook(…,
engine_name="broadsheet-warm")`. `docs/execution.md` says what it promises. The way of a run:
:mod:`~broadsheet.engine.warm` decides and hands over to papermill's stock engine with a kernel
manager of ours (:mod:`~broadsheet.engine.kernel`); that asks a :mod:`zygote
<broadsheet.engine.zygotes>` for a run; the zygote (:mod:`~broadsheet.engine.zygote`, a process)
forks the notebook's own process (:mod:`~broadsheet.engine.child`) and guards it
(:mod:`~broadsheet.engine.warden`).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from broadsheet.engine.warm import WarmEngine

__all__ = ["WarmEngine"]


def __getattr__(name: str) -> object:
    """The engine, for papermill, which asks for it while it is itself being imported."""
    if name == "WarmEngine":
        from broadsheet.engine import warm

        return warm.WarmEngine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


import papermill  # noqa: E402, F401  (here, so that it has asked before a module of this package begins)
