"""What passes between engine, zygote and run: messages over stream sockets, each with the number of
its channel.

    channel: 1 byte │ number of parts: 2 bytes │ length of each part: 8 bytes │ the parts

Big-endian. On a run's socket the parts are those that a Jupyter session makes. On :data:`CONTROL`
there is one, JSON: :class:`Hello` and :class:`Request` between engine and zygote, and the guard's
report at a run's end.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SHELL, IOPUB, STDIN, CONTROL = range(4)

_HEAD = struct.Struct("!BH")
_LENGTH = struct.Struct("!Q")

Message = tuple[int, list[bytes]]


@dataclass(frozen=True)
class Hello:
    """What a zygote says when it is warm. ``watched``: folders of libraries → their mtime before
    the imports, in ns.
    """

    watched: dict[str, int]
    names: list[str]
    """Top-level modules that a cold kernel would not have."""
    noisy: list[str]
    """Libraries that wrote or warned when imported, so that a notebook that imports them must see
    it.
    """
    threads: int


@dataclass(frozen=True)
class Request:
    """One run: what the notebook's process is to find around it. ``memory`` is a limit in bytes."""

    environment: dict[str, str]
    folder: str
    mask: int
    parent: int
    memory: int | None = None


def pack(channel: int, parts: Sequence[bytes]) -> bytes:
    """One message as bytes."""
    lengths = [_LENGTH.pack(len(part)) for part in parts]
    return b"".join([_HEAD.pack(channel, len(parts)), *lengths, *parts])


class Unpacker:
    """The bytes of a stream as they come, turned back into messages."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._wanted = _HEAD.size

    def feed(self, data: bytes) -> Iterator[Message]:
        """Take ``data`` in and give each message that is now whole."""
        self._held += data
        while len(self._held) >= self._wanted:
            message = self._take()
            if message is None:
                return
            yield message

    def _take(self) -> Message | None:
        channel, count = _HEAD.unpack_from(self._held)
        body = _HEAD.size + count * _LENGTH.size
        if len(self._held) < body:
            self._wanted = body
            return None
        lengths = [
            _LENGTH.unpack_from(self._held, _HEAD.size + number * _LENGTH.size)[0]
            for number in range(count)
        ]
        self._wanted = body + sum(lengths)
        if len(self._held) < self._wanted:
            return None
        parts, start = [], body
        for length in lengths:
            parts.append(bytes(self._held[start : start + length]))
            start += length
        del self._held[:start]
        self._wanted = _HEAD.size
        return channel, parts
