"""Addresses in style sheets: which there are, and what becomes of them."""

from __future__ import annotations

import pytest

from broadsheet.site.article.style_addresses import rewrite_styles, style_addresses


@pytest.mark.parametrize(
    ("css", "addresses"),
    [
        ("a { background: url(a.png) }", ["a.png"]),
        ("a { background: URL( 'a b.png' ) }", ["a b.png"]),
        ('@import "b.css" screen; @import url(c.css);', ["b.css", "c.css"]),
        (
            "@font-face { src: url(a.woff2) format('woff2'), url(\"b.woff\") }",
            ["a.woff2", "b.woff"],
        ),
        ("/* url(a.png) */ a::before { content: 'url(b.png)' }", []),
        ('a { content: "it\'s url(a)"; background: url(b.png) }', ["b.png"]),
        (r"a { background: url(a\)b.png) }", ["a)b.png"]),
        (r"a { background: url('\61 .png') }", ["a.png"]),
        (r"a { background: url(\110000 .png) }", ["\ufffd.png"]),
        ("a { --my-url(b: c); background: curl(a.png) }", []),
        ("a { background: url() } /* never ends url(a.png)", []),
        ("a { background: url(never-ends.png", ["never-ends.png"]),
        ("a { background: url(data:image/png;base64,AAAA) }", ["data:image/png;base64,AAAA"]),
    ],
)
def test_what_is_an_address(css: str, addresses: list[str]) -> None:
    assert style_addresses(css) == addresses
    assert rewrite_styles(css, lambda address: address) == css
    new = "x\"y) '\n\\.css"
    assert style_addresses(rewrite_styles(css, lambda _: new)) == [new] * len(addresses)
