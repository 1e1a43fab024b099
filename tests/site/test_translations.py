"""An article in a second language: tied to its original, led to from it, and one entry with it in
lists.
"""

from __future__ import annotations

import json
from pathlib import Path

from lxml import etree, html

import publishing

ORIGINAL = publishing.article("The town", "2023-05-26")
GERMAN = publishing.article("Die Stadt", "2023-05-26", lang="de", translation_of="town-story.qmd")
HOST = "https://gazette.example/paper/"


def _site(root: Path, **files: str) -> Path:
    made = {"posts/town-story.qmd": ORIGINAL, "posts/stadt.qmd": GERMAN} | {
        name.replace("__", "/") + ".qmd": text for name, text in files.items()
    }
    publishing.publish(publishing.write(root, made))
    return root / "_site"


def _read(site: Path, name: str) -> html.HtmlElement:
    return html.fromstring((site / name).read_text("utf-8"))


def test_each_version_leads_to_the_other_in_the_other_s_language(tmp_path: Path) -> None:
    site = _site(tmp_path)
    (to_german,) = publishing.select(_read(site, "posts/town-story.html"), ".versions a")
    assert (
        to_german.text_content(),
        to_german.get("href"),
        to_german.get("lang"),
        to_german.get("hreflang"),
    ) == ("Auf Deutsch lesen", "stadt.html", "de", "de")
    (to_english,) = publishing.select(_read(site, "posts/stadt.html"), ".versions a")
    assert (to_english.text_content(), to_english.get("href"), to_english.get("lang")) == (
        "Read in English",
        "town-story.html",
        "en",
    )


def test_the_publication_s_own_navigation_and_foot_say_their_language_on_a_page_in_another(
    tmp_path: Path,
) -> None:
    site = _site(tmp_path)
    for page, lang in (("posts/stadt.html", "en"), ("posts/town-story.html", None)):
        made = _read(site, page)
        assert [link.get("lang") for link in publishing.select(made, ".sections a")] == [
            lang,
            lang,
            None,
        ]
        assert publishing.select(made, ".colophon p")[0].get("lang") == lang


WORDS = """broadsheet:
  languages:
    de:
      navbar:
        left:
          - {href: town.qmd, text: Stadt}
          - {text: Mehr, menu: [{href: about.qmd, text: Über uns}]}
      page-footer:
        left: "*Wöchentlich* gedruckt. [Über uns](about.qmd){hreflang=en}"
"""


def test_the_navigation_and_the_foot_may_be_in_the_language_of_the_page(tmp_path: Path) -> None:
    austrian = publishing.article("Der Ort", "2023-05-27", lang="de-AT")
    made = {
        "_quarto.yml": publishing.SITE + WORDS,
        "posts/town-story.qmd": ORIGINAL,
        "posts/stadt.qmd": GERMAN,
        "posts/ort.qmd": austrian,
        "posts/ville.qmd": publishing.article("La ville", "2023-05-28", lang="fr"),
    }
    report = publishing.publish(publishing.write(tmp_path, made))
    site = tmp_path / "_site"
    assert not [one for one in report.notices if "languages" in one.what]

    def links(name: str) -> list[tuple[str, str | None, str | None, str | None]]:
        *found, search = publishing.select(_read(site, name), ".sections a")
        assert "search" in search.get("href", "")
        return [
            (one.text_content(), one.get("href"), one.get("lang"), one.get("hreflang"))
            for one in found
        ]

    def foot(name: str) -> tuple[str, str | None]:
        line = publishing.select(_read(site, name), ".colophon p")[0]
        return line.text_content(), line.get("lang")

    assert links("posts/stadt.html") == [
        ("Stadt", "../town.html", None, "en"),
        ("Über uns", "../about.html", None, "en"),
    ]
    assert foot("posts/stadt.html") == ("Wöchentlich gedruckt. Über uns", None)
    about = publishing.select(_read(site, "posts/stadt.html"), ".colophon p a")[0]
    assert (about.get("href"), about.get("hreflang")) == ("../about.html", "en")
    assert [one[0] for one in links("posts/ort.html")] == ["Stadt", "Über uns"]
    assert links("posts/town-story.html") == [
        ("Town", "../town.html", None, None),
        ("About", "../about.html", None, None),
    ]
    assert foot("posts/town-story.html") == ("Printed weekly.", None)
    assert [one[0::2] for one in links("posts/ville.html")] == [("Town", "en"), ("About", "en")]
    assert foot("posts/ville.html") == ("Printed weekly.", "en")


def test_words_of_another_language_that_cannot_be_used_are_reported(tmp_path: Path) -> None:
    wrong = "broadsheet:\n  languages:\n    de:\n      navbra: {left: [about.qmd]}\n"
    publishing.write(tmp_path, {"_quarto.yml": publishing.SITE + wrong})
    notices = publishing.open_publication(tmp_path).project.notices()
    assert [(one.what, one.mend[:22]) for one in notices] == [
        (
            "Broadsheet does not know the key `broadsheet.languages.de.navbra`",
            "Did you mean `navbar`?",
        )
    ]


def test_search_engines_are_told_of_all_versions_on_each_and_which_is_for_everybody_else(
    tmp_path: Path,
) -> None:
    site = _site(tmp_path)
    reported = [
        ("en", f"{HOST}posts/town-story.html"),
        ("x-default", f"{HOST}posts/town-story.html"),
        ("de", f"{HOST}posts/stadt.html"),
    ]
    for page in ("posts/town-story.html", "posts/stadt.html"):
        assert [
            (link.get("hreflang"), link.get("href"))
            for link in publishing.select(_read(site, page), "link[hreflang]")
        ] == reported
    assert publishing.select(_read(site, "about.html"), "link[hreflang]") == []


