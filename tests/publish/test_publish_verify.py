"""What is published stays what was published: what others change there is named, and a publication is
restored whole or not at all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from test_publish import KEPT, NEW, OLD, built, elsewhere, published, shows

from broadsheet.errors import PublishError
from broadsheet.project.project import open_project
from broadsheet.publish.bucket import Storage
from broadsheet.publish.manifest import site_files
from broadsheet.publish.publishing import choose, send, take_back
from conftest import Site
from targets import KINDS, Place

Command = Callable[..., tuple[int, str, str]]
BOTH = "b.html"
"""A page that both sites have as it is."""


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


everywhere = pytest.mark.parametrize("place", KINDS, indirect=True)


def client_of(place: Place):
    import boto3

    return boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])


def bucket_of(place: Place) -> str:
    return urlsplit(place.address).netloc


def by_hand(place: Place, path: str, text: str | None, folder: Path) -> None:
    """Change a file there, as somebody does who has the right; None removes it."""
    if place.kind == "storage":
        if text is None:
            client_of(place).delete_object(Bucket=bucket_of(place), Key=f"site/{path}")
        else:
            place.put(path, text)
        return
    if place.kind == "branch":
        clone = folder / f"clone-{len([*folder.iterdir()])}"
        address = place.address.removeprefix("git+")
        words = ["git", "clone", "--quiet", "--branch", "gh-pages", address, str(clone)]
        subprocess.run(words, check=True)
        file = clone / path
    else:
        site = place.address if place.kind == "folder" else urlsplit(place.address).path
        file = Path(site) / path
    if text is None:
        file.unlink()
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    if place.kind == "branch":
        git = ["git", "-C", str(clone), "-c", "user.name=x", "-c", "user.email=x@x.example"]
        for words in (["add", "--all"], ["commit", "--quiet", "-m", "x"], ["push", "--quiet"]):
            subprocess.run([*git, *words], check=True)


def verified(run: Command, paper: Site, place: Place) -> tuple[int, dict[str, object]]:
    code, out, _ = run(paper, "publish", place.address, "--verify", "--json")
    return code, json.loads(out)["result"]


@pytest.mark.parametrize("place", ["branch", "folder"], indirect=True)
def test_what_is_no_file_is_named_too(
    paper: Site, run: Command, place: Place, tmp_path: Path
) -> None:
    published(paper, place, NEW)
    if place.kind == "branch":
        clone = tmp_path / "clone"
        address = place.address.removeprefix("git+")
        git = ["git", "-C", str(clone), "-c", "user.name=x", "-c", "user.email=x@x.example"]
        for words in (
            ["git", "clone", "--quiet", "--branch", "gh-pages", address, str(clone)],
            [*git, "update-index", "--cacheinfo", f"160000,{'1' * 40},a.html"],
            [*git, "commit", "--quiet", "-m", "x"],
            [*git, "push", "--quiet"],
        ):
            subprocess.run(words, check=True)
    else:
        (Path(place.address) / "a.html").unlink()
        (Path(place.address) / "a.html").symlink_to("nowhere")
        (Path(place.address) / "odd\nname").symlink_to("nowhere")
    code, found = verified(run, paper, place)
    assert code == 1 and found["changed"] == ["a.html"]


@everywhere
def test_what_is_there_otherwise_is_named_and_sent_anew(
    paper: Site, run: Command, place: Place, tmp_path: Path
) -> None:
    published(paper, place, OLD)
    published(paper, place, NEW)
    code, found = verified(run, paper, place)
    assert (code, found["right"]) == (0, True)
    code, out, _ = run(paper, "publish", place.address, "--verify")
    assert code == 0 and "10 files, all right" in out

    by_hand(place, "a.html", "page a, of others: b.html", tmp_path)
    by_hand(place, "-x/;2.csv", None, tmp_path)
    by_hand(place, "more/of others.txt", "theirs", tmp_path)
    elsewhere(paper)
    before = shows(place)
    code, found = verified(run, paper, place)
    assert code == 1 and found["right"] is False
    assert (found["changed"], found["missing"]) == (["a.html"], ["-x/;2.csv"])
    assert found["foreign"] == ["more/of others.txt"]
    code, out, _ = run(paper, "publish", place.address, "--verify")
    assert code == 1
    assert out.splitlines()[:3] == [
        "changed a.html",
        "missing -x/;2.csv",
        "foreign more/of others.txt",
    ]
    assert shows(place) == before

    outcome = published(paper, place, NEW)
    assert outcome.is_new and [*outcome.changes.changed] == ["-x/;2.csv", "a.html"]
    (notice,) = outcome.notices
    assert "what was published of `-x/;2.csv`, `a.html` was not there any more" in notice.what
    seen = shows(place)
    assert {path: seen[path] for path in NEW} == NEW
    code, found = verified(run, paper, place)
    assert found["changed"] == found["missing"] == []
    assert code == (1 if place.kind in ("branch", "storage") else 0)  # what others put there stays
    take_back(paper.root, place.address)
    seen = shows(place)
    assert {path: seen[path] for path in OLD} == OLD


@everywhere
@pytest.mark.parametrize("path", ["a.html", "gone.html", BOTH])
def test_after_a_change_by_hand_a_publication_is_restored_whole_or_not_at_all(
    paper: Site, place: Place, tmp_path: Path, path: str
) -> None:
    """Changed before the next publication: its content may be there no more."""
    published(paper, place, OLD)
    by_hand(place, path, "of others: b.html", tmp_path)
    published(paper, place, NEW)
    seen = shows(place)
    assert "of others: b.html" not in seen.values()
    try:
        take_back(paper.root, place.address)
    except PublishError as error:
        assert f"`{path}`, of the publication before, is not there any more" in error.what
        assert shows(place) == seen, "nothing was begun"
    else:
        assert shows(place) == OLD
    published(paper, place, NEW)
    assert {name: shows(place)[name] for name in NEW} == NEW


@everywhere
@pytest.mark.parametrize("path", ["a.html", BOTH])
@pytest.mark.parametrize("text", ["of others: b.html", None])
def test_a_change_by_hand_of_what_is_shown_is_no_part_of_what_is_restored(
    paper: Site, place: Place, tmp_path: Path, path: str, text: str | None
) -> None:
    published(paper, place, OLD)
    published(paper, place, NEW)
    by_hand(place, path, text, tmp_path)
    seen = shows(place)
    try:
        take_back(paper.root, place.address)
    except PublishError as error:
        assert f"`{path}`, of the publication before" in error.what
        assert shows(place) == seen, "nothing was begun"
    else:
        assert shows(place) == OLD
    published(paper, place, NEW)
    assert {name: shows(place)[name] for name in NEW} == NEW


def storage_of(paper: Site, place: Place) -> Storage:
    target = choose(open_project(paper.root), place.address).target
    assert isinstance(target, Storage)
    return target


@pytest.mark.parametrize("place", ["storage"], indirect=True)
@pytest.mark.parametrize("text", ["of others", None])
def test_a_copy_that_others_changed_is_not_restored(
    paper: Site, place: Place, tmp_path: Path, text: str | None
) -> None:
    published(paper, place, OLD)
    published(paper, place, NEW)
    listed = client_of(place).list_objects_v2(
        Bucket=bucket_of(place), Prefix="site/.broadsheet/copies/"
    )
    copy = listed["Contents"][0]["Key"].removeprefix("site/")
    by_hand(place, copy, text, tmp_path)
    seen = shows(place)
    with pytest.raises(PublishError, match="so nothing is restored"):
        take_back(paper.root, place.address)
    assert shows(place) == seen


@pytest.mark.parametrize("place", ["storage"], indirect=True)
def test_an_object_that_is_changed_between_the_look_and_the_copy_is_no_copy(
    paper: Site, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(paper, place, OLD)
    look = Storage.differences

    def then_changed(self: Storage):
        found = look(self)
        place.put("a.html", "of others")
        return found

    monkeypatch.setattr(Storage, "differences", then_changed)
    published(paper, place, NEW)
    monkeypatch.undo()
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)
    seen = shows(place)
    assert seen["a.html"] == NEW["a.html"]
    with pytest.raises(PublishError, match=r"`a\.html`, of the publication before"):
        take_back(paper.root, place.address)
    assert shows(place) == seen


@pytest.mark.parametrize("place", ["storage"], indirect=True)
def test_a_bucket_that_keeps_versions(paper: Site, run: Command, place: Place) -> None:
    client_of(place).put_bucket_versioning(
        Bucket=bucket_of(place), VersioningConfiguration={"Status": "Enabled"}
    )
    published(paper, place, OLD)
    published(paper, place, NEW)
    assert verified(run, paper, place)[0] == 0
    take_back(paper.root, place.address)
    assert shows(place) == OLD
    take_back(paper.root, place.address)
    assert {path: shows(place)[path] for path in NEW} == NEW
    assert verified(run, paper, place)[0] == 0


@pytest.mark.parametrize("place", ["storage"], indirect=True)
@pytest.mark.parametrize("refused", ["a.html", "index.html", "new/c.html"])
def test_a_refusal_in_the_middle_of_restoring_loses_nothing(
    paper: Site, place: Place, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    """The right to one object is missing: what is needed to go either way is still there."""
    published(paper, place, OLD)
    published(paper, place, NEW)
    target = storage_of(paper, place)
    files = target._files
    copy, remove = files.cp_file, files.rm_file

    def refuse(path: str) -> None:
        if path.endswith(f"/site/{refused}"):
            raise PermissionError("AccessDenied")

    monkeypatch.setattr(files, "cp_file", lambda one, two: (refuse(two), copy(one, two)))
    monkeypatch.setattr(files, "rm_file", lambda one: (refuse(one), remove(one)))
    target.published()
    with pytest.raises(PublishError, match="it does not let you in"):
        target.restore()
    take_back(paper.root, place.address)  # to what was there when it was begun
    seen = shows(place)
    assert {path: seen[path] for path in NEW} == NEW
    take_back(paper.root, place.address)
    assert shows(place) == OLD


@everywhere
def test_two_who_publish_and_restore_at_once_leave_one_whole_site(
    paper: Site, place: Place
) -> None:
    published(paper, place, OLD)
    published(paper, place, NEW)
    output = built(paper, {**NEW, "d.html": "page d: b.html"})
    files = site_files(output)[0]
    code = (
        "import sys; from pathlib import Path; from broadsheet.errors import PublishError\n"
        "from broadsheet.publish.publishing import take_back\n"
        "try: take_back(Path(sys.argv[1]), sys.argv[2])\n"
        "except PublishError as error: sys.exit(3)\n"
    )
    words = [sys.executable, "-c", code, str(paper.root), place.address]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    with subprocess.Popen(words, env=environment) as other:
        try:
            send(choose(open_project(paper.root), place.address), output, files)
        except PublishError as error:
            assert "publishing" in str(error) or "moved" in str(error)
        assert other.wait(60) in (0, 3)
    seen = {path: text for path, text in shows(place).items() if path != KEPT}
    newest = {**NEW, "d.html": "page d: b.html"}
    css = "site_libs/look-abcdef0123.css"
    old = {path: text for path, text in OLD.items() if path != KEPT}
    assert {path: text for path, text in seen.items() if path != css} in (
        *({path: text for path, text in one.items() if path != css} for one in (newest, NEW, old)),
    )


@everywhere
def test_nothing_of_ours_is_nothing_to_compare(paper: Site, run: Command, place: Place) -> None:
    code, _, said = run(paper, "publish", place.address, "--verify")
    assert code == 1 and "nothing of ours is published here" in said


@pytest.mark.parametrize("place", ["storage"], indirect=True)
def test_a_publication_that_broke_off_is_named(paper: Site, run: Command, place: Place) -> None:
    published(paper, place, OLD)
    assert place.killed(paper.root, built(paper, NEW), 1)
    code, found = verified(run, paper, place)
    assert code == 1 and found["unfinished"] is True
    published(paper, place, NEW)
    assert verified(run, paper, place)[0] == 0


def test_an_address_that_is_none_is_used_wrongly(paper: Site, run: Command) -> None:
    assert run(paper, "publish", "nowhere", "--verify")[0] == 2
    assert run(paper, "publish", "--verify", "--back")[0] == 2
