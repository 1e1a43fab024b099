"""One source stops no other, and nothing leaves the site in silence: the build as a whole.

What is wrong here is wrong with the place of a source among others. `tests/cli/test_bad_inputs.py` has
what is wrong with its content.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broadsheet.cli.main import DEBUG, main
from broadsheet.site.build.build import build
from conftest import Site

CONFIG = "project: {type: website}\nwebsite: {title: T, search: false}\n"
PAGE = "---\ntitle: %s\n---\nWords.\n"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def paper(site: Site) -> Site:
    """A publication with a front page and an article in a folder."""
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: T\nlisting: {contents: posts}\n---\n")
    site.write("posts/a/index.qmd", PAGE % "A\ndate: 2024-01-01")
    return site


@contextmanager
def _as_anybody() -> Iterator[None]:
    """Without root's privilege to read what may not be read; on Linux, by its capabilities."""
    if os.geteuid():
        yield
        return
    libc, sets = ctypes.CDLL(None, use_errno=True), (ctypes.c_uint32 * 6)()
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    assert libc.capget(header, sets) == 0
    effective = sets[0]
    sets[0] = effective & ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert libc.capset(header, sets) == 0
    try:
        yield
    finally:
        sets[0] = effective
        assert libc.capset(header, sets) == 0


def test_a_folder_that_cannot_be_read_keeps_its_pages(paper: Site, run: Command) -> None:
    assert run(paper, "build")[0] == 0
    old = paper.read("_site/posts/a/index.html")
    (paper.root / "posts").chmod(0)
    try:
        with _as_anybody():
            code, _, reported = run(paper, "build")
    finally:
        (paper.root / "posts").chmod(0o755)
    assert code == 1
    assert "error: posts: this folder cannot be read: Permission denied" in reported
    assert paper.read("_site/posts/a/index.html") == old
    assert "posts/a/" in paper.read("_site/index.html")


def test_a_page_that_may_not_be_read_keeps_its_old_form(paper: Site, run: Command) -> None:
    assert run(paper, "build")[0] == 0
    page = paper.write("posts/a/index.qmd", PAGE % "New")
    page.chmod(0)
    with _as_anybody():
        code, _, reported = run(paper, "build")
    assert code == 1
    assert "error: posts/a/index.qmd: the file may not be read" in reported
    assert "<h1" in paper.read("_site/posts/a/index.html")


def test_a_new_source_of_a_page_that_stands_is_a_fault_of_both(paper: Site, run: Command) -> None:
    assert run(paper, "build")[0] == 0
    old = paper.read("_site/posts/a/index.html")
    twin = paper.write("posts/a/index.md", PAGE % "Twin")
    code, _, reported = run(paper, "build")
    assert code == 1
    assert (
        "error: posts/a/index.md: this page has the address /posts/a/index.html, and so has the page of "
        "posts/a/index.qmd" in reported
    )
    assert "error: posts/a/index.qmd: this page has the address /posts/a/index.html" in reported
    assert paper.read("_site/posts/a/index.html") == old
    twin.unlink()
    assert run(paper, "build")[0] == 0


def test_an_edition_with_the_address_of_a_page_that_stands_is_at_fault_alone(paper: Site) -> None:
    paper.write("posts/b.qmd", PAGE % "B")
    build(paper.root)
    paper.write("posts/c.qmd", PAGE % "C\neditions: [{slug: b}]")
    report = build(paper.root)
    assert [str(fault.where) for fault in report.faults] == ["posts/c.qmd, line 3"]
    assert "has the address /posts/b.html" in report.faults[0].what
    assert "<title>B" in paper.read("_site/posts/b.html")


def test_a_draft_has_no_address_to_dispute(paper: Site) -> None:
    paper.write("posts/a/index.md", PAGE % "Draft\ndraft: true")
    assert not build(paper.root).faults


def _deep_page(root: Path) -> Path:
    """A page that can be read where it is, and whose page in the site would have a longer path than
    there can be.
    """
    folder = root
    while len(os.fsencode(folder)) < 3800:
        folder /= "d" * 200
        folder.mkdir()
    folder /= "e" * (4070 - len(os.fsencode(folder)))
    folder.mkdir()
    page = folder / "x.qmd"
    page.write_text(PAGE % "Deep")
    return page


