"""The credits under a figure: the source of its data, their date, their licence, and a note.

They come from the tables that the figure is drawn from; cell options override them:

    source    a table of the catalogue, or a column of it (`economies.gdp`);
              or {text: "Our own count", url: "https://…"}; or a list of these; false for none
    as-of     2022-12-31; false for none
    licence   "CC BY 4.0"; or {text: …, url: …}; false for none
    note      plain text in place of the tables' notes on the drawn rows; false for none

The tables' notes on rows are in the catalogue, as `notes` of a column: `estimate` → "estimates of
the Fund". A row is drawn if the chart has one of its figures, as it is or in other thousands, at
one of its key's values. A row from which values were computed is not found; `note` can name it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.corrections import note_of
from broadsheet.data.descriptor import DeclaredCorrection, SourceEntry
from broadsheet.data.origin import Origin
from broadsheet.errors import ConfigError
from broadsheet.figures.table.data_table import of_table
from broadsheet.storage.yaml_text import YamlText
from broadsheet.text.language import listed, n_, t_, written_date
from plotly_alive.table.table import Table

if TYPE_CHECKING:
    import pandas as pd

KEYS = ("source", "as-of", "licence", "note")
NAMED = 4
"""The most places that a note names; more are counted, except for consecutive years."""

_CREATIVE = re.compile(r"(CC)-(BY(?:-[A-Z]{2})*)-(\d\.\d)$")
_SHORT = {
    "CC0-1.0": "CC0 1.0",
    "PDDL-1.0": "PDDL 1.0",
    "ODC-BY-1.0": "ODC-BY 1.0",
    "ODbL-1.0": "ODbL 1.0",
}
_WEB = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True)
class CreditLink:
    """A text that may lead to an address."""

    text: str
    """The text."""
    url: str = ""
    """The address; empty for none."""


@dataclass(frozen=True)
class Credits:
    """The credits of a figure."""

    sources: tuple[CreditLink, ...] = ()
    """The sources of its data."""
    as_of: date | None = None
    """The last day that its data cover."""
    terms: tuple[CreditLink, ...] = ()
    """The licences' short names for the line; empty if there are only long names."""
    licences: tuple[CreditLink, ...] = ()
    """The licences in full."""
    note: str = ""
    """The note."""
    known: tuple[date, ...] = ()
    """The days on which data of earlier versions were known."""
    overdue: date | None = None
    """The day since which the data were to be updated; None if they are not late."""
    tables: tuple[CreditLink, ...] = ()
    """The tables by their titles. Their addresses are their names, until the site says where
    readers find them.
    """

    @property
    def known_days(self) -> str:
        """The days on which the data were known, in the current language."""
        return listed([written_date(day) for day in self.known])

    @property
    def line(self) -> str:
        """Source, date and licence in one line of plain text, in the current language."""
        sources = "; ".join(link.text for link in self.sources)
        parts = [
            t_("Source: %(sources)s", sources=sources) if sources else "",
            t_("As of %(date)s", date=written_date(self.as_of)) if self.as_of else "",
            t_("As known on %(date)s", date=self.known_days) if self.known else "",
            t_("Update overdue since %(date)s", date=written_date(self.overdue))
            if self.overdue
            else "",
            ", ".join(link.text for link in self.terms),
        ]
        return " · ".join(filter(None, parts))


@dataclass(frozen=True)
class Given:
    """The options of a cell. None leaves a part to the tables; an empty value leaves it out."""

    sources: tuple[str | CreditLink, ...] | None = None
    """The names of tables and columns, and links to other sources."""
    as_of: date | None = None
    """The date of the data."""
    no_date: bool = False
    """The credits have no date."""
    licence: tuple[CreditLink, ...] | None = None
    """The licence."""
    note: str | None = None
    """The note."""

    @property
    def tables(self) -> tuple[str, ...] | None:
        """The tables that the sources name; None if the option is not given."""
        if self.sources is None:
            return None
        named = (source.partition(".")[0] for source in self.sources if isinstance(source, str))
        return tuple(dict.fromkeys(named))

    @property
    def columns(self) -> Iterator[tuple[str, str]]:
        """The columns that the sources name, each after its table."""
        for source in self.sources or ():
            if isinstance(source, str) and "." in source:
                table, _, column = source.partition(".")
                yield table, column


NOTHING = Given()


