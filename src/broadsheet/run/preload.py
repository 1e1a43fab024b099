"""Prepares the warm process for a publication's runs: this program's own modules, and tables.

The zygote (:mod:`papermill_warm.zygote`) imports this module and calls :func:`warm_up` before it
forks the first notebook. Then `import broadsheet as bs` takes a notebook next to no time. No run can
notice this preparation: no fact stays declared, and the zygote forgets the package `broadsheet`
itself, so that each notebook executes its `__init__`. The chart theme stays in force, as each run
puts it in force before the author's first cell (:func:`broadsheet.run.reads.start`).

The code of a cell that runs for several editions is parsed once (:func:`read`). The tables that stand
above the parameters are traced once for all editions (:func:`above`).

A table is read and checked once for each content. A run that had to check one names it at its end
(:func:`note`); before the next run the zygote checks it too (:func:`learn`), and
:func:`broadsheet.data.checking.judge` caches it there by its description and the bytes of its file.
Every run reads the bytes itself, so that the read is recorded, and copies the table. In the same way
the shapes of countries are read once for all runs, when a run has drawn a map.

State of the process: :data:`_process`, what was done for all runs when the run began.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import getcontext
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio

from broadsheet.data.catalogue import Catalogue, update_hashes
from broadsheet.data.checking import judge
from broadsheet.data.descriptor import DESCRIPTOR
from broadsheet.data.descriptor_reading import entry_digests, package_of
from broadsheet.notebook.charts import chart_style, countries
from broadsheet.notebook.charts import newsroom_charts as charts
from broadsheet.notebook.claims import comparatives, formats
from broadsheet.notebook.claims.calls import read_calls, trace_tables
from broadsheet.notebook.claims.conditions import read_expressions
from broadsheet.notebook.session import dataframes, inline_results
from broadsheet.notebook.values import declarations as declared
from broadsheet.notebook.values.prose import joined, prose
from broadsheet.project.settings.address import slug
from broadsheet.project.sources.inline_expressions import probed
from broadsheet.run import reads
from broadsheet.run.page_format import ROOT
from broadsheet.storage.files import content, read_text
from broadsheet.storage.limits import TABLE

LARGEST = 16 * 2**20
"""The most bytes of a table that the zygote caches; a larger one is checked in each run."""

_SHAPES = "shapes of countries"

_CSV = "year,day,partner,exports\n2020,2020-12-31,China,1.5\n2021,2021-12-31,China,2.5\n"
_DESCRIPTOR = """\
{"name": "exercise", "title": "Exercise", "resources": [{
  "name": "trade", "type": "table", "path": "trade.csv", "title": "Trade", "description": "Trade",
  "as_of": "2022-12-31", "retrieved": "2023-01-01",
  "sources": [{"title": "A source", "publisher": "A source", "path": "https://example.org/"}],
  "licenses": [{"name": "CC0-1.0", "title": "CC0", "path": "https://example.org/"}],
  "schema": {"primaryKey": ["year"], "fields": [
    {"name": "year", "type": "integer", "title": "Year", "constraints": {"minimum": 1900}},
    {"name": "day", "type": "date", "title": "Day"},
    {"name": "partner", "type": "string", "title": "Partner"},
    {"name": "exports", "type": "number", "title": "Exports", "unit": "US$ bn"}]}}]}
"""


@dataclass
class _Process:
    """State of the zygote."""

    checked: int = 0
    """The number of tables that were checked for all runs, or noted."""
    has_shapes: bool = False
    """The shapes of countries were read for all runs, or noted."""


_process = _Process()


def warm_up() -> None:
    """Use what articles use once, so that everything is loaded that is loaded at first use."""
    try:
        _exercise()
    finally:
        _leave_no_trace()
        reads.note_modules()


def read(code: str) -> None:
    """Read, in the zygote, what facts ask of a cell's code, or the inline expressions that it evaluates."""
    if expressions := probed(code):
        read_expressions(expressions)
    else:
        read_calls(code)


