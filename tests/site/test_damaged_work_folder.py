"""Whatever a cell or a person puts in the place of a thing of ours under `.broadsheet/`, each command
goes on as if nothing had been there: the site has the same bytes, one line says what was done, what
was put there is kept aside, and nothing that a link leads to is touched.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.site.build.build import build
from broadsheet.site.index.build_record import record_path
from broadsheet.site.output.output_folder import read_marker
from conftest import Site, is_exact, slow_but

Command = Callable[..., tuple[int, str, str]]

pytestmark = pytest.mark.usefixtures("chromium")

CHART = """\
#| label: fig-trade
#| fig-alt: "Trade."
#| source: false
import plotly.graph_objects as go
go.Figure(go.Scatter(x=[1, 2], y=[3, 4]))"""
TREASURE = "years of work"


def entry(store: str) -> Callable[[Path], Path]:
    """The first file of a store."""
    return lambda work: next(path for path in sorted((work / store).rglob("*")) if path.is_file())


def folder_of(store: str) -> Callable[[Path], Path]:
    """A folder in a store."""
    return lambda work: next(path for path in sorted((work / store).rglob("*")) if path.is_dir())


def record(work: Path) -> Path:
    marker = read_marker(work.parent / "_site")
    assert marker
    return record_path(work.parent / "_site", marker.record)


PLACES: dict[str, Callable[[Path], Path]] = {
    "all": lambda work: work,
    **{
        name: lambda work, name=name: work / name  # type: ignore[misc]
        for name in (
            *("runs", "pages", "pictures", "cards", "search", "check", "partial", "parts"),
            *("preview.html", "quarto", "finished", "set-aside", "_site.before", "_site.lock"),
            *("_site.new-12", "_site.old-12", "_site.index-abcdefgh", "check/site"),
            *("check/.broadsheet", "check/.broadsheet/site.lock", "partial/posts", "photos"),
            *("partial/posts/one/index.ipynb", "parts/x.part", f"_site.{'0' * 64}.json"),
        )
    },
    **{f"an entry of {name}": entry(name) for name in ("runs", "pages", "pictures", "cards")},
    **{f"a folder of {name}": folder_of(name) for name in ("runs", "search")},
    "the record": record,
    "the marker before": lambda work: work / "_site.before/.broadsheet.json",
}


def folder(path: Path, outside: Path) -> None:
    (path / "inner").mkdir(parents=True)
    (path / "inner/thesis.txt").write_text(TREASURE)


def listening(path: Path, outside: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's name is short
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(here)


DAMAGES: dict[str, Callable[[Path, Path], object]] = {
    "a file": lambda path, outside: path.write_text(TREASURE),
    "nothing": lambda path, outside: path.write_bytes(b""),
    "a folder": folder,
    "a link to a folder": lambda path, outside: path.symlink_to(outside),
    "a link to a file": lambda path, outside: path.symlink_to(outside / "thesis.txt"),
    "a link to nowhere": lambda path, outside: path.symlink_to("/nowhere/at/all"),
    "a link to itself": lambda path, outside: path.symlink_to(path.name),
    "a pipe": lambda path, outside: os.mkfifo(path),
    "a socket": listening,
}
CASES = [
    (place, damage)
    for place in PLACES
    for damage in DAMAGES
    if (place, damage) != ("all", "a link to a folder")  # whose owner keeps it on another disk
]
QUICK = [
    ("all", "a file"),
    ("all", "a link to nowhere"),
    ("runs", "a file"),
    ("runs", "a link to a folder"),
    ("pages", "a link to a folder"),
    ("check", "a pipe"),
    ("check/site", "a folder"),
    ("partial", "a file"),
    ("partial/posts/one/index.ipynb", "a pipe"),
    ("parts", "a link to a folder"),
    ("parts/x.part", "a pipe"),
    ("_site.before", "a folder"),
    ("_site.lock", "a folder"),
    ("_site.old-12", "a file"),
    ("the record", "a pipe"),
    ("a folder of runs", "a link to a folder"),
    ("an entry of pages", "a socket"),
]


def pages(root: Path) -> dict[str, bytes]:
    """The site, but for what a build notes of its own making."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / "_site").rglob("*"))
        if path.is_file() and is_exact(path)
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Site:
    from broadsheet.checks.check import check

    site = Site(tmp_path_factory.mktemp("built") / "publication")
    site.write(
        "_quarto.yml",
        'project: {type: website, render: ["*.qmd", "posts/**/index.ipynb"]}\n'
        'website: {title: "The Test", site-url: "https://example.org/"}\n',
    )
    site.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts}\n---\n")
    site.article(
        "one",
        CHART,
        front="title: One\ndate: 2024-01-02\nauthor: A\nsubtitle: On it\nexcerpt: On it",
    )
    assert not build(site.root, jobs=1).faults
    assert not build(site.root, jobs=1, use_cache=False).faults  # now there is a site before it
    check(site.root, jobs=1)
    return site


