"""`broadsheet adopt`: other people's work, tried without a change to it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from broadsheet.checks import adoption
from broadsheet.cli.main import main
from broadsheet.cli.report import grouped
from broadsheet.errors import Notice, Place
from broadsheet.storage.limits import TABLE, LimitError


@pytest.fixture(autouse=True)
def copies(monkeypatch, tmp_path_factory):
    """Where the copies are that stay."""
    folder = tmp_path_factory.mktemp("copies")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def _adopted(report: dict[str, Any]) -> dict[str, Any]:
    """The result of `adopt`, with the faults beside it."""
    return report["result"] | {"faults": report["faults"]}


def test_a_site(tmp_path, capsys):
    (tmp_path / "_quarto.yml").write_text("website: {title: T}\nformat: {html: {theme: cosmo}}\n")
    (tmp_path / "index.qmd").write_text("---\ntitle: Home\n---\n![](none.png)\n")
    (tmp_path / "lost.qmd").write_text("---\ntitle: Lost\n---\n{{< include lost.qmd >}}\n")
    before = names(tmp_path)
    assert main(["adopt", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("1 page built; 1 fault.\n")
    order = ["lost.qmd, line 4: lost.qmd includes itself", "`none.png`", "`theme`", "no `date`"]
    assert [said.index(text) for text in order] == sorted(said.index(text) for text in order)
    assert names(tmp_path) == before


def test_a_page_about_somebody_needs_no_date(tmp_path, capsys):
    (tmp_path / "_quarto.yml").write_text("website: {title: T}\n")
    (tmp_path / "index.qmd").write_text("---\ntitle: Home\ndate: 2024-01-01\n---\nText.\n")
    (tmp_path / "ann.qmd").write_text("---\ntitle: Ann\nabout: {template: jolla}\n---\nText.\n")
    assert main(["adopt", str(tmp_path)]) == 0
    assert "no `date`" not in capsys.readouterr().out


def test_a_notebook_without_front_matter(tmp_path, capsys):
    cells = [new_markdown_cell("# My study"), new_code_cell("print(open('a.txt').read())")]
    nbformat.write(new_notebook(cells=cells), tmp_path / "study.ipynb")
    (tmp_path / "a.txt").write_text("beside")
    (tmp_path / "other.qmd").write_text("---\ntitle: [\n---\n")
    assert main(["adopt", str(tmp_path / "study.ipynb"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["result"]
    assert found["pages"] == 1
    assert 'title: "My study"' in found["front_matter"]
    assert {"no `date`", "no `description`"} <= {one["what"] for one in found["missing"]}
    assert names(tmp_path) == ["a.txt", "other.qmd", "study.ipynb"]


def test_a_page_beside_one_whose_name_is_no_text_is_read_once(tmp_path, capsys, monkeypatch):
    page = tmp_path / "page.qmd"
    page.write_text("---\ntitle: T\n---\n\n{{< include été.qmd >}}\n")
    for name in ("été.qmd", "b.qmd", "c.qmd"):
        (tmp_path / name).write_text("A part.")
    (tmp_path / os.fsdecode(b"\xff.qmd")).write_text("Lost.")
    read = []
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or read_bytes(path))
    assert main(["adopt", str(page), "--json"]) == 0
    copy = Path(json.loads(capsys.readouterr().out)["result"]["copy"])
    assert {"page.qmd", "été.qmd"} <= set(names(copy)) and "b.qmd" not in names(copy)
    assert read.count(page) == 1


def test_a_page_with_the_files_that_it_includes(tmp_path, capsys):
    texts = {
        "page.qmd": '---\ntitle: T\n---\n\n{{< include "_a part.md" >}}\n\n{{< include other.qmd >}}\n',
        "_a part.md": "The first part.",
        "other.qmd": "The other part.",
        "next.qmd": "---\ntitle: [\n---\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    assert main(["adopt", str(tmp_path / "page.qmd"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)["result"]
    site = Path(report["site"])
    page = (site / "page.html").read_text()
    assert "The first part." in page and "The other part." in page
    assert report["pages"] == 1 and not (site / "other.html").exists()


def test_a_script_with_its_module(tmp_path, capsys):
    (tmp_path / "study.py").write_text("# %%\nimport beside\nprint(beside.X)\n")
    (tmp_path / "beside.py").write_text("X = 1\n")
    nbformat.write(new_notebook(), tmp_path / "study.ipynb")
    assert main(["adopt", str(tmp_path / "study.py"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["result"]
    assert found["pages"] == 1 and found["not_run"] == []


def test_the_copy_and_its_site_stay_and_their_paths_are_printed(tmp_path, capsys, copies):
    (tmp_path / "_quarto.yml").write_text("website: {title: T}\n")
    (tmp_path / "index.qmd").write_text("---\ntitle: Home\n---\nHello.\n")
    assert main(["adopt", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["result"]
    site, copy = Path(found["site"]), Path(found["copy"])
    assert "Hello." in (site / "index.html").read_text()
    assert (copy / "index.qmd").read_text().endswith("Hello.\n")
    assert site.parent == copy.parent and site.is_relative_to(copies)
    assert main(["adopt", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    [other] = [one for one in copies.iterdir() if one != copy.parent]
    assert f"http.server -d {other}/site" in said.splitlines()[-3]
    assert f"cd {other}/publication" in said and said.endswith(f"rm -r {other}\n")


def test_nothing_stays_of_what_could_not_be_tried(tmp_path, capsys, copies):
    assert main(["adopt", str(tmp_path / "none")]) == 2
    (tmp_path / "_quarto.yml").write_text("website: [\n")
    assert main(["adopt", str(tmp_path)]) == 1
    assert not list(copies.iterdir())


def test_what_is_neither(tmp_path, capsys):
    assert main(["adopt", str(tmp_path)]) == 2
    assert "this is no notebook or page" in capsys.readouterr().err
    assert main(["adopt", str(tmp_path / "none")]) == 2


def test_warnings_of_a_kind_are_one():
    notices = [
        Notice(
            Place(f"p{number}.qmd", line=number), f"Broadsheet does not know the key `k{number}`"
        )
        for number in range(1, 8)
    ]
    alone = Notice(Place("a.qmd"), "two elements have the id `a`")
    first, other = grouped([*notices[:3], alone, *notices[3:]])
    assert "p1.qmd, line 1: Broadsheet does not know the key `k1`" in str(first)
    assert "6 more of this kind: p2.qmd, line 2 (`k2`)" in str(first)
    assert "and 3 more" in str(first)
    assert other is alone
    assert grouped(notices, whole=True) == notices


def test_templates_of_the_site_are_used_only_when_they_are_asked_for(tmp_path, capsys):
    (tmp_path / "_quarto.yml").write_text("website: {title: T}\n")
    (tmp_path / "index.qmd").write_text("---\ntitle: Home\n---\nText.\n")
    (tmp_path / "look").mkdir()
    (tmp_path / "look/plain.html.jinja").write_text("{{ nobody }}")
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme/templates").symlink_to("../look")
    before = names(tmp_path)
    assert main(["adopt", str(tmp_path), "--json"]) == 0
    (group,) = [
        one
        for one in json.loads(capsys.readouterr().out)["result"]["otherwise"]
        if "template" in one["what"]
    ]
    assert group["places"] == ["theme/templates/plain.html.jinja"]
    assert "--templates" in group["mend"]
    assert main(["adopt", str(tmp_path), "--templates"]) == 1
    said = capsys.readouterr().out
    assert "plain.html.jinja, line 1: 'nobody' is undefined" in said
    assert "is not used" not in said
    assert names(tmp_path) == before


def test_no_other_code_of_the_site_runs(tmp_path, capsys):
    """Its scripts, filters and extensions are Quarto's to run; its modules, of what imports them."""
    site, mark = tmp_path / "site", tmp_path / "ran"
    config = """\
project:
  type: website
  pre-render: run.py
  post-render: [run.py, sh run.sh]
website: {title: T}
filters: [run.lua, ours]
shortcodes: [run.lua]
format: {ours-html: default, html: {theme: run.scss, include-in-header: head.html}}
execute: {enabled: true}
"""
    code = f"open({str(mark)!r}, 'a').write('ran')\n"
    lua = f"io.open({json.dumps(str(mark))}, 'w'):write('ran')\n"
    files = {
        "_quarto.yml": config,
        "index.qmd": "---\ntitle: Home\nfilters: [run.lua]\n---\n{{< ours x >}} Text.\n",
        "run.py": code,
        "conftest.py": code,
        "sitecustomize.py": code,
        "usercustomize.py": code,
        "jinja2.py": code,
        "run.sh": f"touch {mark}\n",
        "run.lua": lua,
        "head.html": "<meta name=x>",
        "_extensions/ours/_extension.yml": (
            "title: Ours\ncontributes: {filters: [run.lua], shortcodes: [run.lua]}\n"
        ),
        "_extensions/ours/run.lua": lua,
        "theme/templates/jinja2.py": code,
        "theme/templates/page.html.jinja": "{{ lipsum.__globals__.os.system('touch "
        + str(mark)
        + "') }}",
    }
    for name, text in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)
    main(["adopt", str(site)])
    main(["adopt", str(site), "--templates"])
    capsys.readouterr()
    assert not mark.exists()


