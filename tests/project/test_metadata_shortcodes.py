"""Shortcodes in front matter give values to keys that are not Markdown."""

from __future__ import annotations

from datetime import date
from pathlib import Path, PurePosixPath

import pytest

from broadsheet.project.editions.edition import Edition, editions_of
from broadsheet.project.project import open_project
from broadsheet.project.reading import open_publication
from broadsheet.project.settings.metadata_shortcodes import filled, value_of_path
from broadsheet.project.sources.source import read_source

FRONT = """\
title: "In {{< meta place >}}"
author: "{{< meta who >}}"
date: "{{< meta day >}}"
categories: ["{{< var topics.1 >}}", "{{< meta place >}} news"]
toc-title: "{{< env A_NAME Contents >}}"
who: Ada
day: 2024-05-01
"""


def edition(root: Path, front: str, **files: str) -> Edition:
    (root / "_quarto.yml").write_text("website: {title: T}\n")
    (root / "_metadata.yml").write_text("place: Town\n")
    (root / "_variables.yml").write_text("topics: [Sport]\n")
    for name, text in files.items():
        (root / name).write_text(text)
    (root / "a.qmd").write_text(f"---\n{front}---\n\nText.\n")
    project = open_project(root)
    editions, notices = editions_of(project, read_source(root, PurePosixPath("a.qmd")))
    assert not notices, notices
    return editions[0]


def test_each_key_has_its_value(tmp_path: Path):
    settings = edition(tmp_path, FRONT).settings
    assert settings.title == "In {{< meta place >}}"  # Markdown: filled with the page
    assert [author.name for author in settings.author] == ["Ada"]
    assert settings.day == date(2024, 5, 1)
    assert settings.categories == ["Sport", "Town news"]
    assert settings.toc_title == "Contents"


def test_keys_of_the_project_and_of_a_folder_have_their_values_before_they_are_checked(
    tmp_path: Path,
):
    (tmp_path / "_quarto.yml").write_text(
        "project: {type: website}\nwebsite: {title: T}\n"
        'lang: "{{< var lang >}}"\ntoc-depth: "{{< var deep.depth >}}"\n'
        'number-depth: "{{< meta of-page >}}"\nhighlight-style: "{{< var none >}}"\n'
    )
    (tmp_path / "_variables.yml").write_text("lang: de\ndeep: {depth: 2}\nis-draft: yes\n")
    (tmp_path / "a").mkdir()
    (tmp_path / "a/_metadata.yml").write_text('draft: "{{< var is-draft >}}"\n')
    (tmp_path / "a/a.qmd").write_text("---\ntitle: A\nof-page: 4\n---\nText.\n")
    (tmp_path / "b.qmd").write_text("---\ntitle: B\nof-page: 4\n---\nText.\n")
    publication = open_publication(tmp_path, drafts=True)
    assert not publication.faults and publication.project.lang == "de"
    first, second = publication.editions  # that of the root, that of the folder
    for settings in (first.settings, second.settings):
        assert (settings.toc_depth, settings.lang, settings.number_depth) == (2, "de", 4)
    assert (first.settings.draft, second.settings.draft) == (False, True)
    assert not [notice for notice in publication.notices if "toc-depth" in notice.what]


@pytest.mark.parametrize("text", ["{{< meta a", "{{< env a ", "{{< var a b ", "{{<", "{{< meta a "])
def test_shortcodes_of_any_length_are_read(tmp_path: Path, text: str):
    for written in (text + " " * 20_000, text * 20_000, text + "b " * 20_000 + ">"):
        assert filled({"key": written}, {}, tmp_path) == {"key": written}


def test_a_value_in_place_of_a_missing_one_may_have_spaces(tmp_path: Path):
    written = {"key": "{{<  env  NO_SUCH_NAME   'in its place'   >}}, {{< env NO_SUCH_NAME a>}}"}
    assert filled(written, {}, tmp_path) == {"key": "in its place, a"}


def test_own_keys_that_a_page_uses_are_known_wherever_they_are(tmp_path: Path):
    edition(tmp_path, FRONT)
    assert open_publication(tmp_path).notices == ()
    (tmp_path / "a.qmd").write_text("---\ntitle: T\n---\n")
    (notice,) = open_publication(tmp_path).notices
    assert "does not know the key `place`" in notice.what


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{{< meta none >}}", "{{< meta none >}}"),
        ("{{< meta a >}}", "{{< meta a >}}"),
        ("{{< meta list >}}", "{{< meta list >}}"),
        ("{{< env GITHUB_TOKEN x >}}", "{{< env GITHUB_TOKEN x >}}"),
        ("{{< kbd x >}}", "{{< kbd x >}}"),
        ("{{< meta list.2 >}}", 2),
        ("{{< meta 'deep' >}}!", "{{< meta 'deep' >}}!"),
        ("{{< var x >}}", "{{< var x >}}"),
    ],
)
def test_what_has_no_value_stays_as_written(tmp_path: Path, written: str, value: object):
    among = {"a": "{{< meta a >}}", "list": [1, 2], "deep": {"x": 1}}
    assert filled({"key": written}, among, tmp_path) == {"key": value}


@pytest.mark.parametrize("path", ["a.0", "a.3", "a.x", "b", "a.1.x", "", "a.99999999999"])
def test_a_path_that_leads_nowhere(path: str):
    with pytest.raises(LookupError):
        value_of_path({"a": [1, 2]}, path)


def test_a_path_with_a_dot_in_a_key():
    assert value_of_path({"a.b": {"c": [[7]]}}, r"a\.b.c") == 7
