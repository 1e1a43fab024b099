"""The rows of values: looked for in tables, versions and slices within one limit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.vintages import Accepted, keep_all
from broadsheet.storage.limits import under
from broadsheet.verify.numbers.table_rows import row_of
from conftest import Site

CSV = "year,total\n" + "".join(f"{year},{year - 1000}.5\n" for year in range(1900, 2000))


@pytest.mark.parametrize("name", ["trade", "trade@2024-01-01", "trade?year=1950#year,total"])
def test_a_table_is_looked_through_within_the_limit(site: Site, name: str) -> None:
    site.table(CSV)
    resource = Catalogue.open(site.root).package.resources[0]
    before = CSV.replace("1950,950.5", "1950,950.25").encode()
    keep_all(site.root, "trade", [Accepted(resource, before, date(2023, 1, 1), "by hand")])
    origin = Catalogue.open(site.root).table(name).attrs["origin"]
    value = 950.25 if "@" in name else 950.5
    row = row_of(Path(site.root), origin, ["1950"], value)
    assert row is not None and row.number == (2 if "?" in name else 52)
    with under({"row-numbers-size": 12}):
        assert row_of(Path(site.root), origin, ["1950"], value) is None
