"""The report of what moves when tables move, as values and as text for a terminal.

What many editions say alike stands once: moves of one sentence of a source are a group, and in a group
those whose words change alike. Each part is bounded, and says how many it leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any, Generic, TypeVar

from broadsheet.checks.moved.sentence_moves import (
    PAGE,
    FalseSentence,
    SentenceMove,
    WordPair,
    rank,
    size_of_move,
)
from broadsheet.checks.moved.table_moves import CellMove, TableMove
from broadsheet.data.compared_table import many
from broadsheet.errors import Notice, Place
from plotly_alive.errors import enumerated

SHOWN = 12
"""The most entries of one part in a terminal."""
_TOLD = 1000
"""The most entries of one part for machines."""
NAMED = 3
"""The most editions that are named of those that say the same."""
_LONGEST = 300
"""The most characters of a sentence that are shown."""

_WORD = re.compile(r"\w")

_Sentence = TypeVar("_Sentence", FalseSentence, SentenceMove)


@dataclass(frozen=True)
class ChartMove:
    """A chart or a table of a page that shows something else."""

    edition: str
    """The slug of the edition."""
    label: str
    """Its label."""
    title: str
    """Its title."""
    what: str
    """`chart` or `table`."""
    change: str = "moves"
    """`moves`, `is new` or `goes`."""
    before: PurePosixPath | None = None
    """Its picture as it is, from the folder of the report."""
    now: PurePosixPath | None = None
    """Its picture as it will be."""


@dataclass(frozen=True)
class SentenceGroup(Generic[_Sentence]):
    """The editions in which a sentence changes, and how."""

    sentences: tuple[_Sentence, ...]
    """The sentence in each edition; the one that moves most is first."""

    @property
    def first(self) -> _Sentence:
        """The sentence that stands for the group."""
        return self.sentences[0]

    @property
    def editions(self) -> tuple[str, ...]:
        """The slugs of the editions."""
        return tuple(dict.fromkeys(sentence.edition for sentence in self.sentences))

    @property
    def on_pages(self) -> str:
        """The editions in words: a few by name."""
        return _pages(self.editions)


@dataclass(frozen=True)
class MovedReport:
    """The report of what moves when tables are replaced by new versions."""

    tables: tuple[TableMove, ...]
    """The changes of each table."""
    refuted: tuple[SentenceGroup[FalseSentence], ...] = ()
    """The sentences that become false, headlines first."""
    moved: tuple[tuple[SentenceGroup[SentenceMove], ...], ...] = ()
    """The sentences that move: for each sentence of a source, the ways in which it does."""
    pinned: tuple[Notice, ...] = ()
    """The words that are pinned to a year although newer data are there."""
    charts: tuple[ChartMove, ...] = ()
    """The charts and tables of pages that show something else."""
    pages: tuple[tuple[str, str], ...] = ()
    """The pages that come or go, each with `is new` or `goes`."""
    unseen: tuple[tuple[str, str], ...] = ()
    """The editions that cannot be compared, since they have a fault as they are, each with it."""
    editions: int = 0
    """The number of editions that read what is replaced."""

    @property
    def is_moved(self) -> bool:
        """True if readers would see something else on a page."""
        return bool(self.refuted or self.moved or self.charts or self.pages)

    @property
    def headline(self) -> str:
        """The report in a line: the first sentence that becomes false, or how many move."""
        names = enumerated([table.name for table in self.tables], NAMED)
        if not any(table.is_moved for table in self.tables) and not self.is_moved:
            return f"{names}: nothing moves"
        if self.refuted:
            group = self.refuted[0]
            more = sum(len(each.sentences) for each in self.refuted) - len(group.sentences)
            also = f", and {more:,} more" if more else ""
            if group.first.kind == PAGE:
                return f"{group.on_pages} cannot be made: {clipped(group.first.why)}{also}"
            kind = "headline" if group.first.kind == "title" else group.first.kind
            return (
                f"becomes false: the {kind} “{clipped(group.first.now)}” of {group.on_pages}{also}"
            )
        if not self.is_moved:
            return f"{names}: no sentence and no chart moves"
        groups = [group for ways in self.moved for group in ways]
        pages = {edition for group in groups for edition in group.editions}
        pages |= {chart.edition for chart in self.charts}
        count = many(sum(len(group.sentences) for group in groups), "sentence")
        charts = many(len(self.charts), "chart")
        where = many(len(pages), "page")
        return f"{names}: no sentence becomes false; {count} and {charts} move on {where}"

    def text(self) -> str:
        """Return the report for a terminal."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield self.headline
        if not self.is_moved and not any(table.is_moved for table in self.tables):
            return
        yield from _part("become false", self.refuted, _false_lines)
        yield from _part("move", self.moved, _move_lines)
        yield from _part("pages that come or go", self.pages, lambda page: [f"{page[0]} {page[1]}"])
        yield from _part(
            "pinned to a year, though newer data are there",
            self.pinned,
            lambda notice: [f"{notice.where}: {clipped(notice.what)}"],
        )
        yield from _part("charts and tables that move", charts_of(self.charts), lambda line: [line])
        yield from _part(
            "cannot be compared, for a fault that stands",
            self.unseen,
            lambda page: [f"{page[0]}: {clipped(page[1])}"],
        )
        for table in self.tables:
            yield from table_lines(table)

    def for_machines(self) -> dict[str, Any]:
        """Return the report as JSON."""
        return {
            "headline": self.headline,
            "editions": self.editions,
            "false": _bounded(
                self.refuted,
                lambda group: _sentence(group, why=group.first.why, detail=group.first.detail),
            ),
            "moved": _bounded(
                [group for ways in self.moved for group in ways],
                lambda group: _sentence(group, words=[list(pair) for pair in group.first.words]),
            ),
            "pinned": _bounded(self.pinned, lambda notice: notice),
            "charts": _bounded(
                self.charts,
                lambda chart: {
                    key: str(value) if isinstance(value, PurePosixPath) else value
                    for key, value in asdict(chart).items()
                    if value is not None
                },
            ),
            "pages": _bounded(self.pages, lambda page: {"page": page[0], "change": page[1]}),
            "unseen": _bounded(self.unseen, lambda page: {"page": page[0], "fault": page[1]}),
            "tables": [_table(table) for table in self.tables],
        }


