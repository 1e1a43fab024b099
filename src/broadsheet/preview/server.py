"""The server of the preview: pages and files of the site, and below `/_preview/` what is the
preview's own.

It is for whoever started it, on this machine. All addresses begin with a secret, without which
nothing is answered (:mod:`~broadsheet.preview.access`). What runs an article with other values,
or binds it, needs the token that is in each previewed page, too. A GET makes pages, as a build would, and
changes nothing of the publication. Whatever is wrong with a request, or with what it asks for, is
said in the answer.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route
from starlette.types import ASGIApp

from broadsheet.errors import BroadsheetError, guarded
from broadsheet.preview.access import Guard
from broadsheet.preview.other_forms import card_of, changes_of, letter_of
from broadsheet.preview.page_binding import PageBinding
from broadsheet.preview.page_document import dark_style, document, followed
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite
from broadsheet.preview.site_files import SiteFiles, not_found
from broadsheet.preview.work_queue import WorkQueue
from broadsheet.processes.web_server import body_of
from broadsheet.site.index.scene import base_path
from broadsheet.storage.files import media_type

OWN = "_preview"
"""The folder of the preview's own addresses: no source may have a name like that."""
TOKEN = "x-broadsheet-token"
_LARGEST = 64 * 1024
"""The most bytes of a request's body."""
_ASSETS = {
    name: Path(__file__).with_name(name) for name in ("preview.js", "preview.css", "bar.css")
}


_Answer = TypeVar("_Answer")


