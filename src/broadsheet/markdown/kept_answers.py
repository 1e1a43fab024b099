"""The answers of Pandoc, which are kept from one build to the next: `.broadsheet/markdown/`.

The key of an answer is all that it depends on: the request, in which facts and claims are letters
(:mod:`broadsheet.markdown.letter_marks`), the bibliography, the style of citations, the filters and
Pandoc itself. So a page whose data alone have changed is not read again, and the editions of a
notebook that say the same of other figures are read once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from broadsheet.errors import StoreError
from broadsheet.processes.secret_values import found_in
from broadsheet.storage.json_text import decoded
from broadsheet.storage.store import Store
from broadsheet.storage.value_digest import digest_of

STORE = "markdown"


class _Notice(msgspec.Struct):
    """A notice, as Lua writes it (`lua/page.lua`)."""

    what: str
    """The text of it."""
    mend: str
    """The remedy."""
    needle: str
    """A text to look for in the source."""
    detail: str
    """The text below it."""
    topic: str
    """The name of its kind."""
    line: int | None = None
    """The line of the Markdown, if it is known."""


class _Answer(msgspec.Struct):
    """The form of an answer without faults. Lua writes an empty list as an empty object now and
    then.
    """

    html: str
    """The body of the page."""
    inlines: dict[str, dict[str, str]] | list[None]
    """The short texts by their names."""
    references: dict[str, dict[str, str]] | list[None]
    """The entries of the bibliography by their keys."""
    notices: list[_Notice] | dict[str, None]
    """The notices."""
    faults: list[None] | dict[str, None]
    """The faults, of which there are none."""
    hidden: list[int] | dict[str, None]
    """The numbers of the slots that the author hides."""


class KeptAnswers:
    """The answers that are kept in the publication at ``root``."""

    def __init__(self, root: Path) -> None:
        self._root, self._store = root, Store(root, STORE)

    def key(self, line: str, request: Mapping[str, Any], program: str) -> str:
        """Return the key of the answer to a ``request``, of which ``line`` is the JSON, by the Pandoc
        at that path. The secret of the request is no part of it.
        """
        options = request["options"]
        paths = [*options.get("bibliography", ()), options.get("csl")]
        parts = [
            line.replace(request["secret"], "").replace(f"{self._root}/", ""),
            *(_digest_of(Path(path)) for path in paths if path),
            _digest_of_filters(),
            _state_of(program),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def get(self, key: str, secret: str) -> str | None:
        """Return the answer under that key, as JSON with this ``secret``; None if there is none. What
        is no answer is removed.
        """
        kept = self._store.get(_path(key))
        if kept is None or self._store.decode(_path(key), kept, _Answer) is None:
            return None
        return kept.decode().replace(key, secret)

    def put(self, key: str, secret: str, answer: str) -> None:
        """Keep an answer, where the store can be written. One with faults, or that holds the value
        of a known secret, is not kept.
        """
        if found_in(answer) or decoded(answer.encode(), _Answer) is None:
            return
        with suppress(StoreError):
            self._store.put(_path(key), answer.replace(secret, key).encode())


def _path(key: str) -> str:
    return f"{key[:2]}/{key}"


def _digest_of(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


@cache
def _digest_of_filters() -> str:
    filters = sorted(
        (filter.name, filter.read_bytes())
        for filter in (files("broadsheet.markdown") / "lua").iterdir()
        if filter.name.endswith(".lua")
    )
    return digest_of(filters)


@cache
def _state_of(program: str) -> str:
    """Return what tells one Pandoc from another: the size and the time of its file."""
    state = Path(program).stat()
    return f"{state.st_size} {state.st_mtime_ns}"
