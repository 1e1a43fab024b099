"""Asks sources over HTTP, within limits and without telling a secret.

requests sends, by the proxies of the environment; tenacity tries again. What is ours are the rules
of a refresh:

* https alone; http to this machine if `BROADSHEET_ALLOW_LOOPBACK` is 1;
* redirects lead to the same scheme, host and port, or are an error that says where they lead;
* a body of another length than its header says, or one that is larger than it may be, is an error;
* the time of a whole retrieval is bounded, whatever a server sends meanwhile, and so is each wait;
* `Retry-After` and the limits of a source are obeyed, those of other processes among them
  (:mod:`broadsheet.data.refresh.rates`);
* a key comes from the environment. It goes into the request that needs it; in all that is kept or
  told stands the name of its variable.
"""

from __future__ import annotations

import ipaddress
import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, quote_plus, urlencode, urljoin, urlsplit, urlunsplit

from broadsheet.data.refresh.answers import Rate, RawAnswer, SourceError
from broadsheet.data.refresh.rates import close_until, seconds_to_wait
from broadsheet.processes.secret_values import redacted, secret
from broadsheet.storage.limits import TABLE
from broadsheet.version import __version__
from plotly_alive.errors import shown

if TYPE_CHECKING:
    import requests
    import tenacity

LOOPBACK_ALLOWED = "BROADSHEET_ALLOW_LOOPBACK"
"""The environment variable that allows http to this machine."""
MOST_ATTEMPTS = 4
"""The number of times that a request is sent before it has failed."""
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""The statuses after which a request is sent again."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_PIECE = 1 << 16
_KEPT_HEADERS = (
    *("content-type", "content-length", "content-encoding", "date", "etag", "last-modified"),
    *("content-disposition", "link", "transfer-encoding"),
)
_T = TypeVar("_T")
Query = Mapping[str, Any] | Sequence[tuple[str, Any]]


class _AgainError(Exception):
    """A request that may be sent again, after so many seconds if the source says so."""

    def __init__(self, what: str, after: float | None = None) -> None:
        super().__init__(what)
        self.after = after


