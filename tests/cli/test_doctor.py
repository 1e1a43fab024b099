"""`broadsheet doctor`: what is installed, and what is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from test_extras import WITHOUT

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
    whole = json.loads(capsys.readouterr().out)
    report = whole["result"]
    versions = {
        part["name"]: part["version"] for group in report.values() for part in group if group
    }
    assert versions["broadsheet"] == __version__
    assert versions["pandas"] == metadata.version("pandas")
    assert versions["preview"].startswith("starlette ")
    assert "Chrom" in versions["browser"]
    assert versions["pandoc"].startswith("pandoc ")
    assert versions["root"] == str(site.root)
    assert whole["faults"] == []


def test_what_is_missing_is_told_with_what_it_is_for(tmp_path):
    """A build does without a browser, so its lack is no fault."""
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\nexit 3\n")
    browser.chmod(0o755)
    done = asked(tmp_path, BROWSER_PATH=str(browser), PATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines() if line.strip()]
    [browser_line] = [line[1] for line in lines if line[0] == "browser"]
    assert browser_line.startswith(f"missing  {browser}  charts have no pictures")
    assert ["quarto", "missing  only for `quarto render`"] in lines
    assert ["publication"] not in lines


def test_without_pandoc_no_page_can_be_made(tmp_path):
    """As where its package is not installed."""
    (tmp_path / "sitecustomize.py").write_text(WITHOUT)
    done = asked(tmp_path, PYTHONPATH=str(tmp_path), ABSENT="pypandoc", PATH=os.environ["PATH"])
    assert done.returncode == 1
    assert "error: pandoc: no Pandoc starts here" in done.stderr