def test_what_cannot_be_copied_is_left_out_and_named(tmp_path, capsys):
    site = tmp_path / "site"
    (site / "sub").mkdir(parents=True)
    (site / "_quarto.yml").write_text("project: {type: website}\nwebsite: {title: T}\n")
    (site / "index.qmd").write_text("---\ntitle: A\n---\nText\n")
    for name in ("pipe", "sub/page.qmd", "sub/table.csv"):
        os.mkfifo(site / name)
    with socket.socket(socket.AF_UNIX) as one, contextlib.chdir(site):
        one.bind("socket")
    (site / "loop").symlink_to("loop")
    (site / "self").symlink_to(".")
    (site / "nowhere").symlink_to("none/at/all")
    (site / "root").symlink_to("/")
    (site / "above").symlink_to("..")
    (tmp_path / "elsewhere.qmd").write_text("---\ntitle: C\n---\nText\n")
    (site / os.fsdecode(b"n\xff.qmd")).write_text("---\ntitle: B\n---\n")
    (site / os.fsdecode(b"f\xff")).mkdir()
    with (site / "huge.bin").open("wb") as file:
        file.truncate(2**31)
    assert main(["adopt", str(site), "--json"]) == 0
    adopted = _adopted(json.loads(capsys.readouterr().out))
    found = {group["what"]: group["places"] for group in adopted["otherwise"]}
    assert adopted["pages"] == 1 and not adopted["faults"]
    assert sorted(found["left out: it is a pipe, a socket or a device"]) == [
        "pipe",
        "socket",
        "sub/page.qmd",
        "sub/table.csv",
    ]
    assert sorted(found["left out: its name is not UTF-8, or cannot be shown"]) == [
        "f\ufffd",
        "n\ufffd.qmd",
    ]
    assert found["left out: it has more than 256 MB"] == ["huge.bin"]


