"""Editions that are made together share work: a page has the same bytes as when it is made alone."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from broadsheet.text.lexicon import lexicon
from broadsheet.verify import bound_sentences
from broadsheet.verify.numbers.number_rules import Rules
from broadsheet.verify.wording.meaning_rules import Meanings
from conftest import TABLE, Site

ROWS = """country,year,power,status
Germany,2022,506.8,estimate
Germany,2023,449.8,
France,2022,445.3,estimate
France,2023,494.6,
Portugal,2022,0.94,
Portugal,2023,1.0,estimate
"""
FIELDS = [
    {"name": "country", "title": "Country", "type": "string"},
    {"name": "year", "title": "Year", "type": "integer"},
    {"name": "power", "title": "Power", "type": "number", "unit": "US$ bn"},
    {
        "name": "status",
        "title": "Status",
        "type": "string",
        "notes": [{"value": "estimate", "text": "estimates of the Office"}],
    },
]
ENTRY = TABLE | {"title": "Power", "schema": {"fields": FIELDS, "primaryKey": ["country", "year"]}}
FRONT = """\
bibliography: ../../references.bib
number-sections: true
description: "`{python} power[2023]` of `{python} country`"
editions:
  from: trade
  each: country
  slug: "{{ country | slug }}"
  parameters: {country: "{{ country }}"}
  title: "`{python} country` in 1 year"
  story: {large: true}
"""
CELL = """import broadsheet as bs
import plotly.graph_objects as go
table = bs.table("trade")
power = table[table.country == country].set_index("year").power"""
FIGURE = """#| label: fig-power
#| fig-cap: "Power of `{python} country`."
go.Figure(go.Scatter(x=list(power.index), y=list(power), name="toString"))"""
PROSE = """## The year of `{python} country` {#sec-year}

In 2023 it was `{python} usd(power[2023])`, and it [was not as before]{claim="power[2023] != power[2022]"}.
See @fig-power, @sec-year and [@ledger].[^1] "`{python} country`" -- 'so it is'.

::: {.content-visible when-meta="story.large"}
In `{python} power.idxmax()`, the last year before the war, it was [more]{claim="power.max() > power.min()"}.[^2]
:::

[^1]: A note on `{python} country`.

[^2]: Another, of `{python} usd(power.min())`."""
BIBLIOGRAPHY = "@book{ledger, title={A ledger}, author={Clerk, A.}, year={2020}}"
PAGES = """
import hashlib, json, sys
from pathlib import Path
from broadsheet.press.press import Press
from broadsheet.project.reading import open_publication
from broadsheet.site.build.edition_pages import article_of

if __name__ == "__main__":
    root, *slugs = sys.argv[1:]
    publication = open_publication(Path(root))
    editions = {one.slug: one for one in publication.editions if one.source.notebook is not None}
    digests = {}
    with Press(publication.project, 1) as press:
        for slug in slugs or editions:
            (run,) = press.run([editions[slug]])
            article, files = article_of(publication.project, press.rendering(run))
            made = repr([article, sorted(files.items())])
            digests[slug] = hashlib.sha256(made.encode()).hexdigest()
    print(json.dumps(digests))
"""


def made(site: Site, *slugs: str) -> dict[str, str]:
    """The digests of all that editions say, made in this order by a process of their own."""
    script = site.write("pages.py", PAGES)
    command = [sys.executable, str(script), str(site.root), *slugs]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    digests: dict[str, str] = json.loads(done.stdout)
    return digests


def test_an_edition_is_the_same_made_alone_and_after_others(site: Site) -> None:
    site.table(ROWS, entry=ENTRY)
    site.write("references.bib", BIBLIOGRAPHY)
    site.article(
        "trade",
        ("code", 'country: str = "Germany"', "parameters"),
        CELL,
        ("md", PROSE),
        FIGURE,
        front=FRONT,
    )
    together = made(site)
    assert len(together) == len(set(together.values())) == 4
    assert made(site, *reversed(together)) == together
    for slug in (min(together), max(together)):
        assert made(site, slug) == {slug: together[slug]}


def test_the_words_of_a_sentence_are_looked_for_once() -> None:
    looked_for = []

    class Counted(Meanings):
        def _matched(self, low: str):
            looked_for.append(low)
            return super()._matched(low)

    meanings, sentence = Counted(lexicon("en")), "Exports rose and imports more than doubled."
    assert [one.kind for one in meanings.of(sentence, 0, 12)] == ["up"]
    assert [one.kind for one in meanings.of(sentence, 17, 42)] == ["times", "up"]
    meanings.around(sentence, 8, 12)
    assert len(looked_for) == 1


def test_the_numbers_of_a_sentence_are_looked_for_once_and_again_in_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rules, read = Rules(lexicon("en").check), Rules._at
    at: list[int] = []
    monkeypatch.setattr(
        Rules, "_at", lambda self, words, index: at.append(index) or read(self, words, index)
    )
    sentence = "It rose by 12 percent."
    first = rules.findings(sentence, (0, len(sentence)))
    tried = len(at)
    assert tried and rules.findings(sentence, (0, len(sentence))) == first
    assert len(at) == tried
    assert rules.findings(sentence, (0, 7)) != first
    assert len(at) > tried


def test_texts_of_the_source_are_taken_apart_once_for_each_choice_of_conditions() -> None:
    text = '::: {.content-visible when-meta="a"}\nOne here.\n:::\n\nTwo.'
    conditions = bound_sentences.conditions_in(text)
    place = bound_sentences.Place("a.ipynb", cell=1, line=1)
    passages = [
        [one.text for one in bound_sentences._passages(text, place, shown)]
        for shown in (conditions, frozenset[str](), conditions)
    ]
    assert passages == [["One here.", "Two."], ["Two."], ["One here.", "Two."]]
