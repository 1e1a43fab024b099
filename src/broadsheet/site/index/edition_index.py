"""The page with all editions of an article: `edition-index`.

It has a map, if a column says which country an edition is about; a table with each edition's last
value; and, where scripts run, editions side by side on one scale (`theme/editions.js`), under an
address that can be shared (`?with=china,india`). All of it is links and text without a script, and
everything that the script shows is in the page: the rows of the table have the values.

The figures are those rows of a table of the catalogue in which the columns that are called as the
article's parameters have the values of the edition.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from markupsafe import escape

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import Field, Resource, SourceEntry
from broadsheet.errors import BroadsheetError, Notice, Place
from broadsheet.figures.table.table_making import SEARCHED_FROM
from broadsheet.project.editions.edition_rules import comparable, fits, plain_rows
from broadsheet.project.settings.settings import EditionIndex, OwnKeys
from broadsheet.run.reads import digest
from broadsheet.site.article.edition_select import parameters_of
from broadsheet.site.article.entry import Entry
from broadsheet.site.index.edition_picker import by_label, is_first, label_of
from broadsheet.storage.value_digest import digest_of
from broadsheet.text.language import t_, written_number
from plotly_alive import country_names
from plotly_alive.reading.number_words import PLAIN, AxisNumbers, in_unit
from plotly_alive.text.numbers import AT_A_GLANCE

if TYPE_CHECKING:
    from broadsheet.site.index.edition_map import EditionMap

KEY = "edition-index"
COMPARED = 2000
"""Editions up to which the page has the values that are compared; with more it has links alone."""

_NUMBERS = ("integer", "number")
Parameters = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class EditionEntry:
    """An edition in the index."""

    label: str
    """Its label."""
    path: str
    """The path of its page."""
    key: str
    """The name by which addresses call it."""
    parameters: Parameters
    """Its parameters, as text."""


@dataclass(frozen=True)
class Row:
    """An edition with its figures."""

    entry: EditionEntry
    """The edition."""
    value: str = ""
    """The last value, as text; empty without figures."""
    number: float | None = None
    """The last value."""
    at: str = ""
    """The place of the last value on the axis."""
    country: str = ""
    """The code of its country."""
    lines: Sequence[Sequence[float | None]] = ()
    """The values of each line; None where there is none."""
    estimates: str = ""
    """For each place of the axis 1 if the values are estimates, else 0."""

    @property
    def data(self) -> str:
        """The values, as JSON."""
        return json.dumps(self.lines, separators=(",", ":"))


@dataclass(frozen=True)
class AllEditions:
    """All editions of an article."""

    catalogue: Catalogue = field(repr=False, compare=False)
    """The catalogue with the table of their figures."""
    resource: Resource = field(repr=False, compare=False)
    """The entry of that table."""
    settings: EditionIndex
    """The settings of the index."""
    article: Entry
    """The entry of the article's first page."""
    entries: Sequence[EditionEntry]
    """The editions."""
    made_of: str
    """A digest of the table and its entry."""

    @property
    def path(self) -> str:
        """The path of the page."""
        return path_of(self.article)

    @property
    def meta(self) -> Entry:
        """The metadata of the page."""
        written = self.settings.title or self.article.fields.get("picker-title")
        title, folder = str(written or t_("All editions")), str(PurePosixPath(self.path).parent)
        return Entry(
            self.path,
            f"{folder}/",
            self.article.source,
            title,
            str(escape(title)),
            lang=self.article.lang,
            is_listing=True,
        )

    @cached_property
    def _records(self) -> list[dict[str, Any]]:
        """The rows of the table; none if it has a fault, which the articles that read it tell."""
        try:
            return plain_rows(self.catalogue.table(self.settings.table))
        except BroadsheetError:
            return []

    @cached_property
    def _fields(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.resource.table_schema.fields}

    def head(self, name: str) -> str:
        """Return the title of a column, with its unit."""
        field = self._fields[name]
        return f"{field.title}, {field.unit}" if field.unit else str(field.title)

    @property
    def has_search(self) -> bool:
        """Readers may search the table."""
        return len(self.entries) >= SEARCHED_FROM

    @property
    def called(self) -> str:
        """The title of the column by whose values the editions differ."""
        return str(self._fields[self._joined[0]].title)

    @property
    def _joined(self) -> list[str]:
        """The columns that are called as parameters."""
        return [name for name, _ in self.entries[0].parameters if name in self._fields]

    @property
    def names(self) -> list[str]:
        """The titles of the lines."""
        return [str(self._fields[name].title) for name in self._lines]

    @property
    def measure(self) -> AxisNumbers:
        """The form of the values of the lines."""
        unit = self._fields[self._lines[0]].unit
        return in_unit(f", {unit}") if unit else PLAIN

    @property
    def sources(self) -> list[SourceEntry]:
        """The sources of the table, without those of single rows."""
        by_publisher = {
            source.publisher: source for source in reversed(self.resource.sources) if not source.key
        }
        return list(reversed(by_publisher.values()))

    @property
    def _lines(self) -> list[str]:
        return self.settings.lines or [self.settings.value]

    @cached_property
    def places(self) -> list[Any]:
        """All places of the axis, in order."""
        places = {comparable(row[self.settings.over]) for row in self._records} - {None}
        return sorted(places, key=lambda place: (isinstance(place, str), place))

    @property
    def positions(self) -> list[float]:
        """The positions of the places on the axis: numbers and days by their distances, others one
        after the other.
        """
        if all(isinstance(place, (int, float)) for place in self.places):
            return [float(place) for place in self.places]
        try:
            return [float(date.fromisoformat(str(place)).toordinal()) for place in self.places]
        except ValueError:
            return [float(at) for at in range(len(self.places))]

    @cached_property
    def rows(self) -> list[Row]:
        """The editions that have figures, by label; others without."""
        names = self._joined
        groups: dict[Parameters, list[dict[str, Any]]] = {}
        for row in self._records:
            if all(fits(row[name], value) for name, value in self.settings.where.items()):
                groups.setdefault(tuple((name, str(row[name])) for name in names), []).append(row)
        return [
            self._row(
                entry, groups.get(tuple(one for one in entry.parameters if one[0] in names), [])
            )
            for entry in self.entries
        ]

    def _row(self, entry: EditionEntry, records: list[dict[str, Any]]) -> Row:
        over, value = self.settings.over, self.settings.value
        placed = [(comparable(record[over]), record) for record in records]
        counts = Counter(at for at, _ in placed)  # which of several would count?
        by_place = {at: record for at, record in placed if counts[at] == 1}
        filled = [place for place in self.places if place in by_place]
        valued = [place for place in filled if by_place[place][value] is not None]
        if not valued:
            return Row(entry)
        last = by_place[valued[-1]]
        has_lines = len(self.entries) <= COMPARED
        country = ""
        if self.settings.place:
            country = country_names.code_of(str(last[self.settings.place])) or ""
        return Row(
            entry,
            written_number(last[value], AT_A_GLANCE),
            float(last[value]),
            str(valued[-1]),
            country,
            [
                [_rounded(by_place[at][name]) if at in by_place else None for at in self.places]
                for name in self._lines
            ]
            if has_lines
            else [],
            "".join(str(int(self._is_estimate(by_place.get(at)))) for at in self.places),
        )

    def _is_estimate(self, record: Mapping[str, Any] | None) -> bool:
        estimates = self.settings.estimates
        return bool(estimates and record) and all(
            fits((record or {})[name], value) for name, value in estimates.items()
        )

    @cached_property
    def map(self) -> EditionMap | None:
        """The map of the editions whose countries are known."""
        placed = [row for row in self.rows if row.country and row.number is not None]
        if not placed:
            return None
        from broadsheet.site.index.edition_map import edition_map

        return edition_map({row.country: (row.number or 0.0) for row in reversed(placed)})

    @cached_property
    def by_country(self) -> dict[str, Row]:
        """The rows by the codes of their countries."""
        return {row.country: row for row in reversed(self.rows) if row.country}


