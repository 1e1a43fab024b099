"""Every bound of a build in one table, and the functions that hold the work to them.

A publication may hold anything: a named pipe where a page is looked for, includes that double, a
rule that declares a million editions. Each piece of work therefore has a bound on its size, its
number or its time. A bound that is reached is a :class:`LimitError`, which says which bound it was,
what was found, and how to raise it.

:data:`TABLE` has the bounds, from `limits.toml`. Those with ``can_rise`` may be raised under `broadsheet: limits:` in
`_quarto.yml`, by their names. The time of a cell, of a page and the memory of a notebook have
settings of their own, with the ranges here. docs/limits.md shows the table to authors.

The limits of a publication hold in the blocks of :func:`under`, in that thread or task alone: a
process may hold several publications.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache, update_wrapper
from pathlib import Path
from typing import Generic, ParamSpec, TypeVar

from broadsheet.errors import BroadsheetError, Place

P = ParamSpec("P")
Result = TypeVar("Result")


class LimitError(BroadsheetError):
    """A piece of work reached one of its bounds."""


@dataclass(frozen=True)
class Limit:
    """A bound of the program's work. `limits.toml` says what it bounds, and the reason for its
    value.
    """

    name: str
    """Its name in `_quarto.yml`."""
    standard: float
    """Its value, unless a publication sets another."""
    unit: str
    """The unit of the value."""
    can_rise: bool = True
    """`_quarto.yml` may raise it."""

    @property
    def value(self) -> float:
        """The current value: that of the publication, or else the standard one."""
        return in_force().get(self.name, self.standard)

    def shown(self, value: float) -> str:
        """Return a value of this limit, with its unit."""
        if self.unit != "bytes":
            return (
                f"{value:,.0f} {self.unit}" if value == int(value) else f"{value:,.1f} {self.unit}"
            )
        for size, unit in ((2**30, "GB"), (2**20, "MB"), (2**10, "KB")):
            if value >= size:
                return f"{value / size:,.1f}".removesuffix(".0") + f" {unit}"
        return f"{value:,.0f} bytes"

    @property
    def mend(self) -> str:
        """Advice on how to raise it, for the end of a message."""
        return (
            f" Or raise `broadsheet: limits: {self.name}` in _quarto.yml." if self.can_rise else ""
        )


TABLE: Mapping[str, Limit] = {
    name: Limit(name, entry["standard"], entry["unit"], entry.get("can-rise", True))
    for name, entry in tomllib.loads(
        Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    ).items()
}
"""Every bound by its name."""

HIGHEST = 10**13
"""The highest value that a limit may be given."""
LONGEST = 86_400.0
"""The highest time limit, in seconds: a day."""
PATIENCE = 10.0
"""The most seconds by the clock of a helper for each second of processor time, because it may share
the machine with others.
"""

_raised: ContextVar[Mapping[str, float]] = ContextVar("_raised")


@dataclass
class _Process:
    """State of the process, which a kernel has for one notebook."""

    raised: Mapping[str, float] = field(default_factory=dict)
    """The values that its publication gives to limits, by their names."""


_process = _Process()


@contextmanager
def under(raised: Mapping[str, float]) -> Iterator[None]:
    """Have the limits of a publication hold in the block: ``raised`` has the values in its
    `_quarto.yml`, by name.
    """
    token = _raised.set(raised)
    try:
        yield
    finally:
        _raised.reset(token)


def enforce(raised: Mapping[str, float]) -> None:
    """Have the limits of a publication hold in this process from now on, except within
    :func:`under`.
    """
    _process.raised = raised


def in_force() -> Mapping[str, float]:
    """Return the values that a publication gives to limits, by their names."""
    return _raised.get(_process.raised)


class Cached(Generic[P, Result]):
    """A function that limits bound, with its last ``most`` results, as :func:`functools.lru_cache`
    keeps them; those by other limits are other results.
    """

    def __init__(self, function: Callable[P, Result], most: int) -> None:
        def by(limits: frozenset[tuple[str, float]], *args: P.args, **kwargs: P.kwargs) -> Result:
            return function(*args, **kwargs)

        self._kept = lru_cache(most)(by)
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Result:
        """Return the result for these arguments."""
        kept: Callable[..., Result] = self._kept
        return kept(frozenset(in_force().items()), *args, **kwargs)

    def __len__(self) -> int:
        return self._kept.cache_info().currsize

    def clear(self) -> None:
        """Forget all results."""
        self._kept.cache_clear()


def cached(most: int) -> Callable[[Callable[P, Result]], Cached[P, Result]]:
    """Keep the last ``most`` results of a function that limits bound."""
    return lambda function: Cached(function, most)


def wall(processor: float) -> float:
    """Return the seconds by the clock in which a helper that may use ``processor`` seconds must
    have answered.
    """
    return max(TABLE["idle-time"].value, PATIENCE * processor)


def exceeded(
    limit: Limit, size: float, where: Place | str, what: str, mend: str, *, at_least: bool = False
) -> LimitError:
    """Return the error of a bound that was reached; ``at_least`` says that counting stopped at
    ``size``.
    """
    more = "more than " if at_least else ""
    return LimitError(
        where,
        f"{what} has {more}{limit.shown(size)}; the limit is {limit.shown(limit.value)}",
        mend + limit.mend,
    )


def check(limit: Limit, size: float, where: Place | str, what: str, mend: str) -> None:
    """Raise :class:`LimitError` if ``size`` is more than the ``limit``."""
    if size > limit.value:
        raise exceeded(limit, size, where, what, mend)


# Work


@contextmanager
def bounded_work(
    where: Place | str, doing: str, limit: Limit = TABLE["work-time"]
) -> Iterator[None]:
    """Interrupt the block with a :class:`LimitError` when it has used the processor time of the
    ``limit``. Only the main thread of a process can be interrupted, and only where there are POSIX
    timers; elsewhere the block is not limited. Blocks may be nested: the time of the one that ends
    first applies.
    """
    if not _can_be_broken_off():
        yield
        return
    left, _ = signal.getitimer(signal.ITIMER_PROF)
    if 0 < left <= limit.value:
        yield
        return

    def stop(*_: object) -> None:
        raise _took_too_long(where, doing, limit)

    handler, begun = signal.signal(signal.SIGPROF, stop), time.process_time()
    signal.setitimer(signal.ITIMER_PROF, limit.value, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, handler if handler is not None else signal.SIG_DFL)
        if left:
            signal.setitimer(
                signal.ITIMER_PROF, max(_SOON, left - (time.process_time() - begun)), _AGAIN
            )


_AGAIN, _SOON = 1.0, 0.01
# Seconds until a block that has caught the error is broken off once more; and until one whose time
# is over is.


def matching(pattern: str, texts: Collection[str], where: Place | str, doing: str) -> set[str]:
    """Return the ``texts`` that match ``pattern`` as a whole. The pattern comes from a
    publication's data, and some patterns take twice the time for each further letter. So the work
    is bounded: here if this is the main thread, which can be interrupted, else in a process of its
    own. Raises :class:`LimitError`.
    """
    if _can_be_broken_off():
        with bounded_work(where, doing, TABLE["pattern-time"]):
            compiled = re.compile(pattern)
            return {text for text in texts if compiled.fullmatch(text)}
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _MATCH],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    question = json.dumps([pattern, list(texts), int(TABLE["pattern-time"].value)]).encode()
    try:
        answer, _ = process.communicate(question, timeout=wall(TABLE["pattern-time"].value))
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        answer = b""
    if not answer:
        raise _took_too_long(where, doing, TABLE["pattern-time"])
    return set(json.loads(answer))


_MATCH = """\
import json, re, sys
pattern, texts, seconds = json.load(sys.stdin)
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
except ImportError:
    pass
compiled = re.compile(pattern)
json.dump([text for text in texts if compiled.fullmatch(text)], sys.stdout)
"""


def _can_be_broken_off() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _took_too_long(where: Place | str, doing: str, limit: Limit) -> LimitError:
    if limit is TABLE["pattern-time"]:
        mend = "Write the pattern without a repetition in a repetition, such as `(a+)+`."
    else:
        mend = "Look there for one very long word, line or list, and shorten it."
    return LimitError(
        where,
        f"{doing} took more than {limit.shown(limit.value)} of processor time",
        mend + limit.mend,
    )
