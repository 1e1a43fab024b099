"""The kept versions of a table, `data/vintages`, are no tables of today."""

from __future__ import annotations

import gzip

import pytest
from audited_texts import cache, worst  # noqa: F401 - a fixture

from broadsheet.checks.audit.auditing import audit

TODAY = "year,visitors\n2020,4120\n2021,4385\n2022,4610\n2023,4933\n"
BEFORE = TODAY.replace("4933", "4871")


@pytest.mark.parametrize(("number", "verdict"), [("4,933", "borne out"), ("4,871", "contradicted")])
def test_an_older_version_bears_nothing_out(tmp_path, number, verdict):
    kept = tmp_path / "data" / "vintages" / "museum"
    kept.mkdir(parents=True)
    (tmp_path / "data" / "museum.csv").write_text(TODAY)
    (kept / f"{'0a' * 32}.csv.gz").write_bytes(gzip.compress(BEFORE.encode()))
    (tmp_path / "page.md").write_text(f"In 2023 the museum had {number} visitors.\n")
    found = audit(tmp_path)
    assert found.tables == ("data/museum.csv",)
    assert worst(found.statements) == verdict
