"""The words are held to the data: on a copy of the lead article, and over tables changed at random.

Truth is computed here anew, from the numbers alone, so that no code is its own witness.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import broadsheet as notebook
from broadsheet.data.catalogue import update_hashes
from broadsheet.errors import Place
from broadsheet.notebook.values import declarations as register
from broadsheet.verify.marks import PageMark, broken, judged_marks
from conftest import Site

ROOT = Path(__file__).parents[2]
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The publication with its lead article alone, which leads to no other."""
    root = tmp_path_factory.mktemp("copy")
    for name in (
        "_quarto.yml",
        "references.bib",
        "data",
        "theme",
        "posts/_metadata.yml",
        "posts/china-russia",
    ):
        (root / name).parent.mkdir(exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile)(ROOT / name, root / name)
    article = root / "posts/china-russia/index.ipynb"
    text = re.sub(r"\[([^\]]*)\]\(article:[\w-]+\)", r"\1", article.read_text("utf-8"))
    article.write_text(re.sub(r'"related: .*\n', "", text), "utf-8")
    return Site(root)


def change(site: Site, year: str, **figures: str) -> None:
    """Write other figures into the table of trade."""
    path = site.root / "data/china-russia-trade.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["year"] == year:
            row.update(figures)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    update_hashes(site.root)


def write(site: Site, old: str, new: str) -> None:
    """Mend a sentence of the article."""
    path = site.root / "posts/china-russia/index.ipynb"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def refused(site: Site, run: Command) -> dict[str, list[str]]:
    """By edition, the sentences for which the build refused its page."""
    report = json.loads(run(site, "build", "--json")[1])
    found = {}
    for fault in report["faults"]:
        reported = f"{fault['message']}\n{fault['detail']}"
        edition = re.match(r"edition (\S+): ", reported)
        assert edition, reported
        found[edition[1]] = re.findall(r"“([^”]+)”: “", reported)
    return found


def test_a_changed_figure_stops_exactly_the_sentences_that_became_false(
    copy: Site, run: Command
) -> None:
    stated = "The trade is [larger]{claim='rose(trade.total, 2022, 2024)'}. China had held back"
    write(copy, "China had held back", stated)
    assert refused(copy, run) == {}
    change(copy, "2024", total="180.00", china_imports="95.00", china_exports="85.00")
    assert refused(copy, run) == {"china-russia/2024": ["The trade is larger."]}
    assert (copy.root / "_site/posts/china-russia/index.html").is_file()

    write(copy, stated, stated.replace("larger", "smaller").replace("rose", "fell"))
    assert refused(copy, run) == {}
    page = copy.read("_site/posts/china-russia/2024.html")
    assert "The trade is" in page and "below the record of" in page


# Tables changed at random

YEARS = range(2014, 2024)
VALUES = st.one_of(st.none(), st.integers(0, 30).map(lambda n: n / 2))
TABLES = st.lists(VALUES, min_size=2, max_size=len(YEARS)).map(
    lambda values: dict(zip(YEARS, values, strict=False))
)
"""Tables of years without an absent row, of which :mod:`test_ties_and_gaps` is."""
PLACES = st.sampled_from(list(YEARS))


def _known(table: dict[int, float | None], *years: int) -> bool:
    return all(table.get(year) is not None for year in years)


SENTENCES = {
    "highest": (
        lambda v, a, b: notebook.highest(v, at=a, source="trade"),
        lambda t, a, b: _known(t, a, *t) and all(t[a] > t[y] for y in t if y != a),
    ),
    "lowest": (
        lambda v, a, b: notebook.lowest(v, at=a, source="trade"),
        lambda t, a, b: _known(t, a, *t) and all(t[a] < t[y] for y in t if y != a),
    ),
    "highest since": (
        lambda v, a, b: notebook.highest(v, at=max(a, b), since=min(a, b), source="trade"),
        lambda t, a, b: (
            _known(t, a, b)
            and t[max(a, b)] <= t[min(a, b)]
            and all(
                t[y] is not None and t[y] < t[max(a, b)] for y in t if min(a, b) < y < max(a, b)
            )
        ),
    ),
    "rose": (
        lambda v, a, b: notebook.rose(v, a, b, source="trade"),
        lambda t, a, b: _known(t, a, b) and t[b] > t[a],
    ),
    "fell": (
        lambda v, a, b: notebook.fell(v, a, b, source="trade"),
        lambda t, a, b: _known(t, a, b) and t[b] < t[a],
    ),
    "doubled": (
        lambda v, a, b: notebook.doubled(v, a, b, source="trade"),
        lambda t, a, b: _known(t, a, b) and t[a] > 0 and t[b] / t[a] >= 2,
    ),
    "held": (
        lambda v, a, b: notebook.held(v, a, b, within=0.25, source="trade"),
        lambda t, a, b: _known(t, a, b) and -0.25 * t[a] <= t[b] - t[a] <= 0.25 * t[a],
    ),
    "second": (
        lambda v, a, b: notebook.ranks(v, a, 2, source="trade"),
        lambda t, a, b: (
            _known(t, a, *t)
            and len([y for y in t if t[y] > t[a]]) == 1
            and all(t[y] != t[a] for y in t if y != a)
        ),
    ),
    "every": (
        lambda v, a, b: notebook.every(v > 2, source="trade"),
        lambda t, a, b: all(value is not None and value > 2 for value in t.values()),
    ),
}


@pytest.fixture
def sourced(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.table()
    monkeypatch.setenv("BROADSHEET_ROOT", str(site.root))


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("kind", SENTENCES)
def test_whatever_the_table_a_false_sentence_is_caught_and_a_true_one_is_not(kind: str) -> None:
    make, truth = SENTENCES[kind]

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(TABLES, PLACES, PLACES)
    def check(table: dict[int, float | None], first: int, last: int) -> None:
        values = pd.Series(table, dtype="Float64").sort_index()
        make(values, first, last).registered("c")
        mark = PageMark(
            "claim", "c", "the words", "A sentence with the words.", Place("index.ipynb")
        )
        caught = broken(judged_marks([mark], register.declared()), register.declared())
        assert bool(caught) != truth(dict(sorted(table.items())), first, last), (table, first, last)
        assert all("A sentence with the words." in error.what for error in caught)

    check()
