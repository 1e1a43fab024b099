"""The cache of runs: `.broadsheet/runs/`, content-addressed, each entry whole or absent, bounded.

What can be known before a run is its :class:`Recipe`: the code that runs (including inline
expressions, without prose), the values of parameters, the address of the notebook's folder in the
publication, the kernel, and the versions of Python, of the libraries that nearly all articles use
and of this program. The files that it read, with their digests, and the other libraries that it
loaded are known only after the run. An entry is at `<digest of the recipe>/<digest of the
reads>.json` and is used only while each of these files has that digest and each library that
version: a changed table is never missed, a file that the run did not read does not matter, and a
table that changes back finds its old run again. Modification times play no part.

A comment in a code cell counts as code: the cell's text is compared, not its meaning. When the
entries outgrow the limit, those that were not used for longest are removed. Several builds may use
the same store at once.

The recipe of each edition's last run is kept too, under `last/`, so that :meth:`Runs.why` can say
what has changed.

An entry is JSON, and verified whenever it is read (:mod:`broadsheet.storage.store`); one that is damaged,
or was not written by a run of this program, is removed.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from nbformat.notebooknode import NotebookNode

from broadsheet.errors import BroadsheetError, Place, guarded
from broadsheet.run import library_versions
from broadsheet.run.notebook_to_run import LIBRARIES, libraries_of, missing_of, modules_of, reads_of
from broadsheet.run.reads import state
from broadsheet.storage import store as stores
from broadsheet.storage.value_digest import changes, digest_of


@dataclass(frozen=True)
class Recipe:
    """Everything that is known of a run beforehand, by names that a person understands."""

    cells: Mapping[str, str]
    """The digest of the code that runs, by the name of its cell."""
    parameters: Mapping[str, str]
    """The parameters, as people read them."""
    surroundings: Mapping[str, str]
    """The kernel and versions, as people read them."""
    parameters_digest: str = ""
    """The digest of the values of the parameters. A recipe of an older version has none."""

    @functools.cached_property
    def digest(self) -> str:
        """The name of the recipe."""
        decisive = [self.cells, self.parameters_digest, self.surroundings]
        return _sha256(json.dumps(decisive, sort_keys=True))

    def changes_since(self, before: Recipe) -> list[str]:
        """Return the differences from the recipe ``before``, in words."""
        if before.cells.keys() != self.cells.keys():
            code = ["cells were added or removed"]
        else:
            code = [f"{name} changed" for name in changes(before.cells, self.cells)]
        return [
            *code,
            *_other_values(before.parameters, self.parameters, "its default"),
            *_other_values(before.surroundings, self.surroundings, "not there"),
        ]


def recipe_of(
    script: NotebookNode, parameters: Mapping[str, object], folder: str, settings: str = ""
) -> Recipe:
    """Return the recipe of running ``script`` with ``parameters`` in ``folder`` (from the root).
    ``settings`` are those of the page that its code asks for.
    """
    code: dict[str, list[object]] = {}
    for cell in script.cells:
        number = cell.metadata.broadsheet.cell
        name = f"cell {number}" if number else "an inline value of the front matter"
        code.setdefault(name, []).append([cell.source, cell.metadata.get("tags", [])])
    return Recipe(
        {name: _sha256(json.dumps(cells)) for name, cells in code.items()},
        {name: repr(value) for name, value in parameters.items()},
        {
            "its folder": folder,
            **({"the front matter, which it reads,": _sha256(settings)[:10]} if settings else {}),
            "the kernel": script.metadata.kernelspec.name,
            **library_versions.versions(),
        },
        digest_of(parameters),
    )


def _other_values(before: Mapping[str, str], now: Mapping[str, str], absent: str) -> list[str]:
    """Return the values that differ, in words; ``absent`` stands for a missing value."""
    return [
        f"{name} is {now.get(name, absent)}, was {before.get(name, absent)}"
        for name in changes(before, now)
    ]


@dataclass(frozen=True)
class _Last:
    """The last run of an edition."""

    recipe: Recipe
    """Its recipe."""
    reads: Mapping[str, str]
    """The digest of each file that it read."""
    libraries: Mapping[str, str]
    """The version of each library that it loaded."""


class _Ran(msgspec.Struct):
    """The parts of a stored run that are relied on."""

    cells: list[_Cell]
    """Its cells."""
    metadata: dict[str, Any]
    """The notebook's metadata."""


class _Cell(msgspec.Struct):
    """A cell of a stored run."""

    cell_type: str
    """`code` or `markdown`."""
    source: str
    """Its text."""
    metadata: _CellMetadata
    """Its metadata."""
    outputs: list[_Stream | _Display | _Result | _Failure] = []
    """Its outputs."""
    execution_count: int | None = None
    """The number of its execution."""


class _CellMetadata(msgspec.Struct):
    """The metadata of a cell of a stored run."""

    tags: list[str] = []
    """Its tags."""
    broadsheet: dict[str, int] = {}
    """The number of its source cell, as `cell`."""


