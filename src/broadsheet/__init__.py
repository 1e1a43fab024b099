"""Broadsheet: a publication kept as notebooks.

In a notebook, `import broadsheet as bs` puts the house's plotly template in force and gives:

- ``bs.table(name)``: a table of the catalogue, as a typed :class:`pandas.DataFrame` with its ``Origin``;
- ``bs.COLOURS``: the colour that each country or role has in every chart.
"""

from typing import TYPE_CHECKING

from broadsheet import house
from broadsheet.house import COLOURS

if TYPE_CHECKING:
    from broadsheet.catalogue import Origin, table

__all__ = ["COLOURS", "Origin", "table"]

house.apply()


def __getattr__(name: str) -> object:
    """Pandas is loaded when a table is first asked for, so that the command line starts quickly."""
    if name in ("Origin", "table"):
        from broadsheet import catalogue
        return getattr(catalogue, name)
    raise AttributeError(f"module 'broadsheet' has no attribute {name!r}")
