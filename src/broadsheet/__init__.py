"""Broadsheet: a publication kept as notebooks.

In a notebook, `import broadsheet as bs` puts the house's plotly template in force (in a plain script, where plotly was
not loaded before, the first use of a name of `bs` does) and gives:

- ``bs.table(name)``: a table of the catalogue, as a typed :class:`pandas.DataFrame` with its ``Origin``;
- ``bs.COLOURS``: the colour that each country or role has in every chart;
- ``bs.charts``: a newsroom's staples, lines named at their ends, slopes, dumbbells, small multiples, maps;
- ``bs.slug(text)``: a name as editions have it in their addresses;
- ``bs.fact``, ``bs.claim``, the comparatives (``bs.highest``, ``bs.rose`` …) and ``bs.prose``: what the prose may
  state, bound to the data (:mod:`broadsheet.facts`).
"""

import importlib
import sys
from typing import TYPE_CHECKING

from broadsheet import house

if TYPE_CHECKING:
    from broadsheet import charts
    from broadsheet.catalogue import Origin, table
    from broadsheet.facts.claim import claim
    from broadsheet.facts.comparatives import (
        close,
        doubled,
        every,
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
        since,
    )
    from broadsheet.facts.fact import fact, language
    from broadsheet.facts.prose import joined, prose
    from broadsheet.house import COLOURS
    from broadsheet.publication.address import slug

_FACTS = ("claim", "close", "doubled", "every", "fact", "fell", "halved", "held", "highest", "joined", "language",
          "less", "lowest", "more", "multiplied", "prose", "ranks", "rose", "since")
__all__ = ["COLOURS", "Origin", "charts", "claim", "close", "doubled", "every", "fact", "fell", "halved", "held",
           "highest", "joined", "language", "less", "lowest", "more", "multiplied", "prose", "ranks", "rose", "since",
           "slug", "table"]

if {"IPython", "plotly"} & sys.modules.keys():
    house.apply()


def __getattr__(name: str) -> object:
    """Pandas and plotly are loaded when something of theirs is first asked for: the command line starts quickly."""
    if name not in __all__:
        raise AttributeError(f"module 'broadsheet' has no attribute {name!r}")
    house.apply()
    if name == "COLOURS":
        return house.COLOURS
    if name == "slug":
        from broadsheet.publication import address
        return address.slug
    if name in _FACTS:
        from broadsheet import facts
        return getattr(facts, name)
    if name == "charts":
        return importlib.import_module("broadsheet.charts")
    from broadsheet import catalogue
    return getattr(catalogue, name)
