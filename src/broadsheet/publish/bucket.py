"""Publishes to a storage with the API of Amazon's S3, by `s3fs` (the extra `s3`).

A storage changes object by object. So files are sent in the order of :func:`.manifest.in_order`,
what a page uses before the page, and files that no page of the new site uses are removed last: a
reader sees each page as it was or as it will be, whenever the sending breaks off. Objects of ours are
below `.broadsheet/` at the prefix::

    published.json    what is published now and was before, and the paths that are being changed
    copies/DIGEST     what a changed or removed file of the publication before was
    lock              who is publishing (:mod:`.lock`)

Before anything is changed, a copy of it is made there, if it is what was published, and
`published.json` has its path under `touched`. A publication that breaks off leaves it there, and the
next one sends all of these again, or :meth:`Storage.restore` brings all of them back. That begins only
when each file that is needed is there as it was published, as a copy or in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from broadsheet.errors import PublishError
from broadsheet.processes import secret_values
from broadsheet.processes.extras import lacks
from broadsheet.publish.address import Bucket
from broadsheet.publish.manifest import (
    NAME,
    OURS,
    Manifest,
    damaged,
    in_order,
    is_hashed,
    rank,
    sha256_of,
)
from broadsheet.publish.state import (
    Differences,
    Published,
    differences,
    differs,
    nothing_before,
    refuse_foreign,
    refuse_lost,
)
from broadsheet.storage.files import media_type
from broadsheet.storage.json_text import decoded

_Done = TypeVar("_Done")
_AT_ONCE = 8
_TRIES = 3
"""The number of times that a lock is asked for that others take and drop meanwhile."""
_NOBODY = b"?"
"""A lock that does not say whose it is."""
_FORMAT = 1
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


@dataclass(frozen=True)
class _State:
    """The content of `published.json`."""

    format: int
    """The number of the format."""
    now: Manifest | None = None
    """The manifest of what is published."""
    before: Manifest | None = None
    """The manifest of the publication before."""
    touched: tuple[str, ...] = ()
    """Paths whose content is unknown, since a publication that was to change them broke off."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """The tags that the storage had given the objects when they were read back. An object that is
    written again, by whomever, gets another tag.
    """


class Storage:
    """The objects of a bucket below a prefix. Has state: what was published when it was last looked
    up.
    """

    def __init__(
        self, address: Bucket, where: str, endpoint: str | None = None, profile: str | None = None
    ) -> None:
        if find_spec("s3fs") is None:
            raise lacks("s3fs", where)
        self.where = where
        self._bucket, self._root = address.bucket, f"{address.bucket}/{address.prefix}"
        self._prefix, self._endpoint = address.prefix, endpoint
        self._profile = profile
        self._state = _State(_FORMAT)

    @cached_property
    def _files(self) -> Any:
        """The client. It has threads, so it is not begun before it is needed: a build forks."""
        return _opened(self.where, self._endpoint, self._profile)

    def take_lock(self, content: bytes) -> bytes:
        """Put a lock there. Return the content of a lock that is there already, else nothing."""
        for _ in range(_TRIES):
            with self._asking():
                with suppress(FileExistsError):
                    self._files.pipe_file(self._own("lock"), content, mode="create")
                content_there = self._read("lock")
            if content_there is not None:
                return b"" if content_there == content else content_there or _NOBODY
        return _NOBODY

    def drop_lock(self, content: bytes) -> None:
        """Remove the lock, if it is still the one with this content."""
        with self._asking(), suppress(FileNotFoundError):
            if self._read("lock") == content:
                self._files.rm_file(self._own("lock"))

    def how_to_unlock(self) -> str:
        """Return the command that removes the lock."""
        endpoint = f" --endpoint-url {self._endpoint}" if self._endpoint else ""
        return f"aws s3 rm s3://{self._own('lock')}{endpoint}"

    def published(self) -> Published:
        """Return the publication at the prefix. Raises :class:`PublishError` if something is there
        that is not ours.
        """
        with self._asking():
            content = self._read(NAME)
            self._state = _State(_FORMAT) if content is None else self._decoded(content)
            if content is None:
                self._refuse_foreign()
        state = self._state
        return Published(state.now, state.before is not None, bool(state.touched))

    def differences(self) -> Differences:
        """Return the differences between the objects and what was published. An object is read if
        its tag has changed since it was read back.
        """
        manifest, tags = self._state.now or Manifest({}), self._state.tags
        with self._asking():
            listed = self._files.find(self._root.rstrip("/"), detail=True)
            entries = {name.removeprefix(self._root): entry for name, entry in listed.items()}
            digests, written = {}, []
            for path, entry in entries.items():
                if not path or path.startswith(f"{OURS}/"):
                    continue
                is_ours = path in manifest.all
                is_as_it_was = is_ours and "" != _tag(entry) == tags.get(path)
                digests[path] = manifest.all[path].digest if is_as_it_was else ""
                written += [path] if is_ours and not is_as_it_was else []
            read = self._each(lambda path: self._digest(f"{self._root}{path}"), written)
            digests |= dict(zip(written, read, strict=True))
        return differences(manifest, digests)

    def send(self, site: Path, new: Manifest, lost: frozenset[str] = frozenset()) -> None:
        """Send the files, in their order, and read each back; then remove what is left over."""

        def put(path: str) -> None:
            content = (site / path).read_bytes()
            if sha256_of(content) != new.files[path].digest:
                raise differs(str(site), path)
            self._files.pipe_file(f"{self._root}{path}", content, **_headers(path))

        with self._asking():
            now = self._state.now
            is_same = now is not None and new.files == now.files  # and is mended
            self._change(new, put, before=self._state.before if is_same else now, lost=lost)

    def restore(self) -> Manifest:
        """Bring back what was published before; after a publication that broke off, what was there
        when it was begun.
        """
        state = self._state
        back = state.now if state.touched else state.before
        if back is None:
            raise nothing_before(self.where)
        back = replace(back, kept={})

        def put(path: str) -> None:
            copy = self._own(f"copies/{back.files[path].digest}")
            self._files.cp_file(copy, f"{self._root}{path}")

        lost = self.differences().lost if state.now else frozenset[str]()
        with self._asking():
            self._look_for_copies(back, lost)
            before = state.before if state.touched else state.now
            self._change(back, put, before=before, lost=lost)
        return back

    def _change(
        self,
        new: Manifest,
        put: Callable[[str], None],
        before: Manifest | None,
        lost: frozenset[str],
    ) -> None:
        """Make the objects those of ``new``. ``put`` writes one of them; ``before`` is what can be
        restored then, without what is ``lost`` there.
        """
        state, on_target = self._state, self._state.now.all if self._state.now else {}
        unsure = {*state.touched, *lost}
        files = new.all
        if state != _State(_FORMAT):  # else it was empty
            self._refuse_foreign_at(sorted(files.keys() - on_target.keys() - unsure))
        touched = {path for path in {*on_target, *files} if on_target.get(path) != files.get(path)}
        self._each(self._copy, sorted((touched - unsure) & on_target.keys()))
        touched |= unsure
        self._write(replace(state, touched=tuple(sorted(touched))))
        tags = {path: tag for path, tag in state.tags.items() if path in files.keys() - touched}
        for _, group in groupby(in_order(touched & new.files.keys()), key=rank):
            paths = list(group)  # to be gone over twice, in any order
            self._each(put, paths)
            checked = self._each(lambda path: self._check(path, new), paths)
            tags |= dict(zip(paths, checked, strict=True))
        self._each(self._remove, sorted(touched - files.keys()))
        self._write(_State(_FORMAT, new, before, tags=tags))
        self._prune(before, new)

    def _copy(self, path: str) -> None:
        """Copy a file of what is published now, before it is changed; unless somebody else has changed
        it by now.
        """
        assert self._state.now is not None
        digest = self._state.now.all[path].digest
        copy = self._own(f"copies/{digest}")
        with suppress(FileNotFoundError):
            self._files.cp_file(f"{self._root}{path}", copy)
            if self._digest(copy) != digest:
                self._files.rm_file(copy)

    def _check(self, path: str, new: Manifest) -> str:
        """Return the tag of an object that was sent. Raises :class:`PublishError` if it is another
        content.
        """
        name = f"{self._root}{path}"
        tag = _tag(self._files.info(name))  # before it is read: of what is written later it is not
        if self._digest(name) != new.files[path].digest:
            raise differs(self.where, path)
        return tag

    def _remove(self, path: str) -> None:
        with suppress(FileNotFoundError):
            self._files.rm_file(f"{self._root}{path}")

    def _look_for_copies(self, back: Manifest, lost: frozenset[str]) -> None:
        """Raise :class:`PublishError` if there is no sound copy of a file that is needed to go
        ``back``.
        """
        on_target = self._state.now.all if self._state.now else {}
        unsure = {*self._state.touched, *lost}
        needed = [
            path
            for path, file in back.files.items()
            if on_target.get(path) != file or path in unsure
        ]

        def is_sound(path: str) -> bool:
            digest = back.files[path].digest
            try:
                return self._digest(self._own(f"copies/{digest}")) == digest
            except FileNotFoundError:
                return False

        sound = self._each(is_sound, needed)
        refuse_lost(self.where, [path for path, has in zip(needed, sound, strict=True) if not has])

    def _prune(self, before: Manifest | None, new: Manifest) -> None:
        """Remove the copies that nothing needs to go back."""
        needed = {
            file.digest
            for path, file in (before.files if before else {}).items()
            if new.all.get(path) != file
        }
        self._each(
            lambda digest: self._files.rm_file(self._own(f"copies/{digest}")),
            sorted(self._copies() - needed),
        )

    def _copies(self) -> set[str]:
        paths = self._files.find(self._own("copies"))
        return {path.rpartition("/")[2] for path in paths}

    def _refuse_foreign(self) -> None:
        listed = self._files.call_s3("list_objects_v2", Bucket=self._bucket, Prefix=self._prefix)
        names = [entry["Key"].removeprefix(self._prefix) for entry in listed.get("Contents", ())]
        foreign = [name for name in names if name and not name.startswith(f"{OURS}/")]
        if foreign:
            raise PublishError(
                self.where,
                f"here are objects that no publication of ours made, such as `{foreign[0]}`",
                "Name another bucket or prefix, or remove what is there.",
            )

    def _refuse_foreign_at(self, paths: list[str]) -> None:
        """Raise :class:`PublishError` if others have put objects at these paths."""
        foreign: list[str] = []

        def look(path: str) -> None:
            with suppress(FileNotFoundError):
                if self._files.info(f"{self._root}{path}")["type"] == "file":
                    foreign.append(path)

        self._each(look, paths)
        refuse_foreign(self.where, foreign)

    # Objects

    def _digest(self, name: str) -> str:
        return sha256_of(self._files.cat_file(name))

    def _own(self, name: str) -> str:
        return f"{self._root}{OURS}/{name}"

    def _read(self, name: str) -> bytes | None:
        try:
            content: bytes = self._files.cat_file(self._own(name))
        except FileNotFoundError:
            self._files.call_s3("head_bucket", Bucket=self._bucket)  # or is there no such bucket?
            return None
        return content

    def _decoded(self, content: bytes) -> _State:
        state = decoded(content, _State)
        if state is None or state.format != _FORMAT:
            raise damaged(self.where)
        return state

    def _write(self, state: _State) -> None:
        content = msgspec.json.encode(state, order="deterministic")
        self._files.pipe_file(self._own(NAME), content, ContentType="application/json")
        if self._read(NAME) != content:
            raise differs(self.where, f"{OURS}/{NAME}")
        self._state = state

    def _each(self, work: Callable[[str], _Done], paths: Iterable[str]) -> list[_Done]:
        """Return what the work gives for each path; several are done at once."""
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            futures = [threads.submit(work, path) for path in paths]
            try:
                return [future.result() for future in futures]
            except BaseException:
                threads.shutdown(cancel_futures=True)
                raise

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Turn errors of the storage, and of the way to it, into messages."""
        try:
            yield
        except (PublishError, KeyboardInterrupt):
            raise
        except Exception as error:
            raise _fault(self.where, error) from error


