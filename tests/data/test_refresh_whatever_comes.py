"""Whatever a source answers, and whenever the process ends, the table is the old or a valid new one."""
# ruff: noqa: F811

from __future__ import annotations

import errno
import os
import random
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from refreshing import CSV, NEWER, Refreshed, refreshed  # noqa: F401 - a fixture

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import DESCRIPTOR
from broadsheet.data.refresh.retrieval import accept
from broadsheet.errors import BroadsheetError, RetrievalError
from broadsheet.storage import data_swap, store
from broadsheet.storage.files import FileError
from conftest import slow_but
from standin_source import Reply

CELLS = st.one_of(
    st.integers(1990, 2030).map(str),
    st.floats().map(str),
    st.text(max_size=6),
    st.sampled_from(["", "..", "n/a", '"', "\n", ";", "190.3", "2022", "=1+1", "1e999"]),
)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=3), max_size=6).map(
    lambda rows: "year,total\n" + "".join(f"{','.join(row)}\n" for row in rows)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["year", "total", "data", "error", "count"]), inner)
    ),
    max_leaves=12,
)
BODIES = st.one_of(
    st.binary(max_size=200),
    TABLES,
    JSON,
    st.integers(0, len(NEWER)).map(lambda length: NEWER[:length]),
    st.tuples(st.integers(0, len(NEWER) - 1), st.binary(max_size=3)).map(
        lambda change: NEWER[: change[0]].encode() + change[1] + NEWER[change[0] :].encode()
    ),
)
REPLIES = st.builds(
    Reply,
    BODIES,
    st.sampled_from([200, 200, 200, 200, 204, 301, 404, 500]),
    st.dictionaries(
        st.sampled_from(["Content-Type", "ETag", "Retry-After", "Content-Encoding"]),
        st.sampled_from(["text/csv", "text/html", "gzip", '"1"', "0", "-1", "soon"]),
    ),
    st.one_of(st.none(), st.integers(0, 300)),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(REPLIES, min_size=1, max_size=3), st.booleans())
@example([Reply(NEWER)], False)
@example([Reply("year,total\n2021,146.9\n2022,\n")], True)
def test_whatever_a_source_answers_the_table_is_the_old_or_a_valid_new_one(
    refreshed: Refreshed, replies: list[Reply], is_accepted: bool
) -> None:
    if not (refreshed.root / "data").exists():
        refreshed.file()
    refreshed.standin.gives(*replies)
    before = refreshed.files()
    try:
        refreshed.refresh(is_accepted=is_accepted)
    except RetrievalError as error:
        assert refreshed.files() == before
        assert error.what and error.mend
    assert refreshed.is_whole()


SOURCES: list[tuple[str, dict[str, Any]]] = [
    ("world-bank", {"indicator": "X"}),
    ("comtrade", {"period": 2022}),
    ("fred", {"series_id": "X"}),
    ("eia", {"route": "x"}),
    ("ecb", {"flow": "X"}),
    ("eurostat", {"flow": "X"}),
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(SOURCES), st.lists(REPLIES, min_size=1, max_size=3))
def test_whatever_comes_in_the_place_of_an_agency_the_old_table_stands(
    refreshed: Refreshed, source: tuple[str, dict[str, Any]], replies: list[Reply]
) -> None:
    os.environ.update({"EIA_API_KEY": "0123456789", "FRED_API_KEY": "0123456789"})
    try:
        name, query = source
        refreshed.entry({"source": name, "query": query, "address": refreshed.standin.address})
        refreshed.standin.gives(*replies)
        before = refreshed.files()
        with pytest.raises(RetrievalError):
            refreshed.refresh()
        assert refreshed.files() == before
    finally:
        del os.environ["EIA_API_KEY"], os.environ["FRED_API_KEY"]


# A process that ends

REFRESH = """
import os, sys
from datetime import date
from pathlib import Path
from broadsheet.data.refresh.retrieval import accept, retrieved
root = Path(sys.argv[1])
for number in range(1000):
    (root / "raw.csv").write_text(f"year,total\\n2021,146.9\\n2022,190.3\\n2023,{240 + number}.1\\n")
    accept(root, retrieved(root, "trade", today=date(2026, 11, 30)))
    os.write(1, b".")
"""


