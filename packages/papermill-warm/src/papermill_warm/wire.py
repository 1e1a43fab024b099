"""The messages between engine and run: over stream sockets, each with the number of its channel.

:class:`Hello` and :class:`RunRequest` go between engine and zygote, as JSON over a pipe.

    channel: 1 byte │ number of parts: 2 bytes │ bytes to come: 8 │ length of each part: 8 │ the parts

Big-endian. On a run's socket the parts are those that a Jupyter session makes. On :data:`CONTROL`
there is one, JSON: the supervisor's report at a run's end.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

SHELL, IOPUB, STDIN, CONTROL = range(4)
INTERRUPT, KILL = b"i", b"k"
"""The orders that an engine sends over a run's control socket, a byte each."""

PASSING = frozenset(
    {"_", "SHLVL", "PWD", "OLDPWD", "COLUMNS", "LINES", "JPY_PARENT_PID", "PYTEST_CURRENT_TEST"}
    | {"QUARTO_PROJECT_ROOT", "QUARTO_DOCUMENT_PATH", "QUARTO_DOCUMENT_FILE"}
    | {"QUARTO_EXECUTE_INFO"}
)
"""Environment variables that differ from run to run and that no library reads when it is imported;
those of Quarto name the document.
"""

_HEAD = struct.Struct("!BHQ")

Message = tuple[int, list[bytes]]


@dataclass(frozen=True)
class Preparation:
    """The preparation of a zygote before it is warm."""

    preload: Sequence[str]
    """The modules to import, if they are installed."""
    warm_up: str = ""
    """The name of a module of the caller's to be warmed up, or empty."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Modules that it has found out not to import, each with the reason."""


@dataclass(frozen=True)
class Hello:
    """The message of a zygote when it is warm."""

    watched: dict[str, int]
    """The folders of libraries, each with its time of change before the imports, in nanoseconds."""
    names: list[str]
    """The top-level modules that a cold kernel would not have."""
    threads: int
    """The number of its threads."""
    missing: list[str]
    """The modules that it was to import and that are not installed."""
    left_out: dict[str, str]
    """The modules that it was to import and did not, each with the reason."""


@dataclass(frozen=True)
class RunRequest:
    """The message that asks a zygote for a run."""

    environment: dict[str, str]
    """The environment of the notebook's process."""
    folder: str
    """The working directory."""
    mask: int
    """The umask."""
    parent: int
    """The id of the process that asks."""
    memory: int | None = None
    """The limit of memory in bytes; None without one."""
    sources: Sequence[str] = ()
    """The texts of the cells."""
    head: Sequence[str] = ()
    """The texts of the cells that run once for all editions; empty if there are none."""


def pack(channel: int, parts: Sequence[bytes]) -> bytes:
    """Return a message as bytes."""
    lengths = struct.pack(f"!{len(parts)}Q", *map(len, parts))
    body = b"".join([lengths, *parts])
    return _HEAD.pack(channel, len(parts), len(body)) + body


class Unpacker:
    """Turns the bytes of a stream, as they come, back into messages."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Take ``data`` in and yield each message that is complete."""
        self._held += data
        while len(self._held) >= _HEAD.size:
            channel, count, size = _HEAD.unpack_from(self._held)
            end = _HEAD.size + size
            if len(self._held) < end:
                return
            body = bytes(self._held[_HEAD.size : end])
            del self._held[:end]
            yield channel, _split(body, count)


def _split(body: bytes, count: int) -> list[bytes]:
    lengths = struct.unpack_from(f"!{count}Q", body)
    parts, start = [], count * 8
    for length in lengths:
        parts.append(body[start : start + length])
        start += length
    return parts
