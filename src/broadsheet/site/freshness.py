"""Which sources need not be opened: those of which every file that went into their pages is as it
was.

Files are compared by digest, never by time; only a file that was changed while the build ran is not
trusted, for nobody knows which of its states went into the page. What all stories stand on (the
configuration, the program, all installed libraries, since a run may have used any) is one digest,
the *ground*; what goes into the site beside the pages (theme, resources) another, the *dress*.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path, PurePosixPath

from wcmatch import glob

from broadsheet import environment, paths
from broadsheet.errors import BroadsheetError, ConfigError
from broadsheet.markdown.shortcodes import VARIABLES
from broadsheet.paths import FileError
from broadsheet.project.edition import DRAFT, yet_to_come
from broadsheet.project.project import CONFIG, FOLDER_METADATA, Project
from broadsheet.run.reads import digest, state
from broadsheet.site.page_content_store import Stories
from broadsheet.site.record import Record
from broadsheet.site.theme import Theme
from broadsheet.templating import OWN, own_names

SCHEMA = "site_libs/broadsheet/facts.schema.json"
"""Where the schema of each page's `facts.json` is served."""
_NEVER = frozenset({".git", ".broadsheet", ".ssh", ".aws", ".netrc", ".pypirc"})
"""What no site has, even if its configuration asks for it; nor `.env` and the like."""
_CODE = ("*.py", "*.lua", "*.jinja", "*.po")


class Files:
    """The digests of a publication's files, each taken once: before a build uses the file, if it
    asks then.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, str] = {}
        self._since = time.time_ns()

    def digest(self, name: str) -> str:
        """What a file, or a folder's list of files, is like (:func:`~broadsheet.run.reads.state`)."""
        if name not in self._known:
            self._known[name] = self._take(name)
        return self._known[name]

    def digests(self, names: Iterable[str]) -> dict[str, str]:
        """Of many."""
        return {name: self.digest(name) for name in sorted(set(names))}

    def _take(self, name: str) -> str:
        try:
            changed = os.stat(f"{self.root}/{name}").st_mtime_ns  # noqa: PTH116 - of ten a page most are not there
            return (
                state(self.root, name)
                if changed < self._since
                else f"changed at {changed}, while the build ran"
            )
        except OSError:  # whoever reads it says what is wrong with it
            return ""
        except ValueError:  # a NUL in its name
            return ""


def metadata_files(source: PurePosixPath) -> list[str]:
    """Where the metadata of folders is, or would be."""
    return [str(folder / FOLDER_METADATA) for folder in source.parents]


def usable_sources(
    record: Record, inputs: Iterable[PurePosixPath], ground: str, stories: Stories
) -> set[PurePosixPath]:
    """Those of ``inputs`` all of whose pages can be pressed again from their stories, on the same
    ``ground``.
    """
    if record.ground != ground:
        return set()
    return {
        path
        for path in inputs
        if (known := record.sources.get(str(path)))
        and all(
            page in record.pages and stories.has(record.pages[page].story) for page in known.pages
        )
    }


def is_fresh(record: Record, source: PurePosixPath, files: Files, day: date) -> bool:
    """Whether every file that went into the pages of ``source`` is as it was, and its pages are
    those of this ``day``: none that was withheld has come out, none is yet to come, as after a
    build for a later day.
    """
    known = record.sources[str(source)]
    entries = [record.pages[page].entry for page in known.pages]
    return (
        all(why == DRAFT or why > day.isoformat() for why in known.withheld)
        and all(entry.withheld in (DRAFT, yet_to_come(entry.date, day)) for entry in entries)
        and all(files.digest(name) == was for name, was in known.files.items())
    )


def ground_of(files: Files) -> str:
    """The digest of what every story stands on."""
    templates = [str(OWN / name) for name in own_names(files.root)]
    own = [files.digest(name) for name in (CONFIG, VARIABLES, *templates)]
    return _sha256([own, platform.python_version(), _installed(), _program()])


def dress_of(theme: Theme, resources: Mapping[str, bytes | Path]) -> str:
    """The digest of what goes into the site beside the pages. Raises :class:`ConfigError` for an
    unreadable file.
    """

    def told(name: str, content: bytes | Path) -> str:
        try:
            return (
                hashlib.sha256(content).hexdigest()
                if isinstance(content, bytes)
                else digest(content)
            )
        except OSError as error:
            raise ConfigError(
                CONFIG,
                f"`resources` asks for the file {name}, which cannot be read: {error.strerror}",
                "See what is there, or leave it out.",
            ) from error

    return _sha256(
        [theme.names, {name: told(name, content) for name, content in sorted(resources.items())}]
    )


def resources_of(project: Project) -> dict[str, bytes | Path]:
    """The files that the configuration asks for, by their path in the site; and the schema of
    `facts.json`.
    """
    schema: dict[str, bytes | Path] = {
        SCHEMA: Path(__file__).parents[1] / "verify" / "facts.schema.json"
    }
    return schema | {
        name: project.root / name
        for name in _asked_for(project)
        if _refusal(project, name) is None and (project.root / name).is_file()
    }


def resources_fault(project: Project) -> BroadsheetError | None:
    """What is wrong with the files that the configuration asks for; of several, the others are in
    the detail.
    """
    told = [
        refused
        for name in [*_asked_for(project), "robots.txt"]
        if (refused := _refusal(project, name))
    ]
    if not told:
        return None
    (what, mend), *others = told
    return FileError(
        project.text.place(("project", "resources")),
        what,
        mend,
        "\n".join(f"also: {other}" for other, _ in others),
    )


def _refusal(project: Project, name: str) -> tuple[str, str] | None:
    """Why a file that the configuration asks for may not be published. Who names a hidden file
    means it, unless it is one of those that are never meant, or a link to one.
    """
    file = project.root / name
    is_meant = not any(part in _NEVER or part.startswith(".env") for part in Path(name).parts)
    is_itself = Path(os.path.realpath(file)) == file
    refused = paths.refusal(project.root, file, published=not (is_meant and is_itself))
    if (
        refused is None
        and environment.searches()
        and file.is_file()
        and (found := environment.found_in(file.read_bytes()))
    ):
        refused = f"`{name}` holds the value of the secret {found}", "Take it out of the file."
    return refused


def _asked_for(project: Project) -> list[str]:
    """The names of the files that the configuration asks for, sorted; nothing of the output."""
    patterns = [
        pattern
        for given in project.settings.project.resources
        for pattern in (given.lstrip("/"), f"{given.strip('/')}/**")
    ]
    favicon = project.settings.website.favicon
    patterns += [favicon.lstrip("/")] if favicon else []
    if not patterns:
        return []
    found = glob.glob(
        patterns,
        root_dir=str(project.root),
        flags=glob.GLOBSTAR | glob.BRACE | glob.NEGATE | glob.NODIR,
    )
    return [
        Path(name).as_posix()
        for name in sorted(found)
        if not (project.root / name).is_relative_to(project.output)
    ]


def _installed() -> list[str]:
    """All installed libraries with their versions, by the names of their folders, which is quick."""
    return sorted(
        {
            entry.name
            for folder in sys.path
            if folder and Path(folder).is_dir()
            for entry in Path(folder).iterdir()
            if entry.suffix in (".dist-info", ".egg-info")
        }
    )


@cache
def _program() -> str:
    """The digest of this program's own files."""
    folder = Path(__file__).resolve().parents[1]
    return _sha256(
        [
            (path.relative_to(folder).as_posix(), digest(path))
            for pattern in _CODE
            for path in sorted(folder.rglob(pattern))
        ]
    )


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
