"""How the stores under `.broadsheet/` keep what they keep: an entry is whole or absent, and the room is bounded.

Runs, pictures and stories each name their entries by what they are of; what the stores have in common is here. Any
number of builds may use a store at once, and be killed at any moment.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def put(path: Path, content: bytes) -> None:
    """Write an entry beside its place, and move it there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)


def trim(paths: Iterable[Path], room: int) -> None:
    """Remove files, those first that served longest ago (by their time), until ``room`` bytes are left of them."""
    kept = []
    for path in paths:
        with suppress(OSError):
            stat = path.lstat()
            kept.append((stat.st_mtime_ns, stat.st_size, path))
    for _, size, path in sorted(kept, reverse=True):
        room -= size
        if room < 0:
            with suppress(OSError):  # what is no file is thrown away when somebody asks for it
                path.unlink(missing_ok=True)
