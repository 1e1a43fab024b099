"""A change of a file is seen whatever its times say; what has surely not changed is not read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.storage import file_states
from broadsheet.storage.file_states import Moment, State, States, now_at

HOUR = 3600 * 10**9
TEXT, OTHER = b"The harbour closed.", b"The harbour opened."
"""Two contents of one size."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file, a folder and a link."""
    place = tmp_path / "place"
    (place / "inner").mkdir(parents=True)
    (place / "page.qmd").write_bytes(TEXT)
    (place / "inner/data.csv").write_bytes(TEXT)
    (place / "link").symlink_to("page.qmd")
    (tmp_path / "elsewhere").write_bytes(OTHER)
    return place


def states(folder: Path, later: int = 0) -> States:
    """The states of a folder, as if taken so many nanoseconds from now."""
    now = now_at(folder.parent)
    taken = States(Moment(now.device, now.time + later), {}, {}, [])
    taken.add_tree(str(folder))
    return taken


def stands(taken: States, folder: Path, later: int = 0) -> bool:
    now = now_at(folder.parent)
    return taken.seen_again(Moment(now.device, now.time + later)) is not None


def in_place(file: Path) -> None:
    """Change the bytes, and put the time of the last write back."""
    before = file.stat()
    with file.open("r+b") as stream:
        stream.write(OTHER)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def copied(file: Path) -> None:
    """Copy another file over it, as `cp -p` does, with the time of this one."""
    other, before = file.parent.parent / "elsewhere", file.stat()
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    shutil.copyfile(other, file)
    shutil.copystat(other, file)


def put_back(file: Path) -> None:
    """Put a backup in its place, with the time of this one."""
    other, before = file.parent.parent / "elsewhere", file.stat()
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)


def older(file: Path) -> None:
    """Write, by a clock that was set back."""
    file.write_bytes(OTHER)
    os.utime(file, ns=(0, 10**18))


def newer(file: Path) -> None:
    """Write, by a clock that was set forward."""
    file.write_bytes(OTHER)
    os.utime(file, ns=(0, 4 * 10**18))


@pytest.mark.parametrize("later", [0, HOUR, -HOUR], ids=["at-once", "later", "clock-set-back"])
@pytest.mark.parametrize("change", [in_place, copied, put_back, older, newer])
def test_a_change_of_bytes_is_seen_whatever_the_times_say(
    folder: Path, change: Callable[[Path], None], later: int
) -> None:
    taken = states(folder, later)
    change(folder / "page.qmd")
    assert not stands(taken, folder, later)


@pytest.mark.parametrize("change", [in_place, copied])
def test_whole_seconds_are_not_believed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    real = file_states.state_of

    def rounded(path: str) -> State:
        """The state as a drive says it that knows whole seconds."""
        state = real(path)
        second = state.latest // 10**9 * 10**9
        return file_states.msgspec.structs.replace(state, written=second, changed=second)

    monkeypatch.setattr(file_states, "state_of", rounded)
    taken = states(folder, HOUR)
    change(folder / "page.qmd")
    assert not stands(taken, folder, HOUR)


def test_times_of_another_file_system_are_not_believed(folder: Path) -> None:
    taken = States(Moment(-1, now_at(folder.parent).time + HOUR), {}, {}, [])
    taken.add_tree(str(folder))
    assert taken.files[str(folder / "page.qmd")].digest
    assert not taken.moment.settles(taken.files[str(folder / "page.qmd")])


CHANGES: dict[str, Callable[[Path], object]] = {
    "a new file": lambda folder: (folder / "inner/new.csv").write_bytes(b""),
    "a new folder": lambda folder: (folder / "inner/new").mkdir(),
    "a file gone": lambda folder: (folder / "inner/data.csv").unlink(),
    "a new name": lambda folder: (folder / "page.qmd").rename(folder / "story.qmd"),
    "a folder in its place": lambda folder: (
        (folder / "page.qmd").unlink(),
        (folder / "page.qmd").mkdir(),
    ),
    "other permissions": lambda folder: (folder / "page.qmd").chmod(0o600),
    "a folder's permissions": lambda folder: (folder / "inner").chmod(0o700),
    "a link that leads elsewhere": lambda folder: (
        (folder / "link").unlink(),
        (folder / "link").symlink_to("inner/data.csv"),
    ),
    "more bytes": lambda folder: (folder / "page.qmd").write_bytes(TEXT + b"!"),
}


@pytest.mark.parametrize("later", [0, HOUR], ids=["at-once", "later"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_other_changes_are_seen(folder: Path, change: Callable[[Path], object], later: int) -> None:
    taken = states(folder, later)
    change(folder)
    assert not stands(taken, folder, later)


def test_what_was_absent_and_is_there_is_seen(folder: Path) -> None:
    taken = states(folder, HOUR)
    taken.add(str(folder.parent / "other"))
    assert stands(taken, folder, HOUR)
    (folder.parent / "other").touch()
    assert not stands(taken, folder, HOUR)


def test_a_touched_file_is_compared_by_its_bytes(folder: Path) -> None:
    taken = states(folder)
    (folder / "page.qmd").touch()
    assert stands(taken, folder)


def test_a_touched_file_that_nobody_has_read_is_in_doubt(folder: Path) -> None:
    taken = states(folder, HOUR)
    (folder / "page.qmd").touch()
    assert not stands(taken, folder, HOUR)
    taken = states(folder, HOUR)
    for path in taken.files:
        taken.note(path, file_states._bytes_of(path))
    (folder / "page.qmd").touch()
    assert stands(taken, folder, HOUR)


def test_what_is_settled_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = list[str]()
    real = file_states._bytes_of
    monkeypatch.setattr(file_states, "_bytes_of", lambda path: read.append(path) or real(path))
    fresh = states(folder)
    assert sorted(read) == [str(folder / name) for name in ("inner/data.csv", "link", "page.qmd")]
    read.clear()
    now = now_at(folder.parent)
    settled = fresh.seen_again(Moment(now.device, now.time + HOUR))
    assert settled is not None
    assert len(read) == 3
    read.clear()
    again = settled.seen_again(Moment(now.device, now.time + 2 * HOUR))
    assert (again and again.files, read) == (settled.files, [])
    third = States(Moment(now.device, now.time + HOUR), {}, {}, [])
    third.add_tree(str(folder), before=settled)
    assert (third.files, read) == (settled.files, [])


def test_what_changes_while_states_are_taken_is_not_sure(folder: Path) -> None:
    taken = states(folder, HOUR)
    assert taken.is_sure
    taken.moment = now_at(folder.parent)
    (folder / "page.qmd").write_bytes(OTHER)
    taken.files.clear()
    taken.add(str(folder / "page.qmd"))
    assert not taken.is_sure


def test_a_folder_that_is_not_entered_has_only_its_name(folder: Path) -> None:
    taken = States(now_at(folder.parent), {}, {}, [])
    taken.add_tree(str(folder), lambda path: not path.endswith("inner"))
    (folder / "inner/data.csv").write_bytes(OTHER)
    assert stands(taken, folder)
    (folder / "inner").rename(folder / "outer")
    assert not stands(taken, folder)


def test_a_file_that_may_not_be_read_is_in_doubt(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: str) -> str:
        raise PermissionError(path)

    monkeypatch.setattr(file_states, "_bytes_of", refused)
    taken = states(folder)
    monkeypatch.undo()
    assert not stands(taken, folder)
