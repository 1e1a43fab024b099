"""The source `file`: a file at an address, in a folder, in a storage, or in a git repository.

The form of the address says where it is:

* `https://…`: asked for over HTTP; a key, if the entry names one, goes as `Authorization: Bearer`;
* `git+https://…` or `git+../folder`: the file `path` of the branch, or of the one that is checked
  out by default;
* `s3://…`, `gs://…`, `az://…` and others of fsspec: read by the library for it;
* anything else: a path from the publication's root, within what `_quarto.yml` allows.

git and the storage's library get the user's own secrets from the environment, as when a site is
published; nothing of them is kept.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from broadsheet.data.descriptor import Refresh
from broadsheet.data.refresh.answers import (
    RawAnswer,
    SourceDescription,
    SourceError,
    SourceTable,
)
from broadsheet.data.refresh.client import Client
from broadsheet.data.refresh.file_formats import table_of_file
from broadsheet.errors import BroadsheetError
from broadsheet.processes.git import GitError, run_git
from broadsheet.processes.secret_values import given_back
from broadsheet.storage.files import UnreadableError, content, refusal
from broadsheet.storage.limits import TABLE
from plotly_alive.errors import shown

_GIT = "git+"
_STORAGES = (
    *("abfs", "abfss", "adl", "az", "gcs", "gs", "hf", "memory", "oss", "s3", "s3a", "sftp"),
)
"""The storages of fsspec that are read. Others are folders of this machine, or send in the clear."""


class FileSource:
    """A file that somebody publishes."""

    def describe(self, entry: Refresh) -> SourceDescription:
        """Describe the source by the host or the folder of the file."""
        address = (entry.address or "").removeprefix(_GIT)
        return SourceDescription(urlsplit(address).hostname or address)

    def latest(self, entry: Refresh, client: Client) -> str:
        """Return the commit, the entity tag, or the digest of a file that is here."""
        address = entry.address or ""
        if address.startswith(_GIT):
            return _Repository(entry, client).commit()
        if urlsplit(address).scheme in ("http", "https"):
            try:
                query = query_of(entry)
                headers = client.get(address, query, headers=_bearer(client), method="HEAD").headers
            except SourceError:
                return ""  # not every server answers it
            return headers.get("etag") or headers.get("last-modified", "")
        if "://" in address:
            return ""
        return hashlib.sha256(_of_folder(address, client)).hexdigest()

    def fetch(self, entry: Refresh, client: Client) -> Sequence[RawAnswer]:
        """Return the bytes of the file."""
        address = entry.address or ""
        if urlsplit(address).scheme in ("http", "https"):
            return [client.get(address, query_of(entry), headers=_bearer(client))]
        if address.startswith(_GIT):
            repository = _Repository(entry, client)
            request, data = f"{address} {entry.path}", repository.content()
        elif "://" in address:
            with given_back():
                data = client.within_time(partial(_of_storage, address), address)
            request = address
        else:
            request, data = address, _of_folder(address, client)
        return [RawAnswer(client.shown(request), data, datetime.now(UTC))]

    def parse(self, entry: Refresh, answers: Sequence[RawAnswer]) -> SourceTable:
        """Return the table in the file."""
        name = entry.path or urlsplit(entry.address or "").path
        return table_of_file(entry, answers[0], name)


def query_of(entry: Refresh) -> list[tuple[str, str]]:
    """Return the words of an entry's query as pairs; a list becomes a pair for each item."""
    return [
        (name, str(item))
        for name, value in entry.query.items()
        for item in (value if isinstance(value, list) else [value])
    ]


def _bearer(client: Client) -> dict[str, str]:
    if not client.key_name:
        return {}
    return {"Authorization": f"Bearer {client.needed_key('the source')}"}


def _of_folder(address: str, client: Client) -> bytes:
    """Return the bytes of a file in the publication, or in a folder that it allows."""
    path = client.root / address
    if (refused := refusal(client.root, path)) is not None:
        raise SourceError(*refused)
    try:
        return content(path, address, TABLE["retrieved-size"])
    except UnreadableError as error:
        raise SourceError(f"the file {shown(address)} {error}", error.mend) from None
    except BroadsheetError as error:
        raise SourceError(error.what, error.mend) from None


