"""Decodes what a program wrote as JSON, in any thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import msgspec

Kind = TypeVar("Kind")


def decoder(
    kind: type[Kind], dec_hook: Callable[[type, Any], Any] | None = None
) -> msgspec.json.Decoder[Kind]:
    """Return a decoder of values of a ``kind``, for any thread.

    msgspec learns a type when it first meets it. A second thread that meets the type meanwhile
    takes what is half learned, and the process crashes (msgspec 0.22). So one thread learns at a
    time, and nothing here decodes or converts but by this function, or after it was called with the
    type.
    """
    learned: Any = kind
    with _LEARNING:
        return _decoder(learned, dec_hook)


@cache
def _decoder(kind: Any, dec_hook: Any) -> msgspec.json.Decoder[Any]:
    import msgspec

    return msgspec.json.Decoder(kind, dec_hook=dec_hook)


_LEARNING = Lock()
