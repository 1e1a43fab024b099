"""Makes the catalogue's CSV of what a source has sent, by the mapping in the table's entry.

Columns that are rows of the table are turned (`unpivot`), rows chosen by their values (`rows`), and
each column of the table is made of one of the source (`columns`). Nothing is filled in or guessed:
a column that is not there, a text where a number should stand, or two values for one cell are a
:class:`SourceError` that shows what came.

What has not changed stays as it is written: `95.0` where the source now has `95`, and the order of
the rows.
"""

from __future__ import annotations

import calendar
import csv
import io
import itertools
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext
from typing import Any

from broadsheet.data.csv_reading import catalogue_number
from broadsheet.data.csv_rows import csv_rows
from broadsheet.data.descriptor import ColumnSource, Field, Refresh, Resource
from broadsheet.data.last_day import YEARS
from broadsheet.data.refresh.answers import LOOK, SourceError, SourceTable
from broadsheet.errors import BroadsheetError
from broadsheet.storage.limits import TABLE, matching
from plotly_alive.errors import enumerated, shown
from plotly_alive.text.did_you_mean import question

SourceRow = tuple[str, ...]


@dataclass(frozen=True)
class MappedTable:
    """The rows of a table of the catalogue, made of a source's."""

    content: bytes
    """Its CSV."""
    last_day: date | None
    """The last day that its figures cover; None if its key has neither a year nor a day."""


def mapped(resource: Resource, entry: Refresh, table: SourceTable, before: bytes) -> MappedTable:
    """Return the table that a source's is by its entry. ``before`` is the CSV that stands. Raises
    :class:`SourceError`.
    """
    if entry.unpivot is not None:
        table = _unpivoted(entry, table)
    chosen = _chosen(table, entry.rows)
    if not chosen:
        raise SourceError(
            f"none of the {len(table.rows):,} rows that came is one of those in `rows`",
            "Correct `rows`, or see what the source calls them now.",
        )
    columns = [_column(field, entry, table) for field in resource.table_schema.fields]
    names = [field.name for field in resource.table_schema.fields]
    header, old = _rows_of(before)
    old = old if header == names else []
    valued = _with_values(resource, columns, chosen)
    if len(valued) < len(chosen):
        chosen = _without_new_gaps(resource, columns, chosen, valued, old)
    rows = _joined(resource, columns, chosen)
    if old:
        rows = _as_before(resource, rows, old)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([names, *rows])
    return MappedTable(out.getvalue().encode(), _last_day(resource, columns, valued))


# Rows


def _unpivoted(entry: Refresh, table: SourceTable) -> SourceTable:
    """Return the table with a row for each cell of the columns that are rows."""
    rule = entry.unpivot
    assert rule is not None
    names = matching(rule.columns, set(table.columns), "`unpivot`", "the pattern of `unpivot`")
    turned = [at for at, name in enumerate(table.columns) if name in names]
    kept = [at for at, name in enumerate(table.columns) if name not in names]
    if not turned:
        raise SourceError(
            f"no column matches {shown(rule.columns)}; there are {_listed(table.columns)}",
            "Correct `unpivot`, or see what the source calls them now.",
        )
    if len(turned) * len(table.rows) * (len(kept) + 2) > TABLE["cells"].value:
        raise SourceError(
            f"{len(turned):,} columns of {len(table.rows):,} rows are more than a table may have",
            f"Choose fewer.{TABLE['cells'].mend}",
        )
    rows = [
        (*(row[at] for at in kept), table.columns[column], row[column])
        for row in table.rows
        for column in turned
        if row[column] != ""
    ]
    return SourceTable((*(table.columns[at] for at in kept), rule.names, rule.values), tuple(rows))


def _chosen(table: SourceTable, rules: Mapping[str, Any]) -> list[SourceRow]:
    tests = [
        (_at(table, name), {str(item) for item in (value if isinstance(value, list) else [value])})
        for name, value in rules.items()
    ]
    return [row for row in table.rows if all(row[at] in values for at, values in tests)]


