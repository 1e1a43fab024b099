"""Projects as others write them for Quarto: what `_quarto.yml` and front matter ask for is there."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import pytest

from broadsheet.errors import UsageError
from broadsheet.project.project import matching
from broadsheet.project.reading import open_publication
from broadsheet.site.build.build import build
from broadsheet.storage.publication_root import find_root
from publishing import publish

HOME = "---\ntitle: Home\n---\nHome.\n"


def built(root: Path, config: str, **pages: str) -> dict[str, str]:
    """The pages of a project, by name; its faults and warnings must be none."""
    files = {"_quarto.yml": config, "index.qmd": HOME, **pages}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    report = publish(root)
    assert not report.faults
    assert [one.topic for one in report.notices] in ([], ["site-url"])
    site = next(path for path in (root / "_site", root / "_book") if path.is_dir())
    return {str(path.relative_to(site)): path.read_text() for path in site.rglob("*.html")}


def page(title: str, more: str = "", body: str = "Text.") -> str:
    return f"---\ntitle: {title}\n{more}---\n{body}\n"


def test_navigation(tmp_path):
    config = """\
website:
  title: T
  navbar:
    background: primary
    left:
      - file: about.qmd
      - about.qmd
      - text: More
        menu:
          - text: "---"
          - {href: about.qmd, text: Us}
    right:
      - {icon: github, href: https://github.com/x}
    tools:
      - {icon: bi-envelope, href: "mailto:a@b.example"}
  page-footer:
    left: [about.qmd]
    right: "**bold**"
"""
    home = built(tmp_path, config, **{"about.qmd": page("About us")})["index.html"]
    assert home.count('<a href="about.html" class="nav-link">About us</a>') == 3
    assert "<summary>More</summary>" in home
    assert '<a href="about.html" class="nav-link">Us</a>' in home
    plain = re.sub(r'<svg class="icon".*?</svg>|</?span[^>]*>', "", home)
    assert '<a href="https://github.com/x" class="nav-link">GitHub</a>' in plain
    assert '<a href="mailto:a@b.example" class="nav-link">E-mail</a>' in plain
    assert "<strong>bold</strong>" in home


def test_a_sidebar_lists_pages_and_sections(tmp_path):
    config = """\
website:
  title: T
  sidebar:
    style: docked
    contents:
      - index.qmd
      - section: Guide
        contents: [guide/a.qmd]
      - auto: ref
"""
    pages = {
        "guide/a.qmd": page("First steps"),
        "guide/b.qmd": page("Bare", "sidebar: false\n"),
        "ref/two.qmd": page("Two"),
        "ref/deep/index.qmd": page("Deep"),
        "ref/deep/one.qmd": page("One"),
    }
    made = built(tmp_path, config, **pages)
    step = made["guide/a.html"]
    assert (
        '<a href="a.html" class="sidebar-link active" aria-current="page">First steps</a>' in step
    )
    assert "<span>Guide</span>" in step
    assert step.index(">Two<") < step.index(">Deep<") < step.index(">One<")
    assert 'class="sidebar"' not in made["guide/b.html"]


def test_of_several_sidebars_a_page_has_its_own(tmp_path):
    config = """\
website:
  title: T
  sidebar:
    - {id: a, title: The A, contents: [a.qmd]}
    - {id: b, title: The B, contents: b.qmd}
"""
    pages = {"a.qmd": page("A"), "b.qmd": page("B"), "c.qmd": page("C", "sidebar: a\n")}
    made = built(tmp_path, config, **pages)
    titles = {name: text.partition('id="sidebar-title">')[2][:5] for name, text in made.items()}
    assert (titles["a.html"], titles["b.html"], titles["c.html"]) == ("The A", "The B", "The A")
    assert titles["index.html"] == ""


@pytest.mark.parametrize("template", ["jolla", "trestles", "solana", "marquee", "broadside"])
def test_about_pages(tmp_path, template):
    about = (
        f"about:\n  template: {template}\n  image: me.png\n  image-alt: Me\n  image-shape: round\n"
        "  links:\n    - {icon: github, href: 'https://github.com/x'}\n"
    )
    (tmp_path / "me.png").write_bytes(b"png")
    made = built(tmp_path, "website: {title: T}", **{"about.qmd": page("Me", about)})["about.html"]
    assert f"about-{template}" in made
    assert 'class="about-picture is-round about-image round" src="me.png" alt="Me"' in made
    [link] = re.findall(r'href="https://github.com/x" rel="me">(.*?)</a>', made)
    assert link.startswith("<svg") and link.endswith('<span class="visually-hidden">GitHub</span>')
    assert (tmp_path / "_site/me.png").is_file()


def test_layers_of_configuration(tmp_path, monkeypatch):
    monkeypatch.setenv("QUARTO_PROFILE", "prod")
    files = {
        "_site.yml": "website: {title: Below, description: D}\n",
        "_quarto-prod.yml": "website: {page-footer: Of prod}\n",
        "_quarto-dev.yml": "website: {page-footer: Of dev}\n",
    }
    config = "metadata-files: [_site.yml]\nprofile: {default: dev}\nwebsite: {title: Above}\n"
    home = built(tmp_path, config, **files)["index.html"]
    assert "Above" in home
    assert "Below" not in home
    assert "Of prod" in home
    assert "Of dev" not in home


def test_the_pages_before_and_after_and_the_logo(tmp_path):
    config = """\
website:
  title: T
  page-navigation: true
  navbar: {logo: img/logo.svg, logo-alt: An owl}
  sidebar:
    contents:
      - index.qmd
      - {text: Elsewhere, href: "https://example.org/"}
      - section: Part
        contents: [one.qmd, two.qmd]
"""
    pages = {
        "img/logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "one.qmd": page("One"),
        "two.qmd": page("Two", "page-navigation: false\n"),
    }
    made = built(tmp_path, config, **pages)
    assert '<a rel="prev" href="index.html">← Home</a>' in made["one.html"]
    assert '<a rel="next" href="two.html">Two →</a>' in made["one.html"]
    assert 'rel="prev"' not in made["index.html"]
    assert 'class="page-navigation"' not in made["two.html"]
    logo = '<img class="masthead-logo navbar-logo light-content dark-content" src="img/logo.svg"'
    assert f'{logo} alt="An owl"> T</a>' in made["one.html"]
    assert (tmp_path / "_site/img/logo.svg").is_file()


@pytest.mark.parametrize(
    ("patterns", "chosen"),
    [
        (["*.qmd"], "a/b/two.qmd a/one.qmd index.qmd"),
        (["/*.qmd"], "index.qmd"),
        (["b/*.qmd"], "a/b/two.qmd"),
        (["/b/*.qmd", "a/one.qmd"], "a/one.qmd"),
        (["a"], "a/b/two.qmd a/one.qmd"),
        (["*.qmd", "!two.qmd"], "a/one.qmd index.qmd"),
        (["../a/*.qmd"], "a/one.qmd"),
    ],
)
def test_a_pattern_counts_from_every_folder(patterns, chosen):
    paths = [PurePosixPath(name) for name in ("a/b/two.qmd", "a/one.qmd", "index.qmd")]
    folder = PurePosixPath("c" if patterns[0].startswith("../") else "")
    assert " ".join(map(str, matching(paths, patterns, folder))) == chosen


def test_what_the_project_names_and_is_not_there_is_a_warning(tmp_path):
    config = """\
metadata-files: [api/_sidebar.yml]
project: {render: [index.qmd, inputs, indes.qmd]}
website: {title: T}
"""
    assert set(built(tmp_path, config)) == {"404.html", "index.html"}
    assert [one.what for one in open_publication(tmp_path).notices] == [
        "`metadata-files`: there is no file api/_sidebar.yml",
        "`render`: there is no file or folder 'inputs'",
        "`render`: there is no file or folder 'indes.qmd'",
    ]


def test_the_other_name_of_the_configuration_is_named(tmp_path):
    (tmp_path / "_quarto.yaml").write_text("website: {title: T}")
    with pytest.raises(UsageError, match=r"is called _quarto\.yaml"):
        find_root(tmp_path)


def test_output_file_renames_a_page(tmp_path):
    config = "website: {title: T, navbar: {left: [cv.qmd]}}"
    made = built(tmp_path, config, **{"cv.qmd": page("CV", "output-file: resume\n")})
    assert '<h1 class="title">CV</h1>' in made["resume.html"]
    assert "resume.html" in made["cv.html"]
    assert '<a href="resume.html" class="nav-link">CV</a>' in made["index.html"]


def test_contents_that_are_one_entry(tmp_path):
    entry = '{title: Elsewhere, href: "https://example.org/x"}'
    home = page("Home", f"listing: {{contents: {entry}}}\n")
    made = built(tmp_path, "website: {title: T}", **{"index.qmd": home})["index.html"]
    assert made.count("<article") == 1
    assert '<a href="https://example.org/x">Elsewhere</a>' in made


def test_lists_stand_where_their_author_puts_them(tmp_path):
    home = """\
---
title: Home
listing:
  - id: one
    contents: posts
    type: table
    fields: [date, title]
  - id: two
    type: grid
    contents:
      - talks.yml
      - {title: Elsewhere, path: "https://example.org/x", description: There}
      - {path: posts/a.qmd, title: Mine}
---

Before.

::: {#one}
:::

After.
"""
    talks = "- title: A talk\n  author: Ann\n  href: https://example.org/talk\n  date: 05/26/2023\n"
    pages = {"index.qmd": home, "talks.yml": talks, "posts/a.qmd": page("A", "date: 2023-05-01\n")}
    made = built(tmp_path, "website: {title: T}", **pages)["index.html"]
    at = [
        made.index(text) for text in ("Before.", 'scope="col">Date', "After.", 'id="listing-two"')
    ]
    assert at == sorted(at)
    assert '<a href="https://example.org/talk">A talk</a>' in made
    assert '<a href="https://example.org/x">Elsewhere</a>' in made
    assert '<a href="posts/a.html">Mine</a>' in made
    assert "26 May 2023" in made


@pytest.mark.parametrize(
    "more",
    [
        "listing: false\n",
        "categories:\n",
        "author: {name: {given: Ada, family: Lovelace}}\n",
        "author: [{given: Ada, family: }, {given: Ada, literal: }]\n",
        "author:\n  - name: A\n    affiliations: [{name: B}]\n",
        "aliases: [p.html, /p.html]\n",
        "toc-location: left\ncitation: true\ncode-annotations: select\ntbl-colwidths: [1, 2]\n",
        "title-block-banner: true\nformat: {html: {theme: [flatly, a.scss], css: a.css}}\n",
        "categories: [2020, news]\n",
        "about: jolla\n",
    ],
)
def test_front_matter_that_quarto_takes(tmp_path, more):
    made = built(tmp_path, "website: {title: T}", **{"p.qmd": page("P", more)})
    assert '<h1 class="title">P</h1>' in made["p.html"]


def test_code_annotations_are_numbers(tmp_path):
    body = "```python\nx = 1  # <1>\n```\n\n1. One.\n"
    made = built(tmp_path, "website: {title: T}", **{"p.qmd": page("P", body=body)})
    assert 'data-target-annotation="1"' in made["p.html"]


def test_a_book_is_made_as_a_website(tmp_path):
    config = """\
project: {type: book}
book:
  title: The Book
  author: N. N.
  chapters:
    - index.qmd
    - part: Basics
      chapters: [one.qmd, {href: two.qmd, text: Second}]
  appendices: [more.qmd]
"""
    pages = {name: page(name.title()) for name in ("one", "two", "more", "left")}
    files = {"_quarto.yml": config, "index.qmd": HOME}
    files |= {f"{name}.qmd": text for name, text in pages.items()}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    report = publish(tmp_path)
    assert not report.faults
    (notice,) = open_publication(tmp_path).notices
    assert "the book is made as a website" in notice.what
    one = (tmp_path / "_site/one.html").read_text()
    link = '<a href="{}.html" class="sidebar-link">{}</a>'
    for part in (link.format("two", "Second"), link.format("more", "More"), "Basics"):
        assert part in one
    assert not (tmp_path / "_site/left.html").exists()


@pytest.mark.parametrize("name", ["page.md", "page.qmd"])
def test_a_text_without_a_title_has_its_first_heading_as_title_once(site, name: str) -> None:
    site.write(name, "\n# Your *first* article\n\nHello.\n\n# Later\n")
    site.write("_quarto.yml", site.read("_quarto.yml").replace('"*.qmd"', f'"{name}"'))
    assert not publish(site.root).notices
    page = site.read("_site/page.html")
    assert page.count("article</h1>") == 1 and "<title>Your first article" in page
    assert "Later" in page


def test_a_catalogue_that_is_added_makes_what_was_a_warning_an_error(site) -> None:
    site.write("page.qmd", "---\ntitle: Page\n---\nAs they say [@nobody].\n")
    first = build(site.root, jobs=1)
    assert not first.faults and ["nobody" in one.what for one in first.notices] == [True]
    site.table()
    assert ["nobody" in str(fault) for fault in build(site.root, jobs=1).faults] == [True]
