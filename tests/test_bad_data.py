"""Bad data of every kind: each ends in a message that names what is wrong, and what does not depend on it is built.

The cases are in `bad_data/`, a module a kind; the messages that they must give are in `bad_data/messages/`, a file a
kind, written anew with `pytest --snapshot-update`. One publication has all bad things of a kind, with good pages between
them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bad_data import descriptors, tables
from conftest import CONFIG, TABLE, Site
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.amber import AmberSnapshotExtension
from syrupy.location import PyTestLocation

Run = Callable[..., tuple[int, str, str]]


class Messages(AmberSnapshotExtension):
    """A file of messages for each test, in `bad_data/messages/`."""

    snapshot_dirname = "bad_data/messages"

    @classmethod
    def get_file_basename(cls, *, test_location: PyTestLocation, index: Any) -> str:
        return f"test_bad_data.{str(test_location.methodname).removeprefix('test_bad_')}"


@pytest.fixture
def messages(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Messages)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Site]:
    """An empty publication of a kind, for all of its cases."""
    def made(kind: str) -> Site:
        site = Site(tmp_path_factory.mktemp(kind))
        site.write("_quarto.yml", CONFIG)
        return site
    return made


def command(site: Site, *arguments: str) -> tuple[int, str, str]:
    """`broadsheet …` in a publication: its exit code and what it printed; for fixtures of more than one test."""
    import contextlib
    import io

    from broadsheet.cli import main
    before, out, err = Path.cwd(), io.StringIO(), io.StringIO()
    os.chdir(site.root)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(arguments)
    finally:
        os.chdir(before)
    return code, out.getvalue(), err.getvalue()


# Descriptors

SOUND = {"byte-order-mark", "source-path-a-folder", "source-path-broken", "notes-of-text"}
"""What may look odd and is taken; links are looked at where they are written."""


@pytest.mark.parametrize("case", descriptors.CASES)
def test_bad_descriptors(site: Site, run: Run, messages: SnapshotAssertion, case: str) -> None:
    site.table()
    data = site.root / "data"
    for place, put in tables.PLACES.items():
        put(data / f"{place}.csv")
    known = json.loads(site.read("data/datapackage.json"))
    (data / "datapackage.json").write_bytes(descriptors.CASES[case](known))
    code, out, err = run(site, "data", "check")
    assert (code, err) == (0, "") if case in SOUND else code == 1
    assert err == messages
    for more in (("data", "list"), ("data", "list", "--json"), ("data", "check", "--json"),
                 ("data", "check", "--update-hashes")):
        assert run(site, *more)[0] in (0, 1)


# Tables

@pytest.fixture(scope="module")
def table_faults(shared: Callable[[str], Site]) -> dict[str, str]:
    """What `data check` says of each bad table, all of one catalogue."""
    site = shared("tables")
    (site.root / "data").mkdir()
    for name, content in tables.CASES.items():
        (site.root / f"data/{name}.csv").write_bytes(content)
    for name, put in tables.PLACES.items():
        put(site.root / f"data/{name}.csv")
    (site.root / "data/good.csv").write_bytes(tables.GOOD)
    names = ["good", *tables.CASES, *tables.PLACES]
    site.write("data/datapackage.json", json.dumps({"name": "test", "title": "Test", "resources": [
        {**TABLE, "name": name, "path": f"{name}.csv",
         "schema": {"fields": tables.FIELDS, "primaryKey": ["year"]}} for name in names]}))
    code, _, _ = command(site, "data", "check", "good", "--update-hashes")
    assert code == 0
    code, out, err = command(site, "data", "check")
    assert code == 1
    code, listed, _ = command(site, "data", "list")
    assert code == 0 and listed.count("has a fault") == len(names) - 2
    found = {name: "" for name in names}
    for message in err.split("error: ")[1:]:
        (name,) = [name for name in names if f"table {name!r}:" in message]
        found[name] += message
    return found


@pytest.mark.parametrize("case", [*tables.CASES, *tables.PLACES])
def test_bad_tables(table_faults: dict[str, str], messages: SnapshotAssertion, case: str) -> None:
    """A file of carriage returns alone is one of an old Macintosh, and taken; it only has no checksum yet."""
    assert table_faults[case] == messages
    assert not table_faults["good"]
