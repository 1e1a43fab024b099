"""Where a site may go, and what is in that folder: nothing that a build did not write is changed,
moved or removed.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.errors import UsageError
from broadsheet.site.output.output_folder import MARKER, output_of, read_marker
from broadsheet.site.output.swap import alone_at, building
from conftest import Site, examples

Command = Callable[..., tuple[int, str, str]]
Picture = dict[str, object]


@pytest.fixture
def paper(site: Site) -> Site:
    """A front page and another."""
    site.write("index.qmd", "---\ntitle: The Test\n---\nHello.\n")
    site.write("about.qmd", "---\ntitle: About\n---\nWho we are.\n")
    return site


def picture(folder: Path, *, without: tuple[str, ...] = ()) -> Picture:
    """All that is below a folder: files with their bytes, links with where they lead, folders."""
    found: Picture = {}
    for here, folders, names in os.walk(folder):
        folders[:] = [
            name for name in folders if str(Path(here, name).relative_to(folder)) not in without
        ]
        for name in (*names, *folders):
            path = Path(here, name)
            key = path.relative_to(folder).as_posix()
            mode = path.lstat().st_mode
            found[key] = (
                str(path.readlink())
                if stat.S_ISLNK(mode)
                else path.read_bytes()
                if stat.S_ISREG(mode)
                else stat.S_IFMT(mode)
            )
    return found


def publish_to(site: Site, output: str) -> None:
    config = site.read("_quarto.yml").replace(
        "output-dir: _site", f"output-dir: {json.dumps(output)}"
    )
    site.write("_quarto.yml", config)


# What is refused.

FORBIDDEN = [
    ".",
    "..",
    "../..",
    "/",
    "_site/..",
    "posts/../.",
    "../home",
    ".git",
    ".git/site",
    ".broadsheet",
    ".broadsheet/pages",
    "posts",
    "data",
    "file.txt",
    "fifo",
    "to-root",
    "to-root/posts",
    "to-nothing/../..",
    "loop",
    "/proc/site",
    "/proc/none/site",
    "/dev/null",
    "file.txt/site",
    "x" * 300,
    "y/" + "x" * 250,
    "full",
    "stray",
    "old",
    "nul\0",
]


@pytest.mark.parametrize("way", ["output-dir", "--output"])
@pytest.mark.parametrize("output", FORBIDDEN)
def test_an_output_that_would_lose_something_is_refused_and_nothing_is_changed(
    paper, run, way, output, monkeypatch
):
    monkeypatch.setenv("HOME", str(paper.root.parent / "home"))
    (paper.root.parent / "home").mkdir()
    root = paper.root
    for name in (
        "posts/one.qmd",
        "data/datapackage.json",
        ".git/HEAD",
        "file.txt",
        "full/thesis.txt",
        "old/page.html",
    ):
        paper.write(name, "---\ntitle: One\n---\n" if name.endswith("qmd") else "{}")
    marker = {"format": 1, "publication": "..", "record": "", "files": []}
    paper.write("posts/" + MARKER, json.dumps({**marker, "output": "posts"}))
    paper.write("data/" + MARKER, json.dumps({**marker, "output": "data"}))
    paper.write(
        "stray/" + MARKER, json.dumps({**marker, "output": "_site", "files": ["mine.html"]})
    )
    paper.write("stray/mine.html", "mine")
    paper.write("old/" + MARKER, json.dumps({"format": 9, "ground": "", "pages": {}}))
    paper.write(MARKER, json.dumps({**marker, "publication": ".", "output": root.name}))
    paper.write("site_libs/quarto-html/quarto.js", "")
    paper.write("full/site_libs/quarto-html/quarto.js", "")
    os.mkfifo(root / "fifo")
    (root / "to-root").symlink_to(".")
    (root / "to-nothing").symlink_to("posts/none")
    (root / "loop").symlink_to("loop")
    if way == "output-dir":
        publish_to(paper, output)
    elif "\0" in output:
        pytest.skip("needs a command line that can hold a NUL")
    before = picture(root.parent)
    code, said, errors = run(paper, "build", *(["--output", output] if way == "--output" else []))
    assert (code, said) == (2, "") or (
        way == "output-dir" and code == 1 and ("\0" in output or len(output) > 255)
    ), errors
    assert errors.startswith("error: ") and "\n  → " in errors and "Traceback" not in errors
    assert picture(root.parent) == before


def test_a_draft_site_and_a_link_are_held_to_the_same(paper, run):
    (paper.root / "_drafts").symlink_to("..")
    before = picture(paper.root.parent)
    code, _, errors = run(paper, "build", "--drafts")
    assert code == 2 and "the publication lies in" in errors
    assert picture(paper.root.parent) == before


def test_a_site_of_another_publication_is_refused(paper, run, tmp_path):
    assert run(paper, "build", "--output", str(tmp_path / "site"))[0] == 0
    other = Site(tmp_path / "other")
    shutil.copytree(paper.root, other.root, ignore=shutil.ignore_patterns(".broadsheet"))
    before = picture(tmp_path)
    code, _, errors = run(other, "build", "--output", str(tmp_path / "site"))
    assert code == 2 and "another publication" in errors
    assert picture(tmp_path) == before


def test_a_publication_that_was_moved_with_its_site_goes_on(paper, run, tmp_path):
    assert run(paper, "build")[0] == 0
    moved = Site(tmp_path / "moved")
    paper.root.rename(moved.root)
    code, said, _ = run(moved, "build")
    assert code == 0 and "unchanged" in said


def test_a_site_that_an_older_version_built_says_so(paper, run):
    paper.write(f"_site/{MARKER}", json.dumps({"format": 9, "ground": "x", "pages": {}}))
    code, _, errors = run(paper, "build")
    assert code == 2 and "built by an older version" in errors and "Remove it" in errors


@pytest.mark.parametrize(
    ("name", "make"),
    [
        (".broadsheet", Path.touch),
        (".broadsheet/_site.lock", Path.mkdir),
        (".broadsheet/_site.before", Path.touch),
        (".broadsheet/_site.before", lambda path: path.symlink_to("../posts")),
        (".broadsheet/_site.new-12", lambda path: path.symlink_to("../posts")),
        (".broadsheet/_site.old-12", Path.touch),
        (".broadsheet/_site.lock", os.mkfifo),
        (f".broadsheet/_site.{'0' * 64}.json", Path.mkdir),
        (".broadsheet", lambda path: path.symlink_to("none")),
        (".broadsheet", lambda path: path.symlink_to("..")),
    ],
)
def test_what_is_in_the_way_of_a_build_is_set_aside_and_named(paper, run, name, make):
    paper.write("posts/one.qmd", "---\ntitle: One\n---\n")
    if "/" in name:
        (paper.root / ".broadsheet").mkdir()
    make(paper.root / name)
    before = picture(paper.root / "posts")
    code, _, errors = run(paper, "build")
    assert code == 0 and errors.startswith(f"{name}: what lay here was not written by"), errors
    assert picture(paper.root / "posts") == before
    assert (paper.root / "_site/index.html").is_file()


# What is carried over.


def test_what_no_build_wrote_stays_in_the_site_at_its_place(paper, run):
    assert run(paper, "build")[0] == 0
    site = paper.root / "_site"
    for name in ("CNAME", ".git/HEAD", ".git/objects/ab/c", "notes/x/y.txt", "site_libs/mine.js"):
        paper.write(f"_site/{name}", f"mine: {name}")
    (site / "link").symlink_to("nowhere")
    (site / "empty/deep").mkdir(parents=True)
    os.mkfifo(site / "fifo")
    mine = {
        name: what
        for name, what in picture(site).items()
        if name.startswith(("CNAME", ".git", "notes", "site_libs/mine", "link", "empty", "fifo"))
    }
    for number in range(3):
        paper.write("about.qmd", f"---\ntitle: About\n---\nVersion {number}.\n")
        assert run(paper, "build")[0] == 0
        found = picture(site)
        assert {name: found.get(name) for name in mine} == mine
        assert f"Version {number}." in paper.read("_site/about.html")
        assert not set(read_marker(site).files) & mine.keys()
    (site / "CNAME").unlink()
    (paper.root / "about.qmd").unlink()
    assert run(paper, "build")[0] == 0
    assert not (site / "CNAME").exists() and not (site / "about.html").exists()


@pytest.mark.parametrize("name", ["new.html", "new.html/x", "robots.txt.d/../new.html"])
def test_a_file_of_yours_at_a_place_that_the_site_needs_is_a_refusal(paper, run, name):
    assert run(paper, "build")[0] == 0
    mine = paper.root / "_site" / os.path.normpath(name)
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    paper.write("new.qmd", "---\ntitle: New\n---\n")
    before = picture(paper.root / "_site")
    code, _, errors = run(paper, "build")
    assert code == 2 and "no build wrote this, and the new site has a file `new.html`" in errors
    assert picture(paper.root / "_site") == before


def test_a_page_that_was_replaced_by_a_link_is_not_written_through(paper, run):
    assert run(paper, "build")[0] == 0
    thesis = paper.write("thesis.txt", "years of work")
    (paper.root / "_site/about.html").unlink()
    (paper.root / "_site/about.html").symlink_to(thesis)
    paper.write("about.qmd", "---\ntitle: About\n---\nAnew.\n")
    assert run(paper, "build")[0] == 2
    assert thesis.read_text() == "years of work" and (paper.root / "_site/about.html").is_symlink()


def test_the_record_is_beside_the_site_and_only_the_current_one_is_kept(paper, run):
    for number in range(3):
        paper.write("about.qmd", f"---\ntitle: About\n---\nVersion {number}.\n")
        assert run(paper, "build")[0] == 0
    marker = json.loads(paper.read(f"_site/{MARKER}"))
    assert marker.keys() == {"format", "publication", "output", "record", "files"}
    (record,) = (paper.root / ".broadsheet").glob("_site.*.json")
    assert record.name == f"_site.{marker['record']}.json"
    site = picture(paper.root / "_site")
    assert marker["files"] == sorted(name for name, what in site.items() if isinstance(what, bytes))
    shutil.rmtree(paper.root / ".broadsheet")
    assert run(paper, "build")[0] == 0  # it is built anew, the same
    assert picture(paper.root / "_site") == site


# Any layout.

NAMES = ["_site", "posts", "posts/sub", "data", "nested", "nested/_site", ".git", "a", "a/b", "out"]
OUTPUTS = [
    *NAMES,
    ".",
    "..",
    "../beside",
    "../beside/x",
    "link",
    "link/_site",
    "a/..",
    "../pub",
    "../..",
    "up",
    ".broadsheet",
    "_site/a",
]
FILES = [
    "CNAME",
    "index.html",
    "a/one.html",
    "a",
    "photo.png",
    ".git/HEAD",
    MARKER,
    "x.qmd",
    ".DS_Store",
    "a/b/c",
    "site_libs/quarto-html/q.js",
]
BESIDE = [
    ".broadsheet/_site.before",
    ".broadsheet/_site.new-x",
    ".broadsheet/mine",
    ".broadsheet/_site.old-1x",
    ".broadsheet/_site.lock",
    ".broadsheet/out.before/mine",
    ".broadsheet/_site.new-1/mine",
    f".broadsheet/_site.{'0' * 63}.json",
    ".broadsheet/_site.json",
    ".broadsheet/parts/mine",
    ".broadsheet",
]
PAGES = ["index.html", "a/one.html", "a", "b/c/d.html", "photo.png", "CNAME"]
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("build"), st.sampled_from(OUTPUTS), st.sets(st.sampled_from(PAGES), max_size=4)
        ),
        st.tuples(st.just("write"), st.sampled_from([*NAMES, "."]), st.sampled_from(FILES)),
        st.tuples(st.just("write"), st.just("."), st.sampled_from(BESIDE)),
        st.tuples(st.just("build"), st.just("_site"), st.sets(st.sampled_from(PAGES), max_size=4)),
        st.tuples(st.just("write"), st.just("_site"), st.sampled_from(FILES)),
        st.tuples(
            st.just("link"),
            st.sampled_from([*NAMES, "."]),
            st.sampled_from(["..", "/none", "posts", "CNAME"]),
        ),
        st.tuples(st.just("copy"), st.sampled_from(NAMES), st.sampled_from([*NAMES, "."])),
        st.tuples(
            st.just("folder"),
            st.sampled_from([*NAMES, "."]),
            st.sampled_from(["empty", "empty/deep", "a"]),
        ),
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture
def fresh() -> Iterator[Callable[[], Path]]:
    """A new empty folder at each call."""
    with tempfile.TemporaryDirectory() as folder:
        yield lambda: Path(tempfile.mkdtemp(dir=folder))


@settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_whatever_is_built_where_each_file_of_yours_is_still_there(fresh, steps):
    top = fresh()
    root = top / "in/pub"
    mine: dict[Path, bytes | str | None] = {}
    _write(mine, root / "_quarto.yml", b"project: {type: website}")
    _write(mine, root / "posts/one.qmd", b"one")
    _write(mine, root / "nested/_quarto.yml", b"project: {type: website}")
    for number, (kind, where, what) in enumerate(steps):
        place = root / where
        if kind == "build":
            _build(place, root, what, number)
        elif kind == "write":
            _write(mine, place / what, f"mine {number}".encode())
        elif kind == "copy":
            _write(
                mine,
                root / what / MARKER,
                (place / MARKER).read_bytes() if (place / MARKER).is_file() else b"{}",
            )
        elif kind == "folder":
            if not _is_taken(place / what):
                (place / what).mkdir(parents=True, exist_ok=True)
        elif not _is_taken(place / "up"):
            place.mkdir(parents=True, exist_ok=True)
            (place / "up").symlink_to(what)
            mine[place / "up"] = what
        for path, content in mine.items():
            there = _content_of(path)
            if there != content and path.is_relative_to(root / ".broadsheet"):
                aside = [*root.glob(".broadsheet*"), *root.glob(".broadsheet*/**/*")]
                there = content if content in map(_content_of, aside) else there
            assert there == content, f"{path} after {steps[: number + 1]}"


def _content_of(path: Path) -> bytes | str | None:
    """The bytes of a file, the target of a link; None for what is neither."""
    if path.is_symlink():
        return str(path.readlink())
    return path.read_bytes() if path.is_file() else None


def _is_taken(path: Path) -> bool:
    """Whether something is at a path, or on the way to it, that is no folder."""
    return os.path.lexists(path) or any(
        os.path.lexists(one) and (one.is_symlink() or not one.is_dir()) for one in path.parents
    )


def _write(mine: dict[Path, bytes | str | None], path: Path, content: bytes) -> None:
    """A file of a person's, where none is."""
    if not _is_taken(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        mine[path] = content


def _build(place: Path, root: Path, pages: set[str], number: int) -> None:
    """A build of some pages, or a refusal."""
    try:
        output = output_of(place, root)
        with alone_at(output, root):
            pass
        with building(output, root) as folder:
            folder.record = f"record {number % 3}".encode()
            for name in sorted(pages, reverse=True):
                folder.put(name, f"{name} {number % 3}".encode())
    except (UsageError, FileExistsError, NotADirectoryError, IsADirectoryError):
        return
    written = read_marker(output)
    assert written is not None and all((output / name).is_file() for name in written.files)


# A site that lies in the publication is no source of it.


def test_a_former_output_is_no_source_and_drafts_in_it_are_not_published(paper, run):
    paper.write(
        "_quarto.yml",
        "project: {type: website}\nwebsite: {title: T, site-url: 'https://example.org'}\n",
    )
    paper.write(
        "posts/secret.qmd", "---\ntitle: S\ndate: 2023-05-26\ndraft: true\n---\nEMBARGOED\n"
    )
    assert run(paper, "build", "--drafts", "--output", "preview")[0] == 0
    assert "EMBARGOED" in paper.read("preview/posts/secret.html")
    assert run(paper, "build")[0] == 0
    published = [file.read_bytes() for file in (paper.root / "_site").rglob("*") if file.is_file()]
    assert not any(b"EMBARGOED" in content for content in published)
    assert not (paper.root / "_site/preview").exists()


def test_an_old_page_stays_where_its_record_is_gone_and_its_source_is_broken(paper, run):
    paper.write("one.qmd", "---\ntitle: One\ndate: 2023-05-26\n---\nFirst words.\n")
    assert run(paper, "build")[::2] == (0, "")
    old = {
        name: content
        for name, content in picture(paper.root / "_site").items()
        if name.startswith("one")
    }
    assert "one.html" in old and "one.md" in old
    shutil.rmtree(paper.root / ".broadsheet")
    paper.write("one.qmd", "---\ntitle: [\n---\n")
    for _ in range(2):
        assert run(paper, "build")[0] == 1
        assert picture(paper.root / "_site").items() >= old.items()


def test_what_was_damaged_in_the_site_is_made_anew_without_the_cache(paper, run):
    paper.write("one.qmd", "---\ntitle: One\ndate: 2023-05-26\n---\nFirst words.\n")
    assert run(paper, "build")[::2] == (0, "")
    old = paper.read("_site/one.html")
    paper.write("_site/one.html", "x")
    assert run(paper, "build", "--no-cache")[0] == 0
    assert paper.read("_site/one.html") == old
