"""`_quarto.yml`, and the files that the project renders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Literal

from wcmatch import glob

# The public modules raise it and do not export it.
from wcmatch._wcparse import PatternLimitException

from broadsheet.data.descriptor import has_catalogue
from broadsheet.errors import (
    MISSING_FILE,
    BroadsheetError,
    ConfigError,
    NotebookError,
    Notice,
    Place,
)
from broadsheet.project.build_day import today
from broadsheet.project.settings import config
from broadsheet.project.settings.brand import Brand, read_brand, read_stylesheets
from broadsheet.project.settings.language_words import words_of_project
from broadsheet.project.settings.logos import IN_BAR, IN_SIDEBAR, shown_logo
from broadsheet.project.settings.metadata_shortcodes import ENVIRONMENT, filled, unanswered
from broadsheet.project.settings.setting_types import GLOB
from broadsheet.project.settings.settings import ProjectSettings
from broadsheet.project.settings.validation import check, fitting, left_out, unknown_keys
from broadsheet.project.settings.website_settings import InLanguage, Navbar, Sidebar, Website
from broadsheet.project.sources import pairing, text_notebook
from broadsheet.storage import limits, publication_root
from broadsheet.storage.files import LONGEST_NAME, is_file
from broadsheet.storage.limits import TABLE
from broadsheet.storage.yaml_text import YamlText
from broadsheet.text import templating
from broadsheet.text.language import speaking_with
from broadsheet.text.own_words import OWN_WORDS, of_metadata
from plotly_alive.errors import enumerated, shown
from plotly_alive.text.did_you_mean import nearest, question
from plotly_alive.text.language import Language
from plotly_alive.text.unprintable import unprintable

CONFIG = publication_root.CONFIG
MARKER = ".broadsheet.json"
"""The file in a built site's root that names the site's publication
(:mod:`broadsheet.site.output.output_folder`).
"""
_LONGEST_SUFFIX = "_files.partial"
"""About the most characters that are added to the name of a source."""
FOLDER_METADATA = "_metadata.yml"
ROOT = PurePosixPath()
NOTEBOOK = ".ipynb"
SCRIPT = text_notebook.SCRIPT
INPUTS = config.INPUTS
SOURCES = config.SOURCES
_PROJECT_KEYS = ("project", "website", "broadsheet")
_NEEDED = ("title", "site-url", "description", "drafts")
"""The keys of `website` without which the site would be a different one, or show too much."""
_FOR_AGENTS = ("AGENTS.md", "CLAUDE.md")
"""The files that programs of others read in a repository; they are no pages."""
_OTHER_TYPES = ("manuscript",)
_FOLDERS_BEHIND = 1000
"""The number of folders in which pages behind a link are looked for."""
_SURE = (".ipynb", ".qmd")
"""The suffixes of files that are pages, wherever they lie."""
_NAMED = 3
_NO_INPUT = "`render`: there is no file or folder"


@dataclass(frozen=True)
class Project:
    """A Quarto website project on disk."""

    root: Path
    """The folder of `_quarto.yml`."""
    settings: ProjectSettings
    """The keys on which Broadsheet acts."""
    text: YamlText
    """The whole configuration, each key with its place."""
    config_files: tuple[str, ...] = ()
    """The files beside `_quarto.yml` that may be a part of the configuration."""
    left_out: tuple[Notice, ...] = ()
    """A notice of each value that was left out of the configuration, because it does not fit."""
    brand: Brand = field(default_factory=Brand)
    """The colours and typefaces."""
    stylesheets: tuple[str, ...] = ()
    """The publication's own style sheets, by their paths from the root."""
    templates: templating.OwnTemplates = ()
    """The publication's own templates, once they are read."""
    has_own_templates: bool = True
    """True if they are read at all."""

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Work on this publication in the block, by its limits and with its templates. They hold in
        this thread or task, and in the threads of a :class:`~broadsheet.processes.worker_processes.Threads`
        that it gives work.
        """
        with (
            limits.under(self.settings.broadsheet.limits),
            templating.using(self.templates),
        ):
            yield

    def with_templates(self) -> Project:
        """Return the project with its templates as they are now. Raises :class:`ConfigError`."""
        if not self.has_own_templates:
            return self
        with self.at_work():
            return replace(self, templates=templating.read_own(self.root))

    @property
    def has_dark_switch(self) -> bool:
        """True if readers may switch between light and dark: `theme` or `brand` names both."""
        layers = (self.text.data, config.html_format(self.text.data))
        named = (layer.get(key) for layer in layers for key in ("theme", "brand"))
        return any(isinstance(one, Mapping) and {"light", "dark"} <= one.keys() for one in named)

    @property
    def metadata(self) -> dict[str, object]:
        """The metadata that `_quarto.yml` gives to each page."""
        return {key: value for key, value in self.text.data.items() if key not in _PROJECT_KEYS}

    @property
    def lang(self) -> str:
        """The language of the publication."""
        return str(self.text.data.get("lang", "en"))

    @property
    def own_words(self) -> Mapping[str, object]:
        """The publication's words in place of ours: `language:`."""
        return of_metadata(self.text.data)

    def speaking(self, lang: str) -> AbstractContextManager[Language]:
        """Return a context in which our words are those of the publication's pages in ``lang``."""
        return speaking_with(lang, self.own_words)

    def language_of(self, part: Literal["navbar", "page_footer"], lang: str) -> str:
        """Return the language that the navigation or the footer of pages in ``lang`` is in: another
        than the publication's, if `broadsheet: languages:` has it.
        """
        languages = self.settings.broadsheet.languages
        tags = (lang, lang.partition("-")[0])
        return next(
            (tag for tag in tags if tag in languages and getattr(languages[tag], part)), self.lang
        )

    def website_in(self, lang: str) -> Website:
        """Return `website:` as pages in ``lang`` have it."""
        website, languages = self.settings.website, self.settings.broadsheet.languages
        bar = languages.get(self.language_of("navbar", lang), InLanguage()).navbar
        foot = languages.get(self.language_of("page_footer", lang), InLanguage()).page_footer
        changes = {name: getattr(bar, name) for name in bar.model_fields_set} if bar else {}
        navbar = website.navbar.model_copy(update=changes)
        return website.model_copy(
            update={"navbar": navbar, "page_footer": foot or website.page_footer}
        )

    @property
    def pictures(self) -> list[tuple[tuple[str, ...], str]]:
        """The files of the icon, the logos and the picture for cards, from the root, each with the key
        that names it.
        """
        website, logos = self.settings.website, self.brand.logo
        icon = logos.first(("small",), "light")
        named: list[tuple[tuple[str, ...], str]] = []
        if website.image:
            named.append((("website", "image"), website.image))
        if website.favicon:
            named.append((("website", "favicon"), website.favicon))
        elif icon:
            named.append((("brand", "logo"), icon.path))
        sides: list[Navbar | Sidebar] = [*website.sidebar]
        if "navbar" in website.model_fields_set:
            sides.append(website.navbar)
        for side in sides:
            key = "sidebar" if isinstance(side, Sidebar) else "navbar"
            order = IN_SIDEBAR if key == "sidebar" else IN_BAR
            if logo := shown_logo(side.logo, logos, order):
                place = ("website", key, "logo") if side.logo else ("brand", "logo")
                named += [(place, path) for _, path, _ in logo.pictures]
        return [(key, path.lstrip("/")) for key, path in named if "://" not in path]

    @property
    def output(self) -> Path:
        """The folder of the site."""
        return self.root / self.settings.project.output_dir

    @property
    def site_url(self) -> str:
        """The address of the site's root, with a slash at its end; empty if `site-url` is not set."""
        url = self.settings.website.site_url
        return url.rstrip("/") + "/" if url else ""

    @property
    def today(self) -> date:
        """The current day in the publication's time zone."""
        return today(self.settings.broadsheet.time_zone)

    def without_permissions(self, *, has_own_templates: bool) -> Project:
        """Return the project of somebody whose settings allow nothing on this machine: its
        notebooks neither install libraries nor get variables with secrets; nor are its templates
        used unless it ``has_own_templates``.
        """
        keys = self.settings.broadsheet.model_copy(
            update={"allow_install": False, "pass_environment": []}
        )
        settings = self.settings.model_copy(update={"broadsheet": keys})
        return replace(self, settings=settings, has_own_templates=has_own_templates)

    def notices(self) -> list[Notice]:
        """Return notices of values that do not fit in `website`, of files that `render` names and
        that do not exist, and of unknown keys of `project`, `website` and `broadsheet`.
        """
        settings = self.settings
        return [
            *self.left_out,
            *(
                Notice(
                    self.text.place(("project", "render", index)),
                    f"{_NO_INPUT} {pattern!r}",
                    "Mend the path, which counts from the root, or take it out.",
                    topic=MISSING_FILE,
                )
                for index, pattern in enumerate(settings.project.render)
                if self._is_missing(pattern)
            ),
            *(
                Notice(
                    self.text.place(key),
                    f"`{'.'.join(key)}`: there is no file {path!r}",
                    "Mend the path, which counts from the root, or take it out.",
                    topic=MISSING_FILE,
                )
                for key, path in dict.fromkeys(self.pictures)
                if not is_file(self.root / path)
            ),
            *(
                notice
                for key in _PROJECT_KEYS
                for notice in unknown_keys(getattr(settings, key), self.text, (key,))
            ),
        ]

    def inputs(
        self, faults: dict[PurePosixPath, BroadsheetError] | None = None
    ) -> list[PurePosixPath]:
        """Return the files that the project renders, by Quarto's rules: sorted, relative to the
        root.

        These are all files with an input's suffix, except those that start with `_` or `.`,
        READMEs, the output and installed packages; narrowed by `project: render`. A `.py` is an
        input if it begins as a page does, or if `render` names it. Of a notebook that exists in
        several forms, one is an input (:mod:`broadsheet.project.sources.pairing`). Folders that
        cannot be read, and links to folders elsewhere that have pages, go into ``faults``, each
        with its error, so that their pages do not leave the site unnoticed.
        Raises :class:`ConfigError` for a pattern of `render` that matches nothing.
        """
        unread: dict[PurePosixPath, BroadsheetError] = {}
        links: list[PurePosixPath] = []
        walked = _walk(self.root, self.output, unread, links)
        patterns = self.settings.project.render
        scripts = [path for path in walked if path.suffix == SCRIPT]
        pages = {
            path
            for path in (matching(scripts, patterns) if patterns and scripts else scripts)
            if self.names(path) or pairing.is_article(self.root, path)
        }
        inputs = [path for path in walked if path.suffix in INPUTS or path in pages]
        folders = [path for path in unread if path.suffix in INPUTS]
        for path in set(folders).difference(matching(folders, patterns) if patterns else folders):
            unread.pop(path)  # nobody asks for it
        for path in links:
            behind = _pages_behind(self.root, path)
            if pages_asked_for := matching(behind, patterns) if patterns else behind:
                without = (
                    f'`render: ["**", "!{path}"]`' if not patterns else f'`"!{path}"` in `render`'
                )
                unread[path] = _not_entered(self.root, path, pages_asked_for, without)
        if faults is not None:
            faults |= unread
        chosen = matching(inputs, patterns) if patterns else inputs
        if patterns:
            self._refuse_idle(inputs, chosen, unread)
        copies = pairing.copies_among(self.root, chosen, self._asks_for)
        return [path for path in chosen if path not in copies]

    def copies(self) -> list[PurePosixPath]:
        """Return the files that the project would render if they were not copies of an input."""
        inputs = self.inputs({})
        beside = (PurePosixPath(name) for path in inputs for name in pairing.copies_of(path))
        existing = [path for path in beside if (self.root / path).is_file() and path not in inputs]
        return [path for path in existing if self.may_render(path)]

    def may_render(self, path: PurePosixPath) -> bool:
        """True if `render` does not leave a file out."""
        patterns = self.settings.project.render
        return not patterns or bool(matching([path], patterns))

    def leaves_out(self, path: PurePosixPath) -> bool:
        """True if a file is there and would be rendered if `render` did not leave it out."""
        return (
            path.suffix in INPUTS
            and all(may_be_input(part) for part in path.parts)
            and is_file(self.root / path)
            and not self.may_render(path)
        )

    def names(self, path: PurePosixPath) -> bool:
        """True if `render` has the name of a file."""
        names = self.settings.project.render
        return str(path) in (os.path.normpath(name.lstrip("/")) for name in names)

    def _asks_for(self, path: PurePosixPath) -> bool:
        """True if a pattern of `render` asks for a file by its suffix."""
        patterns = self.settings.project.render
        patterns = [pattern for pattern in patterns if PurePosixPath(pattern).suffix == path.suffix]
        return bool(patterns and matching([path], patterns))

    def _is_missing(self, pattern: str) -> bool:
        """True if a pattern of `render` names a file or a folder that does not exist."""
        is_name = not glob.is_magic(pattern, flags=GLOB)
        return is_name and not os.path.lexists(self.root / pattern.lstrip("/"))

    def _refuse_idle(
        self,
        inputs: list[PurePosixPath],
        chosen: list[PurePosixPath],
        unread: Mapping[PurePosixPath, BroadsheetError],
    ) -> None:
        """Refuse `render` if one of its patterns matches nothing, and files are left out that it
        was perhaps meant for. The name of a file that does not exist is only a notice in a project
        without a catalogue.
        """
        patterns, at = self.settings.project.render, ("project", "render")
        among = set(chosen)
        others = [path for path in inputs if path not in among]
        for index, pattern in enumerate(patterns):
            left_out = [] if pattern.startswith("!") else others
            if self._is_missing(pattern) and not unread:
                names = {str(name) for path in left_out for name in (path, *path.parents)}
                suggestion = question(pattern.strip("/"), names)
                if suggestion and has_catalogue(self.root):
                    raise ConfigError(
                        self.text.place((*at, index)),
                        f"{_NO_INPUT} {pattern!r}",
                        suggestion.rstrip(),
                    )
                continue
            left_out = _meant(pattern, left_out) if chosen else left_out
            if left_out and not unread and not matching(inputs, [pattern]):
                raise ConfigError(
                    self.text.place((*at, index)),
                    f"`render`: no file fits {pattern!r}, and left out "
                    f"{'is' if len(left_out) == 1 else 'are'} "
                    f"{enumerated(list(map(str, left_out)), _NAMED)}",
                    "Mend the pattern, or take it out.",
                )


