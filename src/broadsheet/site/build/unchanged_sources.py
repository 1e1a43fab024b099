"""The sources that need not be opened, since every file that went into their pages is unchanged.

Files are compared by digest. One whose state shows that it has not changed is not read again
(:mod:`broadsheet.storage.file_states`). A file that was changed while the build ran is not trusted,
because nobody knows which of its states went into the page. The inputs of every content
(the configuration, the program, its libraries) are the *global inputs*. Another library counts for
the sources whose runs loaded it.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path, PurePosixPath

from broadsheet.data.catalogue import overdue_tables
from broadsheet.data.descriptor import has_catalogue
from broadsheet.data.versions.partial_reads import files_behind, is_part
from broadsheet.project.editions.edition import DRAFT, yet_to_come
from broadsheet.project.project import CONFIG, FOLDER_METADATA
from broadsheet.project.settings.metadata_shortcodes import VARIABLES
from broadsheet.project.sources.kernels import installed_kernels
from broadsheet.run.library_versions import different, of_the_program
from broadsheet.run.reads import digest, state
from broadsheet.site.article.article_store import Articles
from broadsheet.site.index.build_record import Record, SourceRecord
from broadsheet.storage.file_states import States, state_of
from broadsheet.storage.value_digest import digest_of
from broadsheet.text.lexicon import own_files
from broadsheet.text.templating import OWN, own_names
from broadsheet.version import FOLDERS

_CODE = ("*.py", "*.lua", "*.jinja", "*.po", "*.toml")


class Files:
    """The digests of a publication's files. Each is taken once, before the build uses the file; the
    build has begun at the time ``since``, in nanoseconds, or begins now. Where ``states`` were taken
    at its beginning, a file is read only if they do not have its digest.
    """

    def __init__(self, root: Path, since: int = 0, states: States | None = None) -> None:
        self.root = root
        self._known: dict[str, str] = {}
        self._since = since or time.time_ns()
        self._states = states

    @property
    def names(self) -> Collection[str]:
        """The names of the files whose digests were asked for."""
        return self._known.keys()

    def digest(self, name: str) -> str:
        """Return the digest of a file, or of a folder's list of files
        (:func:`~broadsheet.run.reads.state`).
        """
        if name not in self._known:
            self._known[name] = self._take(name)
        return self._known[name]

    def digests(self, names: Iterable[str]) -> dict[str, str]:
        """Return the digests of several files."""
        return {name: self.digest(name) for name in sorted(set(names))}

    def _take(self, name: str) -> str:
        paths, states = self._paths(name), self._states.files if self._states else {}
        if not is_part(name) and (before := states.get(paths[0])) and before.digest:
            return before.digest
        try:
            for path in paths:
                os.stat(path)  # noqa: PTH116 - of ten a page most are not there
            digest = state(self.root, name)
            for path in paths:
                before, now = states.get(path), state_of(path)
                if not (now.is_like(before) if before else now.changed < self._since):
                    return f"changed at {now.changed}, while the build of {self._since} ran"
        except OSError:  # whoever reads it says what is wrong with it
            return ""
        except ValueError:  # a NUL in its name
            return ""
        if self._states and not is_part(name):
            self._states.note(paths[0], digest)
        return digest

    def _paths(self, name: str) -> list[str]:
        """Return the paths of the files behind a name; of those of a part, the ones that are there."""
        paths = [f"{self.root}/{file}" for file in files_behind(name)]
        return [path for path in paths if os.path.lexists(path)] if is_part(name) else paths


def metadata_files(source: PurePosixPath) -> list[str]:
    """Return the paths at which folders may have their metadata."""
    return [str(folder / FOLDER_METADATA) for folder in source.parents]


def usable_sources(
    record: Record,
    inputs: Iterable[PurePosixPath],
    globals_now: Mapping[str, str],
    contents: Articles,
) -> set[PurePosixPath]:
    """Return the sources among ``inputs`` all of whose pages can be made again from their stored
    contents, with the same global inputs.
    """
    if record.globals != globals_now:
        return set()
    return {
        path
        for path in inputs
        if (before := record.sources.get(str(path)))
        and all(
            page in record.pages and contents.has(record.pages[page].content)
            for page in before.pages
        )
    }


def is_fresh(record: Record, source: PurePosixPath, files: Files, day: date) -> bool:
    """True if every file that went into the pages of ``source`` is unchanged, and the pages are
    right for this ``day``: nothing withheld has come out, no page has yet to come out, as happens
    after a build for a later day, and the same tables are late.
    """
    before = record.sources[str(source)]
    metas = [record.pages[page].meta for page in before.pages]
    return (
        all(why == DRAFT or why > day.isoformat() for why in before.withheld)
        and all(meta.withheld in (DRAFT, yet_to_come(meta.date, day)) for meta in metas)
        and not changed_files(before, files)
        and overdue_tables(files.root, before.inputs, day) == {*before.overdue}
    )


def changed_files(source: SourceRecord, files: Files) -> list[str]:
    """Return the files that went into the pages of a source and have changed, and the libraries."""
    changed = [name for name, was in source.inputs.items() if files.digest(name) != was]
    return [*changed, *different(source.libraries)]


def global_inputs(
    files: Files, config: Iterable[str] = (), *, reader: bool, drafts: bool
) -> dict[str, str]:
    """Return the inputs of every content: if one of them changes, all pages are made anew.
    ``config`` are the files that may complete the configuration.
    """
    return {
        **files.digests((CONFIG, *config)),
        VARIABLES: files.digest(VARIABLES),
        **{name: files.digest(name) for name in _own(files.root)},
        "the version of Python": platform.python_version(),
        "the installed kernels": digest_of(dict(installed_kernels())),
        "the installed libraries": digest_of(of_the_program()),
        "Broadsheet itself": _program(),
        "whether all is checked": str(reader),
        "whether drafts are shown": str(drafts),
        "whether there is a catalogue": str(has_catalogue(files.root)),
    }


def _own(root: Path) -> list[str]:
    """Return the publication's own templates and words."""
    return [*(str(OWN / name) for name in own_names(root)), *own_files(root)]


@cache
def _program() -> str:
    """Return the digest of this program's own files."""
    return digest_of(
        [
            (path.relative_to(folder.parent).as_posix(), digest(path))
            for folder in FOLDERS
            for pattern in _CODE
            for path in sorted(folder.rglob(pattern))
        ]
    )
