"""`crossref:` and the options of captions: words, numerals, kinds, places, as Quarto has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.errors import ConfigError, Place
from broadsheet.markdown.code_blocks import add_written
from broadsheet.markdown.document import Document, Rendered
from broadsheet.markdown.elements.wide_tables import make_scroll
from broadsheet.markdown.markdown_writing import MarkdownText
from broadsheet.markdown.pandoc import Pandoc
from broadsheet.project.settings.crossref_settings import Crossref, filter_options
from broadsheet.project.settings.settings import Execute, FrontMatter
from broadsheet.project.settings.validation import check, unknown_keys
from broadsheet.project.sources.includes import Includes, numbered
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
    page = rendered(pandoc, table, **{"tbl-cap-location": "margin"})
    assert "caption-top" in page.html and "not in the margin" in page.notices[0].what


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


# Tables, and what else Pandoc's reader alone would not take


@pytest.mark.parametrize(
    ("names", "classes"),
    [
        ("striped hover", "table-striped table-hover"),
        ("table-striped mine", "table-striped mine"),
        ("sm", "table-sm small"),
        ("table-sm small", "table-sm small"),
    ],
)
def test_looks_of_tables_have_bootstraps_names(names: str, classes: str) -> None:
    body = parsed(f'<table class="{names}"><tr><td>1</td></tr></table>')
    make_scroll(body)
    assert next(body.iter("table")).get("class") == classes


def test_a_list_is_a_table(pandoc: Pandoc) -> None:
    text = """\
