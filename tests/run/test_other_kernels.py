"""Notebooks and pages in Bash and R, run by real kernels; the values of their prose by Python beside
them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any

import psutil
import pytest

from broadsheet.project.sources import kernels
from broadsheet.run.declared_reads import declared_files, reads_named_in
from broadsheet.site.build.build import build
from conftest import CONFIG, Site

HAS_R = any((Path(folder) / "ir/kernel.json").is_file() for folder in kernels.jupyter_folders())
needs_bash = pytest.mark.skipif(
    find_spec("bash_kernel") is None, reason="needs the package bash_kernel"
)
needs_r = pytest.mark.skipif(not HAS_R, reason="needs R and IRkernel")
pytestmark = pytest.mark.own_workers
RENDERED = CONFIG.replace('"posts/**/*.ipynb"', '"posts/**/*.ipynb"\n    - "posts/**/*.qmd"')
TRADE = "year,total\n2021,146.9\n2022,190.3\n"


@pytest.fixture(autouse=True)
def _kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Bash's kernel, and those of this machine, are installed."""
    folder = tmp_path / "jupyter"
    bash = folder / "kernels/bash/kernel.json"
    bash.parent.mkdir(parents=True)
    argv = [sys.executable, "-m", "bash_kernel", "-f", "{connection_file}"]
    bash.write_text(json.dumps({"argv": argv, "display_name": "Bash", "language": "bash"}))
    monkeypatch.setenv("JUPYTER_PATH", str(folder))
    from jupyter_core.paths import jupyter_path

    monkeypatch.setattr(kernels, "jupyter_folders", lambda: jupyter_path("kernels"))
    kernels.installed_kernels.cache_clear()
    yield
    kernels.installed_kernels.cache_clear()


@pytest.fixture
def site(site: Site) -> Site:
    site.front(RENDERED)
    return site


def page(site: Site, slug: str = "a", file: str = "index") -> str:
    return site.read(f"_site/posts/{slug}/{file}.html")


def bash(site: Site, body: str, front: str = "title: A\ndate: 2023-05-26", slug: str = "a") -> None:
    site.write(f"posts/{slug}/index.qmd", f"---\n{front}\n---\n\n{body}")


def built(site: Site, **options: Any) -> Any:
    report = build(site.root, **options)
    assert not report.faults, [str(fault) for fault in report.faults]
    return report


def only_fault(site: Site) -> str:
    faults = {str(fault) for fault in build(site.root).faults}
    assert len(faults) == 1, faults
    (fault,) = faults
    return fault


def cell(text: str, language: str = "bash") -> str:
    return f"```{{{language}}}\n{text}\n```\n\n"


def runs(process: int) -> bool:
    """True if a process has not ended. One that nobody waits for stays in the list for a while."""
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# Bash


@needs_bash
def test_a_page_in_bash_runs_with_parameters_editions_and_inline_values(site: Site) -> None:
    site.table(TRADE)
    front = "title: A\ndate: 2023-05-26\neditions:\n  - {slug: late, title: Late, parameters: {year: 2022}}"
    body = cell("#| tags: [parameters]\nyear=2021")
    body += cell('#| echo: true\necho "the year $year"; pwd')
    body += "In `{python} year` it was `{python} usd(trade.set_index('year').total[year])`."
    bash(site, body, front)
    built(site)
    first, late = page(site), page(site, file="late")
    assert "the year 2021" in first and "In 2021 it was" in first and "$146.9" in first
    assert "the year 2022" in late and "In 2022 it was" in late and "$190.3" in late
    assert f"{site.root}/posts/a" in first
    assert 'class="sourceCode bash"' in first


