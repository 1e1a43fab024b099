"""The messages of an editor, as they come over standard input: bounded, and each whole or refused.

:class:`Messages` stands between standard input and pygls, which trusts what comes. A message that is
longer than the limit is passed over and answered by an error. A header that gives no length leaves
no way to find the next message, so the server ends, and says why (:attr:`Messages.fault`). It also
ends when the editor has closed its end, whatever it is doing then.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from typing import BinaryIO

from broadsheet.errors import BroadsheetError, UsageError
from broadsheet.storage.limits import TABLE

_LONGEST_LINE = 4096
_MOST_HEADERS = 20
_CHUNK = 1 << 20
_SOON = 0.5
_INVALID = -32600
"""The code of an invalid request, in JSON-RPC."""
_MEND = "A language server is started by an editor: see how yours starts it."


class Messages:
    """Well-formed messages, read like a file. ``answer`` writes a message to the editor. Has state:
    the unread part of a message, and the ``fault`` at which reading ended.
    """

    def __init__(self, stream: BinaryIO, answer: Callable[[bytes], object]) -> None:
        self.fault: BroadsheetError | None = None
        self._stream, self._answer = stream, answer
        self._lines: list[bytes] = []
        self._body = b""

    def readline(self) -> bytes:
        """Return the next line of a header; empty at the end."""
        while not self._lines:
            try:
                message = self._next()
            except BroadsheetError as fault:
                self.fault, message = fault, None
            if message is None:
                timer = threading.Timer(_SOON, os._exit, (1,))  # a check may take its time
                timer.daemon = True
                timer.start()
                return b""
            if message:
                self._body = message
                self._lines = [b"Content-Length: %d\r\n" % len(message), b"\r\n"]
        return self._lines.pop(0)

    def read(self, size: int) -> bytes:
        """Return the body of the message whose header was read."""
        return self._body

    def _next(self) -> bytes | None:
        """Return the next body; empty for one that is passed over, and None at the end."""
        length = self._length()
        if length is None:
            return None
        if length > TABLE["message-size"].value:
            return self._passed_over(length)
        body = self._stream.read(length)
        return body if len(body) == length else None

    def _length(self) -> int | None:
        """Return the length in the next header; None at the end."""
        length, count = None, 0
        while (line := self._stream.readline(_LONGEST_LINE)).strip() or not count:
            if not line.endswith(b"\n"):
                if not line or len(line) < _LONGEST_LINE:
                    return None
                raise UsageError("standard input", "a line of a header does not end", _MEND)
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                length = self._number(value.strip())
            count += 1
            if count > _MOST_HEADERS:
                break
        if length is None and line:
            raise UsageError(
                "standard input", "the header of a message has no `Content-Length`", _MEND
            )
        return length

    def _number(self, value: bytes) -> int:
        if not value.isdigit() or len(value) > 18:
            shown = value[:40].decode("ascii", "backslashreplace")
            raise UsageError("standard input", f"`Content-Length` is {shown!r}, no length", _MEND)
        return int(value)

    def _passed_over(self, length: int) -> bytes | None:
        limit, left = TABLE["message-size"], length
        while left:
            if not (part := self._stream.read(min(left, _CHUNK))):
                return None
            left -= len(part)
        text = (
            f"Broadsheet: a message of {limit.shown(length)} was passed over; the limit is "
            f"{limit.shown(limit.value)}"
        )
        error = {"jsonrpc": "2.0", "id": None, "error": {"code": _INVALID, "message": text}}
        shown = {
            "jsonrpc": "2.0",
            "method": "window/showMessage",
            "params": {"type": 2, "message": text},
        }
        for message in (error, shown):
            body = json.dumps(message).encode()
            self._answer(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        return b""
