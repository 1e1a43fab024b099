"""A refresh keeps versions: the table that stood, and the one that was accepted."""
# ruff: noqa: F811

from __future__ import annotations

import pytest
from refreshing import CSV, NEWER, TODAY, Refreshed, refreshed  # noqa: F401 - a fixture

import broadsheet as bs
from broadsheet.data.refresh.retrieval import accept
from broadsheet.data.vintages import vintages
from broadsheet.errors import RetrievalError


def test_a_refresh_keeps_the_table_before_it_and_the_new_one(
    refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch
) -> None:
    refreshed.file()
    refreshed.standin.gives(NEWER)
    monkeypatch.chdir(refreshed.root)
    assert refreshed.refresh()
    before, now = vintages(refreshed.root, "trade")
    assert (str(before.known), before.rows) == ("2025-01-31", 2)
    assert (now.known, now.rows) == (TODAY, 3) and now.source.endswith("/trade.csv")
    assert list(bs.table("trade", known="2026-11-29")["total"]) == [146.9, 190.3]
    assert list(bs.table("trade", known=TODAY)["total"]) == [146.9, 190.3, 240.1]
    files = refreshed.files()
    assert not refreshed.refresh() and refreshed.files() == files


def test_a_table_that_is_not_accepted_is_no_version(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.gives(NEWER)
    revision = refreshed.retrieve()
    refreshed.site.write("data/trade.csv", CSV.replace("190.3", "190.4"))
    with pytest.raises(RetrievalError, match="has changed since it was retrieved"):
        accept(refreshed.root, revision)
    assert not (refreshed.root / "data/vintages/trade/index.txt").exists()


def test_a_source_without_news_leaves_the_day_from_which_a_table_was_known(
    refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = {"source": "file", "address": f"{refreshed.standin.address}/trade.csv"}
    refreshed.entry({**source, "every": "P1M"})
    refreshed.standin.gives(CSV)
    monkeypatch.chdir(refreshed.root)
    assert refreshed.refresh() and refreshed.resource["retrieved"] == TODAY.isoformat()
    assert list(bs.table("trade", known="2025-02-01")["total"]) == [146.9, 190.3]
    assert [str(one.known) for one in vintages(refreshed.root, "trade")] == ["2025-01-31"]
