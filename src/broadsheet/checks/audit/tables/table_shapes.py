"""Makes an :class:`AuditTable` of cells of text: which columns name rows, which are times, which
measure something; years, months or places that are columns become cells of their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

import numpy as np
from babel import Locale

from broadsheet.checks.audit.audit_table import (
    AuditTable,
    FloatArray,
    IntArray,
    LabelColumn,
    MeasureColumn,
    Resolution,
    TimeColumn,
)
from broadsheet.checks.audit.places import names_of_regions, place_code, plain_name
from broadsheet.data.csv_reading import catalogue_number
from broadsheet.data.refresh.answers import SourceTable

_YEAR = re.compile(
    r"(?:[A-Za-z_]{1,5}|FY ?)?(1[5-9]\d\d|20\d\d|21\d\d)(?:\.0|[\s(\[]+YR\d{4}[)\]])?"
)
_COMMAED = re.compile(r"[+-]?\d[\d.\s]*,\d{1,2}\s*%?")
"""A number that has surely a decimal comma."""
_POINTED = re.compile(r"[+-]?\d[\d,]*\.\d+\s*%?")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?\s*%?")
"""A number whose points may stand between thousands."""
_WITH_YEAR = re.compile(r"(.*?)(?<!\d)((?:19|20)\d\d)(?!\d)(.*)")
_TIMES: tuple[tuple[Resolution, re.Pattern[str]], ...] = (
    ("year", re.compile(r"(?P<y>1[5-9]\d\d|20\d\d|21\d\d)(?:\.0)?")),
    ("year", re.compile(r"(?P<y>1[5-9]\d\d|20\d\d|21\d\d)-(?P<m>12)-(?P<d>31)")),
    ("quarter", re.compile(r"(?P<y>\d{4})[- ]?Q(?P<q>[1-4])", re.IGNORECASE)),
    ("quarter", re.compile(r"Q(?P<q>[1-4])[- /]?(?P<y>\d{4})", re.IGNORECASE)),
    ("month", re.compile(r"(?P<y>\d{4})[-/M](?P<m>0[1-9]|1[0-2])")),
    ("month", re.compile(r"(?P<m>0?[1-9]|1[0-2])/(?P<y>\d{4})")),
    ("month", re.compile(r"(?P<n>[A-Za-z]{3,9})\.?[- ](?P<y>\d{4})")),
    ("month", re.compile(r"(?P<y>\d{4})[- ](?P<n>[A-Za-z]{3,9})")),
    ("day", re.compile(r"(?P<y>\d{4})[-/]?(?P<m>\d\d)[-/]?(?P<d>\d\d)(?:[T ][\d:.,Z+-]*)?")),
    ("day", re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})")),
    ("day", re.compile(r"(?P<d>\d{1,2})[- ](?P<n>[A-Za-z]{3,9})[- ,]+(?P<y>\d{4})")),
    ("day", re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})")),
    ("day", re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})")),
)
MONTHS = {
    str(name).lower(): number
    for width in ("wide", "abbreviated")
    for number, name in Locale("en").months["format"][width].items()
} | {"sept": 9}
"""The months by their English names."""
_TIME_NAMES = re.compile(
    r"year|years|jahr|ann[ée]e|date|datum|day|month|monat|mois|quarter|period|time|season|yr|"
    r"\ba[ñn]os?\b|fecha|\bmes\b|trimestre|quartal|périod",
    re.IGNORECASE,
)
_NOT_MEASURED = re.compile(
    r"(?:unnamed.*|index|idx|id|.*[ _-](?:id|no|nr)|code|.*[ _-]codes?|rank|ranking|rang|no|nr|row|"
    r"lat|lon|lng|latitude|longitude|zip|postcode|fips|iso.*|decimal[ _]?date|m49|isic.*|hs\d?)",
    re.IGNORECASE,
)
_RUN_TOGETHER = re.compile(
    r"\b(?:(?:perc|pct)(?!ent)(?=[a-z]{4})|pop(?=total|density|growth|change|urban|rural))",
    re.IGNORECASE,
)
"""Words with which others are written without a space: `poptotal`, `percwhite`."""
_MONTH_NAMES = re.compile(r"month|monat|mois|\bmes\b", re.IGNORECASE)
_DAY_NAMES = re.compile(
    r"(?:date[ _.]of[ _.]month|day[ _.]of[ _.]month|day|dayofmonth|mday|tag|jour|d[ií]a)",
    re.IGNORECASE,
)
_QUARTERS = re.compile(r"quarter|qtr|quartal|trimestre", re.IGNORECASE)
_HEADED = re.compile(r"(?P<title>.+?)\s*[(\[](?P<unit>[^()\[\]]{1,40})[)\]]\s*(?P<rest>.*)")
_NO_VALUE = re.compile(r"[*.:–—-]{1,3}|\[?[xcz]\]?|n/?a|n\.a\.|s\.?")
"""Signs in a column of numbers for a value that is not there, or that is kept back."""
_NUMBERS_AT_LEAST = 0.9
_FEW_LABELS, _LONGEST_LABEL, _LONGEST_NAME = 3, 80, 300


@dataclass(frozen=True)
class ColumnWords:
    """The words of a column in a Data Package."""

    title: str = ""
    """Its title."""
    unit: str = ""
    """Its unit."""
    description: str = ""
    """Its description."""


@dataclass(frozen=True)
class TableWords:
    """The words for a table beside its cells."""

    file: str
    """The path of its file."""
    name: str
    """Its short name."""
    title: str = ""
    """Its title."""
    columns: Mapping[str, ColumnWords] | None = None
    """The words of its columns, by name."""
    sheet: str = ""
    """The sheet of a workbook."""

    def of(self, column: str) -> ColumnWords:
        """Return the words of a column."""
        return (self.columns or {}).get(column, ColumnWords())


def shaped(source: SourceTable, words: TableWords) -> list[AuditTable]:
    """Return the table in some cells of text; of columns such as `murders_2014` and `murders_2015`, a
    table for each measure, and one of the other columns.
    """
    columns = [[row[at].strip() for row in source.rows] for at in range(len(source.columns))]
    years = {at: year for at, name in enumerate(source.columns) if (year := _year_of(name))}
    months = {
        at: MONTHS[low] for at, name in enumerate(source.columns) if (low := name.lower()) in MONTHS
    }
    commas = _has_decimal_commas(columns)
    numbers = {at: _numbers(cells, commas=commas) for at, cells in enumerate(columns)}
    is_of_years = len(years) > 1 and all(numbers[at] is None or at in years for at in numbers)
    if len(years) >= _FEW_LABELS or is_of_years:
        return [_melted(source, words, columns, numbers, sorted(years), years=years)]
    year = _year_in(f"{words.name} {words.title}")
    if len(months) == 12 or (len(months) >= _FEW_LABELS and year):
        return [_melted(source, words, columns, numbers, sorted(months), months=months)]
    places = [
        at
        for at, name in enumerate(source.columns)
        if numbers[at] is not None and len(name) > 3 and _is_place(name)
    ]
    if (
        len(places) >= 2
        and len(places) * 2 >= sum(value is not None for value in numbers.values()) - 1
    ):
        return [_melted(source, words, columns, numbers, places)]
    measures = _dated(source.columns, numbers)
    tables = [
        _melted(source, words, columns, numbers, sorted(dated), years=dated, name=name)
        for name, dated in measures.items()
    ]
    melted = {at for dated in measures.values() for at in dated}
    return [*tables, _long(source, words, columns, numbers, melted)]


def _year_in(text: str) -> int:
    """Return the only year in the words for a table; 0 if there is none, or several."""
    years = {int(year) for year in re.findall(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)", text)}
    return years.pop() if len(years) == 1 else 0


def _is_place(name: str) -> bool:
    """True if the name of a column is that of a country, a state or a province."""
    return bool(place_code(name)) or plain_name(name) in names_of_regions()


def _dated(
    names: Sequence[str], numbers: Mapping[int, tuple[FloatArray, str] | None]
) -> Mapping[str, dict[int, int]]:
    """Return the columns of numbers whose names are those of a measure and a year, with the years, by
    the name without the year.
    """
    measures: dict[str, dict[int, int]] = {}
    for at, name in enumerate(names):
        match = _WITH_YEAR.fullmatch(name) if numbers[at] is not None else None
        if match:
            measures.setdefault(spaced(f"{match[1]} {match[3]}"), {})[at] = int(match[2])
    return {
        name: years
        for name, years in measures.items()
        if len(years) > 1 and re.search(r"[^\W\d_]{2}", name)
    }


def _long(
    source: SourceTable,
    words: TableWords,
    columns: Sequence[list[str]],
    numbers: Mapping[int, tuple[FloatArray, str] | None],
    without: Collection[int],
) -> AuditTable:
    time, timed = _time(source.columns, columns, numbers)
    labels, measures = list[LabelColumn](), list[MeasureColumn]()
    for at, name in enumerate(source.columns):
        values = numbers[at]
        if at in timed or at in without:
            continue
        if values is None:
            labels += _labels(name, columns[at], words)
        elif not _NOT_MEASURED.fullmatch(name):
            measures.append(_measure(name, *values, words))
    size = len(source.rows)
    return AuditTable(
        words.file, words.name, words.title, tuple(labels), time, tuple(measures), size, size,
        sheet=words.sheet, columns=len(source.columns),
    )  # fmt: skip


def _melted(
    source: SourceTable,
    words: TableWords,
    columns: Sequence[list[str]],
    numbers: Mapping[int, tuple[FloatArray, str] | None],
    wide: Sequence[int],
    *,
    years: Mapping[int, int] | None = None,
    months: Mapping[int, int] | None = None,
    name: str = "",
) -> AuditTable:
    """Return a table whose columns ``wide`` are cells of their own."""
    count, size = len(wide), len(source.rows)
    nothing = np.full(size, np.nan)
    grid = np.column_stack([values[0] if (values := numbers[at]) else nothing for at in wide])
    others = [at for at in range(len(source.columns)) if at not in set(wide)]
    time, timed = (None, frozenset[int]()) if years else _time(
        source.columns, columns, numbers, tuple(others)
    )  # fmt: skip
    if years:
        keys = np.tile(np.array([years[at] * 10_000 for at in wide], dtype=np.int64), size)
        time = TimeColumn("", "year", keys)
    elif time is None and months and (only := _year_in(f"{words.name} {words.title}")):
        keys = np.tile(np.array([only * 10_000 + months[at] * 100 for at in wide]), size)
        time = TimeColumn("", "month", keys)
    elif time is not None:
        keys = np.repeat(time.keys, count)
        if months:
            keys = keys + np.tile(np.array([months[at] * 100 for at in wide], dtype=np.int64), size)
        time = TimeColumn(time.name, "month" if months else time.resolution, keys)
    labels = list[LabelColumn]()
    for at in others:
        if at not in timed and numbers[at] is None:
            labels += [
                LabelColumn(
                    column.name, column.title, column.labels, np.repeat(column.codes, count)
                )
                for column in _labels(source.columns[at], columns[at], words)
            ]
    names = tuple(source.columns[at] for at in wide)
    if not (years or months):
        codes = np.tile(np.arange(count, dtype=np.int64), size)
        labels.append(LabelColumn("", "", names, codes))
    units = {values[1] for at in wide if (values := numbers[at]) and values[1]}
    units |= {unit for at in wide if (unit := words.of(source.columns[at]).unit)}
    unit = units.pop() if len(units) == 1 else _unit_in(words.title)
    described = {text for at in wide if (text := words.of(source.columns[at]).description)}
    about = described.pop() if len(described) == 1 else ""
    title = name or words.title or words.name
    measure = MeasureColumn(name, title, about, unit or _unit_in(title), grid.reshape(-1))
    return AuditTable(
        words.file, words.name, words.title, tuple(labels), time, (measure,), size * count, size,
        names, words.sheet, len(source.columns),
    )  # fmt: skip


def _labels(name: str, cells: Sequence[str], words: TableWords) -> list[LabelColumn]:
    """Return the column as one of labels; none if its cells are sentences or addresses."""
    numbers: dict[str, int] = {}
    codes = np.fromiter(
        (numbers.setdefault(cell, len(numbers)) if cell else -1 for cell in cells),
        dtype=np.int64,
        count=len(cells),
    )
    labels = tuple(numbers)
    if not labels or sum(map(len, labels)) > _LONGEST_LABEL * len(labels):
        return []
    return [LabelColumn(name, words.of(name).title or spaced(name), labels, codes)]


def _measure(name: str, values: FloatArray, unit: str, words: TableWords) -> MeasureColumn:
    said = words.of(name)
    title = (said.title or spaced(name))[:_LONGEST_NAME]
    described = said.description if len(said.description) < 160 else ""
    return MeasureColumn(
        name, title, described, said.unit or _unit_in(name) or _unit_in(said.title) or unit, values
    )


def _unit_in(title: str) -> str:
    headed = _HEADED.fullmatch(title) if len(title) <= _LONGEST_NAME else None
    return headed["unit"] if headed else ""


@cache
def spaced(name: str) -> str:
    """Return the name of a column or a table as words: `lifeExp`, `gdp_usd_bn`, `cars93`."""
    apart = re.sub(
        r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z]{3})(?=\d{2,4}$)", " ", name
    )
    apart = _RUN_TOGETHER.sub(r"\g<0> ", apart)
    return " ".join(re.split(r"[\s_.]+", apart)).strip()


def _year_of(name: str) -> int:
    match = _YEAR.fullmatch(name.strip())
    return int(match[1]) if match else 0


def _has_decimal_commas(columns: Sequence[list[str]]) -> bool:
    """True if numbers have decimal commas for certain: one digit, or two, behind them. "216.277" is a thousand
    times as much beside a column of such numbers.
    """
    some = [[cell for cell in column[:200] if cell] for column in columns]
    cells = [cell for column in some for cell in column]
    with_points = [cell for cell in cells if _POINTED.fullmatch(cell)]
    if not with_points:
        return any(map(_COMMAED.fullmatch, cells))
    return all(map(_GROUPED.fullmatch, with_points)) and any(map(_is_of_commas, some))


def _is_of_commas(cells: Sequence[str]) -> bool:
    """True if a column is of numbers, most of them with decimal commas."""
    with_comma = [cell for cell in cells if _COMMAED.fullmatch(cell)]
    rest = [cell for cell in cells if cell not in with_comma]
    return len(with_comma) > len(rest) and all(
        cell.isdecimal() or _GROUPED.fullmatch(cell) or _NO_VALUE.fullmatch(cell) for cell in rest
    )


def _numbers(cells: Sequence[str], *, commas: bool) -> tuple[FloatArray, str] | None:
    """Return the numbers of a column, and `%` if its cells say so; None for another column."""
    with suppress(ValueError):
        if not (commas and any("." in cell for cell in cells)):
            return np.array([float(cell) if cell else np.nan for cell in cells], dtype=float), ""
    values, missing, others = np.full(len(cells), np.nan), 0, 0
    most = len(cells) * (1 - _NUMBERS_AT_LEAST)
    for at, cell in enumerate(cells):
        is_mark = not cell or (_NO_VALUE.fullmatch(cell) is not None)
        text = "" if is_mark else catalogue_number(cell.lstrip("$€£"), commas=commas)
        if text:
            values[at] = float(text)
        elif text is None:
            others += 1
            if others > most:
                return None
        else:
            missing += 1
    if missing + others == len(cells):
        return None
    signs = {cell[-1:] for cell in cells if cell}
    return values, "%" if "%" in signs else "$" if any(cell[:1] == "$" for cell in cells) else ""


def _time(
    names: Sequence[str],
    columns: Sequence[list[str]],
    numbers: Mapping[int, tuple[FloatArray, str] | None],
    among: Sequence[int] | None = None,
) -> tuple[TimeColumn | None, frozenset[int]]:
    """Return the times of the rows, and the columns that have them."""
    places = range(len(names)) if among is None else among
    named = sorted(places, key=lambda at: (not _TIME_NAMES.search(names[at]), at))
    for at in named:
        is_named = _TIME_NAMES.search(names[at]) is not None
        if numbers[at] is not None and not is_named:
            continue
        read = _times_of(columns[at])
        if read is None:
            continue
        resolution, keys = read
        if resolution == "year":
            month = next((other for other in places if _MONTH_NAMES.search(names[other])), None)
            added = _months(columns[month]) if month is not None and month != at else None
            if added is not None and month is not None:
                keys, timed = keys + added, frozenset((at, month))
                for day in places:
                    days = _days(columns[day]) if _DAY_NAMES.fullmatch(names[day]) else None
                    if days is not None and len(np.unique(keys + days)) > len(np.unique(keys)):
                        return TimeColumn(names[at], "day", keys + days), timed | {day}
                return TimeColumn(names[at], "month", keys), timed
            quarter = next((other for other in places if _QUARTERS.fullmatch(names[other])), None)
            if quarter is not None and quarter != at:
                firsts = _firsts(columns[quarter])
                if firsts is not None:
                    return TimeColumn(names[at], "quarter", keys + firsts), frozenset((at, quarter))
        return TimeColumn(names[at], resolution, keys), frozenset((at,))
    return None, frozenset()


def _times_of(cells: Sequence[str]) -> tuple[Resolution, IntArray] | None:
    distinct = list(dict.fromkeys(cell for cell in cells if cell))
    if not distinct:
        return None
    for resolution, form in _TIMES:
        if form.fullmatch(distinct[0]) is None:
            continue
        keys = [_key(form.fullmatch(cell)) for cell in distinct]
        if all(keys):
            coarse, divisor = _coarsened(resolution, keys)
            by_cell = {
                cell: key - key % divisor for cell, key in zip(distinct, keys, strict=True)
            } | {"": 0}
            times = map(by_cell.__getitem__, cells)
            return coarse, np.fromiter(times, dtype=np.int64, count=len(cells))
    return None


def _coarsened(resolution: Resolution, keys: Sequence[int]) -> tuple[Resolution, int]:
    """Return the resolution of times, and what of them is left out: a day in each year is the year,
    one in each month the month.
    """
    if resolution in ("day", "month") and len(keys) > _FEW_LABELS:
        if len({key // 10_000 for key in keys}) == len(keys):
            return "year", 10_000
        if resolution == "day" and len({key // 100 for key in keys}) == len(keys):
            return "month", 100
    return resolution, 10_000 if resolution == "year" else 1


def _key(match: re.Match[str] | None) -> int:
    """Return the time in a match, as 20240131; 0 for none."""
    if match is None:
        return 0
    parts = match.groupdict()
    name = parts.get("n")
    month = MONTHS.get(name.lower(), 0) if name else int(parts.get("m") or 0)
    if parts.get("q"):
        month = int(parts["q"] or 0) * 3 - 2
    day = int(parts.get("d") or 0)
    is_time = month <= 12 and day <= 31 and (month or not name)
    return int(parts["y"] or 0) * 10_000 + month * 100 + day if is_time else 0


def _days(cells: Sequence[str]) -> IntArray | None:
    """Return the days of the month of a column of them; None for another column."""
    if not all(cell.isdecimal() and 0 < int(cell) <= 31 for cell in set(cells)):
        return None
    return np.fromiter(map(int, cells), dtype=np.int64, count=len(cells))


def _firsts(cells: Sequence[str]) -> IntArray | None:
    """Return the first months of a column of quarters, times 100; None for another column."""
    quarters = {cell: cell.strip().upper().lstrip("Q") for cell in set(cells)}
    if not all(quarter in {"1", "2", "3", "4"} for quarter in quarters.values()):
        return None
    firsts = ((int(quarters[cell]) * 3 - 2) * 100 for cell in cells)
    return np.fromiter(firsts, dtype=np.int64, count=len(cells))


def _months(cells: Sequence[str]) -> IntArray | None:
    """Return the months of a column of them, times 100; None for another column."""
    by_cell = {
        cell: MONTHS.get(cell.lower()) or (int(cell) if cell.isdecimal() and len(cell) < 3 else 0)
        for cell in set(cells)
    }
    if not all(0 < month <= 12 for month in by_cell.values()):
        return None
    return np.fromiter((by_cell[cell] * 100 for cell in cells), dtype=np.int64, count=len(cells))