@needs_bash
def test_a_run_in_bash_is_kept_until_a_file_changes_that_its_cells_name(site: Site) -> None:
    site.table(TRADE)
    site.write("data/other.csv", "x\n")
    site.write("posts/a/count.sh", "wc -l < ../../data/deep/in.txt\n")
    site.write("data/deep/in.txt", "1\n")
    bash(site, cell("cat ../../data/trade.csv > kept.txt; . ./count.sh; cat kept.txt"))
    assert built(site).ran == 1
    assert "146.9" in page(site)
    assert built(site).ran == 0  # also the file that it wrote itself counts for nothing
    site.write("data/other.csv", "y\n")
    assert built(site).ran == 0
    site.table(TRADE.replace("146.9", "150.5"))
    assert built(site).ran == 1
    assert "150.5" in page(site)
    site.write("data/deep/in.txt", "1\n2\n")
    assert built(site).ran == 1


@needs_bash
def test_patterns_in_bash_notice_new_files(site: Site) -> None:
    site.write("data/a.txt", "eins\n")
    bash(site, cell("cat ../../data/*.txt"))
    assert built(site).ran == 1
    site.write("data/b.txt", "zwei\n")
    assert built(site).ran == 1
    assert "zwei" in page(site)


@needs_bash
def test_a_notebook_in_bash(site: Site) -> None:
    path = site.article("a", "#| echo: false\necho `date +%Y | wc -c`", "echo zwei >&2")
    notebook = json.loads(path.read_text())
    notebook["metadata"]["kernelspec"] = {
        "name": "other_bash",
        "display_name": "Bash",
        "language": "bash",
    }
    path.write_text(json.dumps(notebook))
    built(site)
    assert ">5\n" in page(site) and "zwei" in page(site)


@needs_bash
def test_a_failing_command_is_a_fault_with_its_place_and_its_last_words(site: Site) -> None:
    bash(site, cell("echo fine") + cell("#| label: x\necho now\nls /no/such/place"))
    fault = only_fault(site)
    assert fault.startswith("posts/a/index.qmd, line 11: the cell ended with exit code 2")
    assert "/no/such/place" in fault and "Traceback" not in fault


@needs_bash
def test_an_error_that_is_allowed_is_an_output(site: Site) -> None:
    bash(site, cell("#| error: true\necho before; false") + cell("echo after"))
    built(site)
    assert "before" in page(site) and "after" in page(site)


@needs_bash
def test_a_cell_past_its_time_is_ended_with_all_that_it_started(site: Site, tmp_path: Path) -> None:
    site.write("_quarto.yml", RENDERED + "broadsheet:\n  time-limit: 1\n")
    bash(site, cell("sleep 4321 & echo $! > pid; sleep 4321"))
    assert "the cell ran longer than 1 s" in only_fault(site)
    assert not runs(int(site.read("posts/a/pid")))


@needs_bash
def test_a_kernel_that_dies_loses_its_page_and_no_other(site: Site) -> None:
    bash(site, cell("kill -9 $PPID"))
    bash(site, cell("echo alive"), slug="b")
    assert "the cell took its kernel down" in only_fault(site)
    assert "alive" in page(site, "b")


@needs_bash
@pytest.mark.parametrize("code", ["exit 3", "exit", "set -e; ls /no/such/place; echo no"])
def test_a_cell_that_ends_bash_is_a_fault(site: Site, code: str) -> None:
    bash(site, cell("x=1") + cell(code) + cell("echo after $x"))
    fault = only_fault(site)
    assert fault.startswith("posts/a/index.qmd, line 11: the cell ends Bash")
    assert "Take the exit out" in fault and "After `set -e`, mend the command" in fault
    assert "place" not in code or "/no/such/place" in fault.partition("\n")[2]


@needs_bash
def test_bash_within_bash_may_end(site: Site) -> None:
    bash(site, cell("x=1; (exit 3) || bash -c 'exit 4' || true") + cell("echo still $x"))
    built(site)
    assert "still 1" in page(site)


@needs_bash
def test_too_much_output_ends_the_run(site: Site) -> None:
    site.write("_quarto.yml", RENDERED + "broadsheet:\n  limits: {output-size: 1048576}\n")
    bash(site, cell("while :; do printf '%08192d\\n' 1; done"))
    bash(site, cell("#| output: false\nseq 1 9000") + cell("echo all of it"), slug="b")
    assert "the cell put out more than" in only_fault(site)
    assert "all of it" in page(site, "b")


