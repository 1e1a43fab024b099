"""How far a build is, as who starts it sees: a live line on a terminal, a line of text now and then
elsewhere.
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

import pytest

from broadsheet.cli import progress
from conftest import Site

EDITIONS = "title: A\neditions:\n  matrix: {year: [2023, 2024]}\n  slug: 'y{{ year }}'"


@pytest.fixture
def publication(site: Site) -> Site:
    """Four editions of two articles, of which one fails."""
    site.article("a", "1", parameters="year: int = 2022", front=EDITIONS)
    site.article("b", "1 / 0")
    return site


def test_on_a_terminal_a_line_tells_articles_editions_and_what_became_of_them(
    publication: Site,
) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "broadsheet", "build"],
        cwd=publication.root,
        stderr=theirs,
        stdout=subprocess.PIPE,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    ) as build:
        os.close(theirs)
        said = b""
        try:
            while more := os.read(ours, 1 << 16):
                said += more
        except OSError:  # how a terminal says that the other end is closed
            os.close(ours)
        assert build.stdout is not None and b"1 fault" in build.stdout.read()
    lines = re.sub(r"\x1b\[[^A-Za-z]*[A-Za-z]", "", said.decode())
    assert re.search(r"2/2 articles .*4/4 editions: 0 cached, 3 ran, 1 failed \d:\d\d:\d\d", lines)


@pytest.mark.slow
def test_elsewhere_a_sound_build_says_nothing_and_a_long_one_a_line_now_and_then(
    publication: Site, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, quiet = run(publication, "build", "--jobs", "1")
    assert "editions" not in quiet
    monkeypatch.setattr(progress, "QUIET_SECONDS", 0)
    _, _, reported = run(publication, "build", "--jobs", "1", "--no-cache")
    assert "2/2 articles, 4/4 editions: 0 cached, 3 ran, 1 failed\n" in reported
    assert "\x1b" not in reported
