"""Audits texts beside tables, with a cache of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest

from broadsheet.checks.audit.auditing import audit
from broadsheet.checks.audit.statement import AuditStatement


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path_factory):
    """The user's cache folder."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


def rows_over_time(times: Sequence[object], values: Mapping[str, Sequence[float]]) -> str:
    """The rows of a table of labels, times and values."""
    return "".join(
        f"{label},{time},{value}\n"
        for label, of_label in values.items()
        for time, value in zip(times, of_label, strict=True)
    )


def written(folder: Path, tables: Mapping[str, str]) -> Path:
    """A new folder with tables, by the names of their files."""
    folder.mkdir(parents=True)
    for name, text in tables.items():
        (folder / name).write_text(text)
    return folder


def audited(
    place: Path, tables: Mapping[str, str], text: str, language: str = "en"
) -> list[AuditStatement]:
    """The statements of a text beside tables."""
    folder = written(place / "site", tables)
    (folder / "page.md").write_text(f"---\nlang: {language}\n---\n\n{text}\n")
    return audit(folder).statements


def words_with(verdict: str, statements: Iterable[AuditStatement]) -> list[str]:
    """The words of the statements with a verdict."""
    return [each.words for each in statements if each.verdict == verdict]


def worst(statements: Iterable[AuditStatement]) -> str:
    """The verdict on a text: that of its worst statement."""
    verdicts = {each.verdict for each in statements}
    return next((each for each in ("contradicted", "borne out") if each in verdicts), "unknown")
