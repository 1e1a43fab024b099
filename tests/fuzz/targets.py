"""What is done with a hostile text, as far as it needs neither Pandoc nor a kernel: it works or
gives a named error.

Each function takes a text and may raise a `BroadsheetError` alone. They serve the fuzzers beside
this file, and the property tests of `tests/cli/test_bad_inputs.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp

import msgspec

from broadsheet.errors import BroadsheetError, Place
from broadsheet.markdown.document import Document, Rendered
from broadsheet.markdown.elements.live_updates import Updates
from broadsheet.markdown.finished_edition import Finished
from broadsheet.markdown.markdown_text import document_of
from broadsheet.markdown.rendering import Rendering
from broadsheet.markdown.shortcodes import Shortcodes
from broadsheet.project.editions.edition import Edition, editions_of
from broadsheet.project.editions.edition_template import TemplateFault, Values, filled
from broadsheet.project.editions.parameters import bind_edition, declared
from broadsheet.project.project import Project, open_project
from broadsheet.project.reading import open_publication
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.includes import Includes, numbered
from broadsheet.project.sources.inline_expressions import front_matter_strings
from broadsheet.project.sources.source import read_source
from broadsheet.run.notebook_to_run import script_of
from broadsheet.site.article import links
from broadsheet.site.article.article import content_of
from broadsheet.site.build import addresses
from broadsheet.site.index.author_and_topic_pages import indexes_of
from broadsheet.site.index.build_record import PageRecord, as_json
from broadsheet.site.index.listing import listed
from broadsheet.storage.unprintable import refuse_unprintable
from broadsheet.text.html_tree import parsed
from broadsheet.verify.numbers.number_check import check_numbers
from broadsheet.verify.passages import plain_passages
from broadsheet.verify.source_passages import source_passages
from broadsheet.verify.stale import Known, stale

DAY = date(2024, 5, 1)
_EMPTY = Rendered()


@cache
def project() -> Project:
    """A publication to read texts in."""
    root = Path(mkdtemp(prefix="broadsheet-fuzz-"))
    (root / "_quarto.yml").write_text(
        "project: {type: website}\nwebsite: {title: T, site-url: 'https://t.example'}\n"
    )
    (root / "_variables.yml").write_text("name: value\nlist: [1, {a: b}]\n")
    (root / "part.md").write_text("A part.\n")
    return open_project(root)


def front_matter(text: str) -> None:
    """A page with this front matter: read, its editions made, listed, recorded."""
    _page("page.qmd", f"---\n{text}\n---\nA page.\n")


def source(text: str) -> None:
    """A page of this text."""
    _page("page.qmd", text)


def notebook(text: str) -> None:
    """A notebook's file of this text: read, its parameters bound, the notebook to run made."""
    _page("page.ipynb", text)


def configuration(text: str) -> None:
    """A `_quarto.yml` of this text."""
    own = project().root / "configured"
    own.mkdir(exist_ok=True)
    (own / "_quarto.yml").write_text(text, encoding="utf-8", errors="surrogatepass")
    with suppress(BroadsheetError):
        opened = open_project(own)
        open_publication(own, opened, day=DAY)


def markdown(text: str) -> None:
    """A page's Markdown: its includes, shortcodes, inline expressions, updates, addresses; its
    sentences, read.
    """
    where, root = Place("page.qmd", line=1), project().root
    try:
        refuse_unprintable(text, where)
    except BroadsheetError:
        return
    document = Document("page.qmd", text, metadata={"title": "T", "list": [1, {"a": "b"}]})
    for step in _STEPS:
        with suppress(BroadsheetError, TemplateFault):
            step(text, where, root, document)


def _page(name: str, text: str) -> None:
    path = PurePosixPath(name)
    (project().root / path).write_text(text, encoding="utf-8", errors="surrogatepass")
    with suppress(BroadsheetError):
        read_one = read_source(project().root, path)
        editions, _ = editions_of(project(), read_one)
        for edition in editions[:5]:
            with suppress(BroadsheetError):
                _made(edition)


def _made(edition: Edition) -> None:
    edition.awaits(DAY)
    for text in front_matter_strings(edition.metadata):
        inline.expressions(text)
    if edition.source.notebook is not None:
        declared(edition.source)
        bind_edition(edition)
        json.dumps(script_of(edition)).encode()
        return
    done = Finished(edition.with_metadata(edition.metadata), markdown=edition.source.markdown)
    document = document_of(done, project().root)
    rendering = Rendering(done, document, _EMPTY)
    content, _ = content_of(rendering, project().root, "/")
    record = PageRecord(content.meta, aliases=content.aliases, leads=content.leads)
    assert msgspec.json.decode(as_json(record), type=PageRecord).meta.path == content.meta.path
    addresses.misplaced({content.meta.path: record})
    addresses.redirects({content.meta.path: record})
    for listing in content.listings:
        listed(listing, PurePosixPath("other.qmd"), [content.meta])
    assert all(
        isinstance(page.meta.path, str) for page in indexes_of([content.meta], (), "en").pages()
    )


def _include(text: str, where: Place, root: Path, document: Document) -> None:
    list(Includes(root).lines(numbered(text, where)))


def _shortcodes(text: str, where: Place, root: Path, document: Document) -> None:
    Shortcodes(document, root).replaced(text, "secret", lambda at: where)


def _inline(text: str, where: Place, root: Path, document: Document) -> None:
    found = inline.expressions(text)
    assert inline.substitute(text, [f"`{'{python}'} {one}`" for one in found]) is not None
    inline.escaped(text)
    inline.outside(text, str.upper)
    inline.probe(found)


def _template(text: str, where: Place, root: Path, document: Document) -> None:
    filled({"title": text, "slug": text}, Values({"a": 1, "b": "x", "c": None}, {"d": "varies"}))


def _updates(text: str, where: Place, root: Path, document: Document) -> None:
    Updates(DAY).marked([*numbered(text, where)])


def _addresses(text: str, where: Place, root: Path, document: Document) -> None:
    for one in text.split()[:50]:
        for folder in (PurePosixPath(), PurePosixPath("posts/a")):
            links.internal(one, folder)
            links.target_of(one, folder)
    links.rewritten(text, lambda address: address)
    links.anchors(parsed(text))
    links.addresses(parsed(text))


def _sentences(text: str, where: Place, root: Path, document: Document) -> None:
    passages = list(source_passages(text, where))
    for language in ("en", "de"):
        check_numbers(passages, language)
        stale(passages, Known(DAY, {DAY}, {}), language)
    check_numbers(list(plain_passages(text, where, "alternative text")), "en")


_STEPS: tuple[Callable[[str, Place, Path, Document], None], ...] = (
    _include,
    _shortcodes,
    _inline,
    _template,
    _updates,
    _addresses,
    _sentences,
)
