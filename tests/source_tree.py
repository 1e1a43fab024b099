"""Where the code of this repository is: Broadsheet's, and that of the distributions beside it, each a
folder of `packages/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
PROGRAM = ROOT / "src/broadsheet"
MEMBERS = tuple(sorted(file.parent for file in ROOT.glob("packages/*/pyproject.toml")))
"""The folders of the distributions beside Broadsheet."""
PROGRAMS = (
    PROGRAM,
    *(file.parent for member in MEMBERS for file in sorted(member.glob("src/*/__init__.py"))),
)
"""The folders of all packages that are imported by a name of their own."""
PLACES_OF_TESTS = (TESTS, *(member / "tests" for member in MEMBERS))


def program_of(path: Path) -> Path | None:
    """Return that of :data:`PROGRAMS` in which a file or folder is."""
    return next(filter(path.is_relative_to, PROGRAMS), None)


def shown(path: Path) -> str:
    """Return the path of a file or folder of the code, as lists in tests name it: within Broadsheet
    `run/job.py`, elsewhere `papermill_warm/wire.py`.
    """
    program = program_of(path)
    assert program is not None
    return path.relative_to(program if program == PROGRAM else program.parent).as_posix()


def code(suffix: str = "py") -> Iterator[Path]:
    """Yield the files of the code with a suffix."""
    for program in PROGRAMS:
        yield from sorted(program.rglob(f"*.{suffix}"))