def given(options: Mapping[str, Any], text: YamlText) -> Given:
    """Read a cell's options. Raises :class:`ConfigError` for a value that does not fit."""
    source, as_of, licence, note = (options.get(key) for key in KEYS)
    sources: tuple[str | CreditLink, ...] | None = None
    if source is False:
        sources = ()
    elif source not in (None, ""):
        sources = tuple(
            item if isinstance(item, str) else _link(item, "source", text)
            for item in (source if isinstance(source, list) else [source])
        )
    return Given(
        sources,
        _day(as_of, text),
        as_of is False,
        None
        if licence in (None, "")
        else ()
        if licence is False
        else (_link(licence, "licence", text),),
        None if note is None else "" if note is False else " ".join(str(note).split()),
    )


def credits_of(
    given: Given,
    origins: Sequence[Origin],
    remarks: Mapping[str, Sequence[tuple[object, str]]],
) -> Credits:
    """Return the credits of a figure that is drawn from tables with these ``origins`` and
    ``remarks``.
    """
    by_name = {origin.name: origin for origin in origins}
    named = given.sources if given.sources is not None else tuple(by_name)
    cited: list[SourceEntry | CreditLink] = []
    for source in named:
        table, _, column = source.partition(".") if isinstance(source, str) else ("", "", "")
        if isinstance(source, CreditLink):
            cited.append(source)
        elif table in by_name:
            cited += _sources(by_name[table], column)
    as_of = (
        None
        if given.no_date
        else given.as_of or max((origin.as_of for origin in origins), default=None)
    )
    licences = [licence for origin in origins for licence in origin.licences]
    whole = tuple(
        dict.fromkeys(
            CreditLink(licence.title or _short(licence.name) or licence.name, _web(licence.path))
            for licence in licences
        )
    )
    terms = tuple(
        dict.fromkeys(
            CreditLink(short, _web(licence.path))
            for licence in licences
            if (short := _short(licence.name))
        )
    )
    if given.licence is not None:
        terms = whole = given.licence
    note = given.note if given.note is not None else _note(remarks)
    days = () if given.no_date else sorted({one.known for one in origins if one.known})
    overdue = min((one.overdue for one in origins if one.overdue), default=None)
    sources = tuple(dict.fromkeys(_links(cited)))
    tables = tuple(CreditLink(one.title, one.name) for one in origins)
    return Credits(sources, as_of, terms, whole, note, tuple(days), overdue, tables)


def _sources(origin: Origin, column: str) -> list[SourceEntry]:
    """Return the sources of a whole table, or of a column of it; if rows name their own, the first."""
    cited = [source for source in origin.sources if source.key is None] or list(origin.sources[:1])
    return [entry for entry in cited if not column or not entry.of or column in entry.of] or cited


def _links(cited: Sequence[SourceEntry | CreditLink]) -> Iterator[CreditLink]:
    """Yield links to sources by their publishers, with the titles of pages if a publisher has
    several.
    """
    pages: dict[str, set[str]] = {}
    for source in cited:
        if not isinstance(source, CreditLink):
            pages.setdefault(source.publisher, set()).add(_web(source.path))
    for source in cited:
        if isinstance(source, CreditLink):
            yield source
        else:
            has_several = len(pages[source.publisher]) > 1
            text = f"{source.publisher}, {source.title}" if has_several else source.publisher
            yield CreditLink(text, _web(source.path))


def _web(address: str | None) -> str:
    return address if address and _WEB.match(address) else ""


def _short(name: str) -> str:
    match = _CREATIVE.match(name)
    return " ".join(match.groups()) if match else _SHORT.get(name, "")


def _link(value: object, key: str, text: YamlText) -> CreditLink:
    if isinstance(value, str):
        return CreditLink(value)
    if (
        isinstance(value, Mapping)
        and set(value) <= {"text", "url"}
        and isinstance(value.get("text"), str)
    ):
        url = value.get("url") or ""
        if url and not _web(str(url)):
            raise ConfigError(
                text.place((key,)), f"`{key}` has the url {url!r}", "Write it from https:// on."
            )
        return CreditLink(value["text"], str(url))
    choice = "a table of the catalogue, or " if key == "source" else "a text, or "
    raise ConfigError(
        text.place((key,)),
        f"`{key}` is {value!r}",
        f"Give {choice}{{text: …, url: …}}" + (", or a list of these." if key == "source" else "."),
    )


def _day(value: object, text: YamlText) -> date | None:
    if value in (None, "") or value is False or isinstance(value, date):
        return value if isinstance(value, date) else None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ConfigError(
            text.place(("as-of",)), f"`as-of` is {value!r}", "Write it as 2022-12-31."
        ) from error


def read_tables(
    catalogue: Catalogue | None, names: Iterable[str]
) -> list[tuple[Origin, pd.DataFrame]]:
    """Return the tables of these names, each after its origin."""
    frames = [catalogue.table(name) for name in names] if catalogue is not None else []
    return [(frame.attrs["origin"], frame) for frame in frames]


