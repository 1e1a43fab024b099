"""A trial of other people's work as a publication: a notebook, a page of Markdown, or a whole site
of Quarto's, without a change to it.

It is copied into a temporary folder and built there; both stay, so that an author can look at the
site, and try changes. The :class:`Adoption` has the result, in the order in which an author mends
it: pages that are lost, what was not run, what is shown otherwise than Quarto shows it, what is
missing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from broadsheet.checks.sass_brand import SassBrand, sass_brand
from broadsheet.errors import GENERATED_ALT, BroadsheetError, Notice, UsageError, kinds_of
from broadsheet.project.build_day import today
from broadsheet.project.editions.edition import Edition, with_html_keys
from broadsheet.project.project import CONFIG, INPUTS, MARKER, SOURCES, open_project
from broadsheet.project.reading import Publication, open_publication
from broadsheet.project.settings.brand import FILES
from broadsheet.project.settings.validation import left_to_quarto, read_of_project
from broadsheet.site.build.build import build_site
from broadsheet.site.build.options import Options, Watch, unwatched
from broadsheet.site.index.site_index import FRONT
from broadsheet.storage.files import UnreadableError, content, readable_text
from broadsheet.storage.limits import TABLE, check
from broadsheet.text.html_tree import classes, parsed_page
from broadsheet.text.templating import OWN, own_names
from plotly_alive.text.unprintable import UNPRINTABLE, unprintable

NOT_RUN = "not-run"
MISSING = frozenset({"alt-text", GENERATED_ALT, "source"})
"""The topics of notices of what is missing."""
_OF_PROSE = "beside-fact"
"""The topic of notices of the prose, which say nothing of how Broadsheet shows a page."""
_LEFT_OUT = ("node_modules", "env", "venv", "__pycache__", "renv", "site_libs")
_LOOK = "See who may read it."
_ARTICLE = (
    ("title", "title", "Give it a `title`."),
    (
        "date",
        "date",
        "Give it a `date`: with one it is an article, in lists, feeds and the archive.",
    ),
    ("description", "description", "Say in a sentence what it tells, as `description`."),
)


@dataclass(frozen=True)
class Group:
    """Findings of one kind."""

    what: str
    """The finding."""
    mend: str
    """The remedy."""
    places: tuple[str, ...]
    """The place of each."""


@dataclass(frozen=True)
class Adoption:
    """The result of a trial. The copy and the site are both in one folder of their own."""

    pages: int
    """The number of pages that were built."""
    faults: tuple[BroadsheetError, ...]
    """The faults, each of which costs a page."""
    not_run: tuple[Group, ...]
    """Pages that were not run."""
    otherwise: tuple[Group, ...]
    """Differences from what Quarto shows."""
    missing: tuple[Group, ...]
    """Texts and keys that pages lack."""
    copy: Path
    """The folder of the copy."""
    site: Path
    """The folder of the site."""
    front_matter: str = ""
    """Lines of front matter that make an article of a notebook that has none."""
    brand: SassBrand | None = None
    """The colours and typefaces of the site's Sass files, which the copy has as its brand."""


def adopt(
    path: Path, *, with_templates: bool = False, jobs: int = 0, watch: Watch = unwatched
) -> Adoption:
    """Try the site in the folder ``path``, or the one source there, with its own templates only if
    they are asked for. Raises :class:`UsageError` for
    a path that is neither, and what :func:`broadsheet.site.build.build.build` does.
    """
    folder = Path(mkdtemp(prefix="broadsheet-adopt-")).resolve()
    try:
        root = folder / "publication"
        left_out = _copied(path, root)
        brand = sass_brand(open_project(root)) if path.is_dir() else None
        if brand:
            (root / FILES[0]).write_text(brand.lines, "utf-8")
        site = root.with_name("site")
        templates = () if with_templates else tuple(str(OWN / name) for name in own_names(root))
        report = build_site(
            root,
            Options(
                output=site,
                jobs=jobs,
                watch=watch,
                is_scratch=True,
                is_foreign=True,
                has_own_templates=with_templates,
            ),
        )
        project = open_project(root).without_permissions(has_own_templates=with_templates)
        publication = open_publication(root, project, drafts=True)
        lines = _proposed(publication) if path.is_file() else ""
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    otherwise = [one for one in report.notices if one.topic not in MISSING | {NOT_RUN, _OF_PROSE}]
    return Adoption(
        report.pages,
        report.faults,
        _groups(one for one in report.notices if one.topic == NOT_RUN),
        (
            *left_out,
            *_set_aside(templates),
            *_groups(otherwise),
            *_looks(publication, site),
            *_left_to_quarto(publication),
        ),
        (
            *_without(publication.editions),
            *_groups(one for one in report.notices if one.topic in MISSING),
        ),
        root,
        site,
        lines,
        brand,
    )


