"""Running editions by papermill: values and outputs come back, faults are told, and nothing runs
twice for nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys

import pytest

from broadsheet.press.press import Press
from broadsheet.project.reading import open_publication
from broadsheet.site.build.build import build
from pressing import prepare


def prepared(site, **options):
    publication = open_publication(site.root)
    assert not publication.faults
    return prepare(publication.project, publication.editions, jobs=2, **options)


def only_fault(site, **options):
    faults = list(prepared(site, **options).faults.values())
    assert len(faults) == 1
    return faults[0]


def test_an_inline_value_is_the_one_at_its_place_in_the_run(site):
    site.article(
        "a",
        "n = 1",
        ("md", "It was `{python} n`."),
        "n = 2",
        ("md", "It is `{python} n`."),
        front="title: 'Count `{python} n`'",
    )
    finished = prepared(site).finished[0]
    prose = [cell.source for cell in finished.notebook.cells if cell.cell_type == "markdown"]
    assert prose == ["It was 1.", "It is 2."]
    assert finished.edition.settings.title == "Count 2"


def test_a_value_is_text_unless_it_is_markdown_on_purpose(site):
    site.article(
        "a",
        "from IPython.display import Markdown\nbad = '*x* [y](z) <b>'\nrich = Markdown('**bold**')",
        ("md", "`{python} bad` and `{python} rich`"),
    )
    text = prepared(site).finished[0].notebook.cells[-1].source
    assert text == r"\*x\* \[y\]\(z\) \<b\> and **bold**"


def test_fenced_code_keeps_its_inline_examples(site):
    site.article("a", "n = 1", ("md", "```\n`{python} n`\n```\n\n`{python} n`"))
    assert prepared(site).finished[0].notebook.cells[-1].source == "```\n`{python} n`\n```\n\n1"


def test_an_expression_that_fails_is_named_with_its_cell(site):
    site.article("a", ("md", "It is `{python} missing`."))
    assert str(only_fault(site)) == (
        "posts/a/index.ipynb, cell 2, line 1: the inline expression `missing` fails: NameError: name 'missing' is not defined\n"
        "  → Mend the expression, or compute it in a cell before this one."
    )


def test_each_edition_runs_with_its_own_values(site):
    site.article(
        "a",
        ("md", "`{python} year`"),
        parameters="year: int = 2022",
        front="title: 'In `{python} year`'\neditions:\n  - slug: '2024'\n    parameters: {year: 2024}\n"
        "    subtitle: Later",
    )
    first, second = prepared(site).finished
    assert (first.edition.url, first.edition.settings.title, first.edition.settings.subtitle) == (
        "posts/a/",
        "In 2022",
        "",
    )
    assert (
        second.edition.url,
        second.edition.settings.title,
        second.edition.settings.subtitle,
    ) == ("posts/a/2024.html", "In 2024", "Later")


def test_dates_reach_the_notebook_as_dates(site):
    site.article(
        "a",
        ("md", "`{python} day.year + 1`"),
        parameters="from datetime import date\nday: date = date(2022, 1, 1)",
        front="title: A\neditions:\n  - slug: b\n    parameters: {day: 2024-05-06}",
    )
    assert prepared(site).finished[1].notebook.cells[-1].source == "2025"


def test_a_cell_that_raises_is_reported_with_the_author_s_lines_and_the_others_are_built(site):
    site.article(
        "bad", "import json\n\ndef read(text):\n    return json.loads(text)", "x = 1\nread('no')"
    )
    site.article("good", "1")
    result = prepared(site)
    assert [finished.edition.slug for finished in result.finished] == ["good"]
    error = next(iter(result.faults.values()))
    assert str(error).startswith(
        "posts/bad/index.ipynb, cell 3, line 2: JSONDecodeError: Expecting value: line 1 column 1 (char 0)\n"
        "  → The notebook as far as it ran is .broadsheet/partial/posts/bad/index.ipynb."
    )
    assert "read('no')" in error.detail and "return json.loads(text)" in error.detail
    assert "site-packages" not in error.detail and "raw_decode" not in error.detail
    partial = json.loads(site.read(".broadsheet/partial/posts/bad/index.ipynb"))
    assert any("JSONDecodeError" in json.dumps(cell) for cell in partial["cells"])


def test_a_line_number_counts_cell_options_too(site):
    site.article("a", "#| label: fig-x\n#| fig-cap: y\n\n1 / 0")
    assert "cell 2, line 4: ZeroDivisionError" in str(only_fault(site))


def test_a_kernel_that_dies_is_reported(site):
    site.article("a", "import os\nos._exit(3)")
    assert str(only_fault(site)).startswith(
        "posts/a/index.ipynb, cell 2: the cell took its kernel down"
    )


def test_a_cell_past_its_time_is_reported(site):
    site.write("_quarto.yml", site.read("_quarto.yml") + "broadsheet:\n  time-limit: 1\n")
    site.article("a", "1", "while True: pass")
    assert str(only_fault(site)).startswith(
        "posts/a/index.ipynb, cell 3, line 1: the cell ran longer than 1 s\n  → Make it faster, or raise "
        "`broadsheet: time-limit:` in _quarto.yml."
    )


def test_a_missing_kernel_is_reported(site):
    path = site.article("a", "1")
    notebook = json.loads(path.read_text())
    notebook["metadata"]["kernelspec"] = {
        "name": "fortran",
        "display_name": "Fortran",
        "language": "fortran",
    }
    path.write_text(json.dumps(notebook))
    (notice,) = [one for one in prepared(site).notices if one.topic == "not-run"]
    assert "it could not be run, since it needs the kernel 'fortran'" in notice.what


@pytest.mark.parametrize(
    "change, runs",
    [
        (lambda site: None, 0),
        (lambda site: site.write("data/other.csv", "a\n1\n"), 0),
        (lambda site: site.write("data/x.csv", "a\n2\n"), 1),
        (lambda site: site.write("posts/a/mine.py", "N = 2\n"), 1),
        (lambda site: site.article("a", CODE, ("md", "Other prose `{python} n`.")), 0),
        (lambda site: site.article("a", CODE, ("md", "`{python} n + 1`")), 1),
        (lambda site: site.article("a", CODE + "\nm = 1", ("md", "`{python} n`")), 1),
        (lambda site: site.article("a", CODE + "  # and why", ("md", "`{python} n`")), 1),
    ],
)
def test_it_runs_again_only_when_something_that_it_used_has_changed(site, change, runs):
    site.write("data/x.csv", "a\n1\n")
    site.write("posts/a/mine.py", "N = 1\n")
    site.article("a", CODE, ("md", "`{python} n`"))
    assert prepared(site).ran == 1
    change(site)
    assert prepared(site).ran == runs


LOOKS = {
    "the files of a folder": (
        "import glob\nlen(glob.glob('../../data/*.csv'))",
        "data/b.csv",
        "data/ has other files in it",
    ),
    "a file that is not there": (
        "try:\n    open('../../data/b.csv')\nexcept OSError:\n    pass",
        "data/b.csv",
        "data/b.csv is there now",
    ),
    "a database": (
        "import sqlite3\nlist(sqlite3.connect('../../data/x.db').execute('SELECT * FROM sqlite_master'))",
        "data/x.db",
        "data/x.db changed",
    ),
}


@pytest.mark.parametrize("what", LOOKS)
def test_what_it_looks_at_by_other_ways_than_opening_a_file_counts_too(site, what):
    code, name, reported = LOOKS[what]
    site.write("data/a.csv", "a\n1\n")
    if name.endswith(".db"):
        database(site.root / name, "CREATE TABLE first (n)")
    site.article("a", code)
    assert why(site) == ["it was never run here"]
    assert why(site) == [""]
    if name.endswith(".db"):
        database(site.root / name, "CREATE TABLE second (n)")
    else:
        site.write(name, "a\n2\n")
    assert why(site) == [reported]


def test_a_module_of_the_publication_counts_too_where_it_is_installed_by_a_link(site, tmp_path):
    """As `pip install --editable` and `flit install --symlink` do; with bytecode of it or without."""
    installed = tmp_path / "site-packages"
    installed.mkdir()
    for name in ("lib/alone.py", "lib/package/__init__.py", "lib/package/part.py"):
        site.write(name, "N = 1\n")
    (installed / "alone.py").symlink_to(site.root / "lib/alone.py")
    (installed / "package").symlink_to(site.root / "lib/package")
    site.article(
        "a",
        f"import sys\nsys.path.append({str(installed)!r})\nsys.dont_write_bytecode = False",
        "import alone\nfrom package import part\nalone.N + part.N",
    )
    assert why(site) == ["it was never run here"]
    assert why(site, use_cache=False) == ["the cache is off"]
    assert (installed / "__pycache__").is_dir()
    for name in ("lib/alone.py", "lib/package/part.py"):
        site.write(name, "N = 22\n")
        assert why(site) == [f"{name} changed"]
        assert why(site) == [""]


def database(path, statement):
    with contextlib.closing(sqlite3.connect(path)) as opened, opened:
        opened.execute(statement)


@pytest.mark.slow
def test_a_library_of_another_version_runs_what_loaded_it_and_nothing_else(site, tmp_path):
    """Also where only a module of the article's loads it."""
    site.write("posts/a/mine.py", "import tiny\n")
    site.article("a", "import mine\nmine.tiny.N")
    site.article("b", "1")
    site.article("c", "try:\n    import tinier\nexcept ImportError:\n    pass")

    ours = [path for path in [os.environ.get("PYTHONPATH")] if path]

    def built(version, module="tiny"):
        folder = tmp_path / "site-packages"
        for path, text in (
            (folder / f"{module}.py", "1"),
            (folder / "tiny.py", f"N = {version}"),
            (
                folder / f"tiny-{version}.dist-info/METADATA",
                f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
            ),
            (folder / f"tiny-{version}.dist-info/top_level.txt", "tiny\n"),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        done = subprocess.run(
            [sys.executable, "-m", "broadsheet", "build", "--explain"],
            cwd=site.root,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *ours])},
            capture_output=True,
            check=True,
        )
        shutil.rmtree(folder)
        return done.stdout.splitlines()[:3]

    new = "it was never run here"
    assert built("1.0") == [f"a: {new}", f"b: {new}", f"c: {new}"]
    assert built("1.0") == ["a: unchanged", "b: unchanged", "c: unchanged"]
    assert built("2.0") == ["a: tiny is 2.0, was 1.0", "b: unchanged", "c: unchanged"]
    assert built("2.0", "tinier") == [
        "a: unchanged",
        "b: unchanged",
        "c: tinier is installed, was not there",
    ]


