"""Words of languages in files: those that ship, a third one that a publication brings, and messages
for files that cannot be used.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.errors import ConfigError, Place
from broadsheet.markdown.prose import Passage
from broadsheet.notebook.values.number_format import read
from broadsheet.notebook.values.rounding import KINDS
from broadsheet.notebook.values.units import unit_of
from broadsheet.notebook.values.values import plain_value
from broadsheet.text.lexicon import lexicon
from broadsheet.verify.numbers.number_check import check_numbers
from broadsheet.verify.stale import Known, stale
from conftest import Site

FRENCH = """
[sentences]
goes-on = "M MM Mme Dr env"
openers = "le la les un une des il elle ils elles"

[stale]
day = "hier|aujourd'hui"
month = "récemment"
year = "cette année|l'an dernier"

[facts]
counts = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze"
multiples = [["deux fois", "{} fois"]]
ranks = ["zéroième premier deuxième troisième quatrième"]
percent = '(?i)pour cent|%'

[facts.ordinals]
one = "{}er"
other = "{}e"

[[facts.fractions]]
"un quart" = "1/4"
"un tiers" = "1/3"
"la moitié" = "1/2"

[facts.rounding]
about = ["environ"]
nearly = ["près de"]
more = ["plus de"]

[check]
before-a-number = "environ|près de|plus de|moins de"
range = '\\s?(?:à|et|ou|[-–])\\s?'

[check.classes]
cardinal = "deux trois quatre cinq six sept huit neuf dix onze douze"
unit = "% pour-cent dollars euros tonnes personnes"
fraction = "quart tiers moitié"
month = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
change = { pattern = "augment(?:é|a|e|ent|aient)|baiss(?:é|a|e|ent|aient)" }
comparative = "plus moins"

[check.parts]
MEASURE = '(?: pour cent| {unit})?'

[check.rules.digits]
at = '{digits}'
rules = '''
date        {month} @(?:19|20)\\d\\d/\\w*
date        (?:en|depuis) @(?:19|20)\\d\\d/\\w*
number      @{digits}MEASURE
'''

