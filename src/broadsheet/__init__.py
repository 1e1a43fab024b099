"""Broadsheet: a publication kept as notebooks.

In a notebook, `import broadsheet as bs` puts Broadsheet's plotly template in force (in a plain
script, where plotly was not loaded before, the first use of a name of `bs` does) and gives:

- ``bs.table(name)``: a table of the catalogue, as a typed :class:`pandas.DataFrame` with its
  ``Origin``;
- ``bs.COLOURS``: the colour that each role, and each name of the publication, has in every chart;
- ``bs.charts``: a newsroom's staples, lines named at their ends, slopes, dumbbells, small
  multiples, maps;
- ``bs.big_number(values, label)``: a value with its change and a small line, for the top of an
  article;
- ``bs.slug(text)``: a name as editions have it in their addresses;
- ``bs.usd``, ``bs.pct``, ``bs.change`` and the like: a value as prose and titles state it, bound to
  its table (:mod:`broadsheet.notebook.claims.formats`);
- the comparatives (``bs.highest``, ``bs.rose`` …) and ``bs.prose``: what the prose may claim, bound
  to the data (:mod:`broadsheet.notebook`).
"""

import importlib
import sys
from typing import TYPE_CHECKING

import papermill_warm  # noqa: F401 - before nbformat, of which it postpones a part
from broadsheet.version import __version__ as __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broadsheet.data.catalogue import table
    from broadsheet.data.origin import Origin
    from broadsheet.notebook.charts import newsroom_charts as charts
    from broadsheet.notebook.claims.cases import every, first_time, most, only, since
    from broadsheet.notebook.claims.comparatives import (
        close,
        doubled,
        fell,
        halved,
        held,
        highest,
        less,
        lowest,
        more,
        multiplied,
        ranks,
        rose,
    )
    from broadsheet.notebook.claims.formats import (
        amount,
        change,
        count,
        day,
        eur,
        gbp,
        listing,
        moved,
        pct,
        pp,
        rank,
        share,
        times,
        usd,
    )
    from broadsheet.notebook.session.big_number import big_number
    from broadsheet.notebook.values.fact import language
    from broadsheet.notebook.values.prose import joined, prose
    from broadsheet.project.settings.address import slug

    COLOURS: Mapping[str, str]

_MODULES = {
    "Origin": "data.origin",
    "big_number": "notebook.session.big_number",
    "table": "data.catalogue",
    "language": "notebook.values.fact",
    "joined": "notebook.values.prose",
    "prose": "notebook.values.prose",
    "slug": "project.settings.address",
    **dict.fromkeys(
        (
            "close",
            "doubled",
            "fell",
            "halved",
            "held",
            "highest",
            "less",
            "lowest",
            "more",
            "multiplied",
            "ranks",
            "rose",
        ),
        "notebook.claims.comparatives",
    ),
    **dict.fromkeys(("every", "first_time", "most", "only", "since"), "notebook.claims.cases"),
    **dict.fromkeys(
        (
            "amount",
            "change",
            "count",
            "day",
            "eur",
            "gbp",
            "listing",
            "moved",
            "pct",
            "pp",
            "rank",
            "share",
            "times",
            "usd",
        ),
        "notebook.claims.formats",
    ),
}
"""The names of `bs`, and where each is defined."""

__all__ = [
    "COLOURS",
    "Origin",
    "amount",
    "big_number",
    "change",
    "charts",
    "close",
    "count",
    "day",
    "doubled",
    "eur",
    "every",
    "fell",
    "first_time",
    "gbp",
    "halved",
    "held",
    "highest",
    "joined",
    "language",
    "less",
    "listing",
    "lowest",
    "more",
    "most",
    "moved",
    "multiplied",
    "only",
    "pct",
    "pp",
    "prose",
    "rank",
    "ranks",
    "rose",
    "share",
    "since",
    "slug",
    "table",
    "times",
    "usd",
]

if {"IPython", "plotly"} & sys.modules.keys():
    from broadsheet.notebook.charts import chart_style

    chart_style.apply(is_import=True)


def __getattr__(name: str) -> object:
    """Load pandas and plotly when a name that needs them is first used: so the command line starts
    quickly. In a warm process the modules of this package may be loaded before it.
    """
    if name not in __all__:
        if f"broadsheet.{name}" in sys.modules:
            return sys.modules[f"broadsheet.{name}"]
        raise AttributeError(f"module 'broadsheet' has no attribute {name!r}")
    from broadsheet.notebook.charts import chart_style

    chart_style.apply()
    if name == "COLOURS":
        return chart_style.named_colours()
    if name == "charts":
        return importlib.import_module("broadsheet.notebook.charts.newsroom_charts")
    value = getattr(importlib.import_module(f"broadsheet.{_MODULES[name]}"), name)
    globals()[name] = value  # the next use does not come here
    return value


def __dir__() -> list[str]:
    """Return the names that completion offers."""
    return __all__
