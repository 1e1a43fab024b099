"""Options of a cell as knitr has them, `fig.cap = "…", echo = FALSE`, in lines of `#|`."""

from __future__ import annotations

import pytest

from broadsheet.errors import Place
from broadsheet.project.sources.cell_options import cell_options
from broadsheet.project.sources.knitr_options import arguments

LONG = 20_000


@pytest.mark.parametrize(
    ("written", "options", "lines"),
    [
        ('fig.cap = "a", fig.alt = "b"', {"fig-cap": "a", "fig-alt": "b"}, [1, 1]),
        ("fig.cap = \"a, 'b'\",\necho=F", {"fig-cap": "a, 'b'", "echo": False}, [1, 2]),
        ('fig.cap = "a"\n\neval = T,', {"fig-cap": "a", "eval": True}, [1, 3]),
        ("results='hide', label = 'x'", {"output": False, "label": "x"}, [1, 1]),
        ("fig.width = 7.5, fig.height = -2", {"fig-width": 7.5, "fig-height": -2}, [1, 1]),
    ],
)
def test_several_options_stand_on_one_line(
    written: str, options: dict[str, object], lines: list[int]
) -> None:
    source = "".join(f"#| {line}\n" for line in written.split("\n")) + "plot(1)"
    read = cell_options(source, Place("a.qmd", line=3))
    assert dict(read.options) == options and not list(read.misspelt(()))
    assert [read.text.place((key,)).line for key in options] == [line + 2 for line in lines]


@pytest.mark.parametrize(
    ("written", "options", "said"),
    [
        ('fig.cap = paste("a, b", c(1, 2)), eval = T', {"eval": True}, "fig-cap"),
        ('fig.cap = c("a",\n  "b"), fig.alt = "c"', {"fig-alt": "c"}, "fig-cap"),
        ("echo = FALSE, eval = x > 2", {"echo": False}, "eval"),
        ('fig.alt = "a \\"b\\"",', {}, "fig-alt"),
        (f"fig.width = {'9' * 5000},", {}, "fig-width"),
        (f"fig.width = 1.{'9' * 400},", {}, "fig-width"),
    ],
)
def test_a_value_that_r_would_compute_is_said(
    written: str, options: dict[str, object], said: str
) -> None:
    source = "".join(f"#| {line}\n" for line in written.split("\n")) + "plot(1)"
    read = cell_options(source, Place("a.qmd", line=3))
    assert dict(read.options) == options
    [notice] = read.misspelt(())
    assert "R would have to compute its value" in notice.what and f"`#| {said}: …`" in notice.mend
    assert notice.where.line == 3


@pytest.mark.parametrize("written", ["echo: false, fig.cap = 1", "export, x.y = 1", "x.y == 1"])
def test_other_lines_are_no_options_of_knitr(written: str) -> None:
    assert not all(option.key for option in arguments(written))


@pytest.mark.parametrize("filling", [" ", "a ", '\\"', "(", ")", ",", "a=", '"', "' "])
def test_options_of_any_length_are_read(filling: str) -> None:
    for begin in ("fig.cap = ", 'fig.cap = "', "x", ""):
        for end in ("", '"', ",", "]"):
            text = f"{begin}{filling * LONG}{end}"
            assert all(option.line == 1 for option in arguments(text))