def test_the_sitemap_has_the_versions_of_each_page_that_has_some(tmp_path: Path) -> None:
    root = etree.parse(_site(tmp_path) / "sitemap.xml").getroot()
    names = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "x": "http://www.w3.org/1999/xhtml",
    }
    reported = {
        url.findtext("s:loc", "", names): [
            (link.get("hreflang"), link.get("href"))
            for link in url.iterfind("x:link[@rel='alternate']", names)
        ]
        for url in root.iterfind("s:url", names)
    }
    for name in ("town-story", "stadt"):
        assert reported[f"{HOST}posts/{name}.html"] == [
            ("en", f"{HOST}posts/town-story.html"),
            ("x-default", f"{HOST}posts/town-story.html"),
            ("de", f"{HOST}posts/stadt.html"),
        ]
    assert reported[f"{HOST}about.html"] == []


def test_schema_org_data_name_the_original_and_the_translation(tmp_path: Path) -> None:
    site = _site(tmp_path)
    english, german = (
        json.loads(
            publishing.select(
                _read(site, f"posts/{name}.html"), "script[type=application/ld+json]"
            )[0].text
        )
        for name in ("town-story", "stadt")
    )
    assert (english["inLanguage"], german["inLanguage"]) == ("en", "de")
    assert [(one["inLanguage"], one["url"]) for one in english["workTranslation"]] == [
        ("de", f"{HOST}posts/stadt.html")
    ]
    assert german["translationOfWork"]["url"] == f"{HOST}posts/town-story.html"


def test_a_list_and_its_feeds_have_one_version_of_an_article_that_in_their_own_language_if_there_is_one(
    tmp_path: Path,
) -> None:
    german = "---\ntitle: Auf Deutsch\nlang: de\nlisting:\n  contents: posts\n  feed: true\n---\n"
    site = _site(
        tmp_path, deutsch=german, posts__other=publishing.article("Another town", "2023-05-01")
    )

    def titles(page: str) -> list[str]:
        return [
            one.text_content().strip()
            for one in publishing.select(_read(site, page), "main .headline")
        ]

    assert titles("index.html") == ["The town", "Another town"]
    assert titles("town.html") == ["The town", "Another town"]
    assert titles("deutsch.html") == ["Die Stadt", "Another town"]
    atom = etree.parse(site / "deutsch.atom").getroot()
    assert atom.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"
    assert "Die Stadt" in (site / "deutsch.atom").read_text("utf-8")
    assert "Die Stadt" not in (site / "index.xml").read_text("utf-8")


def test_what_is_listed_in_another_language_than_the_page_says_so(tmp_path: Path) -> None:
    publishing.publish(
        publishing.write(
            tmp_path,
            {
                "posts/stadt.qmd": publishing.article("Die Stadt", "2023-05-26", lang="de"),
                "posts/town-story.qmd": ORIGINAL,
            },
        )
    )
    link = next(
        one
        for one in publishing.select(_read(tmp_path / "_site", "index.html"), ".headline a")
        if one.text_content() == "Die Stadt"
    )
    assert (link.get("lang"), link.get("hreflang")) == ("de", "de")
    feed = etree.parse(tmp_path / "_site" / "index.atom").getroot()
    names = {"a": "http://www.w3.org/2005/Atom"}
    assert {
        entry.findtext("a:title", "", names): entry.get(
            "{http://www.w3.org/XML/1998/namespace}lang"
        )
        for entry in feed.iterfind("a:entry", names)
    } == {"Die Stadt": "de", "The town": None}


def test_what_is_listed_says_in_which_direction_it_is_read_where_that_is_another(
    tmp_path: Path,
) -> None:
    publishing.publish(
        publishing.write(
            tmp_path,
            {
                "posts/year.qmd": publishing.article(
                    "أرقام 2026 (test) 50%", "2023-05-26", lang="ar", description="كلمات"
                ),
                "posts/stadt.qmd": publishing.article("Die Stadt", "2023-05-27", lang="de"),
            },
        )
    )
    front, page = (
        _read(tmp_path / "_site", "index.html"),
        _read(tmp_path / "_site", "posts/year.html"),
    )
    titles = publishing.select(front, ".headline a")
    assert [(one.get("lang"), one.get("dir")) for one in titles] == [("de", None), ("ar", "rtl")]
    (summary,) = publishing.select(front, ".summary[lang='ar']")
    assert (summary.text_content(), summary.get("dir")) == ("كلمات", "rtl")
    (back,) = publishing.select(page, ".related a[lang]")
    assert (back.get("lang"), back.get("dir")) == ("de", "ltr")


def test_a_translation_of_nothing_and_one_in_the_same_language_are_reported(tmp_path: Path) -> None:
    report = publishing.publish(
        publishing.write(
            tmp_path,
            {
                "posts/town-story.qmd": ORIGINAL,
                "posts/a.qmd": publishing.article("A", lang="de", translation_of="town-storey.qmd"),
                "posts/b.qmd": publishing.article("B", translation_of="town-story.qmd"),
            },
        )
    )
    assert [(str(one.where), one.what, one.mend) for one in report.notices] == [
        (
            "posts/a.qmd",
            "`translation-of` names 'town-storey.qmd', and there is no such article, or it is a "
            "translation itself",
            "Did you mean `/posts/town-story.qmd`?",
        ),
        (
            "posts/b.qmd",
            "`translation-of` names 'town-story.qmd', which is in 'en' too",
            "Set `lang` to the language that this article is in.",
        ),
    ]
