"""What is private reaches nobody: by no name, by no way into the site, by no server, to no target."""

# ruff: noqa: F811

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_email_addresses import FIRST
from test_subscriptions import (  # noqa: F401 - fixtures
    READER,
    Service,
    gazette,
    room,
    start,
)

from broadsheet.errors import BroadsheetError
from broadsheet.newsletter.email_address import email_address
from broadsheet.newsletter.subscriber_database import SubscriberDatabase
from broadsheet.publish.manifest import site_files
from broadsheet.storage.private_paths import BEGINNING, private_content, private_name
from previewing import ended, started

Make = Callable[[Path], object]
KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END OPENSSH PRIVATE KEY-----\n"


def subscribers(path: Path) -> None:
    SubscriberDatabase(path).add([email_address(READER)], "en")


def first_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST)


def in_use(suffix: str) -> Make:
    """A file that SQLite has beside a database while it is open."""

    def made(path: Path) -> None:
        folder = path.parent / "in-use"
        folder.mkdir()
        with closing(sqlite3.connect(folder / "x")) as connection:
            mode = "DELETE" if suffix == "-journal" else "WAL"
            connection.execute(f"PRAGMA journal_mode = {mode}")
            connection.execute("CREATE TABLE a (b)")
            connection.execute("INSERT INTO a VALUES (1)")
            connection.commit()
            connection.execute("INSERT INTO a VALUES (2)")
            shutil.copy(folder / f"x{suffix}", path)
        shutil.rmtree(folder)

    return made


def text(content: str) -> Make:
    return lambda path: path.write_text(content, encoding="utf-8")


HOLDS = {
    "the subscribers": subscribers,
    "the subscribers of an earlier version": first_version,
    "a log of SQLite": in_use("-wal"),
    "an index of such a log": in_use("-shm"),
    "a journal of SQLite": in_use("-journal"),
    "an export": text("email,language,since\r\nada@mail.example,en,2024-05-01\r\n"),
    "a list of readers": text("# Our readers\n\nada@mail.example\nb@mail.example\n"),
    "the journal of an issue": text(
        '{"at": "2024-05-01T08:00:00+00:00", "to": "a@mail.example", "status": "sent", "issue": "x"}\n'
    ),
    "a key": text(KEY),
    "a key after its certificate": text(
        "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"
        "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n"
    ),
}
"""What is known by what it holds, whatever its name."""
NAMES = (
    ".env",
    ".ENV.local",
    "_newsletter/bridge.eml",
    "_Newsletter/x",
    ".git/config",
    ".GIT/config",
    ".g\u200cit/config",
    ".broadsheet/runs/x",
    ".ssh/config",
    ".netrc",
    "keys/id_ed25519",
    "keys/server.PFX",
    ".htpasswd",
    "data/kept.sqlite3-journal",
    "data/kept.DB-wal",
)
MAY = {
    ".nojekyll": "",
    ".well-known/security.txt": "Contact: mailto:desk@mail.example\n",
    ".gitignore": "_site\n",
    "contact.txt": "desk@mail.example\n",
    "versions.txt": "react@18.2.0\nlodash@4.17.21\n",
    "people.csv": "name,email\nAda,ada@mail.example\nB,b@mail.example\n",
    "certificate.pem": "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n",
    "keys.html": f"<pre>\n{KEY}</pre>\n",
    "environment.yml": "name: x\n",
    "newsletter/2024.json": "{}",
}


@pytest.mark.parametrize("name", NAMES)
def test_names(name):
    assert private_name(name) and private_name(f"posts/{name}")


@pytest.mark.parametrize("name", MAY)
def test_what_may_be_public(tmp_path, name):
    assert not private_name(name) and not private_content(MAY[name].encode())
    with closing(sqlite3.connect(tmp_path / "data.db")) as connection:
        connection.execute("CREATE TABLE subscribers (mobile, year)")  # of telephones
    assert not private_content((tmp_path / "data.db").read_bytes())


@given(st.one_of(st.binary(max_size=400), st.text("a@.\n #x", max_size=400).map(str.encode)))
def test_no_content_is_too_much(content):
    private_content(content)
    private_content((content * BEGINNING)[:BEGINNING])


# The way into the site


