"""The store that keeps stories from one build to the next: `.broadsheet/pages/`.

A story is named by its content, and whole or absent; those that served longest ago go. Any number of builds, and of
sites, may use the store at once. What is stored is read again only by the very program that wrote it (see
:func:`broadsheet.press.freshness.ground_of`).
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

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
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
                file.write(data)
            Path(file.name).replace(path)
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
        total = 0
        found = [(stat.st_mtime_ns, stat.st_size, path) for path in self._folder.glob("??/*") if (stat := path.stat())]
        for _, size, path in sorted(found, reverse=True):
            total += size
            if total > limit:
                with suppress(FileNotFoundError):
                    path.unlink()

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name
