"""The sentences of a page that are others with the new version of a table: those that become false, and
those whose numbers or words move.

The texts of the page before and after are aligned: passage with passage, then sentence with sentence.
Sentences that differ only in numbers belong together; of the others, those that are most alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from broadsheet.checks.moved.page_texts import ALTERNATIVES, TITLE, PageTexts, Text
from broadsheet.checks.moved.table_moves import relative_move
from broadsheet.errors import BroadsheetError, FactError, Place
from broadsheet.markdown.rendering import Rendering
from broadsheet.verify.passages import place_of

PAGE = "page"
"""The kind of what is said of a page as a whole."""
_FIRST = (TITLE, PAGE, "subtitle", "description", "excerpt", "pagetitle", "edition-label")
_NUMBER = re.compile(r"[-−]?\d+(?:[.,’'\u00a0\u202f]\d+)*")
_TOKEN = re.compile(r"\s+|[^\s\w]|\w+(?:[.,’'\u00a0\u202f]\w+)*")
_MOST_SENTENCES = 1000
"""The most sentences of a text, so that those of a place without a line have numbers of their own."""
_ALIKE = 0.4
"""The least likeness of two sentences of which one has become the other."""

WordPair = tuple[str, str]
"""WordPair before, and those in their place now; empty where there are none."""


@dataclass(frozen=True)
class SentenceMove:
    """A sentence of one page that is another with the new version of a table."""

    edition: str
    """The slug of the edition."""
    kind: str
    """The kind of its text: `title`, `paragraph` and so on."""
    where: Place
    """Its place in the source."""
    before: str
    """The sentence as it is; empty if it is new."""
    now: str
    """The sentence as it will be; empty if it goes."""
    number: int = 0
    """The number of the sentence at its place, by which editions are compared."""

    @property
    def words(self) -> tuple[WordPair, ...]:
        """The words that differ."""
        return tuple(changed_words(self.before, self.now))


@dataclass(frozen=True)
class FalseSentence:
    """A sentence of one page that becomes false, or a page that cannot be made any more."""

    edition: str
    """The slug of the edition."""
    kind: str
    """The kind of its text: `title`, `paragraph`; :data:`PAGE` for a page that cannot be made."""
    where: Place
    """The place of the words in the source."""
    before: str
    """The sentence as it is; of a page, the one at the place of its fault, if that is in the prose."""
    now: str
    """The sentence as it would be; empty for a page."""
    why: str
    """The reason, in words."""
    detail: str = ""
    """The values that it rests on."""
    cause: str = ""
    """The reason as it is the same in all editions."""


def false_page(edition: str, error: BroadsheetError, before: str = "") -> FalseSentence:
    """Return the fault of a page that cannot be made with the new version of a table. ``before`` is
    the sentence at its place, as it is.
    """
    cause = error.cause or f"{error.where}: {type(error).__name__}"
    return FalseSentence(edition, PAGE, error.where, before, "", error.what, error.detail, cause)


def sentence_at(where: Place, texts: PageTexts, rendering: Rendering) -> str:
    """Return the sentences of a page, as it is, on the line of its source that is at ``where``; empty
    for a place that is not in its prose.
    """
    if where.line is None:
        return ""
    return " ".join(
        sentence
        for text in texts.texts
        for sentence in text.sentences
        if place_of(text.passage, max(text.passage.text.find(sentence), 0), rendering) == where
    )


def sentence_moves(
    edition: str, before: PageTexts, now: PageTexts, rendering: Rendering
) -> tuple[list[FalseSentence], list[SentenceMove]]:
    """Return the sentences of an edition that become false, and those that move. ``rendering`` is the
    page as it will be.
    """
    moves = _without_transposed(_moves(edition, before.texts, now.texts, rendering))
    standing = {error.cause for text in before.texts for error in text.errors}
    refuted = list[FalseSentence]()
    for text in now.texts:
        for error in text.errors:
            if error.cause in standing:
                continue
            sentence = _sentence_in(text, error)
            move = next((move for move in moves if sentence and move.now == sentence), None)
            if move is not None:
                moves.remove(move)
            was = move.before if move is not None else sentence
            refuted.append(
                FalseSentence(
                    edition,
                    text.kind,
                    error.where,
                    was,
                    sentence,
                    error.what.removeprefix(f"“{sentence}”: "),
                    error.detail,
                    error.cause,
                )
            )
    return refuted, moves


def rank(kind: str) -> int:
    """Return the rank of a kind of text in a report: headlines come first, then alternative texts."""
    if kind in _FIRST:
        return _FIRST.index(kind)
    return len(_FIRST) + (kind not in ALTERNATIVES)


def changed_words(before: str, now: str) -> Iterator[WordPair]:
    """Yield the words in which two sentences differ, in order."""
    for was, says, is_same in aligned_words(before, now):
        words = was.strip(), says.strip()
        if not is_same and words != ("", ""):
            yield words


def aligned_words(before: str, now: str) -> Iterator[tuple[str, str, bool]]:
    """Yield two sentences in stretches that stand in each other's place: of each its text before and
    now, and whether both are the same. A number is one word.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(now)
    for kind, first, end, start, stop in _opcodes(old, new):
        yield "".join(old[first:end]), "".join(new[start:stop]), kind == "equal"


