"""What stands under `.broadsheet/` is not trusted: whatever becomes of it, the next build gives the
site that a build from nothing gives, and says so.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadsheet.errors import StoreError
from broadsheet.project.reading import open_publication
from broadsheet.quarto.__main__ import main as quarto_stage
from broadsheet.quarto.pre_render import PREPARED, pre_render
from broadsheet.site.article.article_store import STORE, Articles
from broadsheet.site.build.build import build
from broadsheet.site.index.build_record import read_record
from broadsheet.storage import store
from conftest import Site, is_exact, slow_but

STORES = ("runs", "pages", "pictures", "cards", "search", "markdown", "figures")
CHART = """\
#| label: fig-trade
#| fig-alt: "Trade."
#| source: false
import plotly.graph_objects as go
go.Figure(go.Scatter(x=[1, 2], y=[3, {0}]))"""

pytestmark = pytest.mark.usefixtures("chromium")


def write(site: Site, title: str, word: str) -> None:
    """Two notebooks with a chart each, and two plain articles. The ``title`` of one shows beside
    all others; the ``word`` is in the notebooks' prose alone, so that they are made anew and do
    not run again.
    """
    site.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts, feed: true}\n---\n")
    for name in ("one", "two"):
        site.article(
            name,
            CHART.format(len(name) + (name == "two")),
            ("md", f"{word} `{{python}} 6 * 7`."),
            front=f"title: {name}\ndate: 2024-01-02\nsubtitle: On {name}",
        )
    site.write("posts/three.qmd", f"---\ntitle: {title}\ndate: 2024-01-01\n---\nWords.\n")
    site.write("posts/four.qmd", "---\ntitle: Four\ndate: 2023-01-01\n---\nMore words.\n")


def files(root: Path) -> dict[str, bytes]:
    """The site, but for what a build notes of its own making."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / "_site").rglob("*"))
        if is_exact(path)
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """A publication that is built; and the site that it has after the edit that :func:`edited`
    makes, from nothing.
    """
    roots = []
    for title, word in (("Three", "First"), ("Third", "Then")):
        site = Site(tmp_path_factory.mktemp("built") / "publication")
        site.write("_quarto.yml", CONFIG)
        write(site, title, word)
        assert not build(site.root, jobs=1).faults
        roots.append(site.root)
    return roots[0], files(roots[1])


CONFIG = """\
project: {type: website, render: ["*.qmd", "posts/**/*.qmd", "posts/**/index.ipynb"]}
website: {title: "The Test", site-url: "https://example.org/"}
execute: {echo: false}
"""


@pytest.fixture
def edited(built: tuple[Path, dict[str, bytes]], tmp_path: Path) -> Site:
    """A copy of the publication that is built, with an edit for which all stores are needed again."""
    shutil.copytree(built[0], tmp_path / "publication", symlinks=True)
    site = Site(tmp_path / "publication")
    write(site, "Third", "Then")
    return site


