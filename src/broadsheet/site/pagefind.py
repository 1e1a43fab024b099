"""Pagefind, the program that makes indexes of search, asked by the protocol of its own service.

The service takes documents one by one and numbers them as they come, so an index depends on nothing
but the documents and their order. (Given a folder, Pagefind takes the order of the file system.)
The finished files come back by the same way: what the service writes to a disk itself may be cut
short when it ends. The protocol is that of the package `pagefind`, whose own client waits a tenth
of a second after each document.

It has a limit of time that grows with the documents, and one of what it may answer; past these it
is killed with all processes of its group. It ends with this process, however that ends.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import PurePosixPath
from typing import IO, Any

from broadsheet.errors import BroadsheetError, Place, ToolError, guarded
from broadsheet.site.workers import end_with_parent

SECONDS, SECONDS_A_DOCUMENT = 120.0, 0.25
"""How long an index may take: this long at least, and so much more for each document. It takes some
milliseconds.
"""
ANSWER = 64 * 2**20
"""Bytes of an index, at most, beside thirty times those of its documents."""

_MEND = "Install the package `pagefind[bin]` again, and build again; until then the search stays as it was."
_PIECE = 2**20
_SIGNATURE = b"pagefind_dcd"
_RUNTIME = ("pagefind.js", "pagefind-worker.js", "pagefind-entry.json")


def index_of(documents: Mapping[str, str], language: str) -> dict[str, bytes]:
    """The files of the index of ``documents``, HTML by the paths of their pages, in that order.

    Raises :class:`ToolError` where Pagefind is missing, fails, or takes too long.
    """
    questions: list[dict[str, Any]] = [
        {"type": "NewIndex", "config": {"force_language": language}},
        *(
            {"type": "AddFile", "index_id": 0, "file_path": path, "file_contents": text}
            for path, text in documents.items()
        ),
        {"type": "GetFiles", "index_id": 0},
    ]
    seconds = SECONDS + SECONDS_A_DOCUMENT * len(documents)
    most = ANSWER + 30 * sum(map(len, documents.values()))
    answer = _asked(questions, seconds, most)
    try:
        with guarded(Place("search"), "reading the index that Pagefind made"):
            made = {
                str(file["path"]): base64.b64decode(file["content"]) for file in answer["files"]
            }
            for meta in [name for name in made if name.endswith(".pf_meta")]:
                _put_in_order(made, meta)
            entry = json.loads(made["pagefind-entry.json"])
            needed = {
                *_RUNTIME,
                *(
                    f"wasm.{one['wasm'] or 'unknown'}.pagefind"
                    for one in entry["languages"].values()
                ),
            }
    except BroadsheetError as error:
        raise ToolError(error.where, error.what, _MEND) from error
    return {
        name: content
        for name, content in sorted(made.items())
        if _is_inside(name) and (name in needed or PurePosixPath(name).suffix.startswith(".pf_"))
    }


def _asked(questions: list[dict[str, Any]], seconds: float, most: int) -> dict[str, Any]:
    """The answer to the last of the ``questions``."""
    data = b"".join(
        base64.b64encode(json.dumps({"message_id": number, "payload": question}).encode()) + b","
        for number, question in enumerate(questions, start=1)
    )
    with tempfile.TemporaryFile() as said, _started(said) as process:
        why = "it ended before its work was done"
        try:
            for number, answer in enumerate(_answers(process, data, seconds, most), start=1):
                if answer["type"] == "Error":
                    why = str(answer.get("message"))
                    break
                if number == len(questions):
                    return answer
        except TimeoutError:
            raise ToolError(
                Place("search"),
                f"Pagefind did not make the index within {seconds:,.0f} seconds",
                "See what keeps it (`python -m pagefind --version` answers at once), and build again; "
                "until then the search stays as it was.",
            ) from None
        except (ValueError, KeyError, TypeError, MemoryError, RecursionError):
            why = "its answer is not understood"
        said.seek(max(0, said.seek(0, os.SEEK_END) - 2000))
        words = said.read().decode(errors="replace").strip().splitlines()
    raise ToolError(Place("search"), f"Pagefind failed: {words[-1][:300] if words else why}", _MEND)


@contextmanager
def _started(said: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The program's service, in a group of its own, which is ended afterwards."""
    from pagefind.service import get_executable

    try:
        program = get_executable()
        if program is None:
            raise FileNotFoundError("there is no program `pagefind`")
        process = subprocess.Popen(
            [program, "--service"],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            process_group=0,
            preexec_fn=end_with_parent,  # noqa: PLW1509
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolError(Place("search"), f"Pagefind does not start: {error}", _MEND) from error
    with process:
        try:
            yield process
        finally:
            _kill(process)


def _answers(
    process: subprocess.Popen[bytes], data: bytes, seconds: float, most: int
) -> Iterator[dict[str, Any]]:
    """Give it all of the ``data``; what it answers, in order. Raises :class:`TimeoutError` after
    ``seconds``, :class:`ValueError` for more than ``most`` bytes, and for what is no answer.
    """
    assert process.stdin is not None and process.stdout is not None
    question, answer, parts, sent = (
        process.stdin.fileno(),
        process.stdout.fileno(),
        list[bytes](),
        0,
    )
    os.set_blocking(question, False)
    deadline = time.monotonic() + seconds
    with selectors.DefaultSelector() as ready:
        ready.register(answer, selectors.EVENT_READ)
        ready.register(question, selectors.EVENT_WRITE)
        while (left := deadline - time.monotonic()) > 0:
            able = {key.fd for key, _ in ready.select(left)}
            if question in able:
                with suppress(BlockingIOError):
                    sent += _sent(question, data[sent : sent + _PIECE])
                if sent >= len(data):
                    ready.unregister(question)
            if answer not in able:
                continue
            chunk = os.read(answer, _PIECE)
            if not chunk:
                return
            most -= len(chunk)
            if most < 0:
                raise ValueError("too much")
            *ends, rest = chunk.split(b",")
            for end in ends:
                yield json.loads(base64.b64decode(b"".join([*parts, end])))["payload"]
                parts = []
            parts.append(rest)
    raise TimeoutError


def _sent(stream: int, piece: bytes) -> int:
    """How many bytes of a piece it took; all where it no longer listens, which its answer will
    tell.
    """
    try:
        return os.write(stream, piece)
    except BrokenPipeError:
        return len(piece)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it, with what it has started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _put_in_order(made: dict[str, bytes], meta: str) -> None:
    """Sort the list of filters, which Pagefind leaves as chance has it, in the list of an index's
    parts: CBOR, an array whose fourth item is the array of them. The file gets a name of its new
    content, in the entry too.
    """
    data = gzip.decompress(made[meta])
    at = len(_SIGNATURE) + 1
    if not data.startswith(_SIGNATURE) or data[at - 1] >> 5 != 4:
        return  # it is written in another way
    for _ in range(3):
        at = _after(data, at)
    count, start = _head(data, at)
    ends = [start]
    for _ in range(count):
        ends.append(_after(data, ends[-1]))
    items = sorted(data[one:other] for one, other in pairwise(ends))
    ordered = b"".join([data[:start], *items, data[ends[-1] :]])
    language, _, was = PurePosixPath(meta).stem.removeprefix("pagefind.").partition("_")
    name = hashlib.sha256(ordered).hexdigest()[: len(was)]
    del made[meta]
    made[f"pagefind.{language}_{name}.pf_meta"] = gzip.compress(ordered, mtime=0)
    made["pagefind-entry.json"] = made["pagefind-entry.json"].replace(
        f"{language}_{was}".encode(), f"{language}_{name}".encode()
    )


def _head(data: bytes, at: int) -> tuple[int, int]:
    """The number in the head of a CBOR item (RFC 8949, section 3), and where what follows it
    begins.
    """
    short = data[at] & 31
    size = 1 << short - 24 if short >= 24 else 0
    return int.from_bytes(data[at + 1 : at + 1 + size], "big") if size else short, at + 1 + size


def _after(data: bytes, at: int) -> int:
    """Where a CBOR item ends."""
    kind = data[at] >> 5
    number, at = _head(data, at)
    if kind in (2, 3):  # bytes, text
        return at + number
    for _ in range({4: number, 5: 2 * number, 6: 1}.get(kind, 0)):  # array, map, tag
        at = _after(data, at)
    return at
