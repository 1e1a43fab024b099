"""What a page in R has for knitr alone is said; what works without it is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from broadsheet.errors import Notice
from broadsheet.markdown.knitr import left_to_knitr
from broadsheet.project.sources import kernels
from broadsheet.project.sources.source import source_of
from broadsheet.site.build.build import build
from conftest import CONFIG, Site

FRONT = "---\ntitle: A\nengine: knitr\n---\n\n"


@pytest.fixture(autouse=True)
def _r(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A kernel of R is listed. Nothing is started here."""
    spec = tmp_path / "kernels/ir/kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": ["R"], "display_name": "R", "language": "R"}))
    monkeypatch.setattr(kernels, "jupyter_folders", lambda: [str(tmp_path / "kernels")])
    kernels.installed_kernels.cache_clear()
    yield
    kernels.installed_kernels.cache_clear()


def notices(text: str, name: str = "a.qmd") -> list[Notice]:
    return list(left_to_knitr(source_of(PurePosixPath(name), text, Path("/nowhere"))))


def r(code: str, header: str = "") -> str:
    return f"```{{r{header}}}\n{code}\n```\n\n"


@pytest.mark.parametrize(
    "body, name",
    [
        (r("params$year"), "params"),
        (r('params[["year"]]'), "params"),
        (r("plot(1)", ", fig.width=5"), "fig-width"),
        (r("plot(1)", " a-plot, out.width='50%'"), "out-width"),
        (r("#| fig-width: 5\nplot(1)"), "fig-width"),
        (r("1", ", eval=x > 2"), "eval"),
        (r("library(x)", ", message=FALSE"), "message"),
        (r("1", ", results='hold'"), "results"),
        (r("1", ", child='b.qmd'"), "child"),
        (r("1", ', fig.cap=paste("Trade", year)'), "fig-cap"),
        (r("knitr::opts_chunk$set(echo = FALSE)"), "opts_chunk"),
        (r("kable(cars)"), "kable"),
        (r('knitr::include_graphics("a.png")'), "include_graphics"),
    ],
)
def test_what_knitr_alone_does_is_said(body: str, name: str) -> None:
    for front in (FRONT, ""):  # a cell in R claims the page for knitr, too
        (notice,) = notices(f"{front}Prose.\n\n{body}")
        assert f"`{name}`" in notice.what and "knitr" in notice.what
        line = front.count("\n") + 3
        assert notice.where.line in (line, line + 1)
    (notice,) = notices(f"{FRONT}{body}{r('params$b')}{r('1', ', dpi=9')}")
    assert "`dpi`" in notice.what  # one notice for the page


@pytest.mark.parametrize(
    "text",
    [
        'fig.cap="a, b", echo=FALSE',
        "results = 'asis', fig.alt = \"b\"",
        "label='x', tbl.cap = 'It is = a', eval=F,",
    ],
)
def test_options_mean_the_same_behind_the_language_and_in_lines(text: str) -> None:
    page = FRONT + r("1", f", {text}") + r(f"#| {text}\n1")
    source = source_of(PurePosixPath("a.qmd"), page, Path("/nowhere"))
    behind, in_lines = (dict(cell.options) for cell in source.options if cell.options)
    assert behind == in_lines and len(behind) == text.count("=") - text.count("is =")


@pytest.mark.parametrize("engine", ["[knitr]", "{knitr: true}", "[[jupyter]]", "other", "5"])
def test_an_engine_that_is_no_name_runs_nothing(engine: str) -> None:
    page = f"---\nengine: {engine}\n---\n\n{r('1')}"
    assert source_of(PurePosixPath("a.qmd"), page, Path("/nowhere")).notebook is None


def test_options_of_knitr_in_the_front_matter_are_said() -> None:
    (notice,) = notices(
        f"---\nengine: knitr\nknitr:\n  opts_chunk:\n    echo: false\n---\n\n{r('1')}"
    )
    assert "`opts_chunk`" in notice.what and notice.where.line == 4


@pytest.mark.parametrize(
    "text",
    [
        FRONT + r("x <- 1\nplot(x)", ", echo=FALSE, fig.cap='Trade', results='hide'"),
        FRONT + r("1", ", cache=TRUE, fig.align='center'"),
        FRONT + r("params <- list(year = 2022)\nparams$year"),
        FRONT + r("# params$year\nmy.params$year; x$kable"),
        FRONT + r("1") + "```{python}\nparams$year\n```\n",
        FRONT + "```{python}\nparams = {}\nknitr = 'kable(1)'\n```\n",
        FRONT + "Prose of `params$year`.\n",
        f"---\njupyter: ir\n---\n\n{r('kable(cars)', ', fig.width=5')}",
    ],
)
def test_a_page_that_needs_no_knitr_is_quiet(text: str) -> None:
    assert notices(text) == []


def test_a_page_that_knitr_has_run_and_quarto_has_frozen_is_quiet(site: Site) -> None:
    site.front(CONFIG.replace('"*.qmd"', '"**/*.qmd"') + "  freeze: true\n")
    text = f"---\ntitle: A\n---\n\n{r('plot(1)', ', fig.width=5')}It was `r 20 + 1`.\n"
    site.write("a/index.qmd", text)
    markdown = "---\ntitle: A\n---\n\nIt was 21.\n"
    frozen = {"hash": "", "result": {"engine": "knitr", "markdown": markdown}}
    site.write("_freeze/a/index/execute-results/html.json", json.dumps(frozen))
    report = build(site.root)
    assert not report.faults and "It was 21." in site.read("_site/a/index.html")
    assert {"knitr", "not-run"}.isdisjoint(notice.topic for notice in report.notices)
