"""What Quarto calls: before it renders, for each notebook, and after; as it calls it, and once in
processes.

The first part needs no Quarto; the tests marked `quarto` run the real one.
"""

from __future__ import annotations

import io
import json
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

import lxml.html
import nbformat
import pytest
import yaml

from broadsheet.quarto.__main__ import main
from broadsheet.quarto.setup import PROJECT_FILES

ROOT = Path(__file__).resolve().parents[2]
KEYS = """
ipynb-filters:
  - scripts/ipynb_filter.py
filters:
  - path: theme/quarto/elements.lua
    at: pre-ast
format:
  html:
    theme: none
    minimal: true
    template: theme/quarto/page.html
    html-math-method: mathml
    section-divs: true
    link-citations: true
"""
INDEX = "---\ntitle: The Test\nlisting:\n  contents: posts/**/*.ipynb\n  feed: true\n---\n"
YEARS = "title: 'Trade in `{python} year`'\ndate: 2023-05-26\n"
EDITIONS = "editions:\n  - slug: '2021'\n    parameters: {year: 2021}\n    date: 2022-01-14\n"
READS = "import broadsheet as bs\ntrade = bs.table('trade').set_index('year')"
SAYS = ("md", "Trade was `{python} f\"{trade.loc[year, 'total']:.1f}\"`.")
LOAD = "import plotly.graph_objects as go"
CHART = "#| label: fig-t\n#| fig-alt: A bar.\n#| source: false\n#| fig-cap: A caption.\ngo.Figure(go.Bar(x=[1], y=[2]))"
OLD = 1_600_000_000


