"""The address of a place that a site is published to. There are four kinds, the first in two spellings::

github-pages                     the branch `gh-pages` of the remote `origin`
git+REMOTE#BRANCH                a branch of a remote: its name, or an address as git has it;
                                 without #BRANCH it is `gh-pages`
ssh://USER@HOST:PORT/FOLDER      a folder of a server, also as USER@HOST:FOLDER
s3://BUCKET/PREFIX               a storage that has the API of Amazon's S3
/srv/www/paper, ../paper, ~/www  a folder of this machine
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from broadsheet.errors import Place, PublishError
from broadsheet.project.settings.publish_settings import NO_SECRET, PASSWORD
from broadsheet.text.url_schemes import bracketed

PAGES = "github-pages"
BRANCH = "gh-pages"
_SCP = re.compile(r"(?:(?P<user>[\w.-]+)@)?(?P<host>[\w.-]+):(?P<folder>.*)")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
_BRANCH = re.compile(r"(?![-/.])(?!.*(?:\.\.|//|@\{|\.lock$|[/.]$))[^\s~^:?*\[\\\x00-\x20\x7f]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"(?!-)[\w.-]+|\[[0-9a-fA-F:]+\]")
KINDS = (
    "An address is `github-pages`, `git+REMOTE#BRANCH`, `ssh://USER@HOST/FOLDER`, "
    "`s3://BUCKET/PREFIX`, or a folder such as /srv/www/paper."
)


@dataclass(frozen=True)
class Branch:
    """A branch of a remote of git."""

    remote: str
    """The name of the remote, or its address."""
    branch: str
    """The name of the branch."""


@dataclass(frozen=True)
class Server:
    """A folder of a server."""

    host: str
    """The server's name or number."""
    folder: str
    """The folder. Without a slash at its start it counts from the user's home."""
    user: str = ""
    """The user; empty for ssh's own choice."""
    port: int | None = None
    """The port; None for ssh's own choice."""


@dataclass(frozen=True)
class Bucket:
    """The objects of a storage whose names have a common beginning."""

    bucket: str
    """The name of the bucket."""
    prefix: str
    """The beginning of the names. It ends with a slash, or is empty."""


@dataclass(frozen=True)
class Folder:
    """A folder of this machine."""

    path: Path
    """The folder's path."""


Address = Branch | Server | Bucket | Folder


def read_address(text: str, where: Place | str, base: Path) -> Address:
    """Return the address that a text is; relative folders count from ``base``. Raises
    :class:`PublishError` for a text that is none.
    """

    def no(what: str) -> PublishError:
        return PublishError(where, what, KINDS)

    if PASSWORD.search(text):
        raise PublishError(where, "this address has a password in it", f"Take it out: {NO_SECRET}.")
    if _CONTROL.search(text) or not text.strip():
        raise no("this is no address")
    scheme = text.partition("://")[0] if "://" in text else ""
    if text == PAGES:
        return Branch("origin", BRANCH)
    if text.startswith("git+") or scheme in ("http", "https", "git") or text.endswith(".git"):
        return _branch(text, no)
    if scheme == "ssh":
        return _server(text, no)
    if scheme == "s3":
        return _bucket(text, no)
    if scheme == "file":
        parts, folder = _split(text, no)
        if parts.netloc not in ("", "localhost") or not folder:
            raise no("a folder of this machine is `file:///FOLDER`")
        return Folder(Path(folder))
    if scheme:
        raise no(f"nothing is published by `{scheme}:`")
    if (match := _SCP.fullmatch(text)) and "/" not in text.partition(":")[0]:
        return _checked(Server(match["host"], match["folder"], match["user"] or ""), no)
    return Folder(base / Path(text).expanduser())


def _branch(text: str, no: Callable[[str], PublishError]) -> Branch:
    remote, _, branch = text.removeprefix("git+").partition("#")
    branch = branch or BRANCH
    if not remote or remote.startswith("-") or "::" in remote:
        raise no(f"`{remote}` is no remote")
    if not _BRANCH.fullmatch(branch):
        raise no(f"`{branch}` is no name of a branch")
    return Branch(remote, branch)


def _bucket(text: str, no: Callable[[str], PublishError]) -> Bucket:
    bucket, _, prefix = text.removeprefix("s3://").partition("/")
    if not _BUCKET.fullmatch(bucket):
        raise no(f"`{bucket}` is no name of a bucket")
    parts = [part for part in prefix.split("/") if part]
    if {".", ".."}.intersection(parts):
        raise no(f"`{prefix}` is no prefix")
    return Bucket(bucket, "".join(f"{part}/" for part in parts))


def _server(text: str, no: Callable[[str], PublishError]) -> Server:
    parts, folder = _split(text, no)
    server = Server(
        parts.hostname or "", folder.removeprefix("/~/"), parts.username or "", parts.port
    )
    return _checked(server, no)


def _split(text: str, no: Callable[[str], PublishError]) -> tuple[SplitResult, str]:
    """Return the parts of an address with a scheme, and its path with the characters that `%`
    stands for.
    """
    if "?" in text or "#" in text:
        raise no("in this address, `?` is written as %3F and `#` as %23")
    try:
        parts = urlsplit(text)
        path, _ = unquote(parts.path, errors="strict"), parts.port
    except ValueError:
        raise no("this is no address") from None
    if _CONTROL.search(path):
        raise no("a control character is in this address")
    return parts, path


def _checked(server: Server, no: Callable[[str], PublishError]) -> Server:
    if not _HOST.fullmatch(bracketed(server.host)) or server.user.startswith("-"):
        raise no("no name of a server is in this address")
    parts = [part for part in server.folder.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or server.folder.startswith(("-", "~")):
        raise no("no folder of the server is in this address")
    lead = "/" if server.folder.startswith("/") else ""
    return Server(server.host, lead + "/".join(parts), server.user, server.port)
