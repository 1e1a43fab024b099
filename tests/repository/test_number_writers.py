"""`text/numbers.py` alone rounds and writes numbers for readers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from source_tree import code, shown

PLACE = "plotly_alive/text/numbers.py"

FOR_AUTHORS = (
    *("checks/", "cli/", "data/", "editor/", "preview/", "processes/", "project/"),
    *("papermill_warm/", "publish/", "run/", "storage/", "verify/", "errors.py"),
)
"""Messages to authors are in English, with numbers in Python's format."""
MESSAGES = {
    "plotly_alive/drawing/drawing_page.py",
    "plotly_alive/reading/plotly_json.py",
    "figures/table/table_making.py",
    "markdown/outputs.py",
    "markdown/pandoc.py",
    "newsletter/email_message.py",
    "notebook/charts/chart_parts.py",
    "notebook/claims/claim.py",
    "notebook/session/inline_results.py",
    "notebook/values/values.py",
    "site/article/before_after.py",
    "site/article/photos.py",
    "site/formats/pagefind.py",
    "text/template_sandbox.py",
}
"""The same, in modules that also make what readers see."""
EXCEPTIONS = {
    "figures/drawing/chart_export.py": "places in a drawing",
    "plotly_alive/drawing/miniature.py": "places in a drawing",
    "plotly_alive/drawing/miniature_parts.py": "places in a drawing",
    "plotly_alive/drawing/svg.py": "places in a drawing",
    "plotly_alive/drawing/text_around.py": "places in a drawing",
    "figures/drawing/diagrams.py": "pixels",
    "site/article/about_box.py": "a width, for an attribute",
    "figures/table/credits.py": "digits by which figures are found again",
    "plotly_alive/chart_events.py": "the year at a place of an axis",
    "notebook/charts/map_classes.py": "a round number, as a number",
    "notebook/session/dataframes.py": "a number that is too large for a computer's, as text",
    "notebook/values/fact.py": "a number for JSON",
    "quarto/bodies.py": "a part of a class",
    "site/formats/social_cards.py": "places in a drawing",
    "site/index/edition_map.py": "places in a drawing",
    "site/theme/brand_style.py": "digits of a colour",
    "templates/chart-export.svg.jinja": "places in a drawing",
    "templates/table.html.jinja": "lengths of bars",
    "plotly_alive/text/language.py": "the marks of a language, for that place",
    "theme/before-after.js": "a percentage of a slider, from 0 to 100",
    "plotly_alive/alive/alive.js": "pixels",
    "theme/editions.js": "the browser's side, which a test holds against the same styles; pixels",
    "theme/figures.js": "digits of a colour",
    "theme/tables.js": "counts, with the mark of the language that the page gives",
    "plotly_alive/drawing/marks.js": "pixels",
}
"""What else has numbers as text, and why it is none that readers read."""

_SPEC = re.compile(r"[^{}]*?(?:[,_]|[,+]?(?:\.\d+)?[eEfFgG%]|\+d?)")
_BABEL = re.compile(
    r"format_(?:decimal|percent|currency|scientific|compact_\w+)|get_\w+_symbol|parse_pattern"
)
_ROUNDS = {"quantize", "nextafter", "to_integral_value"}
_IN_TEMPLATES = re.compile(r"""["'][^"']*%[.\d]*[dfge][^"']*["']|\{:[^}]*\}|\|\s*round\b""")
_IN_SCRIPTS = re.compile(
    r"toLocaleString|NumberFormat|toFixed|toPrecision|toExponential|Math\.round"
)


@pytest.mark.parametrize("kind", ["py", "jinja", "js"])
def test_nobody_else_rounds_or_writes_numbers_for_readers(kind: str) -> None:
    writers = {
        shown(path): lines
        for path in code(kind)
        if (lines := [*_READ[kind](path.read_text("utf-8"))])
    }
    others = {
        name: lines
        for name, lines in writers.items()
        if name != PLACE and not name.startswith(FOR_AUTHORS)
    }
    allowed = {name for name in MESSAGES | EXCEPTIONS.keys() if name.endswith(f".{kind}")}
    assert {name: lines for name, lines in others.items() if name not in allowed} == {}
    assert allowed <= others.keys(), "an exception that is none any more"


@pytest.mark.parametrize(
    "code",
    [
        'f"{value:,.1f}"',
        'f"{value:.{decimals}f}"',
        'f"{len(rows):,}"',
        'f"{share:.0%}"',
        'f"{value:+}"',
        'f"about {round(value)} rows"',
        "str(round(value, 2))",
        'format(value, ",.2f")',
        '"{:,}".format(value)',
        '"%.1f" % value',
        "numbers.format_decimal(value)",
        "value.quantize(step)",
        "math.nextafter(value, 9)",
    ],
)
def test_it_is_seen_how_numbers_are_written(code: str) -> None:
    assert [*_of_python(code)]


@pytest.mark.parametrize(
    "code", ['f"{name:>8}"', 'f"{when:%H:%M}"', "round(x) + 2", 'f"{at:02d}"', '"100 % of"']
)
def test_what_is_no_number_for_readers_is_not_taken_for_one(code: str) -> None:
    assert not [*_of_python(code)]


def _of_python(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if _writes(node):
            yield f"line {node.lineno}: {ast.unparse(node)}"  # type: ignore[attr-defined]


def _writes(node: ast.AST) -> bool:
    """Whether a node rounds a number or makes it a text."""
    match node:
        case ast.FormattedValue(value=value, format_spec=spec):
            parts = spec.values if isinstance(spec, ast.JoinedStr) else []
            texts = [str(one.value) if isinstance(one, ast.Constant) else "0" for one in parts]
            return bool(parts and _SPEC.fullmatch("".join(texts))) or _is_rounded(value)
        case ast.Attribute(attr=name):
            return name in _ROUNDS or bool(_BABEL.fullmatch(name))
        case ast.Call(func=ast.Name(id="str"), args=[value]):
            return _is_rounded(value)
        case ast.Call(func=ast.Name(id="format"), args=[_, ast.Constant(value=str(spec))]):
            return bool(_SPEC.fullmatch(spec))
        case ast.Call(func=ast.Attribute(attr="format", value=ast.Constant(value=str(text)))):
            return any(map(_SPEC.fullmatch, re.findall(r"\{\w*:([^{}]*)\}", text)))
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str(text))):
            return bool(re.search(r"%(?:\(\w+\))?[,+.\d]*[efg]", text))
    return False


def _is_rounded(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "round"


def _lines(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if match := pattern.search(line):
            yield f"line {number}: {match[0]}"


_READ = {
    "py": _of_python,
    "jinja": lambda text: _lines(_IN_TEMPLATES, text),
    "js": lambda text: _lines(_IN_SCRIPTS, text),
}
