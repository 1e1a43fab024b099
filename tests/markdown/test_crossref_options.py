"""`crossref:` and the options of captions: words, numerals, kinds, places, as Quarto has them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from broadsheet.errors import ConfigError, Place
from broadsheet.markdown.document import Document, Rendered
from broadsheet.markdown.pandoc import Pandoc
from broadsheet.project.settings.crossref_settings import Crossref, filter_options
from broadsheet.project.settings.settings import FrontMatter
from broadsheet.project.settings.validation import check, unknown_keys
from broadsheet.storage.yaml_text import read_yaml
from broadsheet.text.html_tree import parsed

FIGURE = "![Cap](a.png){#fig-a}\n\n"


@pytest.fixture(scope="module")
def pandoc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pandoc]:
    with Pandoc(workers=1, time_limit=30, root=tmp_path_factory.mktemp("publication")) as pool:
        yield pool


def rendered(pandoc: Pandoc, markdown: str, crossref: object = None, **options: object) -> Rendered:
    settings = FrontMatter.model_validate({"crossref": crossref} if crossref is not None else {})
    options = {"crossref": filter_options(settings.crossref), **options}
    return pandoc.render(Document("a.qmd", markdown, options=options))


def words(html: str) -> str:
    return " ".join(parsed(html).text_content().replace("\u00a0", "~").split())


def captions(html: str) -> list[str]:
    return [words(part) for part in re.findall(r"<figcaption[^>]*>(.*?)</figcaption>", html, re.S)]


@pytest.mark.parametrize(
    ("crossref", "caption", "reference"),
    [
        ({}, "Figure~1: Cap", "Figure~1"),
        ({"fig-title": "Abb."}, "Abb.~1: Cap", "Figure~1"),
        ({"fig-prefix": "fig."}, "Figure~1: Cap", "fig.~1"),
        ({"fig-prefix": ""}, "Figure~1: Cap", "1"),
        ({"fig-title": "**Abb.**", "title-delim": "—"}, "Abb.~1— Cap", "Figure~1"),
        ({"fig-labels": "alpha x"}, "Figure~x: Cap", "Figure~x"),
        ({"fig-labels": "alpha"}, "Figure~a: Cap", "Figure~a"),
        ({"labels": "roman i"}, "Figure~i: Cap", "Figure~i"),
        ({"labels": "roman"}, "Figure~I: Cap", "Figure~I"),
        ({"labels": "roman", "fig-labels": "arabic"}, "Figure~1: Cap", "Figure~1"),
        ({"fig-labels": ["α", "β"]}, "Figure~α: Cap", "Figure~α"),
        ({"chapters": True}, "Figure~1: Cap", "Figure~1"),
    ],
)
def test_words_and_numerals(
    pandoc: Pandoc, crossref: dict[str, object], caption: str, reference: str
) -> None:
    html = rendered(pandoc, FIGURE + "See @fig-a.", crossref).html
    assert captions(html) == [caption]
    assert words(html).endswith(f"See {reference}.")
    assert '<a href="#fig-a" class="quarto-xref">' in html


def test_a_capital_in_a_reference_is_one_of_its_word(pandoc: Pandoc) -> None:
    html = rendered(pandoc, FIGURE + "@Fig-a, @fig-a", {"fig-prefix": "éclair *fig.*"}).html
    assert words(html).endswith("Éclair fig.~1, éclair fig.~1")


def test_references_need_not_be_links(pandoc: Pandoc) -> None:
    page = rendered(pandoc, FIGURE + "See @fig-a here.", {"ref-hyperlink": False})
    assert "<a " not in page.html
    passage = next(one for one in page.prose.passages if one.text.startswith("See"))
    assert [passage.text[mark.start : mark.end] for mark in passage.marks] == ["Figure 1"]


def test_letters_go_on_after_z(pandoc: Pandoc) -> None:
    figures = "".join(f"![C](a.png){{#fig-{number}}}\n\n" for number in range(28))
    labels = captions(rendered(pandoc, figures, {"labels": "alpha x"}).html)
    assert labels[:4] == ["Figure~x: C", "Figure~y: C", "Figure~z: C", "Figure~aa: C"]


def test_parts(pandoc: Pandoc) -> None:
    text = "::: {#fig-p layout-ncol=2}\n![A](a.png){#fig-q}\n\n![B](b.png){#fig-r}\n\nBoth\n:::\n\n@fig-r"
    html = rendered(pandoc, text, {"subref-labels": "roman i", "fig-labels": "alpha A"}).html
    assert captions(html) == ["(i) A", "(ii) B", "Figure~A: Both"]
    assert words(html).endswith("Figure~A~(ii)")


def test_chapters(pandoc: Pandoc) -> None:
    text = (
        "# One {#sec-one}\n\n## Sub {#sec-sub}\n\n![A](a.png){#fig-a}\n\n# Two {#sec-two}\n\n"
        "![B](a.png){#fig-b}\n\n$$x$$ {#eq-a}\n\n@sec-one @sec-sub @sec-two @fig-b @eq-a"
    )
    page = rendered(pandoc, text, {"chapters": True}, **{"number-sections": True})
    assert captions(page.html) == ["Figure~1.1: A", "Figure~2.1: B"]
    assert words(page.html).endswith("Chapter~1 Section~1.1 Chapter~2 Figure~2.1 Equation~2.1")
    assert "(2.1)" in page.html


def test_kinds_of_the_author(pandoc: Pandoc) -> None:
    custom = [
        {"kind": "float", "key": "dia", "reference-prefix": "Diagram"},
        {
            "kind": "float",
            "key": "vid",
            "reference-prefix": "Video",
            "caption-location": "top",
            "space-before-numbering": False,
        },
    ]
    text = "::: {#dia-a}\nX\n\nCap\n:::\n\n::: {#vid-a}\nY\n\nCap\n:::\n\n@dia-a, @vid-a, @Vid-a"
    crossref = {"custom": custom, "vid-labels": "alpha A"}
    html = rendered(pandoc, text, crossref).html
    assert captions(html) == ["Diagram~1: Cap", "VideoA: Cap"]
    assert words(html).endswith("Diagram~1, VideoA, VideoA")
    assert 'class="quarto-float quarto-float-vid figure"' in html
    assert html.index("VideoA: Cap") < html.index("<p>Y</p>")


def test_references_may_be_off(pandoc: Pandoc) -> None:
    html = rendered(pandoc, FIGURE, False).html
    assert captions(html) == ["Cap"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("![C](a.png){#fig-a cap-location=top}", "top"),
        ("![C](a.png){#fig-a fig-cap-location=margin}", "margin"),
        ("![C](a.png){#fig-a}", "top"),
        ("::: {#fig-a fig-cap-location=bottom}\nX\n\nC\n:::", "bottom"),
        (": C {#tbl-a}\n\n|a|\n|-|\n|1|", "bottom"),
        (": C {#tbl-a tbl-cap-location=top}\n\n|a|\n|-|\n|1|", "top"),
        ('```{#lst-a .python lst-cap="C" lst-cap-location=bottom}\n1\n```', "bottom"),
        ('```{#lst-a .python lst-cap="C"}\n1\n```', "margin"),
    ],
)
def test_captions_stand_where_they_are_said_to(pandoc: Pandoc, text: str, place: str) -> None:
    options = {
        "fig-cap-location": "top",
        "tbl-cap-location": "bottom",
        "cap-location": "margin",
    }
    html = rendered(pandoc, text, **options).html
    assert f"quarto-float-caption-{place} " in html
    assert html.count("figcaption class") == 1
    assert html.rstrip().find("<figcaption") < html.find("aria-describedby") or place != "top"


def test_tables_without_a_number_have_their_captions_there_too(pandoc: Pandoc) -> None:
    table = ": C\n\n|a|\n|-|\n|1|"
    assert "caption-top" in rendered(pandoc, table).html
    assert "caption-top" not in rendered(pandoc, table, **{"tbl-cap-location": "bottom"}).html


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("![C](a.png){#fig-a fig-align=right}", "right"),
        ("![C](a.png){#fig-a}", "left"),
        ("![C](a.png){fig-align=center}", "center"),
        ("![](a.png){fig-align=right}", "right"),
        ("::: {#fig-a fig-align=right}\n![](a.png)\n\nC\n:::", "right"),
        ("::: {#fig-a}\n![](a.png){fig-align=right}\n\nC\n:::", "right"),
    ],
)
def test_figures_are_set_on_a_side(pandoc: Pandoc, text: str, side: str) -> None:
    html = rendered(pandoc, text, **{"fig-align": "left"}).html
    assert re.findall(r"quarto-figure-(\w+)", html) == [side]


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("labels: greek", "`crossref.labels`: numerals are `arabic`, `alpha a`, `roman i`"),
        ("fig-labels: 'alpha'\n  subref-labels: []", "`crossref.subref-labels`: numerals are"),
        ("chapters: perhaps", "`crossref.chapters`: input should be true or false"),
        ("fig-title: [a]", "`crossref.fig-title`: input should be text"),
        ("custom:\n    - key: a1\n      reference-prefix: A", "`crossref.custom.0.key`"),
    ],
)
def test_values_that_do_not_fit(yaml: str, message: str) -> None:
    text = read_yaml(f"crossref:\n  {yaml}\n", Place("a.qmd"))
    with pytest.raises(ConfigError) as caught:
        check(FrontMatter, text.data, text)
    assert message in str(caught.value)


def test_unknown_keys_are_told_and_those_of_a_kind_are_not() -> None:
    yaml = "fig-titel: A\nvid-title: V\nlof-title: L\ncustom:\n- {key: vid, reference-prefix: V}\n"
    text = read_yaml(yaml, Place("a.qmd"))
    notices = [notice.what for notice in unknown_keys(check(Crossref, text.data, text), text)]
    assert notices == ["Broadsheet does not know the key `fig-titel`"]