def above(namespace: dict[str, Any]) -> None:
    """Trace the tables that stand above the parameters, before the process is forked for editions."""
    with reads.unattributed():
        trace_tables(namespace)


def touched() -> tuple[Collection[str], Collection[str]] | None:
    """Return the files that a run has read and written so far; None if it does not record them."""
    return reads.names_touched()


def note() -> list[str]:
    """Return, at a run's end, what it had to do since this was asked for the last time that the zygote
    can do for all: the publication's root and the tables that it read, if it checked one; and that
    it read the shapes of countries.
    """
    root = os.environ.get(ROOT, "")
    if not root:
        return []
    shapes = [_SHAPES] if countries.are_read() and not _process.has_shapes else []
    has_checked = len(judge) != _process.checked
    _process.checked, _process.has_shapes = len(judge), countries.are_read()
    tables = reads.tables_opened(Path(root)) if has_checked else []
    return [root, *shapes, *tables] if shapes or has_checked else []


def learn(noted: Collection[str]) -> None:
    """Do, in the zygote between two runs, what a run has noted: check tables, and read the shapes of
    countries. No permission is checked here: each run checks for itself if it may read a table.
    """
    root, *files = noted
    if _SHAPES in files:
        countries.read_all()
        _process.has_shapes = True
    try:
        text = read_text(Path(root, DESCRIPTOR), DESCRIPTOR, limit=TABLE["config-size"])
        package, _ = package_of(text), entry_digests(text)
        for resource in package.resources:
            if resource.file in files:
                data = content(Path(root, resource.file), resource.file)
                if len(data) <= LARGEST:
                    judge(resource, data)
    finally:
        _process.checked = len(judge)
        _leave_no_trace()


def _exercise() -> None:
    table = _table()
    dataframes.described(table)
    exports = table.set_index("year")["exports"]
    then, now = (
        formats.usd(exports[year], ["$190.3 billion", "$19 million"], name=f"exports-{year}")
        for year in (2020, 2021)
    )
    formats.share(33.0, ["a third", "12.3 percent"], unit="percent", source=table)
    formats.rank(3, "3rd", source="@key")
    formats.count(3, "seven", source="@key")
    formats.day(date(2020, 1, 1), source="@key")
    record = comparatives.highest(exports, at=2021)
    comparatives.rose(exports, 2020, 2021)
    comparatives.more(now, then)
    sentence = joined([prose("{} is {}", now, record("a record")), "it rose"])
    inline_results.evaluated(
        [
            "sentence",
            "usd(exports[2021])",
            "pct(exports[2021] / exports[2020] - 1)",
            'claim="highest(exports)"',
            '[rose|fell]{by="exports, 2020, 2021"}',
        ],
        {"sentence": sentence, "exports": exports, "In": ["exports = exports"]},
    )
    slug("Côte d'Ivoire")
    chart_style.apply()
    pio.to_json(_figure(exports.to_frame()))
    judge.clear()


def _table() -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "data").mkdir()
        (root / "data/trade.csv").write_text(_CSV)
        (root / DESCRIPTOR).write_text(_DESCRIPTOR)
        update_hashes(root)
        return Catalogue.open(root).table("trade")


def _figure(data: pd.DataFrame) -> go.Figure:
    """Return a chart with what articles add to theirs."""
    figure = charts.lines(data, colours=chart_style.ROLES, dashed_after=2020)
    figure.add_trace(go.Bar(x=[1], y=[1]))
    figure.add_shape(type="line", x0=0, x1=1, y0=0, y1=1, line={"color": "red", "width": 2})
    figure.update_layout(title={"text": "Trade", "subtitle": {"text": "Trade"}})
    return figure


def _leave_no_trace() -> None:
    """Restore the state in which a notebook expects the process before it imports `broadsheet`."""
    declared.clear()
    getcontext().clear_flags()
    sys.modules.pop("broadsheet", None)
