"""The messages of a check, a build, a run and a publication: one for each cause, and at the end what
stops publication.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.site.build.build import build
from conftest import TABLE, Site

Command = Callable[..., tuple[int, str, str]]

LANDS = [f"Land {number}" for number in range(1, 14)]
PIXEL = (
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0"
    "f01f00050001ffa39b2e3b0000000049454e44ae426082"
)
SETUP = """\
import broadsheet as bs
rows = bs.table("exports")
rows = rows[rows["country"] == country].set_index("year")
total = rows["total"]
"""
CHART = """\
#| label: fig-{0}
#| source: exports
import plotly.graph_objects as go
go.Figure(go.Bar(x=rows.index, y=total), {{"title": {{"text": "Exports {0}"}}}})
"""
PICTURE = f"""\
#| label: fig-picture
from IPython.display import Image
Image(data=bytes.fromhex("{PIXEL}"))
"""
FALSE = 'Exports of `{python} country` [fell]{claim="total[2022] < total[2021]"} in the year.'
UNKNOWN = 'if country == "Land 7":\n    rows["totl"]\n'
FIVE = ("rests on the claim", "KeyError", "nowhere", "12 million", "fig-picture")
"""A word of each of the five messages."""


def table(site: Site, fault: str = "") -> None:
    entry = copy.deepcopy(TABLE) | {"name": "exports", "path": "exports.csv", "title": "Exports"}
    fields: list[object] = entry["schema"]["fields"]  # type: ignore[index]
    fields.insert(0, {"name": "country", "title": "Country", "type": "string"})
    entry["schema"]["primaryKey"] = ["country", "year"]  # type: ignore[index]
    rows = "".join(
        f"{land},{year},{100 + 7 * number + (year - 2021) * 5}.5\n"
        for number, land in enumerate(LANDS)
        for year in (2021, 2022)
    )
    site.table(f"country,year,total\n{rows}", entry=entry)
    if fault:
        site.write("data/exports.csv", f"country,year,total\n{rows}{fault}\n")


def front(title: str = "Trade") -> str:
    editions = "".join(
        f"  - {{slug: land-{number}, title: Trade of {land}, parameters: {{country: {land}}}}}\n"
        for number, land in enumerate(LANDS[1:], 2)
    )
    return f"title: {title}\ndate: 2023-05-26\neditions:\n{editions}"


@pytest.fixture
def trade(site: Site) -> Site:
    """An article with 13 editions and five faults."""
    table(site)
    site.write("index.qmd", "---\ntitle: Home\n---\nWelcome. [Trade](posts/trade/index.ipynb)\n")
    site.article(
        "trade",
        SETUP,
        CHART.format("a"),
        CHART.format("b"),
        ("md", f"{FALSE}\n\nSee [elsewhere](nowhere.qmd). It cost 12 million dollars."),
        UNKNOWN,
        PICTURE,
        front=front(),
        parameters='country: str = "Land 1"',
    )
    return site


def test_five_faults_in_13_editions_are_told_once_each_and_last_comes_what_stops_publication(
    trade: Site, run: Command
) -> None:
    code, out, err = run(trade, "check", "--strict")
    assert code == 1
    lines = [*err.splitlines(), *out.splitlines()]
    assert len(lines) <= 40
    for word in FIVE:
        assert len([line for line in lines if line[:1].isalpha() and word in line]) == 1, word
    assert "the same, with other values, in posts/trade/land-10, posts/trade/land-11" in err
    assert "and 8 more" in err
    head, *last = lines[-6:]
    assert head == (
        "2 faults and 3 warnings stop publication "
        "(`publish` is strict: warnings count, notes do not):"
    )
    for word in FIVE:
        assert sum(word in line for line in last) == 1, word
    assert last[0].endswith("(12 pages)")
    assert "2 warnings, 3 notes" in out


def test_five_false_claims_of_several_values_in_13_editions_are_told_in_40_lines(
    trade: Site, run: Command
) -> None:
    false = [
        f"It [was so {number}]{{claim='total[2021] + total[2022] < {number} * total[2021] - total[2022]'}}."
        for number in range(1, 4)
    ]
    false += [
        "It [fell]{claim='fell(total, 2021, 2022)'}.",
        "It [stood]{claim='every(total < 9)'}.",
    ]
    trade.article(
        "trade",
        SETUP,
        CHART.format("a"),
        *(("md", sentence) for sentence in false),
        front=front(),
        parameters='country: str = "Land 1"',
    )
    code, out, err = run(trade, "check", "--strict")
    assert code == 1 and "5 faults" in out
    assert len(err.splitlines()) + len(out.splitlines()) <= 40
    assert re.search(r"│ Total\b.*, 2021: .* US\$ bn; Total\b.*, 2022: .*; source: exports", err)


def test_verbose_says_it_of_each_edition_and_still_groups_it(trade: Site, run: Command) -> None:
    _, _, err = run(trade, "check", "--strict", "--verbose")
    assert err.count("rests on the claim") == 1
    assert "│ in posts/trade/land-9: Total, Land 9, 2022: 161.5 US$ bn; Total, Land 9, 2021" in err
    texts = [line for line in err.splitlines() if "is generated" in line]
    assert [line.split(": ")[0] for line in texts] == ["note", "note"]


def test_for_programs_each_message_has_a_code_its_pages_and_whether_it_stops(
    trade: Site, run: Command
) -> None:
    _, out, _ = run(trade, "check", "--json")
    report = json.loads(out)
    claim, column = report["faults"]
    assert claim["kind"] == "fact" and claim["level"] == "fault"
    pages = {one["page"]: one["message"] for one in claim["pages"]}
    assert len(pages) == 12 and "posts/trade/land-7" not in pages
    assert "161.5 US$ bn" in pages["posts/trade/land-9"]
    assert [one["page"] for one in column["pages"]] == ["posts/trade/land-7"]
    alternatives = [one for one in report["notices"] if one["kind"] == "generated-alt-text"]
    assert [len(one["pages"]) for one in alternatives] == [12, 12]
    assert not any(one["level"] != "note" for one in alternatives)


def test_the_build_says_the_same_and_writes_no_page_that_is_refused(
    trade: Site, run: Command
) -> None:
    code, out, err = run(trade, "build", "--strict")
    assert code == 1
    assert err.count("rests on the claim") == err.count("nothing accounts for") == 1
    assert "3 faults and 2 warnings stop publication" in out
    assert "nowhere" in out.splitlines()[-1] or "fig-picture" in out.splitlines()[-1]
    assert not (trade.root / "_site/posts/trade").exists()
    # A page that has a fault is no broken link of the others.
    [line] = [line for line in err.splitlines() if "posts/trade/index.html" in line]
    assert line.startswith("note: index.qmd, line 4: ") and "that page has a fault" in line


def test_publish_shows_all_that_stops_it(trade: Site, run: Command, tmp_path: Path) -> None:
    code, _, err = run(trade, "publish", str(tmp_path / "target/site"))
    assert code == 1
    assert "5 things are wrong, so nothing is published" in err
    for word in FIVE:
        assert sum(word in line for line in err.splitlines()) == 1, word
    assert not (tmp_path / "target/site").exists()


def test_a_page_that_is_mended_is_made(trade: Site, run: Command) -> None:
    run(trade, "check")
    trade.article(
        "trade",
        SETUP,
        ("md", 'Exports [rose]{claim="total[2022] > total[2021]"} in the year.'),
        front=front(),
        parameters='country: str = "Land 1"',
    )
    code, out, err = run(trade, "check", "--strict")
    assert (code, err) == (0, "")
    assert out.endswith("Nothing stops publication.\n")


def test_claims_of_a_page_that_are_wrong_in_other_editions_are_told_apart(
    site: Site, run: Command
) -> None:
    table(site)
    site.front()
    text = (
        'It [fell]{claim="total[2022] < total[2021]"}, and [is large]{claim="total[2022] > 150"}.'
        '\n\nIt is [small]{claim="total[2022] < 50"}.'
    )
    site.article("trade", SETUP, ("md", text), front=front(), parameters='country: str = "Land 1"')
    report = build(site.root)
    assert [(one.where.line, len(one.pages)) for one in report.faults] == [(1, 13), (1, 7), (3, 13)]


def test_an_error_of_a_cell_is_told_once_whatever_the_value(site: Site, run: Command) -> None:
    table(site)
    site.front()
    site.article(
        "trade",
        'raise ValueError(f"no rows of {country.lower()}: {len(country)}")',
        front=front(),
        parameters='country: str = "Land 1"',
    )
    _, _, err = run(site, "build")
    assert err.count("ValueError: no rows") == 1
    assert "posts/trade/land-10, posts/trade/land-11, posts/trade/land-12 and 9 more" in err


def test_a_fault_of_a_table_is_told_once_at_the_table(site: Site, run: Command) -> None:
    table(site, fault="Land 1,2023,many")
    site.front()
    for slug in ("a", "b", "c", "d", "e"):
        site.article(slug, 'import broadsheet as bs\nbs.table("exports")')
    _, out, err = run(site, "check")
    assert err.count("error: ") == 1
    assert err.startswith("error: data/exports.csv, row 27, column 'total'")
    assert "it concerns posts/a/index, posts/b/index, posts/c/index and 2 more" in err
    assert out.splitlines()[-2] == "1 fault stops publication:"
    _, _, err = run(site, "build")
    assert err.count("error: ") == 1 and "and 1 more" in err


def test_a_fault_of_the_catalogue_is_told_once_there(site: Site, run: Command) -> None:
    site.table()
    descriptor = json.loads(site.read("data/datapackage.json"))
    descriptor["resources"][0]["description"] = 5
    site.write("data/datapackage.json", json.dumps(descriptor))
    site.front()
    for slug in ("a", "b", "c", "d"):
        site.article(slug, 'import broadsheet as bs\nbs.table("trade")')
    _, out, err = run(site, "check")
    assert err.count("error: ") == 1 and err.startswith("error: data/datapackage.json: ")
    assert "it concerns posts/a/index, posts/b/index" in err
    assert out.splitlines()[-2] == "1 fault stops publication:"


def test_faults_of_editions_in_markdown_files_and_in_what_several_include_are_told_once(
    site: Site, run: Command
) -> None:
    table(site)
    site.front()
    site.write("_note.md", "See [this](nowhere.html).\n")
    for slug in ("a", "b", "c", "d"):
        site.write(
            f"posts/{slug}/index.qmd",
            f"---\n{front(slug)}---\n\n```{{python}}\n#| tags: [parameters]\ncountry: str = 'Land 1'\n"
            f"```\n\n```{{python}}\n{SETUP}```\n\n{FALSE if slug == 'a' else 'All is well.'}\n\n"
            "{{< include /_note.md >}}\n",
        )
    site.write("_quarto.yml", site.read("_quarto.yml").replace('"*.qmd"', '"**/*.qmd"'))
    _, out, err = run(site, "check", "--strict")
    assert err.count("rests on the claim") == 1 and "posts/a/index.qmd, line " in err
    assert err.count("`nowhere.html`") == 1 and "warning: _note.md, line 1: a link" in err
    assert "posts/a/land-10, posts/a/land-11, posts/a/land-12 and 48 more" in err
    assert out.splitlines()[-1].startswith("  ")


def test_a_fault_of_a_shared_template_is_told_once(site: Site, run: Command) -> None:
    site.front()
    for slug in ("a", "b", "c", "d"):
        site.article(slug, ("md", "All is well."))
    site.write("theme/templates/page.html.jinja", "{{ nothing.at_all }}\n")
    _, _, err = run(site, "build")
    assert err.count("error: ") == 1 and "theme/templates/page.html.jinja, line 1" in err


def test_generated_texts_are_one_note_with_the_charts_of_each_article(
    site: Site, run: Command
) -> None:
    table(site)
    site.front()
    head = 'country = "Land 1"\n' + SETUP
    for slug in ("a", "b", "c", "d", "e", "f"):
        site.article(slug, head, CHART.format(slug), CHART.format("x"))
    code, out, err = run(site, "check", "--strict")
    assert code == 0 and out.endswith("Nothing stops publication.\n")
    assert err.count("note: ") == 1
    assert "12 charts without `fig-alt`" in err and "`fig-a`, `fig-x`" in err
    assert "posts/b/index.ipynb: `fig-b`, `fig-x`" in err
    assert "and in 2 more articles" in err


# One article


def test_a_check_of_an_article_makes_its_pages_alone_and_tells_of_them_alone(
    trade: Site, run: Command
) -> None:
    trade.article("other", ("md", "Aid came to $3 billion. [Nowhere](gone.qmd)."))
    trade.article("broken", "1 / 0")
    trade.write("about.qmd", "---\ntitle: About\n---\n[Gone](gone.qmd)\n")
    trade.article(
        "well",
        (
            "md",
            "See [other](../other/index.ipynb), [About](/about.qmd#x), [Ann](/authors/ann-writer/), "
            "[a chart](/posts/trade/figures/fig-a/).",
        ),
        front="title: Well\ndate: 2023-05-27",
    )
    trade.article(
        "by-ann", ("md", "All is well."), front="title: By\ndate: 2023-05-27\nauthor: Ann Writer"
    )
    code, out, err = run(trade, "check", "well", "--strict")
    assert (code, err) == (0, "")
    assert out.startswith("1 page: ")
    made = trade.root / ".broadsheet/check/site"
    assert sorted(path.parent.name for path in (made / "posts").glob("*/index.html")) == ["well"]
    assert not (made / "about.html").exists()
    code, _, err = run(trade, "check", "other")
    assert "gone.html" in err and "$3 billion" in err and "about.qmd" not in err
    code, out, err = run(trade, "check", "trade/land-7")
    assert code == 1 and err.count("error: ") == 1 and "KeyError" in err


def test_a_link_of_an_article_to_a_page_that_no_source_makes_is_told(
    trade: Site, run: Command
) -> None:
    trade.article("well", ("md", "See [other](../othr/index.ipynb)."))
    _, _, err = run(trade, "check", "well")
    assert (
        "posts/well/index.ipynb, cell 2, line 1: a link" in err and "`../trade/index.html`" in err
    )


def test_a_check_of_all_says_of_all_after_one_of_an_article(trade: Site, run: Command) -> None:
    trade.article("other", ("md", "Aid came to $3 billion."))
    alone = run(trade, "check", "other")
    assert "12 million" not in alone[2]
    assert "12 million" in run(trade, "check")[2]
    assert run(trade, "check", "other") == alone


def test_who_misspells_an_article_is_given_the_nearest_and_no_list_of_editions(
    trade: Site, run: Command
) -> None:
    code, _, err = run(trade, "check", "trad")
    assert code == 2 and "Did you mean `trade`?" in err and "land-3" not in err
