"""Bounds: each that is reached is a fault with a name, and nothing is waited for without end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from contextvars import copy_context
from pathlib import Path

import pytest

from broadsheet.data.catalogue import Catalogue, update_hashes
from broadsheet.errors import BroadsheetError, ConfigError, RenderError
from broadsheet.markdown.document import Document
from broadsheet.markdown.pandoc import Pandoc
from broadsheet.project.project import open_project
from broadsheet.project.reading import open_publication
from broadsheet.site.build.build import build
from broadsheet.storage import limits
from broadsheet.storage.files import content
from broadsheet.storage.limits import LimitError
from conftest import CONFIG, TABLE, Site, slow_but
from plotly_alive.text.did_you_mean import nearest

Command = Callable[..., tuple[int, str, str]]

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="needs POSIX's pipes, devices and timers"
)


@pytest.fixture
def limited() -> Iterator[Callable[..., None]]:
    """Sets limits until the test ends."""
    with ExitStack() as until_then:

        def limit(**values: float) -> None:
            named = {name.replace("_", "-"): value for name, value in values.items()}
            until_then.enter_context(limits.under(named))

        yield limit


def with_limits(site: Site, text: str) -> None:
    site.write("_quarto.yml", CONFIG + f"broadsheet:\n  limits: {{{text}}}\n")


def fault_of(site: Site, path: str) -> str:
    """The fault of one source; the others have none, and are built."""
    site.write("healthy.qmd", "---\ntitle: Healthy\n---\nAs it should be.\n")
    report = build(site.root, jobs=1)
    assert (site.root / "_site/healthy.html").is_file()
    [fault] = report.faults
    assert fault.where.file == path
    return str(fault)


# Settings


@pytest.mark.parametrize("setting", ["time-limit", "page-time-limit", "cache-size"])
@pytest.mark.parametrize("value", ["1e308", ".inf", "-.inf", ".nan", "0", "-1", "1e999"])
def test_a_limit_that_is_none_is_refused_with_its_range(
    site: Site, setting: str, value: str
) -> None:
    site.write("_quarto.yml", CONFIG + f"broadsheet:\n  {setting}: {value}\n")
    said = rf"`broadsheet\.{setting}`: this must be a number above 0 and at most [\d,]+, not"
    with pytest.raises(ConfigError, match=said):
        open_project(site.root)


@pytest.mark.parametrize(
    "text, said",
    [
        ("editons: 5", "there is no limit 'editons' that can be set; there are: source-size,"),
        ("editions: 0", "`editions` is 0, and must be between 1 and"),
        ("editions: .inf", "`editions` is inf, and must be between 1 and"),
        ("yaml-depth: 5", "there is no limit 'yaml-depth' that can be set"),
    ],
)
def test_limits_are_checked(site: Site, text: str, said: str) -> None:
    with_limits(site, text)
    with pytest.raises(ConfigError) as caught:
        open_project(site.root)
    assert said in str(caught.value)


def test_a_publications_limits_are_its_own(site: Site) -> None:
    with_limits(site, "editions: 12")
    narrow = open_project(site.root)
    site.write("_quarto.yml", CONFIG)
    with narrow.at_work():
        assert limits.TABLE["editions"].value == 12
        with open_project(site.root).at_work():
            assert limits.TABLE["editions"].value == limits.TABLE["editions"].standard
    assert limits.TABLE["editions"].value == limits.TABLE["editions"].standard


def test_every_limit_is_in_the_docs() -> None:
    docs = (Path(__file__).parents[2] / "docs/limits.md").read_text(encoding="utf-8")
    for limit in limits.TABLE.values():
        assert f"| `{limit.name}` |" in docs
        assert f"| {limit.shown(limit.standard)} |" in docs


# Files


def test_the_program_asks_only_for_limits_that_there_are() -> None:
    sources = Path(limits.__file__).parents[1].rglob("*.py")
    asked = {
        name
        for source in sources
        for name in re.findall(r"""TABLE\[["']([a-z-]+)["']\]""", source.read_text("utf-8"))
    }
    assert asked == set(limits.TABLE)


def test_a_pipe_is_not_waited_for(site: Site) -> None:
    os.mkfifo(site.root / "pipe.qmd")
    assert fault_of(site, "pipe.qmd") == (
        "pipe.qmd: `pipe.qmd` is a pipe\n  → Put a file there, or take the name away."
    )


def test_a_socket_is_not_a_source(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site.root)  # the address of a socket is short
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("talk.qmd")
        fault = fault_of(site, "talk.qmd")
    assert "`talk.qmd` is a socket" in fault


def test_a_device_is_not_read(site: Site) -> None:
    (site.root / "zero.qmd").symlink_to("/dev/zero")
    assert "`zero.qmd` is a link to /dev/zero, which is a device" in fault_of(site, "zero.qmd")


def test_an_endless_file_of_no_size_is_not_read_to_its_end(
    tmp_path: Path, limited: Callable[..., None]
) -> None:
    limited(source_size=10)
    with pytest.raises(LimitError, match="status has more than 10 bytes; the limit is 10 bytes"):
        content(Path("/proc/self/status"), "a", limits.TABLE["source-size"])


def test_metadata_of_a_folder_may_not_be_a_pipe(site: Site) -> None:
    (site.root / "posts").mkdir()
    os.mkfifo(site.root / "posts/_metadata.yml")
    site.article("a", "1")
    site.write("healthy.qmd", "---\ntitle: Healthy\n---\n")
    [fault] = build(site.root, jobs=1).faults
    assert (site.root / "_site/healthy.html").is_file()
    assert str(fault).startswith("posts/_metadata.yml: `posts/_metadata.yml` is a pipe")


def test_a_source_has_a_size(site: Site) -> None:
    with_limits(site, "source-size: 2000")
    site.write("long.qmd", "---\ntitle: Long\n---\n" + "word " * 1000)
    assert fault_of(site, "long.qmd") == (
        "long.qmd: long.qmd has 4.9 KB; the limit is 2 KB\n  → Make it smaller. "
        "Or raise `broadsheet: limits: source-size` in _quarto.yml."
    )


def test_so_many_files_are_looked_at(site: Site) -> None:
    with_limits(site, "files: 20")
    for number in range(30):
        site.write(f"stuff/{number}.txt", "a")
    with pytest.raises(LimitError, match=r"folder has \d+ files; the limit is 20 files"):
        build(site.root)


# Numbers


@pytest.mark.slow
def test_includes_that_double_stop_early(site: Site) -> None:
    for level in range(18):
        site.write(f"_{level}.md", f"{{{{< include _{level + 1}.md >}}}}\n" * 2)
    site.write("_18.md", "The end.\n")
    site.write("a.qmd", "---\ntitle: A\n---\n{{< include _0.md >}}\n")
    said = fault_of_include(site)
    assert "the page a.qmd has 1,001 includes; the limit is 1,000 includes" in said


def test_includes_have_a_depth(site: Site) -> None:
    for level in range(40):
        site.write(f"_{level}.md", f"{{{{< include _{level + 1}.md >}}}}\n")
    site.write("_40.md", "The end.\n")
    site.write("a.qmd", "---\ntitle: A\n---\n{{< include _0.md >}}\n")
    assert "the page a.qmd has 21 levels; the limit is 20 levels" in fault_of_include(site)


def test_includes_have_a_size(site: Site) -> None:
    with_limits(site, "included-size: 100000")
    site.write("_long.md", "word " * 1000)
    site.write("a.qmd", "---\ntitle: A\n---\n" + "{{< include _long.md >}}\n\n" * 50)
    assert "the page a.qmd has 102.5 KB; the limit is 97.7 KB" in fault_of_include(site)


def fault_of_include(site: Site) -> str:
    site.write("healthy.qmd", "---\ntitle: Healthy\n---\n")
    report = build(site.root, jobs=1)
    assert (site.root / "_site/healthy.html").is_file()
    [fault] = report.faults
    return str(fault)


MILLION = "  matrix:\n" + "".join(f"    p{number}: [0,1,2,3,4,5,6,7,8,9]\n" for number in range(6))


def test_a_million_editions_are_counted_before_they_are_made(site: Site) -> None:
    site.article("a", "1", front=f"title: A\neditions:\n{MILLION}  slug: 'a-{{{{ p0 }}}}'")
    assert fault_of(site, "posts/a/index.ipynb") == (
        "posts/a/index.ipynb, cell 1, line 4: the product of the lists of `matrix` has 1,000,000 editions; the limit "
        "is 10,000 editions\n  → Make fewer: give less values, or narrow the rows with `where` and `each`. "
        "Or raise `broadsheet: limits: editions` in _quarto.yml."
    )


def test_the_editions_of_a_list_and_of_a_table_are_counted(site: Site) -> None:
    site.table()
    with_limits(site, "editions: 1")
    site.write("a.qmd", "---\ntitle: A\neditions: [{slug: b}, {slug: c}]\n---\n")
    site.article(
        "d",
        "1",
        front="title: D\neditions: {from: trade, slug: 'y{{ year }}', "
        "parameters: {year: '{{ year }}'}}",
    )
    faults = open_publication(site.root).faults
    assert [fault.what for fault in faults.values()] == [
        "the list `editions` has 2 editions; the limit is 1 editions",
        "the rule `editions` has more than 1 editions; the limit is 1 editions",
    ]


def test_a_limit_that_is_raised_holds(site: Site) -> None:
    with_limits(site, "editions: 2")
    site.write("a.qmd", "---\ntitle: A\neditions: [{slug: b}, {slug: c}]\n---\n")
    assert not open_publication(site.root).faults


def test_the_braces_of_a_glob_are_bounded(site: Site) -> None:
    site.write("_quarto.yml", CONFIG.replace('"*.qmd"', '"{1..100000}.qmd"'))
    site.write("index.qmd", "---\ntitle: Home\n---\n")
    with pytest.raises(
        BroadsheetError, match="its braces stand for more than 1,000 patterns; write `\\*`"
    ):
        build(site.root)


# Work

ENDLESS_PATTERN = "(a+)+$"
LONG = "a" * 60 + "!"


def patterned(site: Site) -> None:
    table = json.loads(json.dumps(TABLE))
    table["schema"] = {
        "fields": [
            {
                "name": "name",
                "title": "Name",
                "type": "string",
                "constraints": {"pattern": ENDLESS_PATTERN},
            }
        ],
        "primaryKey": ["name"],
    }
    site.write("data/trade.csv", f"name\n{LONG}\n")
    site.write(
        "data/datapackage.json",
        json.dumps(
            {
                "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
                "name": "test",
                "title": "Test",
                "resources": [table],
            }
        ),
    )


@pytest.mark.parametrize("is_main", slow_but([True, False], 1))
def test_a_pattern_of_the_data_is_broken_off(
    site: Site, is_main: bool, limited: Callable[..., None]
) -> None:
    patterned(site)
    limited(pattern_time=1)
    said: list[str] = []

    def read() -> None:
        try:
            update_hashes(site.root)
            Catalogue.open(site.root).table("trade")
        except BroadsheetError as error:
            said.append(str(error))

    if is_main:
        read()
    else:
        thread = threading.Thread(target=copy_context().run, args=(read,))
        thread.start()
        thread.join()
    assert said == [
        "data/datapackage.json, column 'name': table 'trade': the rule `pattern` took more than 1 seconds of processor "
        "time\n  → Write the pattern without a repetition in a repetition, such as `(a+)+`. "
        "Or raise `broadsheet: limits: pattern-time` in _quarto.yml."
    ]


@pytest.mark.whole  # in a thread that is not the main one
def test_a_pattern_matches_the_same_in_a_process_of_its_own() -> None:
    found: list[set[str]] = []
    texts = ["abc1", "d", "é", "b"]
    thread = threading.Thread(
        target=lambda: found.append(limits.matching(r"[a-c]+\d?", texts, "a", ""))
    )
    thread.start()
    thread.join()
    assert found == [limits.matching(r"[a-c]+\d?", texts, "a", "")] == [{"abc1", "b"}]


@pytest.mark.slow
def test_work_within_work_has_the_shorter_time(limited: Callable[..., None]) -> None:
    limited(work_time=50, pattern_time=1)
    with (
        limits.bounded_work("a", "the outer"),
        pytest.raises(LimitError, match="the inner took more than 1 seconds"),
        limits.bounded_work("a", "the inner", limits.TABLE["pattern-time"]),
    ):
        while True:
            pass
    limited(work_time=1, pattern_time=50)
    with (
        pytest.raises(LimitError, match="the outer took more than 1 seconds"),
        limits.bounded_work("a", "the outer"),
        limits.bounded_work("a", "the inner", limits.TABLE["pattern-time"]),
    ):
        while True:
            pass


# A busy machine


@pytest.fixture
def busy() -> Iterator[None]:
    """Other work on every processor, twice over."""
    work = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(2 * (os.cpu_count() or 1))
    ]
    yield
    for process in work:
        process.kill()
        process.wait()


