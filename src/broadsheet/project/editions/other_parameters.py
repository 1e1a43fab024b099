"""The parameters cell of a notebook in another language than Python: plain assignments in R, Julia or
Bash.

Each line assigns a literal, and may end in a comment that says what the parameter is for:

    year <- 2022            # R
    partners = ["China"]    # Julia
    measure="value"         # Bash

A number, a text, true or false, nothing, and a list of these are literals, as the language writes
them. In R and Julia a whole number may be given where the default is one with a fraction, and the
other way round. Out of scope: annotations, and defaults that are computed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
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


_TEXT = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_REST = r"[ \t]*;?[ \t]*(?:#[ \t]*(?P<help>.*?))?[ \t]*"
_LINES = {
    "r": rf"(?P<name>[A-Za-z.][\w.]*)[ \t]*(?:<-|=)[ \t]*(?P<value>(?:{_TEXT}|[^#\"'])+?){_REST}",
    "julia": rf"(?P<name>[A-Za-z_]\w*)[ \t]*=[ \t]*(?P<value>(?:{_TEXT}|[^#\"'])+?){_REST}",
    "bash": rf"(?P<name>[A-Za-z_]\w*)=(?P<value>{_TEXT}|[^\s#\"'`$;&|()<>]*){_REST}",
}
_WORDS = {
    "r": {"TRUE": "True", "FALSE": "False", "T": "True", "F": "False", "NULL": "None", "c(": "["},
    "julia": {"true": "True", "false": "False", "nothing": "None"},
}
_TOKEN = re.compile(rf"{_TEXT}|\bc\(|\)|\b[A-Za-z]+\b|\b\d+L\b")


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
        except (ValueError, SyntaxError, TypeError):
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
    words = _WORDS[language]

    def python(match: re.Match[str]) -> str:
        token = match[0]
        if language == "r" and token == ")":
            return "]"
        if token.endswith("L") and token[:-1].isdigit():
            return token[:-1]
        return words.get(token, token)

    value: object = ast.literal_eval(_TOKEN.sub(python, text))
    return value
