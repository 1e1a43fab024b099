"""What of Quarto's Markdown JupyterLab's extension marks in a cell: the same as a build reads in it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from broadsheet.project.sources import inline_expressions as inline

SOURCES = Path(__file__).parents[2] / "editors/jupyterlab"
ESBUILD = SOURCES / "node_modules/.bin/esbuild"
pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not ESBUILD.exists(),
    reason="needs node and esbuild (scripts/set_up.py --for-tests)",
)
READ = """
import { readFileSync } from "node:fs";
import { marked, marksOf } from "./marks.mjs";
const texts = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => {
  const marks = marksOf(text);
  return { marks: marks.map((mark) => ({ ...mark, text: text.slice(mark.from, Math.min(mark.to, mark.from + 99)) })), signs: marked(text, marks, []).text };
})));
"""
Reader = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """The marks of texts, and each text with signs."""
    folder = tmp_path_factory.mktemp("marks")
    bundled = [str(ESBUILD), "src/marks.ts", "--bundle", "--format=esm"]
    subprocess.run([*bundled, f"--outfile={folder}/marks.mjs"], cwd=SOURCES, check=True)
    (folder / "read.mjs").write_text(READ)

    def read(*texts: str) -> list[dict[str, Any]]:
        command = ["node", str(folder / "read.mjs")]
        done = subprocess.run(
            command, input=json.dumps(texts), capture_output=True, check=True, text=True, timeout=60
        )
        answer: list[dict[str, Any]] = json.loads(done.stdout)
        return answer

    return read


def kinds(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """The kind and the text of each mark."""
    return [(mark["kind"], mark["text"]) for mark in answer["marks"]]


def test_names_may_have_any_letters(read: Reader) -> None:
    texts = ("See @müller2020.", "café@example.org", "## Größe {#größe}", "::: größe", "[@ćosić]")
    assert [kinds(answer) for answer in read(*texts)] == [
        [("citation", "@müller2020")],
        [],
        [("attributes", " {#größe}")],
        [("div", "::: größe")],
        [("citation", "[@ćosić]")],
    ]


@pytest.mark.parametrize(
    "text",
    [
        '[rose|fell]{by="x"} and `{python} x`',
        '[it [slowly]{.smallcaps} rose|fell [fast](x.html)]{by="x"}',
        "[by `{python} a[0]`|not]{if='a'}",
        '[a [b [c]{.x}]{.y}|d]{by="x"}',
        "[more]{.x claim=\"a > b\"} [less]{claim='a[0] < 1'}",
        "`` `{python} x` `` `{python} y` \\`{python} z`",
    ],
)
def test_expressions_are_those_of_a_build(read: Reader, text: str) -> None:
    (answer,) = read(text)
    found = [
        mark["expression"]
        for mark in answer["marks"]
        if mark["kind"] in ("value", "choice", "claim")
    ]
    assert found == inline.expressions(text)


def test_a_text_has_no_signs_of_its_own(read: Reader) -> None:
    first, forged = read("@x", "\ue0000\ue001 @x \ue000/0\ue001")
    assert forged["signs"].count("\ue000") == 1
    (again,) = read("@x")
    assert again["signs"] != first["signs"], "another page has other signs"


@pytest.mark.parametrize(
    "text",
    [
        "{{<" * 100_000,
        "{{< x " * 50_000,
        "# a" + " " * 100_000 + "x",
        "[ @a" * 50_000,
        "[ " + "@a " * 50_000,
        "@a " * 50_000,
        "`{python} a` " * 20_000,
        "[a]{.b} " * 20_000,
        '[a|b]{by="x"} ' * 10_000,
        "[" * 100_000 + "]{.a}" * 20_000,
        "::: a\n" * 20_000,
        ":" * 100_000 + "x",
        "$a " * 50_000,
    ],
    ids=lambda text: text[:12],
)
def test_the_work_grows_with_the_text_alone(read: Reader, text: str) -> None:
    (answer,) = read(text)  # the program is ended after a minute; the square of this takes longer
    assert answer["signs"]