def all_editions_of(
    root: Path, editions: Iterable[Entry]
) -> tuple[AllEditions | None, Notice | None]:
    """Return the index of an article's editions, if it has one; a notice, if it cannot be made."""
    pages = list(editions)
    article = next((meta for meta in pages if is_first(meta)), None)
    written = article.fields.get(KEY) if article else None
    if article is None or not written:
        return None, None
    settings = OwnKeys.model_validate({KEY: written}).edition_index
    assert settings is not None
    entries = [_entry(meta) for meta in by_label(one for one in pages if one is not article)]
    try:
        catalogue = Catalogue.open(root)
        content = digest(root / catalogue.files(settings.table)[-1])
    except (BroadsheetError, OSError) as error:
        what = error.what if isinstance(error, BroadsheetError) else str(error)
        return None, _left_out(article, what, "Name a table of the catalogue.")
    resource = catalogue.resource(settings.table)
    fields = {field.name: field for field in resource.table_schema.fields}
    if misfit := _misfit(settings, fields, entries):
        return None, _left_out(article, *misfit)
    made_of = digest_of([content, resource])
    return AllEditions(catalogue, resource, settings, article, tuple(entries), made_of), None


def _left_out(article: Entry, what: str, mend: str) -> Notice:
    return Notice(Place(article.source), f"`{KEY}` is left out: {what}", mend)


def _misfit(
    settings: EditionIndex, fields: Mapping[str, Field], entries: Sequence[EditionEntry]
) -> tuple[str, str] | None:
    """Say why an index cannot be made of a table with these columns, and what to do; None if it
    can.
    """
    named = [settings.over, settings.value, *settings.lines, *filter(None, [settings.place])]
    for name in (*named, *settings.where, *settings.estimates):
        if name not in fields:
            what = f"{settings.table} has no column {name!r}"
            return what, f"There are: {', '.join(sorted(fields))}."
    measured = [fields[name] for name in settings.lines or [settings.value]]
    for column in (fields[settings.value], *measured):
        if column.type not in _NUMBERS:
            what = f"the column {column.name!r} of {settings.table} has no numbers"
            return what, "Name columns of numbers as `value` and `lines`."
    if len({one.unit for one in measured}) > 1:
        what = "its `lines` have several units, and one scale has one"
        return what, "Name lines of one unit."
    if not entries or not {name for name, _ in entries[0].parameters} & set(fields):
        what = f"no parameter of the article is a column of {settings.table}"
        return what, "Call a parameter as the column by whose values the editions differ."
    return None


def path_of(article: Entry) -> str:
    """Return the path of the index of an article's editions."""
    path = PurePosixPath(article.path)
    folder = path.parent if path.name == "index.html" else path.with_suffix("")
    return str(folder / "editions" / "index.html")


def _entry(meta: Entry) -> EditionEntry:
    parameters = tuple((name, str(value)) for name, value in parameters_of(meta).items())
    return EditionEntry(label_of(meta), meta.path, PurePosixPath(meta.path).stem, parameters)


def _rounded(value: Any) -> float | None:
    return None if value is None else float(AT_A_GLANCE.rounded(value))
