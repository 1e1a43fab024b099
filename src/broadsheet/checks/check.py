"""`broadsheet check`: all that is known to be wrong with a publication, before it is published.

The site is built into a folder of its own, :data:`SITE`, from which the next check goes on: what
has not changed is not made again. What a build reports (broken articles, parameters, false claims,
links that lead nowhere, generated alt texts) is reported here too. Beside that the catalogue is
checked, the prose of each edition is held against its data by the number check, and stale words are
looked for. What many editions have in common is reported once.
:func:`strict_reader` is the same number check for a build that is strict.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from broadsheet.checks.claim_report import ClaimWords, claims_of
from broadsheet.data.adding import unfinished
from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import DESCRIPTOR, has_catalogue
from broadsheet.errors import BroadsheetError, FactError, Notice, Place, guarded, joined
from broadsheet.markdown.finished_edition import ALTERNATIVE_TEXT, NOTE, Finished
from broadsheet.markdown.prose import Mark, Passage
from broadsheet.markdown.rendering import Rendering
from broadsheet.project.bibliographies import UNUSED
from broadsheet.project.editions.edition import Edition
from broadsheet.project.editions.parameters import bind_edition, declared
from broadsheet.project.reading import Publication, open_publication
from broadsheet.project.sources.source import slug_of
from broadsheet.site.build.build import DRAFTS, build_site
from broadsheet.site.build.options import Options
from broadsheet.site.build.shared_messages import once_each
from broadsheet.site.build.unchanged_sources import metadata_files
from broadsheet.site.output.output_folder import WORK
from broadsheet.storage import store
from broadsheet.text.lexicon import EXAMPLE, FOLDER, lexicon
from broadsheet.verify.numbers.number_check import (
    UNMARKABLE,
    NumberCheck,
    Unaccounted,
    check_numbers,
)
from broadsheet.verify.passages import place_of, plain_passages
from broadsheet.verify.source_passages import source_passages
from broadsheet.verify.stale import Known, stale
from broadsheet.verify.wording.borrowed_words import with_borrowed
from broadsheet.verify.wording.table_names import around_of
from plotly_alive.text.json_decoding import decoder

SITE = Path(WORK) / "check/site"
"""The folder of a check's site; a site with drafts is beside it."""


@dataclass(frozen=True)
class UnaccountedSentence:
    """A sentence with words that nothing accounts for, in one edition or several."""

    where: Place
    """The sentence's place."""
    words: tuple[str, ...]
    """The words, as the first of the editions has them."""
    sentence: str
    """The sentence, as the first of the editions has it."""
    mend: str
    """The remedy."""
    editions: tuple[str, ...]
    """The slugs of the editions."""
    code: str
    """The code of the message."""

    def notice(self) -> Notice:
        """Return the sentence as a message."""
        others = len(self.editions) - 1
        edition = f"{self.editions[0]} and {others:,} more" if others else self.editions[0]
        return Notice(
            self.where,
            f"nothing accounts for {_quoted(self.words)} ({edition}): {self.sentence}",
            self.mend,
            topic=self.code,
        )

    def report(self) -> dict[str, object]:
        """Return the sentence for JSON: its message, and `words`, `sentence`, `editions`."""
        return {
            "notice": self.notice(),
            "words": list(self.words),
            "sentence": self.sentence,
            "editions": list(self.editions),
        }


@dataclass(frozen=True)
class Report:
    """The result of a check."""

    pages: int
    """The number of pages that were checked."""
    counts: Mapping[str, int]
    """The numbers and comparisons in the prose, by what accounts for them
    (:class:`~broadsheet.verify.numbers.number_check.NumberCheck`).
    """
    share: float
    """The share of these that something accounts for."""
    faults: tuple[BroadsheetError, ...]
    """The faults, each once."""
    unaccounted: tuple[UnaccountedSentence, ...]
    """The sentences with words that nothing accounts for."""
    stale: tuple[Notice, ...]
    """The messages of stale words."""
    notices: tuple[Notice, ...]
    """All other messages."""
    claims: tuple[ClaimWords, ...] = ()
    """The claims of all pages."""

    @property
    def is_clean(self) -> bool:
        """There is nothing to report, but notes."""
        notices = any(one.is_strict for one in self.notices)
        return not (self.faults or self.unaccounted or self.stale or notices)


def check(root: Path, slugs: Sequence[str] = (), **options: Any) -> Report:
    """Call :func:`check_site` with these :class:`~broadsheet.site.build.options.Options`, by name."""
    return check_site(root, Options(slugs, **options))