@pytest.mark.parametrize("others", [1, 25])
def test_a_page_that_cannot_be_put_into_the_site_is_left_out_of_it(
    paper: Site, others: int
) -> None:
    for number in range(others):  # of many, several processes make the pages
        paper.write(f"posts/n{number}.qmd", PAGE % f"N{number}\ndate: 2024-02-01")
    page = _deep_page(paper.root)
    try:
        report = build(paper.root, jobs=2)
        assert [fault.where.file for fault in report.faults] == [
            page.relative_to(paper.root).as_posix()
        ]
        assert "File name too long" in report.faults[0].what
        assert report.pages == others + 2
        assert "posts/n0.html" in paper.read("_site/index.html")
        assert not list((paper.root / "_site").glob("d*"))
    finally:
        shutil.rmtree(next(paper.root.glob("d*")))
    assert build(paper.root).pages == others + 2


@pytest.mark.parametrize(
    "text, line",
    [("since: 2023-02-30\n", 1), ("a: 1\nb: [\n", 3), ("a: &a [*a]\n", 1), ("a: !!int b\n", 1)],
)
def test_variables_that_cannot_be_read_are_a_fault_of_the_pages_that_ask_for_them(
    paper: Site, text: str, line: int
) -> None:
    paper.write("posts/b.qmd", PAGE % "B" + "{{< var a >}}\n")
    paper.write("_variables.yml", text)
    report = build(paper.root)
    assert [str(fault.where) for fault in report.faults] == [f"_variables.yml, line {line}"]
    assert not (paper.root / "_site/posts/b.html").exists()
    assert (paper.root / "_site/posts/a/index.html").is_file()


def test_the_page_of_a_figure_has_no_address_of_another_page(paper: Site) -> None:
    paper.write("posts/c/figures/fig-x/index.qmd", PAGE % "Mine")
    paper.article(
        "c",
        "import plotly.express as px",
        "#| label: fig-x\npx.bar(x=['a', 'b'], y=[1, 2], title='A')",
    )
    report = build(paper.root)
    assert [fault.what for fault in report.faults] == [
        "the page of a figure has the address /posts/c/figures/fig-x/index.html, and so has the page of "
        "posts/c/figures/fig-x/index.qmd"
    ]
    assert "<title>Mine" in paper.read("_site/posts/c/figures/fig-x/index.html")


def test_a_resource_that_cannot_be_read_ends_the_build(paper: Site, run: Command) -> None:
    assert run(paper, "build")[0] == 0
    paper.write("_quarto.yml", CONFIG.replace("website}", "website, resources: ['*.txt']}"))
    paper.write("a.txt", "A").chmod(0)
    with _as_anybody():
        code, _, reported = run(paper, "build")
    assert code == 1
    assert (
        "error: _quarto.yml: `resources` asks for the file a.txt, which cannot be read: Permission denied"
        in reported
    )
    assert (paper.root / "_site/posts/a/index.html").is_file()


@pytest.mark.parametrize("command", [("run", "b"), ("newsletter", "b"), ("facts", "record", "b")])
def test_each_command_names_the_fault_of_the_article_that_it_is_given(
    paper: Site, run: Command, command: tuple[str, ...]
) -> None:
    paper.write("posts/b/index.ipynb", "{}")
    code, _, reported = run(paper, *command)
    assert code == 1
    assert reported.startswith("error: posts/b/index.ipynb: not a notebook: `nbformat` is missing")


def test_a_folder_that_is_gone_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main(["build"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_what_nobody_foresaw_is_one_message(
    paper: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(start: Path) -> Path:
        raise ZeroDivisionError("nobody foresaw this")

    monkeypatch.chdir(paper.root)
    monkeypatch.setattr("broadsheet.storage.publication_root.find_root", broken)
    assert main(["build"]) == 1
    reported = capsys.readouterr().err
    assert reported.startswith(
        "error: broadsheet: this command failed: ZeroDivisionError: nobody foresaw this"
    )
    assert DEBUG in reported
    assert "Traceback" not in reported
    monkeypatch.setenv(DEBUG, "1")
    with pytest.raises(ZeroDivisionError):
        main(["build"])


def test_a_full_disk_has_a_remedy_of_its_own(
    paper: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(start: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.chdir(paper.root)
    monkeypatch.setattr("broadsheet.storage.publication_root.find_root", full)
    assert main(["build"]) == 1
    reported = capsys.readouterr().err
    assert "No space left on device" in reported
    assert "→ Make room on the disk, and run the command again." in reported
    assert "See that the file is there" not in reported
