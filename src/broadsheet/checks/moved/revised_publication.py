"""A publication in which tables are replaced: a copy, with the new tables in place of the old ones.

The whole of it is copied, so that a cell finds the new table however it reads it: by `bs.table`, by
pandas, by a program that it starts, in any language. Nothing that a cell writes there changes the
publication. The copy lies in `.broadsheet/` and is removed in the end. What is hidden, private,
installed, or a site is left out.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from broadsheet.data.descriptor import DESCRIPTOR, Resource, has_catalogue
from broadsheet.data.descriptor_reading import package_of
from broadsheet.data.revision import Revision
from broadsheet.errors import Place, StoreError
from broadsheet.project.project import Project
from broadsheet.storage import store
from broadsheet.storage.private_paths import private_name

_PREFIX = "revised-"
_INSTALLED = ("node_modules", "__pycache__", "site-packages", "dist-packages")


@contextmanager
def revised_publication(project: Project, revisions: Sequence[Revision]) -> Iterator[Path]:
    """Give the root of a copy of a publication in which the revised tables stand."""
    stores = project.root / store.FOLDER
    store.make_room(stores / _PREFIX)
    _remove_left(stores)
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", dir=stores) as folder:
        copy = Path(folder)
        try:
            _copy(project.root, copy, project.output)
        except OSError as error:  # of several files, as shutil.Error
            reason = error.args[0][0][-1] if isinstance(error, shutil.Error) else error.strerror
            raise StoreError(
                Place(store.FOLDER),
                f"the publication cannot be copied: {reason}",
                "See that its files can be read, and that the disk has room for a copy of them.",
            ) from error
        for revision in revisions:
            replace_table(copy, revision)
        yield copy


def _with_entry(text: str, resource: Resource) -> str:
    """Return the text of a descriptor with this entry of a table. What an earlier one says, too, stays
    as its author wrote it: a run with the new table is then the one that a build asks for.
    """
    descriptor, now = json.loads(text), _as_written(resource)
    for number, other in enumerate(package_of(text).resources):
        if other.name == resource.name:
            before, entry = _as_written(other), descriptor["resources"][number]
            kept = {key: value for key, value in entry.items() if key in now}
            news = {key: value for key, value in now.items() if before.get(key) != value}
            descriptor["resources"][number] = {**kept, **news}
            break
    else:
        descriptor["resources"].append(now)
    return json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n"


def _as_written(resource: Resource) -> dict[str, Any]:
    return resource.model_dump(mode="json", by_alias=True, exclude_unset=True)


def replace_table(copy: Path, revision: Revision) -> None:
    """Put a revised table into the publication at ``copy``, and its entry into the descriptor there."""
    table = copy / revision.resource.file
    for folder in reversed(table.relative_to(copy).parents[:-1]):
        _make_real(copy / folder)
    store.write_file(table, revision.content, mode=0o644)
    if has_catalogue(copy):
        before = (copy / DESCRIPTOR).read_text("utf-8-sig")
        text = _with_entry(before, revision.resource)
        if json.loads(text) == json.loads(before):
            return
        store.write_file(copy / DESCRIPTOR, text.encode(), mode=0o644)


def _make_real(folder: Path) -> None:
    """Put a copy of a folder in the place of a link to it."""
    if folder.is_symlink():
        target = folder.resolve()
        folder.unlink()
        shutil.copytree(target, folder, symlinks=True, copy_function=_copied)


def _remove_left(stores: Path) -> None:
    """Remove the copies of processes that were killed."""
    for folder in stores.glob(f"{_PREFIX}*-*"):
        number = folder.name.removeprefix(_PREFIX).partition("-")[0]
        try:
            os.kill(int(number), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (ValueError, PermissionError):
            continue


def _copy(root: Path, copy: Path, site: Path) -> None:
    def left_out(folder: str, names: Iterable[str]) -> set[str]:
        return {name for name in names if _is_left_out(Path(folder, name), root, site)}

    shutil.copytree(
        root, copy, symlinks=True, ignore=left_out, copy_function=_copied, dirs_exist_ok=True
    )
    for folder, folders, names in os.walk(copy):
        for name in (*folders, *names):
            _lead_outside(Path(folder, name), root, copy)


def _is_left_out(path: Path, root: Path, site: Path) -> bool:
    is_folder = path.is_dir()
    return (
        path == site
        or path.name in _INSTALLED
        or (is_folder and (path.name.startswith(".") or (path / "pyvenv.cfg").exists()))
        or bool(private_name(path.relative_to(root)))
        or not (is_folder or path.is_file() or path.is_symlink())
    )


def _copied(source: str, target: str) -> None:
    shutil.copyfile(source, target)
    shutil.copystat(source, target)


def _lead_outside(path: Path, root: Path, copy: Path) -> None:
    """Let a link in the ``copy`` of a publication lead into the copy, if it led into the publication;
    else to the same place as there.
    """
    if not path.is_symlink():
        return
    target = (root / path.relative_to(copy)).resolve()
    if target.is_relative_to(root):
        target = copy.resolve() / target.relative_to(root)
    if path.resolve() != target:
        path.unlink()
        path.symlink_to(target)
