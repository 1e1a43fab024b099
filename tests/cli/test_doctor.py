"""`broadsheet doctor`: what is installed, and what is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from broadsheet.cli.main import main
from broadsheet.version import __version__
from conftest import Site


def asked(folder: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "broadsheet", "doctor", *options],
        cwd=folder,
        env=variables or None,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_names_versions_and_programs(site: Site, monkeypatch, capsys):
    monkeypatch.chdir(site.root)
    assert main(["doctor", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    versions = {
        part["name"]: part["version"] for group in report.values() for part in group if group
    }
    assert versions["broadsheet"] == __version__
    assert versions["pandas"] == metadata.version("pandas")
    assert versions["preview"].startswith("starlette ")
    assert "Chrom" in versions["browser"]
    assert versions["pandoc"].startswith("pandoc ")
    assert versions["root"] == str(site.root)
    assert report["faults"] == []


def test_a_browser_that_does_not_start_is_a_fault(tmp_path):
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\nexit 3\n")
    browser.chmod(0o755)
    done = asked(tmp_path, BROWSER_PATH=str(browser), PATH=str(tmp_path))
    assert done.returncode == 1
    assert "error: browser: no Chrome or Chromium starts here" in done.stderr
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines() if line.strip()]
    assert ["browser", f"missing  {browser}"] in lines
    assert ["quarto", "missing  only for `quarto render`"] in lines
    assert ["publication"] not in lines
