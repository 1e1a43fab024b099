"""The data catalogue: the publication's figures, each table with its schema, units, sources, licence and as-of date.

In a notebook::

    import broadsheet as bs

    trade = bs.table("china-russia-trade")      # a pandas DataFrame, typed and validated
    trade.attrs["origin"].as_of                 # where it comes from, as a typed object

What comes in is ``data/datapackage.json`` (a Data Package, version 2) and the CSV files beside it; what goes out is a
:class:`pandas.DataFrame` or an error that names table, row, column, value and rule. Nothing half-valid goes out.
"""

from broadsheet.catalogue.catalogue import Catalogue, Summary, find_root, table, update_hashes
from broadsheet.catalogue.origin import Column, Licence, Origin, Source

__all__ = [
    "Catalogue",
    "Column",
    "Licence",
    "Origin",
    "Source",
    "Summary",
    "find_root",
    "table",
    "update_hashes",
]
