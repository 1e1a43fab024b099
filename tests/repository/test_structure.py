"""How the source is laid out: which part may import which, in no circle, and no file too long to
be read.
"""

from __future__ import annotations

import ast
import inspect
import re

import pytest

from source_tree import PROGRAM, ROOT, code, shown

LONGEST = 801
"""Lines that a file may have, less one."""
MOST_MODULES = 25
"""Modules that a folder may have."""


def test_imports_go_one_way_and_in_no_circle(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The contracts are in pyproject.toml, under `tool.importlinter`."""
    from importlinter.application.use_cases import lint_imports
    from importlinter.configuration import configure

    monkeypatch.chdir(ROOT)
    configure()
    passed = lint_imports(config_filename="pyproject.toml", cache_dir=None)
    assert passed, capsys.readouterr().out


def test_no_file_is_too_long_to_be_read() -> None:
    lengths = {shown(path): len(path.read_text("utf-8").splitlines()) for path in code()}
    too_long = {name: length for name, length in lengths.items() if length >= LONGEST}
    assert too_long == {}


STARTED = {"Pandoc", "ChartRenderer", "local_executor", "open_executor"}
"""What outlives a page: the processes that run notebooks, those of Pandoc, the browser."""


def test_the_press_alone_starts_what_outlives_a_page() -> None:
    callers = {
        (shown(path), node.func.id)
        for path in PROGRAM.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in STARTED
    }
    own = {(path, name) for path, name in callers if path != "run/executors.py"}
    assert own == {("press/press.py", name) for name in STARTED - {"local_executor"}}


def test_no_folder_has_more_modules_than_are_seen_at_a_glance() -> None:
    sizes = {
        shown(folder): len([*folder.glob("*.py")]) for folder in {path.parent for path in code()}
    }
    assert {name: size for name, size in sizes.items() if size > MOST_MODULES} == {}


READ_AS_TEXT = {
    "data/csv_rows.py": (2, "says of the bytes of a download that they are a page, and no CSV"),
    "editor/prose.py": (2, "masks Markdown that is being written, and keeps each column"),
    "plotly_alive/layout/axis_titles.py": (
        1,
        "reads plotly's own marks in a template of hover texts",
    ),
    "plotly_alive/layout/pixels.py": (
        1,
        "finds pictures in drawings of plotly.js; it is SVG of ours",
    ),
    "plotly_alive/reading/number_words.py": (
        1,
        "reads plotly's own marks in a template of hover texts",
    ),
    "plotly_alive/reading/plotly_json.py": (2, "reads plotly's own marks in texts of charts"),
    "checks/audit/documents.py": (1, "reads Markdown as it is written, with tags in it"),
    "checks/audit/hidden_text.py": (2, "reads Markdown as it is written, with tags in it"),
    "checks/bind/document_texts.py": (1, "reads Markdown as it is written, with tags in it"),
    "markdown/saved_parts.py": (1, "reads what Python says of an object"),
    "plotly_alive/labels.py": (1, "reads plotly's own marks in texts of charts"),
    "project/sources/text_notebook.py": (2, "reads jupytext's comments in Markdown"),
    "run/job.py": (1, "reads Python's messages"),
    "storage/yaml_text.py": (2, "reads the messages of a parser of YAML"),
    "text/html_tree.py": (
        3,
        "takes out what ends libxml2's reading too soon, before it reads; finds its own marks",
    ),
    "text/url_schemes.py": (
        2,
        "guards finished files against addresses that browsers and parsers read otherwise",
    ),
    "verify/source_passages.py": (1, "marks tags in Markdown, at the columns of its author"),
}
"""Modules that look for tags by regular expressions: how many these are, and why. Everywhere else
HTML is a tree (`text/html_tree.py`).
"""
GROUP = re.compile(r"\(\?P?<(?:[=!]|[^>]*>)")
SET = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
TAG = re.compile(r"(?<!\{)<(?:\\?[/A-Za-z!]|\()|(?:\w|\))=\\?[\"']")
"""The beginning of a tag, or of an attribute's value."""


def tags_in_patterns(source: str) -> list[str]:
    """The regular expressions in a module that look for tags or attributes."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    patterns = [
        "".join(
            one.value if isinstance(one.value, str) else one.value.decode("latin-1")
            for one in ast.walk(call.args[0])
            if isinstance(one, ast.Constant) and isinstance(one.value, str | bytes)
        )
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "re"
        and call.args
    ]
    return [one for one in patterns if TAG.search(SET.sub("x", GROUP.sub("(", one)))]


def test_no_regular_expression_reads_html() -> None:
    patterns = {
        shown(path): tags for path in code() if (tags := tags_in_patterns(path.read_text("utf-8")))
    }
    counts = {name: len(tags) for name, tags in patterns.items()}
    assert counts == {name: count for name, (count, _) in READ_AS_TEXT.items()}, patterns


@pytest.mark.parametrize(
    ("call", "is_found"),
    [
        ('re.compile(r"<table\\b[^>]*>.*?</table>")', True),
        ('re.sub(r"<[^>]*>", "", html)', True),
        ('re.finditer(rf"{start}</(?:p|li)", html)', True),
        ('re.compile(r"<!--.*?-->")', True),
        ('re.compile(rb"<meta name=x")', True),
        ("re.compile(r'viewBox=\"0 0 (\\d+)\"')", True),
        ('re.search(r"(?:src|href)=\\"x", html)', True),
        ('re.compile(r"name=[\\"\']?(?P<fact>x)")', False),
        ('re.compile(r"(?P<name>a)(?<=b)(?<!c)[<>]")', False),
        ('re.compile(r"\\{\\{<(?P<call>.*?)>\\}\\}")', False),
    ],
)
def test_a_pattern_over_tags_is_seen(call: str, is_found: bool) -> None:
    assert bool(tags_in_patterns(call)) == is_found


NOT_IN_RESULTS = {"quotation_marks", "url_schemes"}
"""Modules of `text/` that write in messages alone, or refuse."""


def test_a_change_of_what_writes_results_of_runs_makes_them_run_again() -> None:
    from broadsheet.run import library_versions

    imported = {
        match[1]
        for room in ("notebook", "data")
        for path in (PROGRAM / room).rglob("*.py")
        for match in re.finditer(
            r"from broadsheet\.text(?:\.(\w+)| import)", path.read_text("utf-8")
        )
        if match[1]
    }
    code = inspect.getsource(library_versions)
    assert {name for name in imported - NOT_IN_RESULTS if f'/{name}.py"' not in code} == set()
