"""JSON that a person or a program wrote: read whole, or refused with a reason."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from broadsheet.errors import BroadsheetError, Place
from plotly_alive.text.json_decoding import decoder

Kind = TypeVar("Kind")

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]|[^\s"{}\[\],:]+', re.DOTALL)
"""A string, a bracket, a comma or another value of JSON."""

_MEND = (
    "Look just before this place for a comma, quote or bracket that is missing or left over, or "
    "for the conflict marks of a merge."
)


class _TwiceError(Exception):
    """A key occurs twice in a mapping: JSON's readers keep the last, and lose the first value."""


def read_json(text: str, where: Place, kind: type[BroadsheetError], what: str) -> Any:
    """Return the value in ``text``. Raises an error of the ``kind`` whose message begins with
    ``what``: `this is not JSON`.
    """
    if not text.strip():
        raise kind(
            Place(where.file, line=1),
            f"{what}: the file is empty",
            "Put it back from its last version, or take it away.",
        )
    try:
        return json.loads(text, object_pairs_hook=_once_each)
    except json.JSONDecodeError as error:
        reason = f"{error.msg[0].lower()}{error.msg[1:].removesuffix(' at')}"
        raise kind(
            Place(where.file, line=error.lineno),
            f"{what}: {reason}, at character {error.colno} of the line",
            _MEND,
        ) from None
    except _TwiceError as error:
        raise kind(
            where,
            f"{what}: the key {error.args[0]!r} stands twice in one mapping",
            "Keep one of the two; a merge may have left both.",
        ) from None
    except RecursionError:
        raise kind(
            where,
            f"{what}: it is nested too deeply",
            "Take levels of nesting out; in a notebook, clear the outputs.",
        ) from None
    except ValueError:  # a number of more digits than Python reads
        raise kind(
            where,
            f"{what}: it has a number of more than 4,300 digits",
            "Write this number as text, or take it out.",
        ) from None


def decoded(
    content: bytes,
    kind: type[Kind],
    dec_hook: Callable[[type, Any], Any] | None = None,
) -> Kind | None:
    """Return the value of a ``kind`` that a program wrote as JSON; None for anything else."""
    import msgspec

    try:
        return decoder(kind, dec_hook).decode(content)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def positions(text: str) -> Iterator[tuple[tuple[str | int, ...], int, int]]:
    """Yield the keys and indices that lead to each value in a text of JSON, with the positions at
    which the value begins and ends. A list or a mapping follows what is in it.
    """
    path: list[str | int] = []
    starts: list[int] = []
    key = False
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "{[":
            starts.append(match.start())
            path.append(0 if token == "[" else "")
            key = token == "{"
        elif token in "}]":
            del path[-1:]
            key = False
            if starts:
                yield tuple(path), starts.pop(), match.end()
        elif token == ",":
            key = bool(path) and isinstance(path[-1], str)
            if path and isinstance(path[-1], int):
                path[-1] += 1
        elif key:
            path[-1] = json.loads(token, strict=False) if "\\" in token else token[1:-1]
            key = False
        else:
            yield tuple(path), *match.span()


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key, value in pairs:
        if key in mapping:
            raise _TwiceError(key[:60])
        mapping[key] = value
    return mapping
