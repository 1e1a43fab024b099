"""Sentences held against values of a notebook, as the probe of `broadsheet bind` does it in a run."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from broadsheet.checks.bind.probe import Kind, findings_in
from broadsheet.data.descriptor import Field
from broadsheet.data.origin import Origin

DAY = date(2024, 12, 31)


def as_table(frame: pd.DataFrame, title: str = "") -> pd.DataFrame:
    """Give a frame the origin that `bs.table` gives to that of a table."""
    names = [name for name in frame.columns if isinstance(name, str)]
    fields = tuple(Field(name=name, type="string", title=name) for name in dict.fromkeys(names))
    frame.attrs["origin"] = Origin(
        "table", title, "", fields, (), (), DAY, DAY, "0" * 64, "table.csv"
    )
    return frame


def options(
    sentence: str, *, language: str = "en", quote: str = "", **namespace: Any
) -> list[tuple[Kind, str]]:
    """Return the expressions and conditions that read as words of a sentence do, with their kinds."""
    task = {
        "id": 0, "sentence": sentence, "before": "", "language": language, "quote": quote,
        "day": "",
    }  # fmt: skip
    return [
        (item["kind"], option["code"])
        for item in findings_in([task], namespace)
        for option in item["options"]
    ]


def codes(sentence: str, *, language: str = "en", **namespace: Any) -> set[str]:
    """Return the expressions and conditions that read as words of a sentence do."""
    return {code for _, code in options(sentence, language=language, **namespace)}
