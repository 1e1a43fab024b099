"""Facts and claims are letters while Pandoc reads a page. What it says of a page is the same without
that.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.markdown import pandoc as pandoc_module
from broadsheet.markdown.document import Document
from broadsheet.markdown.letter_marks import CLOSE, FIRST, Lettered, with_letters
from broadsheet.markdown.pandoc import Pandoc
from broadsheet.project.sources.inline_expressions import escaped

FACT, CLAIM = (
    '[49 percent]{.fact name="of"}',
    '[fell by [49 percent]{.fact name="of"}]{claim="of-fell"}',
)
VALUES = (
    "Kazakhstan",
    "2022",
    "4.5 percent",
    "Guinea-Bissau",
    "Mr",
    "A",
    "i",
    "e.g",
    "90s",
    "$5",
    "a_b",
    "",
)
TEXTS = {
    "sentence": f"Trade {CLAIM}, to [\\$3\\.0 billion]{{.fact name=\"sum\"}}; Russia's {FACT}'s.",
    "emphasis": f"*{FACT}* **a {CLAIM}** _{FACT}_ ~{FACT}~ [*a*]{{claim=\"b\"}}",
    "quotes": f'"{FACT}" \'{FACT}\' "Trade {CLAIM}," said [China\'s]{{claim="b"}} [" a]{{claim="b"}}',
    "heading": f"## {FACT} of trade {{#x}}\n\n## {FACT} of trade\n\n[{FACT} of trade]",
    "lists": f"1. {FACT}\n- {FACT}\n\n{FACT}. A\n\n> {CLAIM}\n\n    {CLAIM}",
    "code": f"`{FACT}` a\n\n```\n{CLAIM}\n\n{CLAIM}\n```\n\n{CLAIM}\n\n~~~~\n```\n\n{FACT}\n\n~~~~\n\n{FACT}",
    "mathematics": f"$[a]{{claim=\"b\"}}$ {FACT} \\$5 {CLAIM}",
    "tables": f"| a | b |\n|---|---|\n| {FACT} | {CLAIM} |\n\n  a    b\n ---  ---\n {FACT}  c\n",
    "html": f"<pre>\n{FACT}\n\n{CLAIM}\n</pre>\n\n{CLAIM}\n\n<!-- {FACT}\n\n{CLAIM} -->\n\n<b>{FACT}</b>",
    "links": f"[{FACT}](a.html) ![{FACT}](a.png) [a](b.html \"{FACT}\") <https://a.example> [{FACT}][b]\n\n[b]: c",
    "notes": f"a^{FACT} b[^1] c^[{FACT}]\n\n[^1]: {CLAIM}",
    "citations": f"[@nobody {FACT}] @nobody {FACT} [{FACT}, @nobody] a [see {FACT}]",
    "divs": f'::: {{.callout-note title="{FACT}"}}\n{CLAIM}\n:::\n\n::: {{#fig-a fig-cap="a {FACT}"}}\n{FACT}\n:::',
    "unfinished": f"[{FACT} [{CLAIM} {{{FACT}}} {FACT}{{.a}} \\{FACT} ]{FACT}",
    "values": "Kazakhstan's trade (4.5 percent) *of* **2022**: \"Kazakhstan\" and 'Kazakhstan' in the 90s; Guinea\\-Bissau",
    "lists of values": "2022. Kazakhstan\n\n2022\\. Kazakhstan\n\nA) b\n\n(A) b\n\ni. c\n\n- 2022. b\n\n> Mr. Kazakhstan. e.g. 2022. A. b",
    "headings of values": "## Kazakhstan in 2022\n\n[Kazakhstan in 2022] [2022]\n\n2022\n: Kazakhstan\n\n::: Kazakhstan\n2022\n:::",
    "addresses of values": "[2022](Kazakhstan) [Kazakhstan]: 2022\n\n[2022]: Kazakhstan\n\n@2022 @fig-2022 [^2022] a^[Kazakhstan]\n\n[^2022]: 2022",
    "values raised": "a^2022^ b~4.5 percent~ $x$2022 \\$2022 2022$ Kazakhstan_2022 _Kazakhstan_ *2022*Kazakhstan",
    "names": f"[x]:  {FACT} A\n\n::: 2022{FACT}a\n## A\n:::\n\n(@) i.\n\n(@) 2022. a\n\n\\ii{FACT}",
    "comments": f"<!--\n::: {{.a}}\n\n{CLAIM}\n-->\n\n<!-- {FACT} --> {CLAIM}",
    "private": f"{FACT} {CLOSE} \U000f0000 {CLAIM}",
}  # fmt: skip


@pytest.fixture(scope="module")
def pandoc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pandoc]:
    with Pandoc(workers=1, time_limit=30, root=tmp_path_factory.mktemp("publication")) as pool:
        yield pool


def said_of(pandoc: Pandoc, text: str) -> tuple[object, ...]:
    line = text.replace("\n", " ")
    rendered = pandoc.render(Document("a.qmd", text, inlines={"title": line}, values=VALUES))
    return rendered.html, rendered.inlines, [str(notice) for notice in rendered.notices]


def without_letters(pandoc: Pandoc, text: str) -> tuple[object, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pandoc_module, "with_letters", lambda request, values: Lettered(request))
        return said_of(pandoc, text)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_page_is_the_same_with_letters(pandoc: Pandoc, text: str) -> None:
    assert said_of(pandoc, text) == without_letters(pandoc, text)


PARTS = st.sampled_from(
    [FACT, CLAIM, FACT, CLAIM, "word", "'s ", '"', "'", " ", "\n", "\n\n", "*", "**", "_", "^", "~", "[", "]", "(", ")",
     "](a)", "@nobody", "Kazakhstan", "2022", "Kazakhstan", "4.5 percent", " A", ". ", ") ", "i", "Mr", "Guinea\\-Bissau", ": ", "\n(@) ", "\n#. ", "\n[x]: ", "\n::: ", "](", "'s ", "\n* ", "<!-- ", " -->", "90s", "II", "a) ", "[@nobody]", "\n- ", "\n1. ", "\n> ", "\n# ", "\n    ", "|", "`", "\n```\n", "<b>", "</b>", "$",
     "\\", "{", "}", "---", "\n::: {.a}\n", "\n:::\n", "\n: ", "^[a]", "\n\n---\n", "  \n", "<!--", "-->"]
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(PARTS, min_size=2, max_size=14).map("".join))
def test_no_markdown_around_a_mark_makes_a_difference(pandoc: Pandoc, text: str) -> None:
    try:
        plain: object = without_letters(pandoc, text)
    except Exception as error:
        plain = str(error)
    try:
        lettered: object = said_of(pandoc, text)
    except Exception as error:
        lettered = str(error)
    assert lettered == plain


def test_marks_of_ordinary_prose_are_letters() -> None:
    request = {"markdown": TEXTS["sentence"], "inlines": {"title": CLAIM}, "options": {}}
    lettered = with_letters(request).request
    assert "]{" not in lettered["markdown"] + lettered["inlines"]["title"]
    assert len(lettered["marks"]) == 6
    other = {**request, "options": {"from": "commonmark_x"}}
    assert with_letters(other).request is other


def test_values_of_ordinary_prose_are_letters() -> None:
    """What two editions say of other values is one text."""
    texts = {}
    for name, sum in (("Kazakhstan", "4.5 percent"), ("Guinea-Bissau", "12 percent")):
        words, fact = escaped(name), f'[{sum}]{{.fact name="of"}}'
        text = (
            f"Trade with {words} rose by {fact}, {words}'s own by {escaped(sum)}.\n\n- In {words}"
        )
        lettered = with_letters({"markdown": text, "inlines": {}, "options": {}}, [name, sum])
        assert (
            lettered.filled(lettered.request["markdown"].partition(" by")[0])
            == f"Trade with {name} rose"
        )
        texts[name] = lettered.request
    assert texts["Kazakhstan"] == texts["Guinea-Bissau"]


def test_a_page_with_letters_of_its_own_keeps_its_brackets(pandoc: Pandoc) -> None:
    """A letter by its number, or of a font of icons, opens no mark: nothing else counts as a fact."""
    for icon in (
        "&#xF0000;",
        "&#983040;",
        "\U000f0000",
        "\U000f0001",
        "&#x17000;",
        "&#94208;",
        "\U00017000",
    ):
        text = f"An icon {icon} and 512 ships sank. {FACT}"
        said = str(said_of(pandoc, text)[0])
        assert said.count("<span") == 1 and "512 ships sank. <span" in said
        titled = {"markdown": f"{icon} 512 ships", "inlines": {"title": FACT}, "options": {}}
        assert with_letters(titled).request is titled


def test_letters_that_come_to_a_place_without_tags_have_the_page_read_again(pandoc: Pandoc) -> None:
    """A notice quotes words of the page, and has no tags."""
    html, _, notices = said_of(
        pandoc, f"::: {{.callout-x}}\n[a](  \n{CLAIM}\n:::\n\n![{CLAIM}](a.png){{#fig-}}"
    )
    assert not any(
        ord(letter) >= FIRST for text in (str(html), *map(str, notices)) for letter in text
    )


def test_marks_take_time_by_their_number(pandoc: Pandoc) -> None:
    text = "](" * 2_000 + ")" + FACT * 100
    request = {"markdown": text, "inlines": {}, "options": {}}
    assert len(with_letters(request).request.get("marks", ())) in (0, 100)
    lists = {"markdown": "@a.-b.) " * 2_000 + "x 2022.", "inlines": {}, "options": {}}
    assert with_letters(lists, ["2022"]).values == ["2022"]
