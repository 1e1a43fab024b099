"""The last line of a run of the tests: what was not tested here, and why.

It is made of what pytest reports: skipped tests, by their reasons, and those that were left out. A
reason begins with "needs", and says what is missing. With xdist, tests are left out in the workers,
which tell it when they end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

LEFT_OUT = pytest.StashKey[Counter[str]]()
SLOW = "slow (make test-all)"
OPTIONS = "left out by -k or -m"


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count tests that are left out."""
    for item in items:
        _count(item.config, {SLOW if item.get_closest_marker("slow") else OPTIONS: 1})
        if hasattr(item.config, "workeroutput"):
            item.config.workeroutput["left out"] = dict(item.config.stash[LEFT_OUT])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take over what a worker has left out; each of them leaves out the same."""
    told = getattr(node, "workeroutput", {}).get("left out", {})
    if LEFT_OUT not in node.config.stash:
        _count(node.config, told)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Print the line, under all that pytest prints."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput"):
        return
    skipped = {report.nodeid: _reason(report) for report in reporter.stats.get("skipped", ())}
    left_out = config.stash.get(LEFT_OUT, Counter())
    if line := summary(Counter(skipped.values()), left_out):
        reporter.write_line(line)


def summary(skipped: Counter[str], left_out: Counter[str]) -> str:
    """The line; empty if all was tested."""
    parts = [_said(reason, number) for reason, number in sorted(skipped.items())]
    parts += [
        f"{number} {'are' if number > 1 else 'is'} {why}"
        for why, number in sorted(left_out.items())
    ]
    if not parts:
        return ""
    number, _, rest = parts[0].partition(" ")
    parts[0] = f"{number} {'test' if number == '1' else 'tests'} {rest}"
    return f"Not tested here: {'; '.join(parts)}"


def _said(reason: str, number: int) -> str:
    if number == 1 or not reason.startswith("needs "):
        return f"{number} {reason}"
    return f"{number} need {reason.removeprefix('needs ')}"


def _reason(report: Any) -> str:
    reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
    return " ".join(reason.removeprefix("Skipped: ").split())


def _count(config: pytest.Config, numbers: dict[str, int]) -> None:
    config.stash.setdefault(LEFT_OUT, Counter()).update(numbers)
