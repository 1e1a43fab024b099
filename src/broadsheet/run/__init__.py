"""From a source notebook to an executed one: papermill runs each edition with its parameters.

`broadsheet.run.running` runs editions, several at once, and keeps each run until something that it
used has changed. What comes back is the source's own cells with outputs, and with the values of
inline expressions in the cells' metadata. What cannot run comes back as an error beside the others.
A worker process imports `broadsheet.run.executors` and `broadsheet.run.job`, and what these need,
so that it is soon at work.
"""