[check.rules.words]
at = '(?:{cardinal}|{change}|{comparative}|un|la)'
rules = '''
number      @(?:un|la) {fraction}
number      @{cardinal}MEASURE
nothing     @(?:plus|moins) de
comparison  @{comparative} [^ ]+ que
comparison  @{change}(?= de {digits})
'''
"""


@pytest.fixture
def french(site: Site) -> Site:
    site.write("index.qmd", "---\ntitle: Home\n---\n")
    site.write("theme/words/fr.toml", FRENCH)
    return site


def _unaccounted(site: Site, run: Callable[..., tuple[int, str, str]]) -> list[str]:
    report = json.loads(run(site, "check", "--json")[1])
    return [word for sentence in report["result"]["unaccounted"] for word in sentence["words"]]


def test_prose_in_a_language_that_a_file_brings_is_checked_by_its_words(
    french: Site, run: Callable[..., tuple[int, str, str]]
) -> None:
    french.write(
        "prix.qmd",
        "---\ntitle: Les prix\nlang: fr\ndate: 2024-05-01\n---\n"
        "Les prix ont augmenté de 12 pour cent, dit M. Durand. Depuis 2019, plus de deux tonnes : "
        "c'est plus cher que le blé, et la moitié du riz.\n",
    )
    words = _unaccounted(french, run)
    assert words == [
        "augmenté",
        "12 pour cent",
        "plus de deux tonnes",
        "plus cher que",
        "la moitié",
    ]
    french.write("theme/words/fr.toml", 'replaces = true\n[facts]\ncounts = "zéro un"\n')
    report = json.loads(run(french, "check", "--json")[1])
    assert any("is checked by the words of English" in one["message"] for one in report["notices"])


def test_numbers_that_a_page_gives_its_figures_are_nothing_to_account_for_in_any_language(
    french: Site, run: Callable[..., tuple[int, str, str]]
) -> None:
    french.write(
        "prix.qmd",
        "---\ntitle: Les prix\nlang: fr\n---\n"
        "::: {#fig-prix layout-ncol=2}\n![Blé](a.png){#fig-ble}\n\n![Riz](b.png){#fig-riz}\n\n"
        "Voir @fig-ble : 12 pour cent.\n:::\n\n"
        "| a | b |\n|---|---|\n| x | y |\n\n: Le tableau {#tbl-prix}\n\n"
        "::: {#nte-prix .callout-note}\n## 15 tonnes\n\nUn prix.\n:::\n\n"
        '::: {.callout-note title="Environ\u00a020: un titre"}\nUn prix.\n:::\n\n'
        "$$ x $$ {#eq-prix}\n",
    )
    assert _unaccounted(french, run) == ["12 pour cent", "15 tonnes", "Environ 20"]


def test_facts_are_written_in_a_language_that_a_file_brings(
    french: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADSHEET_ROOT", str(french.root))
    written = [
        read(plain_value(value), unit_of(unit, "fr"), [example], "fr").text
        for value, unit, example in (
            (32.5, "percent", "environ un quart"),
            (48.9, "percent", "près de la moitié"),
            (3.04, "ratio", "deux fois"),
            (7, None, "trois"),
            (1, None, "2e"),
            (2, None, "troisième"),
            (12.34, "pour cent", "10,1 pour cent"),
        )
    ]
    assert written == [
        "environ un tiers",
        "près de la moitié",
        "trois fois",
        "sept",
        "1er",
        "deuxième",
        "12,3 pour cent",
    ]


def test_a_publication_adds_words_to_a_language_that_ships(
    site: Site, run: Callable[..., tuple[int, str, str]]
) -> None:
    site.write("town.qmd", "---\ntitle: Town\ndate: 2024-05-01\n---\nThe tally zoomed to $5.\n")
    assert _unaccounted(site, run) == ["$5"]
    site.write(
        "theme/words/en.toml",
        '[check.classes]\nchange = "zoomed"\nquantity = "tally"\n'
        "[check.rules.digits]\nat = '{digits}'\nrules = 'idiom   @[$]5/\\w*'\n",
    )
    assert _unaccounted(site, run) == ["zoomed to"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[check\n", "theme/words/fr.toml, line 1: this is not TOML"),
        ("[chek]\n", "unknown field `chek`"),
        ("[facts]\ncounts = 3\n", "$.facts.counts"),
        ('[[facts.fractions]]\n"un tiers" = "1/0"\n', "'1/0'"),
        ('[facts]\npercent = "("\n', "'(': missing )"),
        (FRENCH.replace("{month} @", "{moon} @"), "there is no class {moon}"),
        (FRENCH.replace('"quart tiers moitié"', '"{change} {fraction}"'), "is made of itself"),
        (FRENCH.replace("@{digits}MEASURE", "{digits}"), "this is no rule"),
        (FRENCH.replace("number      @{cardinal}", "numbre      @{cardinal}"), "this is no rule"),
        (
            FRENCH.replace("[^ ]+ que", "(?:cher|bon)/\\w* que"),
            "{comparative} (?:cher|bon)/\\w* que` has a `/`",
        ),
        (
            FRENCH.replace("[^ ]+ que", "[^ ]+s?/\\w* que"),
            "{comparative} [^ ]+s?/\\w* que` has a `/`",
        ),
        (FRENCH.replace("de {digits}", "{digits}/"), "@{change}(?= {digits}/)` has a `/` after"),
        (FRENCH.replace("hier|", "hier(|"), "`stale` has a regular expression that is none"),
    ],
)
def test_a_file_of_words_that_cannot_be_used_is_a_message(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "fr.toml").write_text(text, "utf-8")
    passages = [Passage("Deux.", (), Place("a.qmd"))]
    with pytest.raises(ConfigError) as error:
        check_numbers(passages, "fr", tmp_path)
        list(stale(passages, Known(None), "fr", tmp_path))
    assert message in str(error.value)


@pytest.mark.parametrize("lang", ["en", "de"])
def test_a_shipped_file_has_every_section_and_each_kind_of_rounding(lang: str) -> None:
    words = lexicon(lang)
    assert words.has_rules and words.facts.counts and words.sentences.openers and words.stale.day
    assert set(words.facts.rounding) == set(KINDS)
    assert len(words.facts.counts) == 100


def test_the_file_that_the_guide_shows_works(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs/languages.md").read_text("utf-8")
    (tmp_path / "fr.toml").write_text(guide.partition("```toml\n")[2].partition("```")[0], "utf-8")
    text = "Depuis 2019 les prix ont augmenté de 12 pour cent, selon M. Durand. Deux sont partis."
    checked = check_numbers([Passage(text, (), Place("a.qmd"))], "fr", tmp_path)
    assert [one.words for one in checked.unaccounted] == ["augmenté", "12 pour cent", "Deux"]


def test_facts_are_written_anew_when_the_publication_s_words_change(
    site: Site, run: Callable[..., tuple[int, str, str]]
) -> None:
    site.table()
    cell = (
        "import broadsheet as bs\ntrade = bs.table('trade').set_index('year')\n"
        "total = bs.usd(trade['total'][2022], 'nearly $200 billion', name='total')"
    )
    site.article("trade", cell, ("md", "It came to `{python} total`."))
    assert run(site, "build")[0] == 0
    assert "nearly $200 billion" in site.read("_site/posts/trade/index.html")
    site.write("theme/words/en.toml", '[facts.rounding]\nmore = ["nearly"]\n')
    assert run(site, "build")[0] == 0
    assert "nearly $100 billion" in site.read("_site/posts/trade/index.html")