def _with_values(
    resource: Resource, columns: Sequence[_Column], rows: Sequence[SourceRow]
) -> list[SourceRow]:
    """Return the rows that have a value in a column that is not of the key."""
    key = resource.table_schema.primary_key
    valued = [
        column for column in columns if column.at is not None and column.field.name not in key
    ]
    if not valued:
        return list(rows)
    chosen = [
        row for row in rows if any(column.fits(row) and column.cell(row) for column in valued)
    ]
    if not chosen:
        raise SourceError(
            f"none of the {len(rows):,} rows that came has a value",
            LOOK,
        )
    return chosen


def _without_new_gaps(
    resource: Resource,
    columns: Sequence[_Column],
    rows: Sequence[SourceRow],
    valued: Sequence[SourceRow],
    old: Sequence[Sequence[str]],
) -> list[SourceRow]:
    """Return the rows without those that have no value and that the table does not have: sources
    send such rows for years that are yet to come.
    """
    key = [
        at
        for at, column in enumerate(columns)
        if column.field.name in resource.table_schema.primary_key
    ]
    standing = {tuple(row[at] for at in key) for row in old}
    having = set(valued)
    return [
        row
        for row in rows
        if row in having or tuple(columns[at].cell(row) for at in key) in standing
    ]


def _joined(
    resource: Resource, columns: Sequence[_Column], rows: Sequence[SourceRow]
) -> list[list[str]]:
    """Return the rows of the table. Where columns have conditions of their own, rows of the source
    with one key are one row.
    """
    if not any(column.where for column in columns):
        return [[column.cell(row) for column in columns] for row in rows]
    keys = [column for column in columns if column.field.name in resource.table_schema.primary_key]
    joined: dict[SourceRow, list[str | None]] = {}
    for row in rows:
        fitting = [column.fits(row) for column in columns]
        is_value = [
            fits and bool(column.where) for fits, column in zip(fitting, columns, strict=True)
        ]
        if not any(is_value):
            continue
        key = tuple(column.cell(row) for column in keys)
        cells = joined.setdefault(key, [None] * len(columns))
        for at, (column, fits) in enumerate(zip(columns, fitting, strict=True)):
            if not fits:
                continue
            cell = column.cell(row)
            if cells[at] is not None and cells[at] != cell and column.where:
                raise SourceError(
                    f"{', '.join(key)}: `{column.field.name}` is {cells[at]} in one row that came, "
                    f"and {cell} in another",
                    "Choose one of them in `where` or `rows`.",
                )
            cells[at] = cell
    return [["" if cell is None else cell for cell in cells] for cells in joined.values()]


def _as_before(resource: Resource, rows: list[list[str]], old: list[list[str]]) -> list[list[str]]:
    """Return the rows in the order of those that stand, with each cell as it stands where its value
    is the same.
    """
    fields = resource.table_schema.fields
    key = [at for at, field in enumerate(fields) if field.name in resource.table_schema.primary_key]

    def sortings(row: Sequence[str]) -> tuple[Sorting, ...]:
        return tuple(_sorting(row[at], fields[at].type) for at in key)

    standing = [sortings(row) for row in old]
    places = {place: at for at, place in enumerate(standing)}
    kept: list[tuple[tuple[Sorting, ...], list[str]]] = []
    for row in rows:
        place = sortings(row)
        was = old[places[place]] if place in places else row
        cells = zip(row, was, fields, strict=True)
        kept.append((place, [_as_it_was(cell, past, field) for cell, past, field in cells]))
    for order in itertools.permutations(range(len(key))[:_MOST_KEYS]):
        for is_reversed in (False, True):
            if len(old) > 1 and _is_sorted(standing, order, is_reversed):
                in_order = operator.itemgetter(*order)
                kept.sort(key=lambda entry: in_order(entry[0]), reverse=is_reversed)
                return [row for _, row in kept]
    kept.sort(key=lambda entry: places.get(entry[0], len(old)))
    return [row for _, row in kept]


