"""Who may see the preview: whoever started it, in a browser on this machine.

The address that is printed ends in a secret, as that of JupyterLab does. A browser that opens it gets
the secret as a cookie, and goes on to the same address without it. Whatever comes without that cookie
is refused: other users of the machine can reach the port, and must not read drafts or run code.

A request also has to name the preview by its own address, so that no page of another site can read
it under a name of that site's (`Host`), and must not come from a page of another site (`Origin`,
`Sec-Fetch-Site`).
"""

from __future__ import annotations

import secrets
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from broadsheet import store
from broadsheet.web_server import with_headers

PARAMETER = "token"
"""The parameter of an address that has the secret."""
REDIRECT = f"{store.FOLDER}/preview.html"
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
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

Open the whole address that `broadsheet preview` printed in the terminal. It ends in ?token=…, and is
another one each time that the preview is started.
"""


def with_secret(address: str, secret: str) -> str:
    """The address by which a browser gets the secret."""
    return f"{address}{'&' if '?' in address else '?'}{PARAMETER}={secret}"


def write_redirect(file: Path, address: str) -> Path:
    """Write a page, for its owner alone, that leads a browser to an address. The arguments of a program
    that is started, such as a browser, can be read by every user of the machine. Raises `OSError`.
    """
    store.write_file(file, _ONWARD.format(escape(address)).encode())
    return file


class Guard:
    """Refuses requests of others, and gives each answer its headers."""

    def __init__(self, inner: ASGIApp, hosts: frozenset[str], secret: str) -> None:
        self._inner, self._hosts, self._secret = inner, hosts, secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan":
            return await self._inner(scope, receive, send)
        answer = self._own_answer(Request(scope)) if scope["type"] == "http" else _refusal("")
        return await (answer or self._inner)(scope, receive, with_headers(send, _HEADERS))

    def _own_answer(self, request: Request) -> Response | None:
        """The answer to a request that has no cookie of ours, or comes from elsewhere."""
        headers = request.headers
        host = headers.get("host", "")
        if host not in self._hosts:
            return _refusal("The preview is at another address.")
        origin = headers.get("origin")
        site, mode = headers.get("sec-fetch-site", "none"), headers.get("sec-fetch-mode", "")
        is_foreign = origin is not None and origin not in {f"http://{one}" for one in self._hosts}
        if is_foreign or (site not in ("none", "same-origin") and mode != "navigate"):
            return _refusal("A page of another site may not ask the preview.")
        # A cookie is for all ports of a host, and there may be another preview at another one.
        cookie = f"broadsheet-preview-{host.rpartition(':')[2]}"
        if request.method == "GET" and self._is_secret(request.query_params.get(PARAMETER, "")):
            there = request.url.remove_query_params(PARAMETER)
            address = f"/{there.path.lstrip('/')}{there.query and f'?{there.query}'}"
            # A redirection would go on without the cookie where another program opened the address.
            onward = HTMLResponse(_ONWARD.format(escape(address)))
            onward.set_cookie(cookie, self._secret, httponly=True, samesite="strict")
            return onward
        if self._is_secret(request.cookies.get(cookie, "")):
            return None
        return _refusal(_UNKNOWN)

    def _is_secret(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self._secret.encode())


def _refusal(reason: str) -> Response:
    return PlainTextResponse(f"{reason.strip()}\n", 403)
