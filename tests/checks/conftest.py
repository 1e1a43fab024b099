"""What the tests of checks share: folders of tables, and an audit of a text beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from broadsheet.checks.audit.auditing import audit
from broadsheet.checks.audit.statement import AuditStatement


@pytest.fixture
def cache(monkeypatch, tmp_path_factory) -> Path:
    """The user's cache folder."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture
def audited(cache, tmp_path) -> Callable[..., list[AuditStatement]]:
    """A function that audits a text in a language beside tables, by the names of their files."""

    def audited_text(
        tables: Mapping[str, str], text: str, lang: str = "en"
    ) -> list[AuditStatement]:
        for name, table in tables.items():
            (tmp_path / name).write_text(table)
        (tmp_path / "page.md").write_text(f"---\nlang: {lang}\n---\n\n{text}\n")
        return audit(tmp_path).statements

    return audited_text
