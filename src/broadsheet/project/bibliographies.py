"""The publication's bibliographies, and the entries in them that are cited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from broadsheet.errors import Notice, Place
from broadsheet.project.project import Project
from broadsheet.storage import limits
from broadsheet.storage.files import readable_text, refusal
from broadsheet.storage.yaml_text import one_or_more

ENTRY = re.compile(
    r"^[ \t]*@(?!string|comment|preamble)\w+\s*[{(]\s*(?P<key>[^\s,]+)\s*,",
    re.MULTILINE | re.IGNORECASE,
)
"""The beginning of an entry of a BibTeX file, up to its key."""
UNUSED = "unused-reference"
"""The topic of a notice of a reference that nothing in the publication cites."""
_CITED = re.compile(r"@\{?(?P<key>[\w*][\w:.#$%&+?<>~/-]*)")


def unused_references(project: Project, sources: Iterable[PurePosixPath]) -> Iterator[Notice]:
    """Yield a notice for each entry of the BibTeX files of `_quarto.yml` that none of the
    ``sources`` cites. A key counts as cited wherever a source has it after an @: in prose, in front
    matter, as the source of a fact.
    """
    texts = {
        name: text
        for name in map(str, one_or_more(project.metadata.get("bibliography") or []))
        if name.endswith(".bib")
        and not refusal(project.root, project.root / name)
        and (text := readable_text(project.root / name, limits.TABLE["bibliography-size"]))
    }
    unused = {match["key"] for text in texts.values() for match in ENTRY.finditer(text)}
    for path in sources:
        if not unused:
            return
        if refusal(project.root, project.root / path):
            continue
        cited = {
            match["key"].rstrip(".:,;?")
            for match in _CITED.finditer(readable_text(project.root / path))
        }
        unused -= unused if "*" in cited else cited
    for name, text in texts.items():
        for match in ENTRY.finditer(text):
            if match["key"] in unused:
                yield Notice(
                    Place(name, line=text.count("\n", 0, match.start("key")) + 1),
                    f"nothing cites the reference `{match['key']}`",
                    "Cite it, or take it out.",
                    topic=UNUSED,
                )
