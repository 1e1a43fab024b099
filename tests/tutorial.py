"""What `docs/tutorial.md` has a reader type: its table, its command, the cells of its article in their
order, its editions, and the message of its false claim.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

SLUG = "china-buys-more"
CLAIM = "imports[year] >"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_MAKE = {"yaml": new_raw_cell, "python": new_code_cell, "markdown": new_markdown_cell}


@dataclass(frozen=True)
class Tutorial:
    """``add`` are the words after `broadsheet` that take the table in; ``message`` are the parts of
    what is said of the false claim.
    """

    table: str
    add: list[str]
    cells: list[tuple[str, str]]
    editions: str
    message: list[str]

    def write(self, root: Path, *, is_true: bool = True, has_editions: bool = False) -> None:
        """Write the article as a reader has it after the third step, the fifth, or the sixth."""
        made = [_MAKE[kind](body) for kind, body in self.cells]  # type: ignore[no-untyped-call]
        made[1].metadata["tags"] = ["parameters"]
        if has_editions:
            made[0].source = made[0].source.removesuffix("---") + self.editions + "---"
        if not is_true:
            assert CLAIM in made[3].source
            made[3].source = made[3].source.replace(CLAIM, CLAIM.replace(">", "<"))
        notebook = new_notebook(cells=made)  # type: ignore[no-untyped-call]
        nbformat.write(notebook, root / f"posts/{SLUG}/index.ipynb")


def tutorial() -> Tutorial:
    """The tutorial as it is written now."""
    text = (Path(__file__).parents[1] / "docs/tutorial.md").read_text("utf-8")
    blocks = _BLOCK.findall(text)
    (add,) = [body.replace("\\\n", "") for _, body in blocks if "data add" in body]
    third = text.partition("## 3.")[2].partition("## 4.")[0]
    cells = [
        (kind, body.removesuffix("\n")) for kind, body in _BLOCK.findall(third) if kind in _MAKE
    ]
    assert len(cells) == 5
    shown = next(body for kind, body in blocks if kind == "console").partition("\n")[2]
    return Tutorial(
        next(body for kind, body in blocks if kind == "csv"),
        shlex.split(add)[1:],
        cells,
        next(body for kind, body in blocks if body.startswith("editions:\n")),
        re.split(r"…|\n\s+", shown.strip()),
    )
