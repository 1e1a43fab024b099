"""What several commands are given: the publication in which they run, days, numbers, slugs."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TypeAlias

from broadsheet.errors import UsageError, shown

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
MOST_JOBS = 1024
"""Processes that a command may be asked for."""


def root() -> Path:
    """The root of the publication that the working directory lies in."""
    from broadsheet.project.project import find_root

    try:
        here = Path.cwd()
    except OSError:
        raise UsageError(
            "the working directory",
            "it is not there any more",
            "Change to the publication's folder.",
        ) from None
    return find_root(here)


def day(text: str) -> date:
    """A day in ISO 8601."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{shown(text, 40)} is no day, such as 2023-05-26"
        ) from None


def jobs(text: str) -> int:
    """A number of processes."""
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MOST_JOBS or len(text) > 9:
        raise argparse.ArgumentTypeError(
            f"{shown(text, 40)} is not a whole number from 1 to {MOST_JOBS:,}"
        )
    return int(text)


def add_day(command: argparse.ArgumentParser) -> None:
    """`--today` and `--drafts`: which pages are on the site."""
    command.add_argument("--today", type=day, metavar="DATE", help="as the site is on that day")
    command.add_argument(
        "--drafts", action="store_true", help="drafts and what is yet to come out, too"
    )
