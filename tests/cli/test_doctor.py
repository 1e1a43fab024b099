"""`broadsheet doctor`: what is installed, and what is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from test_extras import WITHOUT

from broadsheet.cli.main import main
from broadsheet.markdown.pandoc import program
from broadsheet.version import __version__
from conftest import Site


def asked(
    folder: Path, *options: str, command: str = "doctor", **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "broadsheet", command, *options],
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
    done = asked(tmp_path, PYTHONPATH=str(tmp_path), ABSENT="pypandoc", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "error: pandoc: no Pandoc starts here" in done.stderr
    assert "or install Pandoc 3.6 or newer" in done.stderr


@pytest.mark.parametrize("version", ["3.5", "2.19.2"])
def test_a_pandoc_of_the_system_that_is_too_old_is_named(tmp_path, version):
    (tmp_path / "sitecustomize.py").write_text(WITHOUT)
    (tmp_path / "pandoc").write_text(f"#!/bin/sh\necho pandoc {version}\n")
    (tmp_path / "pandoc").chmod(0o755)
    done = asked(tmp_path, PYTHONPATH=str(tmp_path), ABSENT="pypandoc", PATH=str(tmp_path))
    assert done.returncode == 1
    old = f"error: pandoc: {tmp_path / 'pandoc'} is older than 3.6: no page can be made"
    assert old in done.stderr


def test_a_pandoc_of_the_system_makes_pages_where_none_is_packaged(site: Site, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(WITHOUT)
    (tmp_path / "pandoc").symlink_to(program())
    variables = {"PYTHONPATH": str(tmp_path), "ABSENT": "pypandoc", "PATH": str(tmp_path)}
    done = asked(site.root, **variables)
    assert (done.returncode, str(tmp_path / "pandoc") in done.stdout) == (0, True), done.stderr
    site.write("index.qmd", "---\ntitle: Front\n---\n\nBy *Pandoc*.\n")
    built = asked(site.root, command="build", **variables)
    assert built.returncode == 0, built.stderr
    assert "By <em>Pandoc</em>." in site.read("_site/index.html")
    (tmp_path / "pandoc").unlink()
    (site.root / "_site").rename(tmp_path / "site")
    site.write("index.qmd", "---\ntitle: Front\n---\n\nBy nobody.\n")
    built = asked(site.root, command="build", **variables)
    assert built.returncode == 1
    assert "no Pandoc starts here: no page can be made" in built.stderr
    assert "Traceback" not in built.stderr