@needs_bash
def test_memory_is_limited(site: Site) -> None:
    site.write("_quarto.yml", RENDERED + "broadsheet:\n  memory-limit: 300M\n")
    code = "import sys; x = b'x' * (1 << 29)"
    bash(site, cell(f'{sys.executable} -c "{code}"'))
    assert "MemoryError" in only_fault(site)


@needs_bash
def test_cells_that_are_not_evaluated_and_pages_that_are_not_run(site: Site) -> None:
    bash(site, cell("#| eval: false\nexit 3") + cell("echo ran"))
    bash(
        site, cell("echo it-$((1+1))"), "title: B\ndate: 2023-05-26\nexecute: {enabled: false}", "b"
    )
    assert built(site).ran == 1
    assert "it-2" not in page(site, "b")


@needs_bash
def test_python_beside_bash(site: Site) -> None:
    body = cell("echo eins > told.txt") + cell(
        "#| echo: true\nprint(open('told.txt').read() * 2)", "python"
    )
    bash(site, body + "It is `{python} len(open('told.txt').read())`.")
    built(site)
    assert "eins\neins" in page(site) and "It is 5." in page(site)
    assert 'class="sourceCode python"' in page(site)


@needs_bash
def test_the_mutation_test_changes_what_python_reads(site: Site, run: Any) -> None:
    site.table(TRADE)
    bash(
        site, cell("echo 1") + "In 2022 it was `{python} usd(trade.set_index('year').total[2022])`."
    )
    bash(site, cell("echo 2"), "title: B\ndate: 2023-05-26", "b")
    code, out, errors = run(site, "check", "--mutate", "4")
    assert code in (0, 1) and "changes" in out and "unexpected" not in errors, out + errors


@needs_bash
def test_a_fault_of_an_inline_value_names_its_line(site: Site) -> None:
    bash(site, cell("echo 1") + "It is `{python} nothing`.")
    assert only_fault(site).startswith(
        "posts/a/index.qmd, line 10: the inline expression `nothing` fails: NameError"
    )


@needs_bash
def test_a_parameter_of_an_edition_is_checked(site: Site) -> None:
    front = "title: A\neditions:\n  - {slug: late, title: Late, parameters: {year: x}}"
    bash(site, cell("#| tags: [parameters]\nyear=2021\n"), front)
    assert "`year` is 'x', which is not `int`" in only_fault(site)
    bash(site, cell("#| tags: [parameters]\nyear=$(date)\n"), front)
    assert "`year=$(date)` is not a parameter" in only_fault(site)


