"""Files that go into the site as they are: `resources`, the favicon, the logo, archived pages; and
the schema of each page's `facts.json`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath

from wcmatch import glob

from broadsheet.data.descriptor import DESCRIPTOR, has_catalogue
from broadsheet.data.descriptor_reading import read_descriptor
from broadsheet.data.vintages import FOLDER as VINTAGES
from broadsheet.data.vintages import INDEX, version_files
from broadsheet.errors import BroadsheetError, ConfigError, Place
from broadsheet.processes import secret_values
from broadsheet.project.project import CONFIG, Project
from broadsheet.run.library_versions import version_of
from broadsheet.run.reads import digest
from broadsheet.site.article.table_places import TablePlaces
from broadsheet.site.build.unchanged_sources import Files
from broadsheet.site.index.archived_pages import archived_files, manifests_of
from broadsheet.site.output.sent_issues import issue_files
from broadsheet.site.theme.theme_files import SCHEMA, Theme
from broadsheet.storage.files import FileError, refusal
from broadsheet.storage.value_digest import digest_of

STATIC = "the theme and the resources"
"""The name of the step that makes these files."""
TABLE_PAGES = "the data catalogue"
"""The name of the step that notes what the pages of tables are made of, beside the tables' files."""


@dataclass(frozen=True)
class Resources:
    """The files that the configuration asks for, and the schema of `facts.json`."""

    files: Mapping[str, bytes | Path]
    """The files, by their paths in the site."""
    archived: frozenset[str]
    """The paths of those that belong to archived pages."""
    fault: BroadsheetError | None
    """The fault of files that may not be published."""


def resources_of(project: Project) -> Resources:
    """Return the resources of a publication, as they are now. If several are wrong, the fault has
    the others in its detail.
    """
    names, archived = _asked_for(project), archived_files(project.root)
    places = dict.fromkeys((*names, "robots.txt"), project.text.place(("project", "resources")))
    places |= {name: Place(name) for name in archived}
    refused = {
        name: FileError(place, *refusal)
        for name, place in places.items()
        if (refusal := _refusal(project, name))
    }
    files: dict[str, bytes | Path] = {
        SCHEMA: Path(__file__).parents[2] / "verify" / "facts.schema.json"
    }
    files |= {
        name: project.root / name
        for name in (*names, *archived)
        if name not in refused and (project.root / name).is_file()
    }
    return Resources(files, frozenset(archived), _fault(list(refused.values())))


def _fault(refused: Sequence[FileError]) -> BroadsheetError | None:
    if not refused:
        return None
    first, *others = refused
    also = "\n".join(f"also: {other.what}" for other in others)
    return FileError(first.where, first.what, first.mend, also)


def static_inputs(theme: Theme, resources: Resources, files: Files) -> dict[str, str]:
    """Return the inputs of these files, and of the newsletter's archive, which has no other source.
    A run may write a resource, which is read as it is now; nothing writes archived files.
    Raises :class:`ConfigError` for an unreadable file.
    """
    contents = {}
    for name, content in sorted(resources.files.items()):
        try:
            if name in resources.archived:
                contents[name] = files.digest(name)
            elif isinstance(content, bytes):
                contents[name] = hashlib.sha256(content).hexdigest()
            else:
                contents[name] = digest(content)
        except OSError as error:
            raise ConfigError(
                CONFIG,
                f"`resources` asks for the file {name}, which cannot be read: {error.strerror}",
                "See what is there, or leave it out.",
            ) from error
    issues = {file.name: digest(file) for file in issue_files(files.root)}
    archived = {file.parent.name + file.name: digest(file) for file in manifests_of(files.root)}
    inputs = {"the theme": digest_of(theme.names), "the resources": digest_of(contents)}
    named = {"the newsletter's issues": issues, "the archived pages": archived}
    return inputs | {name: digest_of(one) for name, one in named.items() if one}


def catalogue_inputs(project: Project, files: Files, day: date) -> dict[str, str]:
    """Return what the pages of tables depend on, beside other pages and published files: the
    descriptor, the versions, what is late on a ``day``, and the library that writes Parquet.
    """
    root = project.root
    if not project.settings.broadsheet.data_pages or not has_catalogue(root):
        return {}
    try:
        resources = read_descriptor(root).resources
    except BroadsheetError:
        resources = ()
    versions = files.digests(f"{VINTAGES}/{one.name}/{INDEX}" for one in resources)
    contents = [version_files(root, one.name) for one in resources]
    late = [one.name for one in resources if one.overdue(day)]
    return {
        DESCRIPTOR: files.digest(DESCRIPTOR),
        "the versions of tables": digest_of((versions, contents)),
        "the tables that are late": digest_of(late),
        "what writes Parquet": version_of("pyarrow"),
    }


def _refusal(project: Project, name: str) -> tuple[str, str] | None:
    """Say why a file that the configuration asks for may not be published, and what to do. A hidden
    file may be, if it is named, unless it is private, or a link.
    """
    if ".." in PurePosixPath(name).parts:
        return f"`{name}` lies outside of the publication", "Put the file into the publication."
    file = project.root / name
    is_itself = Path(os.path.realpath(file)) == file
    refused = refusal(project.root, file, published=True, may_be_hidden=is_itself)
    if (
        refused is None
        and secret_values.searches()
        and file.is_file()
        and (secret := secret_values.found_in(file.read_bytes()))
    ):
        refused = f"`{name}` holds the value of the secret {secret}", "Take it out of the file."
    return refused


def is_asked_for(project: Project, name: str) -> bool:
    """True if the configuration asks for the file of this name, which need not exist yet."""
    patterns = _patterns(project)
    return bool(patterns) and _is_named_by(tuple(patterns), name)


@lru_cache(maxsize=1000)
def _is_named_by(patterns: tuple[str, ...], name: str) -> bool:
    """True if some globs name a file. All facts of a page ask for the same few tables."""
    return glob.globmatch(name, patterns, flags=_GLOBS)


def table_places(project: Project) -> TablePlaces:
    """Return the places where readers find the tables that a page uses."""
    return TablePlaces(project.settings.broadsheet.data_pages, partial(is_asked_for, project))


def _asked_for(project: Project) -> list[str]:
    """Return the names of the files that the configuration asks for, sorted, without those in the
    output.
    """
    patterns = _patterns(project)
    if not patterns:
        return []
    paths = glob.glob(patterns, root_dir=str(project.root), flags=_GLOBS | glob.NODIR)
    return [
        Path(name).as_posix()
        for name in sorted(paths)
        if not (project.root / name).is_relative_to(project.output)
    ]


_GLOBS = glob.GLOBSTAR | glob.BRACE | glob.NEGATE


def _patterns(project: Project) -> list[str]:
    """Return the globs that the configuration names files by."""
    return [
        *(
            pattern
            for written in project.settings.project.resources
            for pattern in (written.lstrip("/"), f"{written.strip('/')}/**")
        ),
        *(picture for _, picture in project.pictures),
    ]