class Command:
    """What runs a command where it is unpickled."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return Path.touch, (PLANTED,)  # type: ignore[return-value]


PLANTED = Path("/nowhere")


def truncated(share: float) -> Callable[[Path, bytes], None]:
    def damage(path: Path, other: bytes) -> None:
        data = path.read_bytes()
        path.write_bytes(data[: min(int(len(data) * share), len(data) - 1)])

    return damage


def in_its_place(make: Callable[[Path], object]) -> Callable[[Path, bytes], None]:
    def damage(path: Path, other: bytes) -> None:
        path.unlink()
        make(path)

    return damage


def folder(path: Path) -> None:
    (path / "inner").mkdir(parents=True)
    (path / "inner/file").write_text("x")


DAMAGES: dict[str, Callable[[Path, bytes], object]] = {
    "empty": truncated(0),
    "its first bytes": truncated(0.01),
    "half of it": truncated(0.5),
    "all but its last byte": truncated(1),
    "random bytes": lambda path, other: path.write_bytes(random.Random(path.name).randbytes(5000)),
    "the bytes of another": lambda path, other: path.write_bytes(other),
    "one bit": lambda path, other: path.write_bytes(
        bytes([*path.read_bytes()[:-3], 33, *path.read_bytes()[-2:]])
    ),
    "as an older program wrote it": lambda path, other: path.write_bytes(
        path.read_bytes().partition(b"\n")[2] or b"x"
    ),
    "a pickle": lambda path, other: path.write_bytes(pickle.dumps(Command())),
    "nested JSON": lambda path, other: path.write_bytes(b"[" * 100_000),
    "a folder": in_its_place(folder),
    "a link to nowhere": in_its_place(lambda path: path.symlink_to("/nowhere/at/all")),
    "a link to itself": in_its_place(lambda path: path.symlink_to(path.name)),
    "a link to endless zeros": in_its_place(lambda path: path.symlink_to("/dev/zero")),
    "a pipe": in_its_place(os.mkfifo),
    "an unreadable file": lambda path, other: path.chmod(0),
}


def entries(site: Site, store: str) -> list[Path]:
    found = sorted(
        path for path in (site.root / ".broadsheet" / store).rglob("*") if path.is_file()
    )
    assert found
    return found


def damaged(site: Site, stores: tuple[str, ...], damage: Callable[[Path, bytes], object]) -> None:
    """Do it to every entry of these stores."""
    for name in stores:
        found = entries(site, name)
        others = {path: found[number - 1].read_bytes() for number, path in enumerate(found)}
        if len(found) == 1:
            others[found[0]] = entries(site, STORES[STORES.index(name) - 1])[0].read_bytes()
        for path in found:
            damage(path, others[path])


def lines(reported: str) -> list[str]:
    return [line for line in reported.splitlines() if "thrown away" in line]


@pytest.mark.parametrize("kind", slow_but(DAMAGES, ("one bit", "a pickle", "a pipe")))
def test_a_build_after_any_damage_gives_the_site_of_one_from_nothing(
    kind, built, edited, run, tmp_path, monkeypatch
):
    if kind == "an unreadable file" and os.geteuid() == 0:
        pytest.skip("needs a user other than root")
    monkeypatch.setitem(globals(), "PLANTED", tmp_path / "planted")
    damaged(edited, STORES, DAMAGES[kind])
    code, _, reported = run(edited, "build", "--jobs", "1")
    assert code == 0, reported
    assert files(edited.root) == built[1]
    said = {line.partition(":")[0].removeprefix(".broadsheet/") for line in lines(reported)}
    # What is seen to be no file is made anew without being read; so is what goes with a story that
    # is.
    assert {"runs", "pictures", "cards"} <= said <= set(STORES)
    assert len(lines(reported)) == len(set(lines(reported)))
    assert not (tmp_path / "planted").exists()
    assert run(edited, "build", "--jobs", "1")[2] == ""


@pytest.mark.parametrize("store", slow_but(STORES, ("runs", "pictures")))
def test_a_store_that_alone_is_damaged_is_made_anew_whole(store, built, edited, run):
    damaged(edited, (store,), DAMAGES["random bytes"])
    code, _, reported = run(edited, "build", "--jobs", "1")
    assert code == 0
    assert files(edited.root) == built[1]
    assert lines(reported) == [
        f".broadsheet/{store}: what was damaged, foreign or of another version there was thrown "
        "away and is made anew"
    ]


def test_an_article_whose_story_alone_is_damaged_is_opened_in_the_same_build(built, edited, run):
    site = edited
    name = read_record(site.root / "_site").pages["posts/four.html"].content
    (site.root / STORE / name[:2] / name).write_bytes(b"{}")
    code, out, reported = run(site, "build", "--jobs", "1")
    assert code == 0 and len(lines(reported)) == 1
    assert files(site.root) == built[1]
    assert out.count("0 notebooks ran") == 1  # what was sound served


def test_a_planted_story_is_text_and_no_code(tmp_path):
    """What has the name of its own digest is taken for ours, whoever wrote it; but it can only be a
    story.
    """
    planted = b'{"entry": {"__class__": "os.system"}}'
    name = hashlib.sha256(planted).hexdigest()
    path = tmp_path / STORE / name[:2] / name
    path.parent.mkdir(parents=True)
    store.write_entry(path, planted)
    assert Articles(tmp_path).get(name) is None
    assert not path.exists()


def test_a_story_outside_of_the_store_is_none(tmp_path):
    outside = tmp_path / "mine.txt"
    outside.write_text("{}")
    stories = Articles(tmp_path)
    for name in ("../../mine.txt", str(outside), "", "a" * 63, "A" * 64):
        assert not stories.has(name)
        assert stories.get(name) is None
    assert outside.read_text() == "{}"


@pytest.mark.parametrize(
    "written",
    slow_but(
        [
            {},
            [],
            None,
            5,
            {"cells": 5, "metadata": {}},
            {"cells": [{"cell_type": "code"}], "metadata": {}},
            {"cells": [], "metadata": {"broadsheet-libraries": 5}},
            {"cells": [], "metadata": []},
            {
                "cells": [
                    {
                        "cell_type": "code",
                        "source": "",
                        "metadata": {"tags": ["broadsheet-reads"]},
                        "outputs": [
                            {
                                "output_type": "display_data",
                                "metadata": {},
                                "data": {"application/vnd.broadsheet.reads+json": [1, 2]},
                            }
                        ],
                    }
                ],
                "metadata": {},
            },
            {"cells": [], "metadata": {}},
        ],
        [{"cells": 5, "metadata": {}}, {"cells": [], "metadata": {}}],
    ),
)
def test_a_run_of_another_shape_is_thrown_away(written, built, edited, run):
    """Even where whoever wrote it has put the right digest before it: the run of the article, and
    its last recipe.
    """
    for path in entries(edited, "runs"):
        store.write_entry(path, json.dumps(written).encode())
    code, _, reported = run(edited, "build", "--jobs", "1")
    if code:  # it was taken for a run, until it turned out to be none of this article
        assert "is not of this article" in reported
        code, _, reported = run(edited, "build", "--jobs", "1")
    assert code == 0, reported
    assert files(edited.root) == built[1]


@pytest.mark.parametrize(
    "store, what",
    slow_but(
        [*((store, "a file") for store in STORES), ("pages", "a link to nowhere")],
        [("runs", "a file")],
    ),
)
def test_a_store_that_is_no_folder_is_set_aside_and_made_anew(store, what, built, edited, run):
    path = edited.root / ".broadsheet" / store
    shutil.rmtree(path)
    if what == "a file":
        path.write_text("mine")
    else:
        path.symlink_to("/nowhere/at/all")
    code, _, reported = run(edited, "build", "--jobs", "1")
    assert code == 0 and "Traceback" not in reported
    assert reported.count(f".broadsheet/{store}: what lay here was not written by") == 1, reported
    if what == "a file":
        assert (edited.root / ".broadsheet/set-aside" / store).read_text() == "mine"
    assert files(edited.root) == built[1]


def test_a_link_to_a_folder_elsewhere_is_no_store(built, edited, run, tmp_path):
    shutil.move(edited.root / ".broadsheet/pictures", tmp_path / "elsewhere")
    (edited.root / ".broadsheet/pictures").symlink_to(tmp_path / "elsewhere")
    there = {path: path.stat().st_mtime_ns for path in (tmp_path / "elsewhere").rglob("*")}
    code, _, reported = run(edited, "build", "--jobs", "1")
    assert code == 0 and ".broadsheet/pictures: what lay here" in reported
    assert files(edited.root) == built[1]
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "elsewhere").rglob("*")} == there


def test_entries_tell_their_places_apart(tmp_path):
    one, other = (tmp_path / ".broadsheet/runs" / name / "same.json" for name in ("aa", "bb"))
    store.messages()
    store.write_entry(one, b"1")
    assert store.read_entry(one) == b"1"
    other.parent.mkdir()
    shutil.copyfile(one, other)
    assert store.read_entry(other) is None and not other.exists()
    assert len(store.messages()) == 1 and store.messages() == []


@pytest.mark.parametrize("key", ["/etc/passwd", "../runs/a", "a/../../b"])
def test_no_key_leads_out_of_a_store(tmp_path, key):
    cards = store.Store(tmp_path, "cards")
    for use in (cards.get, cards.has, lambda key: cards.put(key, b"x")):
        with pytest.raises(ValueError, match="no key of a store"):
            use(key)


def test_a_store_that_cannot_be_written_is_reported(tmp_path):
    (tmp_path / ".broadsheet").write_text("a file")
    with pytest.raises(StoreError, match=r"\.broadsheet/cards: this store cannot be written"):
        store.write_entry(tmp_path / ".broadsheet/cards/a.png", b"x")


@pytest.fixture
def prepared(edited: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """What `pre-render` leaves for `post-render`."""
    assert pre_render(edited.root) == 0
    yield edited.root / PREPARED


def test_what_pre_render_leaves_is_read_as_it_was_written(prepared, edited):
    from broadsheet.quarto.prepared import read_prepared
    from pressing import prepare

    publication = open_publication(edited.root)
    notebooks = [edition for edition in publication.editions if edition.source.notebook is not None]
    made = prepare(publication.project, notebooks).finished
    found = read_prepared(prepared, publication.editions)
    assert [one.edition.metadata for one in found] == [one.edition.metadata for one in made]
    assert [one.notebook for one in found] == [one.notebook for one in made]
    assert [(one.assets, one.values, one.facts, one.reads) for one in found] == [
        (dict(one.assets), one.values, one.facts, one.reads) for one in made
    ]


def test_pre_render_leaves_where_the_tables_are_from(site: Site):
    from broadsheet.quarto.prepared import read_prepared

    site.table()
    cell = 'import broadsheet as bs\ntrade = bs.table("trade").set_index("year")'
    site.article("trade", cell, ("md", "`{python} usd(trade.total[2022])`"))
    assert pre_render(site.root) == 0
    (found,) = read_prepared(site.root / PREPARED, open_publication(site.root).editions)
    (origin,) = found.origins.values()
    assert origin.units == {"total": "US$ bn"} and origin.sources[0].publisher == "The Customs"


@pytest.mark.parametrize(
    "kind", slow_but(["half of it", "random bytes", "a pickle", "a folder"], 1)
)
def test_what_pre_render_has_left_may_be_damaged(
    kind, prepared, edited, tmp_path, monkeypatch, capsys
):
    monkeypatch.setitem(globals(), "PLANTED", tmp_path / "planted")
    monkeypatch.setenv("QUARTO_PROJECT_DIR", str(edited.root))
    monkeypatch.setenv("QUARTO_PROJECT_OUTPUT_DIR", "_site")
    DAMAGES[kind](prepared, b"")
    assert quarto_stage("post-render") == 1
    reported = capsys.readouterr().err
    assert (
        "error: post-render: no notebook has been finished" in reported
        and "render all of it again" in reported
    )
    assert len(lines(reported)) == 1
    assert not (tmp_path / "planted").exists()