HEAVY = "".join(
    f"A paragraph with *emphasis*, [a link](https://example.org/{number}) and `code`.\n\n"
    for number in range(4000)
)
ENDLESS_PAGE = "[" * 60 + "x"


@pytest.mark.slow
def test_a_busy_machine_refuses_no_page_that_is_well(busy: None) -> None:
    """The clock passes the limit several times over; the work does not reach it."""
    with Pandoc(workers=1, time_limit=3) as pandoc:
        assert "<em>emphasis</em>" in pandoc.render(Document("a.qmd", HEAVY)).html
        with pytest.raises(
            RenderError, match="did not finish this page in 3 seconds of processor time"
        ):
            pandoc.render(Document("a.qmd", ENDLESS_PAGE))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_a_busy_machine_refuses_no_cell_that_is_well(site: Site, busy: None) -> None:
    site.write("_quarto.yml", CONFIG + "broadsheet:\n  time-limit: 4\n")
    site.article(
        "well",
        "import time\nbegun = time.process_time()\nwhile time.process_time() - begun < 2: pass",
    )
    site.article("sleeps", "import time\ntime.sleep(60)")
    report = build(site.root, jobs=1)
    assert [str(fault).splitlines()[0] for fault in report.faults] == [
        "posts/sleeps/index.ipynb, cell 2, line 2: the cell ran longer than 4 s"
    ]