def _of_storage(address: str) -> bytes:
    """Return the bytes of a file in a storage that fsspec knows, with the user's own secrets."""
    scheme = urlsplit(address).scheme
    if "::" in address or scheme not in _STORAGES:
        raise SourceError(
            f"{shown(address)} is no address of a storage",
            "Give a path from the publication's root, or an address such as s3://bucket/file.csv. "
            f"There are: {', '.join(_STORAGES)}.",
        )
    most = TABLE["retrieved-size"]
    try:
        import fsspec

        system, path = fsspec.core.url_to_fs(address)
        with system.open(path, "rb") as file:
            data = bytes(file.read(int(most.value) + 1))
    except ImportError as error:
        raise SourceError(
            f"{shown(scheme)} needs a library that is not installed: {error}",
            "Run `pip install 'broadsheet[files]'`."
            if error.name == "fsspec"
            else "Run `pip install 'broadsheet[s3]'` for s3, or install the library of this storage.",
        ) from None
    except Exception as error:
        # Each storage's library has errors of its own.
        raise SourceError(
            f"{shown(address)} cannot be read: {type(error).__name__}",
            "See whether the address is right, and whether you may read it.",
        ) from None
    if len(data) > most.value:
        raise SourceError(
            f"{shown(address)} has more than {most.shown(most.value)}",
            f"Ask for less.{most.mend}",
        )
    return data


class _Repository:
    """The git repository of an entry, as it is at its address now."""

    def __init__(self, entry: Refresh, client: Client) -> None:
        address = (entry.address or "").removeprefix(_GIT)
        self._client = client
        self._branch = entry.branch or "HEAD"
        self._path = entry.path or ""
        self._allowed = "https:ssh"
        if "://" in address:
            if not address.startswith("ssh://"):
                client.check(address)
            self._allowed += ":http" if address.startswith("http://") else ""
            self._address = address
        else:
            folder = client.root / address
            if (refused := refusal(client.root, folder / ".git" / "HEAD")) is not None:
                raise SourceError(*refused)
            self._address, self._allowed = str(folder), "file"

    def commit(self) -> str:
        """Return the commit that the branch is at."""
        with tempfile.TemporaryDirectory() as folder:
            listed = self._git(folder, "ls-remote", "--", self._address, self._branch)
        commits = {ref: commit for commit, ref in map(str.split, listed.decode().splitlines())}
        # `ls-remote` also lists `dev/main` for `main`; this is the order in which `fetch` looks.
        names = (f"{above}{self._branch}" for above in ("", "refs/", "refs/tags/", "refs/heads/"))
        commit = next((commits[name] for name in names if name in commits), "")
        if not commit:
            raise SourceError(
                f"{self._client.shown(self._address)} has no branch {shown(self._branch)}",
                "Correct `branch`.",
            )
        return commit

    def content(self) -> bytes:
        """Return the bytes of the file in the last commit of the branch."""
        with tempfile.TemporaryDirectory() as folder:
            self._git(folder, "init", "--quiet", "--bare", ".")
            fetch = ("fetch", "--quiet", "--no-tags", "--depth=1", "--no-recurse-submodules")
            self._git(folder, *fetch, "--", self._address, self._branch)
            name = f"FETCH_HEAD:{self._path.lstrip('/')}"
            try:
                size = int(self._git(folder, "cat-file", "-s", name))
            except SourceError:
                commit = self._git(folder, "rev-parse", "FETCH_HEAD").decode()[:12]
                raise SourceError(
                    f"commit {commit} of {self._client.shown(self._address)} has no file "
                    f"{shown(self._path)}",
                    "Correct `path`, or see where the file is now.",
                ) from None
            most = TABLE["retrieved-size"]
            if size > most.value:
                raise SourceError(
                    f"{shown(self._path)} has {most.shown(size)}; the limit is "
                    f"{most.shown(most.value)}",
                    f"Take another file.{most.mend}",
                )
            return self._git(folder, "cat-file", "blob", name)

    def _git(self, folder: str, *words: str) -> bytes:
        """Run a command of git with the user's own secrets, within the time of the retrieval."""
        left = self._client.time_left(f"`git {words[0]}`")
        try:
            with given_back():
                return run_git(
                    Path(folder), *words, seconds=left, protocols=self._allowed, is_users=True
                )
        except GitError as error:
            if error.is_missing:
                raise SourceError(error.what, "Install it, and run this again.") from None
            self._client.time_left(f"`git {words[0]}`")  # which says that it was too long
            said = shown(self._client.shown(" ".join(error.said.split())), 200)
            raise SourceError(
                f"{error.what} for {self._client.shown(self._address)}: {said}",
                "See whether the address is right, and whether you may read it.",
            ) from None
