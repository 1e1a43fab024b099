"""`broadsheet bind` of a table whose columns say by their names in which currency they are."""

from __future__ import annotations

import json
from collections.abc import Callable

from conftest import Site

BUDGET = "year,schools_eur_m,roads_eur_m\n2021,47.7,15.5\n2022,50.3,19.6\n2023,54.0,21.0\n"
TEXT = "In 2023 the council spent 54 million euros on schools and 21 million euros on roads."


def test_amounts_in_millions_are_bound_and_their_unit_is_in_the_catalogue(
    site: Site, run: Callable[..., tuple[int, str, str]]
) -> None:
    site.write("data/budget.csv", BUDGET)
    site.write("money.qmd", f'---\ntitle: "Money"\ndate: 2025-01-01\n---\n\n{TEXT}\n')
    run(site, "bind", "money.qmd", "--write", "--yes")
    written = (site.root / "money.qmd").read_text()
    assert '`{python} eur(budget.schools_eur_m[2023], "54 million euros")`' in written
    assert '`{python} eur(budget.roads_eur_m[2023], "21 million euros")`' in written
    catalogue = json.loads((site.root / "data/datapackage.json").read_text())
    (budget,) = (each for each in catalogue["resources"] if each["name"] == "budget")
    units = {field["name"]: field.get("unit") for field in budget["schema"]["fields"]}
    assert units == {"year": None, "schools_eur_m": "million EUR", "roads_eur_m": "million EUR"}