@dataclass
class Client:
    """One retrieval's way to its source. It has a time to end, and may have a key."""

    root: Path
    """The publication's root, from which paths of files are."""
    key_name: str = ""
    """The environment variable that has the key; empty without one."""
    rates: tuple[Rate, ...] = ()
    """The limits of the source."""
    sleep: Callable[[float], None] = time.sleep
    """The function that waits."""
    now: Callable[[], float] = time.time
    """The function that tells the time, in seconds since 1970."""
    received: int = 0
    """The number of bytes that have come."""
    _end: float = field(
        default_factory=lambda: time.monotonic() + TABLE["retrieval-time"].value, repr=False
    )
    """The time by which all must have come."""

    @property
    def key(self) -> str:
        """The key; empty if the environment has none."""
        return secret(self.key_name).strip() if self.key_name else ""

    def needed_key(self, where: str) -> str:
        """Return the key. Raises :class:`SourceError` if the environment has none."""
        if not self.key:
            raise SourceError(
                f"the key is missing: the environment has no {self.key_name}",
                f"Get one at {where}, and set {self.key_name}; it goes into no file.",
            )
        return self.key

    def get(
        self,
        address: str,
        query: Query = (),
        *,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
    ) -> RawAnswer:
        """Return the answer to a request. Raises :class:`SourceError`."""
        import requests
        import tenacity

        self.check(address)
        url = _with_query(address, query)
        with requests.Session() as session:
            # Neither a .netrc nor the last address's cookies go into a request.
            session.auth = _unchanged
            session.headers["User-Agent"] = f"broadsheet/{__version__}"
            session.headers["Accept-Encoding"] = "gzip"
            session.headers.update(headers or {})
            attempts = tenacity.Retrying(
                stop=tenacity.stop_after_attempt(MOST_ATTEMPTS),
                wait=_wait,
                retry=tenacity.retry_if_exception_type(_AgainError),
                sleep=self.pause,
                reraise=True,
            )
            try:
                return attempts(self._followed, session, method, url)
            except _AgainError as error:
                raise SourceError(
                    f"{self.shown(f'{method} {url}')} was sent {MOST_ATTEMPTS} times, and {error}",
                    "Run it again later; if it goes on, see whether the source has moved.",
                ) from None

    def pause(self, seconds: float) -> None:
        """Wait, if that is not too long. Raises :class:`SourceError`."""
        most = TABLE["retrieval-wait"]
        if seconds > most.value or time.monotonic() + seconds > self._end:
            until = self.now() + seconds
            moment = datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%d %H:%M UTC")
            raise SourceError(
                f"the source takes no further request before {moment}",
                f"Run it again then; waits are at most {most.shown(most.value)}.{most.mend}",
            )
        self.sleep(seconds)

    def time_left(self, request: str) -> float:
        """Return the seconds until the retrieval has to end. Raises :class:`SourceError` if none are
        left for a ``request``.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise self._late(request)
        return left

    def _late(self, request: str) -> SourceError:
        limit = TABLE["retrieval-time"]
        return SourceError(
            f"{self.shown(request)} has not ended after {limit.shown(limit.value)}",
            f"Run it again later, or ask for less.{limit.mend}",
        )

    def within_time(self, work: Callable[[], _T], request: str) -> _T:
        """Return what ``work`` for a ``request`` returns. It may wait for others, and is left alone
        when the retrieval has to end. Raises :class:`SourceError` then.
        """
        done: Future[_T] = Future()
        context = copy_context()

        def at_work() -> None:
            try:
                done.set_result(context.run(work))
            except BaseException as error:
                done.set_exception(error)

        left = self.time_left(request)
        threading.Thread(target=at_work, daemon=True).start()
        try:
            return done.result(left)
        except TimeoutError:
            if done.done():  # the error is of the work, or it has just ended
                return done.result()
            raise self._late(request) from None

    def shown(self, text: str) -> str:
        """Return a text for messages and files: without the key, in whatever form."""
        return _without(text, self.key, self.key_name)

    def _followed(self, session: requests.Session, method: str, url: str) -> RawAnswer:
        """Return the answer, after redirects within the host."""
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._answer(session, method, url)
            if not isinstance(answer, str):
                return answer
            target = urljoin(url, answer)
            if _host(target) != _host(url):
                raise SourceError(
                    f"{self.shown(f'{method} {url}')} is redirected elsewhere, to "
                    f"{self.shown(_without_query(target))}",
                    "If that is where the source is now, write that address into the entry.",
                )
            url = target
        raise SourceError(
            f"{self.shown(f'{method} {url}')} is redirected more than {_MOST_REDIRECTS} times",
            "See in a browser where it leads.",
        )

    def _answer(self, session: requests.Session, method: str, url: str) -> RawAnswer | str:
        """Send one request. Returns the answer, or the address that it redirects to."""
        import requests

        host = urlsplit(url).netloc
        while wait := seconds_to_wait(host, self.rates, self.now()):
            self.pause(wait)
        quiet = TABLE["answer-time"].value
        try:
            # Where a head or a chunk comes byte by byte, no wait for a byte is too long.
            exchange = partial(self._exchange, session, method, url, quiet)
            return self.within_time(exchange, f"{method} {url}")
        except requests.exceptions.ConnectionError as error:
            raise _AgainError(f"{_reason(error)}") from None
        except requests.exceptions.Timeout:
            raise _AgainError(f"nothing came in {quiet:.0f} seconds") from None
        except (requests.exceptions.RequestException, ValueError, OSError) as error:
            raise SourceError(
                f"{self.shown(f'{method} {url}')} cannot be sent: {type(error).__name__}",
                "See whether the address is right, and the proxy of this machine.",
            ) from None

    def _exchange(
        self, session: requests.Session, method: str, url: str, quiet: float
    ) -> RawAnswer | str:
        with session.request(
            method, url, stream=True, allow_redirects=False, timeout=(min(quiet, 20.0), quiet)
        ) as response:
            session.cookies.clear()
            if response.status_code in _REDIRECTS and "location" in response.headers:
                return response.headers["location"]
            content = self._body(response, f"{method} {url}")
            return self._judged(response, content, f"{method} {url}")

    def _body(self, response: requests.Response, request: str) -> bytes:
        """Return the body of an answer, whole and within limits."""
        import urllib3

        most, content = TABLE["retrieved-size"], bytearray()
        try:
            while piece := response.raw.read1(_PIECE, decode_content=True):
                content += piece
                if self.received + len(content) > most.value:
                    raise SourceError(
                        f"{self.shown(request)} sends more than {most.shown(most.value)}",
                        f"Ask for less: fewer columns, a later beginning.{most.mend}",
                    )
                self.time_left(request)
        except urllib3.exceptions.ReadTimeoutError:
            quiet = TABLE["answer-time"].value
            raise _AgainError(
                f"nothing more came in {quiet:.0f} seconds, after {len(content):,} bytes"
            ) from None
        except urllib3.exceptions.DecodeError:
            raise _AgainError("the body was not packed as its header says") from None
        except (urllib3.exceptions.HTTPError, OSError):
            length = response.headers.get("content-length")
            said = f" of {length} that its header says" if length else ""
            raise _AgainError(
                f"the body ended too soon, after {len(content):,} bytes{said}"
            ) from None
        self.received += len(content)
        return bytes(content)

    def _judged(self, response: requests.Response, content: bytes, request: str) -> RawAnswer:
        """Return an answer by its status; an error, or a wait, for one that is no answer."""
        status, url = response.status_code, response.url
        if status in _AGAIN:
            after = _retry_after(response.headers.get("retry-after", ""), self.now())
            if after is not None:
                close_until(urlsplit(url).netloc, self.now() + after)
            raise _AgainError(f"{status} {response.reason} came", after)
        clean = _without_bytes(content, self.key, self.key_name)
        if status != 200:
            raise SourceError(
                f"{self.shown(request)} is answered by {status} {shown(response.reason or '')}: "
                f"{beginning_of(clean) or 'nothing'}",
                _MEND.get(status, "See what it says, and correct the entry."),
            )
        kept = {
            name: self.shown(response.headers[name])
            for name in _KEPT_HEADERS
            if name in response.headers
        }
        return RawAnswer(self.shown(request), clean, datetime.now(UTC), kept)

    def check(self, address: str) -> None:
        """Raise :class:`SourceError` for an address that is not to be asked."""
        try:
            split = urlsplit(address)
            host = split.hostname or ""
            _ = split.port
        except ValueError:
            raise SourceError(f"{shown(address)} is no address", "Correct it.") from None
        if split.username or split.password:
            raise SourceError(
                f"the address of {host} has a name or a password in it",
                "Give a key as `key`, the name of an environment variable.",
            )
        if split.scheme == "https" and host:
            return
        if split.scheme == "http" and _is_loopback(host):
            if os.environ.get(LOOPBACK_ALLOWED) == "1":
                return
            raise SourceError(
                f"{self.shown(address)} is http on this machine",
                f"To allow that, for a source that you run yourself, set {LOOPBACK_ALLOWED}=1.",
            )
        raise SourceError(
            f"{self.shown(address)} is no address of https",
            "Figures and keys go over https alone: give that address.",
        )


_MEND = {
    401: "Set the key, or get a new one.",
    403: "Set the key, or get a new one; or the source does not let this machine in.",
    404: "Look the address, the flow and the key of the series up at the source: it may have moved.",
    410: "Look the address up at the source: it has moved.",
    413: "Ask for less: fewer series, a later beginning.",
    414: "Ask for fewer items at once.",
}


def read_json_answer(answer: RawAnswer, mark: str = ".") -> Any:
    """Return the value in an answer that is to be JSON, with numbers as they are written, or with this
    decimal ``mark``. Raises :class:`SourceError`.
    """
    try:
        return json.loads(
            answer.content.decode("utf-8-sig"),
            parse_float=lambda text: text.replace(".", mark),
            parse_int=str,
            parse_constant=lambda _: None,
        )
    except (ValueError, RecursionError):
        raise SourceError(
            f"{answer.request} is answered by what is no JSON: {beginning_of(answer.content)}",
            "See in a browser what the address shows; run it again later.",
        ) from None


def beginning_of(content: bytes) -> str:
    """Return the first words of an answer for a message, in quotes; empty if it has none."""
    text = content[:4000].decode("utf-8", "replace")
    if text.lstrip().startswith("<"):
        words = redacted(" ".join(_title_or_text(text).split()))
        return f"a page or XML, {shown(words[:120])}"
    words = redacted(" ".join(text.split()))
    return shown(words[:160]) if words else ""


def _title_or_text(text: str) -> str:
    """Return the title of a page, or its text; of what is no page all as it is."""
    from lxml import etree, html

    try:
        tree = html.document_fromstring(text.encode(), html.HTMLParser(encoding="utf-8"))
        return tree.findtext(".//title") or "".join(map(str, tree.itertext())) or text
    except (etree.LxmlError, ValueError):
        return text


def _wait(state: tenacity.RetryCallState) -> float:
    """Return the seconds until the next attempt: those that the source says, else twice as many
    each time.
    """
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, _AgainError) and error.after is not None:
        return error.after
    return float(2 ** (state.attempt_number - 1))


def _retry_after(value: str, now: float) -> float | None:
    """Return the seconds that a `Retry-After` says; None for none."""
    if value.strip().isdigit():
        return min(float(value.strip()[:9]), 86_400.0)
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, moment.timestamp() - now), 86_400.0)


def _with_query(address: str, query: Query) -> str:
    split = urlsplit(address)
    pairs = query.items() if isinstance(query, Mapping) else query
    written = "&".join(
        filter(None, (split.query, urlencode(list(pairs), doseq=True, safe=":;,+*")))
    )
    return urlunsplit((split.scheme, split.netloc, split.path, written, ""))


def _without_query(address: str) -> str:
    """Return an address without its query, which may have the signature of a download."""
    split = urlsplit(address)
    return urlunsplit((split.scheme, split.netloc.rpartition("@")[2], split.path, "", ""))


def _host(address: str) -> tuple[str, str, int | None]:
    try:
        split = urlsplit(address)
        port = split.port or {"https": 443, "http": 80}.get(split.scheme)
        return split.scheme, split.hostname or "", port
    except ValueError:
        return "", "", None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _reason(error: Exception) -> str:
    """Return the reason of a failed connection, in words; the library's may hold the address."""
    text = str(error)
    for sign, words in _REASONS.items():
        if sign in text:
            return words
    return "the connection was lost"


_REASONS = {
    "NameResolutionError": "its name is not known here",
    "ProxyError": "the proxy did not let it through",
    "SSLError": "its certificate is not valid",
    "CERTIFICATE_VERIFY_FAILED": "its certificate is not valid",
    "refused": "the connection was refused",
    "timed out": "no connection came about in time",
    "Remote end closed": "the connection was closed without an answer",
}


def _forms(key: str) -> Iterable[str]:
    """Yield a key as requests, JSON and pages may write it."""
    return dict.fromkeys((key, quote(key, safe=""), quote_plus(key), json.dumps(key)[1:-1]))


def _without(text: str, key: str, name: str) -> str:
    for form in _forms(key) if key else ():
        text = text.replace(form, f"[{name}]")
    return redacted(text)


def _without_bytes(content: bytes, key: str, name: str) -> bytes:
    for form in _forms(key) if key else ():
        content = content.replace(form.encode(), f"[{name}]".encode())
    return content