def grouped_false(sentences: Iterable[FalseSentence]) -> tuple[SentenceGroup[FalseSentence], ...]:
    """Return sentences that become false, those of one cause together, headlines first."""
    causes: dict[tuple[str, str], list[FalseSentence]] = {}
    for sentence in sentences:
        causes.setdefault((sentence.kind, sentence.cause), []).append(sentence)
    groups = [SentenceGroup(tuple(each)) for each in causes.values()]
    return tuple(sorted(groups, key=lambda group: rank(group.first.kind)))


def grouped_moves(
    sentences: Iterable[SentenceMove],
) -> tuple[tuple[SentenceGroup[SentenceMove], ...], ...]:
    """Return sentences that move: those of one place in a source together, headlines first; of each
    the ways in which its words change, the greatest moves first.
    """
    places: dict[tuple[str, Place, int], dict[tuple[WordPair, ...], list[SentenceMove]]] = {}
    for sentence in sentences:
        ways = places.setdefault((sentence.kind, sentence.where, sentence.number), {})
        ways.setdefault(sentence.words, []).append(sentence)
    groups = [
        tuple(
            SentenceGroup(tuple(each))
            for _, each in sorted(ways.items(), key=lambda way: -size_of_move(way[0]))
        )
        for ways in places.values()
    ]
    return tuple(sorted(groups, key=_order))


def _order(ways: Sequence[SentenceGroup[SentenceMove]]) -> tuple[int, str, int, int, int]:
    first = ways[0].first
    where = first.where
    return rank(first.kind), where.file, where.cell or 0, where.line or 0, first.number


def on_pages(ways: Sequence[SentenceGroup[SentenceMove]]) -> str:
    """Return the editions in which a sentence moves, in words: a few by name."""
    return SentenceGroup(tuple(sentence for group in ways for sentence in group.sentences)).on_pages


def clipped(text: str, most: int = _LONGEST) -> str:
    """Return a text in one line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def words_moved(move: SentenceMove) -> str:
    """Return the words that change: `12.3 → 12.4`; of a sentence that gains or loses words, the
    whole before and now.
    """
    if all(_WORD.search(before) and _WORD.search(now) for before, now in move.words):
        return ", ".join(moves_to(*pair) for pair in move.words)
    before, now = (text and f"“{clipped(text)}”" for text in (move.before, move.now))
    return moves_to(before, now, _LONGEST + 2)


def moves_to(before: str, now: str, most: int = 80) -> str:
    """Return a text before and now in a line, a dash for none."""
    return f"{clipped(before, most) or '—'} → {clipped(now, most) or '—'}"


def charts_of(charts: Iterable[ChartMove]) -> list[str]:
    """Return a line for each chart, with the editions that show it."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for chart in charts:
        article = chart.edition.partition("/")[0]
        alike.setdefault((article, f"{chart.what} {chart.label}", chart.change), []).append(
            chart.edition
        )
    return [
        f"{what} {change} on {_pages(editions)}" for (_, what, change), editions in alike.items()
    ]


