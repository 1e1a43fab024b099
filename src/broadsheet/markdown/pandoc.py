"""The Pandoc workers: they render a page's Markdown into its body.

Starting Pandoc costs more than rendering a page, so a few `pandoc lua` processes live for the whole
build (see `lua/worker.lua` for their requests). They are state, which is in this module alone: a
worker that runs past the time limit of a page, or dies, is replaced and the page reported; one that
has done many pages is replaced too, so that its memory stays bounded.
"""

from __future__ import annotations

import importlib.util
import json
import os
import queue
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import IO, Any, Self

from broadsheet.errors import Notice, Place, RenderError, ToolError
from broadsheet.markdown.document import (
    OUTPUT,
    STRICT,
    Document,
    Inline,
    Rendered,
    contents_of,
    doubled_ids,
    fill,
    read_body,
    refuse_unfilled,
    titles_of,
)
from broadsheet.markdown.filter_words import words
from broadsheet.markdown.kept_answers import KeptAnswers
from broadsheet.markdown.letter_marks import has_letters, with_letters
from broadsheet.markdown.outputs import ELEMENTS
from broadsheet.markdown.shortcodes import Shortcodes
from broadsheet.processes.secret_values import for_child
from broadsheet.storage import limits
from broadsheet.text.html_tree import comments, parsed
from broadsheet.text.language import SOURCE
from broadsheet.text.own_words import of_metadata
from broadsheet.text.url_schemes import is_link
from papermill_warm import processes
from plotly_alive.drawing.processor_time import processor_time
from plotly_alive.errors import enumerated

PAGES_A_WORKER = 500
"""A worker is replaced after this many pages."""

OLDEST_PANDOC = (3, 6)
"""The oldest Pandoc by which pages are made: that of the oldest pypandoc_binary that is allowed."""
HEAP = "1500m"
"""The memory that one worker may use; with more, Pandoc ends itself."""

PLAIN = re.compile(r"(?! )(?:[^\W_]|[,;()%/–—’“”€£]| (?! |$)|[-.](?=[^\W_])|[.!?]$|:(?= ))+")
"""A short text without Markdown: its HTML is the text. Most headlines are like this."""

_LOOPING = re.compile(r"Loop encountered in expanding macro (\w+)")
_OF_CONDITIONS = re.compile(r"""-meta\s*=\s*["']?([^\s"'.}]+)""")
"""The first part of a key of the metadata in a condition."""
_START_LIMIT = 60.0
_PROBE_LIMIT = 1.0
_LOOK = 0.05

Answer = dict[str, Any]


