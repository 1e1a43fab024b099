"""The newsletter's issues that have been sent: `newsletter/DATE-SLUG.json`, from the root, one
each.

`broadsheet newsletter SLUG --send` and `--draft` write them. They belong to the publication, as its
articles do: the archive of the newsletter has a page for each, with what readers got.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from broadsheet.errors import BroadsheetError, Notice, Place
from broadsheet.project.settings.address import slug
from broadsheet.storage import store
from broadsheet.storage.files import readable_text

FOLDER = Path("newsletter")
"""The folder of these files, from the root; and of their pages, from the site's root."""


class SentIssue(BaseModel):
    """An issue as it was sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sent: date
    """The day on which it was sent."""
    lang: str
    """The code of its language."""
    article: str
    """The path of its article in the site."""
    title: str
    """The title."""
    subtitle: str = ""
    """The standfirst."""
    excerpt: str
    """The excerpt: finished HTML with full addresses."""
    name: str = ""
    """The name of its file, and of its page."""

    @property
    def path(self) -> str:
        """The path of its page in the site."""
        return f"{FOLDER}/{self.name}/index.html"


def issue_files(root: Path) -> list[Path]:
    """Return the files of the publication at ``root``."""
    return sorted(file for file in (root / FOLDER).glob("*.json") if file.is_file())


def read_issues(root: Path) -> tuple[list[SentIssue], list[Notice]]:
    """Return the issues of the publication at ``root``, newest first, and a notice for each file
    that cannot be read as one.
    """
    issues, notices = [], []
    for file in reversed(issue_files(root)):
        where = Place(f"{FOLDER}/{file.name}")
        try:
            issue = SentIssue.model_validate_json(readable_text(file))
        except (ValidationError, BroadsheetError, OSError, ValueError) as error:
            reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            notices.append(
                Notice(
                    where,
                    f"this is no issue of the newsletter: {reason}",
                    "Mend it, or take it away: it is in no archive.",
                )
            )
            continue
        issues.append(issue.model_copy(update={"name": file.stem}))
    return sorted(issues, key=lambda one: one.sent, reverse=True), notices


def record_issue(root: Path, article: str, issue: SentIssue) -> Path | None:
    """Write the issue of an article, by its slug, into the archive, unless it is there. Returns the
    file that was written.
    """
    name = slug(article) or "issue"
    ending = re.compile(rf"\d{{4}}-\d\d-\d\d-{re.escape(name)}\.json")
    if any(ending.fullmatch(file.name) for file in issue_files(root)):
        return None
    file = root / FOLDER / f"{issue.sent}-{name}.json"
    file.parent.mkdir(exist_ok=True)
    text = issue.model_dump_json(indent=1, exclude={"name"})
    store.write_file(file, f"{text}\n".encode(), mode=0o644)
    return file
