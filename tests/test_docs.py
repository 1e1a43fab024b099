"""The guides are a contract: what an author can write or type is in them, as code."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from inspect import getmembers, isfunction
from pathlib import Path

import pytest

import broadsheet as bs
from broadsheet.cli.options import parser
from broadsheet.markdown.finishing import FIGURE_KEYS
from broadsheet.project.settings import (
    BroadsheetKeys,
    Correction,
    EditionRule,
    EditionSettings,
    Newsletter,
    OwnKeys,
    Settings,
    Smtp,
)

ROOT = Path(__file__).parents[1]
GUIDES = "\n".join(
    path.read_text("utf-8") for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
)
CODE = "\n".join(
    fence or span
    for fence, span in re.findall(
        r"^```[^\n]*\n(.*?)^```|`([^`\n]+)`", GUIDES, re.DOTALL | re.MULTILINE
    )
)
COMMANDS = (ROOT / "docs/commands.md").read_text("utf-8")


def commands(
    command: argparse.ArgumentParser, name: str = "broadsheet"
) -> Iterator[tuple[str, list[str]]]:
    """Each command that does something, with its options."""
    below = [
        action for action in command._actions if isinstance(action, argparse._SubParsersAction)
    ]
    if not below:
        yield (
            name,
            [action.option_strings[-1] for action in command._actions if action.option_strings],
        )
    for action in below:
        for word, one in action.choices.items():
            yield from commands(one, f"{name} {word}")


def keys(*models: type[Settings]) -> list[str]:
    return sorted({str(field.alias) for model in models for field in model.model_fields.values()})


def is_shown(text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(text)}(?![\w-])", CODE) is not None


@pytest.mark.parametrize("command", [name for name, _ in commands(parser())])
def test_each_command_is_shown(command: str) -> None:
    assert is_shown(command)


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (name.removeprefix("broadsheet "), option)
        for name, options in commands(parser())
        for option in options
        if option != "--help"
    ],
)
def test_each_option_is_in_the_table_of_options_with_its_command(command: str, option: str) -> None:
    rows = [line.split("|")[1:3] for line in COMMANDS.splitlines() if line.startswith("| ")]
    assert any(re.search(rf"`{option}\b", named) and f"`{command}`" in of for named, of in rows)


@pytest.mark.parametrize("name", [name for name in bs.__all__ if name not in {"Origin", "charts"}])
def test_each_name_that_notebooks_use_is_shown(name: str) -> None:
    assert is_shown(f"bs.{name}")


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, one in getmembers(bs.charts, isfunction)
        if one.__module__ == bs.charts.__name__ and not name.startswith("_")
    ],
)
def test_each_of_the_staple_charts_is_shown(name: str) -> None:
    assert is_shown(f"bs.charts.{name}")


@pytest.mark.parametrize(
    "key",
    [
        *FIGURE_KEYS,
        *keys(OwnKeys, EditionSettings, EditionRule, Correction, BroadsheetKeys, Newsletter, Smtp),
    ],
)
def test_each_key_of_our_own_is_shown(key: str) -> None:
    """Cell options, front matter, `editions:`, `corrections:`, and `broadsheet:` of `_quarto.yml`."""
    assert is_shown(key)
