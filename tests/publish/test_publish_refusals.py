"""What is not published, and what is said of it: where, what is wrong, what to do."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from broadsheet.errors import PublishError
from broadsheet.project.project import open_project
from broadsheet.publish.address import Branch, Bucket, Folder, Server, read_address
from broadsheet.publish.lock import _me
from broadsheet.publish.manifest import site_files
from broadsheet.publish.publishing import choose, form_without_service, send
from conftest import CONFIG, Site
from targets import free_port, server, storage

Command = Callable[..., tuple[int, str, str]]
HERE = Path("/paper")


@pytest.fixture
def paper(site: Site) -> Site:
    site.write("index.qmd", "---\ntitle: The Test\n---\nHello.\n")
    return site


def refused(site: Site, address: str) -> PublishError:
    """The error of publishing a small site to an address."""
    site.write("_site/index.html", "<p>Hello")
    output = site.root / "_site"
    with pytest.raises(PublishError) as error:
        send(choose(open_project(site.root), address), output, site_files(output)[0])
    return error.value


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("github-pages", Branch("origin", "gh-pages")),
        ("git+origin#site", Branch("origin", "site")),
        ("git@example.org:me/paper.git", Branch("git@example.org:me/paper.git", "gh-pages")),
        ("https://example.org/p#b/c", Branch("https://example.org/p", "b/c")),
        ("ssh://me@example.org:22/srv//www/", Server("example.org", "/srv/www", "me", 22)),
        ("ssh://[::1]/srv/www", Server("::1", "/srv/www")),
        ("me@example.org:www/paper", Server("example.org", "www/paper", "me")),
        ("s3://my-paper", Bucket("my-paper", "")),
        ("s3://my-paper/a/b/", Bucket("my-paper", "a/b/")),
        ("/srv/www", Folder(Path("/srv/www"))),
        ("../www", Folder(HERE / "../www")),
        ("file:///srv/a%20b%23c", Folder(Path("/srv/a b#c"))),
        ("ssh://me@h/~/www%3F", Server("h", "www?", "me")),
    ],
)
def test_addresses(text: str, address: object) -> None:
    assert read_address(text, "here", HERE) == address


@pytest.mark.parametrize(
    "text",
    [
        *("ftp://a/b", "ssh://-oProxyCommand=x/srv", "ssh://host", "ssh://host/", "ssh://h:0x1/a"),
        *("git+", "git+--upload-pack=x", "git+ext::sh -c x", "git+origin#a..b", "git+origin#-x"),
        *("s3://", "s3://A_B", "s3://abc/../x", "me@host:", "me@host:../x", "a\nb", " "),
        *("ssh://h/srv/a#b", "ssh://h/srv/a?b", "ssh://h/a#", "file:///srv/a#b", "file:///a?b"),
        *(
            "ssh://h/a%0Ab",
            "file:///a%00b",
            "ssh://h/a%ff",
            "file://host/srv",
            "file://",
            "ssh://[x/a",
        ),
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(PublishError):
        read_address(text, "here", HERE)


@pytest.mark.parametrize(
    "target",
    [
        "{to: 's3://paper', secret-key: hunter22}",
        "{to: 's3://paper', token: hunter22}",
        "https://hunter22@example.org/paper.git",
        "{to: 'ssh://me:hunter22@example.org/srv'}",
    ],
)
def test_a_secret_in_the_configuration_is_told_and_not_shown(
    paper: Site, run: Command, target: str
) -> None:
    paper.write("_quarto.yml", f"{CONFIG}broadsheet:\n  publish:\n    live: {target}\n")
    code, _, told = run(paper, "publish")
    assert code == 1 and "does not belong in a file" in told and "hunter22" not in told
    assert "_quarto.yml, line 14" in told


def test_a_secret_on_the_command_line_is_not_shown(paper: Site, run: Command) -> None:
    code, _, told = run(paper, "publish", "https://hunter22@example.org/paper.git")
    assert code == 1 and "has a password in it" in told and "hunter22" not in told


def test_a_key_that_a_target_does_not_have_is_told(
    paper: Site, run: Command, tmp_path: Path
) -> None:
    to = f"{{to: {tmp_path}/www, branche: x}}"
    paper.write("_quarto.yml", f"{CONFIG}broadsheet:\n  publish:\n    live: {to}\n")
    code, _, told = run(paper, "publish")
    assert code == 1 and "does not know the key `broadsheet.publish.live.branche`" in told


def test_a_target_that_is_not_there_is_asked_about(paper: Site, run: Command) -> None:
    code, _, told = run(paper, "publish")
    assert code == 2 and "no target is given" in told and "live: github-pages" in told
    paper.write("_quarto.yml", f"{CONFIG}broadsheet:\n  publish:\n    mirror: /srv/www\n")
    code, _, told = run(paper, "publish", "miror")
    assert code == 2 and "mirror" in told


def test_a_folder_that_is_not_ours_is_left_alone(paper: Site, tmp_path: Path) -> None:
    there = tmp_path / "www"
    there.mkdir()
    (there / "mine.txt").write_text("mine")
    assert "a folder that is not empty" in refused(paper, str(there)).what
    assert [path.name for path in tmp_path.glob("**/*") if "www" in str(path)] == [
        "www",
        "mine.txt",
    ]
    file = tmp_path / "file"
    file.write_text("mine")
    assert "here is a file" in refused(paper, str(file)).what
    link = tmp_path / "link"
    link.symlink_to(there)
    assert "here is a link" in refused(paper, str(link)).what
    assert (there / "mine.txt").read_text() == "mine" and file.read_text() == "mine"


def test_the_publication_is_no_target(paper: Site) -> None:
    for place in (paper.root, paper.root / "www", paper.root.parent, Path("/")):
        with pytest.raises(PublishError, match="in it, or around it"):
            choose(open_project(paper.root), f"{place}/")


def test_a_branch_that_is_not_ours_is_left_alone(paper: Site, tmp_path: Path) -> None:
    git = [
        "git",
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.org",
        "-C",
        str(tmp_path / "other"),
    ]
    subprocess.run(["git", "init", "-q", "-b", "gh-pages", tmp_path / "other"], check=True)
    (tmp_path / "other/mine.txt").write_text("mine")
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "mine"], check=True)
    error = refused(paper, f"git+{tmp_path}/other")
    assert (
        "files that no publication of ours made" in error.what and "--delete gh-pages" in error.mend
    )


def test_a_remote_that_is_not_there(paper: Site, tmp_path: Path) -> None:
    for address in ("git+origin", f"git+{tmp_path}/nowhere", "git+file:///nowhere/paper"):
        assert "there is no repository of git" in refused(paper, address).what


def test_what_a_remote_says_is_told(paper: Site, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "remote.git"], check=True)
    hook = tmp_path / "remote.git/hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'this branch is protected'\nexit 1\n")
    hook.chmod(0o755)
    error = refused(paper, f"{tmp_path}/remote.git")
    assert "`git push` failed" in error.what and "this branch is protected" in error.detail


def test_the_working_tree_of_the_author_stays_as_it_is(paper: Site, tmp_path: Path) -> None:
    """Also with a hook, a half-made index and a configuration that would sign commits."""
    git = ["git", "-C", str(paper.root)]
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "remote.git"], check=True)
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "remote", "add", "origin", "../remote.git"], check=True)
    for key, value in {"commit.gpgsign": "true", "core.autocrlf": "true"}.items():
        subprocess.run([*git, "config", key, value], check=True)
    hook = paper.root / ".git/hooks/pre-push"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    subprocess.run([*git, "add", "index.qmd"], check=True)
    before = {path: path.read_bytes() for path in paper.root.glob(".git/**/*") if path.is_file()}
    output = paper.write("_site/index.html", "<p>Hello\r\n").parent
    send(choose(open_project(paper.root), "github-pages"), output, site_files(output)[0])
    after = {path: path.read_bytes() for path in paper.root.glob(".git/**/*") if path.is_file()}
    assert before == after
    shown = ["git", "--git-dir", tmp_path / "remote.git", "show", "gh-pages:index.html"]
    assert subprocess.run(shown, capture_output=True, check=True).stdout == b"<p>Hello\r\n"


@pytest.mark.parametrize(
    ("newsletter", "address", "is_told"),
    [
        ("provider: broadsheet", "git+../remote.git#pages", True),
        ("provider: broadsheet", "s3://paper", True),
        ("provider: broadsheet", "/srv/www/paper", False),
        ("provider: broadsheet", "ssh://example.org/srv/www", False),
        ("provider: broadsheet, url: 'https://mail.example'", "s3://paper", False),
        ("provider: buttondown, username: paper", "s3://paper", False),
    ],
)
def test_a_form_that_leads_nowhere_is_told(
    paper: Site, newsletter: str, address: str, is_told: bool
) -> None:
    """A branch and a storage have no server for those who sign up."""
    sender = "from: News <news@example.org>, imprint: Example, database: /tmp/a.sqlite3"
    added = f"\nbroadsheet:\n  newsletter: {{{newsletter}, {sender}}}\n"
    paper.write("_quarto.yml", paper.read("_quarto.yml") + added)
    project = open_project(paper.root)
    told = list(form_without_service(project, choose(project, address)))
    assert len(told) == is_told
    for notice in told:
        assert "/subscribe" in notice.what and notice.where.file == "_quarto.yml"


def test_a_program_that_is_not_installed(
    paper: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refused(paper, "git+origin").where.file == "git"
    error = refused(paper, "ssh://example.org/srv/www")
    assert "is not installed" in error.what and "openssh-client" in error.mend


def test_a_server_that_is_not_there_or_lets_nobody_in(
    paper: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "cannot be reached" in refused(paper, f"ssh://127.0.0.1:{free_port()}/srv/www").what
    with server(tmp_path) as place:
        monkeypatch.setenv("PATH", place.environment["PATH"])
        (tmp_path / "ssh/user.pub").write_text("")
        assert "does not let you in" in refused(paper, place.address).what
        (tmp_path / "ssh/known_hosts").write_text("")
        assert "its host key is not known" in refused(paper, place.address).what


@pytest.mark.slow
def test_a_storage_that_is_not_ours_or_not_there(
    paper: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with storage(tmp_path) as place:
        for name, value in place.environment.items():
            monkeypatch.setenv(name, value)
        place.put("mine.txt", "mine")
        assert "such as `mine.txt`" in refused(paper, place.address).what
        assert place.read("mine.txt") == "mine"
        assert "there is no such bucket" in refused(paper, "s3://nowhere-at-all").what
        place.put(".broadsheet/published.json", "{}")
        assert "is damaged" in refused(paper, place.address).what
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        assert "there are no keys" in refused(paper, place.address).what


@pytest.mark.slow
def test_a_storage_that_cannot_be_reached(paper: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked again some times, which takes a while."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "no key")
    assert "cannot be reached" in refused(paper, "s3://paper/site").what


def test_a_lock_of_another_machine_is_told_with_its_age(paper: Site, tmp_path: Path) -> None:
    lock = tmp_path / ".www.broadsheet/lock"
    lock.parent.mkdir()
    holder = {
        "by": "ada",
        "host": "elsewhere",
        "pid": 7,
        "began": 1.0,
        "since": "2024-01-01T00:00:00+00:00",
    }
    lock.symlink_to(json.dumps(holder))
    error = refused(paper, f"{tmp_path}/www")
    assert "ada on elsewhere (process 7), for" in error.what and "hours" in error.what
    assert f"`rm {lock}`" in error.mend
    assert lock.is_symlink() and not os.path.lexists(tmp_path / "www")


def test_a_lock_is_taken_by_one_and_dropped_by_its_holder(paper: Site, tmp_path: Path) -> None:
    place = choose(open_project(paper.root), f"{tmp_path}/www").target
    with ThreadPoolExecutor(8) as threads:
        mine = [b'{"of": %d}' % number for number in range(8)]
        found = dict(zip(mine, threads.map(place.take_lock, mine), strict=True))
    [holder] = [one for one, there in found.items() if not there]
    assert {there.strip() for there in found.values()} == {b"", holder}
    place.drop_lock(next(one for one in mine if one != holder))
    assert place.take_lock(b"another").strip() == holder
    place.drop_lock(holder)
    assert place.take_lock(b"another") == b""


def test_a_lock_of_an_earlier_start_of_the_machine_is_not_taken_away() -> None:
    gone = replace(_me(), began=0.0)
    assert gone.is_gone
    assert not replace(gone, space=gone.space.partition(" ")[2]).is_gone


def test_the_whole_way(paper: Site, run: Command, tmp_path: Path) -> None:
    """From the sources, by the command."""
    www = tmp_path / "www"
    paper.write("_quarto.yml", f"{CONFIG}broadsheet:\n  publish:\n    live: {www}\n")
    code, listed, _ = run(paper, "publish", "--dry-run")
    assert code == 0 and "+ index.html  " in listed and "Nothing has been sent" in listed
    assert not os.path.lexists(www)

    code, told, _ = run(paper, "publish")
    assert code == 0 and "published to live" in told and "--back" not in told
    assert "Hello." in (www / "index.html").read_text()
    assert not (www / ".broadsheet.json").exists()
    assert "has this site already" in run(paper, "publish")[1]

    paper.write("index.qmd", "---\ntitle: The Test\n---\nMore by 12 per cent.\n")
    code, _, told = run(paper, "publish")
    assert code == 1 and "1 thing is wrong, so nothing is published" in told
    assert "broadsheet check --strict" in told and "index.qmd" in told
    assert "Hello." in (www / "index.html").read_text()

    paper.write("index.qmd", "---\ntitle: The Test\n---\nHello again.\n")
    code, told, _ = run(paper, "publish")
    assert code == 0 and "publish live --back" in told
    paper.write("index.qmd", "---\ntitle: The Test\n---\nHello once more.\n")
    code, told, _ = run(paper, "publish", "live", "--json")
    found = json.loads(told)["result"]
    assert code == 0 and found["sent"] and "index.html" in found["changed"]
    code, told, _ = run(paper, "publish", "--back")
    assert code == 0 and "has again what was published" in told
    assert "Hello again." in (www / "index.html").read_text()


@pytest.mark.slow
def test_keys_in_the_environment_reach_a_storage_and_no_notebook(
    site: Site, run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import os\nprint('AWS_SECRET_ACCESS_KEY' in os.environ)"
    site.article("keys", code)
    site.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts}\n---\n")
    with storage(tmp_path) as place:
        for name, value in place.environment.items():
            monkeypatch.setenv(name, value)
        exit_code, told, faults = run(site, "publish", place.address)
        assert exit_code == 0 and "published to s3://" in told, faults
        assert "False" in (place.read("posts/keys/index.html") or "")
        assert "AWS_SECRET_ACCESS_KEY" in os.environ


def test_a_file_with_a_secret_is_not_published(
    paper: Site, run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one that somebody has put into the site by hand."""
    monkeypatch.setenv("PAPER_TOKEN", "hunter22-of-the-paper")
    assert run(paper, "build")[0] == 0
    paper.write("_site/notes.txt", "the token is hunter22-of-the-paper")
    code, _, told = run(paper, "publish", f"{tmp_path}/www")
    assert code == 1 and "PAPER_TOKEN" in told and "hunter22" not in told
    assert not (tmp_path / "www").exists()
