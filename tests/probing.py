"""Sentences held against values of a notebook, as the probe of `broadsheet bind` does it in a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from broadsheet.checks.bind.asking import answer_of, sentences_of
from broadsheet.checks.bind.bound_source import BoundSource
from broadsheet.checks.bind.choosing import chosen_words
from broadsheet.checks.bind.probe import Kind, findings_in
from broadsheet.data.descriptor import Field
from broadsheet.data.origin import Origin

DAY = date(2024, 12, 31)
YEARS = pd.Index([2020, 2021, 2022, 2023], name="year")
GRAIN = pd.DataFrame(
    {"wheat": [310.0, 352.0, 440.0, 521.0], "barley": [118.0, 264.0, 237.0, 146.0]}, YEARS
)
"""A table of a farm, to which a test adds columns."""


def as_table(frame: pd.DataFrame, title: str = "") -> pd.DataFrame:
    """Give a frame the origin that `bs.table` gives to that of a table."""
    names = [name for name in frame.columns if isinstance(name, str)]
    fields = tuple(Field(name=name, type="string", title=name) for name in dict.fromkeys(names))
    frame.attrs["origin"] = Origin(
        "table", title, "", fields, (), (), DAY, DAY, "0" * 64, "table.csv"
    )
    return frame


def described(frame: pd.DataFrame, title: str = "", **columns: dict[str, str]) -> pd.DataFrame:
    """Give a frame an origin with the titles and units of its columns."""
    table = as_table(frame, title)
    origin = table.attrs["origin"]
    fields = tuple(each.model_copy(update=columns.get(each.name, {})) for each in origin.columns)
    table.attrs["origin"] = replace(origin, columns=fields)
    return table


def options(
    sentence: str, *, language: str = "en", quote: str = "", **namespace: Any
) -> list[tuple[Kind, str]]:
    """Return the expressions and conditions that read as words of a sentence do, with their kinds."""
    return [
        (item["kind"], option["code"])
        for item in _findings(sentence, language, quote, namespace)
        for option in item["options"]
    ]


def scores(sentence: str, *, language: str = "en", **namespace: Any) -> dict[str, float]:
    """Return the expressions and conditions that read as words of a sentence do, each with how clearly
    the sentence names it.
    """
    return {
        option["code"]: option["score"]
        for item in _findings(sentence, language, "", namespace)
        for option in item["options"]
    }


def codes(sentence: str, *, language: str = "en", **namespace: Any) -> set[str]:
    """Return the expressions and conditions that read as words of a sentence do."""
    return {code for _, code in options(sentence, language=language, **namespace)}


def _findings(
    sentence: str, language: str, quote: str, namespace: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    task = {
        "id": 0, "sentence": sentence, "before": "", "language": language, "quote": quote,
        "day": "", "head": "",
    }  # fmt: skip
    return findings_in([task], namespace)


def bound(text: str, *, language: str = "en", **namespace: Any) -> list[str]:
    """Return the expressions and conditions to which the words of a page are bound, in their order."""
    source = BoundSource(PurePosixPath("page.qmd"), f"{text}\n")
    asked = sentences_of(source, language)
    task = [
        {
            "id": number, "sentence": each.text, "before": each.before, "language": language,
            "quote": "", "day": "", "head": each.head,
        }
        for number, each in enumerate(asked)
    ]  # fmt: skip
    answers = dict(map(answer_of, findings_in(task, namespace)))
    edits, _ = chosen_words(source, asked, [answers], {})
    return [edit.code for edit in sorted(edits, key=lambda edit: edit.start)]
