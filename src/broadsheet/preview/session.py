"""Runs the preview: the work queue in this thread, the server and the watcher beside it."""

from __future__ import annotations

import os
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import copy_context
from functools import partial
from pathlib import Path
from types import FrameType

import uvicorn

from broadsheet.errors import UsageError
from broadsheet.preview.access import REDIRECT, write_redirect
from broadsheet.preview.file_watcher import watch_files
from broadsheet.preview.messages import check_editor
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite
from broadsheet.preview.server import Preview
from broadsheet.preview.work_queue import WorkQueue
from broadsheet.processes.web_server import configured, listen
from broadsheet.project.sources.source import slug_of
from broadsheet.text.url_schemes import bracketed

PORT = 4848
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def preview(
    root: Path,
    names: Sequence[str] = (),
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    given: Mapping[str, str] = {},
    editor: str,
    opens_browser: bool = True,
    say: Callable[[str], None] = print,
) -> None:
    """Preview the publication at ``root`` until somebody ends it by Ctrl-C. The pages that
    ``names`` name, by slugs or paths, are made first, with the values ``given`` to their
    parameters. Raises :class:`UsageError`, and :class:`ConfigError` if the configuration cannot be
    read.
    """
    check_editor(editor)
    listening = _listen(host, port)
    with suppress(KeyboardInterrupt), listening, PreviewedSite(root.resolve()) as site:
        pages = [_page(site, name) for name in names] or ["index.html"]
        work_queue, stop = WorkQueue(site), threading.Event()
        app = Preview(work_queue, editor)
        actual = listening.getsockname()[1]
        # Of the port 80 a browser says nothing.
        hosts = frozenset(f"{bracketed(one)}:{actual}".removesuffix(":80") for one in LOOPBACK)
        with site.at_work():
            config = configured(app.application(hosts), timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        with site.at_work():
            serve = partial(copy_context().run, server.run, [listening])
        threads = [
            threading.Thread(target=serve, name="server"),
            threading.Thread(
                target=watch_files,
                args=(site.root, site.publication.project.output, work_queue.changed, say, stop),
                name="watcher",
            ),
        ]
        address = f"http://{bracketed(host)}:{actual}{app.address(pages[0], given)}"
        redirect = site.root / REDIRECT
        for thread in threads:
            thread.start()
        try:
            with _interrupts(work_queue.end):
                say(f"The preview is at {address} (Ctrl-C ends it)")
                if opens_browser:
                    with suppress(OSError):  # nothing can be written there: the address is printed
                        webbrowser.open(write_redirect(redirect, address).as_uri())
                for page in pages:
                    address_of_page = PageAddress(page, tuple(sorted(given.items())))
                    work_queue.ask(partial(PreviewedSite.page, address=address_of_page))
                work_queue.serve()
        finally:
            if opens_browser:
                redirect.unlink(missing_ok=True)
            stop.set()
            server.should_exit = True
            for thread in threads:
                thread.join()


@contextmanager
def _interrupts(end: Callable[[], None]) -> Iterator[None]:
    """Call ``end`` when Ctrl-C is pressed in the block, besides what Ctrl-C does. Its exception breaks
    off what is under way, but Python drops it if it comes while a finalizer runs.
    """
    numbers = (signal.SIGINT, signal.SIGTERM)
    handlers = {
        number: handler for number in numbers if callable(handler := signal.getsignal(number))
    }

    def interrupted(number: int, frame: FrameType | None) -> None:
        end()
        handlers[signal.Signals(number)](number, frame)

    try:
        for number in handlers:
            signal.signal(number, interrupted)
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _page(site: PreviewedSite, name: str) -> str:
    """Return the path of the page that a slug, or the path of a source, names."""
    file = Path(os.path.abspath(name))
    for edition in site.publication.editions:
        if file == site.root / edition.source.path and edition.is_first:
            return str(edition.output)
    for source in site.publication.faults:
        if name == slug_of(source) or file == site.root / source:
            return str(source.with_suffix(".html"))
    return str(site.publication.choose([name])[0].output)


def _listen(host: str, port: int | None) -> socket.socket:
    """Return a socket of this machine alone; without a ``port``, the usual one or, if that is
    taken, any.
    """
    if host not in LOOPBACK:
        raise UsageError(
            f"--host {host}",
            "the preview runs code, and is for this machine alone",
            f"Name one of {', '.join(LOOPBACK)}. From elsewhere, use a tunnel: ssh -L.",
        )
    for number in (port,) if port is not None else (PORT, 0):
        try:
            return listen(host, number)
        except OSError as error:
            refused = error
    raise UsageError(
        f"--port {port}", f"it cannot be used: {refused.strerror}", "Name another one."
    )
