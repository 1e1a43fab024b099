"""The bound page beside the page as it was: both are run and rendered, read alike, and give the check the
same cause for doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from broadsheet.errors import BroadsheetError, Place
from broadsheet.press.press import Press
from broadsheet.project.editions.edition import Edition
from broadsheet.site.article.proof import proof_of
from broadsheet.verify.ledger import Ledger

_BESIDE = "beside-fact"
"""The topic of a notice of words beside a fact or a claim that are of something else."""
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"\s*(?:\w+|[^\w\s]|$)")


@dataclass(frozen=True)
class PageAsRead:
    """A page as readers read it, in all its editions."""

    paragraphs: Sequence[Sequence[str]]
    """The paragraphs of each edition, as readers read them."""
    doubts: Mapping[tuple[str, str], Place]
    """The names and times beside its facts and claims that are of something else: what is said of each and
    its sentence, with its place.
    """


def page_as_read(press: Press, editions: Sequence[Edition], *, is_proved: bool) -> PageAsRead:
    """Return the page of some editions. Raises :class:`BroadsheetError` for one that cannot be made; or,
    if it is to be proved, for a claim of it that is not true.
    """
    by_path, doubts = {}, dict[tuple[str, str], Place]()
    for run in press.run(editions, use_frozen=False):
        rendering = press.rendering(run)
        faults: list[BroadsheetError] | None = None if is_proved else []
        proof = proof_of(rendering, press.project.root, Ledger({}), faults=faults)
        doubts |= {
            (notice.what, notice.detail): notice.where
            for notice in proof.notices
            if notice.topic == _BESIDE
        }
        rendered = rendering.rendered
        titles = sorted(rendered.titles, key=lambda passage: passage.kind)
        passages = [*titles, *rendered.prose.passages]
        by_path[run.edition.path] = [_SPACE.sub(" ", passage.text).strip() for passage in passages]
    return PageAsRead([by_path[edition.path] for edition in editions], doubts)


def changed_texts(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs that differ, as they were and as they are."""
    for first, last, now, until in _changes(before, after):
        yield "\n".join(before[first:last]), "\n".join(after[now:until])


def changed_spans(before: str, after: str) -> list[tuple[int, int]]:
    """Return the places of the words of a text that differ in another one."""
    words = list(_WORD.finditer(before))
    others = _WORD.findall(after)
    ends = [0, *(word.end() for word in words)]
    return [
        (ends[first], ends[last])
        for first, last, _, _ in _changes([word[0] for word in words], others)
    ]


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the parts that differ of two lists, by their first and last positions in each. Long ones
    are compared roughly between the first and the last difference.
    """
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    inner = before[start : len(before) - end], after[start : len(after) - end]
    for kind, first, last, now, until in SequenceMatcher(None, *inner).get_opcodes():
        if kind != "equal":
            yield start + first, start + last, start + now, start + until


def _alike(first: Sequence[str], other: Sequence[str]) -> int:
    """Return the number of items with which two lists begin alike."""
    pairs = enumerate(zip(first, other, strict=False))
    return next(
        (at for at, (item, counterpart) in pairs if item != counterpart),
        min(len(first), len(other)),
    )
