"""The marks of facts and claims in a body become links to their entries."""

from __future__ import annotations

import pytest

from broadsheet.site.article.marked_words import link_marks
from broadsheet.text.html_tree import parsed, written

KNOWN = {("fact", name): ("fact", name) for name in "ab"} | {("claim", "c"): ("claim", "c")}


def linked(html: str) -> str:
    body = parsed(html)
    link_marks(body, KNOWN)
    return written(body)


def fact(words: str, name: str = "a") -> str:
    return f'<span class="fact" name="{name}">{words}</span>'


CLAIM = '<span class="claim" data-claim="c">a record</span>'
LINK = '<a href="x">$190</a>'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<p>{fact('$190')}.</p>", '<p><a class="fact" href="#fact-a" id="fact-a-1">$190</a>.</p>'),
        (
            f"<p>{fact('$190')}, then {CLAIM} &amp; more</p>",
            '<p><a class="fact claim" href="#fact-a" data-known="fact-a claim-c"><span class="fact"'
            ' id="fact-a-1">$190</span>, then <span class="claim" id="claim-c-1">a record</span></a>'
            " &amp; more</p>",
        ),
        (
            f"<p>{fact('$190')}. {fact('$200', 'b')}, <b>{fact('3')}</b></p>",
            '<p><a class="fact" href="#fact-a" id="fact-a-1">$190</a>. <a class="fact" href="#fact-b"'
            ' tabindex="-1" id="fact-b-1">$200</a>, <b><span class="fact" data-known="fact-a"'
            ' id="fact-a-2">3</span></b></p>',
        ),
        (  # a link holds no other: neither of two of the author's, nor one within a mark
            f'<p><a href="x">in {fact("$190")}</a></p>',
            '<p><a href="x">in <span class="fact" data-known="fact-a" id="fact-a-1">$190</span></a></p>',
        ),
        (
            f'<p><a href="x">{fact("$190")}, {CLAIM}</a></p>',
            '<p><a href="x"><span class="fact" id="fact-a-1" data-known="fact-a claim-c">$190</span>,'
            ' <span class="claim" id="claim-c-1" data-known="fact-a claim-c">a record</span></a></p>',
        ),
        (
            f"<p>{fact(LINK)}</p>",
            '<p><span class="fact" data-known="fact-a" id="fact-a-1"><a href="x">$190</a></span></p>',
        ),
        (
            f"<p>{fact(f'over {LINK} now')}</p>",
            '<p><span class="fact" id="fact-a-1"><a class="fact" href="#fact-a">over</a> <a href="x">$190'
            '</a> <a class="fact" href="#fact-a" tabindex="-1">now</a></span></p>',
        ),
        (
            f"<ul><li>{fact('$1 bn')}<ul><li>{fact('$2 bn')}</li></ul></li><li>{fact('$3 bn')}</li></ul>",
            '<ul><li><a class="fact" href="#fact-a" id="fact-a-1">$1 bn</a><ul><li><a class="fact"'
            ' href="#fact-a" tabindex="-1" id="fact-a-2">$2 bn</a></li></ul></li><li><a class="fact"'
            ' href="#fact-a" id="fact-a-3">$3 bn</a></li></ul>',
        ),
    ],
)  # fmt: skip
def test_marks_become_links(html: str, expected: str) -> None:
    assert linked(html) == expected
