"""Worker processes, and a browser that draws, that stay from one build to the next.

A build starts processes for its runs, each of them a warm one, and a browser for its charts: three
seconds of processor time, which a test with one small notebook would spend on little else. Tests
share them instead, as long as the environment is the one that they were started with. What a run
gets is the same: it is forked from the warm process, with an environment of its own. Tests of the
processes themselves are marked `own_workers`.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import watch
from broadsheet.processes import secret_values
from broadsheet.processes.worker_processes import Workers
from broadsheet.run import executors
from broadsheet.run.page_format import ROOT
from plotly_alive.drawing.drawing_page import DrawingPage

Pool = Workers[Callable[[], Any], Any]
Key = tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]

MOST = 3
"""How many pools are kept, for environments that differ."""
PROCESSES = 2
"""How many processes a pool has at most: the second one begins when two jobs are done at once."""
_VARYING = {"PYTEST_CURRENT_TEST", ROOT, "QUARTO_PROJECT_DIR", "QUARTO_PROJECT_OUTPUT_DIR"}
"""Environment variables that no run depends on, though they differ from test to test."""
_kept: dict[Key, Pool] = {}


class KeptExecutor(executors.LocalExecutor):
    """Threads for the jobs of one build, and worker processes that the next build gets too."""

    def __init__(self, jobs: int, variables: Mapping[str, str]) -> None:
        watch.refuse("a kernel")
        self.slots = jobs
        environment = {name: value for name, value in os.environ.items() if name not in _VARYING}
        key = frozenset(variables.items()), frozenset(environment.items())
        begin = functools.partial(_begin, variables)
        if key not in _kept:
            _kept[key] = Workers(PROCESSES, executors.call, begin=begin, spawned=True)
        self._workers = _kept[key] = _kept.pop(key)
        self._threads = ThreadPoolExecutor(jobs)
        while len(_kept) > MOST:
            _kept.pop(next(iter(_kept))).close()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for what was submitted, and leave the processes to the next build."""
        self._threads.shutdown(wait, cancel_futures=cancel_futures)


class KeptPage(DrawingPage):
    """A page that the next build draws on too."""

    def close(self) -> None:
        """Leave it as it is."""

    def end(self) -> None:
        """End the browser."""
        super().close()


def kept_page() -> KeptPage:
    """The page of this process."""
    watch.refuse("a browser")
    return _page()


def close_all() -> None:
    """End all that is kept."""
    while _kept:
        _kept.popitem()[1].close()
    close_page()


def close_page() -> None:
    """End the browser that is kept."""
    if _page.cache_info().currsize:
        _page().end()
        _page.cache_clear()


@functools.cache
def _page() -> KeptPage:
    return KeptPage()


def _begin(variables: Mapping[str, str]) -> None:
    """As a worker of a build begins; its warm process serves more than one publication."""
    from papermill_warm import zygote_pool

    secret_values.receive(variables)
    zygote_pool.PASSING |= _VARYING
