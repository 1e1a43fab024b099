"""Options of a cell as knitr has them: R's arguments, `fig.cap = "…", echo = FALSE`.

They stand behind the language of a block, "```{r, echo=FALSE}", or in lines `#| fig.cap = "…",`, where
the comma at the end of a line may be missing. A value is a text, a number, true or false. Out of scope:
values that R would have to compute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_PART = re.compile(
    r""""(?:[^"\\]|\\.)*+(?:"|\\?\Z)|'(?:[^'\\]|\\.)*+(?:'|\\?\Z)|[(){}\[\],\n]""", re.DOTALL
)
"""A text, or a sign that groups or parts arguments."""
_KEYED = re.compile(r"(?P<key>[A-Za-z][\w.-]*+)\s*+=(?!=)\s*+(?P<value>.+)", re.DOTALL)
_TEXT = re.compile(r""""[^"\\]*"|'[^'\\]*'""")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_SWITCHES = {"TRUE": True, "T": True, "FALSE": False, "F": False}
_RESULTS: Mapping[object, object] = {"asis": "asis", "hide": False}
"""The values of `results` that Quarto's `output` has, too."""


@dataclass(frozen=True)
class Argument:
    """An option."""

    line: int
    """The line on which it begins, from 1."""
    written: str
    """The option as it is written."""
    key: str = ""
    """Its name, with hyphens in place of dots and in small letters; empty for a value alone."""
    value: object = None
    """Its value; None if R would have to compute it."""
    is_of_r: bool = False
    """Its form is R's alone: a dot is in its name, or a comma stands behind it."""


def arguments(text: str) -> Iterator[Argument]:
    """Yield the options in ``text``, in order."""
    depth, start, line = 0, 0, 1
    for match in (*_PART.finditer(text), None):
        sign = match[0] if match else ""
        depth += (sign in tuple("({[")) - (sign in tuple(")}]"))
        if match is None or (sign in (",", "\n") and depth <= 0):
            depth, end = 0, match.start() if match else len(text)
            written = text[start:end]
            if written.strip():
                lines = written[: len(written) - len(written.lstrip())].count("\n")
                yield _argument(line + lines, written.strip(), has_comma=sign == ",")
            line += text.count("\n", start, end + len(sign))
            start = end + len(sign)


def _argument(line: int, written: str, *, has_comma: bool) -> Argument:
    keyed = _KEYED.fullmatch(written)
    if keyed is None:
        return Argument(line, written)
    key, value = keyed["key"].lower().replace(".", "-"), _value(keyed["value"])
    if key == "results" and value in _RESULTS:
        key, value = "output", _RESULTS[value]
    return Argument(line, written, key, value, has_comma or "." in keyed["key"])


def _value(written: str) -> object:
    """Return the value of a literal of R; None for anything else."""
    if _TEXT.fullmatch(written):
        return written[1:-1]
    if number := _NUMBER.fullmatch(written):
        return float(written) if number[1] else int(written)
    return _SWITCHES.get(written)