_MOST_KEYS = 4
Sorting = tuple[int, float, str]
"""A cell as it is ordered: numbers as numbers, all else as text."""


def _is_sorted(
    places: Sequence[tuple[Sorting, ...]], order: Sequence[int], is_reversed: bool
) -> bool:
    """True if rows are sorted by the columns of their key in this order."""
    in_order = operator.itemgetter(*order)
    pairs = itertools.pairwise(map(in_order, places))
    return all((later <= place) if is_reversed else (place <= later) for place, later in pairs)


def _sorting(cell: str, kind: str) -> Sorting:
    """Return a cell as it is ordered."""
    if kind in ("integer", "number"):
        try:
            return 0, float(cell), ""
        except ValueError:
            pass
    return 1, 0.0, cell


def _as_it_was(cell: str, past: str, field: Field) -> str:
    """Return a cell as it stands if its value is the same, however it is written."""
    if cell == past or not cell or not past:
        return cell
    if field.type == "boolean":
        return past if past.lower().replace("1", "true").replace("0", "false") == cell else cell
    if field.type in ("integer", "number"):
        try:
            return past if Decimal(cell) == Decimal(past) else cell
        except InvalidOperation:
            return cell
    return cell


def _rows_of(content: bytes) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the CSV that stands; nothing of one that is damaged."""
    try:
        rows = [row for _, row in csv_rows(content.decode("utf-8-sig"), "")]
    except (BroadsheetError, UnicodeDecodeError):
        return [], []
    header = rows[0] if rows else []
    return header, [row for row in rows[1:] if len(row) == len(header)]


# Columns


@dataclass(frozen=True)
class _Column:
    """A column of the table, with the way to its cells."""

    field: Field
    """The column."""
    where: tuple[tuple[int, str], ...]
    """The cells, by column of the source, of the rows that it comes from."""
    at: int | None
    """The column of the source; None for a constant."""
    cell: Callable[[SourceRow], str]
    """The function that makes a cell of a row of the source."""

    def fits(self, row: SourceRow) -> bool:
        """True if the cells of a row of the source are those that the column comes from."""
        return all(row[at] == value for at, value in self.where)


def _column(field: Field, entry: Refresh, table: SourceTable) -> _Column:
    rule = entry.columns.get(field.name, field.name)
    if isinstance(rule, str):
        rule = ColumnSource.model_validate({"from": rule})
    if rule.constant is not None:
        text = rule.constant
        return _Column(field, (), None, lambda row: text)
    name = rule.origin or field.name
    at = _at(table, name, field.name)
    where = tuple((_at(table, of), str(value)) for of, value in rule.where.items())

    made_of: dict[str, str] = {}

    def cell(row: SourceRow) -> str:
        text = row[at]
        if text not in made_of:
            made_of[text] = _cell(rule.values.get(text, text), field, rule, entry, name)
        return made_of[text]

    return _Column(field, where, at, cell)


def _at(table: SourceTable, name: str, of: str = "") -> int:
    """Return the place of a column of the source."""
    if name in table.columns:
        return table.columns.index(name)
    wanted_for = f", of which `{of}` is made," if of and of != name else ""
    raise SourceError(
        f"the column {shown(name)}{wanted_for} is not in what came; there are "
        f"{_listed(table.columns)}",
        f"{question(name, table.columns)}If the source has renamed it, correct `columns` or `rows` "
        "of `refresh`.",
    )


def _cell(text: str, field: Field, rule: ColumnSource, entry: Refresh, name: str) -> str:
    """Return a cell of the source as one of the table. Raises :class:`SourceError`."""
    cell: str | None = text
    if rule.part is not None:
        period = _period(text)
        cell = "" if not text else None
        if period is not None:
            cell = str(period[0].year if rule.part == "year" else period[0].month)
    elif field.type in ("integer", "number"):
        cell = _number(text, field, rule, commas=entry.decimal == ",")
    elif field.type == "date":
        period = _period(text)
        cell = period[0].isoformat() if period else (None if text else "")
    elif field.type == "boolean":
        cell = text.lower()
    if cell is None:
        nouns = {"date": "a day or a period", "integer": "a whole number", "number": "a number"}
        kind = "a day or a period" if rule.part else nouns[field.type]
        raise SourceError(
            f"{shown(text, 60)} came in the column {shown(name)}, where `{field.name}` is {kind}",
            "See whether the source has changed the column, or its sign of no value.",
        )
    return cell


def _number(text: str, field: Field, rule: ColumnSource, *, commas: bool) -> str | None:
    plain = catalogue_number(text, commas=commas)
    if not plain:
        return plain
    is_whole = field.type == "integer"
    if not (rule.scale or rule.decimals is not None or is_whole):
        return plain
    with localcontext(prec=60):
        number = Decimal(plain)
        if abs(number.adjusted()) > _MOST_DIGITS:
            return None
        number = number.scaleb(rule.scale)
        if rule.decimals is not None:
            number = number.quantize(Decimal(1).scaleb(-rule.decimals), ROUND_HALF_EVEN)
        if is_whole and number != number.to_integral_value():
            return None
        if is_whole or rule.decimals is None:
            number = number.normalize()
        return format(number, "f")


_MOST_DIGITS = 300


# Days and periods


_PERIOD = re.compile(
    r"(?:YR)?(?P<year>\d{4})"
    r"(?:-?(?:Q(?P<quarter>[1-4])|[SH](?P<half>[12])|W(?P<week>\d\d?)|A1)"
    r"|-?M(?P<month>\d\d?)"
    r"|-(?P<dashed>\d\d)(?:-(?P<day>\d\d)(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?)?"
    r"|(?P<bare>\d\d)(?P<bare_day>\d\d)?)?",
    re.ASCII,
)


def _period(text: str) -> tuple[date, date] | None:
    """Return the first and the last day of a period as sources write it: `2024`, `2024-Q1`,
    `2024-03`, `2024M03`, `202403`, `2024-W05`, `2024-03-31`; None for another text.
    """
    match = _PERIOD.fullmatch(text.strip())
    if match is None:
        return None
    year = int(match["year"])
    month = match["month"] or match["dashed"] or match["bare"]
    day = match["day"] or match["bare_day"]
    try:
        if match["week"]:
            monday = date.fromisocalendar(year, int(match["week"]), 1)
            return monday, monday + timedelta(days=6)
        if month and day:
            moment = date(year, int(month), int(day))
            return moment, moment
        first, count = 1, 12
        if match["quarter"]:
            first, count = 3 * int(match["quarter"]) - 2, 3
        elif match["half"]:
            first, count = 6 * int(match["half"]) - 5, 6
        elif month:
            first, count = int(month), 1
        last = first + count - 1
        return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
    except ValueError:
        return None


def _last_day(
    resource: Resource, columns: Sequence[_Column], rows: Sequence[SourceRow]
) -> date | None:
    """Return the last day of the latest period in the rows that came. Days that are each the first
    of a month stand for the months, quarters or years whose beginnings they are.
    """
    along = resource.columns.along
    column = next((column for column in columns if column.field.name == along), None)
    if column is None or column.at is None:
        return None
    at = column.at
    texts = {row[at] for row in rows}
    periods = [period for text in texts if (period := _period(text)) is not None]
    if not periods:
        return None
    last = max(end for _, end in periods)
    if column.field.type == "integer" and last.year not in YEARS:
        return None
    days = {begin for begin, end in periods if begin == end}
    if len(days) > 2 and len(days) == len({begin for begin, _ in periods}):
        months = {begin.month for begin in days}
        if {begin.day for begin in days} == {1}:
            count = 12 if months == {1} else 3 if months <= {1, 4, 7, 10} else 1
            end = last.month + count - 1
            return date(last.year, end, calendar.monthrange(last.year, end)[1])
    return last


def _listed(names: Sequence[str]) -> str:
    return enumerated([shown(name, 40) for name in names], 20)
