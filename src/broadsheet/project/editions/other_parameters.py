"""The parameters cell of a notebook in another language than Python: plain assignments in R, Julia or
Bash.

Each line assigns a literal, and may end in a comment that says what the parameter is for:

    year <- 2022            # R
    partners = ["China"]    # Julia
    measure="value"         # Bash

A number, a text, true or false, nothing, and a list of these are literals, as the language writes
them; lists within lists are not. In R and Julia a whole number may be given where the default is one
with a fraction, and the other way round. Out of scope: annotations, and defaults that are computed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Assignment:
    """A line of a parameters cell."""

    line: int
    """Its number in the cell, from 1."""
    text: str
    """The line as it is written."""
    name: str = ""
    """The name that it assigns to; empty if the line is no assignment of a literal."""
    default: object = None
    """The value."""
    help: str = ""
    """The comment behind it."""


_TEXT = r"\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'"
_VALUE = rf"(?P<value>(?:{_TEXT}|[^#\"'])++)(?:#[ \t]*+(?P<help>.*))?"
_LINES = {
    "r": rf"(?P<name>[A-Za-z.][\w.]*+)[ \t]*+(?:<-|=)[ \t]*+{_VALUE}",
    "julia": rf"(?P<name>[A-Za-z_]\w*+)[ \t]*+=[ \t]*+{_VALUE}",
    "bash": (
        rf"(?P<name>[A-Za-z_]\w*+)=(?P<value>{_TEXT}|[^\s#\"'`;$&|()<>]*+)"
        r"[ \t]*+;?[ \t]*+(?:#[ \t]*+(?P<help>.*))?"
    ),
}
_DECIMAL = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_NUMBERS = {
    "r": re.compile(rf"[+-]?(?:0[xX][\da-fA-F]+|{_DECIMAL})"),
    "julia": re.compile(rf"[+-]?(?:0x[\da-fA-F]+|0o[0-7]+|0b[01]+|{_DECIMAL}|\d+(?:_\d+)+)"),
}
_WORDS: Mapping[str, Mapping[str, object]] = {
    "r": {"TRUE": True, "FALSE": False, "T": True, "F": False, "NULL": None},
    "julia": {"true": True, "false": False, "nothing": None},
}
_LISTS = {
    "r": re.compile(r"c[ \t]*+\((?P<items>.*)\)"),
    "julia": re.compile(r"\[(?P<items>.*)\]"),
}
_ITEM = re.compile(rf"[ \t]*+(?P<item>{_TEXT}|[^\s,\"'()\[\]{{}}]++)[ \t]*+(?:,|\Z)")


def languages() -> frozenset[str]:
    """Return the languages whose assignments are read, in small letters."""
    return frozenset(_LINES)


def assignments(code: str, language: str) -> Iterator[Assignment]:
    """Yield the lines of a parameters cell that are not empty or comments alone."""
    pattern = re.compile(_LINES[language])
    for number, line in enumerate(code.split("\n"), start=1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        match = pattern.fullmatch(bare)
        try:
            value = _literal(match["value"], language) if match else None
        except (ValueError, SyntaxError):
            match = None
        if match is None:
            yield Assignment(number, bare)
        else:
            yield Assignment(number, bare, match["name"], value, match["help"] or "")


def _literal(text: str, language: str) -> object:
    """Return the value of a literal. Raises :class:`ValueError` or :class:`SyntaxError`."""
    if language == "bash":
        bare = text[1:-1] if text[:1] in ("'", '"') and text else text
        return int(text) if re.fullmatch(r"-?(0|[1-9]\d*)", text) else bare
    written = text.rstrip().removesuffix(";").rstrip()
    several = _LISTS[language].fullmatch(written)
    if several is None:
        return _scalar(written, language)
    items = several["items"].strip()
    items = items.removesuffix(",") if language == "julia" else items
    return list(_items(items, language))


def _items(text: str, language: str) -> Iterator[object]:
    """Yield the values of a list."""
    at = 0
    while at < len(text):
        item = _ITEM.match(text, at)
        if item is None or (text.endswith(",") and item.end() == len(text)):
            raise ValueError("this is no list of literals")
        yield _scalar(item["item"], language)
        at = item.end()


def _scalar(text: str, language: str) -> object:
    """Return the value of a literal that is no list."""
    if text in _WORDS[language]:
        return _WORDS[language][text]
    if language == "julia" and "$" in text:
        raise ValueError("this text is computed")
    whole = text.removesuffix("L") if language == "r" else text
    if _NUMBERS[language].fullmatch(whole) or re.fullmatch(_TEXT, text):
        value: object = ast.literal_eval(whole)  # such numbers and texts are the same in Python
        return value
    raise ValueError("this is no literal")