class Pandoc:
    """A pool of workers; a context manager.

    ``render`` may be called from several threads. ``time_limit`` is seconds of a worker's processor
    time for a page; one that sleeps has :func:`limits.wall` of that. ``root`` is the publication's,
    for `_variables.yml`; addresses of bibliographies that are not absolute count from it. Answers are
    ``kept_in`` the publication at that root, if one is given.
    """

    def __init__(
        self,
        workers: int | None = None,
        time_limit: float = 10.0,
        root: Path | None = None,
        kept_in: Path | None = None,
    ) -> None:
        self.time_limit = time_limit
        self.root = root
        self._kept = KeptAnswers(kept_in) if kept_in is not None else None
        self._count = workers or os.cpu_count() or 1
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(self._count):
            self._idle.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self) -> None:
        """Start a worker, to be ready for the first page."""
        worker = self._idle.get()
        try:
            worker = worker or _Worker(self.root)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """End the workers, after the pages under work."""
        for _ in range(self._count):
            worker = self._idle.get()
            if worker is not None:
                worker.end()
        for _ in range(self._count):
            self._idle.put(None)

    def render(self, document: Document) -> Rendered:
        """Return the page's body. Raises :class:`RenderError` for a fault that its author can
        correct.
        """
        secret = secrets.token_hex(8)
        plain = {
            name: Inline(text, text)
            for name, text in document.inlines.items()
            if PLAIN.fullmatch(text)
        }
        others = {name: text for name, text in document.inlines.items() if name not in plain}
        request, notices = _request(replace(document, inlines=others), self.root, secret)
        lettered = with_letters(request, document.values)
        text = lettered.filled(self._answer(document, lettered.request))
        if lettered.request is not request and has_letters(text):
            text = self._answer(document, request)
        answer: Answer = json.loads(text)
        if (looping := _LOOPING.search(str(answer.get("failure")))) is not None:
            raise RenderError(
                document.find(f"\\{looping[1]}"),
                f"the TeX macro `\\{looping[1]}` is defined by itself, so that it never ends",
                "Define it by other commands, or take it out.",
            )
        if answer.get("failure"):
            raise RenderError(
                document.file,
                "a filter of Broadsheet broke on this page",
                "Halve the page until the cause is found, and report it with the lines below.",
                answer["failure"],
            )
        faults = [
            {
                **fault,
                "what": self._from_root(fault["what"]),
                "detail": self._from_root(fault["detail"]),
            }
            for fault in _objects(answer["faults"])
        ]
        if faults:
            raise _error(document, faults)
        notices += [
            Notice(
                _place(document, notice),
                notice["what"],
                notice["mend"],
                _detail(document, notice),
                notice["topic"],
            )
            for notice in _objects(answer["notices"])
        ]
        inlines = plain | {
            name: Inline(value["html"], value["text"])
            for name, value in dict(answer["inlines"] or {}).items()
        }
        body, contents = parsed(answer["html"]), contents_of(document.slots)
        prose = read_body(body, document, contents)
        doubled = doubled_ids(prose, document)
        if doubled and document.options.get(STRICT):
            raise RenderError(doubled[0].where, doubled[0].what, doubled[0].mend)
        notices += doubled
        slot = f"slot:{secret}:"
        places = [(comment, comment.text.removeprefix(slot)) for comment in comments(body, slot)]
        figures, filled = fill(places, contents, document)
        hidden = frozenset(map(int, answer["hidden"] or ()))
        refuse_unfilled(document.placed - filled - hidden, document)
        return Rendered(
            body,
            inlines,
            prose,
            tuple(titles_of(inlines, document.file)),
            (*document.notices, *notices),
            _references(answer["references"] or {}),
            figures,
            hidden,
        )

    def _from_root(self, text: str | None) -> str:
        """Return ``text`` with the paths of the publication's files as its author wrote them."""
        return (text or "").replace(f"{self.root}/", "") if self.root else text or ""

    def _answer(self, document: Document, request: Mapping[str, Any]) -> str:
        """Return the answer to a request, as JSON: the one that was kept, or Pandoc's."""
        line = json.dumps(request, default=str)
        if self._kept is None:
            return self._ask(document, line)
        key, secret = self._kept.key(line, request, program()), request["secret"]
        kept = self._kept.get(key, secret)
        if kept is not None:
            return kept
        text = self._ask(document, line)
        if key == self._kept.key(line, request, program()):
            self._kept.put(key, secret, text)
        return text

    def _ask(self, document: Document, line: str) -> str:
        worker = self._idle.get()
        try:
            if worker is None:
                worker = _Worker(self.root)
            answer = worker.ask(line, self.time_limit)
            if worker.pages >= PAGES_A_WORKER:
                worker.end()
                worker = None
            return answer
        except _Silence as silence:
            worker = None
            place = (
                self._culprit(document) if silence.reached == "processor" else Place(document.file)
            )
            raise _unanswered(place, silence, self.time_limit) from silence
        except BaseException:
            # Half a request may stand in its pipe.
            if worker is not None:
                worker.end()
            worker = None
            raise
        finally:
            self._idle.put(worker)

    def _culprit(self, document: Document) -> Place:
        """Return the cell, and in it the paragraph, that alone takes too long to parse; the page if
        none does.
        """
        limit = min(_PROBE_LIMIT, self.time_limit)
        for piece in _pieces(document):
            if _endless(piece.text, limit, self.root):
                for part in _paragraphs(piece):
                    if _endless(part.text, limit, self.root):
                        return document.place(part.line)
                return document.place(piece.line)
        return Place(document.file)


@dataclass(frozen=True)
class _Piece:
    line: int
    """The line of the document's Markdown on which it begins."""
    text: str
    """Its text."""


class _Silence(Exception):
    """A worker gave no answer: it ``reached`` the limit of its "processor" time or the one by the
    "clock", or it ended (""), with its ``last_words``. ``used`` is the processor time that
    it took, in seconds.
    """

    def __init__(self, reached: str, used: float, last_words: str) -> None:
        super().__init__(last_words)
        self.reached = reached
        self.used = used
        self.last_words = last_words