@pytest.mark.slow
def test_of_the_catalogue_the_entries_of_the_tables_that_it_read_count(site):
    site.table("year,total\n2020,1\n")
    site.article("a", "import broadsheet as bs", "bs.table('trade')")
    site.article("b", "import broadsheet as bs\nbs.amount(1, source='trade', name='n')")
    site.article("c", "open('../../data/datapackage.json').read()[:1]")
    site.article("d", "1")
    descriptor = site.root / "data/datapackage.json"

    def built_with(change):
        package = json.loads(descriptor.read_text())
        change(package["resources"])
        descriptor.write_text(json.dumps(package, indent=1))
        explained = build(site.root).explained
        return [explained[name] for name in "abcd"]

    own = "data/datapackage.json: trade changed"
    whole = "data/datapackage.json changed"
    build(site.root)
    other = json.loads(descriptor.read_text())["resources"][0] | {"name": "other", "title": "Other"}
    assert built_with(lambda tables: tables.append(other)) == ["unchanged"] * 2 + [
        whole,
        "unchanged",
    ]
    assert built_with(lambda tables: tables.reverse()) == ["unchanged"] * 2 + [whole, "unchanged"]
    assert built_with(lambda tables: tables[1].update(title="New")) == [
        own,
        own,
        whole,
        "unchanged",
    ]
    total = {"title": "All", "unit": "t"}
    assert built_with(lambda tables: tables[1]["schema"]["fields"][1].update(total)) == [
        *(own, own),
        *(whole, "unchanged"),
    ]


