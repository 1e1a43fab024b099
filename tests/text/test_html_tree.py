"""HTML as a tree: what comes out says the same as what went in."""

from __future__ import annotations

import pytest

from broadsheet.text.html_tree import (
    comments,
    new_element,
    parsed,
    pieces,
    put_in_place,
    texts,
    wrap_text,
)
from broadsheet.text.html_tree import written as written_html


@pytest.mark.parametrize(
    ("html", "written"),
    [
        ("plain", "plain"),
        ("a &amp; b &lt; c", "a &amp; b &lt; c"),
        ("a\xa0&nbsp;b", "a\xa0\xa0b"),
        ("<p>un<p>closed", "<p>un</p><p>closed</p>"),
        ("a<wbr>b<b>c</b>d", "a<wbr>b<b>c</b>d"),
        (
            "<picture><source srcset='a 1x'><source srcset=b><img src=c></picture>d",
            '<picture><source srcset="a 1x"><source srcset="b"><img src="c"></picture>d',
        ),
        ("<pre>\n\n  two</pre>", "<pre>\n\n  two</pre>"),
        ("<script>if (a < b && c) d</script>", "<script>if (a < b && c) d</script>"),
        ("<details open><summary>s</summary></details>",) * 2,
        ('<svg viewBox="0 0 1 1"><path d="M0"/>t</svg>', '<svg viewbox="0 0 1 1"><path d="M0"></path>t</svg>'),
        ('<math display="block"><mi>x</mi></math>',) * 2,
        ("a</body></html><p>later</p>", "a<p>later</p>"),
        ("<body class=x><html lang=de>a", "a"),
        ("a\x00\x1bb", "ab"),
        # What only looks like a tag stays: its removal could make one.
        ('<script>x = "</wbr></body>"</script><wbr>a',) * 2,
        ("<!--x--</w</wbr>br>><a hre</w</wbr>br>f='x'></body>-->a<wbr>",) * 2,
        ("<template><p>x</p></template><custom-part a=1>y</custom-part>",
         '<template><p>x</p></template><custom-part a="1">y</custom-part>'),
    ],
)  # fmt: skip
def test_a_text_is_written_as_it_was_meant(html: str, written: str) -> None:
    assert written_html(parsed(html)) == written
    assert written_html(parsed(written)) == written


def test_a_deep_text_is_whole() -> None:
    text = "<div>" * 1000 + "x" + "</div>" * 1000 + "y"
    assert written_html(parsed(text)) == text


def test_a_place_is_filled_with_all_of_a_content() -> None:
    root = parsed("a<!--here--> b<p><!--here--></p>")
    for place in comments(root, "here"):
        put_in_place(place, parsed("1<i>2</i>3"))
    assert written_html(root) == "a1<i>2</i>3 b<p>1<i>2</i>3</p>"


def test_words_of_any_text_go_into_an_element() -> None:
    root = parsed("one<i>two<!--x-->six</i>ten")
    for place in texts(root):
        wrap_text(place, 0, 1, new_element("b", {}))
    assert written_html(root) == "<b>o</b>ne<i><b>t</b>wo<!--x--><b>s</b>ix</i><b>t</b>en"


def test_values_are_in_their_places_whatever_an_author_writes() -> None:
    root = parsed('<p title="<!--0--><!--x-->">a<!--0--></p><i></i>b<div><i></i></div>')
    places = dict(zip(root.iter("i"), (1, 2), strict=True))
    assert pieces(root, places) == [
        '<p title="<!--0--><!--x-->">a<!--0--></p>',
        1,
        "b<div>",
        2,
        "</div>",
    ]
