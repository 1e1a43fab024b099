"""The site is published to each kind of place, sent again in part, broken off, and taken back."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from broadsheet.errors import PublishError
from broadsheet.project.project import open_project
from broadsheet.publish.address import Server
from broadsheet.publish.lock import held
from broadsheet.publish.manifest import in_order, is_hashed, site_files
from broadsheet.publish.publishing import Publishing, choose, send, take_back
from broadsheet.publish.releases import Releases
from conftest import Site, slow_but
from targets import KINDS, Place

Command = Callable[..., tuple[int, str, str]]

OLD = {
    "index.html": "front page, old: a.html",
    "a.html": "page a, old: site_libs/look-01234567ab.css",
    "b.html": "page b: a table.csv",
    "gone.html": "page that goes: gone.csv",
    "gone.csv": "1,2",
    "a table.csv": "2,3",
    "#1.csv": "3,4",
    "-x/;2.csv": "4,5",
    "site_libs/look-01234567ab.css": "a {}",
    "feed.xml": "<rss>old</rss>",
}
NEW = {
    "index.html": "front page, new: a.html new/c.html",
    "a.html": "page a, new: site_libs/look-abcdef0123.css",
    "b.html": "page b: a table.csv",
    "new/c.html": "page c: site_libs/look-abcdef0123.css",
    "a table.csv": "2,3",
    "#1.csv": "3,4",
    "-x/;2.csv": "4,5",
    "site_libs/look-abcdef0123.css": "b {}",
    "feed.xml": "<rss>new</rss>",
}
KEPT = "site_libs/look-01234567ab.css"
"""A file of the old site that pages which are open may load still."""

STEPS = {"branch": [14], "folder": [3], "server": [4], "storage": [3, 0]}
"""After how many steps a publication is killed, and killed again."""


def on(*quick: str) -> pytest.MarkDecorator:
    """On each kind of place; on all but the ``quick`` ones in a slow test."""
    return pytest.mark.parametrize("place", slow_but(KINDS, quick), indirect=True)


@pytest.fixture
def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    with KINDS[request.param](tmp_path) as made:
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.fixture
def paper(site: Site) -> Site:
    subprocess.run(["git", "init", "--quiet"], cwd=site.root, check=True)
    return site


def built(site: Site, files: Mapping[str, str]) -> Path:
    """A built site of these files."""
    output = site.root / "_site"
    for old in sorted(output.rglob("*"), reverse=True):
        old.unlink() if old.is_file() else old.rmdir()
    for name, text in files.items():
        site.write(f"_site/{name}", text)
    return output


def published(
    site: Site, place: Place | str, files: Mapping[str, str], *, dry_run: bool = False
) -> Publishing:
    output = built(site, files)
    address = place if isinstance(place, str) else place.address
    chosen = choose(open_project(site.root), address)
    return send(chosen, output, site_files(output)[0], dry_run=dry_run)


def elsewhere(site: Site) -> None:
    """Forget what this machine knows, as if it were another one."""
    shutil.rmtree(site.root / ".broadsheet", ignore_errors=True)


def shows(place: Place) -> dict[str, str]:
    """What readers see there."""
    return {path: text for path in place.files() if (text := place.read(path)) is not None}


def is_whole(seen: Mapping[str, str]) -> bool:
    """Whether each page has the files that it names."""
    return all(
        link in seen
        for page, text in seen.items()
        if page.endswith(".html") and page != "index.html"
        for link in [text.split(": ", 1)[1]]
    )


@on(*KINDS)
def test_a_site_is_published_then_what_changed_and_taken_back(paper: Site, place: Place) -> None:
    first = published(paper, place, OLD)
    assert shows(place) == OLD and set(first.changes.added) == set(OLD)
    assert not published(paper, place, OLD).is_new

    elsewhere(paper)
    planned = published(paper, place, NEW, dry_run=True)
    assert shows(place) == OLD
    second = published(paper, place, NEW)
    assert planned.changes == second.changes
    assert dict(second.changes.removed) == {"gone.html": 24, "gone.csv": 3}
    assert list(second.changes.added) == ["site_libs/look-abcdef0123.css", "new/c.html"]
    assert list(second.changes.changed) == ["a.html", "feed.xml", "index.html"]
    assert shows(place) == {**NEW, KEPT: OLD[KEPT]}

    back = take_back(paper.root, place.address)
    assert back.manifest.files == first.manifest.files
    assert shows(place) == OLD
    elsewhere(paper)
    take_back(paper.root, place.address)
    seen = shows(place)
    assert {path: seen[path] for path in NEW} == NEW and "gone.html" not in seen

    elsewhere(paper)
    third = published(paper, place, {**NEW, "d.html": "page d: b.html"})
    assert KEPT not in shows(place) and list(third.changes.added) == ["d.html"]


@on("branch", "folder", "server")
def test_what_was_killed_leaves_whole_pages_and_is_ended_by_the_next(
    paper: Site, place: Place
) -> None:
    published(paper, place, OLD)
    for steps in STEPS[place.kind]:
        assert place.killed(paper.root, built(paper, NEW), steps)
    seen = shows(place)
    assert is_whole(seen)
    assert seen == OLD or place.kind == "storage"
    newer = {**NEW, "d.html": "page d: b.html"}
    published(paper, place, newer)
    assert shows(place) == {**newer, KEPT: OLD[KEPT]}
    take_back(paper.root, place.address)
    assert shows(place) == OLD


@pytest.mark.slow
def test_a_storage_that_was_broken_off_can_be_brought_back(
    paper: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To what was there whole; then to what was before that."""
    with KINDS["storage"](tmp_path) as place:
        for name, value in place.environment.items():
            monkeypatch.setenv(name, value)
        published(paper, place, OLD)
        published(paper, place, {**NEW, "d.html": "page d: b.html"})
        whole = shows(place)
        again = {**NEW, "a.html": "page a: b.html", "b.html": "page b: a.html"}
        assert place.killed(paper.root, built(paper, again), 1)
        assert is_whole(shows(place))
        take_back(paper.root, place.address)
        assert shows(place) == {path: text for path, text in whole.items() if path != KEPT}
        take_back(paper.root, place.address)
        assert shows(place) == OLD
        place.put("new/c.html", "mine")
        with pytest.raises(PublishError, match=r"`new/c\.html`, of your site, is there already"):
            published(paper, place, NEW)
        assert shows(place) == {**OLD, "new/c.html": "mine"}


