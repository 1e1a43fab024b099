"""The work queue: one thread that does all work on the publication, and the browsers that look on.

The server's threads ask (:meth:`WorkQueue.ask`), the watcher reports what has changed
(:meth:`WorkQueue.changed`), and :meth:`WorkQueue.serve` does it in turn, in the main thread, where
work that takes too long can be broken off. Changes that come while a page is being made are taken
together. After a change the pages that are open in a browser are made again first, and each browser
is told; the others are made when somebody opens them.

Has state: what is to be done, and who looks at which page.
"""

from __future__ import annotations

import asyncio
import json
import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from broadsheet.errors import guarded
from broadsheet.preview.page_checks import look_over
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite
from broadsheet.processes.garbage import IdleCollection

Result = TypeVar("Result")
_AWAKE = 0.5
"""Seconds after which the main thread looks up: Python answers a signal that came just before a wait
only after it.
"""
Event = tuple[str, str]
"""The name of an event, and its data."""


@dataclass(eq=False)
class Reader:
    """A browser that looks at a page."""

    address: PageAddress
    """The page's address."""
    loop: asyncio.AbstractEventLoop
    """The loop of the server."""
    events: asyncio.Queue[Event | None] = field(default_factory=asyncio.Queue)
    """The events that it is yet to get, in that loop."""

    def tell(self, event: Event | None) -> None:
        """Send it an event; None is the last. From any thread."""
        with suppress(RuntimeError):  # the loop has ended
            self.loop.call_soon_threadsafe(self.events.put_nowait, event)


class WorkQueue:
    """All work on ``site`` in one thread."""

    def __init__(self, site: PreviewedSite) -> None:
        self._site = site
        self._work: queue.SimpleQueue[Callable[[], None] | frozenset[str]] = queue.SimpleQueue()
        self._readers: list[Reader] = []
        self._is_over = False

    def ask(self, work: Callable[[PreviewedSite], Result]) -> Future[Result]:
        """Have ``work`` done on the site. From any thread."""
        future: Future[Result] = Future()

        def do() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    with self._site.at_work(), guarded("the preview", "making what was asked for"):
                        future.set_result(work(self._site))
                except Exception as error:
                    future.set_exception(error)

        self._work.put(do)
        return future

    def theme_file(self, path: str) -> bytes | Path | None:
        """Return a file of the theme at a ``path`` of the site, as it was read last, without waiting
        for other work; None if the theme has none there. From any thread.
        """
        return self._site.site.theme.files.get(path)

    def look_over(self, address: PageAddress) -> None:
        """Look for words on a page that nothing accounts for, when there is time. From any thread."""

        def look(site: PreviewedSite) -> None:
            if look_over(site, address):
                self._tell(address)

        self.ask(look)

    def changed(self, names: frozenset[str]) -> None:
        """Take note that these files have changed, counted from the root. From any thread."""
        self._work.put(names)
        self._site.break_off(names)

    @contextmanager
    def reader(self, address: PageAddress) -> Iterator[Reader]:
        """Give a browser that looks at a page, as long as it does. In the server's loop."""
        reader = Reader(address, asyncio.get_running_loop())
        self._readers.append(reader)
        try:
            yield reader
        finally:
            self._readers.remove(reader)

    def end(self) -> None:
        """Have :meth:`serve` return before the next work. From any thread, or a signal's handler."""
        self._is_over = True

    def serve(self) -> None:
        """Do what is asked, until an exception or :meth:`end` ends it; then every browser is told."""
        garbage = IdleCollection()
        try:
            while not self._is_over:
                try:
                    work = self._work.get(timeout=_AWAKE)
                except queue.Empty:
                    garbage.idle()
                    continue
                garbage.worked()
                if not isinstance(work, frozenset):
                    work()
                    continue
                changed = set(work)
                others: list[Callable[[], None]] = []
                while not self._work.empty():
                    more = self._work.get()
                    if isinstance(more, frozenset):
                        changed |= more
                    else:
                        others.append(more)
                with self._site.attempt():
                    self._follow(changed)
                for other in others:
                    self._work.put(other)
        finally:
            for reader in tuple(self._readers):
                reader.tell(None)

    def _follow(self, changed: set[str]) -> None:
        """Make the open pages again after a change, and tell their browsers. The page that was
        opened last comes first; when all are made, those follow that show something of another.
        """
        site, styles, fault = self._site, self._site.styles, self._site.fault
        open_pages = dict.fromkeys(reader.address for reader in reversed(tuple(self._readers)))
        shown = {address: self._version(address) for address in open_pages}
        site.note(changed)
        if site.styles != styles:
            for reader in tuple(self._readers):
                reader.tell(("styles", json.dumps(site.styles)))
        if site.fault is not fault:
            shown = {}
        for is_last in (False, True):
            for address in open_pages:
                if site.is_stale(address):
                    self._send(address, ("making", ""))
                page = site.page(address)
                if self._version(address) != shown.get(address) or (is_last and page is None):
                    self._tell(address)
                    shown[address] = self._version(address)

    def _version(self, address: PageAddress) -> int:
        page = self._site.known(address)
        return page.version if page is not None else 0

    def _tell(self, address: PageAddress) -> None:
        self._send(address, ("page", str(self._version(address))))

    def _send(self, address: PageAddress, event: Event) -> None:
        for reader in tuple(self._readers):
            if reader.address == address:
                reader.tell(event)