def check_site(root: Path, options: Options) -> Report:
    """Check the publication at ``root`` as it is on the day of the ``options``; with their
    ``drafts``, what is withheld that day too. With ``slugs``, only these articles are run and made,
    and only what concerns them is reported; links to other articles are compared with the sources
    of these. Raises what :func:`broadsheet.site.build.build.build_site` does.
    """
    publication = open_publication(root, day=options.day, drafts=options.drafts)
    with publication.project.at_work():
        return _checked(publication, options)


def _checked(publication: Publication, options: Options) -> Report:
    root, slugs = publication.project.root, options.slugs
    editions = publication.choose(list(slugs))
    catalogue, broken = _catalogue(root)
    folder = root / FOLDER
    tables = _last_years(catalogue)
    store.make_room(root / SITE.with_name("_"))
    built = build_site(
        root,
        replace(
            options,
            output=root / (SITE.with_name(DRAFTS) if options.drafts else SITE),
            reader=partial(_check, root, tables),
            day=publication.day,
            is_scratch=True,
            alone=True,
        ),
    )
    checks = _Checks()
    decoder(_PageCheck)
    for edition in editions:
        if answer := built.answers.get(str(edition.output)):
            checks.note(edition, msgspec.convert(answer, _PageCheck))
    subject = _Subject.of(publication, slugs, editions, checks.reads) if slugs else None
    read = subject.files if subject else None
    faults = once_each([*built.faults, *(broken or (catalogue.check() if catalogue else ()))])
    overdue = catalogue.overdue(publication.day, read) if catalogue else []
    stale_words = [*_stale(editions, checks.last_years, folder, faults), *overdue]
    missing = unfinished(catalogue.package, read) if catalogue else ()
    notices = [*built.notices, *_without_words(editions, folder)]
    if subject:
        faults = [one for one in faults if subject.concerns(one)]
        notices = [one for one in notices if subject.concerns(one)]
    return Report(
        len(checks.last_years) if subject else built.pages,
        checks.whole.counts,
        checks.whole.share,
        tuple(faults),
        tuple(checks.unaccounted()),
        tuple(dict.fromkeys(stale_words)),
        tuple(dict.fromkeys([*notices, *missing])),
        tuple(checks.claims),
    )


@dataclass(frozen=True)
class _Subject:
    """The articles of a check that is not of the whole publication."""

    pages: frozenset[str]
    """The paths of their pages, without suffix."""
    files: frozenset[str]
    """The files that these are made of."""

    @classmethod
    def of(
        cls,
        publication: Publication,
        slugs: Collection[str],
        editions: Sequence[Edition],
        reads: Collection[str],
    ) -> _Subject:
        sources = {edition.source.path for edition in editions}
        sources |= {path for path in publication.faults if slug_of(path) in slugs}
        metadata = {name for path in sources for name in metadata_files(path)}
        pages = {str(edition.output.with_suffix("")) for edition in editions}
        return cls(frozenset(pages), frozenset({*map(str, sources), *metadata, *reads}))

    def concerns(self, message: BroadsheetError | Notice) -> bool:
        """True if a message is about one of the articles, or about a file that one is made of."""
        if message.pages:
            return any(one.page in self.pages for one in message.pages)
        return message.where.file in self.files and message.code != UNUSED


# The number check of pages


@dataclass(frozen=True)
class CheckedSentence:
    """A sentence of a page with words that nothing accounts for."""

    where: Place
    """The sentence's place."""
    words: tuple[str, ...]
    """The words."""
    text: str
    """The sentence."""
    mend: str
    """The remedy."""
    code: str
    """The code of the message."""


@dataclass(frozen=True)
class _PageCheck:
    """The check of one page."""

    counts: dict[str, int]
    """Its numbers and comparisons, by what accounts for them."""
    last_years: dict[str, int]
    """The last year of each table that it has read."""
    sentences: list[CheckedSentence]
    """Its sentences with words that nothing accounts for."""
    reads: list[str]
    """The files that it was made of."""
    claims: list[ClaimWords]
    """Its claims."""


def _check(
    root: Path,
    tables: Mapping[str, int],
    rendering: Rendering,
) -> object:
    """Check a page; the answer is of JSON's types."""
    finished = rendering.finished
    counts, sentences = check_page(root, rendering)
    years = {name: tables[name] for name in finished.reads if name in tables}
    reads = sorted({*finished.reads, *rendering.document.reads, *finished.edition.reads})
    claims = list(claims_of(root, rendering))
    return msgspec.to_builtins(_PageCheck(dict(counts), years, sentences, reads, claims))


