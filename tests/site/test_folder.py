"""The folder that a new site grows in: what stays is the very same file, and what changes changes
in one site alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from broadsheet.site.output.output_folder import MARKER, contents_of
from broadsheet.site.output.swap import building


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "_site"


def build(output: Path, made: Mapping[str, str], kept: Iterable[str] = ()) -> None:
    """A site of what is made now and what is kept of the old one."""
    with building(output, output.parent) as folder:
        for name, text in made.items():
            folder.put(name, text.encode())
        assert folder.keep(kept)


def texts(site: Path) -> dict[str, str]:
    return {
        name: (site / name).read_text()
        for name in contents_of(site, None).foreign
        if name != MARKER
    }


def before(output: Path) -> Path:
    """The site that was replaced, for the next to begin with."""
    return output.parent / ".broadsheet" / "_site.before"


def test_a_file_that_is_kept_is_the_very_same_in_each_site(output):
    build(output, {"a/one.html": "one", "a/two.html": "two"})
    inode = (output / "a/one.html").stat().st_ino
    for text in "bcd":
        build(output, {"a/two.html": text}, ["a/one.html"])
        assert texts(output) == {"a/one.html": "one", "a/two.html": text}
        assert (output / "a/one.html").stat().st_ino == inode


def test_what_is_made_again_and_comes_out_the_same_is_the_very_same_file(output, tmp_path):
    photo = tmp_path / "photo"
    photo.write_text("a photo")
    build(output, {"a/one.html": "one", "photo": "a photo"})
    inodes = contents_of(output, None).foreign
    for text in ("one", "One", "One"):
        with building(output, output.parent) as folder:
            folder.put_all({"a/one.html": text.encode(), "photo": photo})
        assert texts(output) == {"a/one.html": text, "photo": "a photo"}
        assert contents_of(output, None).foreign["photo"] == inodes["photo"]
        assert (contents_of(output, None).foreign["a/one.html"] == inodes["a/one.html"]) == (
            text == "one"
        )


def test_the_first_site_stands_twice_for_the_next_to_begin_with(output):
    build(output, {"a/one.html": "one", "two.html": "two"})
    assert contents_of(before(output), None).foreign == contents_of(output, None).foreign
    build(output, {"two.html": "2"}, ["a/one.html"])
    assert texts(output) == {"a/one.html": "one", "two.html": "2"}
    assert texts(before(output)) == {"a/one.html": "one", "two.html": "two"}


def test_the_folders_of_a_site_serve_again_in_the_next_but_one(output):
    build(output, {"a/one.html": "one"})
    folder = (output / "a").stat().st_ino
    build(output, {"b.html": "b"}, ["a/one.html"])
    build(output, {"b.html": "bb"}, ["a/one.html"])
    assert (output / "a").stat().st_ino == folder


def test_a_changed_file_is_not_written_through_into_the_site_that_stands(output):
    build(output, {"one.html": "one", "two.html": "two"})
    build(output, {"two.html": "2"}, ["one.html"])
    with pytest.raises(KeyboardInterrupt), building(output, output.parent) as folder:
        folder.put("one.html", b"half of it")
        raise KeyboardInterrupt
    assert texts(output) == {"one.html": "one", "two.html": "2"}
    build(output, {"one.html": "1", "two.html": "II"})
    assert texts(before(output)) == {"one.html": "one", "two.html": "2"}


def _half_written(file: Path) -> None:
    file.unlink()
    file.write_text("half")


def _as_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()
    (file / "other").write_text("other")


def _without_its_folder(file: Path) -> None:
    shutil.rmtree(file.parent)


def _as_a_file_of_its_folder(file: Path) -> None:
    shutil.rmtree(file.parent)
    file.parent.write_text("no folder")


SPOILT = (Path.unlink, _half_written, _as_a_folder, _without_its_folder, _as_a_file_of_its_folder)


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__.strip("_"))
@pytest.mark.parametrize("is_again", [False, True])
def test_a_kept_file_that_another_process_has_spoilt_is_that_of_the_old_site(
    output, spoil, is_again
):
    for _ in range(2):  # so that the folder begins with the files
        build(output, {"a/one.html": "one", "a/two.html": "two"})
    with building(output, output.parent) as folder:
        assert folder.keep(["a/one.html", "a/two.html"])
        spoil(folder.new / "a/one.html")
        if is_again:
            folder.back_to(frozenset(folder.names))
    assert texts(output) == {"a/one.html": "one", "a/two.html": "two"}


def test_a_file_that_is_put_and_comes_out_the_same_is_looked_at_too(output):
    for _ in range(2):
        build(output, {"a/one.html": "one", "a/two.html": "two"})
    with building(output, output.parent) as folder:
        _half_written(folder.new / "a/one.html")
        folder.put("a/one.html", b"one")
        folder.note(["a/one.html"])
        assert folder.keep(["a/two.html"])
    assert texts(output) == {"a/one.html": "one", "a/two.html": "two"}


def test_what_another_process_has_put_stays(output):
    for _ in range(2):
        build(output, {"a/one.html": "one", "a/two.html": "two"})
    with building(output, output.parent) as folder:
        assert folder.keep(["a/two.html"])
        (folder.new / "a/one.html").unlink()
        (folder.new / "a/one.html").write_text("new")
        folder.note(["a/one.html"])
    assert texts(output) == {"a/one.html": "new", "a/two.html": "two"}


def test_what_nobody_asks_for_is_gone_and_its_folders_too(output):
    for _ in range(3):
        build(output, {"a/b/one.html": "one", "two.html": "two"})
    build(output, {}, ["two.html"])
    assert texts(output) == {"two.html": "two"}
    assert not (output / "a").exists()


def test_a_file_takes_the_place_of_a_folder_and_a_folder_that_of_a_file(output):
    for made in (
        {"a": "file", "b/c/d": "deep"},
        {"a/x": "below", "b/c": "file"},
        {"a": "again", "b/c/d": "again"},
    ):
        build(output, made)
        build(output, {}, made)
        assert texts(output) == made


def test_what_lies_in_the_folder_without_being_of_the_old_site_is_not_published(output):
    build(output, {"one.html": "one"})
    build(output, {}, ["one.html"])
    (before(output) / "stray.html").write_text("stray")
    (before(output) / "one.html").unlink()
    (before(output) / "one.html").write_text("forged")
    build(output, {}, ["one.html"])
    assert texts(output) == {"one.html": "one"}


def test_a_file_that_is_missing_from_the_old_site_is_told_of(output):
    build(output, {"one.html": "one"})
    with building(output, output.parent) as folder:
        assert not folder.keep(["one.html", "two.html"])
    assert texts(output) == {"one.html": "one"}
