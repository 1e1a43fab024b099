"""What checkers that are not ours say of the publication, built whole: the W3C's Nu validator, and
Lighthouse.

Both come from npm, for the tests alone; the validator runs on Java. Lighthouse's fourth category,
performance, is a measurement and no test: `benchmarks/lighthouse.py` prints it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import FLAGS

ROOT = Path(__file__).parents[2]
VALIDATOR = ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"
LIGHTHOUSE = ROOT / "node_modules/lighthouse/cli/index.js"

needs_validator = pytest.mark.skipif(
    not shutil.which("java") or not VALIDATOR.is_file(),
    reason="needs Java and the Nu validator, which npm brings",
)
needs_lighthouse = pytest.mark.skipif(
    not shutil.which("node") or not LIGHTHOUSE.is_file(),
    reason="needs Node and Lighthouse, which npm brings",
)


def errors(folder: Path) -> list[str]:
    """What the validator holds against the pages below ``folder``."""
    ran = subprocess.run(
        [
            "java",
            "-jar",
            str(VALIDATOR),
            "--errors-only",
            "--skip-non-html",
            "--format",
            "json",
            str(folder),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return [
        f"{message['url']}: {message['message']}" for message in json.loads(ran.stderr)["messages"]
    ]


@needs_validator
def test_no_page_has_an_error_in_its_markup(publication):
    assert len(list(publication.rglob("*.html"))) > 60
    assert errors(publication) == []


@needs_validator
def test_the_validator_would_find_one(tmp_path):
    (tmp_path / "page.html").write_text(
        '<!DOCTYPE html><html lang="en"><title>A page</title><p><div></div></p></html>'
    )
    assert len(errors(tmp_path)) == 1


@needs_lighthouse
@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("page", ["", "posts/china-russia/2024.html"])
def test_lighthouse_gives_full_marks_on_a_phone(
    page, publication, serve, chromium, tmp_path, monkeypatch
):
    monkeypatch.setenv("CHROME_PATH", chromium)
    report = tmp_path / "report.json"
    subprocess.run(
        [
            "node",
            str(LIGHTHOUSE),
            serve(publication) + page,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            "--only-categories=accessibility,best-practices,seo",
            f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
        ],
        check=True,
        capture_output=True,
        cwd=tmp_path,
    )
    found = json.loads(report.read_text(encoding="utf-8"))
    weighed = {
        audit["id"]
        for category in found["categories"].values()
        for audit in category["auditRefs"]
        if audit["weight"]
    }
    lost = [
        audit["title"]
        for name, audit in found["audits"].items()
        if name in weighed and audit["score"] not in (None, 1)
    ]
    assert lost == []
    assert {name: category["score"] for name, category in found["categories"].items()} == {
        "accessibility": 1,
        "best-practices": 1,
        "seo": 1,
    }