::: {#tbl-l .list-table widths="1,3" header-cols=1 aligns="l,r"}
The caption. {.striped}

* * Key
  * What

* * []{rowspan=2}`a`
  * One

    - a list

* * Two ![](a.png)
:::

@tbl-l
"""
    html = rendered(pandoc, text).html
    table = parsed(html).find(".//table")
    assert captions(html) == ["Table~1: The caption."] and words(html).endswith("Table~1")
    assert table is not None and "striped" in (table.get("class") or "").split()
    assert [[cell.tag for cell in row] for row in table.iter("tr")] == [
        ["th", "th"],
        ["th", "td"],
        ["td"],
    ]
    assert [column.get("width") for column in table.iter("col")] == ["25%", "75%"]
    assert table.find(".//th[@rowspan='2']") is not None and table.find(".//td//li") is not None
    assert table.find(".//img").get("class") == "img-fluid"


def test_a_list_that_is_no_table_stays_one_and_is_told(pandoc: Pandoc) -> None:
    page = rendered(pandoc, "::: {.list-table}\n- one\n- two\n:::")
    assert "<li>" in page.html and "list table" in page.notices[0].what


def test_a_table_of_html_has_its_caption_numbered(pandoc: Pandoc) -> None:
    text = (
        "::: {#tbl-a .striped}\n```{=html}\n<table><caption>Cap</caption>\n"
        '<tr><td onclick="x()" style="color:red">1</td></tr></table>\n```\n:::\n\n@tbl-a'
    )
    html = rendered(pandoc, text).html
    assert captions(html) == ["Table~1: Cap"] and "striped" in html
    assert html.count("Cap") == 1


def test_widths_of_columns(pandoc: Pandoc) -> None:
    text = '|a|b|\n|-|-|\n|1|2|\n\n|a|b|\n|-|-|\n|1|2|\n\n: C {tbl-colwidths="[10,90]"}\n\n|a|\n|-|\n|1|'
    page = rendered(pandoc, text, **{"tbl-colwidths": [25, 75]})
    assert re.findall(r'<col width="(\d+)%"', page.html) == ["25", "75", "10", "90"]
    assert not page.notices


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[![C](a.png){#fig-a}](https://x.org)\n\n@fig-a", "Figure~1: C"),
        ("[![C](a.png)](https://x.org)", "C"),
        ("::: {#fig-p layout-ncol=2}\n[![C](a.png){#fig-a}](b)\n\nBoth\n:::", "(a) C"),
        ("::: {layout-ncol=2}\n[![C](a.png)](b)\n\n![](a.png)\n:::", "C"),
    ],
)
def test_a_picture_in_a_link_keeps_its_caption(pandoc: Pandoc, text: str, html: str) -> None:
    page = rendered(pandoc, text)
    assert captions(page.html)[0] == html and "<a href=" in page.html and not page.notices


@pytest.mark.parametrize(
    "attributes",
    ["", ' alt="Of *a* thing"', " alt = 'It \"is\"'", r' alt="\"a\" b"', " alt='it\\'s'"],
)
def test_equations_may_have_attributes(pandoc: Pandoc, attributes: str) -> None:
    page = rendered(pandoc, f"$$\nx\n$$ {{#eq-a{attributes}}}\n\nSee @eq-a.")
    assert words(page.html).endswith("See Equation~1.") and "(1)" in page.html
    assert "{" not in words(page.html) and not page.notices


def test_blocks_for_other_readers(pandoc: Pandoc) -> None:
    text = "```{=pandoc-reader-latex}\n\\emph{a}\n```\n\nb `*c*`{=pandoc-reader-markdown}"
    html = rendered(pandoc, text).html
    assert "<em>a</em>" in html and "b <em>c</em>" in html
    page = rendered(pandoc, "```{=pandoc-reader-nonsense}\na\n```")
    assert "Pandoc cannot read this as `nonsense`" in page.notices[0].what


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("::: {#id key = value}", "::: {#id key=value}"),
        ("> ::: {#id key= 'a = b' other =c}", "> ::: {#id key='a = b' other=c}"),
        ('::: {#id key="a = b"}', '::: {#id key="a = b"}'),
        ("a ::: {b = c}", "a ::: {b = c}"),
    ],
)
def test_spaces_in_the_attributes_of_a_division(written: str, read: str) -> None:
    text = MarkdownText(Includes(Path("/nowhere")))
    add_written(
        numbered(f"{written}\n\n```\n::: {{a = b}}\n```", Place("a.qmd", line=1)), text, Execute()
    )
    assert text.lines[0] == read and text.lines[3] == "::: {a = b}"


@pytest.mark.parametrize(
    ("src", "expected"),
    [
        ("a", "a.jpg"),
        ("b/c-1", "b/c-1.jpg"),
        ("a.svg", "a.svg"),
        ("https://x.org/a", "https://x.org/a"),
        ("data:image/png;base64,AAAA", "data:image/png;base64,AAAA"),
        ("a/", "a/"),
    ],
)
def test_a_picture_without_a_suffix(pandoc: Pandoc, src: str, expected: str) -> None:
    html = rendered(pandoc, f"![]({src})", **{"default-image-extension": "jpg"}).html
    assert f'src="{expected}"' in html


def test_a_layout_has_gaps_and_sides(pandoc: Pandoc) -> None:
    text = (
        '::: {layout="[[40,-20,40],[100]]" layout-valign="bottom" layout-align="right"}\n'
        "a\n\nb\n\n## H\n\nc\n:::"
    )
    html = rendered(pandoc, text).html
    assert re.findall(r"layout-span-(\d+)", html) == ["5", "2", "5"]
    assert html.count("quarto-layout-valign-bottom") == 2
    assert html.count('data-layout-align="right"') == 4 and html.count("quarto-layout-cell") == 4


def test_sections_are_numbered_down_to_a_depth_and_from_an_offset(pandoc: Pandoc) -> None:
    html = rendered(
        pandoc,
        "# A\n\n## B\n\n### C\n\n# D",
        **{"number-sections": True, "number-depth": 2, "number-offset": [2, 4]},
    ).html
    assert re.findall(r'section-number">([\d.]+)<', html) == ["3", "3.5", "4"]


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("::: {#sol-a name='N'}\nS\n:::\n\n@sol-a", "Solution 1 (N). S Solution~1"),
        ("::: {#prf-a}\nS\n:::\n\n@prf-a", "Proof 1. S Proof~1"),
        ("::: {.remark}\nS\n:::", "Remark. S"),
    ],
)
def test_proofs_with_an_id_have_a_number(pandoc: Pandoc, text: str, opening: str) -> None:
    html = rendered(pandoc, text).html
    assert words(html).replace("~1 (", " 1 (").replace("~1.", " 1.") == opening
    assert 'class="proof-title"' in html and 'class="proof' in html


LEFT = '<table class="mine"><tr><td style="x"><b>a</b></td></tr></table>'


@pytest.mark.parametrize(
    ("content", "stays", "more"),
    [
        (LEFT, True, {"html-table-processing": "none"}),
        (LEFT, False, {}),
        (LEFT.replace("<b>a", '<b data-qmd="*b*"></b><b>a'), True, {}),
        (f"<!--| quarto-html-table-processing: none -->{LEFT}", True, {}),
        (
            LEFT.replace("</table>", "<!--| quarto-html-table-processing: none --></table>"),
            True,
            {},
        ),
    ],
)
def test_a_table_of_html_in_a_float(pandoc: Pandoc, content: str, stays: bool, more: dict) -> None:  # type: ignore[type-arg]
    text = f"::: {{#tbl-a}}\n```{{=html}}\n{content}\n```\n\nSo\n:::"
    html = rendered(pandoc, text, **more).html
    assert ('<table class="mine">' in html) == stays and html.count("</table>") == 1
    assert 'id="tbl-a"' in html and captions(html) == ["Table~1: So"]


def test_a_division_that_leaves_its_tables(pandoc: Pandoc) -> None:
    table = f"::: {{#tbl-a}}\n```{{=html}}\n{LEFT}\n```\n\nSo\n:::"
    html = rendered(pandoc, f'::: {{html-table-processing="none"}}\n\n{table}\n\n:::').html
    assert LEFT.replace(' style="x"', "") in html.replace(' style="x"', "")


def test_a_table_in_tags_of_its_own_keeps_them(pandoc: Pandoc) -> None:
    table = '<table class="mine">\n<tr><td>*a*</td></tr>\n</table>'
    html = rendered(pandoc, f"::: {{#tbl-a}}\n{table}\n\nSo\n:::").html
    assert '<table class="mine">' in html and "<em>a</em>" in html and "</table>" in html


PARTS = "::: {#fig-a layout-ncol=2}\n![%s](a.png){#fig-b}\n\n![Rice](b.png){#fig-c}\n\nAll\n:::"


@pytest.mark.parametrize(
    ("crossref", "markdown", "numbers"),
    [
        ({}, PARTS % "Rose by\u00a05 percent", ["(a)", "(b)", "Figure\u00a01"]),
        ({}, PARTS % "", ["(a)", "(b)", "Figure\u00a01"]),
        ({}, PARTS % "(of which\u00a05) rose", ["(a)", "(b)", "Figure\u00a01"]),
        ({"subref-labels": "roman i"}, PARTS % "Rose", ["(i)", "(ii)", "Figure\u00a01"]),
        ({"subref-labels": "alpha z"}, PARTS % "By\u00a05", ["(z)", "(aa)", "Figure\u00a01"]),
        ({"labels": "roman"}, PARTS % "By\u00a05", ["(I)", "(II)", "Figure\u00a0I"]),
        ({"fig-labels": "alpha z"}, FIGURE + FIGURE.replace("a}", "b}"), ["Figure\u00a0z", "Figure\u00a0aa"]),
        ({"fig-title": ""}, "![Rose by\u00a05](a.png){#fig-a}", ["1"]),
        ({"fig-title": "Our own chart"}, "![By\u00a05](a.png){#fig-a}", ["Our own chart\u00a01"]),
        ({"title-delim": "."}, "![By\u00a05](a.png){#fig-a}", ["Figure\u00a01"]),
        ({}, "$$ x $$ {#eq-a}", ["(1)"]),
        ({"chapters": True}, f"# A\n\n{FIGURE}", ["Figure\u00a01.1"]),
    ],
)  # fmt: skip
def test_the_number_of_a_caption_is_told_from_what_the_author_writes(
    pandoc: Pandoc, crossref: dict[str, object], markdown: str, numbers: list[str]
) -> None:
    passages = rendered(pandoc, markdown, crossref).prose.passages
    marked = [
        passage.text[mark.start : mark.end]
        for passage in passages
        for mark in passage.marks
        if mark.kind == "reference"
    ]
    assert marked == [number.replace("\u00a0", " ") for number in numbers]
