"""The rest of the publication of an edited file, as it is on the disk or in the editor.

Files are read again when they have changed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import DESCRIPTOR, Resource
from broadsheet.data.origin import Origin
from broadsheet.data.slicing.slices import named_slice
from broadsheet.data.vintages import named_version
from broadsheet.editor.references import entries_of
from broadsheet.errors import BroadsheetError, Notice
from broadsheet.notebook.values.declarations import MIME as DECLARED
from broadsheet.notebook.values.declarations import declared_tables
from broadsheet.project.editions.edition import Edition, editions_of, used_in
from broadsheet.project.project import CONFIG, SCRIPT, SOURCES, Project, may_be_input, open_project
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.source import Source, slug_of
from broadsheet.project.sources.text_notebook import is_script
from broadsheet.run.cache import Runs
from broadsheet.run.running import STORE
from broadsheet.storage import limits
from broadsheet.storage.files import readable_text, refusal
from broadsheet.storage.value_digest import digest_of
from broadsheet.verify.wording.table_names import Surroundings, around_of

Kept = TypeVar("Kept")

_SECONDS = 5
"""The seconds for which a list of files is used."""
_CONFIGURATION = re.compile(r"_quarto(-[\w.-]+)?\.ya?ml(\.local)?")


@dataclass
class Workspace:
    """A publication in an editor. Has state."""

    root: Path
    """The publication's root."""
    edited: dict[str, str] = field(default_factory=dict)
    """The texts of files of the configuration that are open in the editor, by their names."""
    _kept: dict[object, tuple[object, Any]] = field(default_factory=dict)
    """The results of reading files, each with the state of these files."""

    @property
    def project(self) -> Project:
        """The project. If the configuration in the editor cannot be used yet, it is that on the
        disk. Raises :class:`ConfigError` if that cannot be used either.
        """
        try:
            return self.project_in_the_editor()
        except BroadsheetError:
            if not self.edited:
                raise
            return self._keep("saved", self._states(), lambda: open_project(self.root))

    def project_in_the_editor(self) -> Project:
        """Return the project by the texts in the editor. Raises :class:`ConfigError`."""
        state = (self._states(), tuple(self.edited.items()))
        return self._keep(CONFIG, state, lambda: open_project(self.root, dict(self.edited)))

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Work on this publication in the block, beside the others of an editor, as far as its
        configuration can be read.
        """
        project = if_sound(lambda: self.project)
        with project.at_work() if project else nullcontext():
            yield

    @property
    def catalogue(self) -> Catalogue | None:
        """The catalogue; None if there is none, or if it cannot be read."""
        state, read = self._state(DESCRIPTOR), partial(Catalogue.open, self.root)
        return self._keep(DESCRIPTOR, state, partial(if_sound, read)) if state else None

    @property
    def tables(self) -> Mapping[str, Resource]:
        """The tables of the catalogue by name."""
        package = self.catalogue.package.resources if self.catalogue else ()
        return {resource.name: resource for resource in package}

    def table(self, name: str) -> Any:
        """Return the data frame of a table; None if it does not exist or has faults."""
        catalogue, resource = self.catalogue, self.tables.get(name)
        if catalogue is None or resource is None:
            return None
        state, read = map(self._state, (DESCRIPTOR, resource.file)), partial(catalogue.table, name)
        return self._keep((DESCRIPTOR, name), tuple(state), partial(if_sound, read))

    def origin(self, name: str) -> Origin | None:
        """Return the origin of a table, a version or a slice; None if there is none, or it has faults."""
        catalogue, table = self.catalogue, named_version(named_slice(name)[0])[0]
        if catalogue is None:
            return None
        file = self.tables[table].file if table in self.tables else ""
        state, read = map(self._state, (DESCRIPTOR, file)), partial(catalogue.origin, name)
        return self._keep(("origin", name), tuple(state), partial(if_sound, read))

    def is_source(self, path: PurePosixPath, text: str) -> bool:
        """True if the project renders a file, judged by its name; a `.py`, whose name does not show
        it, by the beginning of its ``text``.
        """
        if path.suffix not in SOURCES or not may_be_input(path.name):
            return False
        if path.suffix == SCRIPT and not (self.project.names(path) or is_script(text)):
            return False
        if any(part[0] in "._" for part in path.parent.parts):
            return False
        return self.project.may_render(path)

    @property
    def slugs(self) -> set[str]:
        """The slugs of all sources, as they were a few seconds ago."""
        return self._keep(
            "slugs",
            time.monotonic() // _SECONDS,
            lambda: {slug_of(path) for path in self.project.inputs({})},
        )

    def editions(self, source: Source) -> tuple[list[Edition], list[Notice]]:
        """Return the editions of a source, and notices of its front matter. Editions from rows of a
        table are as they were a few seconds ago. Raises :class:`ConfigError`.
        """
        project, front = self.project, source.front_matter
        moment = time.monotonic() // _SECONDS
        state = (digest_of(front), used_in(source), id(project), moment)
        return self._keep(source.path, state, lambda: editions_of(project, source))

    def citations(self, files: tuple[str, ...]) -> dict[str, str]:
        """Return the keys of bibliographies, named from the root, each with its title."""
        titles: dict[str, str] = {}
        for name in files:
            if not refusal(self.root, self.root / name):
                titles |= self._keep(
                    name, self._state(name), partial(entries_of, name, self.text(name))
                )
        return titles

    def text(self, name: str) -> str:
        """Return the text of a file; empty if it cannot be read."""
        return readable_text(self.root / name, limits.TABLE["bibliography-size"])

    @property
    def run(self) -> str:
        """The words for the run that the values are of."""
        return "the last run"

    def values(self, source: PurePosixPath, cell: int | None = None) -> dict[str, str]:
        """Return the inline expressions of the last run of a source's own edition, with their
        texts. A run has one for all cells; where a session gives the values, ``cell`` chooses.
        """
        runs, name = Runs(self.root, self.root / STORE), str(source)
        state = self._state(str(STORE / "last"))
        return self._keep((STORE, name), state, lambda: dict(_inline(runs, name, "text")))

    def errors(self, source: PurePosixPath, cell: int | None = None) -> Mapping[str, str]:
        """Return the inline expressions that failed, with their errors. A run that is kept has
        none.
        """
        return {}

    def written(self, source: PurePosixPath, cell: int | None = None) -> dict[str, str]:
        """Return the inline expressions of the last run as Markdown, with the marks of claims."""
        runs, name = Runs(self.root, self.root / STORE), str(source)
        state = self._state(str(STORE / "last"))
        return self._keep((inline.MIME, name), state, lambda: dict(_inline(runs, name, "markdown")))

    def declared(self, source: PurePosixPath) -> Mapping[str, Any]:
        """Return the facts and claims of the last run of a source's own edition."""
        runs, name = Runs(self.root, self.root / STORE), str(source)
        state = self._state(str(STORE / "last"))
        return self._keep((DECLARED, name), state, lambda: _declared(runs, name))

    def around(self, source: PurePosixPath, language: str) -> Surroundings:
        """Return the names in the tables that the facts and claims of the last run come from. A table
        is read again when it has changed.
        """
        origins = filter(None, map(self.origin, declared_tables(self.declared(source))))
        return around_of(self.root, origins, language)

    def _keep(self, key: object, state: object, read: Callable[[], Kept]) -> Kept:
        """Return the result of ``read``, which is called again when the ``state`` has changed."""
        entry = self._kept.get(key)
        if entry is None or entry[0] != state:
            entry = self._kept[key] = state, read()
        kept: Kept = entry[1]
        return kept

    def _states(self) -> list[object]:
        """Return the states of all files of the configuration."""
        return [self._state(path.name) for path in sorted(self.root.glob("_quarto*"))]

    def _state(self, name: str) -> tuple[int, int] | None:
        try:
            status = (self.root / name).stat()
        except (OSError, ValueError):
            return None
        return status.st_mtime_ns, status.st_size


def if_sound(read: Callable[[], Kept]) -> Kept | None:
    """Return the result of ``read``; None while that has a fault."""
    with suppress(BroadsheetError):
        return read()
    return None


def is_configuration(name: str) -> bool:
    """True if a file of this name is a part of a project's configuration."""
    return _CONFIGURATION.fullmatch(name) is not None


def _declared(runs: Runs, edition: str) -> Mapping[str, Any]:
    ran = runs.last(edition)
    outputs = (output for cell in (ran.cells if ran else ()) for output in cell.get("outputs", ()))
    declared: dict[str, Any] = {}
    for output in outputs:
        declared = output.get("data", {}).get(DECLARED, declared)
    return declared


def _inline(runs: Runs, edition: str, form: str) -> Iterator[tuple[str, str]]:
    """Yield the results of inline expressions, in a ``form`` if they have it: `text` or `markdown`."""
    ran = runs.last(edition)
    for cell in ran.cells if ran is not None else ():
        for output in cell.get("outputs", ()):
            for result in output.get("data", {}).get(inline.MIME, ()):
                text = result.get(form, result.get("text", result.get("markdown")))
                if text is not None:
                    yield str(result["expression"]), str(text)
