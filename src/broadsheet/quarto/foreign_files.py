"""The foreign files in the output: those that neither renderer wrote, such as a `CNAME`.

Quarto writes into the output, too, so that afterwards nobody could tell them from its files. They are
listed before it renders, each with its modification time: `{"CNAME": 1700000000000000000}`.
"""

from __future__ import annotations

import filecmp
import json
from pathlib import Path, PurePosixPath

from broadsheet.quarto.notebook import write_if_changed
from broadsheet.site.output.output_folder import contents_of, read_marker

FOREIGN = PurePosixPath(".broadsheet/quarto/foreign.json")


def remember_foreign(root: Path, output: Path) -> None:
    """List the files in the output that no build wrote."""
    names = sorted(contents_of(output, read_marker(output)).foreign)
    times = {name: (output / name).lstat().st_mtime_ns for name in names}
    write_if_changed(root / FOREIGN, json.dumps(times).encode())


def foreign_files(root: Path, output: Path, new_site: Path) -> set[str]:
    """Return the listed files that have not changed since.

    A file that is the same in ``new_site`` is not foreign: a render that was broken off left it.
    """
    if not (root / FOREIGN).is_file():
        return set()
    times = json.loads((root / FOREIGN).read_text(encoding="utf-8"))
    return {
        name
        for name, time in times.items()
        if _time_of(output / name) == time and not _is_same_file(output / name, new_site / name)
    }


def _time_of(path: Path) -> int | None:
    try:
        return path.lstat().st_mtime_ns
    except (FileNotFoundError, NotADirectoryError):
        return None


def _is_same_file(file: Path, other: Path) -> bool:
    return file.is_file() and other.is_file() and filecmp.cmp(file, other, shallow=False)
