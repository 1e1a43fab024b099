"""A Quarto project, read: which files it renders, how metadata merges, what is reported."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from broadsheet.errors import BroadsheetError, ConfigError, Place
from broadsheet.project.reading import open_publication
from broadsheet.storage.yaml_text import read_yaml


def pages(site):
    return {edition.slug: edition for edition in open_publication(site.root).editions}


def test_a_source_gives_its_own_page_and_one_for_each_edition(site):
    site.article(
        "a", front="title: A\neditions:\n  - slug: '2024'\n    date: 2025-01-13\n    title: B"
    )
    found = pages(site)
    assert {
        slug: (edition.url, str(edition.output), edition.settings.title)
        for slug, edition in found.items()
    } == {
        "a": ("posts/a/", "posts/a/index.html", "A"),
        "a/2024": ("posts/a/2024.html", "posts/a/2024.html", "B"),
    }
    assert found["a/2024"].settings.date == date(2025, 1, 13)


def test_metadata_merges_in_quarto_s_order(site):
    site.write(
        "_quarto.yml",
        site.read("_quarto.yml") + "lang: en\nauthor: Site\nkeywords: [one]\n"
        "format:\n  html:\n    toc: true\n",
    )
    site.write("posts/_metadata.yml", "author: Folder\nkeywords: [two]\ntoc-depth: 2\n")
    site.article(
        "a",
        front="title: A\nkeywords: [three]\ntoc-depth: 4\neditions:\n  - slug: b\n    toc-depth: 5",
    )
    first, second = pages(site)["a"].settings, pages(site)["a/b"].settings
    assert (first.author[0].name, first.keywords, first.toc, first.toc_depth) == (
        "Folder",
        ["one", "two", "three"],
        True,
        4,
    )
    assert second.toc_depth == 5


def test_bibliographies_count_from_the_file_that_names_them(site):
    site.write("_quarto.yml", site.read("_quarto.yml") + "bibliography: site.bib\n")
    site.write("posts/_metadata.yml", "csl: style.csl\n")
    site.article("a", front="title: A\nbibliography: [own.bib, /other.bib]")
    settings = pages(site)["a"].settings
    assert settings.csl == "posts/style.csl"
    assert settings.bibliography == ["posts/a/own.bib", "other.bib"]


def test_render_names_the_inputs_and_some_names_are_never_rendered(site):
    both = '    - "/*.qmd"\n    - "!draft.qmd"\n'
    site.write("_quarto.yml", site.read("_quarto.yml").replace('    - "*.qmd"\n', both))
    for name in (
        "index.qmd",
        "draft.qmd",
        "_hidden.qmd",
        "README.md",
        "docs/guide.qmd",
        "_site/old.qmd",
    ):
        site.write(name, "---\ntitle: T\n---\n")
    site.article("a")
    assert sorted(pages(site)) == ["a", "index"]


def test_a_draft_is_no_page(site):
    site.article("a", front="title: A\ndraft: true")
    assert not pages(site)


@pytest.mark.parametrize(
    "name, text, reported",
    [
        (
            "_quarto.yml",
            "website:\n  titel: X\n",
            "_quarto.yml, line 2: Broadsheet does not know the key `website.titel`",
        ),
        (
            "_quarto.yml",
            "website:\n  navbar:\n    left:\n      - hreff: a.qmd\n",
            "_quarto.yml, line 4: Broadsheet does not know the key `website.navbar.left.0.hreff`",
        ),
        (
            "posts/_metadata.yml",
            "authr: X\n",
            "posts/_metadata.yml, line 1: Broadsheet does not know the key `authr`",
        ),
        (
            "about.qmd",
            "---\ntitle: A\nformat:\n  html:\n    tocc: true\n---\n",
            "about.qmd, line 5: Broadsheet does not know the key `format.html.tocc`",
        ),
    ],
)
def test_an_unknown_key_is_a_warning_with_file_and_line(site, name, text, reported):
    site.write(name, text)
    site.article("a")
    notices = [str(notice) for notice in open_publication(site.root).notices]
    assert [notice.splitlines()[0] for notice in notices] == [reported]


def test_an_unknown_key_of_a_notebook_names_its_cell(site):
    site.article(
        "a",
        front="title: A\ndat: 2023-05-26\neditions:\n  - slug: b\n    subtitel: C\ndate: 2023-05-26",
    )
    notices = [str(notice).splitlines()[0] for notice in open_publication(site.root).notices]
    assert notices == [
        "posts/a/index.ipynb, cell 1, line 3: Broadsheet does not know the key `dat`",
        "posts/a/index.ipynb, cell 1, line 6: Broadsheet does not know the key `subtitel`",
    ]


def test_a_key_that_the_text_asks_for_is_the_author_s_own_and_no_warning(site):
    site.article(
        "a",
        ("md", '::: {.content-visible when-meta="story.visit"}\nx\n:::\n\n{{< meta place >}}'),
        front="title: A\nstory: {visit: true}\nplace: Here\neditions:\n  - slug: b\n    story: {after: true}\ndate: 2023-05-26",
    )
    assert open_publication(site.root).notices == ()


@pytest.mark.parametrize(
    "front, reported",
    [
        ("title: [1", "posts/a/index.ipynb, cell 1, line 2: this is not YAML"),
        ("title: A\ndate: soon", "posts/a/index.ipynb, cell 1, line 3: `date`"),
        (
            "title: A\neditions:\n  - slug: 'B c'",
            "posts/a/index.ipynb, cell 1, line 4: `editions.0.slug`",
        ),
        (
            "title: A\neditions:\n  - slug: b\n  - slug: b",
            "posts/a/index.ipynb, cell 1, line 5: two editions are called 'b'",
        ),
    ],
)
def test_a_value_that_cannot_be_used_is_an_error_at_its_line_and_the_others_are_read(
    site, front, reported
):
    site.article("a", front=front)
    site.article("b")
    publication = open_publication(site.root)
    assert [edition.slug for edition in publication.editions] == ["b"]
    (error,) = publication.faults.values()
    assert str(error).startswith(reported), str(error)


@pytest.mark.parametrize(
    "written, meant",
    [
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("~", None),
        ("", None),
        ("012", 12),
        ("0o14", 12),
        ("1:30", "1:30"),
        ("1e3", 1000.0),
        ("2024-01-03", date(2024, 1, 3)),
        ("'2024-01-03'", "2024-01-03"),
        ('"012"', "012"),
        ("=", "="),
        ("!!str 12", "12"),
        ("!", None),
        ("[a, {b: no}]", ["a", {"b": "no"}]),
        ("|\n  a\n  b", "a\nb\n"),
        ("{1: a, null: b}", {"1": "a", "None": "b"}),
    ],
)
def test_a_value_means_what_yaml_1_2_says(written, meant):
    assert read_yaml(f"key: {written}\nnext: 1", Place("x")).data == {"key": meant, "next": 1}


@pytest.mark.parametrize("merged", ["c: {\n  <<: *other,\n  d: 2}", "c:\n  <<: *other\n  d: 2"])
def test_keys_of_another_mapping_are_merged_and_stand_where_they_are_asked_for(merged):
    read = read_yaml(f"a: &other {{b: 1}}\n{merged}\n", Place("x"))
    assert read.data == {"a": {"b": 1}, "c": {"b": 1, "d": 2}}
    assert read.place(("c", "b")).line == 3


@pytest.mark.parametrize(
    "merged, values, lines",
    [
        (
            "<<: [{b: 1}, {b: 2, c: [3]}]\nd: 4",
            {"d": 4, "b": 1, "c": [3]},
            {"d": 2, "b": 1, "c": 1},
        ),
        ("b: 1\n<<: {b: 2,\n  c: 3}", {"b": 1, "c": 3}, {"b": 1, "c": 2}),
        ("<<: {b: 1}\n? <<\n: {b: 2, c: 3}", {"b": 1, "c": 3}, {"b": 1, "c": 2}),
    ],
)
def test_each_merged_key_has_the_line_that_merges_it(merged, values, lines):
    read = read_yaml(merged, Place("x"))
    assert read.data == values
    assert list(read.data) == list(values)
    assert {at[0]: line for at, line in read.lines.items() if len(at) == 1} == lines
    assert all(at[0] in values for at in read.lines)


@pytest.mark.parametrize("blanks", ["\t", "  \t", "\t \t\n", "  \t\nb: 2"])
def test_a_line_of_blanks_may_have_tabs(blanks):
    read = read_yaml(f"a: &x {{c: 1}}\n\n{blanks}", Place("x"))
    assert read.data["a"] == {"c": 1}
    assert read.lines.get(("b",), 4) == 4


@pytest.mark.parametrize("text", [": 1", "? ", "b: 1\n: 2", "{: 1}", "{? }", "- : 1"])
def test_a_key_that_is_empty_is_reported(text):
    line = text.count("\n") + 1
    with pytest.raises(ConfigError, match=f"^x, line {line}: a key is empty here"):
        read_yaml(text, Place("x"))


@pytest.mark.parametrize("text", ["*a\u2028: 1", '"a\u2028\\0": 1', "\u2028: [\u2028: ["])
def test_a_message_has_the_characters_of_the_text(text):
    with pytest.raises(ConfigError) as raised:
        read_yaml(text, Place("x"))
    assert "fdd" not in ascii(str(raised.value))


@pytest.mark.parametrize(
    "text, line, what",
    [
        ("a: 1\na: 2", 2, 'found duplicate key "a"'),
        ("a: b: c", 1, "a colon stands where none may"),
        ("a: x\nb: *c", 2, "found undefined alias 'c'"),
        ("a: [1, 2\nb: 3", 1, "a list that begins with `[` is not closed"),
    ],
)
def test_what_is_not_yaml_is_reported_with_its_line(text, line, what):
    with pytest.raises(ConfigError, match=re.escape(f"x, line {line}: this is not YAML: {what}")):
        read_yaml(text, Place("x"))


@pytest.mark.parametrize(
    "content, reported",
    [
        (b'{"cells": [\n<<<<<<< HEAD\n', "posts/a/index.ipynb, line 2: not a notebook"),
        (b'{"nothing": 1}', "posts/a/index.ipynb: not a notebook"),
        ('{"é": 1}'.encode("latin-1"), "posts/a/index.ipynb, line 1: not UTF-8 text"),
        (b"", "posts/a/index.ipynb, line 1: not a notebook"),
    ],
)
def test_a_file_that_is_no_notebook_is_reported(site, content, reported):
    (site.root / "posts/a").mkdir(parents=True)
    (site.root / "posts/a/index.ipynb").write_bytes(content)
    (error,) = open_publication(site.root).faults.values()
    assert str(error).startswith(reported), str(error)


def test_a_project_of_another_kind_is_refused(site):
    site.write("_quarto.yml", "project:\n  type: manuscript\n")
    with pytest.raises(
        ConfigError, match="project type 'manuscript' is not one that Broadsheet renders"
    ):
        open_publication(site.root)


def test_editions_written_for_quarto_are_no_sources(site):
    path = site.article("a")
    notebook = json.loads(path.read_text())
    notebook["metadata"]["broadsheet"] = {"edition_of": "posts/a/index.ipynb"}
    (path.parent / "2024.ipynb").write_text(json.dumps(notebook))
    assert sorted(pages(site)) == ["a"]


def test_errors_survive_the_way_between_processes():
    import pickle

    error = ConfigError("a.qmd", "what", "mend")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (ConfigError, str(error))
    assert issubclass(ConfigError, BroadsheetError)
