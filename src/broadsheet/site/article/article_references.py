"""References from one article to another: `article:SLUG` as the address of a link.

    As [another article](article:russian-oil) tells, …         a link with its author's words
    See [](article:russian-oil#fig-price).                     without words it has the article's title
    [](article:russia-and-partner/germany)                     alone in its paragraph: "Read more", title and date

The slug is the one of the command line, with the edition after a slash. It is looked up when the
site is composed, so that the title and the address are those that the other article has now; a slug
that no article has is an error of the page. An article that is known and has no page yet, since it
is broken or was not asked for, is a link to nowhere: its words stay.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote

from lxml.html import HtmlElement

from broadsheet.errors import Place, RenderError
from broadsheet.project.sources.source import page_slug
from broadsheet.site.article.entry import Entry
from broadsheet.site.article.links import SCHEME, Reference
from broadsheet.site.theme.templates import rendered
from broadsheet.text.html_tree import parsed, put_in_place
from broadsheet.text.language import t_
from plotly_alive.text.did_you_mean import nearest

_NEAR, _SHOWN = 3, 10
"""The number of slugs that a message names: similar to a wrong one; and if none is similar."""


def references_in(
    trees: Iterable[HtmlElement], find: Callable[[str], Place]
) -> tuple[Reference, ...]:
    """Return the references in the HTML of a page; ``find`` gives the place of an address in what
    its author wrote.
    """
    titled: dict[tuple[str, str], bool] = {}
    for link, *key in (found for tree in trees for found in _references(tree)):
        slug, fragment = key
        titled[slug, fragment] = titled.get((slug, fragment), False) or _is_wordless(link)
    return tuple(
        Reference(slug, fragment.removeprefix("#"), find(f"{SCHEME}{slug}{fragment}"), is_titled)
        for (slug, fragment), is_titled in titled.items()
    )


def slug_of_page(meta: Entry) -> str:
    """Return the slug of a page for references and the command line."""
    return page_slug(PurePosixPath(meta.source), PurePosixPath(meta.path).stem)


def unknown_reference(
    references: Iterable[Reference],
    known: Mapping[str, Collection[str]],
    unread: Collection[str],
    withheld: Mapping[str, str],
    page: str,
) -> RenderError | None:
    """Return the error of a ``page`` that refers to an unknown article, or to several. ``known``
    has the pages of each slug. ``unread`` articles have a fault: any of their editions may exist.
    ``withheld`` says why pages are not on the site.
    """
    unclear = [
        one
        for one in references
        if len(known.get(one.slug, ())) != 1 and one.slug.partition("/")[0] not in unread
    ]
    if not unclear:
        return None
    first, *others = unclear
    article = page.partition("/")[0]  # one for all editions: they share a message
    what = f"the article {article} refers to `{first.written}`, "
    detail = "".join(f"also: {one.place}: `{one.written}`\n" for one in others)
    if first.slug in known:
        return RenderError(
            first.place,
            f"{what}which {' and '.join(sorted(known[first.slug]))} are",
            "Rename one of them.",
            detail,
        )
    if first.slug in withheld:
        return RenderError(
            first.place,
            f"{what}which is not on the site: {withheld[first.slug]}",
            "Let this one come out no earlier, or take the link out until then.",
            detail,
            topic="missing-reference",
        )
    near = nearest(first.slug, known, _NEAR, 0.5)
    slugs = ", ".join(f"`{SCHEME}{one}`" for one in near or sorted(known)[:_SHOWN])
    return RenderError(
        first.place,
        f"{what}and no article has that slug",
        f"{'The nearest that exist' if near else 'There are'}: {slugs}"
        f"{' …' if not near and len(known) > _SHOWN else '.'}",
        detail,
        topic="missing-reference",
    )


def resolve(
    root: HtmlElement, meta_by_path: Mapping[str, Entry], href: Callable[[Entry], str]
) -> None:
    """Make the references in a tree links to ``meta_by_path``, by slug; ``href`` gives the address
    of a page.
    """
    for link, slug, fragment in list(_references(root)):
        meta, around = meta_by_path.get(slug), link.getparent()
        address = href(meta) + fragment if meta else ""
        is_alone = around.tag == "p" and len(around) == 1 and not around.text_content().strip()
        if is_alone and _is_wordless(link):
            box = rendered("read-more.html.jinja", entry=meta, href=address) if meta else ""
            put_in_place(around, parsed(box))
            continue
        if _is_wordless(link):
            title = parsed(meta.title_html) if meta else parsed(t_("another article"))
            link.text, link[:] = title.text, title[:]
        if meta:
            link.set("href", address)
        else:
            del link.attrib["href"]


def _references(root: HtmlElement) -> Iterator[tuple[HtmlElement, str, str]]:
    """Yield the links to articles, each with the slug, and the fragment with its sign."""
    for link in root.iter("a"):
        address = link.get("href", "")
        if address.startswith(SCHEME):
            slug, sign, fragment = address.removeprefix(SCHEME).partition("#")
            letters = unquote(slug)
            yield link, letters if letters.isprintable() else slug, sign + fragment


def _is_wordless(link: HtmlElement) -> bool:
    return len(link) == 0 and not (link.text or "").strip()
