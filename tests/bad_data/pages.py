"""Pages that refer to what is wrong: bibliographies, styles, includes, shortcodes, pictures, links,
listings, TeX.

A case is a page's text, with its front matter if it needs one; `FILES` are what the pages refer to.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def page(body: str, **front: str) -> str:
    """A dated page; keys are front matter, with hyphens for underscores."""
    keys = "".join(f"{key.replace('_', '-')}: {value}\n" for key, value in front.items())
    return f"---\ntitle: A page\ndate: 2023-05-26\n{keys}---\n{body}\n"


def cited(bibliography: str, key: str = "smith", **front: str) -> str:
    """A page that cites a key of a bibliography, which lies at the root."""
    return page(f"As [@{key}] says.", bibliography=bibliography, **front)


ENTRY = "@book{smith, title = {A book}, author = {Smith, A.}, year = {2020}}\n"

FILES: dict[str, bytes] = {
    "good.bib": ENTRY.encode(),
    "empty.bib": b"",
    "broken.bib": b"@book{smith, title = {A book, author = {Smith\n@book{",
    "no.bib": b"This is no bibliography at all {{{ @@@",
    "latin.bib": b"@book{smith, title = {Caf\xe9}, year = {2020}}",
    "nul.bib": b"@book{smith, title = {A\0book\x07}, year = {2020}}",
    "binary.bib": bytes(range(256)),
    "no-key.bib": b"@book{, title = {A book}}",
    "twice.bib": (ENTRY * 2).encode(),
    "circular.bib": b"@book{smith, crossref = {jones}}\n@book{jones, crossref = {smith}}\n",
    "self.bib": b"@book{smith, crossref = {smith}, title = {A}}\n",
    "bad-date.bib": b"@book{smith, title = {A book}, date = {2023-02-30}, year = {nineteen}, month = {13}}",
    "deep.bib": b"@book{smith, title = " + b"{" * 3000 + b"a" + b"}" * 3000 + b"}",
    "list.json": b'[{"id": "smith", "type": "book", "title": "A"}]',
    "broken.json": b'[{"id": "smith", ',
    "odd.json": b'{"smith": {"title": 5}}',
    "null.json": b"null",
    "odd-dates.json": b'[{"id": "smith", "type": "book", "title": "A", "issued": {"date-parts": [["a", 13, 99]]}}]',
    "list.yaml": b"references:\n- id: smith\n  title: [1, 2\n",
    "good.csl": b"",
    "no.csl": b"This is no XML.",
    "other.csl": b"<html><body>404</body></html>",
    "bomb.csl": b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><style>&b;</style>',
    "_parts/self.md": b"{{< include /_parts/self.md >}}\n",
    "_parts/one.md": b"{{< include /_parts/two.md >}}\n",
    "_parts/two.md": b"{{< include /_parts/one.md >}}\n",
    "_parts/binary.md": bytes(range(128, 256)),
    "_parts/nul.md": b"a\0b\x07c\n",
    "_parts/latin.md": b"caf\xe9\n",
    "_parts/front.md": b"---\ntitle: [\n---\nText.\n",
    "_parts/open.md": b"::: {.callout-note}\n\n```\nno end\n",
    "_parts/missing.md": b"{{< include nowhere.md >}}\n",
    "_parts/empty.md": b"",
    "_parts/note.ipynb": b"{}",
    "pictures/zero.png": b"",
    "pictures/cut.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "pictures/no.svg": b"<svg",
    "pictures/a b%20c.png": b"\x89PNG\r\n\x1a\n",
}


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


PLACES: dict[str, Callable[[Path], None]] = {
    "folder.bib": Path.mkdir,
    "pipe.bib": os.mkfifo,
    "loop.bib": _loop,
    "dangling.bib": lambda path: path.symlink_to("x"),
    "folder.csl": Path.mkdir,
    "pipe.csl": os.mkfifo,
    "loop.csl": _loop,
    "_parts/folder.md": Path.mkdir,
    "_parts/pipe.md": os.mkfifo,
    "_parts/loop.md": _loop,
    "_parts/dangling.md": lambda path: path.symlink_to("x"),
    "pictures/pipe.png": os.mkfifo,
    "pictures/loop.png": _loop,
    "pictures/folder.png": Path.mkdir,
}
"""What stands where a file should be."""


def included(path: str) -> str:
    """A page that includes a file of the folder `_parts`."""
    return page(f"Before.\n\n{{{{< include /_parts/{path} >}}}}\n\nAfter.")


def pictured(path: str) -> str:
    """A page with a picture."""
    return page(f"![A picture]({path})")


CASES: dict[str, str] = {
    # bibliographies
    **{
        f"bib-{name.removesuffix('.bib')}": cited(f"/{name}")
        for name in (
            "empty.bib",
            "broken.bib",
            "no.bib",
            "latin.bib",
            "nul.bib",
            "binary.bib",
            "no-key.bib",
            "twice.bib",
            "circular.bib",
            "self.bib",
            "bad-date.bib",
            "deep.bib",
            "missing.bib",
            "folder.bib",
            "pipe.bib",
            "loop.bib",
            "dangling.bib",
        )
    },
    **{
        f"bib-{name.replace('.', '-')}": cited(f"/{name}")
        for name in (
            "list.json",
            "broken.json",
            "odd.json",
            "null.json",
            "odd-dates.json",
            "list.yaml",
            "good.csl",
        )
    },
    "bib-list-with-null": cited("[/good.bib, null]"),
    "bib-number": cited("5"),
    "bib-mapping": cited("{a: b}"),
    "bib-empty-name": cited("''"),
    "bib-address": cited("https://books.example/good.bib"),
    "bib-outside": cited("../" * 12 + "etc/passwd"),
    "bib-nul-name": cited('"a\\0b.bib"'),
    "bib-long-name": cited("/" + "b" * 300 + ".bib"),
    "bib-unknown-key": cited("/good.bib", "jones"),
    "bib-none": page("As [@smith] says."),
    "bib-odd-key": cited("/good.bib", "{a b}"),
    "bib-inline-references": page("As [@smith] says.", references="[5, null]"),
    "nocite-odd": page("Nothing.", bibliography="/good.bib", nocite="'@nobody, @{'"),
    # styles
    **{
        f"csl-{name.removesuffix('.csl')}": cited("/good.bib", csl=f"/{name}")
        for name in (
            "good.csl",
            "no.csl",
            "other.csl",
            "bomb.csl",
            "missing.csl",
            "folder.csl",
            "pipe.csl",
            "loop.csl",
        )
    },
    "csl-address": cited("/good.bib", csl="https://styles.example/a.csl"),
    "csl-number": cited("/good.bib", csl="5"),
    "csl-list": cited("/good.bib", csl="[a, b]"),
    "csl-nul-name": cited("/good.bib", csl='"a\\0b.csl"'),
    # includes
    **{
        f"include-{name.partition('.')[0]}": included(name)
        for name in (
            "self.md",
            "one.md",
            "binary.md",
            "nul.md",
            "latin.md",
            "front.md",
            "open.md",
            "missing.md",
            "empty.md",
            "note.ipynb",
            "folder.md",
            "pipe.md",
            "loop.md",
            "dangling.md",
            "nowhere.md",
        )
    },
    "include-outside": included("../" * 12 + "etc/passwd"),
    "include-address": page("{{< include https://pages.example/a.md >}}"),
    "include-nothing": page("{{< include >}}"),
    "include-long-name": included("x" * 300 + ".md"),
    "include-nul-name": page("{{< include a\ufffdb.md >}}"),
    "include-root": page("{{< include / >}}"),
    "include-itself": page("{{< include index.qmd >}}"),
    "include-quoted": page('{{< include "unclosed.md >}}'),
    # shortcodes
    "var-unknown": page("{{< var nothing >}}"),
    "var-a-list": page("{{< var many >}}"),
    "var-beyond-a-list": page("{{< var many.²  >}} {{< var many.99999999999999999999 >}}"),
    "var-empty": page("{{< var >}}"),
    "var-null": page("{{< var nothing-there >}}"),
    "meta-unknown": page("{{< meta nothing >}}"),
    "meta-odd": page("{{< meta a.b.c..d >}}"),
    "shortcode-empty": page("{{< >}}"),
    "shortcode-quote": page("{{< meta 'a >}}"),
    "shortcode-unknown": page("{{< fontawesome star >}}"),
    "video-odd": page("{{< video https://[::1 >}}"),
    "video-nothing": page("{{< video >}}"),
    "video-missing": page("{{< video nowhere.mp4 >}}"),
    "shortcode-open": page("{{< meta " * 500),
    # pictures
    "picture-missing": pictured("nowhere.png"),
    "picture-zero": pictured("/pictures/zero.png"),
    "picture-cut": pictured("/pictures/cut.png"),
    "picture-broken-svg": pictured("/pictures/no.svg"),
    "picture-folder": pictured("/pictures/folder.png"),
    "picture-pipe": pictured("/pictures/pipe.png"),
    "picture-loop": pictured("/pictures/loop.png"),
    "picture-nul": pictured("a%00b.png"),
    "picture-question": pictured("a?b#c.png"),
    "picture-spaces": pictured("</pictures/a b%2520c.png>"),
    "picture-newline": pictured("a%0Ab.png"),
    "picture-long-name": pictured("p" * 300 + ".png"),
    "picture-empty": pictured(""),
    "picture-outside": pictured("../../../../etc/passwd"),
    "picture-address-broken": pictured("https://[::1/a.png"),
    "picture-huge": page('![A](/pictures/cut.png){width="99999999999999999999px" height="-1"}'),
    "image-missing": page("Text.", image="nowhere.png"),
    "image-folder": page("Text.", image="/pictures/folder.png"),
    "image-pipe": page("Text.", image="/pictures/pipe.png"),
    "image-loop": page("Text.", image="/pictures/loop.png"),
    "image-zero": page("Text.", image="/pictures/zero.png"),
    "image-cut": page("Text.", image="/pictures/cut.png"),
    "image-nul": page("Text.", image="'a%00b.png'"),
    "image-address-broken": page("Text.", image="'https://[::1/a.png'"),
    "image-chart-unknown": page("Text.", image="fig-nothing"),
    # links
    "link-address-broken": page("[a](https://[::1) [b](http://a:99999999/) [c](//[) [d](mailto:)"),
    "link-nul": page("[a](b%00c) [d](%) [e](%ff%fe) [f](#%00)"),
    "link-long": page(f"[a]({'x' * 5000}) [b]({'../' * 500}a)"),
    "link-unknown-article": page("[](article:nothing) [a](article:) [b](article:%00)"),
    "alias-odd": page("Text.", aliases="['', '/', '..', 'a%00b', '?', '#', 'x/../../y']"),
    "alias-long": page("Text.", aliases=f"['{'a' * 300}.html']"),
    # listings
    "listing-nothing": page("", listing="{contents: nowhere}"),
    "listing-odd-glob": page("", listing="{contents: ['[', '**/**/**', '{a,b', '!', '']}"),
    "listing-of-numbers": page("", listing="{contents: [5, null]}"),
    "listing-odd-sort": page("", listing="{contents: posts, sort: ['nothing sideways', 'date']}"),
    "listing-odd-include": page(
        "", listing="{contents: posts, include: {categories: {a: 1}, date: [1]}}"
    ),
    "listing-odd-fields": page(
        "", listing="{contents: posts, fields: ['', nothing], max-items: -5}"
    ),
    "listing-odd-date-format": page("", listing="{contents: posts, date-format: '%%%Q'}"),
    "listing-odd-feed": page(
        "", listing="{contents: posts, feed: {items: -1, image: 'a%00', categories: ['']}}"
    ),
    # TeX and Markdown
    "tex-looping": page("$\\def\\a{\\a}\\a$ and \\newcommand{\\b}{\\b\\b} $\\b$"),
    "tex-macro-looping": page("\\newcommand{\\b}{\\b\\b}\n\n$\\b$ text"),
    "tex-unbalanced": page("$$\\frac{1}{$$"),
    "tex-unknown": page("$\\nothing{a}$"),
    "tex-input": page("$\\input{/etc/passwd}$ \\input{/etc/passwd}"),
    "tex-deep": page("$" + "{" * 2000 + "a" + "}" * 2000 + "$"),
    "reference-unknown": page("See @fig-nothing and @tbl-nothing and @sec-."),
    "footnote-unknown": page("A[^1] and [^a]: [^a]"),
    "ids-twice": page("# A {#a}\n\n# B {#a}"),
    "div-open": page("::: {.callout-note\n\n:::: {}\n"),
    "attributes-odd": page('[a]{b="c" =d #} ![](x){#fig-a #fig-b width=}'),
    "raw-slot": page("```{=slot}\n0\n```"),
    "raw-html-open": page("<div><table><tr><p>\n\n<!-- open"),
    "update-odd": page('::: {.update time="2023-02-30"}\nA\n:::'),
    "entities-odd": page("&#xD800; &#0; &#x110000; &bogus;"),
}