def _meant(pattern: str, left_out: list[PurePosixPath]) -> list[PurePosixPath]:
    """Return the files among ``left_out`` that a glob of `render` was perhaps meant for: they are
    in the folder with which it begins, or in a folder of a similar name. So a glob may wait for its
    first file.
    """
    first = PurePosixPath(pattern.lstrip("/")).parts[0] if pattern.strip("/") else ""
    folders = {path.parts[0] for path in left_out if len(path.parts) > 1}
    if glob.is_magic(first, flags=GLOB):
        return []
    near = {first} if first in folders else set(nearest(first, folders))
    return [path for path in left_out if path.parts[0] in near]


def open_project(root: Path, edited: Mapping[str, str] = {}) -> Project:
    """Read `_quarto.yml`. ``edited`` has the texts of files of the configuration that are not saved
    yet. Raises :class:`ConfigError`.
    """
    with limits.under({}):
        return _opened(root.resolve(), edited)


def _opened(root: Path, edited: Mapping[str, str]) -> Project:
    text, config_files, notices = config.read_config(root, edited)
    sections = {key: text.data[key] for key in _PROJECT_KEYS if key in text.data}
    website, misfits = sections.get("website"), list[tuple[str, ConfigError]]()
    if (written := website) and "{{<" in str(website):
        website = filled({"website": written}, text.data, root)["website"]
        notices += [
            Notice(
                text.place(("website",)),
                f"`{shortcode}` has no value; it stays as written",
                "Give it one, or mend its name here.",
                topic="shortcode",
            )
            for shortcode in unanswered(website)
        ]
    if isinstance(website, dict):
        sections["website"], misfits = fitting(Website, website, text, ("website",))
    for key, fault in misfits:
        if key in _NEEDED:
            raise fault
    notices += [left_out(fault) for _, fault in misfits]
    brand, doubted, brand_files = read_brand(root, text)
    stylesheets, missing = read_stylesheets(root, text)
    notices += [*doubted, *missing]
    words = words_of_project(text.data.get(OWN_WORDS), root, text)
    text = replace(text, data={**text.data, OWN_WORDS: words.words}) if words.files else text
    notices += words.notices
    settings = check(ProjectSettings, sections, text)
    kind = settings.project.type
    if kind in _OTHER_TYPES:
        raise ConfigError(
            text.place(("project", "type")),
            f"project type {kind!r} is not one that Broadsheet renders",
            "Write `type: website`; slides and manuscripts are for quarto render.",
        )
    if kind == config.BOOK:
        notices.append(
            Notice(
                text.place(("project", "type")),
                "the book is made as a website: chapters are not numbered, and there is no download",
                "For the book itself, use quarto render.",
                topic="value",
            )
        )
    elif kind not in ("website", "default"):
        notices.append(
            Notice(
                text.place(("project", "type")),
                f"Broadsheet does not know the project type {shown(kind, 60)}, and makes a website",
                "What an extension of Quarto adds to it is for quarto render.",
                topic="value",
            )
        )
    if "lang" in text.data:
        lang = filled({"lang": text.data["lang"]}, text.data, root)
        text = replace(text, data={**text.data, **lang})
    config_files = (
        *config_files,
        *brand_files,
        *words.files,
        *settings.website.text_files,
        *ENVIRONMENT,
    )
    return Project(root, settings, text, config_files, tuple(notices), brand, stylesheets)


