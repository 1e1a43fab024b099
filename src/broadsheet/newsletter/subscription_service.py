"""The answers of `broadsheet newsletter serve`: sign up, confirm, unsubscribe.

============================  ==========================================================================
`POST …/sign-up`              a form of the site: `email`, `lang`; `website` is filled in by robots alone
`GET …/check-your-mail`       where that leads, whether the address is known or not
`GET` and `POST …/confirm/…`  a page with a button, and what the button does
`GET` and `POST …/unsubscribe/…`  the same; the POST is that of RFC 8058, too
`GET …/health`                200 while mail goes out; else 503 and a line that says what is in the way
============================  ==========================================================================

Nothing changes by GET, since programs that look through mail follow links. There is no cookie and no
session, so no page of another site can act for a reader; a form of another site is refused all the
same (`Origin`). No answer, and no answer's time, shows whether an address is known: mail is sent later,
by :mod:`~broadsheet.newsletter.confirmation_mail`. A token that is wrong, or was used, or never existed gets
the same answer, which is true of each. No request is logged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from broadsheet.errors import LetterError
from broadsheet.newsletter.client_address import Network, client_of
from broadsheet.newsletter.email_address import email_address
from broadsheet.newsletter.subscriber_database import SubscriberDatabase
from broadsheet.processes.web_server import PublicFiles, body_of, with_headers
from broadsheet.project.project import Project
from broadsheet.site.index.scene import base_path, site_title
from broadsheet.site.index.sign_up import ADDRESS, LANGUAGE, SIGN_UP, TRAP, service_place, sign_up
from broadsheet.site.theme.templates import rendered
from broadsheet.site.theme.theme_files import Theme
from broadsheet.storage.files import media_type
from broadsheet.text.language import has_catalogue, speaking, t_

LARGEST = 4096
"""The most bytes of a form."""
_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_SITE_POLICY = "default-src 'self'"
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class ServicePage:
    """A page of the service."""

    heading: str
    """The heading."""
    text: str
    """The paragraph below."""
    status: int = 200
    """The status of HTTP."""
    button: str = ""
    """The label of a button; empty without one."""
    has_form: bool = False
    """True if the page has the form to sign up again."""


class SubscriptionService:
    """The service of a publication. ``proxies`` are the networks whose `X-Forwarded-For` is
    believed. ``signed_up`` is called when there is a mail to send; ``fault`` returns the reason for
    which none goes out. Has state: the database.
    """

    def __init__(
        self,
        project: Project,
        theme: Theme,
        database: SubscriberDatabase,
        *,
        proxies: Sequence[Network] = (),
        signed_up: Callable[[], None] = lambda: None,
        fault: Callable[[], str] = lambda: "",
    ) -> None:
        self._project, self._theme, self._database = project, theme, database
        self._proxies, self._signed_up, self._fault = proxies, signed_up, fault
        self._lang = project.lang
        self._place = service_place(project)
        self._path = urlsplit(self._place).path.rstrip("/")
        addresses = map(urlsplit, (self._place, project.site_url))
        self._origins = {f"{parts.scheme}://{parts.netloc}" for parts in addresses if parts.netloc}

    def application(self, site: Path | None = None) -> ASGIApp:
        """Return the application; with the folder of a built ``site``, it serves that, too."""
        path = self._path
        routes: list[BaseRoute] = [
            Route(f"{path}/{SIGN_UP}", self.sign_up, methods=["POST"]),
            Route(f"{path}/check-your-mail", self.check_your_mail),
            Route(f"{path}/confirm/{{token}}", self.confirm, methods=["GET", "POST"]),
            Route(f"{path}/unsubscribe/{{token}}", self.unsubscribe, methods=["GET", "POST"]),
            Route(f"{path}/health", self.health),
            Route(f"{path}/theme/{{name:path}}", self.theme_file),
        ]
        if site is not None:
            routes.append(Mount(base_path(self._project), PublicFiles(directory=site, html=True)))
        handlers: Mapping[Any, Any] = {LetterError: self._out_of_order, 404: self._not_found}
        inner = Starlette(routes=routes, exception_handlers=handlers)
        inner.router.redirect_slashes = False  # to an address that the client has written

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            is_ours = str(scope.get("path", "")).startswith(f"{path}/")
            headers = _HEADERS if is_ours else {"Content-Security-Policy": _SITE_POLICY}
            await inner(scope, receive, with_headers(send, headers))

        return answer

    async def sign_up(self, request: Request) -> Response:
        """Take a form."""
        origin = request.headers.get("origin", "null")
        is_own = origin.partition("://")[2] == request.headers.get("host")
        if not (origin == "null" or is_own or origin in self._origins):
            return PlainTextResponse("This form is not of this publication.\n", 403)
        form = await _form(request)
        if isinstance(form, Response):
            return form
        lang = self._known(form.get(LANGUAGE, ""))
        try:
            address = email_address(form.get(ADDRESS, ""))
        except ValueError:
            return self._page(lang, _no_address, typed=form.get(ADDRESS, "")[:254])
        if not form.get(TRAP):
            client = self._client(request)
            if not await run_in_threadpool(self._database.sign_up, address, lang, client):
                return self._page(lang, _too_many)
            self._signed_up()
        target = f"{self._path}/check-your-mail?{LANGUAGE}={quote(lang)}"
        return RedirectResponse(target, 303)

    def check_your_mail(self, request: Request) -> Response:
        """Answer with the page that a reader sees after signing up."""
        return self._page(self._known(request.query_params.get(LANGUAGE, "")), _check_your_mail)

    def confirm(self, request: Request) -> Response:
        """Answer with the page to which a link to confirm leads, or do what its button says."""
        token = request.path_params["token"]
        lang = self._database.language_to_confirm(token)
        if lang is None:
            return self._page(self._known(request.query_params.get(LANGUAGE, "")), _expired)
        if request.method != "POST":
            return self._page(lang, _confirm)
        return self._page(lang, _confirmed if self._database.confirm(token) else _expired)

    def unsubscribe(self, request: Request) -> Response:
        """Answer with the page to which a link to unsubscribe leads, or do what its button, or one
        click in a mail program, says.
        """
        token = request.path_params["token"]
        lang = self._database.language_of(token)
        if lang is None:
            return self._page(self._known(request.query_params.get(LANGUAGE, "")), _gone)
        if request.method != "POST":
            return self._page(lang, _unsubscribe)
        return self._page(lang, _unsubscribed if self._database.unsubscribe(token) else _gone)

    def health(self, request: Request) -> Response:
        """Say whether the service works, for a program that watches it."""
        try:
            self._database.is_due()
        except LetterError:
            return PlainTextResponse("the database of subscribers cannot be used\n", 503)
        fault = self._fault()
        return PlainTextResponse(f"{fault or 'ok'}\n", 503 if fault else 200)

    def theme_file(self, request: Request) -> Response:
        """Answer with a style sheet, a font or the icon."""
        name = request.path_params["name"]
        file = self._theme.files.get(name)
        if file is None:
            return PlainTextResponse("There is no such file.\n", 404)
        headers = {"Cache-Control": _FOR_EVER}
        if isinstance(file, Path):
            return FileResponse(file, media_type=media_type(name), headers=headers)
        return Response(file, media_type=media_type(name), headers=headers)

    def _page(self, lang: str, answer: Callable[[str], ServicePage], typed: str = "") -> Response:
        with speaking(lang):
            told = answer(site_title(self._project))
            text = rendered(
                "newsletter-answer.html.jinja",
                answer=told,
                typed=typed,
                form=sign_up(self._project, lang) if told.has_form else None,
                site=self._project.settings.website,
                site_title=site_title(self._project),
                home=base_path(self._project) if self._is_beside_site else self._project.site_url,
                theme=self._theme,
                place=f"{self._path}/theme/",
                lang=lang,
            )
        return HTMLResponse(text, told.status)

    @property
    def _is_beside_site(self) -> bool:
        """True if the service is on the site's own host."""
        return self._place.startswith("/")

    def _known(self, lang: str) -> str:
        """Return a language that a page can be in."""
        return lang if has_catalogue(lang) else self._lang

    def _client(self, request: Request) -> str:
        """Return the client that signs up."""
        peer = request.client.host if request.client else ""
        return client_of(peer, request.headers.getlist("x-forwarded-for"), self._proxies)

    def _out_of_order(self, request: Request, error: Exception) -> Response:
        return self._page(self._lang, _out_of_order)

    def _not_found(self, request: Request, error: Exception) -> Response:
        return PlainTextResponse("There is nothing at this address.\n", 404)


