"""An edition: one page to be made, with its parameters and its merged metadata."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from pathlib import PurePosixPath

from broadsheet.errors import DATED_LIST, BroadsheetError, ConfigError, Notice, Place
from broadsheet.project.editions.edition_rules import Declared, declarations
from broadsheet.project.editions.listing_items import with_items
from broadsheet.project.project import FOLDER_METADATA, Project, matching
from broadsheet.project.settings import dates
from broadsheet.project.settings.address import from_root
from broadsheet.project.settings.config import html_format, merge
from broadsheet.project.settings.language_words import (
    LayerWords,
    files_of_language,
    layer_words,
)
from broadsheet.project.settings.metadata_shortcodes import filled, unanswered
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
from broadsheet.storage.files import check_path, read_text, readable_text
from broadsheet.storage.yaml_text import YamlText, read_yaml
from broadsheet.text.own_words import OWN_WORDS

_META = re.compile(r"\{\{<\s*meta\b")
_OWN_KEY = re.compile(r"""(?:(?:when|unless)-meta=\\?["']?|\{\{<\s*meta\s+)([\w-]+)""")
FROZEN = PurePosixPath("_freeze")
_FRONT = PurePosixPath("index")
DRAFT = "draft"
"""The reason for which a draft is not on the site."""
ESSENTIAL = frozenset(
    {"title", "subtitle", "author", "date", "date-modified", "draft", "lang", "listing"}
    | {kebab(name) for name in OwnKeys.model_fields}
)
"""The keys without which a page would say something wrong, or be in the wrong place."""
_OF_EXECUTE = ("echo", "enabled", "error", "eval", "freeze", "ipynb", "warning")
"""The keys that may be at the top or under `execute`."""
_PATHS = (
    "bibliography",
    "csl",
    "depends",
    "include-in-header",
    "include-before-body",
    "include-after-body",
)
"""The keys whose values are files. They count from the file that gives them; after merging, from
the root.
"""


@dataclass(frozen=True)
class Edition:
    """A page of a source.

    The source's own parameters make its first edition; `editions:` adds more, each a page beside
    it: `posts/a/index.ipynb` gives `posts/a/index.html` and, for slug `2024`, `posts/a/2024.html`.
    """

    source: Source
    """The source."""
    name: str
    """Its name: that of the source's file, `index`, or its slug, `2024`."""
    parameters: Mapping[str, object]
    """The values that the run gets in place of the defaults."""
    metadata: Mapping[str, object]
    """The merged front matter as plain values."""
    settings: FrontMatter
    """The merged front matter, typed."""
    declared: Declared | None = None
    """The edition's part of `editions:`; None for the first."""
    withheld: str = ""
    """The reason for which it is not on the site (:meth:`awaits`); empty if it is."""
    is_of_today: bool = False
    """True if one of its dates is the day of the build."""
    list_files: tuple[str, ...] = ()
    """The YAML files from which its lists have entries."""
    word_files: tuple[str, ...] = ()
    """The files of words that `language:` names."""

    @property
    def is_first(self) -> bool:
        """True for the source's own edition."""
        return self.name == self.source.path.stem

    @property
    def slug(self) -> str:
        """The edition's name in messages and on the command line: `china-russia` or
        `china-russia/2024`.
        """
        return page_slug(self.source.path, self.name)

    @property
    def described(self) -> str:
        """The edition's name in a sentence, and its place in `editions:`; empty for the first."""
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
        """The file name that `output-file` gives to the page; empty without it."""
        name = self.settings.output_file if self.is_first else None
        return name.removesuffix(".html") + ".html" if name else ""

    @property
    def aliases(self) -> tuple[str, ...]:
        """The aliases of the page. Those of an article are for its first edition, as is the usual
        name of a page with `output-file`; an edition has those that it declares.
        """
        has_aliases = self.declared is None or "aliases" in self.declared.metadata
        usual = self.source.path.with_name(self.name + ".html")
        renamed = (f"/{usual}",) if self.output != usual else ()
        return (*(self.settings.aliases if has_aliases else ()), *renamed)

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
        """The files that define it: its source, copies of that, included files, the table from
        which it is declared, the entries of its lists, its words, also those of its language that
        may come to stand beside them.
        """
        declared = self.declared.reads if self.declared else ()
        frozen = (str(self.frozen),) if self.settings.execute.freeze else ()
        files = (str(self.source.path), *copies_of(self.source.path), *self.source.includes)
        words = (*self.word_files, *files_of_language(self.word_files, self.settings.lang))
        return (*files, *declared, *self.list_files, *dict.fromkeys(words), *frozen)

    @property
    def frozen(self) -> PurePosixPath:
        """The file in which Quarto keeps its results with `freeze`."""
        return FROZEN / self.source.path.with_suffix("") / "execute-results" / "html.json"

    def awaits(self, day: date) -> str:
        """Return the reason for which it is not on the site on a ``day``: :data:`DRAFT`, or the
        later day on which it comes out, in ISO 8601; empty if it is on the site.
        """
        if self.settings.draft:
            return DRAFT
        return yet_to_come(self.settings.day, day)

    def with_metadata(self, metadata: Mapping[str, object]) -> Edition:
        """Return the edition with other metadata, such as metadata with inline values filled in."""
        return replace(
            self, metadata=metadata, settings=check(FrontMatter, metadata, self.source.front_matter)
        )


def yet_to_come(dated: date | None, day: date) -> str:
    """Return ``dated`` in ISO 8601 if it is after ``day``; else empty."""
    return dated.isoformat() if dated and dated > day else ""


def editions_of(
    project: Project, source: Source, day: date | None = None
) -> tuple[list[Edition], list[Notice]]:
    """Return the editions of a source on a ``day``, its own first; and notices of unknown keys and
    of values that are left out. Raises :class:`ConfigError`.
    """
    text = source.front_matter
    layers = _layers_above(project, source)
    written = (*(data for _, data, _ in layers), text.data)
    among: Mapping[str, object] = reduce(merge, written)
    data = filled(text.data, among, project.root)
    flat, words = _worded(with_html_keys(_from_root(data, source.path.parent)), text, project)
    fitted, faults = _fitting(flat, text)
    for key, fault in faults:
        if key in ESSENTIAL:
            raise fault
    merged: dict[str, object] = {}
    word_files = [*words.files]
    for layer in (*_inherited(project, layers, among, word_files), fitted):
        merged = merge(merged, layer)
    merged |= _draft_by_name(project, source)
    merged = filled(merged, merged, project.root)
    merged, is_of_today = dates.in_force(merged, project.root / source.path, day or project.today)
    merged, list_files, missing = with_items(
        merged, source.path, project.root, text.place(("listing",))
    )
    settings = check(FrontMatter, merged, text)
    declared = declarations(settings.editions, text, project.root)
    _check_corrected(settings, {source.path.stem, *(edition.slug for edition in declared)}, text)
    first = _corrected(
        Edition(
            source,
            source.path.stem,
            {},
            merged,
            settings,
            is_of_today=is_of_today,
            list_files=list_files,
            word_files=tuple(word_files),
        )
    )
    shared = {key: value for key, value in merged.items() if key != "editions"}
    editions = [first]
    editions += [
        replace(
            _corrected(_edition(declaration, source, shared, first, project)),
            is_of_today=is_of_today,
        )
        for declaration in declared
    ]
    used = used_in(source)
    notices = [*(left_out(fault) for _, fault in faults), *missing, *words.notices]
    notices += unknown_metadata(
        text, {key: value for key, value in text.data.items() if key not in used}
    )
    notices += _missed(first)
    for declaration in {
        declaration.at: declaration for declaration in declared
    }.values():  # editions of a rule have the same keys
        unknown = unknown_to(check(FrontMatter, declaration.metadata))
        notices += [
            unknown_key(text.place((*declaration.at, key)), key, FrontMatter)
            for key in unknown
            if key not in used
        ]
    return editions, notices


def _ways_to_a_title(source: Source) -> str:
    if source.path.suffix != ".ipynb":
        return "Write `title: …` in its front matter, or begin it with a heading, `# …`."
    first = next((cell for cell in source.cells() if cell.source.strip()), None)
    if first is not None and first.cell_type == "code" and first.source.startswith("---\n"):
        return "Its first cell looks like front matter, but is code: make it a raw cell."
    return (
        "Begin the notebook with a raw cell of front matter, `title: …` between two lines of `---`, "
        "or with a heading, `# …`."
    )


def _missed(edition: Edition) -> Iterator[Notice]:
    """Yield notices of what readers miss, and an author who knows only Jupyter leaves out: a title,
    a date.
    """
    text, settings = edition.source.front_matter, edition.settings
    if not settings.title and (_has_cells(edition.source) or settings.day is not None):
        yield Notice(
            text.where,
            f"the page has no title, and is called {edition.name!r}",
            _ways_to_a_title(edition.source),
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
    is_list = (
        bool(settings.listing)
        and "listing" in text.data
        and edition.source.path.with_suffix("") != _FRONT
    )
    if is_list and "date" in text.data and settings.day is not None:
        yield Notice(
            text.place(("listing",)),
            "it has a date and a `listing`, and so is a section page: feeds, the archive and other lists leave it out",
            "For an article, write links in place of the `listing`; for a section page, take out the `date`.",
            topic=DATED_LIST,
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
    """True if a source is a notebook of cells, and not a page of Markdown that may have code."""
    return source.notebook is not None and source.path.suffix != ".qmd"


def _looks_dated(edition: Edition) -> bool:
    """True if the folder, the byline or the parameters of a notebook show that it is meant as an
    article.
    """
    source = edition.source
    return _has_cells(source) and (
        source.path.parts[0] == "posts"
        or "author" in source.front_matter.data
        or source.has_parameters
    )


def _edition(
    declared: Declared,
    source: Source,
    shared: Mapping[str, object],
    first: Edition,
    project: Project,
) -> Edition:
    """Return the edition that ``declared`` makes of a source with the metadata ``shared``, beside
    the ``first`` one.
    """
    text = source.front_matter
    prefix = f"{declared.made_from}: " if declared.made_from else ""
    if declared.slug == first.name:
        raise ConfigError(
            text.place((*declared.at, "slug")),
            f"{prefix}an edition is called {first.name!r}, as the source's own page is",
            "Give it another slug.",
        )
    changes, words = _worded(
        with_html_keys(_from_root(declared.metadata, source.path.parent)), text, project
    )
    metadata = {**shared, **changes, **_draft_by_name(project, source)}
    try:
        settings = check(FrontMatter, metadata, text, declared.at)
    except ConfigError as error:
        raise ConfigError(error.where, prefix + error.what, error.mend) from error
    return Edition(
        source,
        declared.slug,
        declared.parameters,
        metadata,
        settings,
        declared,
        word_files=(*first.word_files, *words.files),
    )


def _check_corrected(settings: FrontMatter, names: set[str], text: YamlText) -> None:
    """Refuse a correction that names an edition that does not exist."""
    for correction in settings.corrections:
        for name in map(str, correction.editions):
            if name not in names:
                raise ConfigError(
                    text.place(("corrections",)),
                    f"`corrections`: there is no edition {name!r}",
                    f"There are: {', '.join(sorted(names)[:20])}.",
                )


def _corrected(edition: Edition) -> Edition:
    """Return an edition with its own corrections: those in its entry under `editions:`, those that
    name it, and on the article's own page those that name no edition.
    """
    corrections = edition.metadata.get("corrections")
    declared = edition.declared.metadata if edition.declared else {}
    if not isinstance(corrections, list) or "corrections" in declared:
        return edition
    kept = []
    for raw, correction in zip(corrections, edition.settings.corrections, strict=True):
        named = [str(name) for name in correction.editions]
        if edition.name in named or (edition.is_first and not named):
            kept.append(raw)
    return edition.with_metadata({**edition.metadata, "corrections": kept})


def unknown_metadata(text: YamlText, data: Mapping[str, object]) -> list[Notice]:
    """Return a notice for each unknown key of page metadata, `format: html:` included."""
    elsewhere = ("format", "profile", *_OF_EXECUTE)
    top = {key: value for key, value in data.items() if key not in elsewhere}
    notices: list[Notice] = []
    for layer, at in ((top, ()), (html_format(data), ("format", "html"))):
        fits, _ = _fitting(layer, text, at)
        model = check(FrontMatter, dates.without_words(fits), text, at)
        notices += unknown_keys(model, text, at)
    return notices


def faults_of_layer(
    text: YamlText, data: Mapping[str, object], project: Project
) -> tuple[list[BroadsheetError], list[Notice]]:
    """Return the faults of the metadata that a folder or the project gives to its pages, and
    notices of what matters less, unknown keys among it. The pages are made without the values in
    question.
    """
    data = filled(data, merge(project.metadata, data), project.root)
    whole = {key: value for key, value in data.items() if not _awaits_page(value)}
    _, misfits = _fitting(with_html_keys(whole), text)
    faults: list[BroadsheetError] = [fault for key, fault in misfits if key in ESSENTIAL]
    notices = [left_out(fault) for key, fault in misfits if key not in ESSENTIAL]
    used = _used_by_pages(project, data)
    others = {key: value for key, value in data.items() if key not in used}
    return faults, [*unknown_metadata(text, others), *notices]


def _awaits_page(value: object) -> bool:
    """True if a value has a shortcode `meta` that only the metadata of a page answer."""
    return any(_META.match(shortcode) for shortcode in unanswered(value))


def _fitting(
    layer: Mapping[str, object], text: YamlText, at: tuple[str, ...] = ()
) -> tuple[dict[str, object], list[tuple[str, ConfigError]]]:
    """Return a layer of metadata without the values that do not fit, and the faults. Dates may
    still be words.
    """
    plain = dates.without_words(layer)
    kept, faults = fitting(FrontMatter, plain, text, at)
    return kept | {key: value for key, value in layer.items() if key not in plain}, faults


def folder_metadata(project: Project, folder: PurePosixPath) -> Iterator[YamlText]:
    """Yield the `_metadata.yml` of ``folder`` and of each folder above it, outermost first."""
    for parent in reversed([folder, *folder.parents]):
        if text := metadata_in(project, parent):
            yield text


def metadata_in(project: Project, folder: PurePosixPath) -> YamlText | None:
    """Return the `_metadata.yml` of a folder itself, if it has one."""
    path = project.root / folder / FOLDER_METADATA
    if not os.path.lexists(path) and os.path.realpath(path) == str(path):
        return None  # as most folders have none, and no link leads there
    where = Place(str(folder / FOLDER_METADATA))
    check_path(project.root, path, where)
    # A link that leads nowhere is a fault, not a folder without metadata.
    if not os.path.lexists(path):
        return None
    return read_yaml(read_text(path, where, limit=limits.TABLE["config-size"]), where)


def used_in(source: Source) -> set[str]:
    """Return an author's own keys that the text uses, by conditional content or a `meta` shortcode."""
    texts = [source.markdown, *(cell.source for cell in source.cells())]
    return _used_in("\n".join([*texts, str(source.front_matter.data)]))


def _used_in(text: str) -> set[str]:
    return {match[1] for match in _OWN_KEY.finditer(text)}


def _used_by_pages(project: Project, data: Mapping[str, object]) -> set[str]:
    """Return an author's own keys in ``data`` that some page uses. Sources are read only if there
    are such keys, and no longer than until each is found.
    """
    plain = dates.without_words({key: value for key, value in data.items() if key != "format"})
    unused = set(unknown_to(check(FrontMatter, fitting(FrontMatter, plain, project.text, ())[0])))
    used: set[str] = set()
    for path in project.inputs({}) if unused else ():
        with suppress(OSError):
            used |= unused & _used_in(readable_text(project.root / path))
        if not (unused := unused - used):
            break
    return used


_Layer = tuple[YamlText, Mapping[str, object], PurePosixPath]
"""The text of metadata, the metadata as they are written, and the folder from which paths count."""


def _layers_above(project: Project, source: Source) -> list[_Layer]:
    """Return the metadata of the project and of each folder above a source, outermost first."""
    layers: list[_Layer] = [(project.text, project.metadata, PurePosixPath())]
    for text in folder_metadata(project, source.path.parent):
        layers.append((text, text.data, PurePosixPath(text.where.file).parent))
    return layers


def _inherited(
    project: Project, layers: Iterable[_Layer], among: Mapping[str, object], word_files: list[str]
) -> Iterator[dict[str, object]]:
    """Yield the layers of metadata without what does not fit (:func:`faults_of_layer`). Their
    shortcodes look ``among`` all metadata. A `draft` that is misspelt counts as true. Add the files
    of words to ``word_files``.
    """
    for text, written, folder in layers:
        data = filled(written, among, project.root)
        flat, words = _worded(with_html_keys(_from_root(data, folder)), text, project)
        word_files += words.files
        layer, faults = _fitting(flat, text)
        yield layer | ({"draft": True} if any(key == "draft" for key, _ in faults) else {})


def _draft_by_name(project: Project, source: Source) -> dict[str, object]:
    """Return the metadata of a source that `website: drafts` names, which no page of it can undo."""
    is_named = matching([source.path], project.settings.website.drafts)
    return {"draft": True} if is_named else {}


def with_html_keys(data: Mapping[str, object]) -> dict[str, object]:
    """Return metadata with `format: html:` lifted to the top, where it wins, and with the keys of
    `execute` that are at the top put there.
    """
    flat = merge({key: value for key, value in data.items() if key != "format"}, html_format(data))
    execute = flat.get("execute")
    if isinstance(execute, bool):
        execute = {"enabled": execute}
    execution = {key: flat.pop(key) for key in _OF_EXECUTE if key in flat}
    if execution or isinstance(execute, Mapping):
        flat["execute"] = {**(execute if isinstance(execute, Mapping) else {}), **execution}
    return flat


def _worded(
    data: Mapping[str, object], text: YamlText, project: Project
) -> tuple[dict[str, object], LayerWords]:
    """Return metadata with the words of the file that `language:` names, and what was read."""
    folder = PurePosixPath(text.where.file).parent
    words = layer_words(data.get(OWN_WORDS), folder, project.root, text)
    return ({**data, OWN_WORDS: words.words} if words.files else dict(data)), words


def _from_root(data: Mapping[str, object], folder: PurePosixPath) -> dict[str, object]:
    def rebased(value: object) -> object:
        if isinstance(value, list):
            return [rebased(item) for item in value]
        if isinstance(value, Mapping) and "file" in value:
            return {**value, "file": rebased(value["file"])}
        if not isinstance(value, str) or "://" in value or value.startswith("!"):
            return value
        return from_root(value, folder)

    return {key: rebased(value) if key in _PATHS else value for key, value in data.items()}
