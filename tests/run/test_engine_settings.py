"""What the engine's own settings say, in a publication: it is told with the article."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from conftest import Site

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("preload = [1]", "[tool.papermill-warm]: preload is [1]: 1 is not the name of a module"),
        ('preload = ["nosuch"]', "preload names nosuch, which"),
        ("time-limit = 0.2", "the notebook ran longer than the engine's limit of time"),
    ],
)
def test_a_setting_that_stops_a_run_is_told(
    table: str, message: str, site: Site, run: Callable[..., tuple[int, str, str]]
) -> None:
    site.front()
    site.article("first", "import time\nwhile True: time.sleep(0.1)")
    site.write("pyproject.toml", f"[tool.papermill-warm]\n{table}\n")
    code, _, reported = run(site, "build")
    assert code == 1
    assert "posts/first/index.ipynb" in reported and message in reported, reported
