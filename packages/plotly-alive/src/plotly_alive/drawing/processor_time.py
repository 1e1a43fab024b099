"""The processor time of other processes."""

from __future__ import annotations


def processor_time(pid: int, *, below: bool = False) -> float | None:
    """Return the seconds of processor time that a process has used, with ``below`` also those of
    all living processes that it has started; None if that cannot be known, or the process has
    ended.
    """
    import psutil

    try:
        process = psutil.Process(pid)
        used = [process.cpu_times()]
        used += [child.cpu_times() for child in process.children(recursive=True)] if below else []
    except psutil.Error:
        return None
    return float(sum(times.user + times.system for times in used))