@dataclass
class _Checks:
    """The checks of pages, put together. Has state."""

    whole: NumberCheck = field(default_factory=NumberCheck)
    """The number check of all pages."""
    claims: list[ClaimWords] = field(default_factory=list)
    """The claims of all pages."""
    last_years: dict[PurePosixPath, Mapping[str, int]] = field(default_factory=dict)
    """The last years of each page's tables, by its path."""
    reads: set[str] = field(default_factory=set)
    """The files that the pages were made of."""
    _found: dict[Place, dict[str, list[CheckedSentence]]] = field(default_factory=dict)
    """The sentences by their place, and by the edition."""

    def note(self, edition: Edition, page: _PageCheck) -> None:
        """Note the result of checking a page."""
        self.whole += NumberCheck(counts=page.counts)
        self.last_years[edition.output] = page.last_years
        self.reads.update(page.reads)
        self.claims += page.claims
        for sentence in page.sentences:
            self._found.setdefault(sentence.where, {}).setdefault(edition.slug, []).append(sentence)

    def unaccounted(self) -> Iterator[UnaccountedSentence]:
        """Yield the sentences in the order of the files; those of many editions at one place are
        merged.
        """
        for place, by_edition in sorted(self._found.items(), key=lambda item: _order(item[0])):
            for number in range(max(map(len, by_edition.values()))):
                slugs = sorted(slug for slug, rows in by_edition.items() if number < len(rows))
                first = by_edition[slugs[0]][number]
                yield UnaccountedSentence(
                    place, first.words, first.text, first.mend, tuple(slugs), first.code
                )


def strict_reader(
    root: Path,
) -> Callable[[Rendering], None]:
    """Return a reader for :func:`broadsheet.site.build.build.build`: a page with words that nothing
    accounts for is not published. It raises :class:`FactError`.
    """
    return partial(_refuse, root)


def _refuse(root: Path, rendering: Rendering) -> None:
    _, sentences = check_page(root, rendering)
    if not sentences:
        return
    raise joined(
        [
            FactError(
                one.where,
                f"nothing accounts for {_quoted(one.words)}",
                one.mend,
                one.text,
                one.code,
            )
            for one in sentences
        ]
    )


def check_page(root: Path, rendering: Rendering) -> tuple[Mapping[str, int], list[CheckedSentence]]:
    """Return the numbers and comparisons of a page by what accounts for them, and the sentences
    with words that nothing does. ``root`` is the publication's.
    """
    finished, rendered = rendering.finished, rendering.rendered
    edition = finished.edition
    folder, lang = root / FOLDER, edition.settings.lang
    prose = [one for one in rendered.prose.passages if one.kind not in UNMARKABLE]
    passages = [*rendered.titles, *prose, *_alternatives(finished)]
    unmarkable = [one for one in rendered.prose.passages if one.kind in UNMARKABLE]
    texts = [*unmarkable, *_plain_texts(finished)]
    around = around_of(root, finished.origins.values(), lang)
    passages += with_borrowed(texts, passages, finished.facts, around, language=lang, own=folder)
    if reason := edition.settings.unchecked:
        passages = [
            replace(one, marks=(Mark(0, len(one.text), "unchecked", reason), *one.marks))
            for one in passages
        ]
    checked = check_numbers(passages, lang, folder)
    by_sentence: dict[tuple[int, int, str], list[Unaccounted]] = {}
    for words in checked.unaccounted:
        text, sentence = words.passage.text, words.sentence
        start = text.rfind(sentence, 0, words.start + len(sentence))
        by_sentence.setdefault((id(words.passage), start, sentence), []).append(words)
    return checked.counts, [
        CheckedSentence(
            _place(first, rendering),
            tuple(one.words for one in (first, *others)),
            first.sentence,
            first.mend,
            first.code,
        )
        for first, *others in by_sentence.values()
    ]


def _without_words(editions: Sequence[Edition], own: Path) -> Iterator[Notice]:
    """Yield a message for each language whose prose is checked with the words of English."""
    first = {edition.settings.lang: edition for edition in reversed(editions)}
    for lang, edition in sorted(first.items()):
        if not lexicon(lang, own).has_rules:
            yield Notice(
                edition.source.place(),
                f"prose in {lang!r} is checked by the words of English, which find its figures and "
                "little more",
                f"Put words of that language into {FOLDER}/{lang}.toml. {EXAMPLE}",
                topic="language",
            )


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"“{one}”" for one in words)


def _order(place: Place) -> tuple[str, int, int]:
    return place.file, place.cell or 0, place.line or 0


def _place(words: Unaccounted, rendering: Rendering) -> Place:
    """Return the place of words: those of a title are in the front matter, or in `editions:`."""
    passage = words.passage
    if passage.kind not in rendering.document.inlines:
        return place_of(passage, words.start, rendering)
    return _key_place(rendering.finished.edition, passage.kind)


