"""The bound page beside the page as it was: both are run and rendered, and read alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from broadsheet.press.press import Press
from broadsheet.project.editions.edition import Edition
from broadsheet.site.article.proof import proof_of
from broadsheet.verify.ledger import Ledger

_SPACE = re.compile(r"\s+")


def paragraphs_of(press: Press, editions: Sequence[Edition], *, is_proved: bool) -> list[list[str]]:
    """Return the paragraphs of each edition, as readers read them. Raises :class:`BroadsheetError`
    for a page that cannot be made; or, if it is to be proved, for a claim of it that is not true.
    """
    by_path = {}
    for run in press.run(editions, use_frozen=False):
        rendering = press.rendering(run)
        if is_proved:
            proof_of(rendering, press.project.root, Ledger({}))
        rendered = rendering.rendered
        titles = sorted(rendered.titles, key=lambda passage: passage.kind)
        passages = [*titles, *rendered.prose.passages]
        by_path[run.edition.path] = [_SPACE.sub(" ", passage.text).strip() for passage in passages]
    return [by_path[edition.path] for edition in editions]


def changed_texts(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs that differ, as they were and as they are."""
    matcher = SequenceMatcher(None, list(before), list(after), autojunk=False)
    for kind, first, last, now, until in matcher.get_opcodes():
        if kind != "equal":
            yield "\n".join(before[first:last]), "\n".join(after[now:until])
