"""The site: which pages it has, what is on them, where their links lead."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from lxml import html

from conftest import is_exact, slow_but
from publishing import FRONT, SITE, WIDE, article, chart, publish, select, write

URL = "https://gazette.example/paper/"


def page(root: Path, path: str) -> html.HtmlElement:
    return html.document_fromstring((root / "_site" / path).read_text(encoding="utf-8"))


def text(element: html.HtmlElement, css: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in select(element, css)]


def files(root: Path) -> dict[str, bytes]:
    site = root / "_site"
    return {
        str(path.relative_to(site)): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if is_exact(path)
    }


# Pages


def test_an_article_has_its_section_headline_standfirst_byline_dates_and_reading_time(tmp_path):
    write(
        tmp_path,
        {
            "posts/a.qmd": article(
                "The *bridge* opens",
                body="Word. " * 700,
                subtitle="After nine years",
                date_modified="2024-05-03",
            )
        },
    )
    publish(tmp_path)
    story = page(tmp_path, "posts/a.html")
    assert text(story, "h1") == ["The bridge opens"] and text(story, "h1 em") == ["bridge"]
    assert text(story, ".story-head .kicker") == ["Town"]
    assert select(story, ".story-head .kicker a")[0].get("href") == "../town.html"
    assert text(story, ".story-head .standfirst") == ["After nine years"]
    assert text(story, ".authors") == ["By A. Reporter"]
    assert text(story, ".dates") == ["1 May 2024Updated 3 May 20243 min read"]
    assert [time.get("datetime") for time in select(story, ".dates time")] == [
        "2024-05-01",
        "2024-05-03",
    ]


@pytest.mark.parametrize(
    "title, whole",
    [
        ("Ascents grew 6.2-fold from the 1990s", ["6.2-fold"]),
        ("A record $190 billion in 2022", ["$190 billion"]),
        ("Seit den 2010er-Jahren um 12,5 Prozent", ["2010er-Jahren", "12,5 Prozent"]),
        ("An 11-year-old of *$5* [2-b](about.qmd) in 2022", ["11-year-old", "2-b"]),
        ("No number-like thing", []),
    ],
)
def test_no_line_of_a_headline_ends_within_a_number_and_what_belongs_to_it(tmp_path, title, whole):
    write(tmp_path, {"posts/a.qmd": article(title)})
    publish(tmp_path)
    assert text(page(tmp_path, "posts/a.html"), "h1 .whole") == whole
    assert text(page(tmp_path, "town.html"), ".headline .whole") == whole


def test_each_page_has_a_masthead_a_skip_link_the_sections_and_the_footer(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A")})
    publish(tmp_path)
    for path in ("index.html", "town.html", "about.html", "posts/a.html", "404.html"):
        found = page(tmp_path, path)
        assert (
            select(found, "a.skip")[0].get("href") == "#content"
            and found.get_element_by_id("content").tag == "main"
        )
        assert text(found, "nav.sections a") == ["Town", "About", "Search"]
        assert text(found, ".masthead-title") == ["The Gazette"]
        assert text(found, ".colophon em") == ["weekly"]
        assert len(select(found, "h1")) == 1
    assert text(page(tmp_path, "about.html"), "nav [aria-current=page]") == ["About"]


def test_the_head_tells_search_engines_and_cards_what_the_page_is(tmp_path):
    write(
        tmp_path,
        {
            "posts/a/index.qmd": article(
                "A", description="What it is.", image="photo.png", image_alt="A bridge"
            ),
            "posts/a/photo.png": "picture",
        },
    )
    publish(tmp_path)
    head = page(tmp_path, "posts/a/index.html").head
    meta = {
        tag.get("property") or tag.get("name"): tag.get("content")
        for tag in select(head, "meta[content]")
    }
    assert select(head, "link[rel=canonical]")[0].get("href") == URL + "posts/a/"
    assert text(head, "title") == ["A – The Gazette"]
    assert (
        meta["og:url"] == URL + "posts/a/"
        and meta["og:image"] == URL + "posts/a/index_files/card.png"
    )
    assert meta["og:type"] == "article" and meta["description"] == "What it is."
    assert meta["twitter:card"] == "summary_large_image"
    assert [link.get("href") for link in select(head, "link[rel=alternate]")] == [
        "../../index.xml",
        "../../index.atom",
        "../../index.feed.json",
        "index.md",
    ]
    data = json.loads(select(head, "script[type='application/ld+json']")[0].text)
    assert (data["@type"], data["headline"], data["datePublished"]) == (
        "NewsArticle",
        "A",
        "2024-05-01",
    )
    assert data["author"] == [
        {"@type": "Person", "name": "A. Reporter", "url": URL + "authors/a-reporter/"}
    ]
    assert data["articleSection"] == ["Town"]


def test_what_comes_from_front_matter_cannot_break_out_of_its_place(tmp_path):
    hostile = '</script><script>alert(1)</script> \\" onload=x <b>'
    write(
        tmp_path,
        {
            "posts/a.qmd": article(
                "A",
                description=f'"{hostile}"',
                subtitle=f'"{hostile}"',
                categories=f'["{hostile}"]',
                author=f'"{hostile}"',
            ).replace("categories: [Town]\nauthor: A. Reporter\n", "")
        },
    )
    publish(tmp_path)
    for path in ("posts/a.html", "index.html"):
        written = (tmp_path / "_site" / path).read_text()
        assert "<script>alert" not in written and "onload=x <b>" not in written
        assert not html.document_fromstring(written).xpath("//*[@onload]")
    assert json.loads(select(page(tmp_path, "posts/a.html"), "script")[-1].text)[
        "description"
    ].startswith("</script>")


def test_nothing_on_a_page_is_inline_script_or_style(tmp_path):
    write(tmp_path, {"posts/a/index.qmd": article("A", body=chart())})
    publish(tmp_path, assets={"posts/a/index_files/fig-x.json": b"{}"})
    for path in (tmp_path / "_site").rglob("*.html"):
        found = html.document_fromstring(path.read_text())
        assert not found.xpath("//@style | //style | //@*[starts-with(name(), 'on')]")
        assert all(
            script.get("src") or script.get("type") == "application/ld+json"
            for script in select(found, "script")
        )


def test_the_script_for_charts_comes_only_with_a_chart(tmp_path):
    write(tmp_path, {"posts/a/index.qmd": article("A", body=chart()), "posts/b.qmd": article("B")})
    publish(tmp_path, assets={"posts/a/index_files/fig-x.json": b"{}"})
    scripts = select(page(tmp_path, "posts/a/index.html"), "script[src]")
    (script,) = scripts
    assert script.get("type") == "module"
    bundles = json.loads(script.get("data-plotly")).values()
    for address in (script.get("src"), script.get("data-explore"), *bundles):
        assert (tmp_path / "_site/posts/a" / address).is_file()
    assert not select(page(tmp_path, "posts/b.html"), "script[src]")


def test_other_editions_and_neighbours_stand_under_an_article(tmp_path):
    write(
        tmp_path,
        {
            "posts/a.qmd": article("A", "2024-01-09").replace(
                "---\nA par",
                "editions:\n- {slug: later, title: A later, date: 2025-01-01}\n---\nA par",
            ),
            **{
                f"posts/{name}.qmd": article(name.upper(), f"2024-01-0{day}")
                for day, name in enumerate("bcde", start=1)
            },
        },
    )
    publish(tmp_path)
    first = page(tmp_path, "posts/a.html")
    assert text(first, ".editions a") == ["A later"]
    assert select(first, ".editions a")[0].get("href") == "later.html"
    assert text(first, ".related .headline") == ["E", "D", "C"]
    assert text(page(tmp_path, "posts/later.html"), "h1") == ["A later"]


def test_the_404_page_works_at_any_depth(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A")})
    publish(tmp_path)
    found = page(tmp_path, "404.html")
    addresses = {element.get("href") for element in select(found, "[href]")} - {"#content"}
    assert addresses and all(address.startswith("/paper/") for address in addresses)
    assert not select(found, "link[rel=canonical]")


def test_an_alias_leads_to_the_page(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A", aliases="[/old/a.html, former]")})
    publish(tmp_path)
    assert 'url=../posts/a.html"' in (tmp_path / "_site/old/a.html").read_text()
    assert 'url=../a.html"' in (tmp_path / "_site/posts/former/index.html").read_text()


def test_a_wide_table_scrolls_in_a_box_that_the_keyboard_reaches(tmp_path):
    rows = "\n".join("| " + " | ".join("abcdef") + " |" for _ in range(2))
    wide = "| " + " | ".join("abcdef") + " |\n" + "|--" * 6 + "|\n" + rows
    write(
        tmp_path, {"posts/a.qmd": article("A", body=f"{wide}\n\n| a | b |\n|--|--|\n| 1 | 2 |\n")}
    )
    publish(tmp_path)
    boxes = select(page(tmp_path, "posts/a.html"), ".table-scroll")
    assert [(box.get("tabindex"), box[0].tag) for box in boxes] == [("0", "table"), (None, "table")]


# Lists


@pytest.mark.parametrize(
    "listing, titles",
    slow_but(
        [
            ("contents: posts", ["Cat", "Ant", "Bee"]),
            ("{contents: posts, sort: title}", ["Ant", "Bee", "Cat"]),
            ("{contents: posts, sort: order desc}", ["Bee", "Ant", "Cat"]),
            ("{contents: posts, sort: [author, title desc]}", ["Cat", "Ant", "Bee"]),
            ("{contents: posts/b*.qmd}", ["Bee"]),
            ("{contents: [posts, '!posts/b.qmd']}", ["Cat", "Ant"]),
            ("{contents: posts, include: {title: '*t'}}", ["Cat", "Ant"]),
            ("{contents: posts, include: {categories: [insects, pets]}}", ["Cat", "Ant", "Bee"]),
            ("{contents: posts, exclude: {kind: flying}}", ["Cat", "Ant"]),
            ("{contents: posts, max-items: 1}", ["Cat"]),
        ],
        4,
    ),
)
def test_a_listing_chooses_and_sorts_as_quarto_s_does(tmp_path, listing, titles):
    def entry(title, date, category, order, author, **more):
        return (
            article(title, date, order=str(order), **more)
            .replace("[Town]", f"[{category}]")
            .replace("A. Reporter", author)
        )

    listing = f"\n  {listing}" if not listing.startswith("{") else f" {listing}"
    write(
        tmp_path,
        {
            "town.qmd": f"---\ntitle: All\nlisting:{listing}\n---\n",
            "posts/a.qmd": entry("Ant", "2024-02-01", "Insects", 2, "Young"),
            "posts/b.qmd": entry("Bee", "2024-01-01", "Insects", 3, "Zimmer", kind="flying"),
            "posts/c.qmd": entry("Cat", "2024-03-01", "Pets", 1, "Young"),
        },
    )
    publish(tmp_path)
    assert text(page(tmp_path, "town.html"), ".headline") == titles


def test_each_edition_of_a_chosen_source_is_an_entry_if_it_says_so(tmp_path):
    write(
        tmp_path,
        {
            "posts/a.qmd": article("A", "2024-01-09").replace(
                "---\nA par",
                "edition-entries: each\neditions:\n"
                "- {slug: later, title: A later, date: 2025-01-01}\n---\nA par",
            )
        },
    )
    publish(tmp_path)
    assert text(page(tmp_path, "town.html"), ".headline") == ["A later", "A"]


def test_a_list_shows_the_article_s_first_chart_without_its_words_and_legend(tmp_path):
    legend = '<g clip-path="url(#x-legend)"><path d="M0 0h9" fill="#abcdef"/></g><text'
    body = chart(wide=WIDE.replace("<text", legend))
    write(tmp_path, {"posts/a/index.qmd": article("A", body=body)})
    publish(
        tmp_path,
        assets={
            "posts/a/index_files/fig-x.svg": b"<svg/>",
            "posts/a/index_files/fig-x.json": b"{}",
        },
    )
    found = page(tmp_path, "town.html")
    image, dark = select(found, ".thumb img")[0], select(found, ".thumb source")[0]
    assert (
        image.get("alt") == "A rising line."
        and image.get("loading") == "lazy"
        and image.get("width")
    )
    light = (tmp_path / "_site" / image.get("src")).read_text()
    assert "#b3262a" in light and "Words" not in light and "#abcdef" not in light
    assert "#ef7b6b" in (tmp_path / "_site" / dark.get("srcset")).read_text()


def test_lists_and_the_lead_show_the_chart_that_the_article_names(tmp_path):
    two = chart("The first") + chart("The second", "fig-y")
    write(tmp_path, {"posts/a/index.qmd": article("A", body=two, image="index_files/fig-y.svg")})
    names = ("x.svg", "y.svg", "x.json", "y.json")
    publish(tmp_path, assets={f"posts/a/index_files/fig-{name}": b"<svg/>" for name in names})
    assert (
        select(page(tmp_path, "town.html"), ".thumb img")[0].get("src").endswith("fig-y-small.svg")
    )
    assert text(page(tmp_path, "index.html"), ".lead-chart .chart-title") == ["The second"]


def test_the_lead_of_the_front_page_has_its_chart_and_what_it_shows(tmp_path):
    write(
        tmp_path,
        {
            "posts/a/index.qmd": article("A", body=chart("It rises")),
            "posts/b.qmd": article("B", "2024-01-01"),
        },
    )
    publish(tmp_path, assets={"posts/a/index_files/fig-x.json": b"{}"})
    front = page(tmp_path, "index.html")
    assert text(front, ".lead .headline") == ["A"] and text(front, ".beside .headline") == ["B"]
    assert text(front, ".lead-chart .chart-title") == ["It rises"]
    assert select(front, ".lead-chart svg")[0].get("aria-label") == "A rising line."


@pytest.mark.parametrize("count", slow_but([0, 1, 2, 60], [1, 2]))
def test_no_article_stands_twice_on_the_front_page_and_the_archive_has_what_is_left(
    tmp_path, count
):
    write(
        tmp_path,
        {
            f"posts/n{number}.qmd": article(f"Number {number}", f"2024-{1 + number % 12:02}-01")
            for number in range(count)
        },
    )
    publish(tmp_path)
    front = page(tmp_path, "index.html")
    titles = text(front, ".headline a") + text(front, ".earlier li a")
    assert len(set(titles)) == len(titles) == min(count, 28)
    if count == 0:
        assert text(front, ".listing-empty") == ["Nothing has been published yet."]
        assert not select(front, ".to-archive") and not (tmp_path / "_site/archive").exists()
        return
    assert text(page(tmp_path, "archive/index.html"), ".lines a") == text(
        page(tmp_path, "archive/2024/index.html"), ".lines a"
    )
    assert len(text(page(tmp_path, "archive/index.html"), ".lines a")) == count
    if count == 60:
        assert text(front, ".section-column h2") == ["Town"]
        assert text(front, ".to-archive a") == ["The archive: all 60 articles, by month"]
        assert select(front, ".to-archive a")[0].get("href") == "archive/index.html"


# Links


def test_links_to_sources_lead_to_pages_by_relative_addresses(tmp_path):
    body = "[about](/about.qmd#who), [b](../b.qmd), [front](/), [out](https://example.org/about.qmd), [here](#here)"
    write(
        tmp_path,
        {
            "posts/a/index.qmd": article("A", body=f"{body}\n\n## Here {{#here}}\n"),
            "posts/b.qmd": article("B"),
            "about.qmd": "---\ntitle: About\n---\n\n## Who\n",
        },
    )
    report = publish(tmp_path)
    found = select(page(tmp_path, "posts/a/index.html"), "#article-body p a")
    assert [link.get("href") for link in found] == [
        "../../about.html#who",
        "../b.html",
        "../../index.html",
        "https://example.org/about.qmd",
        "#here",
    ]
    assert report.notices == ()


def test_an_address_that_leads_nowhere_is_reported_with_the_nearest_that_exists(tmp_path):
    write(
        tmp_path,
        {
            "posts/a.qmd": article(
                "A", body="[b](bb.qmd), ![x](pictur.png), [who](../about.qmd#whom)"
            ),
            "posts/b.qmd": article("B", body="[x](picture.png)"),
            "posts/picture.png": "picture",
            "about.qmd": "---\ntitle: About\n---\n\n## Who\n",
        },
    )
    reported = [str(notice) for notice in publish(tmp_path).notices]
    assert reported == [
        "posts/a.qmd, line 7: a link or image leads to `bb.html`, which the site does not have\n"
        "  → The nearest that exists is `b.html`.",
        "posts/a.qmd, line 7: a link or image leads to `pictur.png`, which the site does not have\n"
        "  → The nearest that exists is `picture.png`.",
        "posts/a.qmd, line 7: a link leads to `../about.html#whom`, but that page has no `#whom`\n"
        "  → The nearest that exists is `#who`.",
    ]


def test_a_missing_picture_of_the_text_is_reported_where_the_text_has_it(tmp_path):
    text = article("A", body="Text.\n\n![A hive](hive.png)")
    write(tmp_path, {"posts/a.qmd": text.replace("date:", "image: hive.png\ndate:", 1)})
    reported = [str(notice).partition("\n")[0] for notice in publish(tmp_path).notices]
    assert sorted(reported) == [
        "posts/a.qmd, line 10: a link or image leads to `hive.png`, which the site does not have",
        "posts/a.qmd, line 3: `image` names `hive.png`, which the site does not have",
    ]


def test_files_that_pages_use_and_resources_are_copied_and_sources_are_not(tmp_path):
    write(
        tmp_path,
        {
            "_quarto.yml": SITE.replace("type: website", "type: website\n  resources: [extra]", 1),
            "posts/a.qmd": article(
                "A", body="![x](picture.png) [paper](/papers/a.pdf) [q](../_quarto.yml)"
            ),
            "posts/picture.png": "picture",
            "posts/unused.png": "x",
            "papers/a.pdf": "paper",
            "extra/deep/file.txt": "extra",
        },
    )
    publish(tmp_path)
    made = files(tmp_path)
    assert {"posts/picture.png", "papers/a.pdf", "extra/deep/file.txt"} <= made.keys()
    assert not {"posts/unused.png", "_quarto.yml", "posts/a.qmd"} & made.keys()


# What stands when something is broken


def test_a_page_that_cannot_be_made_keeps_its_old_page_its_files_and_its_place_in_every_list(
    tmp_path,
):
    write(
        tmp_path,
        {
            "posts/a/index.qmd": article("A stands", "2024-01-02", chart(), image="photo.png"),
            "posts/a/photo.png": "picture",
            "posts/b.qmd": article("B"),
        },
    )
    publish(
        tmp_path,
        assets={
            "posts/a/index_files/fig-x.svg": b"<svg/>",
            "posts/a/index_files/fig-x.json": b"{}",
        },
    )
    before = files(tmp_path)
    (tmp_path / "posts/a/photo.png").unlink()
    (tmp_path / "posts/a/index.qmd").write_text(article("A is broken", "2024-01-02"))
    (tmp_path / "posts/b.qmd").write_text(article("B is new"))
    report = publish(tmp_path, broken=["posts/a/index.qmd"])
    assert [fault.where.file for fault in report.faults] == ["posts/a/index.qmd"]
    assert report.kept_pages == ("posts/a/index.html",) and report.absent == ()
    after = files(tmp_path)
    own = {name for name in before if name.startswith("posts/a/")}
    assert own == {name for name in after if name.startswith("posts/a/")}
    assert all(before[name] == after[name] for name in own)
    assert text(page(tmp_path, "town.html"), ".headline") == ["B is new", "A stands"]
    for feed in ("index.xml", "index.atom"):
        assert b"A stands" in after[feed] and b"fig-x.svg" in after[feed]
    assert b"posts/a/</loc>" in after["sitemap.xml"]
    # And once more: what stands can stand again.
    publish(tmp_path, broken=["posts/a/index.qmd"])
    assert files(tmp_path) == after


def test_a_page_that_stands_keeps_the_stylesheet_that_it_was_made_with(tmp_path):
    write(
        tmp_path,
        {
            "posts/a.qmd": article("A"),
            "theme/broadsheet.css": "old",
            "theme/figures.js": "",
            "theme/favicon.svg": "<svg/>",
        },
    )
    publish(tmp_path)
    (tmp_path / "theme/broadsheet.css").write_text("new")
    publish(tmp_path, broken=["posts/a.qmd"])
    sheet = select(page(tmp_path, "posts/a.html"), "link[rel=stylesheet]")[0].get("href")
    assert (tmp_path / "_site/posts" / sheet).read_text().endswith("\nold")
    assert len(list((tmp_path / "_site/site_libs/broadsheet").glob("broadsheet-*.css"))) == 2


def test_a_source_that_cannot_be_read_keeps_its_old_pages(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A")})
    publish(tmp_path)
    (tmp_path / "posts/a.qmd").write_text("---\ntitle: [broken\n---\n")
    report = publish(tmp_path)
    assert report.kept_pages == ("posts/a.html",)
    assert text(page(tmp_path, "town.html"), ".headline") == ["A"]


def test_a_broken_page_without_an_old_one_is_absent_and_a_removed_one_goes(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A"), "posts/b.qmd": article("B")})
    publish(tmp_path)
    (tmp_path / "posts/b.qmd").unlink()
    write(tmp_path, {"posts/c.qmd": article("C")})
    report = publish(tmp_path, broken=["posts/c.qmd"])
    assert report.absent == ("posts/c.html",)
    assert (
        not (tmp_path / "_site/posts/b.html").exists()
        and not (tmp_path / "_site/posts/c.html").exists()
    )
    assert text(page(tmp_path, "town.html"), ".headline") == ["A"]


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text('{"format": 99}')])
def test_a_site_without_the_record_of_it_is_built_anew(tmp_path, damage):
    write(tmp_path, {"posts/a.qmd": article("A")})
    publish(tmp_path)
    (record,) = (tmp_path / ".broadsheet").glob("_site.*.json")
    damage(record)
    assert [*publish(tmp_path, broken=["posts/a.qmd"]).absent] == ["posts/a.html"]


def test_the_same_publication_gives_the_same_bytes_in_any_folder(tmp_path):
    made = []
    for name in ("one", "other"):
        root = write(
            tmp_path / name, {f"posts/n{number}.qmd": article(f"N {number}") for number in range(5)}
        )
        publish(root)
        made.append(files(root))
    assert made[0] == made[1]
    assert not any(
        re.search(rb"/tmp|pytest", content)
        for content in made[0].values()
        if len(content) < 100_000
    )


def test_the_front_page_can_have_an_introduction_and_a_second_list(tmp_path):
    front = FRONT.replace(
        "listing:\n  contents: posts\n  feed: true",
        "listing:\n- contents: posts\n- {id: more, contents: posts, sort: title}",
    )
    write(
        tmp_path,
        {
            "index.qmd": front + "Welcome.\n",
            "posts/b.qmd": article("B", "2024-01-01"),
            "posts/a.qmd": article("A", "2024-01-02"),
        },
    )
    publish(tmp_path)
    found = page(tmp_path, "index.html")
    assert text(found, ".front-body p") == ["Welcome."]
    assert text(found, "#listing-more .headline") == ["A", "B"]


def test_a_front_page_that_render_leaves_out_is_a_fault_and_the_old_one_stays(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A")})
    assert not publish(tmp_path).faults
    before = (tmp_path / "_site/index.html").read_bytes()
    config = SITE.replace(
        "  type: website\n", "  type: website\n  render: ['posts/*.qmd', town.qmd, about.qmd]\n"
    )
    write(tmp_path, {"posts/b.qmd": article("B"), "_quarto.yml": config})
    report = publish(tmp_path)
    (fault,) = report.faults
    assert str(fault).startswith(
        "_quarto.yml, line 4: `render:` leaves out index.qmd, so the site has no front page\n"
    )
    assert (tmp_path / "_site/index.html").read_bytes() == before
    assert text(page(tmp_path, "town.html"), ".headline") == ["A", "B"]


def test_a_site_that_has_lost_its_front_page_says_so(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A")})
    publish(tmp_path)
    (tmp_path / "index.qmd").unlink()
    (fault,) = publish(tmp_path).faults
    assert "there is no source of the site's front page, index.html\n  → Write index.qmd" in str(
        fault
    )
    assert (tmp_path / "_site/index.html").is_file()
    assert text(page(tmp_path, "town.html"), ".headline") == ["A"]


def test_a_front_page_without_a_source_leads_to_the_first_page(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A")})
    (tmp_path / "index.qmd").unlink()
    report = publish(tmp_path)
    assert not report.faults
    assert "front page: index.html leads to about.html" in " ".join(map(str, report.notices))
    assert "url=about.html" in (tmp_path / "_site/index.html").read_text().replace("URL", "url")
    write(tmp_path, {})
    assert not publish(tmp_path).faults
    assert text(page(tmp_path, "index.html"), ".headline") == ["A"]


def test_a_front_page_that_is_a_draft_says_so(tmp_path):
    write(tmp_path, {"index.qmd": FRONT.replace("title:", "draft: true\ntitle:")})
    (fault,) = publish(tmp_path).faults
    assert str(fault).startswith("index.qmd: the site has no front page, for it is a draft\n")