def _tag(entry: Mapping[str, Any]) -> str:
    """Return the tag of a listed object, empty if the storage gives none."""
    return str(entry.get("ETag") or "")


def _opened(where: str, endpoint: str | None, profile: str | None) -> Any:
    """Return the client of the storage."""
    from s3fs import S3FileSystem

    options = {"profile": profile} if profile else {}
    try:
        return S3FileSystem(
            endpoint_url=endpoint,
            use_listings_cache=False,
            skip_instance_cache=True,
            config_kwargs={"connect_timeout": 20, "retries": {"max_attempts": 3}},
            **options,
        )
    except Exception as error:
        raise _fault(where, error) from error


_FAULTS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("NoCredentials", "Unable to locate credentials", "PartialCredentials", "ProfileNotFound"),
        "there are no keys for this storage",
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or name a `profile` of "
        "~/.aws/ beside `to`.",
    ),
    (
        (
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "AccessDenied",
            "Access Denied",
            "Forbidden",
            "403",
            "ExpiredToken",
            "PermissionError",
            "Unauthorized",
            "401",
        ),
        "it does not let you in, or you may not write there",
        "Look at your keys, and at what they may do: list, read, write, copy and remove objects of this bucket.",
    ),
    (
        ("NoSuchBucket", "Not Found", "404", "FileNotFound"),
        "there is no such bucket",
        "Make it, or look at the address; a storage that is not Amazon's needs `endpoint` beside `to`.",
    ),
    (
        (
            "EndpointConnection",
            "ConnectTimeout",
            "Cannot connect",
            "Could not connect",
            "ClientConnector",
            "ConnectionClosed",
            "ReadTimeout",
            "getaddrinfo",
            "TimeoutError",
        ),
        "it cannot be reached",
        "Look at the `endpoint` and at the network; then publish again: it goes on where it was.",
    ),
    (
        ("No space left", "507", "QuotaExceeded", "XMinioStorageFull"),
        "it is full",
        "Make room there, and publish again: it goes on where it was.",
    ),
)


def _fault(where: str, error: Exception) -> PublishError:
    chain = [error, error.__cause__, error.__context__]
    text = " ".join(f"{type(cause).__name__}: {cause}" for cause in chain if cause is not None)
    detail = secret_values.redacted(f"{type(error).__name__}: {error}")
    for words, what, mend in _FAULTS:
        if any(word in text for word in words):
            return PublishError(where, what, mend, detail)
    return PublishError(
        where, "the storage refused", "See what is told below, mend it, and publish again.", detail
    )


def _headers(path: str) -> dict[str, str]:
    kind = media_type(path)
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    return {
        "ContentType": kind,
        "CacheControl": _FOREVER if is_hashed(path) else _ASK_AGAIN,
    }