class Preview:
    """The answers of the server. Has state: the values that readers have given, each under its key, and
    the last binding.
    """

    def __init__(self, work_queue: WorkQueue, editor: str) -> None:
        self._queue, self._editor = work_queue, editor
        self._given: dict[str, tuple[tuple[str, str], ...]] = {}
        self._bound = PageBinding()
        self.token, self._secret = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self._root = f"/{self._secret}/"

    def application(self, hosts: frozenset[str]) -> ASGIApp:
        """Return the application. It answers under these hosts alone, to those who know the secret."""
        routes = [
            Route(f"/{OWN}/events", self.events),
            Route(f"/{OWN}/run", self.run, methods=["POST"]),
            Route(f"/{OWN}/bind", self.bind, methods=["POST"]),
            Route(f"/{OWN}/letter", self.other_form),
            Route(f"/{OWN}/card", self.other_form),
            Route(f"/{OWN}/changes", self.other_form),
            Route(f"/{OWN}/{{name}}", self.asset),
            Route("/{path:path}", self.at),
        ]
        return Guard(Starlette(routes=routes), hosts, self._secret)

    def address(self, path: str, given: Mapping[str, str]) -> str:
        """Return the address of a page, run with the values ``given``."""
        key = ""
        if given:
            key = hashlib.sha256(json.dumps(sorted(given.items())).encode()).hexdigest()[:12]
            self._given[key] = tuple(sorted(given.items()))
        return f"{self._root}{quote(path)}" + (f"?given={key}" if key else "")

    async def at(self, request: Request) -> Response:
        """Answer with a page or a file of the site."""
        path, key = request.path_params["path"], request.query_params.get("given", "")
        if key and key not in self._given:
            return RedirectResponse(f"{self._root}{quote(path.lstrip('/'))}")
        if not _is_path(path):
            return _NO_PAGE
        path = f"{path}index.html" if not path or path.endswith("/") else path
        address, is_bare = (
            PageAddress(path, self._given.get(key, ())),
            "bare" in request.query_params,
        )
        digest, is_dark = request.query_params.get("v", ""), "scheme" in request.query_params

        def shown(content: bytes | Path | None) -> bytes | Path | None:
            if is_dark and path.endswith(".css") and isinstance(content, bytes):
                return dark_style(content.decode(errors="replace")).encode()
            return content

        def answer(site: PreviewedSite) -> str | bytes | Path | None:
            if site.page(address) is not None:
                return document(
                    site,
                    address,
                    self._root,
                    self.token,
                    self._editor,
                    is_bare=is_bare,
                    is_dark=is_dark,
                )
            base = base_path(site.publication.project).lstrip("/")  # in an author's own HTML
            content = shown(SiteFiles(site).at(path.removeprefix(base), digest))
            if content is None and site.page(PageAddress(f"{path}/index.html")) is not None:
                return f"/{quote(path)}/"
            return content

        def missing(site: PreviewedSite) -> str:
            return followed(not_found(site), self._root, base_path(site.publication.project))

        try:
            content: str | bytes | Path | None = shown(self._queue.theme_file(path))
            if content is None:
                content = await self._asked(path, answer)
            text = "" if content is not None else await self._asked(path, missing)
        except BroadsheetError as error:  # of a list, of which there is no page before
            return PlainTextResponse(f"{error}\n", 422)
        if content is None:
            return Response(text, 404, media_type="text/html")
        if isinstance(content, Path):
            return FileResponse(content, media_type=media_type(path))
        if isinstance(content, str) and content.startswith("/"):
            return RedirectResponse(f"{self._root}{content.removeprefix('/')}")
        if isinstance(content, str):
            self._queue.look_over(address)  # when the reader has the page
        return Response(
            content, media_type="text/html" if isinstance(content, str) else media_type(path)
        )

    async def asset(self, request: Request) -> Response:
        """Answer with a script or a style sheet of the preview's own."""
        name = request.path_params["name"]
        if name not in _ASSETS:
            return PlainTextResponse("There is no such file.", 404)
        return FileResponse(_ASSETS[name], media_type=media_type(name))

    async def other_form(self, request: Request) -> Response:
        """Answer with a page as an e-mail, as a social card, or as its changes since the last
        build.
        """
        address = PageAddress(request.query_params.get("path", ""))
        if not _is_path(address.path):
            return _NO_PAGE
        form = _FORMS[PurePosixPath(request.url.path).name]
        try:
            page = await self._asked(address.path, lambda site: form(site, address))
        except BroadsheetError as error:
            return PlainTextResponse(f"{error}\n", 422)
        return Response(page, media_type="text/html" if isinstance(page, str) else "image/png")

    async def events(self, request: Request) -> Response:
        """Answer with the events of a page, server-sent, as long as somebody listens."""
        query = request.query_params
        values = self._given.get(query.get("given", ""), ())
        address, version = PageAddress(query.get("path", ""), values), query.get("version", "")
        if not _is_path(address.path):
            return _NO_PAGE

        async def told() -> AsyncIterator[str]:
            with self._queue.reader(address) as reader:
                yield ": the preview is here\n\n"
                page = await self._asked(address.path, lambda site: site.page(address))
                if page is not None and str(page.version) != version:
                    yield _event("page", str(page.version))
                while (event := await reader.events.get()) is not None:
                    yield _event(*event)

        return StreamingResponse(told(), media_type="text/event-stream")

    async def run(self, request: Request) -> Response:
        """Run an article with other values; answers with the address of the page."""
        order = await self._order(request)
        if isinstance(order, Response):
            return order
        try:
            path, new = str(order["path"]), dict(order["values"])
            values = dict(self._given.get(str(order.get("given", "")), ()))
            values |= {str(name): str(value) for name, value in new.items()}
        except (ValueError, TypeError, KeyError):
            return PlainTextResponse('Send {"path": …, "values": {…}}.', 400)
        if not _is_path(path):
            return _NO_PAGE
        if any(_HALF.search(text) for pair in values.items() for text in pair):
            return PlainTextResponse("A value has half a character in it.", 400)
        return Response(json.dumps({"address": self.address(path, values)}), media_type=_JSON)

    async def bind(self, request: Request) -> Response:
        """Answer with the numbers and comparisons of a page that can be bound; or write those that are
        `chosen` of the last answer, whose `key` is given.
        """
        order = await self._order(request)
        if isinstance(order, Response):
            return order
        try:
            path, key = str(order["path"]), str(order.get("key", ""))
            chosen = [int(number) for number in order.get("chosen", ())]
        except (ValueError, TypeError, KeyError, OverflowError):
            return PlainTextResponse('Send {"path": …}, or with "key" and "chosen": […].', 400)
        if not _is_path(path):
            return _NO_PAGE

        def work(site: PreviewedSite) -> Mapping[str, object]:
            if key:
                return self._bound.written(key, chosen)
            return self._bound.found(site, PageAddress(path), self._editor)

        try:
            return Response(json.dumps(await self._asked(path, work)), media_type=_JSON)
        except BroadsheetError as error:
            return PlainTextResponse(f"{error}\n", 422)

    async def _order(self, request: Request) -> dict[str, Any] | Response:
        """Return what somebody orders who has the token; else the answer."""
        token = request.headers.get(TOKEN, "")
        if not secrets.compare_digest(token.encode(), self.token.encode()):
            return PlainTextResponse("The token is missing or wrong: load the page again.", 403)
        body = await body_of(request, _LARGEST)
        if body is None:
            return PlainTextResponse("That is too much.", 413)
        try:
            order: Any = json.loads(body)
        except (ValueError, RecursionError):
            order = None
        if not isinstance(order, dict):
            return PlainTextResponse("Send an object of JSON.", 400)
        return order

    async def _asked(self, path: str, work: Callable[[PreviewedSite], _Answer]) -> _Answer:
        """Return what the site answers. Raises :class:`BroadsheetError`, whatever is wrong."""
        with guarded(path, "answering this request"):
            return await asyncio.wrap_future(self._queue.ask(work))


_JSON = "application/json"
_NO_PAGE = PlainTextResponse("There is no such page.", 404)
_ODD = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]")
_HALF = re.compile(r"[\ud800-\udfff]")
_LONGEST = 255
"""The longest name of a file, in bytes."""
_FORMS: Mapping[str, Callable[[PreviewedSite, PageAddress], str | bytes]] = {
    "letter": letter_of,
    "card": card_of,
    "changes": changes_of,
}


def _is_path(path: str) -> bool:
    """True if this can be the path of a page or file of the site."""
    names = path.split("/")
    return (
        ".." not in names
        and not _ODD.search(path)
        and all(len(name.encode()) <= _LONGEST for name in names)
    )


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"
