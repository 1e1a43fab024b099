"""Reads a CSV file as people write it, and makes the plain one of the catalogue.

What comes in may have any of the usual encodings, delimiters and ways of writing numbers and days:
semicolons and decimal commas, thousands apart, `31.12.2023`, `12.5 %`, `n/a`. What goes out is UTF-8
with commas, decimal points, ISO dates and empty cells, and a type for each column. A column is a
number or a day only if each of its cells is one. Days such as `03/04/2023` could be two: another row,
`13/04/2023`, settles which, or they are left as text; the notes say so in either case.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from broadsheet.data.csv_rows import csv_rows, refuse_foreign
from broadsheet.data.descriptor import FieldType, repeated
from broadsheet.errors import DataError, Place
from plotly_alive.errors import enumerated, shown

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_MISSING = frozenset(
    ("", "-", "–", "—", ".", "..", ":", "na", "n/a", "n.a.", "nan", "null", "none")
)
_SPACE = r"\s'"
_APART = re.compile(rf"(?<!\d)\d{{1,3}}(?:[{_SPACE}]\d{{3}})+(?!\d)")
"""Digits with a space between each three; other spaces between digits are no number's."""
_SPACES = re.compile(rf"[{_SPACE}]+(?![\d{_SPACE}])|(?<![\d{_SPACE}])[{_SPACE}]+")
_POINT = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?", re.ASCII)
_CODE = re.compile(r"[+-]?0\d", re.ASCII)
_SURELY_COMMA = re.compile(r"[+-]?\d[\d.]*,(?:\d{1,2}|\d{4,})\s*%?", re.ASCII)
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y")
"""The ways of writing a day that say which number is the month."""
_EITHER = (("%d/%m/%Y", "%m/%d/%Y"), ("%d-%m-%Y", "%m-%d-%Y"))
"""The ways of which one can be taken for the other: with the day first, and with the month."""
_SHORT_DAY = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{2}", re.ASCII)
"""A day without its century, of which nobody can tell which number is what."""
_UNIT = re.compile(r"(?P<title>.+?)\s*[(\[](?P<unit>[^()\[\]]+)[)\]]\s*")
_CAMEL = re.compile(r"[a-z]{2,}[A-Z]\w*")
_HUMP = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DOT = re.compile(r"(?<=[a-z]{2})\.(?=[a-z])")
_NAMING = re.compile(r"\b(?:id|code|key|rank|number|no|nr|year|jahr|month|week|day)\b|year$", re.I)
_MOST_KEYS = 4
_LONGEST_NAME = 1000


@dataclass(frozen=True)
class CsvColumn:
    """A column of a file."""

    name: str
    """Its name in the file."""
    type: FieldType
    """The type of its cells."""
    title: str
    """A title for people, from its name."""
    unit: str = ""
    """The unit in its name; empty without one."""


@dataclass(frozen=True)
class PlainTable:
    """A table in the catalogue's form."""

    data: bytes
    """The bytes of its CSV file."""
    columns: tuple[CsvColumn, ...]
    """The columns."""
    key: tuple[str, ...]
    """The columns that together name a row."""
    rows: tuple[tuple[str, ...], ...]
    """The cells of each row."""
    notes: tuple[str, ...] = field(default=())
    """Notes on what was changed, or is unclear."""


def plain_table(data: bytes, file: str, key: Sequence[str] = ()) -> PlainTable:
    """Return the table in the bytes of a CSV ``file``. The columns of ``key`` name its rows;
    without them, columns that do are looked for. Raises :class:`DataError` if it is not a table.
    """
    refuse_foreign(data, file)
    text, encoding = decoded_text(data)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataError(
            Place(file, line=line),
            "this is no CSV file: here is a NUL, which no text has",
            "See what file it is. A table is saved as CSV in UTF-8.",
        )
    delimiter = delimiter_of(text)
    header, *rows = _rows(text, delimiter, file)
    names = _names(header, file)
    commas = delimiter != "," and any(
        _SURELY_COMMA.fullmatch(cell.strip()) for row in rows for cell in row
    )
    notes = [f"it was read as {encoding}"] if encoding else []
    notes += [f"its cells stood between {_DELIMITERS[delimiter]}"] if delimiter != "," else []
    notes += ["its numbers had decimal commas"] if commas else []
    columns, cells = list[CsvColumn](), list[list[str]]()
    for name, column in zip(names, zip(*rows, strict=True), strict=True):
        typed, values, note = _column(name, [cell.strip() for cell in column], commas)
        columns.append(typed)
        cells.append(values)
        notes += [f"column {name!r}: {note}"] if note else []
    plain = [tuple(row) for row in zip(*cells, strict=True)]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([names, *plain])
    same = [row for row in csv.reader(io.StringIO(text, newline="")) if row] == [
        names,
        *map(list, plain),
    ]
    return PlainTable(
        data if same and not encoding else out.getvalue().encode(),
        tuple(columns),
        _key(columns, cells, key, file),
        tuple(plain),
        tuple(notes),
    )