@on("branch", "folder", "server")
def test_two_at_once(paper: Site, place: Place) -> None:
    published(paper, place, OLD)
    output = built(paper, NEW)
    one, other = (choose(open_project(paper.root), place.address) for _ in range(2))
    files = site_files(output)[0]
    if place.kind == "branch":  # has no lock: the second finds that the branch has moved
        two = other.target
        there = two.published()
        send(one, output, files)
        with pytest.raises(PublishError, match="somebody else has published"):
            assert there.now
            two.send(output, there.now)
        return
    with held(one.target), pytest.raises(PublishError) as refused:
        send(other, output, files)
    assert f"(process {os.getpid()})" in refused.value.what and "lock" in refused.value.mend
    assert shows(place) == OLD
    send(other, output, files)
    assert shows(place) == {**NEW, KEPT: OLD[KEPT]}


@on("branch", "folder", "server")
def test_nothing_before_is_nothing_to_take_back(paper: Site, place: Place) -> None:
    for _ in range(2):
        with pytest.raises(PublishError, match="no publication before"):
            take_back(paper.root, place.address)
        published(paper, place, OLD)
    assert shows(place) == OLD


def test_what_others_put_on_the_branch_stays(paper: Site, tmp_path: Path) -> None:
    """As GitHub does with the name of a domain."""
    with KINDS["branch"](tmp_path) as place:
        published(paper, place, OLD)
        clone = tmp_path / "clone"
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(clone)]
        remote = place.address.removeprefix("git+")
        subprocess.run(["git", "clone", "-q", "-b", "gh-pages", remote, clone], check=True)
        (clone / "CNAME").write_text("paper.example")
        subprocess.run([*git, "add", "CNAME"], check=True)
        subprocess.run([*git, "commit", "-q", "-m", "Create CNAME"], check=True)
        subprocess.run([*git, "push", "-q"], check=True)
        assert place.read(".nojekyll") == ""
        domain = {"CNAME": "paper.example"}
        published(paper, place, NEW)
        assert shows(place) == {**NEW, **domain, KEPT: OLD[KEPT]}
        take_back(paper.root, place.address)
        assert shows(place) == OLD | domain
        with pytest.raises(PublishError, match="`CNAME`, of your site, is there already"):
            published(paper, place, {**NEW, "CNAME": "paper.example"})
        assert shows(place) == OLD | domain


