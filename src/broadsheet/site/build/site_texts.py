"""The texts around each page that the configuration has in Markdown: the footer, links of the
navigation, what stands above and below each page. They may have HTML, as in Quarto; in links and
the footer nothing that runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from broadsheet.errors import Notice, Place
from broadsheet.markdown.document import HAS_HTML, Document, Inline
from broadsheet.markdown.outputs import clean_html, lost_notices
from broadsheet.markdown.rendering import Renders
from broadsheet.project.project import Project
from broadsheet.project.settings.website_settings import NavItem, file_of_text
from broadsheet.site.index.scene import LINK
from broadsheet.storage.files import check_path, is_file, read_text
from broadsheet.storage.limits import TABLE
from broadsheet.storage.publication_root import CONFIG
from broadsheet.text.html_tree import written

_MARKED = re.compile(r"[<*_`\[$^~\\&]|\{\{<")


@dataclass(frozen=True)
class SiteTexts:
    """The texts, rendered."""

    by_name: Mapping[str, Inline]
    """A text of the footer has its language and its side as its name (`de left`), a link's text has
    itself, and any other has its key.
    """
    notices: tuple[Notice, ...] = ()
    """The notices of what they lose."""


def site_texts(project: Project, pandoc: Renders) -> SiteTexts:
    """Return these texts. Raises :class:`FileError` for a file that may not be read, and
    :class:`RenderError` for Markdown that a page may not have.
    """
    footers = {
        f"{lang} {side}": text
        for lang in (project.lang, *project.settings.broadsheet.languages)
        for side in ("left", "center", "right")
        if isinstance(text := getattr(project.website_in(lang).page_footer, side), str)
    }
    links = {f"{LINK}{text}": text for text in _link_texts(project) if _MARKED.search(text)}
    lines = {**footers, **links}
    options = {HAS_HTML: True}
    rendered, notices = dict[str, Inline](), list[Notice]()
    if lines:
        line = pandoc.render(Document(CONFIG, "", inlines=lines, options=options))
        notices += line.notices
        for key, text in line.inlines.items():
            name = f"the text `{lines[key]}`"
            notices += lost_notices(text.html, "text/html", name, Place(CONFIG))
            rendered[key] = replace(text, html=clean_html(text.html))
    for key, written_text in _blocks(project):
        block = pandoc.render(Document(CONFIG, written_text, options=options))
        notices += block.notices
        rendered[key] = Inline(written(block.body), block.prose.text)
    if analytics := project.settings.website.analytics:
        rendered["analytics"] = Inline(_text_of(project, analytics), "")
    return SiteTexts(rendered, tuple(dict.fromkeys(notices)))


def _link_texts(project: Project) -> Iterator[str]:
    """Yield the texts of all links of the navigation and the footer."""
    for lang in ("", *project.settings.broadsheet.languages):
        website = project.website_in(lang)
        bar, foot = website.navbar, website.page_footer
        for side in (bar.left, bar.right, bar.tools, foot.left, foot.center, foot.right):
            yield from _texts_of(side if isinstance(side, list) else ())
    for sidebar in project.settings.website.sidebar:
        yield from _texts_of(sidebar.tools)
        yield from _texts_of(sidebar.contents if isinstance(sidebar.contents, list) else ())


def _texts_of(items: Iterable[NavItem]) -> Iterator[str]:
    for item in items:
        yield from filter(None, (item.text, item.section))
        yield from _texts_of(item.menu or ())
        yield from _texts_of(item.contents if isinstance(item.contents, list) else ())


def _blocks(project: Project) -> Iterator[tuple[str, str]]:
    """Yield the texts that stand above and below pages and sidebars, with their keys. Raises
    :class:`FileError` for a file that may not be read.
    """
    for key, texts in project.settings.website.texts.items():
        if text := "\n\n".join(_text_of(project, one) for one in texts):
            yield key, text


def _text_of(project: Project, written: str) -> str:
    """Return Markdown, or that of a file that is named in its place."""
    name = file_of_text(written)
    if not name or not is_file(project.root / name):
        return written
    check_path(project.root, project.root / name, CONFIG)
    return read_text(project.root / name, name, limit=TABLE["config-size"])
