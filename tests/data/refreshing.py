"""A publication of a table that has a source, and a clock that waits without waiting."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from broadsheet.data.catalogue import Catalogue, record_tables
from broadsheet.data.refresh.client import LOOPBACK_ALLOWED, Client
from broadsheet.data.refresh.retrieval import accept, retrieved
from broadsheet.data.revision import Revision
from broadsheet.storage import store
from conftest import TABLE, Site
from standin_source import Standin, standin_source

TODAY = date(2026, 11, 30)
CSV = "year,total\n2021,146.9\n2022,190.3\n"
NEWER = "year,total\n2021,146.9\n2022,190.3\n2023,240.1\n"


class Clock:
    """A clock that goes on when somebody waits."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds

    def now(self) -> float:
        return self.time


class Refreshed:
    """A publication whose table `trade` comes from a stand-in."""

    def __init__(self, site: Site, standin: Standin) -> None:
        self.site, self.standin, self.root = site, standin, site.root
        self.clock = Clock()
        site.front()

    def entry(self, refresh: Any, csv: str = CSV, **keys: Any) -> None:
        """Write the catalogue: the table with this `refresh`, and other keys of its entry."""
        entry = {**copy.deepcopy(TABLE), "as_of": "2022-12-31", "refresh": refresh, **keys}
        self.site.table(csv, entry=entry)
        record_tables(self.root)

    def file(self, **keys: Any) -> None:
        """Have the table come from a file of the stand-in."""
        self.entry({"source": "file", "address": f"{self.standin.address}/trade.csv", **keys})

    def retrieve(self, **options: Any) -> Revision:
        return retrieved(
            self.root,
            "trade",
            today=TODAY,
            client=partial(Client, sleep=self.clock.sleep, now=self.clock.now),
            **options,
        )

    def refresh(self, **options: Any) -> bool:
        """Retrieve the table and put it in place. Returns True if a file has changed."""
        return accept(self.root, self.retrieve(**options))

    @property
    def csv(self) -> str:
        return self.site.read("data/trade.csv")

    @property
    def resource(self) -> dict[str, Any]:
        resource: dict[str, Any] = json.loads(self.site.read("data/datapackage.json"))["resources"][
            0
        ]
        return resource

    def files(self) -> dict[str, bytes]:
        """All files of the publication but those that are ours."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and store.FOLDER not in path.parts
        }

    def everything(self) -> bytes:
        """The bytes of all files, ours too."""
        files = [path for path in sorted(self.root.rglob("*")) if path.is_file()]
        return b"\n".join(path.read_bytes() for path in files)

    def is_whole(self) -> bool:
        """True if the table is valid, is that of its entry, and is that of its record."""
        catalogue = Catalogue.open(self.root)
        return not catalogue.check() and not catalogue.differences()


@pytest.fixture
def refreshed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Refreshed]:
    """A publication beside a stand-in, which it may ask over http."""
    monkeypatch.setenv(LOOPBACK_ALLOWED, "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    root = tmp_path / "publication"
    root.mkdir()
    with standin_source() as standin:
        yield Refreshed(Site(root), standin)
