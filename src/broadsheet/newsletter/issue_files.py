"""An issue as files to look at: the message, and its HTML with the picture beside it.

The message is one to the sender, ready to be opened in a mail program. The files have addresses in
them, so only their owner may read them, and only the owner may list the folder, if it is our own.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from broadsheet.errors import UsageError
from broadsheet.newsletter.email_message import Letter, html_to, message_to
from broadsheet.project.project import Project
from broadsheet.project.settings.address import slug
from broadsheet.site.output.output_folder import lies_in
from broadsheet.storage import store
from broadsheet.storage.files import seen_from
from broadsheet.storage.private_paths import private_name

FOLDER = Path("_newsletter")
"""The folder of issues and their journals, from the publication's root."""

_OURS = b"List-ID: <newsletter."
"""A header of each message that we write."""


def name_of(letter: Letter) -> str:
    """Return the name of an issue's files."""
    return slug(letter.issue.slug)


def folder_of(chosen: Path | None, project: Project) -> Path:
    """Return the folder for an issue's files: ``chosen``, else the publication's own. Raises
    :class:`UsageError` for a folder where they would be published, or would damage something.
    """
    if chosen is None:
        return project.root / FOLDER
    place = chosen.resolve()
    inside = seen_from(project.root, place)
    reasons = {
        "it is not a folder": place.exists() and not place.is_dir(),
        "it is in the site, where everybody could read them": lies_in(place, project.output),
        "it is no place for files of yours": any(
            private_name(part) for part in inside.parts if part != FOLDER.name
        ),
    }
    for reason, holds in reasons.items():
        if holds:
            raise UsageError(
                f"--output {chosen}",
                f"the e-mail edition cannot go there: {reason}",
                "Name another folder.",
            )
    return place


def private_folder(folder: Path) -> None:
    """Make a folder that nobody else may list; the permissions of an existing one change only if it
    is our own.
    """
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
    elif folder.name == FOLDER.name:
        folder.chmod(0o700)


def write_files(letter: Letter, folder: Path) -> tuple[Path, ...]:
    """Write `SLUG.eml` and `SLUG.html` (and its pictures) into ``folder``. Returns their paths.
    Raises :class:`UsageError` if a file of that name exists that does not belong to an issue.
    """
    name = name_of(letter)
    sender = letter.sender.address
    pictures = {kind: f"{name}-{kind}.png" for kind in letter.cids}
    html = letter.with_pictures(html_to(letter, sender), pictures)
    files = {
        f"{name}.eml": message_to(letter, sender, datetime.now(UTC)),
        **{file: letter.issue.pictures[kind] for kind, file in pictures.items()},
        f"{name}.html": html.encode(),
    }
    message = folder / f"{name}.eml"
    is_ours = message.is_file() and _OURS in message.read_bytes()
    for file in files:
        if os.path.lexists(folder / file) and not is_ours:
            raise UsageError(
                str(folder / file),
                "this file is not of an e-mail edition, so it will not be replaced",
                "Move it away, or name another folder with --output.",
            )
    private_folder(folder)
    for file, content in files.items():
        store.write_file(folder / file, content)  # readable for the owner alone
    return tuple(folder / file for file in files)
