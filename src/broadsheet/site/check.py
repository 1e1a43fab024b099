"""`broadsheet check`: all that is known to be wrong with a publication, before it is published.

The site is built into a folder of its own, which is thrown away; what a build tells (broken
articles, parameters, false claims, links that lead nowhere, generated alt texts) is told here too.
Beside that the catalogue is checked, the gate reads the prose of each edition, and stale words are
looked for. What many editions have in common is told once. :func:`refuse` is the same gate for a
build that is strict.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from threading import Lock

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import DESCRIPTOR
from broadsheet.errors import BroadsheetError, FactError, Notice, Place, guarded
from broadsheet.markdown.document import Document, Rendered
from broadsheet.markdown.finished import Finished
from broadsheet.markdown.prose import Mark, Passage
from broadsheet.project.edition import Edition
from broadsheet.project.parameters import bind_edition, declared
from broadsheet.project.reading import open_publication
from broadsheet.site.build import Watch, build, unwatched
from broadsheet.site.output import WORK
from broadsheet.site.swap import locked
from broadsheet.verify.numbers import NOTHING, Finding, Reading, read
from broadsheet.verify.passages import place_of, plain_passages
from broadsheet.verify.source import source_passages
from broadsheet.verify.stale import Known, stale

_SITE = "site"


@dataclass(frozen=True)
class Unaccounted:
    """A sentence with words that nothing accounts for, where it was written, and the editions that
    have some in it. ``sentence`` and ``words`` are of the first of them.
    """

    where: Place
    words: tuple[str, ...]
    sentence: str
    mend: str
    editions: tuple[str, ...]

    def notice(self) -> Notice:
        """The same as it is told to people."""
        others = len(self.editions) - 1
        edition = f"{self.editions[0]} and {others:,} more" if others else self.editions[0]
        return Notice(
            self.where,
            f"nothing accounts for {_quoted(self.words)} ({edition}): {self.sentence}",
            self.mend,
        )

    def report(self) -> dict[str, object]:
        """The same for machines: a notice's keys, and `words`, `sentence`, `editions`."""
        return {
            **self.notice().report(),
            "words": list(self.words),
            "sentence": self.sentence,
            "editions": list(self.editions),
        }


