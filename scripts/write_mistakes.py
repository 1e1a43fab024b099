"""Writes `docs/mistakes.md`: mistakes that authors make, and what the preview says of each.

The mistakes are those of `tests/mistakes.py`, and the messages those that
`tests/preview/test_preview_mistakes.py` has stored. `tests/repository/test_docs.py` fails if the page is not what this
script writes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/mistakes.md"
STORED = ROOT / "tests/preview/__snapshots__/test_preview_mistakes.ambr"
HEAD = """\
# Mistakes, and what the preview says

[The preview](preview.md) says of each mistake where it is, what it is, and what to do; `broadsheet check` says
the same. A page that cannot be made stays as it was under the message, and comes back with the save that mends
it. Here are {count} mistakes in a publication that `broadsheet init` has written, with what is said of them.

`scripts/write_mistakes.py` makes this page from the tests, which make each of these mistakes in a running preview.
"""


def page() -> str:
    """The text of the page."""
    sys.path.insert(0, str(ROOT / "tests"))
    from message_kinds import in_full, stored
    from mistakes import GROUPS, id_of

    messages = {
        name.partition("[")[2].removesuffix("]"): in_full(short)
        for name, short in stored(STORED).items()
    }
    parts = [HEAD.format(count=sum(map(len, GROUPS.values())))]
    for title, mistakes in GROUPS.items():
        rows = [
            f"| {one.name[0].upper()}{one.name[1:]} | {' '.join(cells(messages[id_of(one)]))} |"
            for one in mistakes
        ]
        table = "\n".join(
            ["| mistake | where | what is wrong | what to do |", "|---|---|---|---|", *rows]
        )
        parts.append(f"## {title}\n\n{table}\n")
    return "\n".join(parts)


def cells(message: str) -> list[str]:
    """Place, fault and remedy of the first message, with the bars of a table between them."""
    where, *lines = message.partition("\n\n")[0].split("\n")
    said = [line for line in lines if not line.startswith(("│ ", "opens "))]
    at = next((at for at, line in enumerate(said) if line.startswith("→ ")), len(said))
    what, mend = " ".join(said[:at]), " ".join(said[at:]).removeprefix("→ ")
    mend = re.sub(r" ?The notebook as far as it ran is \S+\.ipynb\.", "", mend)
    place = where.rpartition("/")[2]
    return [escaped(place), "|", escaped(what), "|", escaped(mend)]


def escaped(text: str) -> str:
    """A text in a cell of a table of Markdown, with nothing in it that is more than text."""
    text = text.replace("{{<", "{{{<").replace(">}}", ">}}}")
    pieces = re.split(r"(`[^`]*`)", text.replace("|", "\\|"))
    pieces[::2] = [re.sub(r"([*_<>\[\]@])", r"\\\1", piece) for piece in pieces[::2]]
    return "".join(pieces)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
