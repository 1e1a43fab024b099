"""What an edited file is held against: the rest of its publication, as it is on the disk or in the editor.

Files are read again when they have changed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import DESCRIPTOR, Resource
from broadsheet.editor.references import entries_of
from broadsheet.errors import BroadsheetError, Notice
from broadsheet.notebook.values.declared import MIME as DECLARED
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

Kept = TypeVar("Kept")

_SECONDS = 5
"""How long a list of files is taken for true."""
_CONFIGURATION = re.compile(r"_quarto(-[\w.-]+)?\.ya?ml(\.local)?")


@dataclass
class Workspace:
    """A publication at ``root``. Has state: what was read, each with the state of its files;
    ``edited`` are files of the configuration that are open in the editor.
    """

    root: Path
    edited: dict[str, str] = field(default_factory=dict)
    _kept: dict[object, tuple[object, Any]] = field(default_factory=dict)

    @property
    def project(self) -> Project:
        """The project; while its configuration is being written and cannot be used, as it is on the
        disk. Raises :class:`ConfigError` if that cannot be used either.
        """
        try:
            return self.project_in_the_editor()
        except BroadsheetError:
            if not self.edited:
                raise
            return self._keep("saved", self._states(), lambda: open_project(self.root))

    def project_in_the_editor(self) -> Project:
        """The project by the texts in the editor. Raises :class:`ConfigError`."""
        state = (self._states(), tuple(self.edited.items()))
        return self._keep(CONFIG, state, lambda: open_project(self.root, dict(self.edited)))

    @property
    def catalogue(self) -> Catalogue | None:
        """The catalogue; None if there is none, or if it cannot be read."""
        state, read = self._state(DESCRIPTOR), partial(Catalogue.open, self.root)
        return self._keep(DESCRIPTOR, state, partial(if_sound, read)) if state else None

    @property
    def tables(self) -> Mapping[str, Resource]:
        """The tables of the catalogue by name."""
        package = self.catalogue.package.resources if self.catalogue else ()
        return {one.name: one for one in package}

    def table(self, name: str) -> Any:
        """The data frame of a table; None if there is none, or if it has faults."""
        catalogue, resource = self.catalogue, self.tables.get(name)
        if catalogue is None or resource is None:
            return None
        state, read = map(self._state, (DESCRIPTOR, resource.file)), partial(catalogue.table, name)
        return self._keep((DESCRIPTOR, name), tuple(state), partial(if_sound, read))

    def is_source(self, path: PurePosixPath, text: str) -> bool:
        """Whether a file is one that the project renders, as far as its name says; of a `.py`, whose
        name says nothing, how its ``text`` begins.
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
        """The editions of a source, and notices of its front matter; those that are rows of a table
        are as they were a few seconds ago. Raises :class:`ConfigError`.
        """
        project, front = self.project, source.front_matter
        moment = time.monotonic() // _SECONDS
        state = (digest_of(front), used_in(source), id(project), moment)
        return self._keep(source.path, state, lambda: editions_of(project, source))

    def citations(self, files: tuple[str, ...]) -> dict[str, str]:
        """The keys of bibliographies, named from the root, each with its title."""
        found: dict[str, str] = {}
        for name in files:
            if not refusal(self.root, self.root / name):
                found |= self._keep(
                    name, self._state(name), partial(entries_of, name, self.text(name))
                )
        return found

    def text(self, name: str) -> str:
        """The text of a file; empty if it cannot be read."""
        return readable_text(self.root / name, limits.TABLE["bibliography-size"])

    def values(self, source: PurePosixPath) -> dict[str, str]:
        """The inline expressions of the last run of a source's own edition, with their text."""
        runs, name = Runs(self.root, self.root / STORE), str(source)
        state = self._state(str(STORE / "last"))
        return self._keep((STORE, name), state, lambda: dict(_inline(runs, name, "text")))

    def written(self, source: PurePosixPath) -> dict[str, str]:
        """The same as Markdown, with the marks of claims."""
        runs, name = Runs(self.root, self.root / STORE), str(source)
        state = self._state(str(STORE / "last"))
        return self._keep((inline.MIME, name), state, lambda: dict(_inline(runs, name, "markdown")))

    def declared(self, source: PurePosixPath) -> Mapping[str, Any]:
        """The facts and claims of the last run of a source's own edition."""
        runs, name = Runs(self.root, self.root / STORE), str(source)
        state = self._state(str(STORE / "last"))
        return self._keep((DECLARED, name), state, lambda: _declared(runs, name))

    def _keep(self, key: object, state: object, read: Callable[[], Kept]) -> Kept:
        """What ``read`` gives, read again when the ``state`` is another one."""
        known = self._kept.get(key)
        if known is None or known[0] != state:
            known = self._kept[key] = state, read()
        kept: Kept = known[1]
        return kept

    def _states(self) -> list[object]:
        """The states of all files of the configuration."""
        return [self._state(path.name) for path in sorted(self.root.glob("_quarto*"))]

    def _state(self, name: str) -> tuple[int, int] | None:
        try:
            found = (self.root / name).stat()
        except (OSError, ValueError):
            return None
        return found.st_mtime_ns, found.st_size


def if_sound(read: Callable[[], Kept]) -> Kept | None:
    """What ``read`` gives; None while that has a fault."""
    with suppress(BroadsheetError):
        return read()
    return None


def is_configuration(name: str) -> bool:
    """Whether a file of this name is a part of a project's configuration."""
    return _CONFIGURATION.fullmatch(name) is not None


def _declared(runs: Runs, edition: str) -> Mapping[str, Any]:
    ran = runs.last(edition)
    outputs = (one for cell in (ran.cells if ran else ()) for one in cell.get("outputs", ()))
    found: dict[str, Any] = {}
    for output in outputs:
        found = output.get("data", {}).get(DECLARED, found)
    return found


def _inline(runs: Runs, edition: str, form: str) -> Iterator[tuple[str, str]]:
    """The results of inline expressions, in a ``form`` if they have it: `text` or `markdown`."""
    ran = runs.last(edition)
    for cell in ran.cells if ran is not None else ():
        for output in cell.get("outputs", ()):
            for result in output.get("data", {}).get(inline.MIME, ()):
                text = result.get(form, result.get("text", result.get("markdown")))
                if text is not None:
                    yield str(result["expression"]), str(text)