def test_a_lock_that_git_has_left_is_taken_away(paper: Site, tmp_path: Path) -> None:
    """Without the commits, which would have to be fetched again."""
    ours = paper.root / ".broadsheet/publish.git"
    with KINDS["branch"](tmp_path) as place:
        published(paper, place, OLD)
        (ours / "index.lock").touch()
        commits = sorted(ours.glob("objects/??/*"))
        published(paper, place, NEW)
        assert commits and set(commits) <= set(ours.glob("objects/??/*"))
        assert not (ours / "index.lock").exists()


@pytest.mark.parametrize("damage", ["file", "junk", "link", "pipe", "head", "object", "index"])
def test_a_repository_of_ours_that_is_damaged_is_made_anew(
    damage: str, paper: Site, tmp_path: Path
) -> None:
    ours = paper.root / ".broadsheet/publish.git"
    with KINDS["branch"](tmp_path) as place:
        published(paper, place, OLD)
        if damage in ("file", "junk", "link", "pipe"):
            shutil.move(ours, tmp_path / "elsewhere")
        there = {path: path.stat().st_mtime_ns for path in (tmp_path / "elsewhere").rglob("*")}
        match damage:
            case "file":
                ours.write_text("mine")
            case "junk":
                (ours / "inner").mkdir(parents=True)
            case "link":
                ours.symlink_to(tmp_path / "elsewhere")
            case "pipe":
                os.mkfifo(ours)
            case "head":
                (ours / "HEAD").write_text("mine")
            case "object":
                for file in ours.glob("objects/??/*"):
                    file.chmod(0o600)
                    file.write_bytes(b"mine")
            case "index":
                (ours / "refs").rename(ours / "no-refs")
                (ours / "refs").write_text("mine")
        published(paper, place, NEW)
        assert shows(place) == {**NEW, KEPT: OLD[KEPT]}
        take_back(paper.root, place.address)
        assert shows(place) == OLD
        assert {
            path: path.stat().st_mtime_ns for path in (tmp_path / "elsewhere").rglob("*")
        } == there


def test_ssh_has_one_connection_if_its_socket_has_a_short_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server("example.org", "/srv/www")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / ("x" * 60)))
    assert not any("Control" in word for word in Releases.of(server, "here").ssh)
    with TemporaryDirectory(dir="/tmp", prefix="b") as short:
        monkeypatch.setattr("tempfile.tempdir", short)
        assert f"ControlPath={short}/" in " ".join(Releases.of(server, "here").ssh)


def test_files_are_sent_before_the_pages_that_use_them() -> None:
    paths = ["index.html", "sitemap.xml", "a.html", "site_libs/look-01234567ab.css", "a.csv"]
    assert in_order(paths) == [paths[3], paths[4], paths[2], paths[0], paths[1]]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("site_libs/broadsheet/look-0123456789.css", True),
        ("site_libs/plotly/plotly-basic-a39d42e19d.min.js", True),
        ("site_libs/fonts/0123456789abcdef.woff2", True),
        ("site_libs/broadsheet/look.css", False),
        ("search/2023-01/fragment/en_2a5d1f9.pf_fragment", True),
        ("search/2023-01/pagefind.en_d1b1d5d7d3.pf_meta", True),
        ("search/2023-01/pagefind.js", False),
        ("search/sales-2023dec.csv", False),
        ("sales-2023dec.csv", False),
        ("posts/a/prices_2024feb.csv", False),
        ("posts/a/report-20240115.pdf", False),
    ],
)
def test_which_names_have_a_digest(path: str, expected: bool) -> None:
    assert is_hashed(path) == expected
