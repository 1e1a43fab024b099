"""Runs the subscription service: the server in this thread, the outbox beside it."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from urllib.parse import urlsplit

import uvicorn

from broadsheet.errors import ConfigError, UsageError
from broadsheet.newsletter.client_address import LOOPBACK, Network, networks
from broadsheet.newsletter.confirmation_mail import Outbox, Post, ShownMail, confirmation
from broadsheet.newsletter.email_message import sender_of
from broadsheet.newsletter.sending import MailServer
from broadsheet.newsletter.subscriber_database import database_of
from broadsheet.newsletter.subscription_service import SubscriptionService
from broadsheet.processes.secret_values import PASSWORD, secret
from broadsheet.processes.web_server import configured, listen
from broadsheet.project.project import Project
from broadsheet.site.index.scene import site_title
from broadsheet.site.index.sign_up import service_address, service_place
from broadsheet.site.theme.theme_files import load_theme
from broadsheet.text.url_schemes import bracketed

PORT = 8400


def serve(
    project: Project,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    proxies: Sequence[str] | None = None,
    has_site: bool = False,
    is_trial: bool = False,
    say: Callable[[str], None] = print,
) -> bool:
    """Serve until SIGTERM or Ctrl-C; with ``has_site`` the built site, too. ``proxies`` are the
    addresses of proxies whose `X-Forwarded-For` is believed; an empty list means one on this
    machine. A trial shows mails in place of sending them, and has a database of its own. Returns
    True if the thread that sends mail has not failed. Raises :class:`ConfigError` and
    :class:`UsageError`.
    """
    with project.at_work():
        return _served(project, host, port, proxies, has_site=has_site, is_trial=is_trial, say=say)


def _served(
    project: Project,
    host: str,
    port: int | None,
    proxies: Sequence[str] | None,
    *,
    has_site: bool,
    is_trial: bool,
    say: Callable[[str], None],
) -> bool:
    settings = project.settings.broadsheet.newsletter
    for name, is_there, key, example in (
        (
            "smtp",
            settings.smtp or is_trial,
            ("broadsheet", "newsletter"),
            "smtp: {host: smtp.example.org}",
        ),
        ("site-url", project.site_url, ("website",), "site-url: https://gazette.example/"),
    ):
        if not is_there:
            raise ConfigError(
                project.text.place(key),
                f"no `{name}` under `{': '.join(key)}:`, without which no link to confirm can be sent",
                f"Add it, as in `{example}`.",
            )
    if is_trial and (host not in _THIS_MACHINE or proxies is not None):
        raise UsageError(
            "--trial",
            "behind a proxy, or at another address, anybody could sign up, and no mail would reach them",
            "Try it on this machine: leave out `--host` and `--behind-proxy`.",
        )
    if is_trial and has_site and not service_place(project).startswith("/"):
        raise UsageError(
            "--trial --site",
            f"the forms of the site post to {service_place(project)}, and not to this machine",
            "Leave `url` out of `broadsheet: newsletter:`, build the site again, and try it then.",
        )
    trusted = _trusted(host, proxies)
    if has_site and not (project.output / "index.html").is_file():
        raise UsageError("--site", "the site has not been built", "Run `broadsheet build` first.")
    database, sender = database_of(project, is_trial=is_trial), sender_of(project)
    address, title = service_address(project), site_title(project)
    with _listening(host, PORT if port is None else port) as listening:
        url = f"http://{bracketed(host)}:{listening.getsockname()[1]}"
        if is_trial:
            address = url + urlsplit(address).path
        post: Post = ShownMail(say)
        if settings.smtp is not None and not is_trial:
            post = MailServer(settings.smtp, secret(PASSWORD))
        say(f"The newsletter of {title} is served at {url} (Ctrl-C ends it)")
        outbox = Outbox(
            database,
            post,
            partial(confirmation, sender=sender, site=title, service=address),
            sender.address,
            say,
        )
        service = SubscriptionService(
            project,
            load_theme(project),
            database,
            proxies=trusted,
            signed_up=outbox.wake,
            fault=lambda: outbox.fault,
        )
        config = configured(
            service.application(project.output if has_site else None), timeout_graceful_shutdown=5
        )
        # The server ends in good order, and then raises the signal once more.
        before = {number: signal.signal(number, lambda *_: None) for number in _SIGNALS}
        try:
            with suppress(KeyboardInterrupt):
                uvicorn.Server(config).run([listening])
        finally:
            outbox.close()
            for number, handler in before.items():
                signal.signal(number, handler)
    return not outbox.has_failed


_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def _trusted(host: str, proxies: Sequence[str] | None) -> Sequence[Network]:
    """Return the networks of trusted proxies."""
    if proxies is None:
        return ()
    if not proxies and host not in _THIS_MACHINE:
        raise UsageError(
            f"--host {host} --behind-proxy",
            "anybody could connect, and say to be the proxy",
            "Name the address that the proxy connects from: --behind-proxy 10.0.0.5.",
        )
    try:
        return networks(proxies) or LOOPBACK
    except ValueError as error:
        raise UsageError(
            f"--behind-proxy {' '.join(proxies)}",
            f"this is no address: {error}",
            "Write addresses or networks, as in 10.0.0.5 or 172.16.0.0/12.",
        ) from error


def _listening(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except OSError as error:
        raise UsageError(
            f"--host {host} --port {port}",
            f"this cannot be listened at: {error.strerror or error}",
            "Name another one.",
        ) from error
