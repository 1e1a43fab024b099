"""A build makes what has changed, and what that shows on; the site is the same as if it had been
built from nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from broadsheet.site.build import composition
from broadsheet.site.build.build import Report, build
from broadsheet.site.index.build_record import PageRecord
from broadsheet.site.index.site_index import Index
from broadsheet.site.pages.page_rendering import page_inputs
from conftest import Site, is_exact, slow_but

CONFIG = """\
project:
  type: website
  render: ["*.qmd", "posts/**/*.ipynb", "posts/**/*.qmd", "sections/*.qmd"]
  resources: [robots.txt]
website:
  title: The Test
  site-url: "https://example.org/"
  navbar: {left: [{href: sections/town.qmd}, {href: about.qmd, text: About}]}
  page-footer: {left: "Printed *weekly*."}
bibliography: references.bib
"""
FRONT = "---\ntitle: The Test\nlisting: {contents: [posts], feed: true}\n---\n"
TOWN = "---\ntitle: Town\nlisting: {contents: [../posts], include: {categories: Town}, feed: {items: 2}}\n---\n"
BOOK = "@book{b, author={Ann Author}, title={%s}, year={2020}}\n"
ARTICLE = (
    "---\ntitle: %s\ndescription: A report.\ndate: 2024-01-%02d\ncategories: [%s]\n%s---\n%s\n"
)
PARTNERS = "year,total\n2021,146.9\n2022,190.3\n"


def article(title: str, day: int, body: str, section: str = "Town", more: str = "") -> str:
    return ARTICLE % (title, day, section, more, body)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication, built."""
    site = Site(tmp_path_factory.mktemp("built"))
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", FRONT)
    site.write("sections/town.qmd", TOWN)
    site.write("about.qmd", "---\ntitle: About us\n---\n## Who {#who}\n\nWe.\n")
    site.write("references.bib", BOOK % "A book")
    site.write("robots.txt", "User-agent: *\n")
    site.write("_shared.md", "Shared words.\n")
    site.write("posts/photo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    site.write(
        "posts/one.qmd",
        article("One", 1, "See [us](../about.qmd#who) and [two](two.qmd). @b says so."),
    )
    site.write(
        "posts/two.qmd", article("Two", 2, "{{< include /_shared.md >}}\n\n![A photo](photo.svg)")
    )
    site.write("posts/three.qmd", article("Three", 3, "Three.", "Sea", "image: photo.svg\n"))
    site.write("posts/four.qmd", article("Four", 4, "Four.", "Sea", "aliases: [/old/four.html]\n"))
    for number in range(5, 9):
        site.write(f"posts/n{number}.qmd", article(f"Number {number}", number, "More."))
    site.table()
    site.article(
        "trade",
        "import broadsheet as bs\ntrade = bs.table('trade')",
        (
            "md",
            "In all {python} trade.total.sum()".replace(
                "{python} trade.total.sum()", "`{python} round(trade.total.sum(), 1)`"
            ),
        ),
        front="title: Trade\ndescription: A report.\ndate: 2024-01-20\ncategories: [Town]\neditions:\n  from: trade\n"
        "  slug: 'y{{ year }}'\n  title: 'Trade of {{ year }}'\n  parameters: {year: '{{ year }}'}",
        parameters="year: int = 2022",
    )
    assert not build(site.root, jobs=2).faults
    return site.root


@pytest.fixture
def publication(built: Path, tmp_path: Path) -> Site:
    """A copy of it, to be changed."""
    shutil.copytree(built, tmp_path / "publication")
    return Site(tmp_path / "publication")


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if is_exact(path)
    }


def state(folder: Path) -> dict[Path, tuple[int, int, int]]:
    """What a writer would change of each file and folder; a reader changes the time of the last
    reading.
    """
    return {
        path: (path.stat().st_ino, path.stat().st_mtime_ns, path.stat().st_size)
        for path in folder.rglob("*")
    }


def made_pages(before: dict[str, int], folder: Path) -> set[str]:
    """The pages whose file is not the one that it was."""
    return {name for name, inode in inodes(folder).items() if before.get(name) != inode}