def _key_place(edition: Edition, key: str) -> Place:
    """Return the place of a key of the front matter: in `editions:`, or for all of them."""
    entry = edition.declared
    if entry is not None and key in entry.metadata:
        return edition.source.front_matter.place((*entry.at, key))
    return edition.source.front_matter.place((key,))


def _alternatives(finished: Finished) -> Iterator[Passage]:
    """Yield the alternative texts that authors wrote."""
    for text in finished.picture_texts:
        if text.kind == ALTERNATIVE_TEXT:
            yield from plain_passages(text.markdown, text.place, text.kind)


def _plain_texts(finished: Finished) -> Iterator[Passage]:
    """Yield the texts in which an author can mark little or nothing: texts of charts, notes,
    corrections, entries of lists, the page's name in a browser, and the names of editions.
    """
    edition = finished.edition
    front = edition.source.front_matter
    for text in finished.picture_texts:
        if text.kind == NOTE:
            yield from plain_passages(text.markdown, text.place, text.kind)
        elif text.kind != ALTERNATIVE_TEXT:
            yield Passage(text.markdown, (), text.place, text.kind, is_running=False)
    facts = finished.facts.get("facts", {}).values()
    notes = {str(fact["note"]) for fact in facts if fact["note"] and not fact["is_computed"]}
    for note in sorted(notes):
        yield Passage(note, (), edition.source.place(), "note")
    for correction in edition.settings.corrections:
        yield Passage(correction.right, (), front.place(("corrections",)), "correction")
    for listing in edition.settings.listing:
        for item in listing.items:
            for key in ("title", "subtitle", "description"):
                if item.get(key):
                    yield Passage(str(item[key]), (), front.place(("listing",)), "entry of a list")
    names = {
        "edition-label": edition.settings.edition_label,
        "picker-title": edition.settings.picker_title,
        "pagetitle": edition.settings.pagetitle,
    }
    for key, name in names.items():
        if name:
            yield Passage(name, (), _key_place(edition, key), key)


# Stale words


def _stale(
    editions: Sequence[Edition],
    last_years: Mapping[PurePosixPath, Mapping[str, int]],
    own: Path,
    faults: list[BroadsheetError],
) -> Iterator[Notice]:
    """Yield the stale words in the source of each article, compared with each of its editions.
    ``last_years`` has the last years of the tables that each edition has read. If an article cannot
    be read for this, its error goes to ``faults``, once.
    """
    by_source: dict[PurePosixPath, list[Edition]] = {}
    for edition in editions:
        by_source.setdefault(edition.source.path, []).append(edition)
    reported = {fault.where.file for fault in faults}
    for siblings in by_source.values():
        source = siblings[0].source
        try:
            with guarded(source.place(), "looking for stale words"):
                yield from _stale_in(siblings, last_years, own)
        except BroadsheetError as error:
            if str(source.path) not in reported:  # else the build has reported what is wrong
                faults.append(error)


def _stale_in(
    siblings: Sequence[Edition], last_years: Mapping[PurePosixPath, Mapping[str, int]], own: Path
) -> list[Notice]:
    """Return the stale words in an article, whose editions these are."""
    source = siblings[0].source
    passages = [
        passage
        for number, cell in enumerate(source.cells(), start=1)
        if cell.cell_type == "markdown"
        for passage in source_passages(cell.source, source.place(number, 1))
    ]
    days = {edition.settings.day for edition in siblings if edition.settings.day is not None}
    notices: list[Notice] = []
    for edition in siblings:
        years = _years(edition, last_years.get(edition.output, {})) if len(siblings) > 1 else {}
        of_edition = Known(edition.settings.day, days, years)
        notices += stale(passages, of_edition, edition.settings.lang, own)
    return notices


def _years(edition: Edition, last: Mapping[str, int]) -> dict[int, str]:
    """Return the years that an edition has from its parameters and its tables."""
    values = {
        name: parameter.default for name, parameter in declared(edition.source).items()
    } | bind_edition(edition)
    return {year: f"the last year of {name}" for name, year in last.items()} | {
        value: f"the parameter `{name}`" for name, value in values.items() if type(value) is int
    }


def _catalogue(root: Path) -> tuple[Catalogue | None, list[BroadsheetError]]:
    """Return the catalogue, or the fault that it cannot be read for."""
    try:
        with guarded(DESCRIPTOR, "reading the catalogue"):
            return (Catalogue.open(root) if has_catalogue(root) else None), []
    except BroadsheetError as error:
        return None, [error]


def _last_years(catalogue: Catalogue | None) -> dict[str, int]:
    """Return the last year that each table speaks of, by its file."""
    return (
        {resource.file: resource.as_of.year for resource in catalogue.package.resources}
        if catalogue
        else {}
    )
