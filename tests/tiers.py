"""The tiers of the tests, and which tests a change of a package can break.

The tier of a test follows from what it reaches (`reach.py`). A test of the tiers *unit* and *page* is
watched while it runs (`watch.py`): if it starts a process of another tier all the same, it fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import watch
from reach import TIERS, Node, Reach
from source_tree import PLACES_OF_TESTS

REACH = pytest.StashKey[Reach]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make test TIER=unit PKG=figures`."""
    group = parser.getgroup("broadsheet")
    group.addoption("--tier", metavar="TIER", help=f"only tests of a tier: {', '.join(TIERS)}")
    group.addoption(
        "--package",
        metavar="PKG",
        help="only tests that a change of a package or room can break: figures, site/index",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Read the source; in the process that starts the others, first."""
    for tier in TIERS:
        config.addinivalue_line(
            "markers", f"{tier}: the tier, which is set by what a test reaches (tests/tiers.py)"
        )
    kept = config.rootpath / ".pytest_cache/reach.json"
    kept.parent.mkdir(exist_ok=True)
    config.stash[REACH] = reach = Reach.read(kept)
    tier, package = config.getoption("--tier"), config.getoption("--package")
    if tier and tier not in TIERS:
        raise pytest.UsageError(f"TIER is {tier!r}, and no tier. The tiers: {', '.join(TIERS)}")
    if package and package.rstrip("/") not in reach.packages:
        listed = ", ".join(sorted(reach.packages))
        raise pytest.UsageError(f"PKG is {package!r}, and no package or room. There are: {listed}")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file without a test that is asked for is not even imported."""
    if collection_path.is_dir() or not collection_path.name.startswith("test_"):
        return None
    if not any(folder in collection_path.parents[:2] for folder in PLACES_OF_TESTS):
        return None
    if not (config.getoption("--tier") or config.getoption("--package")):
        return None
    tests = config.stash[REACH].tests(collection_path)
    return None if any(_is_asked_for(config, test) for test in tests) else True


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test with its tier, and take out what is not asked for."""
    tests = [(item, _node(item)) for item in items]
    reach = config.stash[REACH]
    for item, test in tests:
        item.add_marker(reach.tier(test) if test[0] in reach.modules else "whole")
    if config.getoption("--tier") or config.getoption("--package"):
        items[:] = [item for item, test in tests if _is_asked_for(config, test)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    """Watch a test, and its fixtures."""
    watch.begin(next(tier for tier in TIERS if item.get_closest_marker(tier)))
    try:
        return (yield)
    finally:
        watch.begin("whole")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Fail a test that has caught the failure, or that has started something in another thread."""
    yield
    if watch.refused:
        pytest.fail(watch.refused[0], pytrace=False)


def _node(item: pytest.Item) -> Node:
    """The test function of an item."""
    module = getattr(getattr(item, "function", None), "__module__", "")
    return module, getattr(item, "originalname", None) or item.name


def _is_asked_for(config: pytest.Config, test: Node) -> bool:
    reach = config.stash[REACH]
    tier, package = config.getoption("--tier"), config.getoption("--package")
    if tier and reach.tier(test) != tier:
        return False
    if package:
        modules = reach.breaks(test)
        return modules is None or not modules.isdisjoint(reach.packages[package.rstrip("/")])
    return True