def test_memory_is_limited_by_the_configuration(site):
    site.write("_quarto.yml", site.read("_quarto.yml") + "broadsheet:\n  memory-limit: 900M\n")
    site.article("a", "len(bytearray(10_000_000))", "bytearray(2_000_000_000)")
    assert str(only_fault(site)).startswith("posts/a/index.ipynb, cell 3, line 1: MemoryError")


CODE = "import mine\nn = open('../../data/x.csv').read()"


def test_the_cache_can_be_turned_off(site):
    site.article("a", "1")
    assert [prepared(site, use_cache=False).ran for _ in range(2)] == [1, 1]


def test_a_broken_entry_of_the_cache_is_no_entry(site):
    site.article("a", "1")
    prepared(site)
    for entry in (site.root / ".broadsheet/runs").glob("??/*/*.json"):
        entry.write_text('{"cells": [')
    assert prepared(site).ran == 1


def test_eval_false_is_not_run(site):
    site.article("a", "#| eval: false\n1 / 0")
    assert not prepared(site).faults


def why(site, **options):
    publication = open_publication(site.root)
    with Press(publication.project, 1) as press:
        return [outcome.why for outcome in press.run(publication.editions, **options)]


@pytest.mark.parametrize(
    "change, reported",
    [
        (lambda site: None, ""),
        (lambda site: site.write("data/x.csv", "a\n2\n"), "data/x.csv changed"),
        (lambda site: site.write("posts/a/mine.py", "N = 2\n"), "posts/a/mine.py changed"),
        (
            lambda site: site.article("a", CODE + "\nm = 1", ("md", "`{python} n`")),
            "cell 2 changed",
        ),
        (lambda site: site.article("a", CODE, ("md", "`{python} n + 1`")), "cell 3 changed"),
        (
            lambda site: site.article("a", CODE, ("md", "`{python} n`"), "1"),
            "cells were added or removed",
        ),
        (
            lambda site: [
                path.unlink() for path in (site.root / ".broadsheet/runs").glob("??/*/*.json")
            ],
            "its earlier run is no longer kept",
        ),
    ],
)
def test_it_is_told_why_an_article_runs(site, change, reported):
    site.write("data/x.csv", "a\n1\n")
    site.write("posts/a/mine.py", "N = 1\n")
    site.article("a", CODE, ("md", "`{python} n`"))
    assert why(site) == ["it was never run here"]
    change(site)
    assert why(site) == [reported]