def test_a_worker_that_was_stopped_is_told_from_one_that_works(
    limited: Callable[..., None],
) -> None:
    limited(idle_time=1)
    with Pandoc(workers=1, time_limit=0.1) as pandoc:
        pandoc.begin()
        worker = pandoc._idle.get()
        assert worker is not None
        worker.ask({"probe": ""}, 20)
        os.kill(worker._process.pid, signal.SIGSTOP)
        pandoc._idle.put(worker)
        with pytest.raises(
            RenderError,
            match=r"gave no answer for this page in 1 seconds by the clock, of which it "
            r"worked 0\.0\n  → The machine is very busy",
        ):
            pandoc.render(Document("a.qmd", "A page."))


# Text that is looked at letter by letter

SLOW = (
    "a",
    "1",
    "1,",
    "1-",
    "a-",
    '"',
    "\u00e9",
    "$5-",
    "<",
    "<a ",
    "<!--",
    "<style>",
    "{{",
    "{{< ",
    "`{python} ",
    "[]",
    "- ",
    "> ",
    "::: ",
    "the most trade ",
    "exports rose 12.4 percent in 2024 ",
    "a.",
    "://",
    "| a ",
    "$",
    "_*",
    "\t",
)
LETTERS = 6_000


def test_a_page_of_each_slow_text_ends(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Built in a process that is killed when it does not end: a hang is a failure of this test, not
    of the run.
    """
    site = Site(tmp_path / "publication")
    site.write(
        "_quarto.yml",
        "project: {type: website, render: ['*.qmd']}\n"
        "website: {title: Slow, site-url: 'https://example.org/'}\n"
        "broadsheet: {page-time-limit: 1, limits: {work-time: 10}}\n",
    )
    site.write("index.qmd", "---\ntitle: Home\nlisting: {contents: '*.qmd'}\n---\n")
    pieces = SLOW if request.config.getoption("--all") else SLOW[::5]
    for number, piece in enumerate(pieces):
        text = (piece * LETTERS)[:LETTERS]
        site.write(f"slow{number}.qmd", f"---\ntitle: Slow\ndate: 2024-01-01\n---\n{text}\n")
        quoted = json.dumps(text[: LETTERS // 4])
        site.write(f"title{number}.qmd", f"---\ntitle: {quoted}\ndate: 2024-01-01\n---\nShort.\n")
    done = subprocess.run(
        [sys.executable, "-m", "broadsheet", "build", "--jobs", "2"],
        cwd=site.root,
        timeout=400,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1)
    assert "Traceback" not in done.stderr
    reported = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert [line for line in reported if "seconds of processor time" not in line] == []
    assert (site.root / "_site/index.html").is_file()
    assert (site.root / "_site/title0.html").is_file()


def test_long_names_have_no_near_ones() -> None:
    assert nearest("totl", ["total", "x" * 10**7]) == ["total"]
    assert nearest("x" * 10**7, ["total"]) == []


def test_a_tables_limit_is_the_publications_where_it_is_read(site: Site, run: Command) -> None:
    site.table("year,total\n2021,1\n2022,2\n2023,3\n")
    site.article("a", "import broadsheet as bs\nlen(bs.table('trade'))")
    with_limits(site, "cells: 8")
    assert run(site, "data", "check")[0] == 0
    assert not build(site.root, jobs=1).faults
    with_limits(site, "cells: 7")
    code, _, reported = run(site, "data", "check")
    assert code == 1 and "more than 7 cells; the limit is 7 cells" in reported
    [fault] = build(site.root, jobs=1, use_cache=False).faults
    assert "the limit is 7 cells" in str(fault)
