"""The labels that an edited file defines, and the labels and citations to which it refers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from broadsheet.editor.problem import placed
from broadsheet.errors import Place
from broadsheet.project.bibliographies import ENTRY
from broadsheet.project.settings.crossref_settings import CROSSREF_KINDS
from broadsheet.project.sources.source import Source

_ID = re.compile(r"\{[^{}\n]*?#(?P<label>[\w:.-]+)[^{}\n]*\}|\bid=[\"'](?P<id>[\w:.-]+)[\"']")
_LABEL = re.compile(r"^[ \t]*#[ \t]*\|[ \t]*(?:lst-)?label:[ \t]+[\"']?([\w:.-]+)", re.MULTILINE)
_CAPTION = re.compile(r"^[ \t]*#[ \t]*\|[ \t]*(?:fig|tbl|lst)-cap:[ \t]+(.+)$", re.MULTILINE)
_REFERENCE = re.compile(r"(?<![\w\\@/.])@\{?(?P<key>\w(?:[\w:.#$%&+?<>~/-]*\w)?)")
_TITLE = re.compile(r"\btitle\s*=\s*[{\"]+(.+?)[}\"]+\s*,?\s*$", re.MULTILINE | re.IGNORECASE)
_YAML_ID = re.compile(r"^[ \t-]*[\"']?id[\"']?:[ \t]*[\"']?([^\"'\s,]+)", re.MULTILINE)


@dataclass(frozen=True)
class MarkdownReference:
    """A reference in Markdown."""

    place: Place
    """The line."""
    column: int
    """The first column of the key, from 0."""
    key: str
    """The key of a document, or the label of a part of the page."""

    def is_citation(self, kinds: Collection[str] = ()) -> bool:
        """True if it names an entry of a bibliography, and not a part of the page. ``kinds`` are the
        publication's own kinds of parts, by the start of their ids.
        """
        kind = self.key.partition("-")[0].lower() if "-" in self.key else ""
        return kind not in CROSSREF_KINDS and kind not in {name.lower() for name in kinds}


def references_in(parts: Iterable[tuple[Place, str]]) -> Iterator[MarkdownReference]:
    """Yield the references in pieces of Markdown in which code is masked."""
    for place, text in parts:
        for number, line in enumerate(text.split("\n"), start=1):
            for match in _REFERENCE.finditer(line):
                yield MarkdownReference(place.at(number), match.start("key"), match["key"])


def labels_in(source: Source, texts: Iterable[str]) -> dict[str, str]:
    """Return the labels that a source defines, each with its caption as far as it is written there;
    ``texts`` are the files that it includes and its Markdown.
    """
    parts = [("code", Place(""), one.source) for one in source.cells() if one.cell_type == "code"]
    parts += [("markdown", Place(""), text) for text in texts]
    return {label.label: label.caption for label in labels_written(parts)}


@dataclass(frozen=True)
class WrittenLabel:
    """A label where a file defines it."""

    label: str
    """The label."""
    caption: str
    """The caption, as far as it is written there."""
    place: Place
    """The line."""
    column: int
    """The first column, from 0."""
    is_of_heading: bool = False
    """True for the id of a heading."""


def labels_written(parts: Iterable[tuple[str, Place, str]]) -> Iterator[WrittenLabel]:
    """Yield the labels in pieces of a file: the kind of each, the place of its first line, and its
    text.
    """
    for kind, place, text in parts:
        if kind == "code":
            caption = _CAPTION.search(text)
            for match in _LABEL.finditer(text):
                words = caption[1].strip(" \"'") if caption else ""
                yield WrittenLabel(match[1], words, *placed(place, text, match.start(1)))
        elif kind == "markdown":
            for match in _ID.finditer(text):
                line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
                words, group = _words(line), match.lastgroup or "label"
                where = placed(place, text, match.start(group))
                yield WrittenLabel(match[group], words, *where, line.lstrip().startswith("#"))


def _words(line: str) -> str:
    """Return the words before an id: of a picture those in its brackets, else the line's."""
    return line.rpartition("![")[2].strip(" #:![]").partition("](")[0]


def is_label(key: str, labels: Iterable[str]) -> bool:
    """True if a reference leads to a label, or to a part of the figure that has it."""
    low = {label.lower() for label in labels}
    return key.lower() in low or re.sub(r"-\d+$", "", key.lower()) in low


def entries_of(name: str, text: str) -> dict[str, str]:
    """Return the keys of a bibliography, each with its title as far as that is easily read."""
    if not name.endswith(".bib"):
        return dict.fromkeys(
            [*_YAML_ID.findall(text), *re.findall(r'"id"\s*:\s*"([^"]+)"', text)], ""
        )
    titles = {}
    starts = [*ENTRY.finditer(text)]
    for match, end in zip(
        starts, [*(start.start() for start in starts[1:]), len(text)], strict=False
    ):
        title = _TITLE.search(text, match.end(), end)
        titles[match["key"]] = re.sub(r"[{}]", "", title[1]) if title else ""
    return titles