# The notes of tables on the rows that are drawn


def remarks(
    drawn_from: Iterable[tuple[Origin, pd.DataFrame]], table: Table | None
) -> dict[str, list[tuple[object, str]]]:
    """Return the tables' notes on drawn rows: for each text the places and series of the values."""
    if table is None:
        return {}
    notes: dict[str, dict[tuple[object, str], None]] = {}
    drawn: dict[str, list[tuple[object, str]]] | None = None
    for origin, frame in drawn_from:
        for note, figures in of_table(_noted, origin, partial(_noted_figures, origin, frame)):
            text = note if isinstance(note, str) else note_of(note)
            drawn = _by_figures(table) if drawn is None else drawn
            for digits, named in figures:
                for place, series in drawn.get(digits, ()):
                    if not {_name(place), series}.isdisjoint(named):
                        notes.setdefault(text, {})[place, series] = None
    return {text: list(values) for text, values in notes.items()}


_Noted = list[tuple[str | DeclaredCorrection, list[tuple[str, frozenset[str]]]]]
_noted: dict[Origin, _Noted] = {}
"""Results of :func:`_noted_figures` in this process."""


def _noted_figures(origin: Origin, frame: pd.DataFrame) -> _Noted:
    """Return the text of each note of a table, and each correction, with the digits of the figures
    that it is on, each with the names of its row.
    """
    notes: _Noted = [
        (note.text.rstrip("."), list(_figures_of(rows, of, origin.key)))
        for column in origin.columns
        for note in column.notes
        for rows in [frame[frame[column.name] == note.value]]
        for of in [column.of or _measures(frame, origin)]
    ]
    notes += [
        (correction, list(_figures_of(_row_of(frame, correction), [correction.column], origin.key)))
        for correction in origin.corrections
    ]
    return notes


def _row_of(frame: pd.DataFrame, correction: DeclaredCorrection) -> pd.DataFrame:
    """Return the row that is corrected, as a frame; none where the frame has it no longer."""
    for name, value in correction.row:
        cells = frame[name]
        is_day = cells.dtype.kind == "M"
        frame = frame[(cells.astype(str).str[:10] if is_day else cells) == value]
    return frame


def _measures(frame: pd.DataFrame, origin: Origin) -> tuple[str, ...]:
    names = map(str, frame.select_dtypes("number"))
    return tuple(name for name in names if name not in origin.key)


def _figures_of(
    rows: pd.DataFrame, of: Sequence[str], key: Sequence[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    columns = (zip(*(rows[name].tolist() for name in part), strict=True) for part in (key, of))
    for named, figures in zip(*columns, strict=False):
        names = frozenset(map(_name, named))
        yield from ((digits, names) for figure in figures if (digits := _digits(figure)))


def _note(remarks: Mapping[str, Sequence[tuple[object, str]]]) -> str:
    """Write a sentence for each remark: ``2022–2024: estimates of the Fund.``"""
    return " ".join(
        f"{_listed(list(dict.fromkeys(place for place, _ in values)))}: {text}."
        for text, values in remarks.items()
    )


def _by_figures(table: Table) -> dict[str, list[tuple[object, str]]]:
    """Return the places and series of a chart by the digits of the values that are drawn there."""
    places_by_digits: dict[str, list[tuple[object, str]]] = {}
    places = table.index[0].values if table.index else []
    for column in table.columns:
        for place, value in zip(places, column.values, strict=False):
            if digits := _digits(value):
                places_by_digits.setdefault(digits, []).append((place, column.name[-1]))
    return places_by_digits


def _digits(value: object) -> str:
    """Return the digits of a number, whatever its power of ten; empty for 0 and for no number."""
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not value
        or not math.isfinite(value)
    ):
        return ""
    return f"{abs(value):.9e}".partition("e")[0]


def _name(value: object) -> str:
    text = str(value)
    return text.removesuffix(".0") if isinstance(value, float) else text[:10]


def _listed(places: list[object]) -> str:
    """Write ``2013, 2015 and 2021–2024``; of many names only their number."""
    names = [_name(place) if isinstance(place, float) else str(place) for place in places]
    if all(re.fullmatch(r"\d{4}", name) for name in names):
        runs: list[list[int]] = []
        for year in sorted({int(name) for name in names}):
            if runs and runs[-1][-1] == year - 1:
                runs[-1].append(year)
            else:
                runs.append([year])
        names = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    if len(names) > NAMED:
        return n_("%(number)s of the values", "%(number)s of the values", len(places))
    return listed(names)