async def _form(request: Request) -> dict[str, str] | Response:
    """Return the fields of a form, or the answer to what is not a form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return PlainTextResponse("Send a form.\n", 415)
    body = await body_of(request, LARGEST)
    if body is None:
        return PlainTextResponse("That is too much.\n", 413, {"Connection": "close"})
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=10, errors="strict")
    except ValueError:
        return PlainTextResponse("This form cannot be read.\n", 400)
    return {name: values[0] for name, values in fields.items()}


# What readers are told, in the language that is spoken


def _check_your_mail(site: str) -> ServicePage:
    return ServicePage(
        t_("Check your mail"),
        t_(
            "A message is on its way to you. To subscribe, follow the link in it within two days. "
            "If nothing has come in a few minutes, check your spam folder."
        ),
    )


def _confirm(site: str) -> ServicePage:
    return ServicePage(
        t_("Confirm your subscription"),
        t_("You are about to subscribe to the newsletter of %(site)s.", site=site),
        button=t_("Subscribe"),
    )


def _confirmed(site: str) -> ServicePage:
    return ServicePage(
        t_("You are subscribed"),
        t_("You will get the next issue by e-mail. Every issue has a link to unsubscribe."),
    )


def _expired(site: str) -> ServicePage:
    return ServicePage(
        t_("This link no longer works"),
        t_(
            "It is more than two days old, or has been used. If you have confirmed already, there is "
            "nothing more to do. Otherwise, sign up again:"
        ),
        410,
        has_form=True,
    )


def _unsubscribe(site: str) -> ServicePage:
    return ServicePage(
        t_("Unsubscribe"),
        t_("You will not get the newsletter of %(site)s any more.", site=site),
        button=t_("Unsubscribe"),
    )


def _unsubscribed(site: str) -> ServicePage:
    return ServicePage(
        t_("You have unsubscribed"),
        t_("You will get no more issues. Your address has been deleted."),
    )


def _gone(site: str) -> ServicePage:
    return ServicePage(
        t_("This link is not valid"),
        t_(
            "It has been used already, or never was one of ours. If you have unsubscribed by it, there is "
            "nothing more to do. Otherwise, use the link in the last issue that you got."
        ),
        410,
    )


def _no_address(site: str) -> ServicePage:
    return ServicePage(
        t_("That is not an e-mail address"),
        t_("Check it for typing errors, and try again:"),
        422,
        has_form=True,
    )


def _too_many(site: str) -> ServicePage:
    return ServicePage(
        t_("Please try again later"),
        t_("There have been many sign-ups from your network. Try again in an hour."),
        429,
    )


def _out_of_order(site: str) -> ServicePage:
    return ServicePage(
        t_("Please try again later"),
        t_("The newsletter cannot be reached at the moment. The fault is ours."),
        503,
    )
