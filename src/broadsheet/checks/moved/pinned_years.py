"""The words that are pinned to a year although a new version of their table has data of a later one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from broadsheet.data.descriptor import Resource
from broadsheet.data.revision import Revision
from broadsheet.errors import Notice
from broadsheet.project.editions.edition import Edition
from broadsheet.verify.source_passages import source_passages
from broadsheet.verify.stale import Known, stale

_TITLES = ("title", "subtitle", "description", "excerpt")


def pinned_years(
    editions: Sequence[Edition],
    revisions: Sequence[Revision],
    before: Mapping[str, Resource],
    own: Path,
) -> Iterator[Notice]:
    """Yield the words in the sources of ``editions``, which read the revised tables, that name the
    year in which the figures of a table end so far, where they now end later. ``before`` has the
    entries of tables as they are; ``own`` is the publication's folder of word files.
    """
    years = dict[int, str]()
    for revision in revisions:
        last, now = before.get(revision.name), revision.resource.as_of.year
        if last is not None and last.as_of.year < now:
            what = f"the year with which {revision.resource.file} ended; it now has {now}"
            years[last.as_of.year] = what
    if not years:
        return
    first = {edition.source.path: edition for edition in reversed(editions)}
    for edition in reversed(first.values()):
        source, lang = edition.source, edition.settings.lang
        texts = [
            (str(source.front_matter.data[key]), source.front_matter.place((key,)))
            for key in _TITLES
            if source.front_matter.data.get(key)
        ]
        texts += [
            (cell.source, source.place(number, 1))
            for number, cell in enumerate(source.cells(), start=1)
            if cell.cell_type == "markdown"
        ]
        passages = [passage for text, place in texts for passage in source_passages(text, place)]
        yield from stale(passages, Known(date.min, (), years), lang, own)
