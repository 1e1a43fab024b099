"""Values that the data choose, a year or a name, beside words that describe the one of today.

    In `{python} last`, the last year before the invasion, …

The year comes from the data, and the words after it were typed: they fit the year that the data chose
when they were written. Where the value has become another one and such words are as they were, somebody
has to read them: the mutation test tells of them (:func:`moved`), and a build, if the ledger of facts has
the value as it was (:func:`chosen`). The words that lead from a value to its description are those of the language
(`[stale]` of `words/LANG.toml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path

from nbformat import from_dict

from broadsheet.errors import Place
from broadsheet.project.editions.edition import Edition
from broadsheet.project.editions.parameters import declared
from broadsheet.text.lexicon import lexicon
from broadsheet.verify.bound_sentences import GAP, Sentence, Value, bound_sentences, is_chosen
from broadsheet.verify.ledger import Statement

CHOSEN = "chosen-value"
CHOSEN_MEND = (
    'Read the words. Choose them by the data, `[…|…]{if="…"}`, or rest them on a claim that names the '
    'value that they fit, `[…]{claim="year == 2021"}`.'
)
_YEAR = re.compile(r"[12]\d{3}")
_MONEY = re.compile(r"[$€£¥₹%]")
_LETTER = re.compile(r"[^\W\d_]")
_NAME = 5
"""The most words of a name."""
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\w+|\W")


def is_label(text: str) -> bool:
    """Return True if a value is a name, a year or a day, and no number."""
    return bool(_YEAR.fullmatch(text) or (_LETTER.search(text) and not _MONEY.search(text)))


def _is_named(text: str) -> bool:
    """Return True if words within a sentence are a year, or a name."""
    return any(letter.isupper() or letter.isdigit() for letter in text)


def moved(was: Sentence, now: Sentence, language: str, own: Path) -> Iterator[str]:
    """Yield a message for each value of a sentence that was chosen and has become another one,
    beside words that are as they were.
    """
    pairs = zip(was.values, now.values, strict=False)
    for before, after in (piece for pair in pairs for piece in _pieces(*pair)):
        words = description(before, language, own)
        if words and words == description(after, language, own):
            yield message(before.text, after.text, words)
    places = dict(now.places)
    for name, place in was.places:
        typed = {*_WORD.findall(was.typed)} & {*_WORD.findall(now.typed)}
        gone = [
            word
            for word in _WORD.findall(place)
            if word not in _WORD.findall(places.get(name, place)) and word[:1].isalnum()
        ]
        if words := " ".join(word for word in gone if word in typed and not word.islower()):
            yield message(place, places[name], words)


def _pieces(was: Value, now: Value) -> Iterator[tuple[Value, Value]]:
    """Yield the changed pieces of a value by code, which may be a whole sentence. Of a sentence,
    only years and names count, and no verbs that say how something went.
    """
    texts: list[list[str]] = [_TOKEN.findall(value.text) for value in (was, now)]
    compared = SequenceMatcher(None, texts[0], texts[1], autojunk=False)
    for kind, start, end, first, last in compared.get_opcodes():
        if kind == "replace":
            spans = ((was, texts[0], start, end), (now, texts[1], first, last))
            before, after = (
                replace(
                    value,
                    text="".join(words[begin:stop]).strip(),
                    before=value.before + "".join(words[:begin]),
                    after="".join(words[stop:]) + value.after,
                )
                for value, words, begin, stop in spans
            )
            is_part = (start, end) != (0, len(texts[0]))
            if not is_part or (_is_named(before.text) and _is_named(after.text)):
                yield before, after


def chosen(
    edition: Edition, values: Sequence[tuple[int, str, str]], own: Path
) -> Iterator[tuple[Place, Statement]]:
    """Yield the values by code beside words that describe them, as entries of a ledger, each with
    its place. ``values`` are the cell (0 for the front matter), the expression and the text of
    each.
    """
    by_cell: dict[int, list[dict[str, str]]] = {}
    for cell, code, text in values:
        by_cell.setdefault(cell, []).append({"expression": code, "text": text})
    cells = [
        {**cell, "metadata": {"broadsheet": {"inline": by_cell.get(number, [])}}}
        for number, cell in enumerate(edition.source.cells(), start=1)
    ]
    metadata = {"broadsheet": {"inline": by_cell.get(0, []), "facts": {}}}
    shown = from_dict({"cells": cells, "metadata": metadata})
    parameters = declared(edition.source)
    for sentence in bound_sentences(edition, shown, own, is_judged=False).values():
        for value in sentence.values:
            words = description(value, edition.settings.lang, own)
            is_name = len(value.text.split()) <= _NAME and not value.code.startswith(
                ("[", "claim=")
            )
            if words and is_name and is_chosen(value.code, parameters):
                name = f"{value.code}: {words}"
                yield sentence.place, Statement(name, "", words, value.text, "chosen")


def message(before: str, after: str, words: str) -> str:
    """Return the message about a value that has moved."""
    return (
        f"the value that chooses moved from {before} to {after}; the words beside it, “{words}”, are as "
        "they were: read them"
    )


def description(value: Value, language: str, own: Path) -> str:
    """Return the words beside a value that describe it; empty if there are none."""
    if not is_label(value.text):
        return ""
    words = lexicon(language, own).stale
    after = re.match(words.after_a_name.replace("\n", ""), value.after)
    match = after or re.search(words.before_a_name.replace("\n", ""), value.before)
    return match[0].strip(f" ,;:()–—{GAP}") if match else ""