@pytest.mark.parametrize("moment", slow_but(range(30), 3))
def test_a_refresh_that_is_killed_leaves_one_table_whole(moment: int, refreshed: Refreshed) -> None:
    refreshed.entry({"source": "file", "address": "raw.csv"})
    process = subprocess.Popen(
        [sys.executable, "-c", REFRESH, str(refreshed.root)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    chance = random.Random(moment)
    try:
        for _ in range(chance.randint(1, 6)):
            assert os.read(process.stdout.fileno(), 1) == b"."
        # A part of the time that one refresh takes; it is killed wherever it is then.
        select.select([], [], [], chance.random() * 0.05)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    assert refreshed.is_whole()
    assert refreshed.csv.startswith(CSV)
    refreshed.site.write("raw.csv", NEWER)
    refreshed.refresh()
    assert refreshed.is_whole() and refreshed.csv == NEWER


class Killed(BaseException):
    """The end of a process, at a step of it."""


STEPS = range(14)


@pytest.mark.parametrize("last", STEPS)
def test_a_swap_that_ends_at_any_step_is_finished_or_was_not_begun(
    last: int, refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch
) -> None:
    refreshed.file()
    refreshed.standin.gives(NEWER)
    revision = refreshed.retrieve()
    steps = 0

    def killing(function: Any) -> Any:
        def step(*words: Any, **options: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps > last:
                raise Killed
            return function(*words, **options)

        return step

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killing(Path.replace))
        patch.setattr(Path, "unlink", killing(Path.unlink))
        patch.setattr(os, "fsync", killing(os.fsync))
        with suppress(Killed):
            accept(refreshed.root, revision)
    assert refreshed.is_whole()
    assert refreshed.csv in (CSV, NEWER)
    assert (refreshed.resource["as_of"] == "2023-12-31") == (refreshed.csv == NEWER)
    assert not (refreshed.root / ".broadsheet/data.swap").exists()


@pytest.mark.parametrize("last", range(1, 24))
def test_a_swap_for_which_the_disk_is_full_at_any_step_is_taken_back(
    last: int, refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch
) -> None:
    refreshed.file()
    refreshed.standin.gives(NEWER)
    revision = refreshed.retrieve()
    before, steps = tables_of(refreshed), 0

    def filling(function: Any) -> Any:
        def step(*words: Any, **options: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == last:
                raise OSError(errno.ENOSPC, "No space left on device")
            return function(*words, **options)

        return step

    with monkeypatch.context() as patch:
        for name in ("replace", "hardlink_to", "mkdir"):
            patch.setattr(Path, name, filling(getattr(Path, name)))
        patch.setattr(os, "fsync", filling(os.fsync))
        patch.setattr(os, "fchmod", filling(os.fchmod))
        try:
            accept(refreshed.root, revision)
        except FileError as error:
            assert "No space left on device; all are as they were" in str(error)
            assert tables_of(refreshed) == before
        else:
            assert refreshed.csv == NEWER
    assert not (refreshed.root / ".broadsheet/data.swap").exists()
    assert refreshed.is_whole()
    assert not list((refreshed.root / ".broadsheet").rglob("*.old*"))
    assert accept(refreshed.root, revision) or refreshed.csv == NEWER


def refused(path: Path, target: Path) -> Path:
    raise OSError(errno.EACCES, "Permission denied")


def test_a_sweep_leaves_what_a_swap_can_be_taken_back_by(
    refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch
) -> None:
    refreshed.file()
    before, move = tables_of(refreshed), Path.replace

    def swept(path: Path, target: Path) -> Path:
        store.sweep(refreshed.root / store.FOLDER)
        if target.name == "datapackage.json" and ".old" not in path.name:
            refused(path, target)
        return move(path, target)

    files: dict[str, bytes | None] = {"data/trade.csv": NEWER.encode(), DESCRIPTOR: b"{}"}
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", swept)
        with pytest.raises(FileError, match="Permission denied; all are as they were"):
            data_swap.replace_together(refreshed.root, files, {})
    assert tables_of(refreshed) == before
    assert not (refreshed.root / ".broadsheet/data.swap").exists()


def test_a_swap_that_cannot_be_taken_back_is_finished_later(
    refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch
) -> None:
    refreshed.file()
    refreshed.standin.gives(NEWER)
    revision, move = refreshed.retrieve(), Path.replace

    def failing(path: Path, target: Path) -> Path:
        is_refused = target.name == "datapackage.json" or path.name.endswith(".old.part")
        return refused(path, target) if is_refused else move(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", failing)
        with pytest.raises(FileError, match="others are new already"):
            accept(refreshed.root, revision)
    assert not Catalogue.open(refreshed.root).check()
    assert refreshed.csv == NEWER and refreshed.is_whole()


def tables_of(refreshed: Refreshed) -> dict[str, bytes]:
    """The files of the publication but the contents of versions, which are none without a line."""
    files = refreshed.files()
    return {name: data for name, data in files.items() if not name.endswith((".gz", ".json"))} | {
        DESCRIPTOR: files[DESCRIPTOR]
    }


@pytest.fixture
def small_disk(refreshed: Refreshed) -> Iterator[Refreshed]:
    """A publication on a file system of its own, which is small."""
    words = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(refreshed.root)]
    if os.geteuid() or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        refreshed.site.front()
        yield refreshed
    finally:
        subprocess.run(["umount", "-l", str(refreshed.root)], check=True)


def test_a_full_disk_leaves_all_files_as_they_were(small_disk: Refreshed, run: Any) -> None:
    root, failed = small_disk.root, 0
    many = CSV + "".join(f"{year},{year / 7}\n" for year in range(1500, 2020))
    for room in range(0, 25):
        small_disk.file()
        small_disk.standin.gives(many)
        revision = small_disk.retrieve(is_accepted=True)
        before, ballast = tables_of(small_disk), root / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(b"x" * 4096):
                pass
        os.truncate(ballast, ballast.stat().st_size - room * 4096)
        try:
            accept(root, revision)
        except FileError as error:
            failed += 1
            assert "No space left on device; all are as they were" in str(error)
        ballast.unlink()
        assert small_disk.is_whole()
        assert (tables_of(small_disk) == before) == (small_disk.csv == CSV)
        assert not (root / ".broadsheet/data.swap").exists()
        assert small_disk.csv == CSV or small_disk.csv.count("\n") > 500
    assert 0 < failed < 25


@pytest.mark.parametrize(
    "files",
    [
        {"posts/a/index.ipynb": b"{}"},
        {"data/../_quarto.yml": b""},
        {"/etc/x": b""},
        {"data": b""},
    ],
)
def test_a_swap_that_somebody_else_wrote_reaches_data_alone(
    files: dict[str, bytes], refreshed: Refreshed
) -> None:
    import msgspec

    refreshed.file()
    before = refreshed.files()
    swap = refreshed.root / store.FOLDER / "data.swap"
    store.write_entry(swap, msgspec.json.encode(files))
    Catalogue.open(refreshed.root)
    assert refreshed.files() == before and not swap.exists()
    swap.write_bytes(b"no swap")
    Catalogue.open(refreshed.root)
    assert refreshed.files() == before and not swap.exists()
    swap.symlink_to(refreshed.root / "_quarto.yml")
    Catalogue.open(refreshed.root)
    assert refreshed.files() == before and not os.path.lexists(swap)
    store.messages()


def test_no_link_leads_a_swap_out_of_data(refreshed: Refreshed) -> None:
    import msgspec

    refreshed.file()
    (refreshed.root / "data/other.csv").symlink_to("../_quarto.yml")
    (refreshed.root / "data/folder").symlink_to("..")
    before = refreshed.files()
    for name in ("data/other.csv", "data/folder/_quarto.yml"):
        swap = refreshed.root / store.FOLDER / "data.swap"
        store.write_entry(swap, msgspec.json.encode({name: b"x"}))
        Catalogue.open(refreshed.root)
        assert refreshed.files() == before and not swap.exists()
        with pytest.raises(BroadsheetError, match="a link"):
            data_swap.replace_together(refreshed.root, {name: b"x"}, {})
        assert refreshed.files() == before
    store.messages()


def test_no_file_beyond_data_is_swapped(refreshed: Refreshed) -> None:
    with pytest.raises((ValueError, BroadsheetError)):
        data_swap.replace_together(refreshed.root, {"index.qmd": b""}, {})