def table_lines(table: TableMove, shown: int = SHOWN) -> Iterator[str]:
    """Yield the changes of a table: rows that are lost, moved and added, then its entry."""
    before, now = table.rows
    yield f"{table.name}: {before:,} → {many(now, 'row')}"
    if table.lost:
        yield f"  {many(len(table.lost), 'row')} lost: {enumerated(table.lost, shown)}"
    if table.moved:
        tiers = ", ".join(f"{count:,} {name}" for name, count in table.tiers.items())
        yield f"  {many(len(table.moved), 'value')} moved: {tiers}"
        for cell in table.moved[:shown]:
            yield f"    {cell_line(cell)}"
        if len(table.moved) > shown:
            yield f"    and {len(table.moved) - shown:,} more"
    if table.added:
        yield f"  {many(len(table.added), 'row')} added: {enumerated(table.added, shown)}"
    for part in table.entry[:shown]:
        yield f"  {part.what}: {moves_to(part.before, part.now)}"
    if len(table.entry) > shown:
        yield f"  and {len(table.entry) - shown:,} more changes of its entry"


def cell_line(cell: CellMove) -> str:
    """Return the move of a value in a line."""
    percent = f" ({cell.size:.1%})" if cell.size != float("inf") else ""
    return f"{clipped(cell.row, 80)}, {cell.column}: {moves_to(cell.before, cell.now, 40)}{percent}"


def _pages(editions: Sequence[str]) -> str:
    named = enumerated(editions, NAMED)
    return named if len(editions) == 1 else f"{len(editions):,} editions: {named}"


_Entry = TypeVar("_Entry")


def _part(title: str, entries: Sequence[_Entry], lines: Any) -> Iterator[str]:
    if not entries:
        return
    yield f"{title}:"
    for entry in entries[:SHOWN]:
        for number, line in enumerate(lines(entry)):
            yield f"  {line}" if not number else f"    {line}"
    if len(entries) > SHOWN:
        yield f"  and {len(entries) - SHOWN:,} more"


def _false_lines(group: SentenceGroup[FalseSentence]) -> Iterator[str]:
    first = group.first
    kind = "" if first.kind == PAGE else f"{first.kind}, "
    yield f"{first.where} ({kind}{group.on_pages})"
    if first.kind == PAGE:
        if first.before:
            yield f"- {clipped(first.before)}"
        yield f"this page cannot be made: {clipped(first.why)}"
    else:
        if first.before != first.now:
            yield f"- {clipped(first.before) or '—'}"
        yield f"+ {clipped(first.now)}"
        yield f"! {clipped(first.why)}"
    for line in first.detail.splitlines()[:NAMED]:
        yield f"│ {clipped(line)}"


def _move_lines(ways: Sequence[SentenceGroup[SentenceMove]]) -> Iterator[str]:
    first = ways[0].first
    yield f"{first.where} ({first.kind}, {on_pages(ways)})"
    yield f"- {clipped(first.before) or '—'}"
    yield f"+ {clipped(first.now) or '—'}"
    if len(ways) > 1:
        for group in ways[:NAMED]:
            yield f"{group.on_pages}: {words_moved(group.first)}"
        if len(ways) > NAMED:
            yield f"and {len(ways) - NAMED:,} other moves"


def _bounded(entries: Sequence[_Entry], report: Any) -> dict[str, Any]:
    """Return a part of the report for machines, with the number of entries that are left out."""
    told = [report(entry) for entry in entries[:_TOLD]]
    return {"entries": told, "count": len(entries), "left_out": len(entries) - len(told)}


def _sentence(group: SentenceGroup[Any], **more: Any) -> dict[str, Any]:
    first = group.first
    place = {key: value for key, value in vars(first.where).items() if value is not None}
    return {
        "kind": first.kind,
        "where": place,
        "editions": list(group.editions),
        "before": first.before,
        "now": first.now,
        **more,
    }


def _table(table: TableMove) -> dict[str, Any]:
    return {
        "name": table.name,
        "rows": {"before": table.rows[0], "now": table.rows[1]},
        "lost": _bounded(table.lost, lambda row: row),
        "moved": _bounded(
            table.moved,
            lambda cell: {**asdict(cell), "size": None if cell.size == float("inf") else cell.size},
        ),
        "tiers": dict(table.tiers),
        "added": _bounded(table.added, lambda row: row),
        "entry": [asdict(part) for part in table.entry],
    }
