"""An issue as files to look at: the message, its HTML with the picture beside it.

The message is one to the sender, ready to be opened in a mail program.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from broadsheet.newsletter.letter import Letter, html_to, message_to
from broadsheet.publication import slug


def name_of(letter: Letter) -> str:
    """What the files of an issue are called."""
    return slug(letter.issue.slug)


def write_files(letter: Letter, folder: Path) -> tuple[Path, ...]:
    """Write `SLUG.eml` and `SLUG.html` (and its picture) into ``folder``; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    name = name_of(letter)
    sender = letter.sender.address
    files = {f"{name}.eml": message_to(letter, sender, datetime.now(UTC)),
             f"{name}.html": html_to(letter, sender).replace(f"cid:{letter.cid}", f"{name}.png").encode()}
    if letter.issue.chart and letter.issue.chart.picture:
        files[f"{name}.png"] = letter.issue.chart.picture
    for file, content in files.items():
        (folder / file).write_bytes(content)
    return tuple(folder / file for file in files)
