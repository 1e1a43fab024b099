"""The store that keeps the contents of pages from one build to the next: `.broadsheet/pages/`.

A content is JSON, and its key is the SHA-256 of that. It is read only by the same program that
wrote it (see :func:`broadsheet.site.build.unchanged_sources.global_inputs`).
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from broadsheet.site.article.entry import plain
from broadsheet.storage.store import FOLDER, Store

if TYPE_CHECKING:
    from broadsheet.site.article.article import Article

STORE = Path(FOLDER) / "pages"
DIGEST = re.compile(r"[0-9a-f]{64}")


class Articles:
    """The store of the publication at ``root``."""

    def __init__(self, root: Path) -> None:
        self._store = Store(root, STORE.name)

    def put(self, content: Article) -> str:
        """Store a content. Returns its key. Raises :class:`StoreError` where the store cannot be
        written.
        """
        data = msgspec.json.encode(content, enc_hook=_encoded)
        digest = hashlib.sha256(data).hexdigest()
        if self._store.get(_key(digest)) != data:
            self._store.put(_key(digest), data)
        return digest

    def has(self, digest: str) -> bool:
        """True if there is an entry with that key, damaged or not."""
        return bool(DIGEST.fullmatch(digest)) and self._store.has(_key(digest))

    def is_whole(self, digest: str) -> bool:
        """True if the entry with that key is there, and is as it was written. A damaged one is
        removed.
        """
        return bool(DIGEST.fullmatch(digest)) and self._store.get(_key(digest)) is not None

    def get(self, digest: str) -> Article | None:
        """Return the content with that key; None if there is none. A damaged one is removed."""
        from broadsheet.site.article.article import Article

        if not DIGEST.fullmatch(digest):
            return None
        data = self._store.get(_key(digest))
        return self._store.decode(_key(digest), data, Article, _decoded)

    def trim(self, room: int) -> None:
        """Remove the contents that were not used for longest until ``room`` bytes are left."""
        self._store.trim(room)


def _key(digest: str) -> str:
    return f"{digest[:2]}/{digest}"


def _encoded(value: object) -> object:
    """Return a value that JSON does not have, as JSON: models of settings by the names and values
    given.
    """
    from broadsheet.project.settings.setting_models import Settings

    return (
        value.model_dump(mode="json", by_alias=True, exclude_unset=True)
        if isinstance(value, Settings)
        else plain(value)
    )


def _decoded(kind: type, value: Any) -> object:
    """Return a model of settings, from the JSON of :func:`_encoded`."""
    from broadsheet.project.settings.setting_models import Settings

    if issubclass(kind, Settings):
        return kind.model_validate(value)
    raise NotImplementedError(f"a content has no {kind.__name__}")
