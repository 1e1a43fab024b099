"""What IPython makes of the text of a cell is made once for all editions, and anew where a cell has changed
how cells are read.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from warm_cells import Cell
from warm_runs import Ran, reported

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")

HEARS = """\
import os, sys
compiled = []
def hear(event, arguments):
    if event == 'compile' and arguments[0] and 'a mark' in str(arguments[0]):
        compiled.append(os.getpid())
sys.addaudithook(hear)
"""
CHANGES: dict[str, list[Cell]] = {
    "a transformer of trees": [
        "import ast\n"
        "class Twice(ast.NodeTransformer):\n"
        "    def visit_Constant(self, node):\n"
        "        return ast.Constant(node.value * 2) if type(node.value) is int else node\n"
        "get_ipython().ast_transformers.append(Twice())",
        "n + 20",
        "get_ipython().ast_transformers.clear()",
        "n + 20",
    ],
    "a transformer of lines": [
        "shell, count = get_ipython(), 0\n"
        "def counted(lines):\n"
        "    global count\n"
        "    count += 1\n"
        "    return [line.replace('TOTAL', str(n)) for line in lines]\n"
        "shell.input_transformers_cleanup.append(counted)",
        "TOTAL + 1, count",
        "shell.input_transformers_cleanup.remove(counted)",
        "'TOTAL + 1', count",
    ],
    "a feature to come": [
        "from __future__ import annotations",
        "def typed(value: Missing): pass\ntyped.__annotations__",
    ],
    "what is shown of a cell": [
        "get_ipython().ast_node_interactivity = 'last_expr_or_assign'",
        "shown = n + 1",
        "get_ipython().ast_node_interactivity = 'all'",
        "n\nn + 1",
    ],
    "a semicolon": [
        "n + 1;",
        "n + 2; ';'",
        "n + 3  # ;",
        "n + 4;  # last",
        "('a;'\n 'b');",
        "n;\nn",
    ],
    "the same text again": ["n + 1", "n + 1", "(lambda: n)()", "(lambda: n)()"],
    "where a function is": [
        "def place():\n    return [part.co_filename for part in (place.__code__, *place.__code__.co_consts)\n"
        "            if hasattr(part, 'co_filename')]\nimport os\n"
        "[name.split('/')[-2] == f'ipykernel_{os.getpid()}' for name in place()]",
        "import inspect\nprint(inspect.getsource(place))",
    ],
    "an error in what was compiled": [
        "def fails():\n    return [1 / 0 for _ in range(n)]",
        "fails()",
    ],
}


def test_the_code_of_a_cell_is_compiled_once_for_editions(tmp_path: Path) -> None:
    cells: list[Cell] = [
        HEARS,
        ("n = 0", "parameters"),
        "text = 'a mark'",
        "print(compiled.count(os.getpid()))",
    ]
    counts = [Ran(tmp_path, cells, parameters={"n": number}).text() for number in (1, 2, 3)]
    assert int(counts[0]) > 0
    assert counts[2] == "0\n"


def test_whether_a_cell_ends_in_a_semicolon_is_computed_once_for_editions(tmp_path: Path) -> None:
    counted = (
        "import tokenize\ncalls, split = [], tokenize.generate_tokens\n"
        "def count(*given):\n    calls.append(1)\n    return split(*given)\n"
        "tokenize.generate_tokens = count"
    )
    cells: list[Cell] = [("n = 0", "parameters"), counted, "'a; b'", "print('', len(calls))"]
    counts = [Ran(tmp_path, cells, parameters={"n": number}).text() for number in (1, 2, 3)]
    assert [counts[run].split()[-1] for run in (0, 2)] == ["1", "0"]


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_how_cells_are_read_is_in_force(change: str, tmp_path: Path) -> None:
    cells: list[Cell] = [("n = 0", "parameters"), *CHANGES[change]]
    stock = reported(Ran(tmp_path / "stock", cells, None, parameters={"n": 1}))
    for _ in range(3):
        assert reported(Ran(tmp_path / "warm", cells, parameters={"n": 1})) == stock


def test_each_edition_shows_what_its_compiler_warns_of(tmp_path: Path) -> None:
    cells: list[Cell] = [("n = 0", "parameters"), "n is 1"]
    for _ in range(3):
        text = Ran(tmp_path, cells, parameters={"n": 1}).text()
        assert text.count("SyntaxWarning") == 1