def _copied(path: Path, root: Path) -> tuple[Group, ...]:
    """Make a copy of the site or of the source with what lies beside it, as a publication at
    ``root``. Returns what was left out of it.
    """
    where, is_source = str(path), path.is_file() and path.suffix in SOURCES
    if not path.exists():
        raise UsageError(where, "there is no such file or folder", "Look for a misspelling.")
    if not is_source and not (path / CONFIG).is_file():
        raise UsageError(
            where,
            f"this is no notebook or page, and no folder with a {CONFIG}",
            f"Name a file ({', '.join(SOURCES)}), or the folder of a Quarto site.",
        )
    copy = _Copy(path if is_source else None)
    copy.make(path.parent if is_source else path, root)
    if is_source:
        name = json.dumps(path.name)
        (root / CONFIG).write_text(f"project: {{render: [{name}]}}\nwebsite: {{title: {name}}}\n")
    return tuple(copy.left_out())


class _Copy:
    """A copy of a folder of somebody else's, without sites, environments and hidden folders, and of
    a single ``source`` without the other pages. Has state: what else was left out, by reason, and
    how much was copied.
    """

    def __init__(self, source: Path | None) -> None:
        self._source = source
        self._text = b""
        self._reasons: dict[tuple[str, str], list[str]] = {}
        self._files, self._size = 0, 0

    def make(self, folder: Path, root: Path) -> None:
        """Copy the ``folder`` to ``root``. Raises :class:`LimitError` for one that is too large."""
        self._folder = folder
        try:
            self._text = self._source.read_bytes() if self._source else b""
            shutil.copytree(
                folder, root, symlinks=True, ignore=self._ignored, copy_function=self._copied_file
            )
        except shutil.Error as error:
            for place, _, why in error.args[0]:
                self._leave_out(
                    Path(place), f"it cannot be copied: {why.partition(': ')[0]}", _LOOK
                )
        except OSError as error:
            raise UsageError(
                str(folder), f"this cannot be copied: {error.strerror}", _LOOK
            ) from error

    def left_out(self) -> Iterator[Group]:
        """Yield the files that were not copied though they may belong to the site."""
        for (what, mend), places in self._reasons.items():
            yield Group(f"left out: {what}", mend, tuple(places))

    def _ignored(self, folder: str, names: list[str]) -> set[str]:
        here = Path(folder)
        return {name for name in names if self._is_apart(here / name) or self._is_odd(here / name)}

    def _is_apart(self, file: Path) -> bool:
        """True if a file or folder does not belong to the site."""
        name = file.name
        return (
            name in _LEFT_OUT
            or (name[0] == "." and file.is_dir())
            or os.path.lexists(file / MARKER)
            or (name == "_site" and file.is_dir())
            or (file.suffix in INPUTS and self._is_other_page(name))
            or (self._source is not None and name == CONFIG)
        )

    def _is_other_page(self, name: str) -> bool:
        """True if a source is neither the one that is tried nor may be a part of it, as an included
        file is: one that begins with `_`, or that it names.
        """
        source = self._source
        return source is not None and not (
            name == source.name or name[0] == "_" or os.fsencode(name) in self._text
        )

    def _is_odd(self, file: Path) -> bool:
        """True if a file cannot be copied."""
        status = file.lstat()
        kinds = (stat.S_ISREG, stat.S_ISDIR, stat.S_ISLNK)
        largest, most, all_of_it = TABLE["image-size"], TABLE["files"], TABLE["copied-size"]
        if unprintable(file.name) or {*file.name} & {"\n", "\r", "\t", "\x85"}:
            self._leave_out(
                file, "its name is not UTF-8, or cannot be shown", "Give it another name."
            )
            return True
        if not any(fits(status.st_mode) for fits in kinds):
            self._leave_out(file, "it is a pipe, a socket or a device", "Put a plain file there.")
            return True
        if not stat.S_ISREG(status.st_mode):
            return False
        if status.st_size > largest.value:
            shown = largest.shown(largest.value)
            self._leave_out(file, f"it has more than {shown}", "A page shows part of it, or none.")
            return True
        self._files, self._size = self._files + 1, self._size + status.st_size
        mend = "Copy what belongs to the site to a folder of its own, and adopt that."
        check(most, self._files, str(self._folder), "this folder", mend)
        check(all_of_it, self._size, str(self._folder), "this folder", mend)
        return False

    def _copied_file(self, source: str, place: str) -> None:
        # Not `copy2`: a pipe may have come meanwhile, and would never end.
        try:
            data = content(Path(source), source, TABLE["image-size"])
        except UnreadableError as error:
            raise OSError(str(error)) from error
        Path(place).write_bytes(data)
        shutil.copystat(source, place)

    def _leave_out(self, file: Path, what: str, mend: str) -> None:
        shown = file.relative_to(self._folder).as_posix()
        shown = re.sub(r"[\x00-\x1f\x85]", "\ufffd", UNPRINTABLE.sub("\ufffd", shown))
        self._reasons.setdefault((what, mend), []).append(shown)


