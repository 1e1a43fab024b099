"""Messages as snapshots keep them: of each its kind, its place and its values.

The words of a kind stand once, in `message_kinds.txt`: a paragraph for what is wrong, or for what to
do, with the kind's name in its first line and the words below it. `…` stands for a value. The name
stays when the words change: a changed word is changed in one paragraph, and no snapshot differs.

A snapshot has `error: PLACE: KIND ¦ VALUE ¦ VALUE`, and below it `→ KIND ¦ VALUE`. `¶` stands
between parts of a message that are kinds of their own. What a message quotes below its words, as
code and tracebacks, stays as it is. A message whose words are not in the catalogue has no snapshot:
its test fails, and says which paragraph is to be written.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from syrupy.extensions.amber import AmberSnapshotExtension

from broadsheet.errors import VARIABLE

CATALOGUE = Path(__file__).with_name("message_kinds.txt")
VALUE, BETWEEN, AND = "…", " ¦ ", " ¶ "
_HEAD = re.compile(
    r"(?:error|warning|note): (?:[^:]|:(?! ))*: |broadsheet[a-z ]*: error: (?:argument [^:]*: )?"
)
"""How a message begins on standard error: how bad it is, and its place."""
_REMEDY = re.compile(r" *→ ")
_QUOTED = re.compile(r" |│|opens |usage: |$")
"""How lines begin that are quoted, or empty."""
_PLACE = re.compile(r"\S*[./]\S*(?:, (?:cell|line|row) \d+)*")
"""A line that is a place alone, as the preview shows it."""
_END = re.compile(r"(?<=[.?:]) ")
"""Where a part of a message may end: a sentence, or the name of what the rest is about."""


class MessageSnapshots(AmberSnapshotExtension):
    """Snapshots of messages, without the words of their kinds."""

    def serialize(self, data: Any, **options: Any) -> str:
        return super().serialize(in_short(data), **options)


def in_short(text: str) -> str:
    """Messages as a snapshot keeps them."""
    return "\n".join(start + (kinds_of(words) if words else "") for start, words in _lines(text))


def in_full(short: str) -> str:
    """Messages as they were, from what a snapshot keeps."""
    return "\n".join(start + (words_of(kinds) if kinds else "") for start, kinds in _lines(short))


def kinds_in(short: str) -> set[str]:
    """The names of the kinds of messages in a snapshot."""
    kinds = [kind for _, kinds in _lines(short) if kinds for kind in kinds.split(AND)]
    return {_name(kind) for kind in kinds}


def stored(file: Path) -> dict[str, str]:
    """The snapshots of a file, each by its test's name."""
    text = file.read_text("utf-8")
    bodies = re.findall(r"^# name: (.*)\n((?:  .*\n|\n)+)# ---$", text, re.MULTILINE)
    return {name: _text_of(re.sub("^  ", "", body, flags=re.M)[:-1]) for name, body in bodies}


def _text_of(body: str) -> str:
    """The text of a snapshot: between three quotation marks, or in Python's notation."""
    lines = body.removeprefix("'''\n").removesuffix("\n'''")
    return lines if lines != body else str(ast.literal_eval(body))


def _lines(text: str) -> list[tuple[str, str]]:
    """The lines of messages, each in two: what stays as it is; and words, or the kinds of them."""
    lines = []
    for line in text.split("\n"):
        start = _HEAD.match(line) or _REMEDY.match(line)
        if start is not None:
            lines.append((start[0], line[start.end() :]))
        elif _QUOTED.match(line) or _PLACE.fullmatch(line):
            lines.append((line, ""))
        else:
            lines.append(("", line))
    return lines


@cache
def catalogue() -> dict[str, str]:
    """The words of each kind."""
    kinds: dict[str, str] = {}
    for paragraph in CATALOGUE.read_text("utf-8").strip().split("\n\n"):
        if paragraph.startswith("# "):
            continue
        name, words = paragraph.split("\n")
        assert name not in kinds, f"two kinds are called {name}"
        kinds[name] = words
    return kinds


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """A pattern for each kind; those with the most words of their own come first."""
    kinds = sorted(catalogue().items(), key=lambda kind: _own_words([kind[0]]), reverse=True)
    return [
        (name, re.compile("(.*?)".join(map(re.escape, words.split(VALUE))), re.DOTALL))
        for name, words in kinds
    ]


def kinds_of(words: str) -> str:
    """The kinds of a message's words, with the values."""
    kinds = AND.join(_kinds(words))
    if not kinds:
        pytest.fail(  # which syrupy does not catch, as it does exceptions
            f"these words are not in {CATALOGUE.name}: {words}\n"
            f"Change the paragraph of their kind there, or add one, such as:\n\n{proposed(words)}\n",
            pytrace=False,
        )
    assert words_of(kinds) == words, f"a value has a sign that stands between values: {words}"
    return kinds


@cache
def _kinds(words: str) -> list[str]:
    """The kinds of words, as a whole or part by part, whichever leaves less to the values; none if
    the words are not in the catalogue.
    """
    ways = []
    for name, pattern in _patterns():
        match = pattern.fullmatch(words)
        if match is not None:
            ways.append([BETWEEN.join((name, *match.groups()))])
            break
    for end in _END.finditer(words):
        first, others = words[: end.start()], words[end.end() :]
        if (before := _kinds(first)) and (after := _kinds(others)):
            ways.append(before + after)
    return max(ways, key=_own_words, default=[])


def _own_words(kinds: list[str]) -> int:
    """How many characters of a message are the words of its kinds, and not values."""
    return sum(len(catalogue()[_name(kind)].replace(VALUE, "")) for kind in kinds)


def words_of(kinds: str) -> str:
    """The words of kinds, with the values in them."""
    parts = []
    for kind in kinds.split(AND):
        name, *values = kind.split(BETWEEN)
        first, *others = catalogue()[name].split(VALUE)
        parts.append(first + "".join(map("".join, zip(values, others, strict=True))))
    return " ".join(parts)


def proposed(words: str) -> str:
    """A paragraph for words that are not in the catalogue, to be mended by hand."""
    template = VARIABLE.sub(VALUE, words)
    return f"{'-'.join(re.findall('[a-z]+', template.lower())[:6])}\n{template}"


def _name(kind: str) -> str:
    return kind.partition(BETWEEN)[0]
