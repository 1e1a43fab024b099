"""The texts of a page as its readers see them, each with the claims in it that do not hold, and the
figures of the page.

A text is a passage: a title, a paragraph, a heading, a caption, the alternative text of a picture, the
title of a chart, a line that a cell has printed. The cells of a table that a cell shows are no texts:
they are a figure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from broadsheet.errors import FactError, Place
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.markdown.finished_edition import ALTERNATIVE_TEXT, NOTE, Finished
from broadsheet.markdown.prose import ALTERNATIVE, Passage, read
from broadsheet.markdown.rendering import Rendering
from broadsheet.project.editions.edition import Edition
from broadsheet.text.html_tree import parsed
from broadsheet.text.lexicon import FOLDER
from broadsheet.verify.marks import broken, judged_marks, marks_of
from broadsheet.verify.passages import plain_passages
from broadsheet.verify.sentences import sentences
from broadsheet.verify.wording.table_names import Surroundings, around_of

TITLE, PRINTED, CELL = "title", "printed line", "table cell"
"""The kinds of texts that are a page's headline, a line of an output, and a cell of a table."""
ALTERNATIVES = (ALTERNATIVE_TEXT, ALTERNATIVE)
"""The kinds of texts that are alternative texts."""


@dataclass(frozen=True)
class Text:
    """A text of a page."""

    kind: str
    """Its kind: `title`, `paragraph`, `alternative text` and so on."""
    sentences: tuple[str, ...]
    """Its sentences."""
    passage: Passage = field(compare=False, repr=False)
    """The passage that it is."""
    errors: tuple[FactError, ...] = field(default=(), compare=False)
    """The claims in it that do not hold, and the words that say something else than their values."""


@dataclass(frozen=True)
class ShownFigure:
    """A chart or a table of a page."""

    label: str
    """Its label."""
    title: str
    """Its title; without one, its alternative text."""
    digest: str = field(repr=False)
    """The digest of all that it shows."""
    is_table: bool = False
    """It is a table."""
    cells: tuple[str, ...] = field(default=(), repr=False)
    """The cells of the table that a cell of the notebook shows."""


@dataclass(frozen=True)
class PageTexts:
    """The texts and the figures of a page."""

    texts: tuple[Text, ...]
    """The texts, in order: titles, prose, outputs, then texts of pictures."""
    figures: tuple[ShownFigure, ...]
    """The charts and tables."""


def texts_of(rendering: Rendering, root: Path) -> PageTexts:
    """Return the texts and figures of a page. ``root`` is the publication's folder."""
    finished, rendered = rendering.finished, rendering.rendered
    lang, words = finished.edition.settings.lang, root / FOLDER
    around = around_of(root, finished.origins.values(), lang)
    titles = finished.edition.source.place(1)
    passages = [replace(passage, place=titles) for passage in rendered.titles]
    passages += [*_names(finished.edition, titles), *rendered.prose.passages]
    tables = list[ShownFigure]()
    for number, slot in enumerate(rendering.document.slots):
        is_seen = number in rendering.document.placed and number not in rendered.hidden
        if isinstance(slot, str) and is_seen:
            where = rendering.document.find(f"```{{=slot}}\n{number}\n")
            outputs = read(parsed(slot), where).passages
            passages += [passage for passage in outputs if passage.kind != CELL]
            passages += _printed(slot, where)
            if cells := [passage.text for passage in outputs if passage.kind == CELL]:
                tables.append(_table(f"table {len(tables) + 1}", cells))
    passages += _picture_texts(finished)
    texts = [
        Text(
            passage.kind,
            _sentences(passage, lang, words),
            passage,
            _errors(passage, rendering, words, around),
        )
        for passage in passages
    ]
    for passage in rendered.prose.apart:  # its words are no prose, its claims are claims
        if errors := _errors(passage, rendering, words, around):
            texts.append(Text(passage.kind, (), passage, errors))
    charts = (_figure(figure, finished) for figure in finished.figures)
    return PageTexts(tuple(texts), (*charts, *tables))


def _names(edition: Edition, where: Place) -> Iterator[Passage]:
    """Yield the names by which browsers, pickers and lists call a page."""
    settings = edition.settings
    names = {"pagetitle": settings.pagetitle, "edition-label": settings.edition_label}
    for kind, name in names.items():
        if name:
            yield Passage(str(name), (), where, kind, is_running=False)


def _sentences(passage: Passage, lang: str, own: Path) -> tuple[str, ...]:
    spans = sentences(passage.text, lang, own)
    if passage.kind == PRINTED:
        spans = iter([(0, len(passage.text))])
    texts = (" ".join(passage.text[start:end].split()) for start, end in spans)
    return tuple(filter(None, texts))


def _errors(
    passage: Passage, rendering: Rendering, own: Path, around: Surroundings
) -> tuple[FactError, ...]:
    if not any(mark.kind in ("fact", "claim") for mark in passage.marks):
        return ()
    is_placed = passage.place.line is not None or passage.place.cell is not None
    declared, lang = rendering.finished.facts, rendering.finished.edition.settings.lang
    marks = marks_of(passage, passage.place if is_placed else rendering, lang, own)
    return tuple(broken(judged_marks(marks, declared, lang, own, around), declared, lang))


def _printed(slot: str, where: Place) -> Iterator[Passage]:
    """Yield the lines that a cell has printed, in its HTML."""
    for block in parsed(slot).iter("pre"):
        for line in block.text_content().splitlines():
            if line.strip():
                yield Passage(line.strip(), (), where, PRINTED, is_running=False)


def _picture_texts(finished: Finished) -> Iterator[Passage]:
    """Yield the texts of pictures and charts: those that authors wrote, and those that are generated."""
    written = set[str]()
    for text in finished.picture_texts:
        if text.kind in (ALTERNATIVE_TEXT, NOTE):
            for passage in plain_passages(text.markdown, text.place, text.kind):
                written.add(passage.text)
                yield passage
        else:
            yield Passage(text.markdown, (), text.place, text.kind, is_running=False)
    where = finished.edition.source.place()
    for figure in finished.figures:
        if figure.alt and figure.alt not in written:
            yield Passage(figure.alt, (), where, ALTERNATIVE_TEXT, is_running=False)


def _figure(figure: PageFigure, finished: Finished) -> ShownFigure:
    shown = hashlib.sha256(finished.assets.get(figure.data, b""))
    for text in (figure.title, figure.subtitle, figure.alt, figure.table):
        shown.update(text.encode() + b"\0")
    return ShownFigure(figure.label, figure.name, shown.hexdigest(), figure.is_table)


def _table(label: str, cells: Iterable[str]) -> ShownFigure:
    cells = tuple(cells)
    digest = hashlib.sha256("\0".join(cells).encode()).hexdigest()
    return ShownFigure(label, "", digest, is_table=True, cells=cells)
