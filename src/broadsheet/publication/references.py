"""The publication's bibliographies, and what is cited of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadsheet.errors import Notice, Place
from broadsheet.publication.project import Project

_ENTRY = re.compile(r"^[ \t]*@(?!string|comment|preamble)\w+\s*[{(]\s*(?P<key>[^\s,]+)\s*,",
                    re.MULTILINE | re.IGNORECASE)
_CITED = re.compile(r"@\{?(?P<key>[\w*][\w:.#$%&+?<>~/-]*)")


def unused_references(project: Project) -> Iterator[Notice]:
    """A notice for each entry of the BibTeX files of `_quarto.yml` that no source cites.

    A key counts as cited wherever a source has it after an @: in prose, in front matter, as the source of a fact.
    """
    given = project.metadata.get("bibliography") or []
    files = [str(name) for name in (given if isinstance(given, list) else [given])
             if str(name).endswith(".bib") and (project.root / str(name)).is_file()]
    if not files:
        return
    cited = {match["key"].rstrip(".:,;?") for path in project.inputs()
             for match in _CITED.finditer((project.root / path).read_text(encoding="utf-8", errors="replace"))}
    for name in files if "*" not in cited else []:
        text = (project.root / name).read_text(encoding="utf-8", errors="replace")
        for match in _ENTRY.finditer(text):
            if match["key"] not in cited:
                yield Notice(Place(name, line=text.count("\n", 0, match.start("key")) + 1),
                             f"nothing cites the reference `{match['key']}`", "Cite it, or take it out.")
