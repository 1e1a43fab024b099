"""Bad inputs: what a person, a merge or another program may leave in a publication.

A module for each kind of input has a table `CASES`: the name of each case, and what is wrong. The
tests of `tests/cli/test_bad_inputs.py` build them, and keep the kind, the place and the
values of the message that each must give as a snapshot, one file a kind of input, under
`tests/cli/__snapshots__/`. To add a case, add a line to a table and run
`pytest tests/cli/test_bad_inputs.py --snapshot-update`; then read the snapshot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Content = str | bytes | Callable[[Path], object]
"""What a file has; or what is done at its path."""


@dataclass(frozen=True)
class Bad:
    """A case: the file at ``path``, and its bad ``content``; ``good`` is what stood there before, a
    page that was built. ``beside`` are other files that it needs. ``tolerated`` says that the page
    is built for all that: perhaps with a warning, which is the message then. ``of_edition`` says
    that the fault is that of an edition of the page, which is built itself; so is a page for which
    it is ``told`` as an error that a value of a folder's metadata is left out.
    """

    path: str
    content: Content
    good: str = "---\ntitle: Old\n---\nThe old page.\n"
    beside: tuple[tuple[str, Content], ...] = ()
    tolerated: bool = False
    of_edition: bool = False
    told: bool = False

    @property
    def page(self) -> str:
        """The page in the site."""
        return str(Path(self.path).with_suffix(".html"))


def put(path: Path, content: Content) -> None:
    """Make a file have this content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.is_file():
        path.unlink()
    if callable(content):
        content(path)
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_bytes(content.encode("utf-8", "surrogatepass"))
