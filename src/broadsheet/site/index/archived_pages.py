"""The pages that have been archived: `archived/DAY/`, from the root, with the files of each page as
they were on that day.

`broadsheet archive SLUG` writes them. They belong to the publication, as its articles do: builds copy
them into the site, under the same address, and never change a byte. Beside the files of a page lies
its *manifest*, `archived/DAY/NAME.archived.json`, which names each of them with its digest. A file that
no manifest names is not published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from broadsheet.errors import BroadsheetError, Notice, Place
from broadsheet.site.article.links import url_of
from broadsheet.storage.files import readable_text

FOLDER = "archived"
"""The folder of archived pages, from the publication's root, and from the site's."""
ENDING = ".archived.json"
"""The ending of a manifest's name."""


class ArchivedPage(BaseModel):
    """The manifest of an archived page."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    archived: date
    """The day on which it was archived."""
    article: str
    """The path of the page in the site."""
    title: str
    """The title that it had."""
    lang: str
    """The tag of its language."""
    files: Mapping[str, str]
    """The SHA-256 digests of its files, by their paths from the folder of the day."""

    @field_validator("article", "files")
    @classmethod
    def _lies_within(cls, value: str | Mapping[str, str]) -> str | Mapping[str, str]:
        for path in [value] if isinstance(value, str) else value:
            parts = path.split("/")
            if {"", ".", ".."} & set(parts) or "\\" in path:
                raise ValueError(f"{path!r} is no path of a file in the folder of the day")
        return value

    @property
    def folder(self) -> str:
        """The folder of the day, from the publication's root and from the site's."""
        return f"{FOLDER}/{self.archived}"

    @property
    def path(self) -> str:
        """The path of the archived page in the site."""
        return f"{self.folder}/{self.article}"

    @property
    def url(self) -> str:
        """The address of the archived page, from the site's root."""
        return url_of(self.path)


def archived_pages(root: Path) -> tuple[list[ArchivedPage], list[Notice]]:
    """Return the archived pages of the publication at ``root``, newest first, and a notice for each
    manifest that cannot be read.
    """
    read = list(_read(root))
    pages = [page for page in read if isinstance(page, ArchivedPage)]
    notices = [page for page in read if isinstance(page, Notice)]
    return sorted(pages, key=lambda page: (page.archived, page.article), reverse=True), notices


def changed_since(pages: Iterable[ArchivedPage], digest: Callable[[str], str]) -> Iterator[Notice]:
    """Yield a notice for each file of archived pages that is not as it was archived. ``digest`` gives
    the digest of a file of the publication; empty if it cannot be read.
    """
    for page in pages:
        for name, was in page.files.items():
            if (now := digest(f"{page.folder}/{name}")) != was:
                what = "is not as it was archived" if now else "was archived, and cannot be read"
                yield Notice(
                    Place(f"{page.folder}/{name}"),
                    f"this file {what} on {page.archived}: readers cite it as it was",
                    "Take it from your version control again.",
                    topic="archived-page",
                )


def manifests_of(root: Path) -> list[Path]:
    """Return the manifests in the publication at ``root``."""
    return sorted((root / FOLDER).glob(f"*/*{ENDING}"))


def archived_files(root: Path) -> list[str]:
    """Return the names of the files of archived pages that are there, from the publication's root."""
    pages = (page for page in _read(root) if isinstance(page, ArchivedPage))
    names = {f"{page.folder}/{name}" for page in pages for name in page.files}
    return sorted(name for name in names if (root / name).is_file())


def _read(root: Path) -> Iterator[ArchivedPage | Notice]:
    """Yield each archived page, or a notice for its manifest if that cannot be read."""
    for file in manifests_of(root):
        try:
            page = ArchivedPage.model_validate_json(readable_text(file))
            if page.article not in page.files:
                raise ValueError(f"its `files` are without the page itself, {page.article}")
            if file.parent.name != str(page.archived):
                raise ValueError(f"it lies in the folder of another day than {page.archived}")
        except (ValidationError, BroadsheetError, OSError, ValueError) as error:
            reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            yield Notice(
                Place(file.relative_to(root).as_posix()),
                f"this is no manifest of an archived page: {reason}",
                "Take it from your version control again: until then the page is not on the site.",
                topic="archived-page",
            )
            continue
        yield page


def earlier_versions(pages: Sequence[ArchivedPage]) -> dict[str, list[ArchivedPage]]:
    """Return the archived versions of each page, newest first, by the page's path in the site."""
    versions: dict[str, list[ArchivedPage]] = {}
    for page in pages:
        versions.setdefault(page.article, []).append(page)
    return versions


def manifest_name(article: str) -> PurePosixPath:
    """Return the name of the manifest of a page, by its path in the site."""
    stem = url_of(article).removesuffix(".html").strip("/") or "index"
    return PurePosixPath(stem.replace("/", "-") + ENDING)