def inodes(folder: Path) -> dict[str, int]:
    return {
        path.relative_to(folder).as_posix(): path.stat().st_ino for path in folder.rglob("*.html")
    }


def rebuilt(publication: Site) -> tuple[Report, set[str]]:
    """Build again: the report, and which pages were made; the site is held against one that is
    built from nothing.
    """
    built = publication.root / "_site"
    kept = publication.root.parent / "kept"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(built, kept, copy_function=_linked)
    before = inodes(built)
    report = build(publication.root, jobs=2)
    made = made_pages(before, built)
    twin = publication.root.parent / "twin"
    shutil.rmtree(twin, ignore_errors=True)
    shutil.copytree(
        publication.root, twin, ignore=shutil.ignore_patterns("_site", "pages", "_site.*")
    )
    fresh = build(twin, jobs=2)
    assert files(built) == files(twin / "_site")
    reported = [str(notice) for notice in report.notices if "of the site before" not in notice.what]
    assert sorted(reported) == sorted(map(str, fresh.notices))
    assert report.pages == fresh.pages
    return report, made - {"404.html", "search/index.html", "old/four.html"}


def _linked(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def replace(path: str, old: str, new: str) -> Callable[[Site], None]:
    def change(publication: Site) -> None:
        text = publication.read(path)
        assert old in text
        publication.write(path, text.replace(old, new))

    return change


ALL = {
    "index.html",
    "about.html",
    "sections/town.html",
    "posts/one.html",
    "posts/two.html",
    "posts/three.html",
    "posts/four.html",
    "posts/n5.html",
    "posts/n6.html",
    "posts/n7.html",
    "posts/n8.html",
    "posts/trade/index.html",
    "posts/trade/y2021.html",
    "posts/trade/y2022.html",
}
TRADE = {name for name in ALL if name.startswith("posts/trade/")}
SEA = {"posts/three.html", "posts/four.html"}
DATA = {"data/index.html", "data/trade/index.html"}
"""The page of the table, and the index of tables."""
FEEDS = {"feeds/index.html"}
LISTS = {"archive/index.html", "archive/2024/index.html", "topics/sea/index.html"}
"""What a build makes of the entries, but for the front page and the section."""

CHANGES: dict[str, tuple[Callable[[Site], None], set[str]]] = {
    "a word of prose": (replace("posts/n5.qmd", "More.", "Less."), {"posts/n5.html"}),
    "more words of prose": (replace("posts/n5.qmd", "More.", "More of it."), {"posts/n5.html"}),
    "so many more that it takes longer to read": (
        replace("posts/n5.qmd", "More.", "More of it. " * 200),
        {*map("posts/n{}.html".format, range(5, 9)), "index.html", "sections/town.html"},
    ),
    "a first paragraph that lists show": (
        replace("posts/n5.qmd", "description: A report.\n", ""),
        {"posts/n5.html", "index.html", "sections/town.html"},
    ),
    "a title that is in lists": (
        replace("posts/four.qmd", "title: Four", "title: Fourth"),
        {*SEA, *LISTS, "index.html"},
    ),
    "a new article": (
        lambda made: made.write("posts/new.qmd", article("New", 30, "New.", "Sea")) and None,
        {*SEA, *LISTS, "posts/new.html", "index.html"},
    ),
    "an article that goes": (
        lambda made: (made.root / "posts/four.qmd").unlink(),
        {"posts/three.html", "index.html", *LISTS} - {"topics/sea/index.html"},
    ),
    "a page that others link to": (replace("about.qmd", "{#who}", "{#whom}"), {"about.html"}),
    "an included file": (replace("_shared.md", "words", "text"), {"posts/two.html"}),
    "a picture": (
        lambda made: made.write("posts/photo.svg", "<svg/>") and None,
        set(),
    ),  # the file alone
    "the bibliography": (replace("references.bib", "A book", "The book"), ALL),
    "a table": (
        replace("data/trade.csv", "146.9", "147.9"),
        TRADE | {"data/trade/index.html"},
    ),
    "metadata of a folder": (
        lambda made: made.write("posts/_metadata.yml", "author: A. Writer\n") and None,
        {*ALL, *LISTS, "authors/a-writer/index.html"} - {"about.html"},
    ),
    "the configuration": (replace("_quarto.yml", "weekly", "daily"), ALL | LISTS | FEEDS | DATA),
    "the theme": (
        lambda made: made.write("theme/broadsheet.css", "body { color: black }") and None,
        ALL | LISTS | FEEDS | DATA,
    ),
    "a resource": (replace("robots.txt", "*", "nobody"), set()),
}


@pytest.mark.parametrize(
    "what",
    slow_but(
        CHANGES,
        (
            "a word of prose",
            "more words of prose",
            "so many more that it takes longer to read",
            "a title that is in lists",
            "a table",
            "the theme",
            "an article that goes",
        ),
    ),
)
def test_a_change_makes_what_shows_it_anew_and_nothing_else(what: str, publication: Site) -> None:
    change, expected = CHANGES[what]
    change(publication)
    if what == "a table":
        from broadsheet.data.catalogue import update_hashes

        update_hashes(publication.root)
    report, made = rebuilt(publication)
    assert not report.faults
    if what in ("the bibliography", "metadata of a folder"):
        assert made <= expected and made
    else:
        assert made == expected
    assert (report.ran > 0) == (what == "a table")


def test_an_own_template_that_shows_numbers_of_words_shows_those_of_now(publication: Site) -> None:
    ours = (resources.files("broadsheet") / "templates/article.html.jinja").read_text("utf-8")
    each = "{% for other in page.related %}"
    own = ours.replace(each, f'{each}<i class="length">{{{{ other.words }}}}</i>')
    publication.write("theme/templates/article.html.jinja", own)
    build(publication.root, jobs=2)
    replace("posts/n5.qmd", "More.", "More of it.")(publication)
    _, made = rebuilt(publication)
    assert "posts/n6.html" in made


def test_a_list_by_numbers_of_words_has_the_order_of_now(publication: Site) -> None:
    front = "---\ntitle: Longest\nlisting: {contents: posts, sort: word-count desc}\n---\n"
    publication.write("longest.qmd", front)
    build(publication.root, jobs=2)
    replace("posts/n5.qmd", "More.", "More of it, and then a little more.")(publication)
    _, made = rebuilt(publication)
    assert made == {"posts/n5.html", "longest.html"}


def test_with_nothing_changed_the_site_is_not_touched(publication: Site) -> None:
    publication.write("posts/draft.qmd", "---\ntitle: A draft\ndraft: true\n---\n")
    publication.write("posts/n5.qmd", article("Number 5", 5, "[Nowhere](nowhere.qmd)"))
    first = build(publication.root, jobs=2)
    before = state(publication.root / "_site")
    report = build(publication.root, jobs=2)
    assert (report.pages, report.new_pages, report.ran, report.kept) == (len(ALL), 0, 0, 0)
    assert report.notices == first.notices and "nowhere" in str(report.notices[0])
    assert set(report.explained.values()) == {"unchanged"} and len(report.explained) == 3
    assert before == state(publication.root / "_site")


def test_an_edit_that_is_undone_is_told_from_none(publication: Site) -> None:
    before = files(publication.root / "_site")
    text = publication.read("posts/one.qmd")
    publication.write("posts/one.qmd", text.replace("says so", "denies it"))
    report = build(publication.root)
    assert report.new_pages == 1
    assert report.reasons["posts/one.html"] == "changed: its text (posts/one.qmd)"
    assert set(report.reasons.values()) <= {
        "changed: its text (posts/one.qmd)",
        "changed: the articles in it",
    }
    publication.write("posts/one.qmd", text)
    assert build(publication.root).new_pages == 1
    assert files(publication.root / "_site") == before


def test_a_broken_article_is_tried_again_and_its_old_page_stands_until_then(
    publication: Site,
) -> None:
    good = publication.read("posts/n5.qmd")
    publication.write("posts/n5.qmd", good.replace("More.", "{{< include nothing.md >}}"))
    for _ in range(2):
        report = build(publication.root)
        assert [fault.where.file for fault in report.faults] == [
            "posts/n5.qmd"
        ] and report.kept == 1
        assert "More." in publication.read("_site/posts/n5.html")
    publication.write("posts/nothing.md", "Now it is there.")
    report, made = rebuilt(publication)
    assert not report.faults and "posts/n5.html" in made


@pytest.mark.parametrize(
    ("change", "is_looked_at"),
    [
        (replace("posts/four.qmd", "\nFour.", "\nFore."), False),
        (replace("posts/four.qmd", "title: Four", "title: Fore"), True),
        (replace("_quarto.yml", "text: About}", "text: Us}"), True),
    ],
    ids=["one word for another", "a title", "the navigation"],
)
def test_after_an_edit_of_words_no_other_article_is_compared(
    change: Callable[[Site], None],
    is_looked_at: bool,
    publication: Site,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = set[str]()

    def noted(index: Index, record: PageRecord) -> dict[str, str]:
        compared.add(record.meta.path)
        return page_inputs(index, record)

    monkeypatch.setattr(composition, "page_inputs", noted)
    change(publication)
    assert not build(publication.root, jobs=2).faults
    assert "posts/four.html" in compared
    assert ("posts/three.html" in compared) == is_looked_at


@pytest.mark.slow
def test_a_page_that_stood_broken_while_others_changed_shows_them_once_it_is_mended(
    publication: Site,
) -> None:
    good = publication.read("posts/three.qmd")
    publication.write("posts/three.qmd", good.replace("Three.", "{{< include nothing.md >}}"))
    replace("posts/four.qmd", "title: Four", "title: Fourth")(publication)
    assert build(publication.root).kept == 1
    publication.write("posts/three.qmd", good)
    _, made = rebuilt(publication)
    assert "posts/three.html" in made and "Fourth" in publication.read("_site/posts/three.html")


def test_what_is_lost_of_the_store_is_made_again(publication: Site) -> None:
    before = files(publication.root / "_site")
    shutil.rmtree(publication.root / ".broadsheet/pages")
    assert build(publication.root).new_pages == 0  # the same stories, so the same pages
    (publication.root / "_site/posts/two.html").unlink()
    (publication.root / "_site/posts/photo.svg").unlink()
    (publication.root / "_site/index.xml").unlink()
    assert build(publication.root).new_pages == 4  # two pages and two lists miss the picture
    assert files(publication.root / "_site") == before


def test_articles_that_are_not_asked_for_stand_and_are_not_taken_for_built(
    publication: Site,
) -> None:
    publication.write("data/trade.csv", PARTNERS.replace("146.9", "147.9"))
    from broadsheet.data.catalogue import update_hashes

    update_hashes(publication.root)
    publication.article(
        "other", ("md", "Other."), front="title: Other\ndate: 2024-01-25\ncategories: [Town]"
    )
    assert build(publication.root, ["other"]).ran == 1
    assert "337.2" in publication.read("_site/posts/trade/index.html")
    report, _ = rebuilt(publication)
    assert report.ran == 3 and "338.2" in publication.read("_site/posts/trade/index.html")


def test_articles_that_are_not_asked_for_are_not_taken_for_broken(publication: Site) -> None:
    publication.article("other", ("md", "Other."), front="title: Other\ndate: 2024-01-25")
    assert not build(publication.root).faults
    publication.write("_quarto.yml", f"{publication.read('_quarto.yml')}\nlang: en-GB\n")
    publication.write("posts/n5.qmd", "---\ntitle: N5\n---\n\n{{< include nothing.md >}}\n")
    report = build(publication.root, ["other"])
    assert report.kept_pages == ("posts/n5.html",)
    assert "posts/trade/index.html" in report.unasked_pages


@pytest.mark.browser
def test_all_files_of_a_chart_stand_with_its_page(site: Site) -> None:
    """Those too that the page does not lead to."""
    site.article(
        "chart",
        "#| label: fig-a\n#| fig-alt: A line.\nimport plotly.graph_objects as go\n"
        "go.Figure(go.Scatter(x=[1, 2], y=[1, 2]))",
    )
    site.article("other", ("md", "Other."))
    assert not build(site.root, jobs=2).faults
    assert (site.root / "_site/posts/chart/index_files/fig-a-dark.svg").is_file()
    site.article("other", ("md", "Another."))
    _, made = rebuilt(site)
    assert made == {"posts/other/index.html"}
