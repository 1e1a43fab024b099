"""An article as Markdown: for programs that read, and for people who like their text plain.

It is made of the article's content, beside its page and under the same name: `posts/a/index.md`.
Prose, tables, notes and sources stay. A chart becomes its title, its picture, a link to its data,
and its table if that is a short one. What works only on a page is left out: the marks of facts and
their cards, and links from one place of the page to another. Addresses are absolute if the site has
a `site-url`.

With `llms-txt`, each page has a copy, named as Quarto names it. These lead to each other, by
relative addresses.

Markdown's own signs are escaped in the text, and so is each `<`: data stay text, wherever the copy
is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import quote

from html_to_markdown import ConversionOptions, convert
from lxml.html import HtmlElement
from markupsafe import Markup

from broadsheet.project.project import Project
from broadsheet.site.article import links
from broadsheet.site.article.article import PAGE_ONLY, Article
from broadsheet.site.article.entry import Entry
from broadsheet.site.index.scene import site_title
from broadsheet.site.theme.templates import rendered
from broadsheet.text import html_tree

OF_EACH_PAGE = ".llms.md"
"""The suffix of copies on a site that has one of each page."""
LONGEST = 40
"""The most rows of a chart's table that is written out."""

_CODE = ("pre", "code")
_SIGNS = re.compile(r"[\[`<]|&(?=#?\w+;)")
_HELD = {"[": "\ue000", "`": "\ue001", "<": "\ue002", "&": "\ue003"}
"""Private-use characters that stand for the escaped signs of the text during the conversion."""
_NOTE = "\ue004"
_ESCAPED = {"\ue000": "\\[", "\ue001": "\\`", "\ue002": "\\<", "\ue003": "\\&", _NOTE: "["}
_NOBODYS = re.compile("[\x1b\ue000-\ue005]")
_NOT_OF_ADDRESSES = re.compile(r"[\s<>\"`\\{}^|]")
_OF_ADDRESSES = "/:?#@!$&'*+,;=%~"
"""The signs of an address that end no address in Markdown."""


def copy_of(
    content: Article,
    project: Project,
    lists: Iterable[Iterable[Entry]] = (),
    copies: Mapping[str, str] = {},
) -> dict[str, bytes]:
    """Return the copy of a page, by its path. It ends with the ``lists`` of the page. ``copies``
    are those of other pages, by the paths of these, if the copy leads to them.
    """
    meta = content.meta
    page = PurePosixPath(meta.path)
    url = project.site_url + quote(meta.url) if project.site_url else ""

    def lead(address: str) -> str:
        target = links.internal(address, page.parent)
        copy = copies.get(str(target.path)) if target else None
        if target is None or copy is None:
            return address
        return replace(target, path=PurePosixPath(copy)).from_page(page)

    with meta.speaking():
        body = content.html(
            lambda figure: figure.plain_html(
                lambda path: links.relative(page, path), longest=LONGEST
            ),
            without=PAGE_ONLY,
        )
        text = rendered(
            "copy.html.jinja",
            entry=meta,
            url=url,
            body=Markup(body),
            site_title=site_title(project),
            lists=lists,
            href=lambda path: links.relative(page, path),
        )
    if meta.copied_as:
        return {meta.copy: markdown_of(text, "", lead)}
    return {meta.copy: markdown_of(text, url)}


def markdown_of(text: str, url: str, lead: Callable[[str], str] = str) -> bytes:
    """Return HTML as Markdown; its addresses count from ``url``, if there is one. ``lead`` gives
    the address that a link has in place of its own.
    """
    root = html_tree.parsed(_NOBODYS.sub("", text))
    html_tree.drop_dark(root)
    html_tree.spell_drawings(root)
    for link in root.iter("a"):
        if address := link.get("href"):
            link.set("href", lead(address))
    for element in list(root.iter(*_CHANGES)):
        if change := _CHANGES.get(element.tag):
            change(element)
    for element in root.iter("a", "img"):
        for name in ("href", "src"):
            if _NOT_OF_ADDRESSES.search(address := element.get(name, "")):
                element.set(name, quote(address, safe=_OF_ADDRESSES))
        for name in ("alt", "title"):
            if words := element.get(name):
                element.set(name, _SIGNS.sub(lambda sign: _HELD[sign[0]], " ".join(words.split())))
    for place in html_tree.texts(root):
        _hold_signs(place)
    options = ConversionOptions(
        base_url=url or None,
        extract_metadata=False,
        escape_asterisks=True,
        escape_underscores=True,
        sup_symbol="^",
        sub_symbol="~",
        compact_tables=True,
        exclude_selectors=["svg", "script", "style", "form", "nav", "input"],
    )
    written = convert(html_tree.written(root), options).content or ""
    if _APART in written:
        written = _APART_WITHIN.sub(lambda line: f"{line['within'].rstrip()}\n", written)
        written = re.sub(rf"\s*{_APART}\s*", "\n\n", written)
    return (_NOBODYS.sub(lambda sign: _ESCAPED[sign[0]], written).strip() + "\n").encode()