@dataclass(frozen=True)
class Report:
    """What is wrong. ``counts`` are the numbers and comparisons in the prose by what accounts for
    them, see :class:`broadsheet.verify.Reading`; ``share`` is the share that something accounts
    for.
    """

    pages: int
    counts: Mapping[str, int]
    share: float
    faults: tuple[BroadsheetError, ...]
    unaccounted: tuple[Unaccounted, ...]
    stale: tuple[Notice, ...]
    notices: tuple[Notice, ...]

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to tell at all."""
        return not (self.faults or self.unaccounted or self.stale or self.notices)


def check(
    root: Path,
    slugs: Sequence[str] = (),
    *,
    day: date | None = None,
    drafts: bool = False,
    jobs: int = 0,
    watch: Watch = unwatched,
) -> Report:
    """Check the publication at ``root`` as it is on the ``day``, else today; with ``drafts``, what
    is withheld that day too; with ``slugs``, the prose of these articles alone. Raises what
    :func:`broadsheet.site.build.build` does.
    """
    publication = open_publication(root, day=day, drafts=drafts)
    editions = publication.choose(list(slugs))
    catalogue, broken = _catalogue(root)
    proofs = _Proofs({edition.output for edition in editions}, _last_years(catalogue))
    (root / WORK).mkdir(exist_ok=True)
    _sweep(root / WORK)
    with tempfile.TemporaryDirectory(prefix="check-", dir=root / WORK) as folder:
        built = build(
            root,
            output=Path(folder) / _SITE,
            jobs=jobs,
            watch=watch,
            reader=proofs.read,
            listener=proofs.note,
            day=publication.day,
            drafts=drafts,
            is_scratch=True,
        )
    faults = [*built.faults, *(broken or (catalogue.check() if catalogue else ()))]
    overdue = catalogue.overdue(publication.day) if catalogue else []
    old_words = tuple(dict.fromkeys((*_stale(editions, proofs.last_years, faults), *overdue)))
    return Report(
        built.pages,
        proofs.reading.counts,
        proofs.reading.share,
        tuple({str(fault): fault for fault in faults}.values()),
        tuple(proofs.unaccounted()),
        old_words,
        tuple(dict.fromkeys(built.notices)),
    )


def _sweep(work: Path) -> None:
    """Remove the folders that killed checks have left: those whose lock nobody holds."""
    for folder in sorted(work.glob("check-*")):
        if (
            re.fullmatch(r"check-[a-z0-9_]{8}", folder.name)
            and (folder / WORK / f"{_SITE}.lock").is_file()
        ):
            with suppress(BlockingIOError), locked(folder / _SITE, _busy):
                shutil.rmtree(folder, ignore_errors=True)


def _busy() -> None:
    """It is at work: do not wait for it."""
    raise BlockingIOError


@dataclass(frozen=True)
class _Proof:
    """What the gate found in a page."""

    page: PurePosixPath
    slug: str
    reading: Reading
    last_years: Mapping[str, int]
    found: Sequence[tuple[Place, list[Finding]]]


@dataclass
class _Proofs:
    """What the gate found in the ``pages`` that were asked for. Has state: :meth:`note`, which
    several threads call, puts together what :meth:`read` has found, perhaps in other processes.
    """

    pages: Collection[PurePosixPath]
    tables: Mapping[str, int]
    reading: Reading = NOTHING
    last_years: dict[PurePosixPath, Mapping[str, int]] = field(default_factory=dict)
    _found: dict[Place, dict[str, list[list[Finding]]]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def read(self, finished: Finished, document: Document, rendered: Rendered) -> _Proof | None:
        """Read a page."""
        edition = finished.edition
        if edition.output not in self.pages:
            return None
        reading, found = _read(finished, document, rendered)
        years = {name: self.tables[name] for name in finished.reads if name in self.tables}
        return _Proof(edition.output, edition.slug, Reading((), reading.counts), years, found)

    def note(self, proof: _Proof | None) -> None:
        """Note what was read of a page."""
        if proof is None:
            return
        with self._lock:
            self.reading += proof.reading
            self.last_years[proof.page] = proof.last_years
            for place, findings in proof.found:
                self._found.setdefault(place, {}).setdefault(proof.slug, []).append(findings)

    def unaccounted(self) -> Iterator[Unaccounted]:
        """The sentences in the order of the files; that of many editions at one place is one."""
        for place, by_edition in sorted(self._found.items(), key=lambda one: _order(one[0])):
            most = max(map(len, by_edition.values()))
            for number in range(most):
                slugs = sorted(
                    slug for slug, sentences in by_edition.items() if number < len(sentences)
                )
                first, *others = by_edition[slugs[0]][number]
                yield Unaccounted(
                    place,
                    tuple(one.words for one in (first, *others)),
                    first.sentence,
                    first.mend,
                    tuple(slugs),
                )


def refuse(finished: Finished, document: Document, rendered: Rendered) -> None:
    """A reader for :func:`broadsheet.site.build.build`: a page with words that nothing accounts for
    is not published. Raises :class:`FactError`.
    """
    _, found = _read(finished, document, rendered)
    if not found:
        return
    (where, (first, *_)), *others = found
    more = [
        f"{place}: {_quoted(one.words for one in findings)}: {findings[0].sentence}"
        for place, findings in others
    ]
    raise FactError(
        where,
        f"nothing accounts for {_quoted(one.words for one in found[0][1])}",
        first.mend,
        "\n".join((first.sentence, *more)),
    )


def _read(
    finished: Finished, document: Document, rendered: Rendered
) -> tuple[Reading, list[tuple[Place, list[Finding]]]]:
    """What the gate says of a page; its findings sentence by sentence, each with its place."""
    passages = (*rendered.titles, *rendered.prose.passages, *_alternatives(finished))
    edition = finished.edition
    reading = read(_unchecked(passages, edition.settings.unchecked), _language(edition))
    told: dict[tuple[int, str], list[Finding]] = {}
    for finding in reading.findings:
        told.setdefault((id(finding.passage), finding.sentence), []).append(finding)
    return reading, [
        (_place(findings[0], edition, document), findings) for findings in told.values()
    ]


def _language(edition: Edition) -> str:
    """What the gate reads an edition as."""
    return edition.settings.lang.partition("-")[0].lower()


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"“{one}”" for one in words)


def _order(place: Place) -> tuple[str, int, int]:
    return place.file, place.cell or 0, place.line or 0


def _place(finding: Finding, edition: Edition, document: Document) -> Place:
    """Where the words were written: those of the head in the front matter, or in `editions:`."""
    passage = finding.passage
    if passage.kind not in document.inlines:
        return place_of(passage, finding.start, document)
    own = edition.declared
    if own is not None and passage.kind in own.metadata:
        return edition.source.front_matter.place((*own.at, passage.kind))
    return edition.source.front_matter.place((passage.kind,))


def _alternatives(finished: Finished) -> Iterator[Passage]:
    """The alternative texts that authors wrote."""
    for text in finished.alternatives:
        yield from plain_passages(text.markdown, text.place, "alternative text")


def _unchecked(passages: Iterable[Passage], reason: str) -> Iterable[Passage]:
    """The passages of a page that is unchecked as a whole, if there is a reason."""
    if not reason:
        return passages
    return [
        replace(passage, marks=(Mark(0, len(passage.text), "unchecked", reason), *passage.marks))
        for passage in passages
    ]


def _stale(
    editions: Sequence[Edition],
    last_years: Mapping[PurePosixPath, Mapping[str, int]],
    faults: list[BroadsheetError],
) -> Iterator[Notice]:
    """The stale words in the source of each article, held against each of its editions;
    ``last_years`` are those of the tables that each has read. Of an article that cannot be read so,
    the error goes to ``faults``, once.
    """
    by_source: dict[PurePosixPath, list[Edition]] = {}
    for edition in editions:
        by_source.setdefault(edition.source.path, []).append(edition)
    known = {fault.where.file for fault in faults}
    for siblings in by_source.values():
        source = siblings[0].source
        try:
            with guarded(source.place(), "looking for stale words"):
                yield from _stale_in(siblings, last_years)
        except BroadsheetError as error:
            if str(source.path) not in known:  # else the build has said what is wrong
                faults.append(error)


def _stale_in(
    siblings: Sequence[Edition], last_years: Mapping[PurePosixPath, Mapping[str, int]]
) -> list[Notice]:
    """The stale words in an article, whose editions these are."""
    source = siblings[0].source
    passages = [
        passage
        for number, cell in enumerate(source.cells(), start=1)
        if cell.cell_type == "markdown"
        for passage in source_passages(cell.source, source.place(number, 1))
    ]
    days = {day for edition in siblings if (day := _day(edition.settings.date)) is not None}
    found: list[Notice] = []
    for edition in siblings:
        years = _years(edition, last_years.get(edition.output, {})) if len(siblings) > 1 else {}
        found += stale(
            passages, Known(_day(edition.settings.date), days, years), _language(edition)
        )
    return found


def _years(edition: Edition, last: Mapping[str, int]) -> dict[int, str]:
    """The years that an edition has from its parameters and its tables."""
    values = {
        name: parameter.default for name, parameter in declared(edition.source).items()
    } | bind_edition(edition)
    return {year: f"the last year of {name}" for name, year in last.items()} | {
        value: f"the parameter `{name}`" for name, value in values.items() if type(value) is int
    }


def _catalogue(root: Path) -> tuple[Catalogue | None, list[BroadsheetError]]:
    """The catalogue, if there is one that can be read; else what is wrong with it."""
    try:
        with guarded(DESCRIPTOR, "reading the catalogue"):
            return (Catalogue.open(root) if (root / DESCRIPTOR).is_file() else None), []
    except BroadsheetError as error:
        return None, [error]


def _last_years(catalogue: Catalogue | None) -> dict[str, int]:
    """The last year that each table speaks of, by its file."""
    return (
        {resource.file: resource.as_of.year for resource in catalogue.package.resources}
        if catalogue
        else {}
    )


def _day(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value
