"""The sentences of `prose/meaning/`, evaluated as a run evaluates them, and what the check says of each.

`true` sentences must not be refused, `false` ones should be.
"""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from broadsheet.data.descriptor import Field
from broadsheet.data.origin import Origin
from broadsheet.errors import Place
from broadsheet.markdown.prose import Mark, Passage
from broadsheet.notebook.session.inline_results import evaluated
from broadsheet.notebook.values import declarations as register
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.text.language import speaking
from broadsheet.text.lexicon import lexicon
from broadsheet.verify.numbers.listed_names import miscounted
from broadsheet.verify.numbers.number_check import check_numbers
from broadsheet.verify.passages import plain_passages
from broadsheet.verify.wording.beside_facts import contradictions, placed
from broadsheet.verify.wording.claim_words import judged
from broadsheet.verify.wording.table_names import Surroundings, surroundings

FOLDER = Path(__file__).with_name("prose") / "meaning"
CELL = """growth = trade.total / trade.total.shift() - 1
surplus = trade.exports - trade.imports
discount = prices.brent - prices.urals
share_of = partners.now / partners.now.sum() * 100"""
_CITED = re.compile(r"\s?\[@(\w+)\]")


@dataclass(frozen=True)
class Sentence:
    """A sentence of the corpus."""

    kind: str
    lang: str
    true: bool
    text: str
    why: str


@dataclass(frozen=True)
class Result:
    """What the check says of a sentence: why it is refused, or nothing; how many of its claims are by
    meaning, and how many there are; the first refused words with those that would be true, and all
    refused words.
    """

    sentence: Sentence
    refused: str
    by_meaning: int
    claims: int
    instead: tuple[str, str] | None = None
    refuted: frozenset[str] = frozenset()


def sentences(part: str) -> list[Sentence]:
    """The sentences of a part: a half, or `writers` or `further`."""
    known = tomllib.loads((FOLDER / f"{part}.toml").read_text("utf-8"))
    return [Sentence(**one) for one in known["sentence"]]


def tables() -> dict[str, pd.DataFrame]:
    """The invented tables, each with its origin."""
    files = [tomllib.loads(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*tables.toml"))]
    return {name: table_of(name, table) for file in files for name, table in file.items()}


@cache
def of_tables(lang: str) -> Surroundings:
    """The columns and the names of places of the tables."""
    frames = tables().values()
    columns = [
        {
            column.name: column.title
            for column in frame.attrs["origin"].columns
            if column.name not in frame.attrs["origin"].key
        }
        for frame in frames
    ]
    rows = [
        frozenset(place for place in frame.index if isinstance(place, str) and place[:1].isalpha())
        for frame in frames
    ]
    return surroundings(columns, rows, lexicon(lang))


def table_of(name: str, table: dict[str, Any]) -> pd.DataFrame:
    """A table of CSV with an origin; `columns` has the title and the unit of each."""
    frame = pd.read_csv(io.StringIO(table["csv"].lstrip()))
    key = table["key"]
    if key == "month":
        frame[key] = pd.PeriodIndex(frame[key], freq="M")
    fields = tuple(
        Field(name=column, type="number", title=title, **({"unit": unit} if unit else {}))
        for column, (title, unit) in table["columns"].items()
    )
    day = date(2024, 12, 31)
    frame = frame.set_index(key)
    frame.attrs["origin"] = Origin(
        name, f"Test table {name}", "", fields, (), (), day, day, "0" * 64, f"{name}.csv", (key,)
    )
    return frame


def checked(part: str) -> Iterator[Result]:
    """Each sentence of a half, checked."""
    namespace: dict[str, Any] = {**tables(), "pd": pd}
    exec(CELL, namespace)
    namespace["In"] = ["", CELL]
    for sentence in sentences(part):
        register.clear()
        with speaking(sentence.lang):
            yield check(sentence, namespace)


def check(sentence: Sentence, namespace: dict[str, Any]) -> Result:
    """What the check says of one sentence."""
    results = evaluated(inline.expressions(sentence.text), namespace)
    errors = [one["error"] for one in results if "error" in one]
    if errors:
        return Result(sentence, errors[0], 0, 0)
    values = [one.get("markdown", inline.escaped(one.get("text", ""))) for one in results]
    passage = _passage(inline.substitute(sentence.text, values))
    facts = [(one.start, one.end) for one in passage.marks if one.kind == "fact"]
    declared = register.declared()
    words = lexicon(sentence.lang)
    known = [
        placed(one.start, one.end, declared["facts"][one.name])
        for one in passage.marks
        if one.kind == "fact"
    ]
    for one in contradictions(passage.text, known, of_tables(sentence.lang), words):
        return Result(sentence, f"“{one.words}” beside {one.of}", 0, 0)
    for counted, number, names in miscounted(passage.text, words):
        return Result(sentence, f"“{counted}”, {number}: {', '.join(names)}", 0, 0)
    if sentence.kind == "citations" and (
        left := check_numbers([passage], sentence.lang).unaccounted
    ):
        return Result(sentence, f"nothing accounts for “{left[0].words}”", 0, 0)
    refused, proved, claims = "", 0, 0
    instead: tuple[str, str] | None = None
    refuted: set[str] = set()
    for mark in passage.marks:
        if mark.kind != "claim":
            continue
        claim = declared["claims"][mark.name]
        if claim["truth"] is not True:
            return Result(sentence, f"not true: {claim['says']}", 0, 1)
        claims += 1
        span = mark.start, mark.end
        told = judged(passage.text, span, claim, words, facts)
        proved += told.truth == "proved"
        if told.truth == "refuted":
            refuted |= {one for one, _ in told.refutations}
            if told.alternative and not refused:
                instead = told.refutations[0][0], told.alternative
            refused = refused or "; ".join(f"“{one}”: {says}" for one, says in told.refutations)
    return Result(sentence, refused, proved, claims, instead, frozenset(refuted))


def _passage(markdown: str) -> Passage:
    """The sentence as the check reads it: text with marks, citations as empty ones."""
    text, marks, at = "", list[Mark](), 0
    for match in [*_CITED.finditer(markdown), None]:
        piece = markdown[at : match.start() if match else len(markdown)]
        for passage in plain_passages(piece, Place("a"), "paragraph"):
            marks += [
                Mark(one.start + len(text), one.end + len(text), one.kind, one.name)
                for one in passage.marks
            ]
            text += passage.text
        if match:
            marks.append(Mark(len(text), len(text), "cite", match[1]))
            at = match.end()
    return Passage(text, tuple(marks), Place("a"))


def advised(part: str) -> Iterator[tuple[Result, Result]]:
    """What the check says of each sentence of a half for whose words it names others that would be true,
    and what it says when these are put in their place.
    """
    namespace: dict[str, Any] = {**tables(), "pd": pd}
    exec(CELL, namespace)
    namespace["In"] = ["", CELL]
    for sentence in sentences(part):
        register.clear()
        with speaking(sentence.lang):
            result = check(sentence, namespace)
            if result.instead:
                words, instead = result.instead
                mended = sentence.text.replace(words, instead, 1)
                register.clear()
                yield result, check(replace(sentence, text=mended), namespace)
