"""An edition: one page to be made, with its parameters and its merged metadata."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath

from broadsheet.errors import BroadsheetError, ConfigError, Notice, Place
from broadsheet.project.editions.edition_rules import Declared, declarations
from broadsheet.project.editions.listing_items import with_items
from broadsheet.project.project import FOLDER_METADATA, Project
from broadsheet.project.settings import dates
from broadsheet.project.settings.address import from_root
from broadsheet.project.settings.config import merge
from broadsheet.project.settings.setting_models import kebab
from broadsheet.project.settings.settings import FrontMatter, OwnKeys
from broadsheet.project.settings.validation import (
    check,
    fitting,
    left_out,
    unknown_key,
    unknown_keys,
    unknown_to,
)
from broadsheet.project.sources.pairing import copies_of
from broadsheet.project.sources.source import Source, page_slug
from broadsheet.storage import limits
from broadsheet.storage.files import check_path, read_text
from broadsheet.storage.yaml_text import YamlText, read_yaml

_OWN_KEY = re.compile(r"""(?:(?:when|unless)-meta=["']?|\{\{<\s*meta\s+)([\w-]+)""")
FROZEN = PurePosixPath("_freeze")
DRAFT = "draft"
"""The reason for which a draft is not on the site."""
ESSENTIAL = frozenset(
    {"title", "subtitle", "author", "date", "date-modified", "draft", "lang", "listing"}
    | {kebab(name) for name in OwnKeys.model_fields}
)
"""Keys without whose values a page would say something wrong, or stand where it should not."""
_OF_EXECUTE = ("echo", "enabled", "error", "eval", "freeze", "ipynb", "warning")
"""Keys that may stand at the top or under `execute`."""
_PATHS = ("bibliography", "csl")
"""Keys whose values are files. They count from the file that gives them; after merging, from the
root.
"""


@dataclass(frozen=True)
class Edition:
    """One page of a source.

    The source's own parameters make its first edition; `editions:` adds more, each a page beside
    it: `posts/a/index.ipynb` gives `posts/a/index.html` and, for slug `2024`, `posts/a/2024.html`.
    ``metadata`` is the merged front matter as plain values, ``settings`` the same, typed;
    ``declared`` is the edition's part of `editions:`, empty for the first. ``withheld`` says why it
    is not on the site (:meth:`awaits`).
    """

    source: Source
    name: str
    parameters: Mapping[str, object]
    metadata: Mapping[str, object]
    settings: FrontMatter
    declared: Declared | None = None
    withheld: str = ""
    is_of_today: bool = False
    """Whether a date of it is the day of the build."""
    list_files: tuple[str, ...] = ()
    """The YAML files that its lists have entries of."""

    @property
    def is_first(self) -> bool:
        """Whether this is the source's own edition."""
        return self.name == self.source.path.stem

    @property
    def slug(self) -> str:
        """The edition's name in messages and on the command line: `china-russia` or
        `china-russia/2024`.
        """
        return page_slug(self.source.path, self.name)

    @property
    def described(self) -> str:
        """The edition's name in a sentence, and where it is declared; empty for the first."""
        if self.declared is None:
            return ""
        made_from = f", {self.declared.made_from}," if self.declared.made_from else ""
        return f"edition {self.name!r}{made_from} declared in {self.source.front_matter.place(self.declared.at)}"

    @property
    def path(self) -> PurePosixPath:
        """The notebook or Markdown file of this edition alone (for Quarto, written from the
        source).
        """
        return self.source.path.with_name(self.name + self.source.path.suffix)

    @property
    def output(self) -> PurePosixPath:
        """The page in the site."""
        return self.source.path.with_name(self._file or self.name + ".html")

    @property
    def _file(self) -> str:
        """The name of the page's file that `output-file` gives it, if it does."""
        given = self.settings.output_file if self.is_first else None
        return given.removesuffix(".html") + ".html" if given else ""

    @property
    def aliases(self) -> tuple[str, ...]:
        """The aliases of the page. Those of an article are for its own page, as is the name that it
        would have without `output-file`; an edition has those that it declares.
        """
        own = self.declared is None or "aliases" in self.declared.metadata
        usual = self.source.path.with_name(self.name + ".html")
        renamed = (f"/{usual}",) if self.output != usual else ()
        return (*(self.settings.aliases if own else ()), *renamed)

    @property
    def files(self) -> PurePosixPath:
        """The folder in the site for this edition's figures and data; Quarto's name for it."""
        return self.source.path.with_name(self.name + "_files")

    @property
    def figures(self) -> PurePosixPath:
        """The folder in the site for the pages of its figures: `posts/a/figures`,
        `posts/a/2024/figures`.
        """
        return PurePosixPath(self.url.removesuffix(".html")) / "figures"

    @property
    def url(self) -> str:
        """The page's address from the site's root: `posts/a/`, `posts/a/2024.html`, `` for the
        front page.
        """
        output = str(self.output)
        return output.removesuffix("index.html") if self.output.name == "index.html" else output

    @property
    def reads(self) -> tuple[str, ...]:
        """The files that define it: its source, copies of that, what it includes, its table if it is
        declared from one, entries of its lists.
        """
        declared = self.declared.reads if self.declared else ()
        frozen = (str(self.frozen),) if self.settings.execute.freeze else ()
        own = (str(self.source.path), *copies_of(self.source.path), *self.source.includes)
        return (*own, *declared, *self.list_files, *frozen)

    @property
    def frozen(self) -> PurePosixPath:
        """Where Quarto keeps its results, if it is told to (`freeze`)."""
        return FROZEN / self.source.path.with_suffix("") / "execute-results" / "html.json"

    def awaits(self, day: date) -> str:
        """Why it is not on the site on a ``day``: it is a :data:`DRAFT`, or it comes out on a later
        day, in ISO 8601; empty if it is on the site.
        """
        if self.settings.draft:
            return DRAFT
        return yet_to_come(self.settings.day, day)

    def with_metadata(self, metadata: Mapping[str, object]) -> Edition:
        """The same edition with other metadata, such as those with inline values put in."""
        return replace(
            self, metadata=metadata, settings=check(FrontMatter, metadata, self.source.front_matter)
        )


def yet_to_come(dated: date | None, day: date) -> str:
    """The date of ``dated`` in ISO 8601, if it is after this ``day``; else empty."""
    return dated.isoformat() if dated and dated > day else ""


def editions_of(
    project: Project, source: Source, day: date | None = None
) -> tuple[list[Edition], list[Notice]]:
    """The editions of a source on a ``day``, its own first, and notices of unknown keys and of
    values that are left out. Raises :class:`ConfigError`.
    """
    text = source.front_matter
    own, faults = _fitting(_flat(_from_root(text.data, source.path.parent)), text)
    for key, fault in faults:
        if key in ESSENTIAL:
            raise fault
    merged: dict[str, object] = {}
    for layer in (*_inherited(project, source.path), own):
        merged = merge(merged, layer)
    merged, is_of_today = dates.in_force(merged, project.root / source.path, day or project.today)
    merged, list_files, missing = with_items(
        merged, source.path, project.root, text.place(("listing",))
    )
    settings = check(FrontMatter, merged, text)
    declared = declarations(settings.editions, text, project.root)
    _check_corrected(settings, {source.path.stem, *(one.slug for one in declared)}, text)
    first = _corrected(
        Edition(
            source,
            source.path.stem,
            {},
            merged,
            settings,
            is_of_today=is_of_today,
            list_files=list_files,
        )
    )
    shared = {key: value for key, value in merged.items() if key != "editions"}
    editions = [first]
    editions += [
        replace(_corrected(_edition(one, source, shared, first.name)), is_of_today=is_of_today)
        for one in declared
    ]
    used = used_in(source)
    notices = [*(left_out(fault) for _, fault in faults), *missing]
    notices += unknown_metadata(
        text, {key: value for key, value in text.data.items() if key not in used}
    )
    notices += _missed(first)
    for one in {one.at: one for one in declared}.values():  # editions of a rule have the same keys
        unknown = unknown_to(check(FrontMatter, one.metadata))
        notices += [
            unknown_key(text.place((*one.at, key)), key, FrontMatter)
            for key in unknown
            if key not in used
        ]
    return editions, notices


def _missed(edition: Edition) -> Iterator[Notice]:
    """What an author who knows Jupyter alone leaves out or writes otherwise, and readers miss."""
    text, settings = edition.source.front_matter, edition.settings
    if not settings.title and (_has_cells(edition.source) or settings.day is not None):
        yield Notice(
            text.where,
            f"the page has no title, and is called {edition.name!r}",
            "Begin the notebook with a raw cell of front matter, `title: …` between two lines of "
            "`---`, or with a heading, `# …`."
            if edition.source.path.suffix == ".ipynb"
            else "Write `title: …` in its front matter, or begin it with a heading, `# …`.",
            topic="title",
        )
    is_dated = settings.day is not None or settings.draft
    if not is_dated and not settings.listing and _looks_dated(edition):
        yield Notice(
            text.where,
            "it has no date, and so is a plain page: feeds, search and the lists of articles leave it out",
            "Give it a `date: 2024-05-31` in its front matter, the day on which it comes out.",
            topic="date",
        )
    name = text.data.get("categories")
    if isinstance(name, str) and "," in name:
        parts = ", ".join(part.strip() for part in name.split(","))
        yield Notice(
            text.place(("categories",)),
            f"`categories` is one topic, {name!r}",
            f"If these are several, write a list: `categories: [{parts}]`.",
            topic="value",
        )


def _has_cells(source: Source) -> bool:
    """Whether a source is a notebook of cells, and not a page of Markdown that may have code."""
    return source.notebook is not None and source.path.suffix != ".qmd"


def _looks_dated(edition: Edition) -> bool:
    """Whether a notebook is meant as an article: by its folder, its byline or its parameters."""
    source = edition.source
    return _has_cells(source) and (
        source.path.parts[0] == "posts"
        or "author" in source.front_matter.data
        or source.has_parameters
    )


def _edition(
    declared: Declared, source: Source, shared: Mapping[str, object], first: str
) -> Edition:
    """The edition that ``declared`` makes of a source whose own metadata is ``shared``."""
    text = source.front_matter
    prefix = f"{declared.made_from}: " if declared.made_from else ""
    if declared.slug == first:
        raise ConfigError(
            text.place((*declared.at, "slug")),
            f"{prefix}an edition is called {first!r}, as the source's own page is",
            "Give it another slug.",
        )
    metadata = {**shared, **_flat(_from_root(declared.metadata, source.path.parent))}
    try:
        settings = check(FrontMatter, metadata, text, declared.at)
    except ConfigError as error:
        raise ConfigError(error.where, prefix + error.what, error.mend) from error
    return Edition(source, declared.slug, declared.parameters, metadata, settings, declared)


def _check_corrected(settings: FrontMatter, names: set[str], text: YamlText) -> None:
    """Refuse a correction of an edition that there is none of."""
    for correction in settings.corrections:
        for name in map(str, correction.editions):
            if name not in names:
                raise ConfigError(
                    text.place(("corrections",)),
                    f"`corrections`: there is no edition {name!r}",
                    f"There are: {', '.join(sorted(names)[:20])}.",
                )


def _corrected(edition: Edition) -> Edition:
    """An edition with the corrections of what it said itself: those that its own entry under
    `editions:` has, those that name it, and on the article's own page those that name none.
    """
    given = edition.metadata.get("corrections")
    own = edition.declared.metadata if edition.declared else {}
    if not isinstance(given, list) or "corrections" in own:
        return edition
    kept = []
    for raw, correction in zip(given, edition.settings.corrections, strict=True):
        named = [str(name) for name in correction.editions]
        if edition.name in named or (edition.is_first and not named):
            kept.append(raw)
    return edition.with_metadata({**edition.metadata, "corrections": kept})


def unknown_metadata(text: YamlText, data: Mapping[str, object]) -> list[Notice]:
    """A notice for each unknown key of page metadata, `format: html:` included."""
    top = {key: value for key, value in data.items() if key not in ("format", *_OF_EXECUTE)}
    found: list[Notice] = []
    for layer, at in ((top, ()), (_html(data), ("format", "html"))):
        fits, _ = _fitting(layer, text, at)
        model = check(FrontMatter, dates.without_words(fits), text, at)
        found += unknown_keys(model, text, at)
    return found


def faults_of_layer(
    text: YamlText, data: Mapping[str, object]
) -> tuple[list[BroadsheetError], list[Notice]]:
    """What is wrong with the metadata that a folder or the project gives to its pages, which are
    made without it: faults, and what matters less, unknown keys among it.
    """
    _, found = _fitting(_flat(data), text)
    faults: list[BroadsheetError] = [fault for key, fault in found if key in ESSENTIAL]
    notices = [left_out(fault) for key, fault in found if key not in ESSENTIAL]
    return faults, [*unknown_metadata(text, data), *notices]


def _fitting(
    layer: Mapping[str, object], text: YamlText, at: tuple[str, ...] = ()
) -> tuple[dict[str, object], list[tuple[str, ConfigError]]]:
    """A layer of metadata without what does not fit, and the faults. Dates may be words yet."""
    plain = dates.without_words(layer)
    kept, faults = fitting(FrontMatter, plain, text, at)
    return kept | {key: value for key, value in layer.items() if key not in plain}, faults


def _html(data: Mapping[str, object]) -> Mapping[str, object]:
    """The metadata under `format: html:`."""
    formats = data.get("format")
    html = formats.get("html") if isinstance(formats, Mapping) else None
    return html if isinstance(html, Mapping) else {}


def folder_metadata(project: Project, folder: PurePosixPath) -> Iterator[YamlText]:
    """The `_metadata.yml` of ``folder`` and of each folder above it, outermost first."""
    for parent in reversed([folder, *folder.parents]):
        path = project.root / parent / FOLDER_METADATA
        where = Place(str(parent / FOLDER_METADATA))
        check_path(project.root, path, where)
        # A link that leads nowhere is a fault, not a folder without metadata.
        if os.path.lexists(path):
            yield read_yaml(read_text(path, where, limit=limits.TABLE["config-size"]), where)


def used_in(source: Source) -> set[str]:
    """An author's own keys that the text uses, by conditional content or a `meta` shortcode."""
    text = "\n".join([source.markdown, *(cell.source for cell in source.cells())])
    return {match[1] for match in _OWN_KEY.finditer(text)}


def _inherited(project: Project, path: PurePosixPath) -> Iterator[dict[str, object]]:
    """The metadata of the project and of each folder above a source, without what does not fit
    (:func:`faults_of_layer`). Whoever has written `draft` wrongly has meant that it is one.
    """
    layers = [(project.text, project.metadata, PurePosixPath())]
    for text in folder_metadata(project, path.parent):
        layers.append((text, text.data, PurePosixPath(text.where.file).parent))
    for text, data, folder in layers:
        layer, faults = _fitting(_flat(_from_root(data, folder)), text)
        yield layer | ({"draft": True} if any(key == "draft" for key, _ in faults) else {})


def _flat(data: Mapping[str, object]) -> dict[str, object]:
    """Metadata with `format: html:` lifted to the top, where it wins, and keys of `execute` that
    stand at the top put there.
    """
    flat = merge({key: value for key, value in data.items() if key != "format"}, _html(data))
    execute = flat.get("execute")
    if isinstance(execute, bool):
        execute = {"enabled": execute}
    given = {key: flat.pop(key) for key in _OF_EXECUTE if key in flat}
    if given or isinstance(execute, Mapping):
        flat["execute"] = {**(execute if isinstance(execute, Mapping) else {}), **given}
    return flat


def _from_root(data: Mapping[str, object], folder: PurePosixPath) -> dict[str, object]:
    def rebased(value: object) -> object:
        if isinstance(value, list):
            return [rebased(item) for item in value]
        if not isinstance(value, str) or "://" in value:
            return value
        return from_root(value, folder)

    return {key: rebased(value) if key in _PATHS else value for key, value in data.items()}