def misnamed(path: PurePosixPath) -> BroadsheetError | None:
    """Return the fault of a source's name, if its page or the folder of its files could not have
    that name; else None.
    """
    where = Place(str(path))
    if character := unprintable(str(path)):
        is_text = not any("\ud800" <= sign <= "\udfff" for sign in str(path))
        what = f"in this file's name is {character}" if is_text else "this file's name is not UTF-8"
        return NotebookError(where, what, "Rename it: its page is to have an address.")
    if "\n" in str(path):
        return NotebookError(
            where,
            "in this file's name is a line break",
            "Rename it: its page is to have an address.",
        )
    if len(f"{path.stem}{_LONGEST_SUFFIX}".encode()) > LONGEST_NAME:
        return NotebookError(
            where,
            f"this file's name is so long that its page's files could not be called after it, "
            f"with more than {LONGEST_NAME} bytes",
            "Rename it.",
        )
    return None


def matching(
    paths: Iterable[PurePosixPath], patterns: Iterable[str], folder: PurePosixPath = ROOT
) -> list[PurePosixPath]:
    """Return the ``paths`` (from the root) that match Quarto's globs. Names count from ``folder``,
    patterns and what is excluded with `!` from it and from each folder below; with a slash at the
    start both count from the root. A folder matches all files in it.
    """
    whole: list[str] = []
    for pattern in patterns:
        sign, bare = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
        is_pattern = bool(sign) or glob.is_magic(bare, flags=GLOB)
        anywhere = "**" if is_pattern and not bare.startswith("../") else ""
        based = (
            bare.lstrip("/") if bare.startswith("/") else os.path.normpath(folder / anywhere / bare)
        )
        whole += (
            [sign + based]
            if PurePosixPath(based).suffix
            else [sign + based, f"{sign}{based.rstrip('/')}/**"]
        )
    try:
        chosen = set(
            glob.globfilter(
                [str(path) for path in paths], whole, flags=GLOB, limit=int(TABLE["patterns"].value)
            )
        )
    except PatternLimitException:
        raise limits.exceeded(
            TABLE["patterns"],
            TABLE["patterns"].value,
            Place(CONFIG if folder == ROOT else str(folder)),
            f"a glob, one of {', '.join(repr(pattern[:60]) for pattern in whole[:3])},",
            "Name fewer files in its braces.",
            at_least=True,
        ) from None
    return [path for path in paths if str(path) in chosen]


