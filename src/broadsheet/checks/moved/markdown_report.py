"""The report of what moves as Markdown, as the text of a pull request.

It has at most :data:`LIMIT` bytes: the parts are shortened alike until it fits, and each says how many
entries are left out. Sentences, rows and names come from sources that others publish. They are shown as
text: none makes HTML, a link, a picture or a formula, and none mentions a person, an issue or a commit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar
from urllib.parse import quote

from broadsheet.checks.moved.moved_report import (
    NAMED,
    ChartMove,
    MovedReport,
    SentenceGroup,
    cell_line,
    charts_of,
    clipped,
    moves_to,
    on_pages,
    words_moved,
)
from broadsheet.checks.moved.sentence_moves import (
    PAGE,
    FalseSentence,
    SentenceMove,
    aligned_words,
)
from broadsheet.checks.moved.table_moves import TableMove
from plotly_alive.errors import enumerated

LIMIT = 50_000
"""The most bytes of a report; GitHub takes 65,536 characters."""
_SHORTER = (200, 100, 50, 25, 12, 6, 3, 1)
"""The most entries of a part, the first that fits being taken."""
_APART = "\u200b"
"""A space without width: it keeps an `@`, a `#` or an address from being a link."""
_ACTIVE = re.compile(r"[\\`*_{}\[\]()<>|~!#]|^[-+=]|^\d+\.(?=\s|$)")
"""The characters that mean something in Markdown within a line, and at its beginning."""
_LINKING = (
    (re.compile(r"([@#:])(?=\S)"), rf"\1{_APART}"),
    (re.compile(r"\b(www)\.", re.IGNORECASE), rf"\1{_APART}."),
    (re.compile(r"\b(GH)-(?=\d)", re.IGNORECASE), rf"\1{_APART}-"),
    (re.compile(r"([0-9a-f]{6})(?=[0-9a-f])", re.IGNORECASE), rf"\1{_APART}"),
)
"""The texts that a forge makes links of, and what is put into them: mentions, numbers of issues, signs
that begin an emoji or a port, addresses, commits.
"""

_Entry = TypeVar("_Entry")


def report_markdown(report: MovedReport) -> str:
    """Return the report as Markdown of at most :data:`LIMIT` bytes."""
    for most in _SHORTER:
        text = "\n".join(_lines(report, most)) + "\n"
        if len(text.encode()) <= LIMIT:
            return text
    short = text.encode()[: LIMIT - 100].decode(errors="ignore").rpartition("\n")[0]
    return f"{short}\n\nThe rest does not fit here.\n"


def plain(text: str, most: int = 300) -> str:
    """Return a text in one line as Markdown that shows it and does nothing else."""
    line = "".join(
        sign for sign in clipped(text, most) if unicodedata.category(sign) not in _HIDDEN
    )
    for pattern, apart in _LINKING:
        line = pattern.sub(apart, line)
    line = _ACTIVE.sub(lambda match: f"{match[0][:-1]}\\{match[0][-1]}", line)
    return line.replace("&", "&amp;").replace("$", "&#36;")


_HIDDEN = ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")
"""The categories of characters that nobody sees, or that turn the text around."""


def _lines(report: MovedReport, most: int) -> Iterator[str]:
    yield f"**{plain(report.headline)}**"
    yield from _section("Becomes false", report.refuted, most, _false_lines)
    yield from _section("Moves", report.moved, most, _move_lines)
    yield from _section(
        "Pages", report.pages, most, lambda page: [f"- {plain(page[0])} {plain(page[1])}"]
    )
    yield from _section(
        "Pinned to a year, though newer data are there",
        report.pinned,
        most,
        lambda notice: [f"- {plain(str(notice.where))}: {plain(notice.what)}"],
    )
    pictured = [chart for chart in report.charts if chart.now]
    yield from _section(
        "Charts and tables", charts_of(report.charts), most, lambda line: [f"- {plain(line)}"]
    )
    if pictured:
        yield from ("", "| as it is | as it will be |", "| --- | --- |")
        for chart in pictured[:most]:
            yield _pictures(chart)
    yield from _section(
        "Cannot be compared, for a fault that stands",
        report.unseen,
        most,
        lambda page: [f"- {plain(page[0])}: {plain(page[1])}"],
    )
    for table in report.tables:
        if table.is_moved:
            yield from _table(table, most)


def _section(
    title: str, entries: Sequence[_Entry], most: int, lines: Callable[[_Entry], Sequence[str]]
) -> Iterator[str]:
    if not entries:
        return
    yield from ("", f"## {title}", "")
    for entry in entries[:most]:
        yield from lines(entry)
    if len(entries) > most:
        yield f"- and {len(entries) - most:,} more, which are left out here"


def _false_lines(group: SentenceGroup[FalseSentence]) -> list[str]:
    first = group.first
    kind = "" if first.kind == PAGE else f"{plain(first.kind)}, "
    lines = [f"- {plain(str(first.where))} ({kind}{_on_pages(group)})"]
    if first.kind == PAGE:
        lines += [f"  - as it is: “{plain(first.before)}”"] if first.before else []
        lines.append(f"  - this page cannot be made: {plain(first.why)}")
    else:
        before, now = _marked(first.before, first.now)
        lines += [f"  - as it is: “{before}”"] if first.before != first.now else []
        lines += [f"  - as it would be: “{now}”", f"  - {plain(first.why)}"]
    return [*lines, *(f"  - {plain(line)}" for line in first.detail.splitlines()[:NAMED])]


def _move_lines(ways: Sequence[SentenceGroup[SentenceMove]]) -> list[str]:
    first = ways[0].first
    on = plain(on_pages(ways))
    before, now = _marked(first.before, first.now)
    lines = [f"- {plain(str(first.where))} ({plain(first.kind)}, {on})"]
    lines += [f"  - as it is: “{before}”"] if first.before else ["  - new"]
    lines += [f"  - as it will be: “{now}”"] if first.now else ["  - goes"]
    if len(ways) > 1:
        for group in ways[:NAMED]:
            lines.append(f"  - {_on_pages(group)}: {plain(words_moved(group.first))}")
        if len(ways) > NAMED:
            lines.append(f"  - and {len(ways) - NAMED:,} other moves")
    return lines


def _on_pages(group: SentenceGroup[SentenceMove] | SentenceGroup[FalseSentence]) -> str:
    return plain(group.on_pages)


def _marked(before: str, now: str) -> tuple[str, str]:
    """Return two sentences with the words that differ in bold."""
    texts: tuple[list[str], list[str]] = [], []
    if not before.strip() or not now.strip():
        return plain(before), plain(now)
    for *parts, is_same in aligned_words(clipped(before), clipped(now)):
        for text, part in zip(texts, parts, strict=True):
            lead, core = part[: len(part) - len(part.lstrip())], part.strip()
            tail = part[len(lead) + len(core) :]
            shown = f"**{_inner(core)}**" if core and not is_same else _inner(core)
            # Nothing may join the pieces on both sides of what only the other sentence has.
            text.append(f"{lead}{shown}{tail}" if part else _APART)
    return "".join(texts[0]), "".join(texts[1])


def _inner(text: str) -> str:
    return plain(text) if text else ""


def _pictures(chart: ChartMove) -> str:
    cells = [
        f"![{plain(f'{chart.title or chart.label}, {when}', 120)}]({quote(str(path))})"
        if path
        else "—"
        for when, path in (("as it is", chart.before), ("as it will be", chart.now))
    ]
    return f"| {cells[0]} | {cells[1]} |"


def _table(table: TableMove, most: int) -> Iterator[str]:
    before, now = table.rows
    yield from ("", f"## Table {plain(table.name)}", "")
    yield f"{before:,} rows as it is, {now:,} as it will be."
    yield ""
    if table.lost:
        yield f"- **{len(table.lost):,} lost**: {plain(enumerated(table.lost, most), 2000)}"
    if table.moved:
        tiers = ", ".join(f"{count:,} {name}" for name, count in table.tiers.items())
        yield f"- {len(table.moved):,} values moved: {tiers}"
        for cell in table.moved[:most]:
            yield f"  - {plain(cell_line(cell))}"
        if len(table.moved) > most:
            yield f"  - and {len(table.moved) - most:,} more, which are left out here"
    if table.added:
        yield f"- {len(table.added):,} added: {plain(enumerated(table.added, most), 2000)}"
    for part in table.entry[:most]:
        yield f"- {plain(part.what)}: {plain(moves_to(part.before, part.now, 120))}"
    if len(table.entry) > most:
        yield f"- and {len(table.entry) - most:,} more changes of its entry"
