"""`broadsheet init` and `broadsheet new`: what they write builds as it is, and nothing is written over."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.project.starter import STARTER
from conftest import Site

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def paper(tmp_path: Path, run: Command) -> Site:
    site = Site(tmp_path)
    code, written, reported = run(site, "init", "my-paper", "--title", 'The "Paper"')
    assert code == 0, reported
    assert "wrote posts/first-article/index.ipynb" in written and "cd my-paper" in written
    return Site(tmp_path / "my-paper")


def test_what_is_new_passes_the_strict_check(paper: Site, run: Command) -> None:
    for template in sorted(path.stem for path in (STARTER / "articles").iterdir()):
        assert run(paper, "new", f"a-{template}", "--template", template)[0] == 0
        assert run(paper, "new", f"q-{template}", "--template", template, "--qmd")[0] == 0
    for form in ("qmd", "py", "md"):
        assert run(paper, "new", f"as-{form}", f"--{form}", "--title", "As: text")[0] == 0
    code, found, reported = run(paper, "check", "--strict")
    assert code == 0 and "1 note" in found and "no sitemap and no social cards" in reported, (
        reported
    )
    assert run(paper, "build")[0] == 0
    page = paper.read("_site/posts/first-article/index.html")
    assert "The &#34;Paper&#34;" in page and "424.6 ppm" in page and "<svg" in page
    assert "import broadsheet" not in page
    for form in ("qmd", "py", "md"):
        assert "424.6 ppm" in paper.read(f"_site/posts/as-{form}/index.html")
    assert (paper.root / "_site/posts/a-editions/2010.html").is_file()


def test_each_value_of_the_parameters_of_what_is_new_is_sound(paper: Site, run: Command) -> None:
    for template in sorted(path.stem for path in (STARTER / "articles").iterdir()):
        assert run(paper, "new", f"a-{template}", "--template", template)[0] == 0
    paper.write(
        "_quarto.yml",
        paper.read("_quarto.yml") + "\nbroadsheet:\n  limits:\n    parameter-values: 4\n",
    )
    code, out, reported = run(paper, "check", "--parameters")
    assert code == 0 and "0 refused" in out and "0 faults" in out, reported


def test_a_plain_one_has_nothing_of_quarto_and_can_get_it_later(
    tmp_path: Path, run: Command
) -> None:
    site = Site(tmp_path)
    code, told, reported = run(site, "init", "plain", "--plain")
    assert code == 0, reported
    plain = Site(tmp_path / "plain")
    assert not (plain.root / "scripts").exists() and not (plain.root / "theme").exists()
    assert "quarto render" not in told + plain.read("_quarto.yml")
    code, _, reported = run(plain, "build")
    assert code == 0, reported
    done = subprocess.run(
        [sys.executable, "-m", "broadsheet.quarto", "setup"],
        cwd=plain.root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "pre-render: scripts/pre_render.py" in done.stdout
    assert (plain.root / "theme/quarto/elements.lua").is_file()


def test_nothing_is_written_over(paper: Site, run: Command) -> None:
    paper.write("about.qmd", "mine")
    code, told, _ = run(paper, "init")
    assert code == 0 and "kept about.qmd" not in told and "0 files written" in told
    assert paper.read("about.qmd") == "mine"
    code, _, reported = run(paper, "new", "first-article")
    assert code == 2 and "this article exists already" in reported
    paper.write("_quarto.yml", paper.read("_quarto.yml").replace(",py,md", ""))
    _, told, _ = run(paper, "new", "script", "--py")
    assert 'add "/posts/**/*.py" to `project: render` in _quarto.yml' in told
    code, _, reported = run(paper, "new", "First Article")
    assert code == 2 and "broadsheet new first-article" in reported


def test_a_quarto_site_gets_what_it_lacks(tmp_path: Path, run: Command) -> None:
    site = Site(tmp_path)
    site.write("_quarto.yml", "project:\n  type: website\n")
    site.write("index.qmd", "Hello.\n")
    code, told, _ = run(site, "init")
    assert code == 0 and "put these keys into _quarto.yml" in told
    assert site.read("_quarto.yml") == "project:\n  type: website\n"
    assert not (site.root / "posts").exists() and not (site.root / "about.qmd").exists()
    assert (site.root / ".github/workflows/site.yml").is_file()
    assert run(site, "build")[0] == 0


def test_the_workflow_is_sound(paper: Site) -> None:
    audit = subprocess.run(
        [
            Path(sys.executable).with_name("zizmor"),
            "--offline",
            "--no-progress",
            "--persona=pedantic",
            (paper.root / ".github"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert audit.returncode == 0, audit.stdout + audit.stderr