def test_it_is_told_which_parameter_changed(site):
    front = "title: A\neditions:\n  - slug: b\n    parameters: {{year: {}}}"
    site.article("a", "1", parameters="year: int = 2022", front=front.format(2023))
    why(site)
    site.article("a", "1", parameters="year: int = 2022", front=front.format(2024))
    assert sorted(why(site)) == ["", "year is 2024, was 2023"]


def test_a_table_that_changes_back_finds_its_old_run(site):
    site.write("posts/a/mine.py", "N = 1\n")
    site.article("a", CODE)
    runs = []
    for number in (1, 2, 1):
        site.write("data/x.csv", f"a\n{number}\n")
        runs.append(prepared(site).ran)
    assert runs == [1, 1, 0]


def test_a_table_is_shared_between_runs_and_neither_changed_nor_out_of_date(site):
    """A worker process holds what earlier runs have read; each has a copy, and records its read."""
    site.table("year,total\n2020,1\n2021,2\n")
    code = "import broadsheet as bs\ntable = bs.table('trade')\nseen = list(table['total'])"
    spoil = "table.loc[:, 'total'] = 7\ntable.attrs.clear()"
    for name in "abcd":
        site.article(name, code, spoil, ("md", "`{python} seen`"))

    def seen():
        result = prepared(site)
        prose = [finished.notebook.cells[-1].source for finished in result.finished]
        return result.ran, sorted(set(prose))

    assert seen() == (4, [r"\[1.0, 2.0\]"])
    site.table("year,total\n2020,1\n2021,3\n")
    assert seen() == (4, [r"\[1.0, 3.0\]"])
    assert seen() == (0, [r"\[1.0, 3.0\]"])


def test_the_store_of_runs_is_bounded_and_the_longest_unused_go_first(site):
    site.article("a", "1")
    site.article("b", "2")
    prepared(site)
    entries = sorted((site.root / ".broadsheet/runs").glob("??/*/*.json"))
    assert len(entries) == 2
    for age, entry in enumerate(entries):
        os.utime(entry, (1000 + age, 1000 + age))
    from broadsheet.run.cache import Runs

    Runs(site.root, site.root / ".broadsheet/runs").trim(entries[1].stat().st_size)
    assert sorted((site.root / ".broadsheet/runs").glob("??/*/*.json")) == [entries[1]]


CHART = """import pandas as pd
import plotly.express as px
table = pd.DataFrame({'year': [1, 2, 3], 'exports': [2, 1, 3]})
"""


@pytest.mark.parametrize(
    "code, told",
    [
        (
            "import pandas as pd\npd.DataFrame({'year': [1], 'exports': [2]})['exprts']",
            "KeyError: 'exprts': the columns are 'year', 'exports'; did you mean 'exports'?",
        ),
        (
            f"{CHART}px.bar(table, x='yaer', y='exports')",
            "['year', 'exports'] but received: yaer; did you mean 'year'?",
        ),
        (
            f"{CHART}px.bar(table, x='year', y=['exports', 'exprts'])",
            "; there is no column 'exprts'; did you mean 'exports'?",
        ),
        ("x = 1\nfor", "posts/a/index.ipynb, cell 2, line 2: SyntaxError: invalid syntax\n"),
        (
            "import broadsheet as bs\nbs.slug\nimport sklearn.svm",
            f"`{sys.executable} -m pip install scikit-learn`",
        ),
    ],
)
def test_what_a_cell_died_of_is_told_in_the_author_s_terms(site, code, told):
    site.article("a", code)
    assert told in str(only_fault(site))


def test_a_notebook_of_the_kernel_for_jupyter_runs_in_this_environment(site, run):
    path = site.article("a", "1")
    notebook = json.loads(path.read_text())
    notebook["metadata"]["kernelspec"] = {
        "name": "broadsheet-budget",
        "display_name": "Broadsheet (budget)",
        "language": "python",
    }
    path.write_text(json.dumps(notebook))
    assert prepared(site).ran == 1


def test_the_kernel_for_jupyter_is_installed(site, run, monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    assert "Broadsheet (budget)" in run(site, "kernel", "install", "--name", "budget")[1]
    made = json.loads((tmp_path / "kernels/broadsheet-budget/kernel.json").read_text())
    assert made["argv"][0] == sys.executable
    assert run(site, "kernel", "install", "--name", "Ü")[0] == 2
