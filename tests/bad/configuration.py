"""`_quarto.yml`, and what belongs to no one page: the command ends with the error, and the old site
stands.

Each is the text that is put in the place of a part of :data:`GOOD`; of `FILES`, what is done to the
publication.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

GOOD = """\
project:
  type: website
  render: ["*.qmd", "posts"]
website:
  title: The Test
  search: false
"""


def _project(line: str) -> str:
    return GOOD.replace("website:\n  title", f"  {line}\nwebsite:\n  title")


def _website(line: str) -> str:
    return f"{GOOD}  {line}\n"


def _broadsheet(line: str) -> str:
    return f"{GOOD}broadsheet:\n  {line}\n"


def _top(line: str) -> str:
    return f"{GOOD}{line}\n"


def _render(patterns: str) -> str:
    return GOOD.replace('["*.qmd", "posts"]', patterns)


CASES: dict[str, str | bytes] = {
    "list": "- project\n",
    "word": "project\n",
    "colon": GOOD + "a: b: c\n",
    "tab": GOOD + "\ta: b\n",
    "nul": GOOD + "a: b\0\n",
    "key-twice": GOOD + "website: {title: B}\n",
    "second-document": GOOD + "---\nwebsite: {}\n",
    "latin-1": GOOD.replace("The Test", "Café").encode("latin-1"),
    "utf-16": GOOD.encode("utf-16"),
    "tag": _top("mine: !!int abc"),
    "tag-python": _top("mine: !!python/object/apply:os.system [id]"),
    "anchor-of-itself": _top("mine: &a [*a]"),
    "nested": _top("mine: " + "[" * 1200),
    "integer": _top("mine: " + "9" * 5000),
    "date": _top("date: 2023-02-30"),
    "date-unknown-key": _top("mine: {since: 2023-13-01}"),
    "surrogate": _top('mine: "\\ud800"'),
    "control": _website('description: "a\\x07b"'),
    "lang-number": _top("lang: 12"),
    "lang-empty": _top("lang: ''"),
    "author": _top("author: 12"),
    "listing": _top("listing: 3"),
    "project-list": GOOD.replace(
        'project:\n  type: website\n  render: ["*.qmd", "posts"]', "project: [website]"
    ),
    "project-manuscript": GOOD.replace("type: website", "type: manuscript"),
    "project-type": GOOD.replace("type: website", "type: [website]"),
    "output-dir-number": _project("output-dir: 3"),
    "output-dir-list": _project("output-dir: [a]"),
    "output-dir-too-long": _project("output-dir: " + "o" * 300),
    "resources-number": _project("resources: 3"),
    "resources-globs-of-100000": _project("resources: ['{1..100000}.txt']"),
    "resources-empty": _project("resources: ['']"),
    "resources-root": _project("resources: [/]"),
    "resources-null": _project("resources: [null]"),
    "execute-dir": _project("execute-dir: project"),
    "render-number": _render("3"),
    "render-globs-of-100000": _render("['{1..100000}.qmd']"),
    "render-globs-multiplied": _render("['" + "{a,b}" * 20 + "']"),
    "render-without-front-page": _render("[about.qmd, posts]"),
    "render-nothing": _render("['*.txt']"),
    "website-list": GOOD.replace("website:\n  title: The Test\n  search: false\n", "website: []\n"),
    "title-list": GOOD.replace("The Test", "[a]"),
    "site-url-bracket": _website("site-url: 'https://[::1'"),
    "site-url-without-scheme": _website("site-url: example.org"),
    "site-url-without-host": _website("site-url: 'https:///news'"),
    "site-url-port": _website("site-url: 'https://example.org:99999/'"),
    "site-url-javascript": _website("site-url: 'javascript:alert(1)'"),
    "site-url-spaces": _website("site-url: 'https://example.org/a b'"),
    "site-url-number": _website("site-url: 12"),
    "cache-size-infinite": _broadsheet("cache-size: .inf"),
    "cache-size-no-number": _broadsheet("cache-size: .nan"),
    "cache-size-0": _broadsheet("cache-size: 0"),
    "cache-size-huge": _broadsheet("cache-size: 1e308"),
    "page-time-limit-huge": _broadsheet("page-time-limit: 1e308"),
    "page-time-limit-infinite": _broadsheet("page-time-limit: .inf"),
    "time-limit-negative": _broadsheet("time-limit: -1"),
    "time-limit-no-number": _broadsheet("time-limit: .nan"),
    "time-limit-word": _broadsheet("time-limit: long"),
    "memory-limit-word": _broadsheet("memory-limit: much"),
    "memory-limit-infinite": _broadsheet("memory-limit: .inf"),
    "time-zone": _broadsheet("time-zone: Mars"),
    "time-zone-path": _broadsheet("time-zone: ../../etc/passwd"),
    "time-zone-absolute": _broadsheet("time-zone: /etc/passwd"),
    "time-zone-folder": _broadsheet("time-zone: Europe"),
    "time-zone-nul": _broadsheet('time-zone: "a\\0"'),
    "time-zone-too-long": _broadsheet("time-zone: " + "z" * 3000),
    "time-zone-number": _broadsheet("time-zone: 3"),
    "share": _broadsheet("share: [pigeon]"),
    "share-number": _broadsheet("share: 3"),
    "newsletter-number": _broadsheet("newsletter: 3"),
    "newsletter-provider": _broadsheet("newsletter: {provider: pigeon}"),
    "newsletter-smtp-port": _broadsheet("newsletter: {smtp: {host: a.example, port: 99999}}"),
    "newsletter-unsubscribe": _broadsheet("newsletter: {unsubscribe: 'javascript:{address}'}"),
}


def _unlinked(root: Path) -> None:
    (root / "_quarto.yml").unlink()
    (root / "_quarto.yml").symlink_to("nowhere.yml")


def _looping(root: Path) -> None:
    (root / "_quarto.yml").unlink()
    (root / "_quarto.yml").symlink_to("_quarto.yml")


def _folder(root: Path) -> None:
    (root / "_quarto.yml").unlink()
    (root / "_quarto.yml").mkdir()


FILES: dict[str, Callable[[Path], None]] = {
    "dangling-link": _unlinked,
    "looping-link": _looping,
    "folder": _folder,
}
"""What is at the path of `_quarto.yml` itself."""

TOLERATED: dict[str, str | bytes] = {
    "render-fits-nothing": _render("['*.qmd', 'postz/**/*.qmd']"),
    "render-no-such-folder": _render("['*.qmd', post/]"),
    "categories": _top("categories: {a: b}"),
    "toc-depth": _top("toc-depth: deep"),
    "format": _top("format: {html: {toc: [a]}}"),
    "execute": _top("execute: {echo: 12}"),
    "project-null": GOOD.replace(
        'project:\n  type: website\n  render: ["*.qmd", "posts"]', "project:"
    ),
    "website-null": GOOD.replace("website:\n  title: The Test\n  search: false\n", "website:\n"),
    "output-dir-null": _project("output-dir: null"),
    "navbar-number": _website("navbar: 3"),
    "navbar-of-null": _website("navbar: {left: [null]}"),
    "navbar-of-numbers": _website("navbar: {left: [1]}"),
    "navbar-href": _website("navbar: {left: [{href: [a]}]}"),
    "navbar-menu": _website("navbar: {left: [{text: A, menu: b}]}"),
    "page-footer-number": _website("page-footer: 3"),
    "page-footer-left": _website("page-footer: {left: {a: b}}"),
    "favicon-list": _website("favicon: [a.png]"),
    "byte-order-mark": "\ufeff" + GOOD,
    "crlf": GOOD.replace("\n", "\r\n"),
    "unknown-keys": GOOD + "mine: {a: [1]}\n",
    "one-document": "---\n" + GOOD,
    "lang-unknown": _top("lang: tlh"),
    "navbar-true": _website("navbar: true"),
    "navbar-address": _website(
        "navbar: {left: [{href: 'https://[::1'}, {href: '%00%ff'}, {text: A}]}"
    ),
    "resources-missing": _project("resources: [none.txt, '*.none']"),
    "site-url-with-a-path": _website("site-url: https://example.org:8080/é/"),
    "favicon-missing": _website("favicon: none.png"),
    "infinite": _top("mine: [.inf, .nan]"),
}
