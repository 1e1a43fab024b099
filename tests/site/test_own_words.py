"""Words of an author's own in place of ours: `language:`, by Quarto's keys."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from lxml import html

import publishing
from broadsheet.markdown.filter_words import words
from broadsheet.project.reading import open_publication
from broadsheet.site.build.build import build
from broadsheet.text import own_words
from broadsheet.text.language import p_, speaking_with, t_
from small_sites import page, small_site

EVERYTHING = """\
::: {.callout-note}
A note.
:::

::: {#nte-a .callout-note}
## A title
A note.
:::

| a |
|---|
| 1 |

: A caption {#tbl-x}

::: {#thm-a}
Text.
:::

::: {.proof}
Text.
:::

$$x$$ {#eq-a}

## A heading {#sec-a}

See @tbl-x, @nte-a, @thm-a, @eq-a and [@book].

```{.python code-fold="true"}
1
```
"""
BOOK = "@book{book, title = {A book}, author = {Anna}, year = 2001}\n"


def _publish(
    root: Path,
    language: str,
    *,
    config: str = "",
    files: Mapping[str, str] = MappingProxyType({}),
    lang: str = "en",
) -> str:
    """The text of a page with this `language:`, and a site's of this ``config``."""
    front = {"lang": lang, "toc": "true", "bibliography": "/books.bib"}
    if language:
        front["language"] = language
    publishing.publish(
        publishing.write(
            root,
            {
                "_quarto.yml": publishing.SITE + config,
                "books.bib": BOOK,
                "posts/a.qmd": publishing.article("A", "2024-05-01", body=EVERYTHING, **front),
                **files,
            },
        )
    )
    return shown(root)


def shown(root: Path, path: str = "posts/a.html") -> str:
    page = html.fromstring((root / "_site" / path).read_text("utf-8"))
    return " ".join(page.text_content().replace("\u00a0", " ").split())


def test_each_word_of_a_page_is_the_author_s(tmp_path: Path) -> None:
    text = _publish(
        tmp_path,
        "{callout-note-title: Mind this, crossref-tbl-title: Exhibit, crossref-tbl-prefix: Exh., "
        "crossref-nte-prefix: remark, crossref-thm-title: Law, environment-proof-title: Why, "
        "crossref-eq-prefix: Formula, code-summary: Listing & more, "
        "section-title-references: Sources & <b>books</b>, toc-title-website: 100 % & <i>all</i>, "
        "listing-page-minutes-compact: '{0} minutes, 99 %', tools-share: Pass on}",
    )
    for said in (
        "Mind this A note.",
        "Mind this 1: A title",
        "Exhibit 1: A caption",
        "Law 1",
        "Why.",
        "See Exh. 1, remark 1, Law 1, Formula 1",
        "Listing & more",
        "Sources & <b>books</b>",
        "100 % & <i>all</i>",
        "1 minutes, 99 %",
        "Pass on",
    ):
        assert said in text, said


def test_a_name_in_captions_is_that_in_references_too(tmp_path: Path) -> None:
    text = _publish(tmp_path, "{crossref-tbl-title: Exhibit}")
    assert "Exhibit 1: A caption" in text
    assert "See Exhibit 1, Note 1, Theorem 1, Equation 1" in text


@pytest.mark.parametrize(
    ("lang", "said"), [("fr", "Remarque"), ("fr-CA", "Notez"), ("pt", "All"), ("fr-BE", "Remarque")]
)
def test_words_of_a_language_are_for_its_pages(tmp_path: Path, lang: str, said: str) -> None:
    language = (
        "{callout-note-title: All, fr: {callout-note-title: Remarque}, "
        "fr-CA: {callout-note-title: Notez}}"
    )
    assert f"{said} A note." in _publish(tmp_path, language, lang=lang)


def test_words_come_from_files_of_page_folder_and_project_the_nearest_first(
    tmp_path: Path,
) -> None:
    text = _publish(
        tmp_path,
        "own.yml",
        config="language: {callout-note-title: Project, crossref-thm-title: Project's}\n",
        files={
            "_language.yml": "environment-proof-title: Beside\ncallout-note-title: Beside\n",
            "_language-en.yml": "crossref-eq-prefix: English\n",
            "_language-de.yml": "crossref-eq-prefix: Deutsch\n",
            "posts/_metadata.yml": "language: ../house/words.yml\n",
            "house/words.yml": "callout-note-title: Folder\ncrossref-tbl-title: Folder's\n",
            "posts/own.yml": "en: {crossref-tbl-prefix: Page's}\n",
            "posts/own-en.yml": "code-summary: English of the page\n",
        },
    )
    for said in (
        "Folder A note.",
        "Folder's 1: A caption",
        "See Page's 1, Note 1, Project's 1, English 1",
        "Beside.",
        "English of the page",
    ):
        assert said in text, said


def test_a_changed_file_of_words_changes_the_page(tmp_path: Path) -> None:
    files = {"posts/own.yml": "callout-note-title: Before\n"}
    assert "Before A note." in _publish(tmp_path, "own.yml", files=files)
    files = {"posts/own.yml": "callout-note-title: After\n"}
    assert "After A note." in _publish(tmp_path, "own.yml", files=files)
    assert "Other. Text." in _publish(
        tmp_path, "own.yml", files={**files, "_language-en.yml": "environment-proof-title: Other\n"}
    )


def test_a_new_file_of_words_for_a_language_is_seen(tmp_path: Path) -> None:
    note = "::: {.callout-note}\nA note.\n:::\n"
    made = small_site(
        tmp_path,
        "website: {title: T}\n",
        **{
            "own/words.yml": "callout-note-title: Before\n",
            "folder/_metadata.yml": "language: ../own/words.yml\n",
            "folder/a.qmd": page("A", body=note),
            "b.qmd": page("B", "language: own/words.yml\n", note),
        },
    )
    assert "Before" in made["folder/a.html"] and "Before" in made["b.html"]
    (tmp_path / "own/words-en.yml").write_text("callout-note-title: English\n")
    assert not build(tmp_path).faults
    assert "English" in made["folder/a.html"] and "English" in made["b.html"]


def test_an_edition_rests_on_the_words_of_its_page(tmp_path: Path) -> None:
    editions = "[{slug: late, title: Late}, {slug: own, title: Own, language: late.yml}]"
    publication = open_publication(
        publishing.write(
            tmp_path,
            {
                "posts/own.yml": "callout-note-title: A\n",
                "posts/late.yml": "callout-note-title: B\n",
                "posts/a.qmd": publishing.article(
                    "A", "2024-05-01", language="own.yml", editions=editions
                ),
            },
        )
    )
    shared = {"posts/own.yml"}
    editions_of_page = [
        edition for edition in publication.editions if edition.source.path.name == "a.qmd"
    ]
    assert [set(edition.word_files) for edition in editions_of_page] == [
        shared,
        shared,
        shared | {"posts/late.yml"},
    ]
    to_come = [{name for name in edition.reads if "-en" in name} for edition in editions_of_page]
    own = {"posts/own-en.yml"}
    assert to_come == [own, own, own | {"posts/late-en.yml"}]


def test_what_is_no_word_is_said_with_what_was_perhaps_meant(tmp_path: Path) -> None:
    publication = open_publication(
        publishing.write(
            tmp_path,
            {
                "_language.yml": "callout-notes-title: Mind\n",
                "posts/_metadata.yml": "language: gone.yml\n",
                "posts/a.qmd": publishing.article(
                    "A",
                    "2024-05-01",
                    language="{crossref-fig-titel: Exhibit, crossref-mine-title: Mine, "
                    "code-summary: [a], xx: {draft: Sketch}}",
                ),
            },
        )
    )
    notices = publication.notices
    said = [(str(notice.where), notice.what) for notice in notices]
    assert ("_language.yml, line 1", "`language` has no key 'callout-notes-title'") in said
    assert ("posts/_metadata.yml, line 1", "`language`: there is no file 'posts/gone.yml'") in said
    of_page = [what for where, what in said if where.startswith("posts/a.qmd")]
    assert "`language` has no key 'crossref-fig-titel'" in of_page
    assert "`language`: the value of `code-summary` is no text, and is left out" in of_page
    assert "`language` has no key 'xx'" in of_page
    assert not any("mine" in what for what in of_page)


def test_pages_without_a_source_have_the_publication_s_words(tmp_path: Path) -> None:
    _publish(tmp_path, "", config="language: {search-label: Look for, draft: x}\n")
    assert "Look for" in shown(tmp_path, "404.html")
    assert "Look for" in shown(tmp_path)


def test_words_are_those_of_a_page_alone() -> None:
    with speaking_with("en", {"search-label": "Look"}):
        assert t_("Search") == "Look"
        assert p_("number", "Figure") == "Figure"
    assert t_("Search") == "Search"
    assert words("de", {"crossref-fig-title": "Bild"})["fig"] == "Bild"
    assert words("de")["fig"] == "Abbildung"


def test_each_of_quarto_s_keys_for_captions_has_its_word_of_ours() -> None:
    for key in own_words.word_keys():
        if key.startswith(("crossref-", "callout-")) and key.endswith("-title"):
            kind = key.split("-")[1]
            if kind not in ("lof", "lot", "lol"):
                assert "Own" in words("en", {key: "Own"}).values(), key
