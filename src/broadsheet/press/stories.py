"""The store that keeps stories from one build to the next: `.broadsheet/pages/`.

A story is named by its content, and whole or absent; those that served longest ago go. Any number of builds, and of
sites, may use the store at once. What is stored is read again only by the very program that wrote it (see
:func:`broadsheet.press.freshness.ground_of`).
"""

from __future__ import annotations

import hashlib
import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet import keeping

if TYPE_CHECKING:
    from broadsheet.press.story import Story

STORE = Path(".broadsheet/pages")


class Stories:
    """The store of the publication at ``root``."""

    def __init__(self, root: Path) -> None:
        self._folder = root / STORE

    def keep(self, story: Story) -> str:
        """Remember a story; its name."""
        data = pickle.dumps(story)
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        if not path.is_file():
            keeping.put(path, data)
        return name

    def has(self, name: str) -> bool:
        """Whether it is there."""
        return bool(name) and self._path(name).is_file()

    def get(self, name: str) -> Story:
        """The story of that name, which must be there."""
        path = self._path(name)
        os.utime(path)
        story: Story = pickle.loads(path.read_bytes())
        return story

    def trim(self, limit: int) -> None:
        """Remove the stories that served longest ago until ``limit`` bytes are left."""
        keeping.trim(self._folder.glob("??/*"), limit)

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name