def _change_span(span: HtmlElement) -> None:
    """Put a unit into parentheses, and the numbers of a citation into brackets."""
    names = html_tree.classes(span)
    if names == ["unit"]:
        _put_between("(", span, ")")
    elif "citation" in names and len(span) == 1 and span[0].tag == "sup":
        span[0].drop_tag()
        _put_between(_NOTE, span, "]")


def _change_link(link: HtmlElement) -> None:
    """Put the number of a note into brackets; leave of other links within the page their words."""
    names = html_tree.classes(link)
    if "footnote-back" in names:
        link.drop_tree()
    elif "footnote-ref" in names:
        for sup in list(link.iter("sup")):
            sup.drop_tag()
        _put_between(_NOTE, link, "]")
    elif link.get("href", "").startswith("#"):
        link.drop_tag()


def _change_formula(formula: HtmlElement) -> None:
    """Write a formula as its author did."""
    for tex in list(formula.iter("annotation")):
        if tex.get("encoding") == "application/x-tex":
            around = html_tree.new_element("span", {})
            around.append(html_tree.new_element("code", {}, tex.text_content()))
            html_tree.replace_element(formula, around)
            _put_between("$", around, "$")
            break


def _change_caption(caption: HtmlElement) -> None:
    """Make a caption a paragraph in italics."""
    caption.tag = "em"
    html_tree.wrap(caption, html_tree.new_element("p", {}))


def _change_division(division: HtmlElement) -> None:
    """Make a callout a quotation that begins with its kind."""
    names = html_tree.classes(division)
    if "callout" not in names:
        return
    kinds = (name.removeprefix("callout-") for name in names if name.startswith("callout-"))
    kind = next((kind for kind in kinds if kind in _CALLOUTS), "note")
    start = html_tree.new_element("p", {})
    start.append(html_tree.new_element("strong", {}, f"{kind.upper()}:"))
    heads = (head for head in division.iter("*") if "callout-header" in html_tree.classes(head))
    head = next(heads, None)
    if head is not None and _callout_around(head) is division:
        titles = (part for part in head.iter("*") if _TITLE in html_tree.classes(part))
        title = next(titles, head)
        for word in title.find_class("screen-reader-only"):  # its kind
            word.drop_tree()
        words = " ".join(title.text_content().split())
        start[0].tail = f" {words}" if words and words.casefold() != kind else ""
        head.drop_tree()
    division.tag = "blockquote"
    division.insert(0, start)
    division.addprevious(html_tree.new_element("p", {}, _APART))


def _callout_around(element: HtmlElement) -> HtmlElement | None:
    """Return the nearest callout that an element is in."""
    around = element.iterancestors("div", "details", "blockquote")
    return next((block for block in around if "callout" in html_tree.classes(block)), None)


def _change_label(label: HtmlElement) -> None:
    """Make the label of a tab a heading."""
    if "nav-link" in html_tree.classes(label):
        label.tag = "h3"


def _change_block_of_code(block: HtmlElement) -> None:
    """Name the language of a block of code."""
    languages = [name for name in html_tree.classes(block) if name not in _NO_LANGUAGES]
    for code in block.iter("code"):
        if languages:
            code.set("class", f"language-{languages[0]}")


_TITLE = "callout-title-container"
_CALLOUTS = ("note", "tip", "warning", "caution", "important")
_NO_LANGUAGES = (
    *("sourceCode", "numberSource", "numberLines", "number-lines", "cell-code"),
    *("code-with-copy", "code-copy-hover", "code-overflow-wrap", "code-overflow-scroll"),
)
_APART = "\ue005"
"""A private-use character, alone in a paragraph between two quotations, which are two."""
_APART_WITHIN = re.compile(
    rf"(?:^[> ]*+\n)*+^(?P<within>(?=[^{_APART}\n]*>)[> ]*+){_APART}[> ]*+(?:\n[> ]*$)*\n",
    re.MULTILINE,
)
"""Such a paragraph within a quotation, and the empty lines around it."""

_CHANGES: Mapping[str, Callable[[HtmlElement], None]] = {
    "span": _change_span,
    "a": _change_link,
    "math": _change_formula,
    "figcaption": _change_caption,
    "figure": lambda frame: frame.drop_tag(),
    "div": _change_division,
    "details": _change_division,
    "label": _change_label,
    "pre": _change_block_of_code,
}


def _put_between(before: str, element: HtmlElement, after: str) -> None:
    """Put what is in an element in its place, between two texts."""
    element.text = before + (element.text or "")
    html_tree.end_with(element, after)
    element.drop_tag()


def _hold_signs(place: html_tree.TextPlace) -> None:
    """Put characters that stand for Markdown's signs in their place, unless the text is code."""
    written = html_tree.text_at(place)
    text = _SIGNS.sub(lambda sign: _HELD[sign[0]], written)
    if text == written:
        return
    holder, is_after = place
    around = holder.getparent() if is_after else holder
    if around.tag in _CODE or any(True for _ in around.iterancestors(*_CODE)):
        return
    if is_after:
        holder.tail = text
    else:
        holder.text = text
