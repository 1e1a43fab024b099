"""Links to other articles by their slugs: what a reader sees, and what an author is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lxml import html

from broadsheet.site.build.build import build
from conftest import Site, is_exact
from publishing import article, publish, select, write

TO = "As [they say *there*](article:bridge), it holds.\n\n[](article:bridge)\n\nSee [](article:bridge#how), too."


def built(root: Path, **more: str) -> html.HtmlElement:
    write(
        root,
        {
            "posts/a.qmd": article("A", body=TO),
            "posts/bridge/index.qmd": article(
                "A bridge *is* opened", "2024-03-05", "## How {#how}\n\nSo."
            ),
            **more,
        },
    )
    assert not publish(root).notices
    return html.parse(root / "_site/posts/a.html").getroot()


def test_words_become_a_link_and_a_link_without_words_has_the_title(tmp_path):
    first, _, last = select(built(tmp_path), "#article-body p")
    assert [(link.get("href"), link.text_content()) for link in select(first, "a")] == [
        ("bridge/index.html", "they say there")
    ]
    assert [(link.get("href"), link.text_content()) for link in select(last, "a")] == [
        ("bridge/index.html#how", "A bridge is opened")
    ]


def test_alone_in_its_paragraph_it_says_read_more_with_title_and_date(tmp_path):
    (line,) = select(built(tmp_path), "p.read-more")
    assert line.text_content() == "Read more A bridge is opened 5 March 2024"
    (link,) = select(line, "a")
    assert link.get("href") == "bridge/index.html" and select(link, "em")[0].text == "is"
    assert select(line, "time")[0].get("datetime") == "2024-03-05"


def test_the_copy_in_markdown_and_the_feed_have_the_same_links(tmp_path):
    built(tmp_path)
    address = "https://gazette.example/paper/posts/bridge/"
    copy = (tmp_path / "_site/posts/a.md").read_text()
    assert (
        f"As [they say *there*]({address}" in copy
        and f"Read more [A bridge *is* opened]({address}" in copy
    )
    assert "article:" not in copy + (tmp_path / "_site/index.xml").read_text()


def test_a_place_that_the_other_article_does_not_have_is_reported(tmp_path):
    write(
        tmp_path,
        {
            "posts/a.qmd": article("A", body="[](article:b#hwo)"),
            "posts/b.qmd": article("B", body="## How {#how}\n\nSo."),
        },
    )
    assert [str(notice) for notice in publish(tmp_path).notices] == [
        "posts/a.qmd, line 7: a link leads to `article:b#hwo`, but that page has no `#hwo`\n"
        "  → The nearest that exists is `#how`."
    ]


@pytest.mark.parametrize(
    ("slug", "mend"),
    [
        ("brigde", "The nearest that exist: `article:bridge`."),
        ("bridge/2024", "The nearest that exist: `article:bridge`."),
        ("zzz", "There are: `article:a`, `article:bridge`."),
    ],
)
def test_a_slug_that_no_article_has_is_an_error_with_the_nearest_that_exist(tmp_path, slug, mend):
    write(
        tmp_path,
        {
            "posts/a.qmd": article("A", body=f"One.\n\n[](article:{slug})"),
            "posts/bridge.qmd": article("A bridge"),
            "brigde.qmd": "---\ntitle: No article\n---\n",
        },
    )
    report = publish(tmp_path)
    (fault,) = report.faults
    assert fault.where.file == "posts/a.qmd" and str(fault) == (
        f"posts/a.qmd, line 9: the article a refers to `article:{slug}`, and no article has that slug\n  → {mend}"
    )
    assert not (tmp_path / "_site/posts/a.html").exists()


def test_a_slug_that_two_articles_have_is_an_error(tmp_path):
    write(
        tmp_path,
        {
            "posts/a.qmd": article("A", body="[](article:b)"),
            "posts/b.qmd": article("B"),
            "posts/more/b.qmd": article("Another B"),
        },
    )
    (fault,) = publish(tmp_path).faults
    assert "refers to `article:b`, which posts/b.html and posts/more/b.html are" in str(fault)


def test_an_excerpt_may_refer_as_well(tmp_path):
    page = built(
        tmp_path, **{"posts/c.qmd": article("C", excerpt='"More on [the bridge](article:bridge)."')}
    )
    page = html.parse(tmp_path / "_site/posts/c.html").getroot()
    assert select(page, "aside.newsletter a")[0].get("href") == "bridge/index.html"


def test_an_article_without_a_page_yet_leaves_the_words_and_no_line(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A", body=TO), "posts/bridge.qmd": article("A bridge")})
    assert [one.where.file for one in publish(tmp_path, broken=["posts/bridge.qmd"]).faults] == [
        "posts/bridge.qmd"
    ]
    first, last = select(html.parse(tmp_path / "_site/posts/a.html").getroot(), "#article-body p")
    assert first.text_content() == "As they say there, it holds."
    assert last.text_content() == "See another article, too."
    assert not any(link.get("href") for one in (first, last) for link in select(one, "a"))


def test_so_does_one_that_cannot_be_read(tmp_path):
    write(
        tmp_path,
        {
            "posts/a.qmd": article("A", body="[It](article:b/2024) holds."),
            "posts/b.qmd": "---\ndate: never\n---\n",
        },
    )
    assert [one.where.file for one in publish(tmp_path).faults] == ["posts/b.qmd"]
    assert "It</a> holds." in (tmp_path / "_site/posts/a.html").read_text()


# From one build to the next


@pytest.fixture
def publication(site: Site) -> Site:
    """A notebook that refers to an edition of another, which has its title from its run; and some
    others.
    """
    config = site.read("_quarto.yml").replace(
        '"posts/**/*.ipynb"', '"posts/**/*.ipynb"\n    - "posts/*.qmd"'
    )
    site.write("_quarto.yml", config)
    site.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: [posts], feed: true}\n---\n")
    site.article(
        "trade",
        ("md", "Trade of `{python} year`."),
        parameters="year: int = 2022",
        front="title: 'Trade of `{python} year`'\ndate: 2024-01-02\ncategories: [Sea]\neditions:\n"
        "  - slug: next\n    parameters: {year: 2023}",
    )
    site.article(
        "one",
        ("md", "[](article:trade/next)"),
        front="title: One\ndate: 2020-01-01\ncategories: [Town]",
    )
    for number in range(2, 6):
        site.write(f"posts/n{number}.qmd", article(f"Number {number}", f"2023-01-0{number}"))
    assert not build(site.root).faults
    return site


UNTOUCHED = ("n3.html", "told/index.html")
"""Pages that the title of the other article is not on."""


def line(site: Site) -> str:
    page = html.parse(site.root / "_site/posts/one/index.html").getroot()
    return " | ".join(one.text_content() for one in select(page, "p.read-more"))


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / "_site").rglob("*"))
        if is_exact(path)
    }


def as_from_nothing(site: Site) -> bool:
    twin = site.root.parent / "twin"
    shutil.copytree(site.root, twin, ignore=shutil.ignore_patterns("_site", "pages", "_site.*"))
    build(twin)
    same = files(site.root) == files(twin)
    shutil.rmtree(twin)
    return same


def test_the_title_of_the_other_article_follows_its_run(publication):
    assert line(publication) == "Read more Trade of 2023 2 January 2024"
    publication.article(
        "told",
        ("md", "As [we told](article:trade/next)."),
        front="title: Told\ndate: 2020-01-01",
    )
    build(publication.root)
    before = [(publication.root / "_site/posts" / name).stat().st_ino for name in UNTOUCHED]
    notebook = publication.root / "posts/trade/index.ipynb"
    notebook.write_text(notebook.read_text().replace("year: 2023", "year: 2024"))
    report = build(publication.root)
    assert not report.faults and report.ran == 1
    assert line(publication) == "Read more Trade of 2024 2 January 2024"
    assert [(publication.root / "_site/posts" / name).stat().st_ino for name in UNTOUCHED] == before
    assert as_from_nothing(publication)


def test_an_article_that_has_moved_is_a_fault_of_those_that_refer_to_it_and_their_old_pages_stay(
    publication,
):
    old = (publication.root / "_site/posts/one/index.html").read_bytes()
    (publication.root / "posts/trade").rename(publication.root / "posts/trades")
    for _ in range(2):  # it is told again until it is mended
        (fault,) = build(publication.root).faults
        assert str(fault) == (
            "posts/one/index.ipynb, cell 2, line 1: the article one refers to `article:trade/next`, and no article has "
            "that slug\n  → The nearest that exist: `article:trades/next`, `article:trades`."
        )
        assert (publication.root / "_site/posts/one/index.html").read_bytes() == old
    notebook = publication.root / "posts/one/index.ipynb"
    notebook.write_text(notebook.read_text().replace("article:trade/", "article:trades/"))
    assert not build(publication.root).faults
    assert line(publication) == "Read more Trade of 2023 2 January 2024"
    assert as_from_nothing(publication)


@pytest.mark.slow
def test_editions_that_refer_alike_are_reported_of_together(publication):
    publication.article(
        "many",
        ("md", "[](article:trade/nxt)"),
        parameters="n: int = 0",
        front="title: Many\ndate: 2020-01-01\neditions:\n  matrix: {n: [1, 2, 3]}\n  slug: 'n{{ n }}'",
    )
    (fault,) = build(publication.root).faults
    assert "the article many refers to `article:trade/nxt`" in str(fault)
    assert "the same in posts/many/n1, posts/many/n2, posts/many/n3" in str(fault)


@pytest.mark.slow
def test_when_it_has_moved_back_all_is_well_without_a_change(publication):
    (publication.root / "posts/trade").rename(publication.root / "posts/trades")
    assert build(publication.root).faults
    (publication.root / "posts/trades").rename(publication.root / "posts/trade")
    assert not build(publication.root).faults
    assert line(publication) == "Read more Trade of 2023 2 January 2024" and as_from_nothing(
        publication
    )


def test_who_holds_words_that_are_shown_as_code_is_not_looked_for(tmp_path: Path) -> None:
    body = 'So: `[fell]{held-by="@tass"}`.\n\n```markdown\n[fell]{held-by="@tass"}\n```\n'
    write(tmp_path, {"posts/a.qmd": article("A", body=body)})
    assert not publish(tmp_path).notices
