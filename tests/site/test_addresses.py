"""Addresses last: aliases lead to where a page is now, and a build that drops an address says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.site.build.build import build
from conftest import Site
from publishing import article, publish, write

CHART = """#| label: fig-x
#| fig-alt: "Two bars."
#| source: {text: "Our count"}
import plotly.graph_objects as go
go.Figure(go.Bar(x=["a", "b"], y=[1, 2]))"""


def leads(root: Path, path: str) -> str:
    """Where a redirect leads."""
    text = (root / "_site" / path).read_text()
    return text.split('content="0; url=')[1].split('"')[0]


def reported(root: Path) -> list[str]:
    report = build(root)
    assert not report.faults
    return [str(notice) for notice in report.notices]


# Aliases


def test_what_stands_at_an_alias_leads_straight_to_the_page(tmp_path):
    write(tmp_path, {"posts/a/index.qmd": article("A", aliases="[/old/a.html, /older/]")})
    publish(tmp_path)
    assert leads(tmp_path, "old/a.html") == "../posts/a/index.html"
    assert leads(tmp_path, "older/index.html") == "../posts/a/index.html"
    assert (
        'rel="canonical" href="https://gazette.example/paper/posts/a/"'
        in (tmp_path / "_site/older/index.html").read_text()
    )


def test_an_edition_has_the_aliases_that_it_declares(site: Site, run) -> None:
    site.article(
        "a",
        front="title: A\ndate: 2023-01-01\naliases: [/a/]\neditions:\n  - slug: b\n    aliases: [/b/]\n"
        "  - slug: c",
    )
    assert run(site, "build")[0] == 0
    assert leads(site.root, "a/index.html") == "../posts/a/index.html"
    assert leads(site.root, "b/index.html") == "../posts/a/b.html"


@pytest.mark.parametrize(
    ("alias", "fault"),
    [
        (
            "/about.html",
            "the alias `/about.html` of /posts/a.html is the address of another page, about.qmd",
        ),
        ("/404.html", "the alias `/404.html` of /posts/a.html is the address of another page"),
        ("/first/", "the alias `/first/` of /posts/a.html is an alias of posts/0.html, too"),
        ("../../a.html", "the alias `../../a.html` of /posts/a.html is no address of this site"),
    ],
)
def test_an_alias_where_something_else_is_is_an_error_of_the_page_that_has_it(
    tmp_path, alias, fault
):
    write(
        tmp_path,
        {
            "posts/a.qmd": article("A", aliases=f"['{alias}']"),
            "posts/0.qmd": article("First", aliases="[/first/]"),
        },
    )
    report = publish(tmp_path)
    assert [str(one) for one in report.faults] == [
        f"posts/a.qmd: {fault}\n"
        "  → Take it out, or write where the page was, from the site's root: `/posts/old-name/`."
    ]
    assert (
        not (tmp_path / "_site/posts/a.html").exists()
        and (tmp_path / "_site/posts/0.html").exists()
    )
    assert not (tmp_path / "a.html").exists()


def test_an_alias_on_another_site_is_a_warning(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A", aliases="['https://example.org/a']")})
    report = publish(tmp_path)
    (notice,) = (one for one in report.notices if "alias" in one.what)
    assert "`https://example.org/a` is an address of another site" in notice.what
    assert not report.faults and (tmp_path / "_site/posts/a.html").exists()


def test_a_page_that_takes_the_address_of_an_alias_is_reported_and_the_old_page_stands(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A", aliases="[/posts/b.html]")})
    assert not reported(tmp_path)
    write(tmp_path, {"posts/b.qmd": article("B")})
    (fault,) = build(tmp_path).faults
    assert (
        "the alias `/posts/b.html` of /posts/a.html is the address of another page, posts/b.qmd"
        in str(fault)
    )
    assert (tmp_path / "_site/posts/a.html").is_file()
    assert "A paragraph" in (tmp_path / "_site/posts/b.html").read_text()


def test_a_file_in_the_way_of_an_alias_is_reported(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A", aliases="[/robots.txt]")})
    assert reported(tmp_path) == [
        "posts/a.qmd: no alias at `/robots.txt/index.html`: the site has a file there\n"
        "  → Take one of the two away."
    ]
    assert (tmp_path / "_site/robots.txt").read_text().startswith("User-agent")


# Addresses that a build drops


def test_a_page_that_moves_is_reported_with_its_old_address_and_where_it_may_be(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A")})
    assert not reported(tmp_path)
    (tmp_path / "posts/a.qmd").rename(tmp_path / "posts/b.qmd")
    first = reported(tmp_path)
    assert first == [
        "posts/a.qmd: `/posts/a.html` was an address of the site before, and this build drops it\n"
        "  → Links lead nowhere now: give posts/b.qmd, if it has moved there, `aliases: [/posts/a.html]`."
    ]
    assert reported(tmp_path) == first  # nothing has changed: what was said is said again
    write(tmp_path, {"about.qmd": "---\ntitle: About\n---\nAnother word.\n"})
    assert not reported(tmp_path)


def test_an_alias_in_time_makes_it_no_matter_and_figures_that_others_embed_are_found_too(
    site: Site,
) -> None:
    site.article("a", CHART)
    assert not reported(site.root)
    (site.root / "posts/a").rename(site.root / "posts/b")
    site.article(
        "b", CHART, front="title: A\ndate: 2023-05-26\naliases: [/posts/a/, ../../old.html]"
    )
    assert not reported(site.root)
    assert leads(site.root, "posts/a/index.html") == "../b/index.html"
    assert (
        leads(site.root, "posts/a/figures/fig-x/index.html")
        == "../../../b/figures/fig-x/index.html"
    )
    assert (
        leads(site.root, "old/figures/fig-x/index.html")
        == "../../../posts/b/figures/fig-x/index.html"
    )


def test_a_chart_whose_label_changes_is_reported(site: Site) -> None:
    site.article("a", CHART)
    build(site.root)
    site.article("a", CHART.replace("fig-x", "fig-y"))
    assert reported(site.root) == [
        "posts/a/index.ipynb: `/posts/a/figures/fig-x/` was an address of the site before, and this build drops it\n"
        "  → Others may have embedded it. Give the chart its old `label`."
    ]


def test_an_alias_that_is_taken_out_is_reported_too_and_a_page_in_its_place_will_do(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A", aliases="[/old/, /older.html]")})
    build(tmp_path)
    write(tmp_path, {"posts/a.qmd": article("A"), "older.qmd": "---\ntitle: Moved\n---\n"})
    (notice,) = reported(tmp_path)
    assert notice.startswith(
        "posts/a.qmd: `/old/` was an address of the site before, and this build drops it\n"
    )


def test_many_of_one_article_are_reported_at_once(site: Site, run) -> None:
    front = "title: A\ndate: 2023-01-01\neditions:\n  matrix: {n: [1, 2, 3, 4, 5]}\n  slug: '%s{{ n }}'\n"
    site.article("a", front=front % "x", parameters="n: int = 0")
    run(site, "build")
    site.article("a", front=front % "y", parameters="n: int = 0")
    assert run(site, "build")[2].splitlines()[0] == (
        "warning: posts/a/index.ipynb: `/posts/a/x1.html`, `/posts/a/x2.html`, `/posts/a/x3.html` and 2 more were "
        "addresses of the site before, and this build drops them"
    )
    site.article(
        "a", front=front % "z" + "  aliases: ['/posts/a/y{{ n }}.html']", parameters="n: int = 0"
    )
    assert run(site, "build")[2] == ""


def test_an_article_that_becomes_a_draft_is_told_with_the_reason_and_one_that_breaks_is_not(
    tmp_path,
):
    write(tmp_path, {"posts/a.qmd": article("A"), "posts/b.qmd": article("B")})
    build(tmp_path)
    write(
        tmp_path,
        {
            "posts/a.qmd": article("A", draft="true"),
            "posts/b.qmd": article("B", body="{{< include b.qmd >}}"),
        },
    )
    report = build(tmp_path)
    assert [str(notice).splitlines()[0] for notice in report.notices] == [
        "posts/a.qmd: `/posts/a.html` was an address of the site before, and this build drops it: it is a draft"
    ]


def test_check_tells_what_a_build_would_drop(site: Site, run) -> None:
    site.write("index.qmd", "---\ntitle: The Test\n---\n")
    site.article("a", ("md", "A."))
    run(site, "build")
    (site.root / "posts/a/index.ipynb").unlink()
    assert "`/posts/a/` was an address of the site before" in run(site, "check")[2]
    assert (
        "`/posts/a/` was an address of the site before" in run(site, "check")[2]
    )  # for nothing was built
    assert "`/posts/a/` was an address of the site before" in run(site, "build")[2]
    assert "was an address" not in run(site, "check")[2]


def test_an_article_built_alone_elsewhere_drops_and_misses_no_other(site: Site, run) -> None:
    site.write("index.qmd", "---\ntitle: The Test\n---\n[B](posts/b/index.ipynb)\n")
    site.article("a", ("md", "A."), front="title: A\ndate: 2023-05-26\naliases: [/old/]")
    site.article("b", ("md", "B."))
    run(site, "build")
    code, _, reported = run(site, "build", "b", "--output", "elsewhere")
    assert (code, "address of the site before" in reported) == (0, False)
    code, _, reported = run(site, "build", "a", "--output", "other")
    assert (code, "does not have" in reported) == (0, False)


def test_a_page_that_fails_in_an_empty_folder_is_missing_there(site: Site, run) -> None:
    site.write("index.qmd", "---\ntitle: The Test\n---\n[B](posts/b/index.ipynb)\n")
    site.article("b", "1 / 0")
    code, _, reported = run(site, "build", "b", "--output", "elsewhere")
    assert (code, "ZeroDivisionError" in reported, "does not have" in reported) == (1, True, True)
