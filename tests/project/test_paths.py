"""No file is read for the site that lies outside of the publication, or that is no file, or that is
hidden.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from broadsheet.errors import BroadsheetError
from broadsheet.project.reading import open_publication
from broadsheet.storage.files import refusal
from publishing import FRONT, SITE, article, publish, write

OUTSIDE = "what nobody may see"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    for name in (
        "secret.png",
        "secret.txt",
        "secret.md",
        "secret.bib",
        "secret.yml",
        "secret.qmd",
        "secret.csv",
    ):
        (folder / name).write_text(OUTSIDE, encoding="utf-8")
    (folder / "facts").mkdir()
    (folder / "facts/secret.txt").write_text(OUTSIDE, encoding="utf-8")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "publication"


def published(root: Path) -> str:
    return "".join(
        path.read_text(encoding="utf-8", errors="replace")
        for path in (root / "_site").rglob("*")
        if path.is_file()
    )


def faults(report) -> dict[str, str]:
    return {fault.where.file: str(fault) for fault in report.faults}


def test_a_link_to_a_folder_of_pages_elsewhere_is_a_fault_and_the_old_pages_stay(root, outside):
    """Another folder may be anywhere."""
    write(root, {"posts/a.qmd": article("A")})
    assert not publish(root).faults
    (outside / "figures").mkdir()
    (outside / "figures/notes.md").write_text("Notes.")
    (root / "pictures").symlink_to(outside / "figures")
    (root / "posts").rename(outside / "pages")
    (root / "posts").symlink_to(outside / "pages")
    (reported,) = map(str, publish(root).faults)
    assert reported.startswith(
        f"posts: this folder is a link to {outside / 'pages'}, outside of the"
    )
    assert "its pages are not read: posts/a.qmd" in reported
    assert (root / "_site/posts/a.html").is_file()
    assert 'leave it out by `render: ["**", "!posts"]`' in reported
    (root / "posts").unlink()
    (outside / "pages").rename(root / "posts")
    assert not publish(root).faults


@pytest.mark.parametrize(
    ("linked", "to", "body", "keys", "said"),
    [
        (
            "posts/photo.png",
            "secret.png",
            "![A photograph](photo.png)",
            {},
            "posts/a.qmd, line 7: `posts/photo.png`",
        ),
        (
            "posts/photo.png",
            "secret.png",
            "A paragraph.",
            {"image": "photo.png"},
            "posts/a.qmd, line 6: `posts/photo.png`",
        ),
        (
            "posts/notes.txt",
            "secret.txt",
            "[Notes](notes.txt)",
            {},
            "posts/a.qmd, line 7: `posts/notes.txt`",
        ),
        (
            "posts/all.bib",
            "secret.bib",
            "A paragraph.",
            {"bibliography": "all.bib"},
            "posts/a.qmd, line 6: `posts/all.bib`",
        ),
        (
            "posts/own.csl",
            "secret.txt",
            "A paragraph.",
            {"csl": "own.csl"},
            "posts/a.qmd, line 6: `posts/own.csl`",
        ),
        (
            "_variables.yml",
            "secret.yml",
            "{{< var a >}}",
            {},
            "posts/a.qmd, line 7: `_variables.yml`",
        ),
        (
            "posts/facts",
            "facts",
            "[All](facts/secret.txt)",
            {},
            "posts/a.qmd, line 7: `posts/facts/secret.txt`",
        ),
        (
            "posts/_metadata.yml",
            "secret.yml",
            "A paragraph.",
            {},
            "posts/_metadata.yml: `posts/_metadata.yml`",
        ),
    ],
)
def test_a_link_out_of_the_publication_is_a_fault_of_the_page(
    root, outside, linked, to, body, keys, said
):
    write(
        root,
        {
            "posts/a.qmd": article("A", body=body, **keys),
            "about.qmd": "---\ntitle: About\n---\nWe.\n",
        },
    )
    (root / linked).symlink_to(outside / to)
    report = publish(root)
    (reported,) = map(str, report.faults)
    assert reported.startswith(f"{said} is a link to {outside}")
    assert "which lies outside of the publication" in reported
    folder = outside / to if (outside / to).is_dir() else outside
    assert f"`broadsheet: {{allowed-folders: [{folder}]}}`" in reported
    assert not (root / "_site/posts/a.html").exists()
    assert OUTSIDE not in published(root)
    assert (root / "_site/about.html").is_file()


def test_an_include_out_of_the_publication_stays_as_written(root, outside):
    write(root, {"posts/a.qmd": article("A", body="{{< include _more.md >}}")})
    (root / "posts/_more.md").symlink_to(outside / "secret.md")
    report = publish(root)
    assert not report.faults
    assert "posts/a.qmd, line 7: `posts/_more.md`" in " ".join(map(str, report.notices))
    assert "{{&lt; include _more.md &gt;}}" in published(root)
    assert OUTSIDE not in published(root)


def test_a_folder_that_is_named_may_be_linked_to(root, outside):
    write(
        root,
        {
            "posts/a.qmd": article("A", body="[Notes](notes.txt) {{< var a >}}"),
            "_quarto.yml": SITE + "broadsheet:\n  allowed-folders: ../outside\n",
        },
    )
    (outside / "secret.yml").write_text("a: from elsewhere", encoding="utf-8")
    (root / "posts/notes.txt").symlink_to(outside / "secret.txt")
    (root / "_variables.yml").symlink_to(outside / "secret.yml")
    assert faults(publish(root)) == {}
    assert (root / "_site/posts/notes.txt").read_text(encoding="utf-8") == OUTSIDE
    assert "from elsewhere" in (root / "_site/posts/a.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("hidden", [".env", ".git/config", "_private/x.txt"])
def test_a_link_to_what_is_hidden_is_not_published(root, hidden):
    write(root, {"posts/a.qmd": article("A", body="[P](photo.png)"), hidden: OUTSIDE})
    (root / "posts/photo.png").symlink_to(root / hidden)
    reported = faults(publish(root))["posts/a.qmd"]
    assert reported.startswith(
        f"posts/a.qmd, line 7: `posts/photo.png` is a link to {hidden}, which is hidden\n"
    )
    assert OUTSIDE not in published(root)


def test_a_link_within_the_publication_is_followed(root):
    write(root, {"posts/a.qmd": article("A", body="[P](photo.txt)"), "shared/real.txt": "seen"})
    (root / "posts/photo.txt").symlink_to(root / "shared/real.txt")
    assert faults(publish(root)) == {}
    assert (root / "_site/posts/photo.txt").read_text(encoding="utf-8") == "seen"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda path: path.symlink_to("nowhere.png"),
            "is a link to posts/nowhere.png, which is not there",
        ),
        (
            lambda path: path.symlink_to("photo.png"),
            "is a link to posts/photo.png, which leads in a circle",
        ),
        (os.mkfifo, "is a pipe"),
        (lambda path: path.symlink_to("/dev/zero"), "is a link to /dev/zero, which is a device"),
    ],
)
def test_what_is_no_file_is_named(root, make, said):
    write(root, {"posts/a.qmd": article("A", body="![P](photo.png)")})
    make(root / "posts/photo.png")
    assert (
        faults(publish(root))["posts/a.qmd"].splitlines()[0]
        == f"posts/a.qmd, line 7: `posts/photo.png` {said}"
    )


def test_resources_are_held_to_the_same(root, outside):
    site = SITE.replace(
        "type: website", "type: website\n  resources: ['*.txt', _redirects, .env, .nojekyll]"
    )
    write(
        root,
        {
            "_quarto.yml": site,
            "good.txt": "good",
            "_redirects": "/a /b",
            ".nojekyll": "",
            ".env": OUTSIDE,
        },
    )
    (root / "bad.txt").symlink_to(outside / "secret.txt")
    (root / "robots.txt").symlink_to("/dev/zero")
    report = publish(root)
    reported = faults(report)["_quarto.yml"]
    assert reported.startswith("_quarto.yml, line 4: `.env` is hidden\n")
    assert (
        f"also: `bad.txt` is a link to {outside}/secret.txt, which lies outside of the publication"
        in reported
    )
    assert "also: `robots.txt` is a link to /dev/zero, which is a device" in reported
    assert OUTSIDE not in published(root)
    assert [
        (root / "_site" / name).is_file()
        for name in ("good.txt", "_redirects", ".nojekyll", ".env")
    ] == [True, True, True, False]


@pytest.mark.parametrize("pattern", ["../outside/*.txt", "{..,x}/*/*.txt", "{.,x}./outside/*.txt"])
def test_resources_of_an_allowed_folder_are_put_nowhere_beside_the_site(root, outside, pattern):
    site = SITE.replace("type: website", f"type: website\n  resources: ['{pattern}']")
    write(root, {"_quarto.yml": f"{site}broadsheet: {{allowed-folders: [{outside}]}}\n"})
    name = f"../{outside.name}/secret.txt"
    report = publish(root)
    assert f"`{name}` lies outside of the publication" in faults(report)["_quarto.yml"]
    assert [path for path in root.rglob("secret.txt") if path.is_file()] == []


def test_a_resource_that_becomes_a_link_is_reported_though_nothing_else_has_changed(
    site, run, outside
):
    config = site.read("_quarto.yml").replace("  render:", "  resources: '*.txt'\n  render:")
    site.write("_quarto.yml", config)
    site.write("index.qmd", "---\ntitle: Home\n---\n")
    site.write("notes.txt", "good")
    assert run(site, "build")[0] == 0
    (site.root / "notes.txt").unlink()
    (site.root / "notes.txt").symlink_to(outside / "secret.txt")
    code, _, said = run(site, "build")
    assert code == 1
    assert "`notes.txt` is a link to" in said
    assert not (site.root / "_site/notes.txt").exists()


def test_a_source_that_is_a_link_out_is_a_fault_and_stops_no_other(root, outside):
    write(root, {"index.qmd": FRONT})
    (root / "posts").mkdir()
    (root / "posts/b.qmd").symlink_to(outside / "secret.qmd")
    os.mkfifo(root / "posts/c.qmd")
    reported = {
        str(path): str(fault).splitlines()[0]
        for path, fault in open_publication(root).faults.items()
    }
    assert reported == {
        "posts/b.qmd": f"posts/b.qmd: `posts/b.qmd` is a link to {outside}/secret.qmd, which lies outside "
        "of the publication",
        "posts/c.qmd": "posts/c.qmd: `posts/c.qmd` is a pipe",
    }


@pytest.mark.parametrize("linked", ["data/trade.csv", "data/datapackage.json", "data"])
def test_a_table_that_is_a_link_out_is_not_read(site, outside, linked):
    from broadsheet.data.catalogue import Catalogue

    site.table()
    moved = outside / "moved"
    (site.root / linked).rename(moved)
    (site.root / linked).symlink_to(moved)
    with pytest.raises(BroadsheetError, match="lies outside of the publication"):
        Catalogue.open(site.root).table("trade")
    site.write(
        "_quarto.yml", site.read("_quarto.yml") + f"broadsheet:\n  allowed-folders: [{outside}]\n"
    )
    assert len(Catalogue.open(site.root).table("trade")) == 2


def test_a_theme_file_that_is_a_link_out_is_not_used(root, outside):
    write(root, {})
    (root / "theme").mkdir()
    (root / "theme/broadsheet.css").symlink_to(outside / "secret.txt")
    with pytest.raises(
        BroadsheetError, match=r"theme/broadsheet\.css: `theme/broadsheet\.css` is a link to"
    ):
        publish(root)


def test_what_may_not_be_read_does_not_go_to_other_machines(site, outside):
    from broadsheet.run.dask_files import Manifests

    site.table()
    (site.root / "data/more.csv").symlink_to(outside / "secret.csv")
    project = open_publication(site.root).project
    assert "data/trade.csv" in Manifests(project)._sizes
    assert "data/more.csv" not in Manifests(project)._sizes


@pytest.mark.skipif(os.geteuid() == 0, reason="needs a user other than root")
def test_a_file_without_permission_is_named(root):
    write(root, {"a.txt": "x"})
    (root / "a.txt").chmod(0)
    assert refusal(root, root / "a.txt") == (
        "`a.txt` cannot be read: permission denied",
        "See who may read it.",
    )


def test_what_is_not_there_is_for_others_to_say(root):
    write(root, {})
    assert refusal(root, root / "nothing.txt") is None
    assert stat.S_ISDIR(root.stat().st_mode)
    assert refusal(root, root) is None
    assert refusal(root, root / ("x" * 5000)) is None