class _Worker:
    """A Pandoc process. ``ask`` is called by one thread at a time."""

    def __init__(self, root: Path | None) -> None:
        self.pages = 0
        self._words: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        # `pandoc lua` makes a file for a history of input, and leaves it behind when it is killed.
        self._temporary = tempfile.TemporaryDirectory(prefix="broadsheet-pandoc-")
        with as_file(files("broadsheet.markdown") / "lua") as lua:
            memory = ["+RTS", f"-M{HEAP}", "-A48m", "-O32m", "-RTS"]
            command = [program(), *memory, "lua", str(lua / "worker.lua")]
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._words,
                cwd=root,
                env={**for_child(), "TMPDIR": self._temporary.name},
            )

    def ask(self, request: str, limit: float) -> str:
        """Send a request, as a line of JSON. Returns the answer, as JSON. Raises :class:`_Silence`; the
        worker has then ended.
        """
        if not self.pages:
            self._listen(_START_LIMIT)
        self.pages += 1
        return self._listen(limit, f"{request}\n".encode())

    def end(self) -> str:
        """Kill it. Returns its last words."""
        self._process.kill()
        self._process.wait()
        last_words = b""
        if not self._words.closed:
            self._words.seek(0)
            last_words = self._words.read()[-2000:]
        for stream in (self._process.stdin, self._process.stdout, self._words):
            if stream is not None:
                with suppress(OSError):  # what stood in a dead worker's pipe
                    stream.close()
        self._temporary.cleanup()
        return last_words.decode(errors="replace").strip()

    def _listen(self, limit: float, question: bytes = b"") -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        watch = _Watch(self._process, limit)
        watch.start()
        try:
            if question:
                self._process.stdin.write(question)
                self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:
            line = b""
        finally:
            watch.end()
        if line.endswith(b"\n"):
            return line.decode()
        raise _Silence(watch.reached, watch.used, self.end())


class _Watch(threading.Thread):
    """Kills a worker that has used ``limit`` seconds of processor time for a page, or sleeps far
    longer than that.
    """

    def __init__(self, process: subprocess.Popen[bytes], limit: float) -> None:
        super().__init__(name="page time", daemon=True)
        self._process = process
        self._limit = limit
        self._done = threading.Event()
        self._begun = processor_time(process.pid) or 0.0
        self.reached = ""
        self.used = 0.0

    def run(self) -> None:
        """Check again whenever the worker may have used up its remaining time; seconds in which it
        was ready to run and other processes had the processors do not count as its sleep.
        """
        pid, before, begun = self._process.pid, dict[int, float](), time.monotonic()
        left, idle = self._limit, limits.wall(self._limit)
        while not self._done.wait(max(_LOOK, min(left, idle))):
            now, waited = processor_time(pid), processes.seconds_waited(pid)
            before = before or waited
            self.used = now - self._begun if now is not None else self._limit
            left = self._limit - self.used
            idle = (
                limits.wall(self._limit)
                + processes.longest_wait(before, waited)
                - (time.monotonic() - begun)
            )
            if min(left, idle) <= 0:
                self.reached = "processor" if left <= 0 else "clock"
                self._process.kill()
                return

    def end(self) -> None:
        """Stop watching; no thread is left, so that processes can be forked."""
        self._done.set()
        self.join()


@cache
def program() -> str:
    """Return the path of the Pandoc that is installed with this program, whatever else is on the
    path: pages are the same on every machine. Without it, return that of the one on the path. Raises
    :class:`ToolError` if that is older than :data:`OLDEST_PANDOC`, or if there is none.
    """
    spec = importlib.util.find_spec(
        "pypandoc"
    )  # not imported: that alone takes as long as some pages
    if spec is not None and spec.origin is not None:
        name = "pandoc.exe" if os.name == "nt" else "pandoc"
        bundled = Path(spec.origin).parent / "files" / name
        if bundled.is_file():
            return str(bundled)
    # That of an environment of conda is beside its Python, which need not be on the path.
    folders = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    on_path = shutil.which("pandoc", path=folders)
    version = _version(on_path) if on_path else ()
    if on_path is None or version < OLDEST_PANDOC:
        least = ".".join(map(str, OLDEST_PANDOC))
        why = f"{on_path} is older than {least}" if version else "no Pandoc starts here"
        raise ToolError(
            "pandoc",
            f"{why}: no page can be made",
            f"Run `pip install --force-reinstall pypandoc_binary`, or install Pandoc {least} or newer.",
        )
    return on_path


def _version(path: str) -> tuple[int, ...]:
    """Return the version of a Pandoc; empty if it does not start."""
    try:
        answer = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=_START_LIMIT, check=False
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return ()
    numbers = re.match(r"pandoc\S*[ ]+([\d.]+)", answer.stdout)
    return tuple(int(part) for part in numbers[1].split(".") if part) if numbers else ()