def size_of_move(words: Sequence[WordPair]) -> float:
    """Return the greatest relative move of a number among the words that differ; infinite for words
    that are no numbers.
    """
    sizes = [0.0]
    for before, now in words:
        old, new = (_NUMBER.findall(text) for text in (before, now))
        if _masked(before) != _masked(now):
            return float("inf")
        sizes += [_moved(*pair) for pair in zip(old, new, strict=False)]
    return max(sizes)


def _moved(before: str, now: str) -> float:
    """Return the relative move of a number. The last separator is its decimal sign, if both have as
    many separators; so it is right in all languages for numbers of the same form.
    """
    return relative_move(_value(before), _value(now))


def _value(number: str) -> float:
    digits = number.replace("−", "-")
    whole, sign, part = digits[1:].rpartition("," if digits.rfind(",") > digits.rfind(".") else ".")
    is_group = not sign or (len(part) == 3 and not re.search(r"[.,]", whole) and sign == ",")
    text = digits if is_group else f"{digits[0]}{whole}|{part}"
    plain = re.sub(r"[^\d|-]", "", text).replace("|", ".")
    try:
        return float(plain)
    except ValueError:
        return 0.0


def _sentence_in(text: Text, error: FactError) -> str:
    """Return the sentence of a text that an error quotes first."""
    quoted = [sentence for sentence in text.sentences if error.what.startswith(f"“{sentence}”")]
    return max(quoted, key=len, default="")


def _without_transposed(moves: Iterable[SentenceMove]) -> list[SentenceMove]:
    """Return the moves without sentences that stand elsewhere in the text, and say the same."""
    moves = list(moves)
    come = Counter((move.kind, move.now) for move in moves if not move.before)
    gone = Counter((move.kind, move.before) for move in moves if not move.now)
    left = {"come": come & gone, "gone": come & gone}
    kept = list[SentenceMove]()
    for move in moves:
        side = "come" if not move.before else "gone" if not move.now else ""
        key = move.kind, move.now or move.before
        if side and left[side][key]:
            left[side][key] -= 1
        else:
            kept.append(move)
    return kept


def _moves(
    edition: str, before: Sequence[Text], now: Sequence[Text], rendering: Rendering
) -> Iterator[SentenceMove]:
    kinds = dict.fromkeys(text.kind for text in (*before, *now))
    for kind in kinds:
        old = [text for text in before if text.kind == kind and text.sentences]
        new = [text for text in now if text.kind == kind and text.sentences]
        passages = [[" ".join(text.sentences) for text in texts] for texts in (old, new)]
        place = rendering.finished.edition.source.place()
        for first, second in _paired(*passages):
            sentences = old[first].sentences if first is not None else ()
            others = new[second].sentences if second is not None else ()
            if sentences == others:
                continue
            passage = new[second].passage if second is not None else None
            for at, to in _paired(sentences, others):
                was = sentences[at] if at is not None else ""
                says = others[to] if to is not None else ""
                if was == says:
                    continue
                if passage is not None:
                    start = max(passage.text.find(says or others[0]), 0)
                    place = place_of(passage, start, rendering)
                number = -1 - (at or 0) - (first or 0) * _MOST_SENTENCES if to is None else to
                if place.line is None and second is not None:
                    number += second * _MOST_SENTENCES
                yield SentenceMove(edition, kind, place, was, says, number)


def _paired(before: Sequence[str], now: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """Yield the numbers of texts of which one stands in the place of the other; None where a text is
    new, or goes.
    """
    for kind, first, end, start, stop in _opcodes(before, now):
        if kind == "equal":
            yield from zip(range(first, end), range(start, stop), strict=True)
            continue
        pairs = list(zip(range(first, end), range(start, stop), strict=False))
        if len(pairs) == end - first == stop - start and all(
            _are_alike(before[at], now[to]) for at, to in pairs
        ):
            yield from pairs
            continue
        masked = [list(map(_masked, texts)) for texts in (before[first:end], now[start:stop])]
        for alike, low, high, bottom, top in _opcodes(*masked):
            old, new = range(first + low, first + high), range(start + bottom, start + top)
            if alike == "equal":
                yield from zip(old, new, strict=True)
                continue
            for at, to in zip_longest(old, new):
                is_pair = at is not None and to is not None
                if is_pair and not _are_alike(before[at], now[to]):
                    yield at, None
                    yield None, to
                else:
                    yield at, to


def _opcodes(before: Sequence[str], now: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    return list(SequenceMatcher(None, before, now, autojunk=False).get_opcodes())


def _masked(text: str) -> str:
    return _NUMBER.sub("0", text)


def _are_alike(before: str, now: str) -> bool:
    return SequenceMatcher(None, before.split(), now.split(), autojunk=False).ratio() >= _ALIKE
