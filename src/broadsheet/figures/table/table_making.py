"""Makes the DataFrame that a cell ended in a table of the page, with its file. Cell options:

    bars     the column, or a list of the columns, whose numbers have bars in their cells
    search   true: readers may search the rows, from :data:`SEARCHED_FROM` rows on

A column is called as in the DataFrame; the levels of its header stand behind one another:
`Exports 2021`. Source, date, licence and note are under the table, as under a figure
(:mod:`broadsheet.figures.table.credits`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from broadsheet.data.catalogue import Catalogue
from broadsheet.errors import ConfigError, Notice
from broadsheet.figures.table import data_table
from broadsheet.figures.table.credits import Given, credits_of, read_tables, remarks
from broadsheet.notebook.session import dataframes
from broadsheet.storage.yaml_text import YamlText
from broadsheet.text.templating import Templates
from plotly_alive.errors import shown
from plotly_alive.table.table import Column, Table
from plotly_alive.text.did_you_mean import question

KEYS = ("bars", "search")
SEARCHED_FROM = 11

_TEMPLATES = Templates()


@dataclass(frozen=True)
class PageTable:
    """A table of a page."""

    html: str
    """The table as HTML."""
    assets: Mapping[str, bytes]
    """The bytes of its file, by the path from the site's root."""
    notices: Sequence[Notice]
    """The notices about its options."""


def page_table(
    described: Mapping[str, Any],
    options: Mapping[str, Any],
    text: YamlText,
    *,
    given: Given,
    drawn_from: Sequence[str] = (),
    catalogue: Catalogue | None = None,
    file: PurePosixPath | None = None,
    with_numbers: bool = False,
) -> PageTable:
    """Make the table of a description by :mod:`broadsheet.notebook.session.dataframes`, in the
    current language.

    ``options`` are the cell's, ``text`` is where they are; ``drawn_from`` are the tables that it
    has as its sources; ``file`` is the path of its CSV, if it has one, in a folder beside the page;
    ``with_numbers`` shows an index that only counts the rows.
    Raises :class:`ConfigError` for an option that does not fit.
    """
    table = data_table.read(described, catalogue, with_numbers=with_numbers)
    columns = _with_bars(table.columns, described, options.get("bars"), text)
    wants_search = options.get("search")
    if wants_search not in (None, True, False):
        where = text.place(("search",))
        raise ConfigError(where, f"`search` is {shown(wants_search)}", "Write true or false.")
    is_whole = table.length == table.count
    has_search = bool(wants_search) and is_whole and table.length >= SEARCHED_FROM
    table = replace(table, columns=columns, has_search=has_search)
    frames = read_tables(catalogue, drawn_from)
    credits = credits_of(given, [origin for origin, _ in frames], remarks(frames, table))
    url = f"{file.parent.name}/{file.name}" if file else ""
    foot = _TEMPLATES.render("table-foot.html.jinja", credits=credits, csv_url=url)
    return PageTable(
        data_table.html_table(table, str(options.get("tbl-cap") or ""), foot.strip()),
        {str(file): table.csv().encode()} if file else {},
        [] if is_whole or not wants_search else [_unsearched(table, text)],
    )


def unused(
    options: Mapping[str, Any], text: YamlText, outputs: Iterable[Mapping[str, Any]]
) -> Iterator[Notice]:
    """Yield a notice for each option of a cell that has no table among its outputs."""
    if not any(dataframes.MIME in output.get("data", {}) for output in outputs):
        for key in KEYS:
            if options.get(key):
                what = f"`{key}` is for a table, and this cell shows none"
                mend = "End the cell with a DataFrame, or take the option away."
                yield Notice(text.place((key,)), what, mend, topic="output")


def _with_bars(
    columns: Sequence[Column], described: Mapping[str, Any], option: object, text: YamlText
) -> tuple[Column, ...]:
    """Return the columns, with bars in those that the option names."""
    names = option if isinstance(option, list) else [] if option in (None, False) else [option]
    in_frame = [" ".join(filter(None, column["name"])) for column in described["columns"]]
    with_bars = {_name(name, in_frame, text) for name in names}
    for name, column in zip(in_frame, columns, strict=True):
        words = next((value for value in column.values if not _is_number(value)), None)
        if name in with_bars and column.kind != "number" and words is not None:
            raise ConfigError(
                text.place(("bars",)),
                f"the column {name!r} has {shown(words)}, and a bar is for a number",
                "Name a column of numbers; `pd.to_numeric` makes numbers of texts.",
            )
    return tuple(
        replace(column, has_bars=name in with_bars)
        for name, column in zip(in_frame, columns, strict=True)
    )


def _is_number(value: object) -> bool:
    return value is None or type(value) in (int, float)


def _name(option: object, known: Sequence[str], text: YamlText) -> str:
    """Return the name of a column that the option gives."""
    where = text.place(("bars",))
    if isinstance(option, (bool, Mapping, list)) or option is None:
        mend = "Name a column of the table, or several: `bars: [exports, imports]`."
        raise ConfigError(where, f"`bars` has {shown(option)}", mend)
    if (name := str(option)) in known:
        return name
    mend = f"{question(name, known)}It has {', '.join(known) or 'none'}."
    raise ConfigError(where, f"the table has no column {name!r}", mend)


def _unsearched(table: Table, text: YamlText) -> Notice:
    return Notice(
        text.place(("search",)),
        f"the table has no search field, since the page has {table.length:,} of its {table.count:,} "
        "rows",
        'Show all by `pd.set_option("display.max_rows", None)`, or fewer by `.head()`.',
        topic="output",
    )
