"""Broadsheet: a publication kept as notebooks.

In a notebook, `import broadsheet as bs` puts the house's plotly template in force and gives:

- ``bs.table(name)``: a table of the catalogue, as a typed :class:`pandas.DataFrame` with its ``Origin``;
- ``bs.COLOURS``: the colour that each country or role has in every chart;
- ``bs.slug(text)``: a name as editions have it in their addresses.
"""

from typing import TYPE_CHECKING

from broadsheet import house
from broadsheet.house import COLOURS

if TYPE_CHECKING:
    from broadsheet.catalogue import Origin, table
    from broadsheet.publication.address import slug

__all__ = ["COLOURS", "Origin", "slug", "table"]

house.apply()


def __getattr__(name: str) -> object:
    """Pandas is loaded when a table is first asked for, so that the command line starts quickly."""
    if name in ("Origin", "table"):
        from broadsheet import catalogue
        return getattr(catalogue, name)
    if name == "slug":
        from broadsheet.publication import address
        return address.slug
    raise AttributeError(f"module 'broadsheet' has no attribute {name!r}")
