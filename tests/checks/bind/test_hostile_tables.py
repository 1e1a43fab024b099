"""`broadsheet bind` of tables with hostile headers, labels and file names: none becomes code."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import PurePosixPath

import pandas as pd
import pytest

from broadsheet.checks.bind.bound_page import changed_spans
from broadsheet.checks.bind.bound_source import BoundSource
from broadsheet.checks.bind.bound_words import BoundWords
from broadsheet.checks.bind.document_texts import stretches_in
from broadsheet.checks.bind.loading_code import variable_for, with_lines
from broadsheet.checks.bind.naming.named_values import QUOTE, text_code, with_quotes
from broadsheet.checks.bind.naming.namespace_values import named_in
from broadsheet.errors import Place
from broadsheet.project.sources import inline_expressions as inline
from conftest import Site
from probing import as_table, options

Command = Callable[..., tuple[int, str, str]]

FRONT = '---\ntitle: "Wind power"\ndate: 2025-01-01\n---\n'
SENTENCE = "In 2024 wind power gave 31 TWh, more than coal power. It rose from 2023 to 2024."
HOSTILE = (
    "wind power` `{python} touch()` x",
    'wind power"] or touch() or x["',
    "wind power'] or touch() or x['",
    "wind power\n```\n\n```{python}\ntouch()\n```",
    "wind power\\",
    "wind power {{< include x >}}",
    "wind power}",
    f"wind power{QUOTE}] or touch() or x[{QUOTE}",
    "wind power\u2028touch()",
    "wind power\x1b[2J",
)


def test_a_header_is_no_code(site: Site, run: Command) -> None:
    mark = site.root / "ran"
    header = f'country"" if open({str(mark)!r},""w"") else ""'
    site.write("data/power.csv", f'year,"{header}",wind\n2023,A,27\n2024,A,31\n')
    site.write("wind.qmd", f"{FRONT}\nIn 2024 wind gave 31 TWh.\n")
    run(site, "bind", "wind.qmd")
    assert not mark.exists()


@pytest.mark.parametrize("name", ["wind power", *HOSTILE])
@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_a_name_stays_a_name_in_what_is_bound(name: str, quote: str) -> None:
    ran = list[None]()
    index = pd.Index([2022, 2023, 2024], name="year")
    frames = [
        pd.DataFrame({name: [20, 27, 31], "coal power": [9, 15, 11]}, index=index),
        pd.DataFrame({"wind_power": [20, 27, 31]}, index=["2022", "2023", name]),
        pd.DataFrame({"kind": [name] * 31}),
    ]
    namespace = {f"frame_{at}": as_table(frame) for at, frame in enumerate(frames)}
    namespace |= {"touch": lambda: ran.append(None), "touch() or power": frames[0]}
    sentence = f"{SENTENCE} {name} had 31, and was 31."
    bound = options(sentence, quote=quote, **namespace)
    for kind, code in bound:
        edit = BoundWords(
            1, 0, 4, kind, "31 T", code, {}, Place(""), "'" if quote == '"' else '"'
        )  # fmt: skip
        assert edit.is_whole("31 TWh", 0)
        names = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)]
        assert "touch" not in {node.id for node in names}
        assert not quote or quote not in code
    assert not ran
    if name == "wind power":  # each frame has what is bound, so that the others could be
        mark = "'" if quote == '"' else '"'
        for code in ("frame_0[*wind power*][2024]", "frame_1.wind_power[*wind power*]"):
            assert any(code.replace("*", mark) in each for kind, each in bound if kind == "fact")
        assert any("frame_2" in code for _, code in bound)
        claims = {code for kind, code in bound if kind == "claim"}
        assert claims or quote


@pytest.mark.parametrize("name", HOSTILE)
def test_a_code_with_such_a_text_is_refused(name: str) -> None:
    assert not with_quotes(f"frame[{text_code(name)}]", '"', refused="'")


def test_a_name_of_the_run_that_is_no_name_of_python_is_not_used() -> None:
    frame = pd.DataFrame({"class": [1, 2], "ﬁsh": [3, 4]})
    named = named_in({"touch() or power": frame, "power": frame}, lambda label: True)
    assert set(named.frames) == {"power"}
    assert {column.code for column in named.columns} == {
        f"power[{text_code('class')}]", f"power[{text_code('ﬁsh')}]",
    }  # fmt: skip


def test_an_expression_that_ends_early_is_not_whole() -> None:
    edit = BoundWords(1, 0, 2, "fact", "31", "x` `{python} touch()", {}, Place(""))
    assert not edit.is_whole("31 TWh", 0)
    assert not BoundWords(1, 4, 6, "fact", "31", "x", {}, Place("")).is_whole("a ` 31` b", 0)
    assert inline.expressions("`{python} x`") == ["x"]


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("class", "class_table"), ("bs", "bs_table"), ("sum", "sum_table"), ("usd", "usd_table"),
        ("share", "share_table"), ("2024-power", "table_2024_power"), ("power", "power_table"),
        ("wind", "wind"), ('a"; touch()', "a___touch__"),
    ],
)  # fmt: skip
def test_a_variable_is_a_name_that_nothing_else_has(name: str, variable: str) -> None:
    assert variable_for(name, {"power"}) == variable
    assert variable_for("power", {"power", "power_table"}) == "power_table2"


def test_tables_are_loaded_directly_behind_the_import() -> None:
    cells = [
        ("raw", FRONT.rstrip()),
        ("code", "#| eval: false\nimport broadsheet as bs"),
        ("code", '"""\nimport broadsheet as bs\n"""'),
        ("code", "%time 1\nimport broadsheet as bs\nfig = 1\nfig"),
    ]
    notebook = json.dumps(
        {
            "cells": [{"cell_type": kind, "metadata": {}, "source": text} for kind, text in cells],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 4,
        }
    )  # fmt: skip
    source, added, _ = with_lines(BoundSource(PurePosixPath("a.ipynb"), notebook), ["x = 1"])
    assert not added
    assert [text for _, text in source.cells[:3]] == [text for _, text in cells[:3]]
    assert source.cells[3][1] == "%time 1\nimport broadsheet as bs\nx = 1\nfig = 1\nfig"


def test_a_block_that_is_shown_or_left_out_is_no_cell() -> None:
    shown = "````\n```{python}\nimport broadsheet as bs\n```\n````\n"
    left_out = "```{python}\n#| eval: false\nimport broadsheet as bs\n```\n"
    cell = "```{python}\nimport broadsheet as bs\nfig\n```\n"
    text = f"{FRONT}\n{shown}\n{left_out}\n{cell}"
    source, _, block = with_lines(BoundSource(PurePosixPath("a.qmd"), text), ["x = 1"])
    assert source.text == text.replace("bs\nfig", "bs\nx = 1\nfig")
    assert not block


@pytest.mark.parametrize(
    "unit", ["](", "[@a", "```\nx\n```\n", "a\n\n", "[a@a@a", "\u00a0\n", "[x]{claim=", "::: {.update}\n\n"]
)  # fmt: skip
def test_a_hostile_text_is_read_once(unit: str) -> None:
    text = unit * (150_000 // len(unit))
    assert len(list(stretches_in(text))) in (0, 1, text.count("a"))


def test_of_a_very_long_text_the_beginning_is_read() -> None:
    source = BoundSource(PurePosixPath("a.qmd"), f"{'word ' * 2_000}\n\n" * 30)
    assert source.is_too_long
    assert len(list(source.stretches())) == 19
    assert not BoundSource(PurePosixPath("a.qmd"), SENTENCE).is_too_long


def test_what_differs_is_found_by_words() -> None:
    was, now = "Wind gave 31 TWh, coal 11 TWh.", "Wind gave 32 TWh, coal 11 TWh."
    assert [was[start:end] for start, end in changed_spans(was, now)] == [" 31"]
    many = "a " * 20_000
    assert changed_spans(f"{many}b", f"{many}c") == [(len(many) - 1, len(many) + 1)]
    assert not changed_spans(many, many)