def test_the_name_that_a_mac_gives_a_picture_is_a_name(tmp_path, capsys):
    site = tmp_path / "site"
    site.mkdir()
    (site / "_quarto.yml").write_text("project: {type: website}\nwebsite: {title: T}\n")
    name = "Screenshot at 9.00.00\u202fAM.svg"
    (site / name).write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    (site / "index.qmd").write_text(f"---\ntitle: A\n---\n![A square](<{name}>)\n")
    (site / "a\nb").write_text("x")
    assert main(["adopt", str(site), "--json"]) == 0
    adopted = _adopted(json.loads(capsys.readouterr().out))
    found = {group["what"]: group["places"] for group in adopted["otherwise"]}
    assert not adopted["faults"]
    assert found == {"left out: its name is not UTF-8, or cannot be shown": ["a\ufffdb"]}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs mknod")
def test_a_device_has_no_end_and_is_left_out(tmp_path, capsys):
    try:
        os.mknod(tmp_path / "zero", 0o666 | stat.S_IFCHR, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("no device can be made here")
    (tmp_path / "page.qmd").write_text("---\ntitle: A\n---\nText\n")
    assert main(["adopt", str(tmp_path / "page.qmd")]) == 0
    assert "it is a pipe, a socket or a device" in capsys.readouterr().out


def test_a_folder_with_too_many_files_or_bytes_is_a_named_fault(tmp_path, monkeypatch):
    (tmp_path / "page.qmd").write_text("---\ntitle: A\n---\nText\n")
    (tmp_path / "a.bin").write_bytes(bytes(100))
    for name in ("files", "copied-size"):
        with monkeypatch.context() as patched:
            patched.setitem(TABLE, name, replace(TABLE[name], standard=1))
            with pytest.raises(LimitError, match=r"this folder has \d+ (files|bytes)"):
                adoption.adopt(tmp_path / "page.qmd")


def test_a_single_source_keeps_the_sources_that_it_names(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "a.qmd").write_text("---\ntitle: A\n---\n\n{{< include part.qmd >}}\n")
    (folder / "part.qmd").write_text("The part.\n")
    (folder / "other.qmd").write_text("---\ntitle: Other\n---\n\nAnother page.\n")
    trial = adoption.adopt(folder / "a.qmd", jobs=1)
    assert "The part." in (trial.site / "a.html").read_text()
    assert not (trial.copy / "other.qmd").exists() and not (trial.site / "part.html").exists()