@needs_bash
def test_secrets_and_installations_are_kept_from_bash(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_PASSWORD", "xyzzy-secret-value")
    bash(site, cell("echo [$MY_PASSWORD]"))
    built(site)
    assert "[]" in page(site)
    bash(site, cell(f"{sys.executable} -m pip install nothing-that-is-there"))
    assert "Install them once yourself" in only_fault(site)


@needs_bash
def test_without_the_kernel_a_page_is_shown_with_a_note(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernels, "jupyter_folders", list)
    kernels.installed_kernels.cache_clear()
    bash(site, cell("echo 1"))
    report = built(site)
    assert report.ran == 0 and "Code in Bash, which is not run here." in page(site)
    (notice,) = [one for one in report.notices if one.topic == "not-run"]
    assert "pip install bash_kernel" in notice.mend
    monkeypatch.undo()
    kernels.installed_kernels.cache_clear()


# R


def test_inline_values_of_r_are_said_not_to_run(site: Site) -> None:
    bash(site, cell("1", "r") + "Of `r nrow(x)` and ``r no`` and `{r} y`.\n\n```\n`r code`\n```\n")
    (notice,) = [one for one in built(site).notices if "inline values" in one.what]
    assert str(notice.where) == "posts/a/index.qmd, line 10"
    assert notice.what.startswith("`r nrow(x)` and 1 more is shown as code")


@needs_r
def test_a_page_in_r(site: Site) -> None:
    site.table(TRADE)
    front = (
        "title: A\ndate: 2023-05-26\nengine: knitr\neditions:\n"
        "  - {slug: late, title: Late, parameters: {year: 2022}}"
    )
    body = cell("#| tags: [parameters]\nyear <- 2021", "r")
    body += "```{r read-it, echo=FALSE, warning=F}\n"
    body += (
        'trade <- read.csv("../../data/trade.csv")\ncat("total", trade$total[trade$year == year])\n'
    )
    body += "```\n\nIt was `{python} usd(trade.set_index('year').total[year])`.\n\n"
    body += cell('#| fig-alt: "Points"\nplot(trade$year, trade$total)', "r")
    bash(site, body, front)
    built(site)
    assert "total 146.9" in page(site) and "$146.9" in page(site)
    assert "total 190.3" in page(site, file="late") and "$190.3" in page(site, file="late")
    assert "read.csv" not in page(site) and 'alt="Points"' in page(site)
    assert built(site).ran == 0
    site.table(TRADE.replace("190.3", "191.3"))
    assert built(site).ran == 2


@needs_r
def test_a_plotly_figure_of_r_is_a_figure_of_the_page(site: Site) -> None:
    site.table(TRADE)
    figure = {
        "data": [{"type": "bar", "x": ["a", "b"], "y": [1, 2], "name": "Trade"}],
        "layout": {},
    }
    shown = json.dumps(figure).replace('"', '\\"')
    body = cell('trade <- read.csv("../../data/trade.csv")', "r")
    body += cell(
        "#| label: fig-trade\n#| fig-cap: Trade by partner\n"
        f'figure <- jsonlite::fromJSON("{shown}", simplifyVector = FALSE)\n'
        'IRdisplay::publish_mimebundle(list("application/vnd.plotly.v1+json" = figure))',
        "r",
    )
    bash(site, body)
    built(site)
    assert "<svg" in page(site) and "Trade by partner" in page(site)
    assert "A bar chart" in page(site) or "Bar chart" in page(site)


@needs_r
def test_an_error_in_r_is_a_fault_in_its_words(site: Site) -> None:
    bash(site, cell("x <- 1\nstop('not so')", "r"))
    fault = only_fault(site)
    assert fault.startswith("posts/a/index.qmd, line 6: Error in eval") or "not so" in fault
    assert "Traceback" not in fault


@needs_r
@pytest.mark.parametrize("code", ["quit()", "q('no', status = 1)"])
def test_a_cell_that_ends_r_is_a_fault(site: Site, code: str) -> None:
    bash(site, cell("x <- 1", "r") + cell(code, "r") + cell("x", "r"))
    fault = only_fault(site)
    assert fault.startswith("posts/a/index.qmd, line 11: the cell ends R")
    assert "Take the exit out" in fault


@needs_r
def test_a_kernel_of_r_that_dies_in_the_middle(site: Site) -> None:
    bash(site, cell("x <- 1", "r") + cell("tools::pskill(Sys.getpid(), 9)", "r") + cell("x", "r"))
    bash(site, cell("cat('alive')", "r"), slug="b")
    fault = only_fault(site)
    assert fault.startswith("posts/a/index.qmd, line 11: the cell took its kernel down")
    assert "memory" in fault and "os._exit" not in fault
    assert "alive" in page(site, "b")


@needs_r
def test_parameters_of_knitr_are_a_fault_that_says_what_takes_their_place(site: Site) -> None:
    bash(site, cell("cat(params$year)", "r"), "title: A\nengine: knitr\nparams: {year: 2022}")
    assert "`#| tags: [parameters]`" in only_fault(site)


@needs_r
def test_what_a_page_leaves_to_knitr_is_said_beside_the_page(site: Site) -> None:
    bash(site, "```{r, fig.width=5}\ncat('it ran')\n```\n", "title: A\ndate: 2023-05-26")
    (notice,) = [notice for notice in built(site).notices if notice.topic == "knitr"]
    assert "`fig-width`" in notice.what and "it ran" in page(site)


@needs_r
def test_a_missing_package_of_r_is_named(site: Site) -> None:
    bash(site, cell("library(nosuchpackage)", "r"))
    report = build(site.root)
    assert not report.faults
    (notice,) = [one for one in report.notices if one.topic == "not-run"]
    assert "it needs the library `nosuchpackage`" in notice.what


@needs_r
def test_cells_of_r_install_nothing(site: Site) -> None:
    bash(site, cell("1", "r") + cell("utils::install.packages('nothing')", "r"))
    fault = only_fault(site)
    assert fault.startswith("posts/a/index.qmd, line 11: ") and "a cell installs packages" in fault
    assert "allow-install: true" in fault


@needs_r
def test_r_is_ended_with_its_worker(site: Site) -> None:
    bash(site, cell('cat(Sys.getpid(), file = "pid")\nSys.sleep(0)', "r"))
    built(site)
    assert not runs(int(site.read("posts/a/pid")))


# Files that a page declares


def test_what_a_python_page_declares_makes_it_run_again(site: Site) -> None:
    site.write("data/in.txt", "1\n")
    site.article(
        "a",
        "import subprocess\nprint(subprocess.run(['cat', '../../data/in.txt'], capture_output=True))",
        front="title: A\ndate: 2023-05-26\ndepends: /data/**/*.txt",
    )
    assert built(site).ran == 1
    assert built(site).ran == 0
    site.write("data/in.txt", "2\n")
    assert built(site).ran == 1
    site.write("data/new/more.txt", "2\n")
    assert built(site).ran == 1
    assert built(site).ran == 0


@pytest.mark.parametrize(
    "value, message",
    [
        ("/../secret.txt", "lies outside of the publication"),
        ("/data/*.txt", ""),
        ("../../../secret.txt", "lies outside of the publication"),
        ("/{..,x}/*", "has `..` in it"),
        ("/@(data|..)/*", "has `..` in it"),
        ("/data/a..b/*.txt", ""),
        ('"!a.txt"', "leaves files out"),
        ("[{a: 1}]", "depends"),
    ],
)
def test_what_a_page_declares_is_checked(site: Site, value: str, message: str) -> None:
    site.article("a", "1", front=f"title: A\ndate: 2023-05-26\ndepends: {value}")
    report = build(site.root)
    said = [str(one) for one in (*report.faults, *report.notices)]
    assert any("depends" in text and message in text for text in said) == bool(message), said


@pytest.mark.parametrize("pattern", ["{..,data}/*", "{.,x}./*", "../secret.txt", "data/*"])
def test_no_pattern_names_a_file_outside_of_the_publication(site: Site, pattern: str) -> None:
    site.write("../secret.txt", "secret")
    site.write("data/in.txt", "1\n")
    (site.root / "data/away.txt").symlink_to(site.root / "../secret.txt")
    files = {name for name in declared_files(site.root, [pattern]) if not name.endswith("/")}
    assert files <= {"data/in.txt"}


@pytest.mark.parametrize(
    ("language", "code", "named"),
    [
        ("r", 'read.csv("mydata.csv")', ["posts/a/mydata.csv"]),
        ("r", 'read.csv("data.csv")', ["posts/a/data.csv"]),
        ("r", 'x <- "../../data/all.txt"', ["data/all.txt"]),
        ("r", 'list.files("../../data")', ["data/all.txt"]),
        ("r", "data.csv", []),
        ("bash", "cat data.csv", ["posts/a/data.csv"]),
        ("bash", "cat *.csv", ["posts/a/data.csv", "posts/a/mydata.csv"]),
    ],
)
def test_a_cell_names_the_files_whose_paths_it_has(
    language: str, code: str, named: list[str]
) -> None:
    reads = ["data/all.txt", "posts/a/data.csv", "posts/a/mydata.csv"]
    assert reads_named_in(code, language, PurePosixPath("posts/a"), reads) == named
