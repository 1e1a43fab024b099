"""Each value that an article's parameters allow gives a page whose claims are all true, and whose
expressions can all be evaluated. By default only some of the values are tried, with `--all` every one.
"""

from __future__ import annotations

import linecache
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest

from broadsheet.notebook.session.inline_results import evaluated
from broadsheet.notebook.values import declarations as declared
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.text.language import SOURCE, settle

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow

DECADES = [
    {"early": early, "late": late}
    for early in range(1970, 2010, 10)
    for late in range(early + 10, 2020, 10)
]
ALLOWED: dict[str, list[dict[str, Any]]] = {
    "chinas-wider-reach": [
        *({"year": year} for year in range(2017, 2024)),
        *({"then": then} for then in range(1991, 2022)),
        {"year": 2023, "then": 2022},
    ],
    "who-sat-out": [
        {"state": state, "since": since}
        for state in ("China", "Russia", "United States")
        for since in range(1971, 2019)
    ],
    "russian-oil": [
        {"buyers": ["European Union", "China", "India", *more]}
        for more in ([], ["United States"], ["South Korea", "United Kingdom", "Türkiye"])
    ],
    "century-on-everest": DECADES,
    "ein-jahrhundert-everest": DECADES,
    "odesa-in-danger": [
        *({"since": since} for since in range(1979, 2007)),
        *({"long": long} for long in range(2, 40)),
    ],
    "pause-in-gaza": [{"until": date(2023, 11, 25) + timedelta(days)} for days in range(7)],
}


@pytest.mark.parametrize("slug", ALLOWED)
def test_each_allowed_value_of_a_parameter_gives_true_sentences(
    slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT / "posts" / slug)
    settle(SOURCE)
    notebook = nbformat.read("index.ipynb", as_version=4)
    wrong = {}
    for number, given in enumerate(ALLOWED[slug]):
        declared.clear()
        faults = _faults(notebook, given, with_charts=number < 2)
        claims = declared.declared()["claims"]
        faults += [f"{name}: {one['says']}" for name, one in claims.items() if not one["truth"]]
        if faults:
            wrong[str(given)] = faults
    declared.clear()
    settle(SOURCE)
    assert not wrong


def _faults(notebook: Any, given: dict[str, Any], *, with_charts: bool) -> list[str]:
    """Run the cells, evaluate what prose, front matter and cell options have; return the errors."""
    known: dict[str, Any] = {"In": []}
    expressions = []
    for number, cell in enumerate(notebook.cells):
        source = cell.source
        options = [line for line in source.splitlines() if line.startswith("#|")]
        if cell.cell_type != "code" or options:
            expressions += inline.expressions("\n".join(options) or source)
        if cell.cell_type == "code" and (with_charts or not options):
            _run(source, f"<cell {number}>", known)
        if "parameters" in cell.metadata.get("tags", []):
            known |= given
    return [one["error"] for one in evaluated(expressions, known) if "error" in one]


def _run(source: str, name: str, known: dict[str, Any]) -> None:
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    known["In"].append(source)
    exec(compile(source, name, "exec"), known)