class _Stream(msgspec.Struct, tag_field="output_type", tag="stream"):
    """An output that was printed."""

    name: str
    """`stdout` or `stderr`."""
    text: str
    """The text."""


class _Display(msgspec.Struct, tag_field="output_type", tag="display_data"):
    """An output that was displayed."""

    data: dict[str, Any]
    """The output in each of its MIME types."""
    metadata: dict[str, Any]
    """The output's metadata."""


class _Result(msgspec.Struct, tag_field="output_type", tag="execute_result"):
    """The value of a cell's last line."""

    data: dict[str, Any]
    """The value in each of its MIME types."""
    metadata: dict[str, Any]
    """The output's metadata."""


class _Failure(msgspec.Struct, tag_field="output_type", tag="error"):
    """An error that ended a cell."""

    ename: str
    """The exception's name."""
    evalue: str
    """The exception's message."""
    traceback: list[str]
    """The lines of the traceback."""


class Runs:
    """The store of a publication's runs. Has state: for one build, the digests of files."""

    def __init__(self, root: Path, store: Path) -> None:
        self.root = root
        self._store = store
        self._states: dict[str, str] = {}
        self.has_grown = False

    def find(self, recipe: Recipe) -> Path | None:
        """Return the path of the run of ``recipe``, if there is one and all that it read is
        unchanged.
        """
        for path in self._entries(recipe):
            ran = read_run(path)
            if ran is None:
                continue
            try:
                with guarded(Place(path.name), "reading a kept run"):
                    serves = not self._changed(reads_of(ran)) and not library_versions.different(
                        libraries_of(ran)
                    )
            except BroadsheetError:  # no run of ours says such things
                stores.discard(path)
                continue
            if serves:
                return path
        return None

    def keep(self, recipe: Recipe, edition: str, ran: NotebookNode) -> Path:
        """Store a run, and note that it was the last of ``edition`` (its notebook's path). Return
        its path.
        """
        self.has_grown = True
        read, missing = reads_of(ran), dict.fromkeys(missing_of(ran), "")
        loaded = library_versions.used(modules_of(ran)) | missing
        kept = {**ran, "metadata": {**ran.metadata, LIBRARIES: loaded}}
        path = (
            self._store
            / recipe.digest[:2]
            / recipe.digest
            / f"{_sha256(json.dumps(read, sort_keys=True))}.json"
        )
        stores.write_entry(path, json.dumps(kept).encode())
        stores.write_entry(self._last(edition), msgspec.json.encode(_Last(recipe, read, loaded)))
        return path

    def last(self, edition: str) -> NotebookNode | None:
        """Return the last run of ``edition``, even if what it read has changed since; None if it is
        not kept.
        """
        last = self._last_of(edition)
        entries = self._entries(last.recipe) if last is not None else []
        return next(filter(None, map(read_run, entries)), None)

    def last_read(self, edition: str) -> frozenset[str]:
        """Return the files that the last run of ``edition`` read."""
        last = self._last_of(edition)
        return frozenset(last.reads) if last is not None else frozenset()

    def why(self, recipe: Recipe, edition: str) -> str:
        """Return the reason for which ``edition`` has to be run, in words."""
        last = self._last_of(edition)
        if last is None:
            return "it was never run here"
        surroundings = recipe.surroundings
        loaded = {name: was for name, was in last.libraries.items() if name not in surroundings}
        reasons = [
            *recipe.changes_since(last.recipe),
            *self._changed(last.reads),
            *library_versions.different(loaded),
        ]
        return "; ".join(reasons) or "its earlier run is no longer kept"

    def trim(self, limit: int) -> None:
        """Remove the entries that were not used for longest until ``limit`` bytes are left."""
        stores.trim(self._store.glob("??/*/*"), limit)

    def _entries(self, recipe: Recipe) -> list[Path]:
        return sorted((self._store / recipe.digest[:2] / recipe.digest).glob("*.json"))

    def _last(self, edition: str) -> Path:
        return self._store / "last" / f"{_sha256(edition)}.json"

    def _last_of(self, edition: str) -> _Last | None:
        path = self._last(edition)
        return stores.decode(path, stores.read_entry(path), _Last)

    def _changed(self, reads: Mapping[str, str]) -> list[str]:
        return [
            f"{name} {_change(name, before, now)}"
            for name, before in reads.items()
            if (now := self._state(name)) != before
        ]

    def _state(self, name: str) -> str:
        if name not in self._states:
            self._states[name] = state(self.root, name)
        return self._states[name]


def _change(name: str, before: str, now: str) -> str:
    if before and now:
        return "has other files in it" if name.endswith("/") else "changed"
    return "is gone" if before else "is there now"


def read_run(path: Path) -> NotebookNode | None:
    """Return a run; None if it does not exist, or is not a run."""
    data = stores.read_entry(path, _Ran)
    return None if data is None else parse_run(data)


def parse_run(text: str | bytes) -> NotebookNode:
    """Return a run, from its JSON."""
    run: NotebookNode = json.loads(text, object_hook=NotebookNode)
    return run


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
