"""Marks held against what the run declared.

What is declared is a mapping as :mod:`broadsheet.notebook.declared` publishes it:

    fact    text, value, said, unit, place, keys, sources, as_of, note, is_computed, language,
            perhaps rounding
    claim   truth, says, evidence (place, value, unit), keys, sources; code, if the program has
            no words for its condition

`sources` are names of tables, and keys of documents with an @. `said` is the number that the text
says, in the unit of `value`; the note of a fact that `is_computed` says how; `rounding` are the
publication's own rounding words; `keys` has for each value the parts by which its row is found in
its table. A mark is *kept* if its name is declared, its claim is true, and the
rounding word that the author wrote before its fact is true too. Otherwise the page that it is on
must not be published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from broadsheet.did_you_mean import question
from broadsheet.errors import FactError, Place
from broadsheet.lexicon import lexicon
from broadsheet.notebook import rounding

Declared = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Mark:
    """Words of a page that state a fact or rest on a claim, in their ``sentence``; ``before`` is
    the text before them.
    """

    kind: Literal["fact", "claim"]
    name: str
    words: str
    sentence: str
    where: Place
    before: str = ""


def broken(marks: Iterable[Mark], declared: Declared) -> list[FactError]:
    """The error of each mark that is not kept."""
    return [error for mark in marks if (error := _wrong(mark, declared)) is not None]


def _wrong(mark: Mark, declared: Declared) -> FactError | None:
    known = declared.get(f"{mark.kind}s", {})
    found = known.get(mark.name)
    if found is None:
        return FactError(
            mark.where,
            f"“{mark.sentence}”: no {mark.kind} is called `{mark.name}`",
            question(mark.name, known)
            + f'Make it in a cell, with bs.{mark.kind}("{mark.name}", …), or mend the name.',
        ).of_cause(_cause(mark, "unknown"))
    return _false(mark, found) if mark.kind == "claim" else _misrounded(mark, found)


def _false(mark: Mark, claim: Mapping[str, Any]) -> FactError | None:
    if claim["truth"] is True:
        return None
    verdict = (
        "it is not true that" if claim["truth"] is False else "data are missing to check whether"
    )
    evidence = "\n".join(evidence_line(one) for one in claim["evidence"])
    sources = f"source: {', '.join(claim['sources'])}" if claim["sources"] else ""
    code = f"condition: {claim['code']}" if claim.get("code") else ""
    return FactError(
        mark.where,
        f"“{mark.sentence}”: “{mark.words}” rests on the claim `{mark.name}`, but "
        f"{verdict} {claim['says']}",
        "Mend the sentence, or the data if they are wrong.",
        "\n".join(filter(None, [code, evidence, sources])),
    ).of_cause(_cause(mark, verdict))


def _cause(mark: Mark, wrong: str) -> str:
    """The cause of an error. What is ``wrong`` with a mark in the same way in many editions has one
    cause there, whatever the values are.
    """
    return f"{mark.where}: {mark.kind} {mark.name}: {wrong}"


def evidence_line(one: Mapping[str, Any]) -> str:
    """A value that a claim rests on, as a line."""
    value = one["value"]
    shown = "no value" if value is None else f"{value} {one['unit']}".strip()
    return f"{one['place']}: {shown}"


def _misrounded(mark: Mark, fact: Mapping[str, Any]) -> FactError | None:
    """The error of a mark whose rounding word is wrong about the side of the value on which the
    written number lies. Its format only guarantees that the number is near enough for "about".
    """
    words = fact.get("rounding") or lexicon(fact["language"]).facts.rounding
    known = rounding.known_words(words)
    word = rounding.at_end(mark.before, known)
    value, written = fact["value"], fact["said"]
    if (
        not word
        or isinstance(value, (str, list))
        or written is None
        or rounding.at_start(fact["text"], known)
    ):
        return None
    round_to = rounding.rounding_of(word, known)
    if not round_to.side or round_to.holds(Decimal(repr(written)), Decimal(repr(value))):
        return None
    return FactError(
        mark.where,
        f"“{mark.sentence}”: “{word} {mark.words}” is not true of the exact value",
        "Take another word, or another format of the fact.",
        f"exactly: {value} {fact['unit']}".strip(),
    ).of_cause(_cause(mark, word))