def is_foreign(folder: Path, output: Path | None) -> bool:
    """True if a folder of the publication does not belong to it: installed packages, the
    ``output``, or another built site.
    """
    is_installed = folder.name in ("node_modules", "env", "venv")
    return is_installed or folder == output or os.path.lexists(folder / MARKER)


def may_be_input(name: str) -> bool:
    """True if a file may be one that the project renders, judged by its name alone."""
    is_of_project = PurePosixPath(name).stem.upper() in ("README", "LICENSE") or name in _FOR_AGENTS
    return name[0] not in "._" and not is_of_project


def _pages_behind(root: Path, link: PurePosixPath) -> list[PurePosixPath]:
    """Return the files that are pages in the folder to which a link leads, if that lies outside
    of ``root``, which is not in it.
    """
    home, target = root.resolve(), (root / link).resolve()
    if target.is_relative_to(home) or home.is_relative_to(target):
        return []
    pages: list[PurePosixPath] = []
    for folder, below, names in islice(os.walk(root / link), _FOLDERS_BEHIND):
        below[:] = sorted(name for name in below if name[0] not in "._")
        here = PurePosixPath(Path(folder).relative_to(root).as_posix())
        pages += [
            here / name
            for name in sorted(names)
            if may_be_input(name) and PurePosixPath(name).suffix in _SURE
        ]
    return pages


