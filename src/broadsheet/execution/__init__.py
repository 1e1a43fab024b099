"""From a source notebook to an executed one: papermill runs each edition with its parameters.

:func:`execute` runs editions, several at once, and remembers each run until something that it used has changed.
What comes back is the source's own cells with outputs, and with the values of inline expressions in the cells'
metadata; what cannot run comes back as an :class:`~broadsheet.errors.ExecutionError` or
:class:`~broadsheet.errors.ParameterError`, beside the others.
"""

from broadsheet.execution.executors import local_executor, open_executor
from broadsheet.execution.parameters import Parameter, bind, declared
from broadsheet.execution.running import Outcome, execute

__all__ = ["Outcome", "Parameter", "bind", "declared", "execute", "local_executor", "open_executor"]
