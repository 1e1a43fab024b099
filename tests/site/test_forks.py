"""Pages made in processes forked from the build: the same site, the same faults, and none of them
is left behind.

Each test has a process of its own, since this one may have threads, and then nothing is forked.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap

import psutil
import pytest

from broadsheet.site.build.build import build
from broadsheet.site.output.output_folder import contents_of
from conftest import Site, is_exact

if not sys.platform.startswith("linux"):
    pytest.skip("needs Linux", allow_module_level=True)

START = """
    import os, signal, time
    from broadsheet.errors import RenderError
    from broadsheet.processes.worker_processes import DiedError, Workers
"""
PAGES = 24
CHART = """\
#| label: fig-trade
#| fig-alt: "Trade."
#| source: false
import plotly.graph_objects as go
{0}"""
BROKEN = "go.Figure(go.Sankey(link={'source': [0], 'target': [None], 'value': [1]}))"


def script(text: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(START) + textwrap.dedent(text)]


def said(text: str) -> str:
    return subprocess.run(
        script(text), capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()


def test_the_work_is_done_elsewhere_and_comes_back_in_order() -> None:
    assert (
        said("""
        with Workers(2, lambda number: (number * number, os.getpid())) as forks:
            done = list(forks.map(range(5)))
        print([square for square, _ in done], os.getpid() in {pid for _, pid in done})
    """)
        == "[0, 1, 4, 9, 16] False"
    )


def test_an_error_comes_back_as_it_is_and_the_process_goes_on() -> None:
    assert (
        said("""
        def work(number):
            if number == 1:
                raise RenderError("a.qmd", "no good", "Mend it.")
            return number
        with Workers(2, work) as forks:
            try:
                forks.do(1)
            except RenderError as error:
                print(error.where.file, error.mend, [forks.do(number) for number in (2, 3, 4)])
    """)
        == "a.qmd Mend it. [2, 3, 4]"
    )


def test_of_a_process_that_dies_only_the_page_that_it_was_at_is_lost() -> None:
    assert (
        said("""
        home = os.getpid()
        def work(number):
            if number < 2 and os.getpid() != home:
                os.kill(os.getpid(), signal.SIGKILL)
            return number
        with Workers(2, work) as forks:
            for number in range(5):
                try:
                    print(forks.do(number), end=" ")
                except DiedError:
                    print("died", end=" ")
    """)
        == "died died 2 3 4"
    )


def test_where_there_are_threads_nothing_is_forked() -> None:
    assert (
        said("""
        import threading
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        with Workers(2, lambda number: os.getpid()) as forks:
            print(set(forks.map(range(4))) == {os.getpid()})
    """)
        == "True"
    )


def test_the_processes_end_with_the_one_that_they_work_for() -> None:
    process = subprocess.Popen(
        script("""
        with Workers(3, lambda number: number) as forks:
            print(forks.do(1), flush=True)
            time.sleep(600)
    """),
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    forks = psutil.Process(process.pid).children()
    assert len(forks) == 3
    process.kill()
    process.wait()
    process.stdout.close()
    assert psutil.wait_procs(forks, timeout=30)[1] == []


@pytest.mark.slow
def test_the_site_of_forked_processes_is_that_of_one_process(site: Site) -> None:
    site.write("_quarto.yml", site.read("_quarto.yml").replace('- "*.qmd"', '- "**/*.qmd"'))
    site.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts, feed: true}\n---\n")
    for number in range(PAGES):
        site.write(
            f"posts/p{number}.qmd",
            f"---\ntitle: Page {number}\ndate: 2024-01-{number + 1:02}\n---\n"
            f"See [the next](p{(number + 1) % PAGES}.qmd).\n",
        )
    site.article("one", "n = 41", ("md", "It is `{python} n + 1`."))
    site.write("posts/broken.qmd", "---\ntitle: Broken\n---\n{{< include broken.qmd >}}\n")
    ran = subprocess.run(
        [sys.executable, "-m", "broadsheet", "build", "--jobs", "2"],
        cwd=site.root,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 1
    assert "posts/broken.qmd includes itself" in ran.stderr
    assert "It is 42." in site.read("_site/posts/one/index.html")
    (site.root / ".broadsheet").rename(site.root / ".kept")
    report = build(site.root, jobs=1, output=site.root / "_twin")
    assert [str(fault.where.file) for fault in report.faults] == ["posts/broken.qmd"]
    ours, twin = (
        {
            name: (site.root / folder / name).read_bytes()
            for name in contents_of(site.root / folder, None).foreign
            if is_exact(site.root / folder / name)
        }
        for folder in ("_site", "_twin")
    )
    assert ours == twin


def test_charts_of_forked_processes_are_drawn_by_the_one_browser_of_the_build(
    site: Site, chromium: str
) -> None:
    for number in range(PAGES // 3):
        figure = BROKEN if number == 1 else f"go.Figure(go.Scatter(x=[1, 2], y=[1, {number}]))"
        site.article(f"a{number}", CHART.format(figure))
    program = f"""
        from pathlib import Path
        from broadsheet.figures.drawing import chart_renderer
        from broadsheet.site.build.build import build
        home, opened, drawn = os.getpid(), [], []
        class Page(chart_renderer.DrawingPage):
            def __init__(self):
                assert os.getpid() == home
                opened.append(1)
                super().__init__()
            def draw(self, *asked):
                drawn.append(1)
                return super().draw(*asked)
        chart_renderer.DrawingPage = Page
        for _ in range(2):
            report = build(Path({str(site.root)!r}), jobs=2)
            told = [one.what for one in report.notices if "cannot be drawn" in one.what]
            print(len(opened), len(drawn), len(report.faults), *told, sep="; ")
        """
    told = (
        "`fig-trade`: the figure cannot be drawn: Invalid array length; its data are shown instead"
    )
    charts = PAGES // 3 - 1
    # for a wide page, for a phone, as a card; the broken one, which is not tried again, for a wide page
    once = 3 * charts + 1
    assert said(program).splitlines() == [f"1; {once}; 0; {told}"] * 2
    for number in {*range(PAGES // 3)} - {1}:
        assert 'class="chart-wide"' in site.read(f"_site/posts/a{number}/index.html")