def _not_entered(
    root: Path, link: PurePosixPath, pages: list[PurePosixPath], without: str
) -> BroadsheetError:
    """Return the error of a link to a folder of pages elsewhere; ``without`` leaves it out of the site."""
    return NotebookError(
        Place(str(link)),
        f"this folder is a link to {(root / link).resolve()}, outside of the publication, and its pages are not "
        f"read: {enumerated(list(map(str, pages)), _NAMED)}",
        f"Put the folder itself into the publication, or leave it out by {without}. Its old pages stay meanwhile.",
    )


def _walk(
    root: Path,
    output: Path,
    faults: dict[PurePosixPath, BroadsheetError],
    links: list[PurePosixPath],
) -> list[PurePosixPath]:
    paths: list[PurePosixPath] = []

    def note(error: OSError) -> None:
        path = PurePosixPath(Path(os.fsdecode(error.filename)).relative_to(root).as_posix())
        faults[path] = NotebookError(
            Place(str(path)),
            f"this folder cannot be read: {error.strerror}",
            "Give yourself the permission: `chmod u+rx`. Its old pages stay meanwhile.",
        )

    seen = 0
    for folder, below, names in os.walk(root, onerror=note):
        seen += len(names)
        limits.check(
            limits.TABLE["files"],
            seen,
            Place(CONFIG),
            "the publication's folder",
            "Put what is not of the publication elsewhere.",
        )
        below[:] = sorted(
            name
            for name in below
            if name[0] not in "._"
            and not name.endswith("_files")
            and not is_foreign(Path(folder, name), output)
        )
        here = PurePosixPath(Path(folder).relative_to(root).as_posix())
        faults |= {
            here / name: NotebookError(
                Place(str(here / name)),
                "this is a folder, and has the name of a page",
                "Rename it; its old page stays meanwhile.",
            )
            for name in below
            if PurePosixPath(name).suffix in INPUTS
        }
        links += [here / name for name in below if Path(folder, name).is_symlink()]
        paths += [here / name for name in sorted(names) if may_be_input(name)]
    return paths
