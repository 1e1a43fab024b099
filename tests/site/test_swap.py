"""The old site replaced by the new one, whole, whatever happens meanwhile."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from broadsheet.errors import UsageError
from broadsheet.site.output import swap
from broadsheet.site.output.output_folder import MARKER
from broadsheet.site.output.swap import building
from conftest import slow_but

FILES = 40
BUILDER = """
    import sys
    from pathlib import Path
    from broadsheet.site.output import swap
    if {portable}:
        swap._exchange = lambda one, other: False
    output, number = Path(sys.argv[1]), int(sys.argv[2])
    print("ready", flush=True)
    while True:
        number += 1
        with swap.building(output, output.parent) as folder:
            for file in range({files}):
                folder.put(f"{{file}}.html", str(number).encode())
        print(number, flush=True)
"""


def build(output: Path, text: str, *more: str) -> None:
    with building(output, output.parent) as folder:
        folder.put_all(dict.fromkeys(more, b"no longer made"))
        for file in range(FILES):
            folder.put(f"{file}.html", text.encode())


def editions(output: Path) -> set[str]:
    """What the files of a site say: one value if it is whole."""
    return {(output / f"{file}.html").read_text() for file in range(FILES)}


def beside(output: Path) -> set[str]:
    """What builds leave in the work folder, beside the room for files that are being written."""
    return {path.name for path in (output.parent / ".broadsheet").iterdir()} - {"parts"}


def builder(output: Path, number: int, *, portable: bool = False) -> subprocess.Popen[str]:
    script = textwrap.dedent(BUILDER).format(portable=portable, files=FILES)
    return subprocess.Popen(
        [sys.executable, "-c", script, str(output), str(number)], stdout=subprocess.PIPE, text=True
    )


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "_site"


def test_a_new_site_takes_the_place_of_the_old_one_which_is_kept_to_begin_the_next_with(output):
    build(output, "old", "gone.html")
    assert (output / "gone.html").exists()
    build(output, "new")
    assert editions(output) == {"new"}
    assert not (output / "gone.html").exists()
    build(output, "newer")
    assert editions(output) == {"newer"}
    assert not (output / "gone.html").exists()
    assert beside(output) == {"_site.lock", "_site.before"}


def test_a_build_that_fails_leaves_the_old_site(output):
    build(output, "old")
    with pytest.raises(RuntimeError), building(output, output.parent) as folder:
        folder.put("0.html", b"half")
        raise RuntimeError("a template broke")
    assert editions(output) == {"old"}


@pytest.mark.parametrize("round_", slow_but(range(12), 1))
def test_a_build_killed_at_any_moment_leaves_the_old_site_or_the_new_one(output, round_):
    build(output, "0")
    process = builder(output, 0)
    assert process.stdout is not None
    for _ in range(round_ + 1):
        assert process.stdout.readline()
    # Killed in the midst of whatever comes next: nothing here waits for a particular moment.
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(editions(output)) == 1
    build(output, "after")
    assert editions(output) == {"after"}
    assert beside(output) == {"_site.lock", "_site.before"}


@pytest.mark.parametrize("round_", slow_but(range(6), 1))
def test_without_an_exchange_by_the_system_the_next_build_mends_what_a_killed_one_left(
    output, round_
):
    build(output, "0")
    process = builder(output, 0, portable=True)
    assert process.stdout is not None
    for _ in range(round_ + 1):
        assert process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    with pytest.raises(KeyboardInterrupt), building(output, output.parent):
        assert len(editions(output)) == 1
        raise KeyboardInterrupt


def test_an_old_site_that_stands_aside_goes_back(output):
    build(output, "old")
    aside = output.parent / ".broadsheet" / "_site.old-99999"
    output.rename(aside)
    with pytest.raises(KeyboardInterrupt), building(output, output.parent):
        raise KeyboardInterrupt
    assert editions(output) == {"old"} and not aside.exists()


def test_two_builds_at_once_take_turns(output):
    build(output, "0")
    processes = [builder(output, 1000 * turn) for turn in (1, 2)]
    try:
        for process in processes:
            assert process.stdout is not None
            for _ in range(5):
                process.stdout.readline()
        reported = []
        with building(output, output.parent, lambda: reported.append("waiting")) as folder:
            for file in range(FILES):
                folder.put(f"{file}.html", b"ours")
            assert len(editions(output)) == 1
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert len(editions(output)) == 1


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_not_a_site_is_not_replaced(output, kind):
    if kind == "folder":
        output.mkdir()
        (output / "thesis.txt").write_text("years of work")
    else:
        output.write_text("years of work")
    with (
        pytest.raises(UsageError, match=r"not a built site|this is a file") as raised,
        building(output, output.parent),
    ):
        raise AssertionError("nothing is built")
    assert str(output) in str(raised.value)
    assert (output / "thesis.txt" if kind == "folder" else output).read_text() == "years of work"


def test_a_site_that_quarto_built_is_replaced_and_what_quarto_does_not_write_stays(output):
    (output / "site_libs").mkdir(parents=True)
    (output / "site_libs/quarto.js").touch()
    (output / "post.ipynb").write_text("a copy of a source")
    (output / "CNAME").write_text("example.org")
    (output / ".nojekyll").touch()
    page = output / "index.html"
    page.write_text("<meta name='generator' content='my own'>")
    with pytest.raises(UsageError, match="not a built site"):
        build(output, "over a page of another maker")
    page.write_text('<meta charset="utf-8"><meta name="generator" content="quarto-1.7.34">')
    build(output, "after Quarto")
    build(output, "once more")
    assert editions(output) == {"once more"}
    assert (output / "CNAME").read_text() == "example.org" and (output / ".nojekyll").exists()
    assert not (output / "post.ipynb").exists() and not (output / "site_libs").exists()


def test_an_empty_folder_is_replaced(output):
    output.mkdir()
    build(output, "into an empty folder")
    assert editions(output) == {"into an empty folder"}


def test_the_exchange_is_one_step_where_the_system_has_it(output, monkeypatch):
    if not sys.platform.startswith("linux"):
        pytest.skip("needs Linux")
    build(output, "old")
    monkeypatch.setattr(
        swap, "_two_renames", lambda new, old: pytest.fail("this file system can exchange")
    )
    before = output.stat().st_ino
    build(output, "new")
    assert output.stat().st_ino != before


@pytest.mark.parametrize("left", ["_site.new-1", "_site.before"])
def test_a_folder_of_a_killed_build_is_known_by_its_marker_and_any_other_is_kept_aside(
    output, left
):
    build(output, "old")
    folder = output.parent / ".broadsheet" / left
    if left != "_site.before":
        folder.mkdir()
    (folder / MARKER).unlink(missing_ok=True)
    (folder / "thesis.txt").write_text("years of work")
    build(output, "new")
    kept = folder.parent / "set-aside" / left
    assert (kept / "thesis.txt").read_text() == "years of work" and editions(output) == {"new"}
