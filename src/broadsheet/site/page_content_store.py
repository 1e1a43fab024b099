"""The store that keeps stories from one build to the next: `.broadsheet/pages/`.

A story is JSON, named by the SHA-256 of that, and whole or absent; those that served longest ago
go. Any number of builds, and of sites, may use the store at once. What is stored is read again only
by the very program that wrote it (see :func:`broadsheet.site.freshness.ground_of`); it is verified
each time, and what does not fit is thrown away.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from broadsheet import store, store_entry
from broadsheet.errors import RestartError
from broadsheet.site.page_meta import plain

if TYPE_CHECKING:
    from broadsheet.site.page_content import PageContent

STORE = Path(".broadsheet/pages")
_NAME = re.compile(r"[0-9a-f]{64}")


class MissingStoryError(RestartError):
    """A story that a build relied on is no longer in the store: it was damaged, or another build
    removed it.
    """


class Stories:
    """The store of the publication at ``root``."""

    def __init__(self, root: Path) -> None:
        self._folder = root / STORE

    def keep(self, story: PageContent) -> str:
        """Remember a story; its name. Raises :class:`StoreError` where the store cannot be written."""
        data = msgspec.json.encode(story, enc_hook=_encoded)
        name = hashlib.sha256(data).hexdigest()
        if self._read(name) is None:
            store_entry.store(self._path(name), data)
        return name

    def has(self, name: str) -> bool:
        """Whether something is there of that name; not yet whether it is sound."""
        return bool(_NAME.fullmatch(name)) and self._path(name).is_file()

    def get(self, name: str) -> PageContent:
        """The story of that name. Raises :class:`MissingStoryError` if there is none, or none that
        is sound.
        """
        from broadsheet.site.page_content import PageContent

        data = self._read(name)
        if data is not None:
            with suppress(msgspec.MsgspecError, ValueError, RecursionError):
                return msgspec.json.decode(data, type=PageContent, dec_hook=_decoded)
            store_entry.discard(self._path(name))
        raise MissingStoryError(name)

    def check(self, names: Iterable[str]) -> None:
        """Throw away what is damaged of these."""
        for name in names:
            self._read(name)

    def trim(self, limit: int) -> None:
        """Remove the stories that served longest ago until ``limit`` bytes are left."""
        store.trim(self._folder.glob("??/*"), limit)

    def _read(self, name: str) -> bytes | None:
        """The bytes of that name; what they are not the digest of is thrown away."""
        if not _NAME.fullmatch(name):
            return None
        data = store_entry.fetch(self._path(name))
        if data is not None and hashlib.sha256(data).hexdigest() != name:
            store_entry.discard(self._path(name))
            return None
        return data

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


def _encoded(value: object) -> object:
    """What JSON has not, as JSON: models of settings by the names and values that they were given."""
    from broadsheet.project.settings import Settings

    return (
        value.model_dump(mode="json", by_alias=True, exclude_unset=True)
        if isinstance(value, Settings)
        else plain(value)
    )


def _decoded(kind: type, value: Any) -> object:
    """A model of settings, of what :func:`_encoded` made of it."""
    from broadsheet.project.settings import Settings

    if issubclass(kind, Settings):
        return kind.model_validate(value)
    raise NotImplementedError(f"a story has no {kind.__name__}")
