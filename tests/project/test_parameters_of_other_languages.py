"""The parameters cell of a page in R, Julia or Bash: literals of that language, and nothing else."""

from __future__ import annotations

import pytest

from broadsheet.project.editions.other_parameters import assignments

LONG = 20_000


@pytest.mark.parametrize(
    ("language", "line", "value", "text"),
    [
        ("r", "x <- 1L  # the year", 1, "the year"),
        ("r", "x = -0.5;", -0.5, ""),
        ("r", "x <- 0x1F ; # a # b", 31, "a # b"),
        ("r", 'x <- "a # \\"b\\";"', 'a # "b";', ""),
        ("r", "x <- c( 'a', \"b, c\" )", ["a", "b, c"], ""),
        ("r", "x <- c()", [], ""),
        ("r", "x <- c(TRUE, NULL, 1e3)", [True, None, 1000.0], ""),
        ("julia", "x = [1, 2, ]  #", [1, 2], ""),
        ("julia", "x = 1_000; # many", 1000, "many"),
        ("julia", "x = nothing", None, ""),
        ("julia", 'x = "a; b"', "a; b", ""),
        ("bash", "x=2022  # the year", 2022, "the year"),
        ("bash", "x='a # b'; # text", "a # b", "text"),
        ("bash", "x=", "", ""),
    ],
)
def test_a_literal_and_the_comment_behind_it(
    language: str, line: str, value: object, text: str
) -> None:
    [read] = assignments(line, language)
    assert (read.name, read.default, read.help) == ("x", value, text)
    assert type(read.default) is type(value)


@pytest.mark.parametrize(
    ("language", "value"),
    [
        *(("r", value) for value in ("None", "True", "[1]", "3j", "1i", "(1, 2)", "{1, 2}")),
        *(("r", value) for value in ('b"ab"', '"a" "b"', "c(1,)", "c(1 2)", "c(1, c(2))", "1_000")),
        *(("r", value) for value in ("1; y <- 2", "-" * 100_000, "9" * 10_000, "1 + 2j")),
        *(("julia", value) for value in ('r"a"', '"a" "b"', "None", "TRUE", "3j", "1L", "(1, 2)")),
        *(("julia", value) for value in ('"a$y"', "[[1], [2]]", "{1: 2}", "-" * 100_000)),
    ],
)
def test_what_is_no_literal_of_the_language_is_no_parameter(language: str, value: str) -> None:
    [read] = assignments(f"x = {value}", language)
    assert read.name == ""


@pytest.mark.parametrize("language", ["r", "julia", "bash"])
@pytest.mark.parametrize("filling", [" ", "\t ;", "\\'", "'\\", "# ", "[ ", "c( ", ", "])
def test_lines_of_any_length_are_read(language: str, filling: str) -> None:
    for begin in ("x=1", "x = [", "x <- c(", "x='"):
        for end in ('"', "'", "]", "z"):
            line = f"{begin}{filling * LONG}{end}"
            assert [read.line for read in assignments(line, language)] == [1]
