"""The claims of a page, each with its condition and the ground of its words: the values prove what
the words mean, or the words rest on their author.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from broadsheet.errors import Place
from broadsheet.markdown.prose import Passage
from broadsheet.markdown.rendering import Rendering
from broadsheet.text.lexicon import FOLDER
from broadsheet.verify.marks import marks_of, words_of
from broadsheet.verify.wording.table_names import around_of

Rests = Literal["meaning", "author", "nothing"]
_WAYS: Mapping[Rests, str] = {
    "meaning": "by meaning",
    "author": "on the author's word",
    "nothing": "refuted",
}


@dataclass(frozen=True)
class ClaimWords:
    """The words of a claim."""

    where: Place
    """The place of the words."""
    words: str
    """The words."""
    says: str
    """The claim's condition, as it says it."""
    rests: Rests
    """The ground of the words: nothing, if the condition or the words are not true."""
    name: str = ""
    """The claim's name."""

    def __str__(self) -> str:
        return f"{self.where}: “{self.words}” ← {self.says} ({_WAYS[self.rests]})"

    def report(self) -> dict[str, object]:
        """Return the claim as JSON."""
        place = {key: value for key, value in vars(self.where).items() if value is not None}
        return {"where": place, "words": self.words, "says": self.says, "rests": self.rests}


def claims_of(root: Path, rendering: Rendering) -> Iterator[ClaimWords]:
    """Yield the claims of a page in the order of their words. ``root`` is the publication's."""
    finished, rendered = rendering.finished, rendering.rendered
    lang, titles = finished.edition.settings.lang, finished.edition.source.place(1)
    folder, around = root / FOLDER, around_of(root, finished.origins.values(), lang)
    places: list[tuple[Passage, Place | Rendering]] = [(one, titles) for one in rendered.titles]
    places += [(one, rendering) for one in (*rendered.prose.passages, *rendered.prose.apart)]
    for passage, place in places:
        for mark in marks_of(passage, place, lang, folder):
            words = words_of(mark, finished.facts, lang, folder, around)
            if words is not None:
                claim = finished.facts["claims"][mark.name]
                is_true = claim["truth"] is True and words.truth != "refuted"
                held: Rests = "meaning" if words.truth == "proved" else "author"
                rests: Rests = held if is_true else "nothing"
                yield ClaimWords(mark.where, mark.words, str(claim["says"]), rests, mark.name)


def summary(claims: Iterable[ClaimWords]) -> str:
    """Return the number of claims, and of those on each ground, in words."""
    counts = Counter(one.rests for one in claims)
    noun = "claim" if counts.total() == 1 else "claims"
    ways = [
        f"{counts[rests]:,} {way}"
        for rests, way in _WAYS.items()
        if counts[rests] or rests != "nothing"
    ]
    return f"of {counts.total():,} {noun}, {', '.join(ways)}"