def _groups(notices: Iterable[Notice]) -> tuple[Group, ...]:
    """Return the notices by kind, the most frequent first."""
    groups = (
        Group(kind[0].what, kind[0].mend, tuple(str(one.where) for one in kind))
        for kind in kinds_of(notices)
    )
    return tuple(sorted(groups, key=lambda group: -len(group.places)))


def _set_aside(templates: tuple[str, ...]) -> Iterator[Group]:
    """Yield the templates of the site that were not used."""
    if templates:
        mend = "Read them; then adopt with `--templates`, which fills pages by them."
        yield Group("a template of the site's own is not used", mend, templates)


def _looks(publication: Publication, site: Path) -> Iterator[Group]:
    """Yield the differences that follow from the theme, where pages have them."""
    front = next((one for one in publication.editions if str(one.output) == FRONT), None)
    if front is not None and _is_edited(readable_text(site / FRONT)):
        yield Group(
            "the front page is edited as that of a newspaper: a lead, and others beside and below it",
            "For a plain list, give the listing an `id`, and place it: `::: {#the-id}`, `:::`.",
            (str(front.source.path),),
        )
    both = [
        str(edition.source.path)
        for edition in publication.editions
        if edition.settings.subtitle and edition.settings.description
    ]
    if both:
        yield Group(
            "`description` is not on the page, where the `subtitle` stands in its place",
            "It is what search engines, feeds and cards have.",
            tuple(dict.fromkeys(both)),
        )


def _is_edited(front_page: str) -> bool:
    """True if a front page is made of a list, as that of a newspaper. One that could not be built
    is empty.
    """
    bodies = parsed_page(front_page).iter("body") if front_page.strip() else ()
    return any("is-front" in classes(body) for body in bodies)


def _left_to_quarto(publication: Publication) -> Iterator[Group]:
    """Yield the keys on which only Quarto acts, each with the files that give it."""
    files: dict[tuple[str, str], list[str]] = {}
    settings = publication.project.settings
    for model, within in ((settings.project, "project"), (settings.website, "website")):
        for key in left_to_quarto(model, within):
            files.setdefault(key, []).append(CONFIG)
    project = with_html_keys(publication.project.metadata)
    for edition in publication.editions:
        for key in left_to_quarto(edition.settings):
            is_inherited = key[0].partition(":")[0] in project
            if not (is_inherited and key[0] in read_of_project()):
                where = CONFIG if is_inherited else str(edition.source.path)
                files.setdefault(key, []).append(where)
    for (name, what), places in sorted(files.items(), key=lambda item: -len(item[1])):
        yield Group(
            f"`{name}` does nothing here: {what}",
            "Settings that do nothing here may stay for Quarto. Broadsheet's pages go without them.",
            tuple(dict.fromkeys(places)),
        )


def _without(editions: Sequence[Edition]) -> Iterator[Group]:
    """Yield the keys of an article that pages lack."""
    for key, name, mend in _ARTICLE:
        places = [
            str(edition.source.path)
            for edition in editions
            if not getattr(edition.settings, key)
            and not edition.settings.listing
            and not (key == "date" and edition.settings.about)
        ]
        if places:
            yield Group(f"no `{name}`", mend, tuple(places))


def _proposed(publication: Publication) -> str:
    """Return the front matter that a source without one could begin with."""
    edition = next(iter(publication.editions), None)
    if edition is None or "date" in edition.source.front_matter.data:
        return ""
    source = edition.source
    title = edition.settings.title or source.path.stem
    lines = (f"title: {json.dumps(title)}", "author:", f"date: {today('UTC')}", "description:")
    return "\n".join(("---", *lines, "---"))
