"""What tests of the engine have in common."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest


@pytest.fixture
def warm_log(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    caplog.set_level(logging.INFO, "papermill")
    yield lambda: "\n".join(
        record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING
    )