@pytest.fixture
def publication(site):
    """One article in two editions, with Quarto's scripts as the repository has them."""
    config = site.read("_quarto.yml").replace(
        "website:",
        "  pre-render: scripts/pre_render.py\n"
        "  post-render: scripts/post_render.py\n"
        "  resources: ['/data/*']\nwebsite:",
        1,
    )
    site.write("_quarto.yml", config + KEYS)
    site.write("index.qmd", INDEX)
    for folder in ("scripts", "theme"):
        shutil.copytree(
            ROOT / folder, site.root / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    site.table()
    site.article("trade", READS, SAYS, parameters="year: int = 2022", front=YEARS + EDITIONS)
    return site


def add_chart(site) -> None:
    """A chart at the article's end (drawing one costs seconds)."""
    site.article("trade", READS, LOAD, SAYS, CHART, parameters="year: int = 2022", front=YEARS)


def said(notebook: str) -> str:
    """What a notebook's file says, without what escapes it in Markdown and in JSON."""
    return notebook.replace("\\", "")


def plain(text: str) -> str:
    """What a notebook's file or a page says, without that and without the marks of facts."""
    marked = r'\[([^][]*)\]\{\.fact [^}]*\}|<a class="fact"[^>]*>(.*?)</a>'
    return re.sub(marked, r"\1\2", said(text))


def call(
    site,
    script: str,
    *,
    stdin: str = "",
    folder: str = "",
    python: tuple[str, ...] = (),
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """One of the scripts, as Quarto calls it; in this process, if no ``python`` is named for it."""
    given = {
        "QUARTO_PROJECT_DIR": str(site.root),
        "QUARTO_PROJECT_OUTPUT_DIR": "_site",
        **environment,
    }
    path, folder = site.root / "scripts" / script, site.root / folder
    if not python:
        return _called_here(path, stdin, folder, given)
    return subprocess.run(
        [*python, str(path)],
        input=stdin,
        cwd=folder,
        env={**os.environ, **given},
        text=True,
        capture_output=True,
        check=False,
    )


def _called_here(
    script: Path, stdin: str, folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    out, err, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        patch.syspath_prepend(str(script.parent))
        patch.setattr(sys, "stdin", io.StringIO(stdin))
        try:
            runpy.run_path(str(script), run_name="__main__")
        except SystemExit as end:
            code = int(end.code or 0)
    return subprocess.CompletedProcess([str(script)], code, out.getvalue(), err.getvalue())


def filtered(site, path: str, python: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    folder = str(Path(path).parent)
    return call(site, "ipynb_filter.py", stdin=site.read(path), folder=folder, python=python)


def prepared(site, python: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    done = call(site, "pre_render.py", python=python)
    assert done.returncode == 0 and "error:" not in done.stderr and "warning:" not in done.stderr, (
        done.stderr
    )
    return done


# Before, and for each notebook.


def test_the_filter_hands_over_the_finished_notebook(publication):
    add_chart(publication)
    prepared(publication, python=(sys.executable,))
    done = filtered(publication, "posts/trade/index.ipynb", python=(sys.executable,))
    assert (done.returncode, done.stderr) == (0, "")
    cells = nbformat.reads(done.stdout, as_version=4).cells
    assert cells[0].cell_type == "raw" and 'title: "Trade in 2022"' in cells[0].source
    assert any(plain(cell.source) == "Trade was 190.3." for cell in cells)
    assert "{python}" not in done.stdout
    assert cells[-1].outputs[0].data == {"text/html": '<div class="slot" data-slot="0"></div>'}
    assert isinstance(
        json.loads(done.stdout)["cells"][0]["source"], list
    )  # Quarto reads a list of lines


def test_the_filter_knows_a_notebook_with_a_form_feed_and_carriage_returns(publication):
    publication.article(
        "trade", f"{READS}\r\n\f# rows", SAYS, front=YEARS, parameters="year: int = 2022"
    )
    prepared(publication)
    done = filtered(publication, "posts/trade/index.ipynb")
    assert (done.returncode, done.stderr) == (0, "")


def test_of_a_big_number_quarto_gets_the_words_and_a_slot_for_the_line(publication):
    number = "bs.big_number(trade.total, 'Trade')"
    publication.article("trade", READS, number, front="title: Trade\ndate: 2023-05-26")
    prepared(publication)
    done = filtered(publication, "posts/trade/index.ipynb")
    cells = nbformat.reads(done.stdout, as_version=4).cells
    text = said(cells[-1].outputs[0].data["text/markdown"])
    assert text.startswith("::: {.big-number}\n\n::: {.number-label}\nTrade\n:::")
    assert '[$190.3 billion]{.fact name="trade-2022"}' in text
    assert text.endswith('<div class="slot" data-slot="0"></div>\n\n:::')


def test_the_filter_finds_the_project_from_the_notebook_s_folder(publication):
    """`quarto preview FILE` does not name it."""
    prepared(publication)
    done = subprocess.run(
        [sys.executable, str(publication.root / "scripts/ipynb_filter.py")],
        input=publication.read("posts/trade/index.ipynb"),
        cwd=publication.root / "posts/trade",
        env={k: v for k, v in os.environ.items() if not k.startswith("QUARTO_PROJECT")},
        text=True,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Trade in 2022" in done.stdout


def test_an_edition_is_a_notebook_beside_its_source_until_it_is_no_longer_declared(publication):
    prepared(publication)
    edition = publication.root / "posts/trade/2021.ipynb"
    assert 'title: "Trade in 2021"' in said(edition.read_text()) and "Trade was 146.9." in plain(
        edition.read_text()
    )
    assert filtered(publication, "posts/trade/2021.ipynb").stdout == edition.read_text()
    publication.article("trade", READS, SAYS, parameters="year: int = 2022", front=YEARS)
    prepared(publication)
    assert not edition.exists()


@pytest.mark.parametrize("why", ["draft: true", "date: 2999-12-31"])
def test_of_what_is_not_on_the_site_quarto_gets_an_empty_draft(publication, why):
    publication.article("later", ("md", "Not yet."), front=f"title: Later\n{why}")
    prepared(publication)
    given = filtered(publication, "posts/later/index.ipynb").stdout
    assert "draft: true" in given and "Not yet" not in given and "Later" not in given


def test_nothing_is_written_twice(publication):
    prepared(publication)
    source, edition = (
        publication.root / "posts/trade" / name for name in ("index.ipynb", "2021.ipynb")
    )
    for path in (source, edition):
        os.utime(path, (OLD, OLD))
    prepared(publication)
    assert source.stat().st_mtime == edition.stat().st_mtime == OLD


def test_a_changed_table_gives_its_articles_a_new_time_and_leaves_their_bytes(publication):
    other = publication.article("other", ("md", "Nothing of trade."))
    prepared(publication)
    source = publication.root / "posts/trade/index.ipynb"
    written = source.read_bytes()
    for path in (source, other):
        os.utime(path, (OLD, OLD))
    publication.table("year,total\n2021,146.9\n2022,191.5\n")
    prepared(publication)
    assert source.stat().st_mtime >= OLD + 1 and source.read_bytes() == written
    assert other.stat().st_mtime == OLD
    assert "Trade was 191.5." in plain(filtered(publication, "posts/trade/index.ipynb").stdout)


def test_what_quarto_remembers_of_a_lost_store_is_not_believed(publication):
    prepared(publication)
    script = publication.root / "scripts/ipynb_filter.py"
    os.utime(script, (OLD, OLD))
    prepared(publication)
    assert script.stat().st_mtime == OLD
    shutil.rmtree(publication.root / ".broadsheet")
    prepared(publication)
    assert script.stat().st_mtime > OLD


def test_a_broken_article_stops_quarto_and_nothing_is_half_written(publication):
    publication.article("broken", "1 / 0")
    done = call(publication, "pre_render.py")
    assert done.returncode == 1
    assert (
        "error: posts/broken/index.ipynb, cell 2, line 1: ZeroDivisionError: division by zero"
        in done.stderr
    )
    assert "Traceback (most recent call last):\n  File" not in done.stderr
    assert not list((publication.root / ".broadsheet/finished").rglob("*"))
    assert not (publication.root / "posts/trade/2021.ipynb").exists()


def test_a_notebook_that_quarto_reads_before_all_else_is_run_then(publication):
    done = filtered(publication, "posts/trade/index.ipynb")
    assert done.returncode == 0 and "Trade was 190.3." in plain(done.stdout)


def test_a_notebook_elsewhere_is_refused_with_what_to_do(publication):
    publication.article("trade", ("md", "A sketch."))
    publication.article("other", ("md", "Another."))
    (publication.root / "posts/trade").rename(publication.root / "sketches")
    done = filtered(publication, "sketches/index.ipynb")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "error: sketches: a notebook here is not of the publication\n  → "
    )


# A project of its own, and a Python without the environment.


def test_setup_writes_the_files_that_my_blog_has_and_names_their_keys(site, capsys, monkeypatch):
    """My Blog's own files are copies of the package's."""
    monkeypatch.setenv("QUARTO_PROJECT_DIR", str(site.root))
    assert main("setup") == 0
    for path in PROJECT_FILES:
        assert site.read(path) == (ROOT / path).read_text("utf-8")
    printed = capsys.readouterr().out
    keys = yaml.safe_load(printed.partition("_quarto.yml:\n\n")[2])
    blog = yaml.safe_load((ROOT / "_quarto.yml").read_text("utf-8"))
    assert keys["project"].items() <= blog["project"].items()
    assert all(blog[key] == value for key, value in keys.items() if key != "project")


def test_setup_replaces_no_file_of_the_authors(site, capsys, monkeypatch):
    monkeypatch.setenv("QUARTO_PROJECT_DIR", str(site.root))
    site.write("theme/quarto/page.html", "mine")
    assert main("setup") == 1
    assert capsys.readouterr().err.startswith(
        "error: theme/quarto/page.html: this file is there already"
    )
    assert site.read("theme/quarto/page.html") == "mine"
    assert not (site.root / "scripts").exists()


def test_a_stage_that_there_is_not_is_refused(capsys):
    assert main("render") == 1
    assert "there is no stage 'render'" in capsys.readouterr().err


def test_a_python_without_the_project_says_what_to_do(publication):
    done = call(publication, "pre_render.py", python=(sys.executable, "-S"), PYTHONPATH="")
    assert done.returncode == 1
    assert done.stderr.startswith(
        f"error: {sys.executable} has no broadsheet\n  → Run `make site` once"
    )


def test_a_python_without_the_project_goes_on_with_the_environment_that_make_site_made(publication):
    python = publication.write(".venv/bin/python", '#!/bin/sh\necho "instead: $@"\n')
    python.chmod(0o755)
    done = call(publication, "pre_render.py", python=(sys.executable, "-S"), PYTHONPATH="")
    assert (done.returncode, done.stdout) == (
        0,
        f"instead: {publication.root}/scripts/pre_render.py\n",
    )


# After.


def as_quarto_leaves(site, page: str, body: str) -> None:
    """A page in the site as Quarto writes it by our template."""
    template = (ROOT / "theme/quarto/page.html").read_text()
    site.write(f"_site/{page}", re.sub(r"\$\w+\$", "", template.replace("$body$", body)))


@pytest.fixture
def rendered(publication):
    """The site as Quarto leaves it."""
    prepared(publication)
    as_quarto_leaves(publication, "index.html", "")
    as_quarto_leaves(
        publication,
        "posts/trade/index.html",
        ('<p style="color: red">By Quarto.</p>\n<td style="text-align: right;">1</td>\n'),
    )
    publication.write("_site/site_libs/quarto-listing/list.min.js", "")
    publication.write("_site/listings.json", "[]")
    return publication


def test_our_page_is_around_quartos_body(rendered):
    done = call(rendered, "post_render.py")
    assert (done.returncode, done.stderr) == (0, "")
    page = rendered.read("_site/posts/trade/index.html")
    assert "<p>By Quarto.</p>" in page and '<td class="text-end">1</td>' in page
    assert 'class="masthead"' in page and "<title>Trade in 2022 – The Test</title>" in page


def test_the_width_of_a_cell_is_the_whole_cells(rendered):
    as_quarto_leaves(
        rendered,
        "posts/trade/index.html",
        (
            '<div id="cell-1" class="cell"><div class="cell-output cell-output-display column-page">One.</div>'
            '<div class="cell-output cell-output-display column-page">Two.</div></div>\n'
            '<div id="fig-two" class="quarto-layout-panel"><div class="cell-output column-screen">Three.</div></div>\n'
        ),
    )
    call(rendered, "post_render.py")
    page = rendered.read("_site/posts/trade/index.html")
    assert (
        '<div id="cell-1" class="column-page cell"><div class="cell-output cell-output-display">One.</div>'
        '<div class="cell-output cell-output-display">Two.</div></div>'
    ) in page
    assert (
        '<div id="fig-two" class="column-screen quarto-float quarto-figure"><div class="cell-output">Three.</div>'
        "</div>"
    ) in page


def test_slots_are_filled_with_charts_and_their_files_are_in_the_site(publication):
    add_chart(publication)
    prepared(publication)
    as_quarto_leaves(
        publication, "posts/trade/index.html", '<div class="slot" data-slot="0"></div>'
    )
    assert call(publication, "post_render.py").returncode == 0
    page = publication.read("_site/posts/trade/index.html")
    assert (
        'data-figure="index_files/fig-t.json"' in page
        and "data-slot" not in page
        and 'src="../../site_libs' in page
    )
    assert (publication.root / "_site/posts/trade/index_files/fig-t.json").is_file()


def test_what_is_private_of_the_resources_that_quarto_copied_goes(rendered):
    """Quarto copies whatever `resources` names, before we have a say."""
    for folder in ("data", "_site/data"):
        rendered.write(f"{folder}/readers.txt", "ada@mail.example\nb@mail.example\n")
        rendered.write(f"{folder}/notes.txt", "For everybody.\n")
    done = call(rendered, "post_render.py")
    assert (
        done.returncode == 1 and "`data/readers.txt` is a list of readers' addresses" in done.stderr
    )
    assert not (rendered.root / "_site/data/readers.txt").exists()
    assert (rendered.root / "_site/data/notes.txt").is_file()


def test_what_no_page_uses_of_quartos_goes(rendered):
    call(rendered, "post_render.py")
    assert not (rendered.root / "_site/site_libs/quarto-listing").exists()
    assert not (rendered.root / "_site/listings.json").exists()


def test_the_build_goes_on_from_quartos_site_and_leaves_what_neither_wrote(publication, run):
    publication.write("_site/CNAME", "example.org")
    prepared(publication)
    as_quarto_leaves(publication, "posts/trade/index.html", "<p>By Quarto.</p>")
    publication.write("_site/site_libs/quarto-listing/list.min.js", "")
    publication.write("_site/by_quarto.txt", "")
    done = call(publication, "post_render.py")
    assert (done.returncode, done.stderr) == (0, "")
    marker = json.loads(publication.read("_site/.broadsheet.json"))
    assert {"by_quarto.txt", "posts/trade/index.html"} <= set(
        marker["files"]
    ) and "CNAME" not in marker["files"]
    code, _, errors = run(publication, "build")
    assert (code, errors) == (0, "")
    assert "Trade was 190.3." in plain(publication.read("_site/posts/trade/index.html"))
    assert publication.read("_site/CNAME") == "example.org"
    assert not (publication.root / "_site/by_quarto.txt").exists()


def test_a_script_and_a_notebook_with_a_copy_have_our_bodies(publication):
    """Quarto runs the one by itself, and renders the other twice."""
    config = publication.read("_quarto.yml")
    publication.write("_quarto.yml", config.replace('"posts/**/*.ipynb"', '"posts/**"'))
    text = "# %% [markdown]\n# ---\n# title: Script\n# ---\n\n# %% [markdown]\n# Said `{python} 1 + 1`.\n"
    publication.write("posts/script/index.py", text)
    publication.write(
        "posts/trade/index.md", "---\njupyter: {kernelspec: {name: python3}}\n---\nOther.\n"
    )
    done = call(publication, "pre_render.py")
    assert done.returncode == 0 and "its copy posts/trade/index.md says otherwise" in done.stderr
    for page in ("index", "posts/script/index", "posts/trade/index"):
        as_quarto_leaves(publication, f"{page}.html", "<p>By Quarto.</p>")
    done = call(publication, "post_render.py")
    assert done.returncode == 0, done.stderr
    assert "Said 2." in publication.read("_site/posts/script/index.html")
    page = plain(publication.read("_site/posts/trade/index.html"))
    assert "Trade was 190.3." in page and "By Quarto" not in page


def test_a_page_that_quarto_has_still_to_render_is_linked_to_and_is_not_written(rendered):
    call(rendered, "post_render.py")
    assert '<a href="2021.html">Trade in 2021</a>' in rendered.read("_site/posts/trade/index.html")
    assert not (rendered.root / "_site/posts/trade/2021.html").exists()


@pytest.mark.parametrize("why", ["draft: true", "date: 2999-12-31"])
def test_a_draft_and_what_is_yet_to_come_are_not_on_the_site(rendered, why):
    rendered.article("draft", ("md", "Not yet."), front=f"title: Draft\n{why}")
    as_quarto_leaves(rendered, "posts/draft/index.html", "<p>Not yet.</p>")
    call(rendered, "post_render.py")
    assert not (rendered.root / "_site/posts/draft/index.html").exists()


def test_a_second_run_changes_nothing(rendered):
    call(rendered, "post_render.py")
    pages = list((rendered.root / "_site").rglob("*.html"))
    for page in pages:
        os.utime(page, (OLD, OLD))
    before = {page: page.read_bytes() for page in pages}
    call(rendered, "post_render.py")
    assert {page: page.read_bytes() for page in pages} == before
    assert all(page.stat().st_mtime == OLD for page in pages)


def test_a_page_of_an_older_notebook_stays_as_it_was_until_quarto_renders_it(rendered):
    call(rendered, "post_render.py")
    page = rendered.read("_site/posts/trade/index.html")
    rendered.article(
        "trade", READS, ("md", "Rewritten."), parameters="year: int = 2021", front=YEARS
    )
    prepared(rendered)
    call(rendered, "post_render.py")
    assert rendered.read("_site/posts/trade/index.html") == page
    assert "Trade in 2021" in rendered.read("_site/index.html")


# The real one.


@pytest.fixture(scope="session")
def quarto() -> str:
    """The path of Quarto. Where CI sets it up its absence is a failure, elsewhere a reason to skip."""
    found = shutil.which("quarto")
    if found is None:
        assert not os.environ.get("QUARTO_REQUIRED"), (
            "QUARTO_REQUIRED is set, and there is no quarto on PATH"
        )
        pytest.skip("needs Quarto, which is not on PATH (CI's job `quarto` has it)")
    return found


def environment(folder: Path) -> dict[str, str]:
    """Quarto with a memory of its own, and with this Python."""
    return {**os.environ, "QUARTO_PYTHON": sys.executable, "XDG_CACHE_HOME": str(folder / "cache")}


@pytest.mark.quarto
def test_what_is_dated_later_comes_with_a_render_on_its_day(publication, quarto, tmp_path):
    publication.write("posts/later/photo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    publication.article(
        "later",
        ("md", "It flies. ![A photo](photo.svg)"),
        front="title: Zeppelin\ndate: 2024-05-11",
    )
    for day, is_there in (("2024-05-10", False), ("2024-05-11", True)):
        epoch = str(int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()))
        done = subprocess.run(
            [quarto, "render"],
            cwd=publication.root,
            text=True,
            capture_output=True,
            check=False,
            env={**environment(tmp_path), "SOURCE_DATE_EPOCH": epoch},
        )
        assert done.returncode == 0, done.stderr
        site = publication.root / "_site"
        assert [
            (site / "posts/later" / name).is_file() for name in ("index.html", "photo.svg")
        ] == [is_there] * 2
        assert (
            any("Zeppelin" in path.read_text("utf-8") for path in site.rglob("*.html")) == is_there
        )
        assert ("Zeppelin" in publication.read("_site/index.xml")) == is_there


@pytest.mark.quarto
def test_a_changed_table_reaches_the_next_render(publication, quarto, tmp_path):
    for csv, wanted in (
        (None, "Trade was 190.3."),
        ("year,total\n2021,146.9\n2022,191.5\n", "Trade was 191.5."),
    ):
        if csv:
            publication.table(csv)
        done = subprocess.run(
            [quarto, "render"],
            cwd=publication.root,
            env=environment(tmp_path),
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert wanted in plain(publication.read("_site/posts/trade/index.html"))


@pytest.mark.quarto
def test_one_page_is_rendered_and_the_others_stay(publication, quarto, tmp_path):
    for what in ((), ("posts/trade/index.ipynb",)):
        done = subprocess.run(
            [quarto, "render", *what],
            cwd=publication.root,
            env=environment(tmp_path),
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        publication.article(
            "trade",
            READS,
            ("md", "Rewritten."),
            parameters="year: int = 2022",
            front=YEARS + EDITIONS,
        )
    assert "Rewritten." in publication.read("_site/posts/trade/index.html")
    assert "Trade was 146.9." in plain(publication.read("_site/posts/trade/2021.html"))


@pytest.mark.quarto
def test_a_broken_article_stops_the_render_with_its_message(publication, quarto, tmp_path):
    publication.article("broken", "1 / 0")
    done = subprocess.run(
        [quarto, "render"],
        cwd=publication.root,
        env=environment(tmp_path),
        text=True,
        capture_output=True,
        check=False,
    )
    assert (
        done.returncode != 0
        and "posts/broken/index.ipynb, cell 2, line 1: ZeroDivisionError" in done.stderr
    )


BOUND = (
    READS + "\nsum_ = bs.usd(trade['total'][2022], '$190 billion', name='sum')\n"
    "record = bs.highest(trade['total'], at=2022)"
)
BOUND_SAYS = ("md", "## Trade\n\nIt came to `{python} sum_`, [a *record*]{claim='record'}.")


def test_each_fault_of_a_page_is_told(publication):
    title = YEARS.replace("`{python} year`", '[a record]{claim="record"}')
    publication.article("trade", BOUND, BOUND_SAYS, front=title)
    publication.table("year,total\n2021,246.9\n2022,190.3\n")
    prepared(publication)
    said = '<p>It came to <span data-claim="record">a record</span>.</p>'
    as_quarto_leaves(publication, "posts/trade/index.html", said)
    done = call(publication, "post_render.py")
    assert done.returncode == 1
    for sentence in ("Trade in a record", "It came to a record."):
        assert f"“{sentence}”: “a record” rests on the claim `record`" in done.stderr


@pytest.mark.quarto
def test_facts_and_claims_are_marked_listed_and_held_to_the_data(publication, quarto, tmp_path):
    publication.article(
        "trade",
        BOUND,
        BOUND_SAYS,
        front=YEARS.replace("`{python} year`", '[a record]{claim="record"}'),
    )
    for csv, code in ((None, 0), ("year,total\n2021,246.9\n2022,190.3\n", 1)):
        if csv:
            publication.table(csv)
        done = subprocess.run(
            [quarto, "render"],
            cwd=publication.root,
            env=environment(tmp_path),
            text=True,
            capture_output=True,
            check=False,
        )
        assert (done.returncode != 0) == bool(code), done.stderr
    assert (
        "“It came to $190 billion, a record.”: “a record” rests on the claim `record`"
        in done.stderr
    )
    page = publication.read("_site/posts/trade/index.html")
    marked = lxml.html.fromstring(page)
    assert marked.get_element_by_id("fact-sum-1").text_content() == "$190 billion"
    assert marked.get_element_by_id("claim-record-1").text_content() == "a record"
    assert '<li id="fact-sum">' in page and "<title>Trade in a record – The Test</title>" in page


@pytest.fixture(params=[(), ("posts/trade/index.ipynb",)], ids=["project", "file"])
def preview(publication, quarto, tmp_path, request) -> Iterator[str]:
    """The address of a running `quarto preview`, of the project and of one file, as editors call it.
    `quarto` is a shell script, whose end does not end what it started.
    """
    process = subprocess.Popen(
        [quarto, "preview", *request.param, "--no-browser"],
        cwd=publication.root,
        env=environment(tmp_path),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            address = re.search(r"http://(?:localhost|127\.0\.0\.1):(\d+)/", line)
            if address:
                # Quarto names its address before it listens there.
                while process.poll() is None and not is_listening(int(address[1])):
                    pass
                yield address[0]
                break
        else:
            pytest.fail("quarto preview ended without serving:\n" + "".join(said))
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate()


def is_listening(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=120) as answer:
        return str(answer.read().decode())


@pytest.mark.quarto
def test_the_preview_shows_an_edit_of_a_notebook_and_a_changed_table(publication, preview):
    page = f"{preview}posts/trade/"
    shown = plain(fetch(page))
    assert "Trade was 190.3." in shown and 'class="masthead' in shown
    publication.article(
        "trade",
        READS,
        ("md", "It was `{python} trade.loc[year, 'total']`."),
        parameters="year: int = 2022",
        front=YEARS,
    )
    assert any("It was 190.3" in plain(fetch(page)) for _ in range(200))
    publication.table("year,total\n2021,146.9\n2022,191.5\n")
    assert any("It was 191.5" in plain(fetch(page)) for _ in range(200))


@pytest.mark.quarto
def test_diagrams_are_drawn_and_the_author_s_words_are_there(publication, quarto, tmp_path):
    publication.article(
        "later",
        (
            "md",
            "See @fig-way.\n\n```{mermaid}\n%%| label: fig-way\n%%| fig-cap: The way\n"
            "graph LR\n  Draft --> Law\n```\n\n::: {.callout-note}\nMind it.\n:::\n",
        ),
        front="title: Zeppelin\ndate: 2023-05-11\nlanguage:\n  callout-note-title: Look here\n"
        "  crossref-fig-title: Exhibit",
    )
    done = subprocess.run(
        [quarto, "render"],
        cwd=publication.root,
        text=True,
        capture_output=True,
        check=False,
        env=environment(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    page = lxml.html.fromstring(publication.read("_site/posts/later/index.html"))
    text = page.text_content().replace("\u00a0", " ")
    (drawing,) = page.xpath("//div[@class='diagram']/svg")
    assert drawing.get("aria-label") == "Diagram: Draft to Law"
    assert "Look here" in text
    assert "See Exhibit 1." in text
    assert "Exhibit 1: The way" in text
    assert page.xpath("//pre[contains(@class, 'mermaid')]") == []