@pytest.mark.parametrize("what", HOLDS)
def test_no_resource_and_no_link_publishes_it(site, run, what):
    config = site.read("_quarto.yml").replace("  render:", "  resources: 'more/*'\n  render:")
    site.write("_quarto.yml", config)
    site.write("more/good.txt", "good")
    HOLDS[what](site.root / "more/renamed.bin")
    site.write("index.qmd", "---\ntitle: Home\n---\n[A link](linked.dat)\n")
    shutil.copy(site.root / "more/renamed.bin", site.root / "linked.dat")
    exit_code, _, errors = run(site, "build")
    assert exit_code == 1
    assert "`more/renamed.bin` is " in errors and "index.qmd, line 4: `linked.dat` is " in errors
    assert "never published" in errors
    assert not any((site.root / "_site").rglob("renamed.bin"))
    assert not any((site.root / "_site").rglob("linked.dat"))


def test_no_resource_is_private_by_name(site, run):
    config = site.read("_quarto.yml").replace(
        "  render:",
        "  resources: [.env, '_newsletter/**', .ssh/known, more/id_rsa, .nojekyll]\n  render:",
    )
    site.write("_quarto.yml", config)
    site.write("index.qmd", "---\ntitle: Home\n---\n")
    for name in (".env", "_newsletter/x.eml", ".ssh/known", "more/id_rsa", ".nojekyll"):
        site.write(name, "x")
    exit_code, _, errors = run(site, "build")
    assert exit_code == 1
    for name in (".env", "_newsletter/x.eml", ".ssh/known", "more/id_rsa"):
        assert f"`{name}` is " in errors and not (site.root / "_site" / name).exists()
    assert (site.root / "_site/.nojekyll").exists()


@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_another_name_of_a_private_file_is_private(site, run, link):
    site.write("_newsletter/notes", "what is known by its name alone")
    link(site.root / "_newsletter/notes", site.root / "public.txt")
    site.write("index.qmd", "---\ntitle: Home\n---\n[A link](public.txt)\n")
    exit_code, _, errors = run(site, "build")
    assert exit_code == 1 and "`public.txt` is " in errors
    assert not (site.root / "_site/public.txt").exists()


@pytest.mark.parametrize("what", ["the subscribers", "a list of readers"])
def test_what_came_into_the_output_by_other_means_stops_the_build(site, run, what):
    site.write("index.qmd", "---\ntitle: Home\n---\n")
    assert run(site, "build")[0] == 0
    HOLDS[what](site.root / "_site/x.dat")
    before = (site.root / "_site/x.dat").read_bytes()
    exit_code, _, errors = run(site, "build")
    assert exit_code == 2 and "_site/x.dat" in errors and "Move it out of the site." in errors
    assert (site.root / "_site/x.dat").read_bytes() == before


@pytest.mark.parametrize("name", [".ENV/site", "_newsletter/site", ".Git/site"])
def test_no_site_goes_to_a_private_place(site, run, name):
    site.write("index.qmd", "---\ntitle: Home\n---\n")
    exit_code, _, errors = run(site, "build", "--output", str(site.root / name))
    assert exit_code == 2 and "which is no place for a site" in errors


# Where the service keeps its subscribers


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("_site/subscribers.db", "is in the site, which everybody can read"),
        ("./posts/../_site/more/x", "is in the site, which everybody can read"),
        ("linked/x", "is in the site, which everybody can read"),
        ("public/x.sqlite3", "is among what `resources` publishes"),
        ("public/more/x.sqlite3", "is among what `resources` publishes"),
        ("robots.dat", "is among what `resources` publishes"),
        (".git/x", "is no place for it"),
        (".broadsheet/x", "is no place for it"),
    ],
)
def test_no_database_lies_where_everybody_reads_it(gazette, run, room, name, said):
    config = gazette.read("_quarto.yml").replace(
        "project: {type", "project: {resources: [public, '*.dat'], type"
    )
    gazette.write(
        "_quarto.yml", config.replace("    imprint:", f"    database: {name}\n    imprint:")
    )
    (gazette.root / "_site").mkdir()
    (gazette.root / "linked").symlink_to("_site")
    for command in (["serve", "--port", "0"], ["subscribers"], ["bridge", "--send"]):
        exit_code, _, errors = run(gazette, "newsletter", *command)
        assert exit_code == 1 and said in errors and "_quarto.yml, line" in errors
    assert not (gazette.root / name).exists()


def test_an_export_and_a_letter_do_not_go_into_the_site(gazette, run, room):
    (gazette.root / "_site").mkdir()
    for command in (
        ["subscribers", "--export", "_site/all.csv"],
        ["bridge", "--output", "_site/mail"],
        ["bridge", "--output", ".ssh"],
    ):
        exit_code, _, errors = run(gazette, "newsletter", *command)
        assert exit_code == 2, (command, errors)
    assert list((gazette.root / "_site").iterdir()) == []


# Servers