def _request(
    document: Document, root: Path | None, secret: str
) -> tuple[dict[str, object], list[Notice]]:
    """Return the request for a page, and notices about its shortcodes."""
    shortcodes = Shortcodes(document, root)
    markdown = shortcodes.replaced(
        document.markdown,
        secret,
        lambda offset: document.place(document.markdown.count("\n", 0, offset) + 1),
    )
    inlines = {
        name: shortcodes.replaced(text, secret, lambda offset: document.place())
        for name, text in document.inlines.items()
    }
    options = dict(document.options)
    options.setdefault("csl", str(files("broadsheet.markdown") / "citations.csl"))
    # A condition names keys; without the others, editions that differ in them are one request.
    keys = {"profile", *_OF_CONDITIONS.findall(markdown)} if "content-" in markdown else set()
    metadata = {key: value for key, value in document.metadata.items() if key in keys}
    has_values = any(answer["kind"] == "markdown" for answer in shortcodes.answers.values())
    elements = sorted(ELEMENTS) if has_values or f"{{={OUTPUT}}}" in markdown else []
    return {
        "markdown": markdown,
        "inlines": inlines,
        "elements": elements,
        "options": options,
        "metadata": metadata,
        "answers": shortcodes.answers,
        "references": document.references,
        "secret": secret,
        "words": words(str(options.get("lang") or SOURCE), of_metadata(document.metadata)),
    }, shortcodes.notices


def _references(answer: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """Return the bibliography's data, without addresses that a link may not have."""
    return {
        key: {
            name: value
            for name, value in entry.items()
            if name not in ("url", "archived") or is_link(value)
        }
        for key, entry in answer.items()
    }


def _error(document: Document, faults: Sequence[Answer]) -> RenderError:
    first, *others = faults
    details = [_detail(document, first)]
    details += [f"also: {_place(document, fault)}: {fault['what']}" for fault in others]
    detail = "\n".join(filter(None, details))
    return RenderError(
        _place(document, first), first["what"], first["mend"], detail, first["topic"]
    )


def _detail(document: Document, fault: Answer) -> str:
    """Return the text below a message: for a doubled id, the places of the other elements that have
    it.
    """
    details = [fault["detail"]] if fault["detail"] else []
    if len(places := _places(document, fault)) > 1:
        details.append(f"the others: {enumerated([str(place) for place in places[1:]], 3)}")
    return "\n".join(details)


def _place(document: Document, fault: Answer) -> Place:
    return next(iter(_places(document, fault)), None) or document.find(fault["needle"].lstrip("#"))


def _places(document: Document, fault: Answer) -> list[Place]:
    if fault.get("line"):
        return [document.place(fault["line"])]
    return document.places_of(str(fault.get("needle") or ""))


def _objects(value: object) -> list[Answer]:
    """Return a list written by Lua, where an empty table may have become an object."""
    return list(value) if isinstance(value, list) else []


def _unanswered(place: Place, silence: _Silence, limit: float) -> RenderError:
    if silence.reached == "clock":
        return RenderError(
            place,
            f"Pandoc gave no answer for this page in {limits.wall(limit):g} seconds by the "
            f"clock, of which it worked {silence.used:.1f}",
            "The machine is very busy, or something has stopped Pandoc: build again, with fewer "
            "`--jobs`.",
        )
    if silence.reached:
        return RenderError(
            place,
            f"Pandoc did not finish this page in {limit:g} seconds of processor time",
            "Look for many brackets that open and do not close; write `\\[` for a plain one. "
            "A page that is only long, or cites from a bibliography of very many entries, may have a "
            "greater `broadsheet: page-time-limit`.",
        )
    if "heap" in silence.last_words.lower():
        return RenderError(
            place,
            f"Pandoc needed more than {HEAP} of memory for this page",
            "Divide the page, or look for deeply nested brackets or tables.",
        )
    return RenderError(
        place,
        "Pandoc ended while it rendered this page",
        "Run the build again; if it happens again, halve the page until the cause is found.",
        silence.last_words,
    )


def _endless(text: str, limit: float, root: Path | None) -> bool:
    worker = _Worker(root)
    try:
        worker.ask(json.dumps({"probe": text}), limit)
    except _Silence:
        return True
    worker.end()
    return False


def _pieces(document: Document) -> Iterator[_Piece]:
    """Yield the Markdown by cells; a page that is not a notebook is one piece."""
    lines = document.markdown.split("\n")
    starts = [stretch.line for stretch in document.stretches if stretch.place.cell is not None] or [
        1
    ]
    for start, end in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
        yield _Piece(start, "\n".join(lines[start - 1 : end - 1]))


def _paragraphs(piece: _Piece) -> Iterator[_Piece]:
    for match in re.finditer(r"(?:[^\n]+\n?)+", piece.text):
        yield replace(
            piece, line=piece.line + piece.text.count("\n", 0, match.start()), text=match.group()
        )
