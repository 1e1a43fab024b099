"""From a source notebook to an executed one: papermill runs each edition with its parameters.

:func:`~broadsheet.execution.running.execute` runs editions, several at once, and remembers each run until something
that it used has changed. What comes back is the source's own cells with outputs, and with the values of inline
expressions in the cells' metadata; what cannot run comes back as an :class:`~broadsheet.errors.ExecutionError` or
:class:`~broadsheet.errors.ParameterError`, beside the others. What a worker process imports is in
:mod:`~broadsheet.execution.job` alone, so that it is soon at work.
"""
