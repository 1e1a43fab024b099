"""What an edited file defines and what it refers to: labels of figures, tables and sections, and keys of
citations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from broadsheet.errors import Place
from broadsheet.project.bibliographies import ENTRY
from broadsheet.project.sources.source import Source

_KIND = re.compile(
    r"(?:fig|tbl|lst|eq|sec|nte|tip|wrn|imp|cau|thm|lem|cor|prp|cnj|def|exm|exr|alg|sol|rem)-",
    re.IGNORECASE,
)
"""What the label of a cross reference begins with."""
_ID = re.compile(r"\{[^{}\n]*?#(?P<label>[\w:.-]+)[^{}\n]*\}|\bid=[\"'](?P<id>[\w:.-]+)[\"']")
_LABEL = re.compile(r"^[ \t]*#[ \t]*\|[ \t]*(?:lst-)?label:[ \t]*[\"']?([\w:.-]+)", re.MULTILINE)
_CAPTION = re.compile(r"^[ \t]*#[ \t]*\|[ \t]*(?:fig|tbl|lst)-cap:[ \t]*(.+)$", re.MULTILINE)
_REFERENCE = re.compile(r"(?<![\w\\@/.])@\{?(?P<key>\w(?:[\w:.#$%&+?<>~/-]*\w)?)")
_TITLE = re.compile(r"\btitle\s*=\s*[{\"]+(.+?)[}\"]+\s*,?\s*$", re.MULTILINE | re.IGNORECASE)
_YAML_ID = re.compile(r"^[ \t-]*[\"']?id[\"']?:[ \t]*[\"']?([^\"'\s,]+)", re.MULTILINE)


@dataclass(frozen=True)
class Reference:
    """A reference at a place: its key, and the first column of the key, from 0."""

    place: Place
    column: int
    key: str

    @property
    def is_citation(self) -> bool:
        """Whether it names an entry of a bibliography, and not a part of the page."""
        return _KIND.match(self.key) is None


def references_in(parts: Iterable[tuple[Place, str]]) -> Iterator[Reference]:
    """The references in pieces of Markdown in which code is masked."""
    for place, text in parts:
        for number, line in enumerate(text.split("\n"), start=1):
            for match in _REFERENCE.finditer(line):
                yield Reference(place.at(number), match.start("key"), match["key"])


def labels_in(source: Source, texts: Iterable[str]) -> dict[str, str]:
    """The labels that a source defines, each with its caption as far as it is written there;
    ``texts`` are what it includes and its Markdown.
    """
    found: dict[str, str] = {}
    for cell in source.cells():
        if cell.cell_type == "code":
            caption = _CAPTION.search(cell.source)
            for label in _LABEL.findall(cell.source):
                found[label] = caption[1].strip(" \"'") if caption else ""
    for text in texts:
        for match in _ID.finditer(text):
            line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
            found[match["label"] or match["id"]] = line.strip(" #:![]").partition("](")[0]
    return found


def is_label(key: str, labels: Iterable[str]) -> bool:
    """Whether a reference leads to a label, or to a part of the figure that has it."""
    low = {label.lower() for label in labels}
    return key.lower() in low or re.sub(r"-\d+$", "", key.lower()) in low


def entries_of(name: str, text: str) -> dict[str, str]:
    """The keys of a bibliography, each with its title as far as that is easily read."""
    if not name.endswith(".bib"):
        return dict.fromkeys(
            [*_YAML_ID.findall(text), *re.findall(r'"id"\s*:\s*"([^"]+)"', text)], ""
        )
    found = {}
    starts = [*ENTRY.finditer(text)]
    for match, end in zip(starts, [*(one.start() for one in starts[1:]), len(text)], strict=True):
        title = _TITLE.search(text, match.end(), end)
        found[match["key"]] = re.sub(r"[{}]", "", title[1]) if title else ""
    return found
