"""The guard of the preview: only whoever started it sees it, in a browser on this machine.

Other users of the machine can reach the port, and must not read drafts or run code. So every
address of the preview begins with a secret, which is another one each time that it is started. A
cookie would not do: a browser sends it to all ports of a host, and a server of somebody else at
another one would have it. What stands in a path is sent to no other server: not by a link, and not
as the address that a link was on (`Referrer-Policy`).

A request must name the preview by its own address, so that no page of another site can read it
under a name of that site's (`Host`). If a browser says where a request comes from, that must be a
page of the preview, or the reader (`Sec-Fetch-Site`, else `Origin`). Who follows a link or opens
the address in another program comes from elsewhere, and is sent on by a page that says nothing but
the address.
"""

from __future__ import annotations

import secrets
from html import escape
from pathlib import Path
from urllib.parse import quote

from lxml import etree
from lxml.html import HtmlElement
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from broadsheet.processes.web_server import with_headers
from broadsheet.storage import store
from broadsheet.text.html_tree import attributes

REDIRECT = f"{store.FOLDER}/preview.html"
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}
_ONWARD = """\
<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={0}"><title>Preview</title><a href="{0}">The preview</a></html>
"""
_UNKNOWN = """\
This preview is open to whoever started it.

Open the whole address that the terminal shows, where `broadsheet preview` runs. It is another one each
time that the preview is started, so a bookmark of it does not last.
"""
_ELSEWHERE = "A page of another site may not ask the preview."
_POLICIES = etree.XPath("//@referrerpolicy")


def write_redirect(file: Path, address: str) -> Path:
    """Write a page, for its owner alone, that leads a browser to an address. The arguments of a
    program that is started, such as a browser, can be read by every user of the machine. Raises
    `OSError`.
    """
    store.write_file(file, _ONWARD.format(escape(address)).encode())
    return file


def tell_nothing(page: HtmlElement) -> None:
    """Remove from a page what would tell other sites its address, which has the secret in it."""
    for policy in attributes(page, _POLICIES):
        del policy.getparent().attrib[policy.attrname]
    for meta in list(page.iter("meta")):
        if meta.get("name", "").strip().lower() == "referrer":
            meta.drop_tree()


class Guard:
    """Lets those in who know the secret, and gives each answer its headers. What is inside sees the
    secret as the application's own root.
    """

    def __init__(self, inner: ASGIApp, hosts: frozenset[str], secret: str) -> None:
        self._inner, self._hosts, self._secret = inner, hosts, secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":  # a WebSocket
            await send({"type": "websocket.close"})
            return
        answer = self._refusal(Request(scope))
        if answer is None:
            scope = {**scope, "root_path": f"/{self._secret}"}
        await (answer or self._inner)(scope, receive, with_headers(send, _HEADERS))

    def _refusal(self, request: Request) -> Response | None:
        """Return the answer to a request that is not let in."""
        headers, path = request.headers, request.scope["path"]
        host = headers.get("host", "")
        if host not in self._hosts:
            return _refused("The preview is at another address.")
        is_ours = self._comes_from_us(request)
        if not self._is_secret(path.split("/")[1] if "/" in path else ""):
            # An author's own address from the root, `/notes.pdf`, on a page of the preview.
            page = headers.get("referer", "").removeprefix(f"http://{host}/").partition("/")[0]
            if is_ours and request.method == "GET" and self._is_secret(page):
                query = f"?{request.url.query}" if request.url.query else ""
                return RedirectResponse(f"/{self._secret}/{quote(path.lstrip('/'))}{query}")
            return _refused(_UNKNOWN)
        if is_ours:
            return None
        if request.method == "GET" and headers.get("sec-fetch-mode") == "navigate":
            query = f"?{request.url.query}" if request.url.query else ""
            return HTMLResponse(_ONWARD.format(escape(f"{quote(path)}{query}")))
        return _refused(_ELSEWHERE)

    def _comes_from_us(self, request: Request) -> bool:
        site, origin = (request.headers.get(name) for name in ("sec-fetch-site", "origin"))
        if site is not None:
            return site in ("same-origin", "none")
        return origin is None or origin in {f"http://{host}" for host in self._hosts}

    def _is_secret(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(errors="replace"), self._secret.encode())


def _refused(reason: str) -> Response:
    return PlainTextResponse(f"{reason.strip()}\n", 403)
