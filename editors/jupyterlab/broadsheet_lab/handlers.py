"""The routes of the server extension. Each needs Jupyter's own authentication, and reads nothing outside
of the server's root, but for the publication around it, to those who may run code on this machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.gateway.gateway_client import GatewayClient
from jupyter_server.utils import ApiPath, ensure_async, to_os_path
from tornado.web import HTTPError, authenticated

from broadsheet.editor.edited_file import EditedCell
from broadsheet.errors import BroadsheetError
from broadsheet.storage.publication_root import find_root
from broadsheet_lab.answers import (
    Article,
    SessionResult,
    complete,
    nothing,
    publication_of,
    report,
)
from broadsheet_lab.previews import Previews
from broadsheet_lab.worker import Worker

_KINDS = ("code", "markdown", "raw")


class _Handler(APIHandler):
    """A route that gets an article."""

    auth_resource = "contents"

    def initialize(self, worker: Worker, previews: Previews) -> None:
        """Take what the routes share."""
        self.worker, self.previews = worker, previews

    def file(self, body: Mapping[str, Any]) -> tuple[Path, Path]:
        """Return the server's root, and the file inside it that a request names."""
        path = body.get("path")
        top = getattr(self.contents_manager, "root_dir", None)
        if not isinstance(top, str):
            raise HTTPError(501, "the notebooks of this server are not in a folder of its machine")
        if not isinstance(path, str) or "\x00" in path:
            raise HTTPError(400, "`path` is the path of a notebook")
        root = Path(top).resolve()
        named = Path(to_os_path(ApiPath(path), str(root)))
        file = named.parent.resolve() / named.name
        is_inside = ".." not in path.split("/") and file.is_relative_to(root) and file != root
        if not is_inside or (
            any(part.startswith(".") for part in file.relative_to(root).parts)
            and not self.contents_manager.allow_hidden
        ):
            raise HTTPError(404, "there is no such notebook in the folder of this server")
        return root, file

    async def top(self, root: Path) -> Path:
        """Return the folder outside of which nothing is read. It is the server's root; if that is a
        folder of a publication, as after `jupyter lab posts/mine/index.ipynb`, and the user may run
        code here, which reads more, it is that of the publication.
        """
        with suppress(BroadsheetError):
            publication = find_root(root)
            can_run = self.authorizer.is_authorized(self, self.current_user, "execute", "kernels")
            if not GatewayClient.instance().gateway_enabled and await ensure_async(can_run):
                return publication
        return root

    async def article(self, body: Mapping[str, Any]) -> Article:
        """Return the article that a request describes."""
        root, file = self.file(body)
        try:
            cells = tuple(
                EditedCell(str(cell["kind"]), _text(cell["text"]), tuple(map(str, cell["tags"])))
                for cell in body["cells"]
            )
            results = tuple(
                SessionResult.of(number, {**result, "expression": _text(result["expression"])})
                for number, result in enumerate(body.get("results") or ())
                if "error" not in result
            )
        except (KeyError, TypeError, ValueError):
            raise HTTPError(
                400, "send cells with kind, text and tags, and results as they came"
            ) from None
        if any(cell.kind not in _KINDS for cell in cells):
            raise HTTPError(400, f"the kind of a cell is one of {', '.join(_KINDS)}")
        return Article(await self.top(root), file, cells, results)

    def body(self) -> Mapping[str, Any]:
        """Return what was sent."""
        body = self.get_json_body()
        if not isinstance(body, dict):
            raise HTTPError(400, "send an object of JSON")
        return body

    async def answer(self, *work: Any) -> None:
        """Send what the worker process answers."""
        try:
            content = await self.worker.ask(*work)
        except BroadsheetError as error:
            raise HTTPError(422, str(error)) from None
        except TimeoutError:
            raise HTTPError(503, "the check of this article takes too long") from None
        except BrokenProcessPool:
            raise HTTPError(503, "the process that checks this article has ended twice") from None
        self.finish(json.dumps(content))


class ArticleHandler(_Handler):
    """`POST /broadsheet/article`: problems, claims, shortcodes, editions."""

    @authenticated
    @authorized("read")  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        """Answer with a report. Of a notebook outside of a publication no other process is asked."""
        article = await self.article(self.body())
        try:
            publication_of(article.root, article.file)
        except BroadsheetError as error:
            self.finish(json.dumps(nothing(error)))
            return
        await self.answer(report, article)


class CompletionsHandler(_Handler):
    """`POST /broadsheet/completions`: what may stand at a place of a cell."""

    @authenticated
    @authorized("read")  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        """Answer with completions."""
        body = self.body()
        place = [body.get(name) for name in ("cell", "line", "column")]
        if not all(isinstance(number, int) and 0 <= number < 1 << 31 for number in place):
            raise HTTPError(400, "`cell`, `line` and `column` are numbers")
        await self.answer(complete, await self.article(body), *place)


class PreviewHandler(_Handler):
    """`POST /broadsheet/preview`: the address of the preview of a notebook's publication, empty if
    none runs; and the publication's folder, from the root of the server, or that root, from the
    publication's folder. With `start`, one is started. It runs the code of articles, so the browser
    asks for it only when its user does.
    """

    auth_resource = "kernels"

    @authenticated
    @authorized
    async def post(self) -> None:
        """Answer with the address and the folders."""
        body = self.body()
        root, file = self.file(body)
        try:
            publication = publication_of(await self.top(root), file)
            address = await self.previews.address(publication, starts=body.get("start") is True)
        except BroadsheetError as error:
            raise HTTPError(422, f"{error.what}. {error.mend}") from None
        folder, inside = _below(publication, root), _below(root, publication)
        self.finish(json.dumps({"address": address, "folder": folder, "inside": inside}))


def _below(folder: Path, other: Path) -> str:
    """Return the path of a folder inside another one; empty if it is not inside."""
    if folder == other or not folder.is_relative_to(other):
        return ""
    return folder.relative_to(other).as_posix()


def _text(text: object) -> str:
    """Return a text with the ends of lines as a notebook has them, and without half characters."""
    if not isinstance(text, str):
        raise TypeError(text)
    return text.replace("\r\n", "\n").encode("utf-8", "replace").decode()
