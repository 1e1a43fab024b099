"""What tests of the engine have in common."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest

from papermill_warm.papermill_engine import SAID


@pytest.fixture
def libraries() -> None:
    """Leaves out a test of notebooks that use pandas and charts, where these are not installed."""
    for name in ("pandas", "plotly", "matplotlib"):
        pytest.importorskip(name, reason=f"needs {name}")


@pytest.fixture
def warm_log(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """The warnings of papermill's log; those that were logged before are logged again."""
    caplog.set_level(logging.INFO, "papermill")
    SAID.clear()
    yield lambda: "\n".join(
        record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING
    )
