"""Messages over a stream socket: a channel's number, and the parts of one message, as a Jupyter session makes them.

    channel: 1 byte │ number of parts: 2 bytes │ length of each part: 8 bytes │ the parts

Big-endian. Both ends of a run speak it; so do the engine and its zygote, on :data:`CONTROL`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

SHELL, IOPUB, STDIN, CONTROL = range(4)

_HEAD = struct.Struct("!BH")
_LENGTH = struct.Struct("!Q")

Message = tuple[int, list[bytes]]


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
        lengths = [_LENGTH.unpack_from(self._held, _HEAD.size + number * _LENGTH.size)[0] for number in range(count)]
        self._wanted = body + sum(lengths)
        if len(self._held) < self._wanted:
            return None
        parts, start = [], body
        for length in lengths:
            parts.append(bytes(self._held[start:start + length]))
            start += length
        del self._held[:start]
        self._wanted = _HEAD.size
        return channel, parts