def spellings(name: str) -> list[str]:
    """How a browser may ask for a file."""
    coded = "".join(f"%{byte:02x}" for byte in name.encode())
    return [
        quote(name),
        coded,
        f"./{quote(name)}",
        f"about.html/../{quote(name)}",
        f"/{quote(name)}",
    ]


def test_the_service_hands_none_of_it_out(gazette, run, room, start):
    assert run(gazette, "build")[0] == 0
    service: Service = start("--site")
    assert service.ask("GET", "/paper/about.html")[0] == 200
    site = gazette.root / "_site"
    for number, make in enumerate(HOLDS.values()):
        make(site / f"x{number}.dat")
    for name in (*NAMES, "a%2eenv"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text("secret")
    (site / "linked.txt").symlink_to(gazette.root / "_quarto.yml")
    asked = [*NAMES, ".broadsheet.json", "linked.txt", *(f"x{n}.dat" for n in range(len(HOLDS)))]
    for name in asked:
        for spelled in spellings(name):
            status, _, content = service.ask("GET", f"/paper/{spelled}")
            assert status in (307, 404) and "secret" not in content, spelled
    for name, content in MAY.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(content)
        assert service.ask("GET", f"/paper/{name}")[0] == 200, name


def test_the_preview_hands_none_of_it_out(site):
    config = site.read("_quarto.yml").replace("  render:", "  resources: '*.dat'\n  render:")
    site.write("_quarto.yml", config)
    site.write("good.dat", "good")
    names = [f"x{number}.dat" for number in range(len(HOLDS))]
    for name, make in zip(names, HOLDS.values(), strict=True):
        make(site.root / name)
    links = " ".join(f"[x]({name})" for name in names)
    site.write("index.qmd", f"---\ntitle: Home\n---\n{links}\n")
    for name in NAMES:
        site.write(name, "secret")
    preview = started(site)
    try:
        preview.ask("index.html")
        assert preview.ask("good.dat")[0] == 200
        for name in (*names, *NAMES):
            for spelled in (quote(name), "".join(f"%{byte:02x}" for byte in name.encode())):
                status, content = preview.ask(spelled)
                assert status in (404, 500) and "secret" not in content, spelled
    finally:
        ended(preview)


# Publishing


@pytest.mark.parametrize("what", [*HOLDS, *NAMES])
def test_nothing_of_it_is_published(tmp_path, what):
    """Whatever the target is: each takes the files that this gives."""
    (tmp_path / "index.html").write_text("<p>Home</p>")
    path = tmp_path / ("posts/x.dat" if what in HOLDS else what)
    path.parent.mkdir(parents=True, exist_ok=True)
    HOLDS.get(what, text("x"))(path)
    if what.startswith((".git/", ".broadsheet/")):  # they are left out without a word
        assert list(site_files(tmp_path)[0]) == ["index.html"]
        return
    with pytest.raises(BroadsheetError, match="is never published") as refused:
        site_files(tmp_path)
    assert str(refused.value).startswith(str(path.parent.parent))


def test_publish_refuses_what_came_into_the_site_by_other_means(site, run, tmp_path):
    site.write("index.qmd", "---\ntitle: Home\ndescription: A page.\n---\nWords.\n")
    assert run(site, "build")[0] == 0
    subscribers(site.root / "_site/assets.bin")
    target = tmp_path / "live"
    repository = tmp_path / "live.git"
    subprocess.run(["git", "init", "-q", "--bare", repository], check=True)
    for to in (str(target), f"git+{repository.as_uri()}#gh-pages"):
        exit_code, _, errors = run(site, "publish", to)
        assert (
            exit_code != 0 and "_site/assets.bin" in errors and "database of subscribers" in errors
        )
    assert not target.exists()
    assert not (repository / "refs/heads/gh-pages").exists()


def test_what_is_private_does_not_go_to_other_machines(site):
    from broadsheet.project.reading import open_publication
    from broadsheet.run.dask_files import Manifests

    site.table()
    for name in ("_newsletter/readers.txt", "keys/id_rsa", "keys/public.txt"):
        site.write(name, "x")
    sizes = Manifests(open_publication(site.root).project)._sizes
    assert "data/trade.csv" in sizes and "keys/public.txt" in sizes
    assert "_newsletter/readers.txt" not in sizes and "keys/id_rsa" not in sizes


def test_each_surface_asks_the_one_list():
    """A name that is added to the list is refused everywhere."""
    source = Path(__file__).parents[2] / "src/broadsheet"
    asking = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if "private_name(" in path.read_text(encoding="utf-8")
    }
    assert asking >= {
        "storage/files.py",
        "site/output/output_folder.py",
        "processes/web_server.py",
        "publish/manifest.py",
    }
