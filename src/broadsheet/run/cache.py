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
from broadsheet.run.build_steps import changes
from broadsheet.run.notebook_to_run import LIBRARIES, libraries_of, missing_of, modules_of, reads_of
from broadsheet.run.reads import state
from broadsheet.storage import store as stores
from broadsheet.storage.value_digest import digest_of


@dataclass(frozen=True)
class Recipe:
    """Everything that is known of a run beforehand, by names that a person understands. ``cells``
    are digests of the code that runs, by the name of its cell; ``parameters`` and ``surroundings``
    (the kernel, versions) are values as people read them. ``bound`` is the digest of the parameters.
    """

    cells: Mapping[str, str]
    parameters: Mapping[str, str]
    surroundings: Mapping[str, str]
    bound: str = ""

    @functools.cached_property
    def digest(self) -> str:
        """The name of the recipe."""
        decisive = [self.cells, sorted(self.parameters), self.bound, self.surroundings]
        return _sha256(json.dumps(decisive, sort_keys=True))

    def changes_since(self, before: Recipe) -> list[str]:
        """What differs from the recipe ``before``, in words."""
        if before.cells.keys() != self.cells.keys():
            code = ["cells were added or removed"]
        else:
            code = [f"{name} changed" for name in changes(before.cells, self.cells)]
        return [
            *code,
            *_other_values(before.parameters, self.parameters, "its default"),
            *_other_values(before.surroundings, self.surroundings, "not there"),
        ]


def recipe_of(script: NotebookNode, parameters: Mapping[str, object], folder: str) -> Recipe:
    """The recipe of running ``script`` with ``parameters`` in ``folder`` (from the root)."""
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
            "the kernel": script.metadata.kernelspec.name,
            **library_versions.versions(),
        },
        digest_of(parameters),
    )


def _other_values(before: Mapping[str, str], now: Mapping[str, str], absent: str) -> list[str]:
    """The values that differ, in words; ``absent`` stands for one that is not there."""
    return [
        f"{name} is {now.get(name, absent)}, was {before.get(name, absent)}"
        for name in changes(before, now)
    ]


@dataclass(frozen=True)
class _Last:
    """What is known of the last run of an edition."""

    recipe: Recipe
    reads: Mapping[str, str]
    libraries: Mapping[str, str]


class _Ran(msgspec.Struct):
    """The parts of a stored run that are relied on."""

    cells: list[_Cell]
    metadata: dict[str, Any]


class _Cell(msgspec.Struct):
    cell_type: str
    source: str
    metadata: _CellMetadata
    outputs: list[_Stream | _Display | _Result | _Failure] = []
    execution_count: int | None = None


class _CellMetadata(msgspec.Struct):
    tags: list[str] = []
    broadsheet: dict[str, int] = {}


class _Stream(msgspec.Struct, tag_field="output_type", tag="stream"):
    name: str
    text: str


class _Display(msgspec.Struct, tag_field="output_type", tag="display_data"):
    data: dict[str, Any]
    metadata: dict[str, Any]


class _Result(msgspec.Struct, tag_field="output_type", tag="execute_result"):
    data: dict[str, Any]
    metadata: dict[str, Any]


class _Failure(msgspec.Struct, tag_field="output_type", tag="error"):
    ename: str
    evalue: str
    traceback: list[str]


class Runs:
    """The store of a publication's runs. Has state: for one build, the digests of files."""

    def __init__(self, root: Path, store: Path) -> None:
        self._root = root
        self._store = store
        self._states: dict[str, str] = {}
        self.has_grown = False

    def find(self, recipe: Recipe) -> Path | None:
        """The path of the run of ``recipe``, if there is one and all that it read is unchanged."""
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
        """Store a run, and note that it was the last of ``edition`` (its notebook's path). Returns
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
        """The last run of ``edition``, even if what it read has changed since; None if it is not
        kept.
        """
        last = self._last_of(edition)
        entries = self._entries(last.recipe) if last is not None else []
        return next(filter(None, map(read_run, entries)), None)

    def last_read(self, edition: str) -> frozenset[str]:
        """The files that the last run of ``edition`` read."""
        last = self._last_of(edition)
        return frozenset(last.reads) if last is not None else frozenset()

    def why(self, recipe: Recipe, edition: str) -> str:
        """Why ``edition`` has to be run, in words."""
        last = self._last_of(edition)
        if last is None:
            return "it was never run here"
        known = recipe.surroundings
        loaded = {name: was for name, was in last.libraries.items() if name not in known}
        found = [
            *recipe.changes_since(last.recipe),
            *self._changed(last.reads),
            *library_versions.different(loaded),
        ]
        return "; ".join(found) or "its earlier run is no longer kept"

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
            f"{name} {_change(name, known, now)}"
            for name, known in reads.items()
            if (now := self._state(name)) != known
        ]

    def _state(self, name: str) -> str:
        if name not in self._states:
            self._states[name] = state(self._root, name)
        return self._states[name]


def _change(name: str, known: str, now: str) -> str:
    if known and now:
        return "has other files in it" if name.endswith("/") else "changed"
    return "is gone" if known else "is there now"


def read_run(path: Path) -> NotebookNode | None:
    """A run; None if it does not exist, or is not a run."""
    data = stores.read_entry(path)
    if data is None or stores.decode(path, data, _Ran) is None:
        return None
    return parse_run(data.decode())


def parse_run(text: str) -> NotebookNode:
    """A run, from its JSON."""
    run: NotebookNode = json.loads(text, object_hook=NotebookNode)
    return run


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