@pytest.mark.parametrize("place, damage", slow_but(CASES, QUICK))
def test_each_command_goes_on(
    place: str, damage: str, built: Site, tmp_path: Path, run: Command
) -> None:
    shutil.copytree(built.root, tmp_path / "publication", symlinks=True)
    site, outside = Site(tmp_path / "publication"), tmp_path / "outside"
    old = pages(site.root)
    outside.mkdir()
    for name in ("thesis.txt", "x.part", "x.json", "inner/deep/x.json"):
        (outside / name).parent.mkdir(parents=True, exist_ok=True)
        (outside / name).write_text(TREASURE)
    there = {path: path.stat().st_mtime_ns for path in outside.rglob("*")}
    path = PLACES[place](site.root / ".broadsheet")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    DAMAGES[damage](path, outside)
    site.write("posts/two.qmd", "---\ntitle: Two\n---\n")
    (site.root / "posts/two.qmd").unlink()
    commands = (
        ("check",),
        ("build",),
        ("build", "--no-cache"),
        ("run", "one"),
        ("newsletter", "one"),
        ("check",),
    )
    said = ""
    for command in commands:
        code, _, err = run(site, *command)
        assert code == 0 and "Traceback" not in err, (command, err)
        said += err
    assert pages(site.root) == old
    assert {path: path.stat().st_mtime_ns for path in outside.rglob("*")} == there
    assert all(path.read_text() == TREASURE for path in outside.rglob("*") if path.is_file())
    told = [line for line in said.splitlines() if ".broadsheet" in line]
    assert len(told) == len(set(told)) and len(told) <= 2, said


def test_what_was_put_there_is_kept_and_the_next_of_its_name_takes_its_place(
    site: Site, run: Command
) -> None:
    site.write("index.qmd", "---\ntitle: One\n---\n")
    for word in ("first", "second"):
        lock = site.root / ".broadsheet/_site.lock"
        lock.unlink(missing_ok=True)
        lock.mkdir(parents=True)
        (lock / "thesis.txt").write_text(word)
        code, _, err = run(site, "build")
        assert code == 0
        assert ".broadsheet/_site.lock: what lay here was not written by Broadsheet" in err
        kept = site.root / ".broadsheet/set-aside/_site.lock/thesis.txt"
        assert kept.read_text() == word


def test_a_cell_that_puts_something_there_stops_no_later_build(site: Site, run: Command) -> None:
    site.write("index.qmd", "---\ntitle: One\n---\n")
    site.article(
        "bad",
        "import os, shutil\nfrom pathlib import Path\n"
        "work = Path(os.environ['BROADSHEET_ROOT'], '.broadsheet')\n"
        "for name in ('pages', 'pictures', 'runs', 'partial', '_site.before', 'check', 'cards'):\n"
        "    shutil.rmtree(work / name, ignore_errors=True)\n"
        "    (work / name).write_text('mine')\n"
        "(work / '_site.lock').unlink()\n(work / '_site.lock').mkdir()\n"
        "os.mkfifo(work / 'preview.html')",
    )
    run(site, "build")
    (site.root / "posts/bad/index.ipynb").unlink()
    assert run(site, "build")[0] == 0
    code, _, err = run(site, "build")
    assert (code, err) == (0, "")
    assert (site.root / "_site/index.html").is_file()


MEDDLING = """\
import shutil
from pathlib import Path
work = next(folder for folder in Path.cwd().resolve().parents if (folder / "_quarto.yml").exists())
work = work / ".broadsheet"
"""


@pytest.mark.parametrize(
    "code",
    [
        "(work / '_site.before/inner').mkdir(parents=True)",
        "(work / '_site.before').write_text('x')",
        "shutil.rmtree(work / 'search', ignore_errors=True)\n(work / 'search').write_text('x')",
    ],
)
def test_what_a_cell_puts_there_during_a_build_stops_nothing(
    site: Site, run: Command, code: str
) -> None:
    site.front()
    site.article("one", "1")
    site.article("two", MEDDLING + code)
    for _ in range(2):
        status, _, said = run(site, "build", "--jobs", "1")
        assert status == 0, said
        site.write("about.qmd", "---\ntitle: About\n---\n")
    assert (site.root / "_site/posts/one/index.html").is_file()
    assert (site.root / "_site/about.html").is_file()


@pytest.mark.parametrize(
    "code",
    [
        "shutil.rmtree(work)",
        "[shutil.rmtree(path) for path in work.glob('_site.new-*')]",
        "[(shutil.rmtree(path), path.symlink_to('/')) for path in work.glob('_site.new-*')]",
        "[(shutil.rmtree(path), path.write_text('')) for path in work.glob('_site.new-*')]",
    ],
)
def test_a_cell_that_removes_the_site_that_is_being_made_is_told_of(
    site: Site, run: Command, code: str
) -> None:
    site.front()
    site.article("one", "1")
    assert run(site, "build", "--jobs", "1")[0] == 0
    before = pages(site.root)
    site.article("two", MEDDLING + code)
    status, _, said = run(site, "build", "--jobs", "1")
    assert (
        status == 1 and "the new site was removed from here, or replaced, while it was made" in said
    )
    assert "Error" not in said and pages(site.root) == before
    assert not (site.root / "_site").is_symlink()
    site.article("two", "2")
    status, _, said = run(site, "build", "--jobs", "1")
    assert status == 0, said
    assert (site.root / "_site/posts/two/index.html").is_file()