def catalogue_number(cell: str, *, commas: bool) -> str | None:
    """Return a cell as a number of the catalogue; empty for a sign of no value, such as `n/a`, and
    None for another text.
    """
    cell = cell.strip()
    if cell.lower() in _MISSING:
        return ""
    is_number = (_COMMA if commas else _POINT).fullmatch(_bare(cell))
    return _with_point(cell, commas=commas) if is_number else None


def _with_point(cell: str, *, commas: bool) -> str:
    cell = _bare(cell).removeprefix("+")
    return cell.replace(".", "").replace(",", ".") if commas else cell.replace(",", "")


def decoded_text(data: bytes) -> tuple[str, str]:
    """Return the text, and the name of its encoding if it is not UTF-8."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), "UTF-16"
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), "Windows-1252; look at the letters with accents"


def delimiter_of(text: str) -> str:
    """Return the delimiter by which most of the first lines have the same number of cells, and more
    than one.
    """

    def cells(delimiter: str) -> tuple[bool, int, int]:
        counts = Counter[int]()
        with suppress(
            csv.Error
        ):  # of a cell that is too long: read with this delimiter, it is said
            for row in itertools.islice(
                csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 50
            ):
                counts[len(row)] += bool(row)
        count, lines_with_it = counts.most_common(1)[0] if counts else (0, 0)
        return count > 1, lines_with_it, count

    return max(_DELIMITERS, key=cells)


def _rows(text: str, delimiter: str, file: str) -> list[list[str]]:
    """Return the rows, the header first, all of one length."""
    rows = csv_rows(text, file, delimiter)
    numbered = [(line, row) for line, row in rows if any(cell.strip() for cell in row)]
    if len(numbered) < 2:
        raise DataError(file, "there is no table in this file", "It needs a header, and rows.")
    width = len(numbered[0][1])
    for line, row in numbered:
        if len(row) != width:
            raise DataError(
                Place(file, line=line),
                f"the row has {len(row)} cells, and the header has {width}",
                "Take out the lines above the header and the notes below the table; put a cell with "
                "a comma in it in quotes.",
            )
    return [row for _, row in numbered]


def _names(header: Sequence[str], file: str) -> list[str]:
    names = [name.strip() or f"column-{number}" for number, name in enumerate(header, 1)]
    for number, name in enumerate(names, 1):
        if len(name) > _LONGEST_NAME:
            raise DataError(
                file,
                f"the name of column {number} has {len(name):,} characters: {shown(name, 40)}",
                f"A column's name has {_LONGEST_NAME} characters at most. Put the header into the first line.",
            )
    twice = next(repeated(names), None)
    if twice is not None:
        raise DataError(
            Place(file, column=twice), "two columns have this name", "Rename one in the file."
        )
    return names


def _column(name: str, cells: Sequence[str], commas: bool) -> tuple[CsvColumn, list[str], str]:
    """Return a column, its cells in the plain form, and a note."""
    titled = _UNIT.fullmatch(name)
    title, unit = (
        column_title(titled["title"] if titled else name),
        titled["unit"] if titled else "",
    )
    present = [cell for cell in cells if cell.lower() not in _MISSING]
    if not present:
        return CsvColumn(name, "string", title, unit), ["" for _ in cells], "it is empty"
    if {cell.lower() for cell in present} <= {"true", "false"}:
        return CsvColumn(name, "boolean", title, unit), _each(cells, str.lower), ""
    number = _COMMA if commas else _POINT
    bare = list(map(_bare, present))
    if all(number.fullmatch(cell) for cell in bare) and not any(map(_CODE.match, bare)):
        percent = all(cell.endswith("%") for cell in present)

        values = _each(cells, partial(_with_point, commas=commas))
        whole = all(re.fullmatch(r"-?\d{1,18}", value) for value in values if value)
        kind: FieldType = "integer" if whole else "number"
        return CsvColumn(name, kind, title, unit or ("percent" if percent else "")), values, ""
    day, note = _day(present)
    if day is not None:
        return CsvColumn(name, "date", title, unit), _each(cells, day), note
    return CsvColumn(name, "string", title, unit), list(cells), note


def column_title(name: str) -> str:
    """Return a title for people from a column's name. `life_expectancy`, `lifeExpectancy` and
    `life.expectancy` are "Life expectancy". Words with capitals of their own, such as `GDP` or
    `eBay`, keep them.
    """
    words = name.replace("_", " ").split()
    if len(words) == 1 and _CAMEL.fullmatch(words[0]):
        humps = _HUMP.split(words[0])
        words = [word if word.isupper() and len(word) > 1 else word.lower() for word in humps]
    title = _DOT.sub(" ", " ".join(words)) or name
    first = title.partition(" ")[0]
    return title[:1].upper() + title[1:] if first.islower() else title


def _bare(cell: str) -> str:
    """A number without the spaces around and between its groups of digits, and without its `%`."""
    together = _APART.sub(lambda match: re.sub(f"[{_SPACE}]", "", match[0]), cell)
    return _SPACES.sub("", together).removesuffix("%")


def _each(cells: Sequence[str], plain: Callable[[str], str]) -> list[str]:
    return ["" if cell.lower() in _MISSING else plain(cell) for cell in cells]


def _day(cells: Sequence[str]) -> tuple[Callable[[str], str] | None, str]:
    """Return the function that writes a day of these cells in ISO 8601, and a note if it could be
    another day. The function is None if the cells are not days, or if it is unclear which days they
    are.
    """
    for form in _DAYS:
        if all(_read(cell, form) for cell in cells):
            return partial(_read, form=form), ""
    for forms in _EITHER:
        if all(any(_read(cell, form) for form in forms) for cell in cells):
            return _either(cells, forms)
    if all(map(_SHORT_DAY.fullmatch, cells)):
        return None, f"{shown(cells[0])} may be a day, and stays text: write a day as 2026-06-05"
    return None, ""


def _either(
    cells: Sequence[str], forms: tuple[str, str]
) -> tuple[Callable[[str], str] | None, str]:
    """Return a reader of days whose numbers may be day and month or month and day, and a note on
    the reading. The other cells of the column decide.
    """
    readings = {cell: [_read(cell, form) for form in forms] for cell in cells}
    unclear = next(
        (cell for cell, (first, other) in readings.items() if first and other != first and other),
        "",
    )
    of_day, of_month = (
        next((cell for cell, read in readings.items() if read[at] and not read[1 - at]), "")
        for at in (0, 1)
    )
    if of_day and of_month:
        return None, (
            f"{shown(of_day)} has the day first and {shown(of_month)} the month, so all stay text: "
            f"write {readings[of_day][0]}"
        )
    if unclear and not (of_day or of_month):
        first, other = (_in_words(day) for day in readings[unclear])
        return None, (
            f"{shown(unclear)} may be {first} or {other}, and stays text: write {readings[unclear][0]} or "
            f"{readings[unclear][1]}"
        )
    at = 1 if of_month else 0
    settled = (
        f"{shown(of_month or of_day)} says that the {'month' if of_month else 'day'} comes first"
    )
    note = (
        f"{settled}, so {shown(unclear)} is {_in_words(readings[unclear][at])}" if unclear else ""
    )
    return partial(_read, form=forms[at]), note


def _in_words(day: str) -> str:
    """Return an ISO day as a note has it: `6 May 2026`."""
    moment = datetime.fromisoformat(day)
    return f"{moment.day} {moment:%B %Y}"


def _read(cell: str, form: str) -> str:
    try:
        return datetime.strptime(cell, form).date().isoformat()
    except ValueError:
        return ""


def _key(
    columns: Sequence[CsvColumn], cells: Sequence[Sequence[str]], chosen: Sequence[str], file: str
) -> tuple[str, ...]:
    """Return the columns that together name a row: as few as possible of those that name things,
    then of the whole numbers.
    """
    values = dict(zip((column.name for column in columns), cells, strict=True))
    for name in chosen:
        if name not in values:
            raise DataError(
                file, f"there is no column {name!r}", f"There are: {enumerated(list(values), 20)}."
            )
    full = [column for column in columns if all(values[column.name])]
    naming = [
        column.name
        for column in full
        if column.type in ("string", "date") or _names_rows(column, values)
    ]
    whole = [
        column.name for column in full if column.type == "integer" and column.name not in naming
    ]
    tried = [tuple(chosen)] if chosen else []
    if not chosen:
        for names in (naming, [*naming, *whole]):
            for count in range(1, _MOST_KEYS + 1):
                tried += itertools.combinations(names[:10], count)
    for key in tried:
        rows = list(zip(*(values[name] for name in key), strict=True))
        if len(set(rows)) == len(rows):
            return tuple(key)
    raise DataError(
        file,
        f"{', '.join(chosen)} name no row alone" if chosen else "no columns together name each row",
        "Give those that do: --key COLUMN, once for each; take out rows that are there twice.",
    )


def _names_rows(column: CsvColumn, values: dict[str, Sequence[str]]) -> bool:
    """True if whole numbers name rows and do not measure: years, codes, ranks."""
    if column.type != "integer":
        return False
    years = all(1500 <= int(value) < 2200 for value in values[column.name])
    return years or bool(_NAMING.search(column.title))
