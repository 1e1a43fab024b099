"""The words of the code: locals are nouns, docstrings name their subject, and each field of a class has
its own string.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from source_tree import code, shown

PARTS = sorted({shown(path).partition("/")[0] for path in code()})
"""The packages, and the modules beside them."""
NO_NOUNS = frozenset(
    {"asked", "found", "given", "known", "made", "one", "own", "such", "there", "wanted"}
)
"""Names that do not say what they hold. A comprehension is short enough for them."""
OPENINGS = re.compile(r"\s*(?:What|Whether|Those|How|Where)\b")
"""Words with which a docstring begins that does not name its subject."""
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def strings_of(body: list[ast.stmt]) -> Iterator[tuple[ast.stmt | None, ast.Constant]]:
    """Yield the strings that are statements, each with the statement above it."""
    for above, statement in zip([None, *body], body, strict=False):
        match statement:
            case ast.Expr(value=ast.Constant(value=str()) as text):
                yield above, text


def unclear_locals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the lines and names of variables outside of comprehensions that are not nouns. A field
    of a class is no local: `known` is the day on which a version was known.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, COMPREHENSIONS):
            continue
        if isinstance(tree, ast.ClassDef) and isinstance(node, ast.AnnAssign):
            continue
        name = None
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                pass
            case ast.ExceptHandler(name=name) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
                pass
        if name in NO_NOUNS:
            yield node.lineno, f"the local `{name}`"
        yield from unclear_locals(node)


def unclear_strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the docstrings, and the strings under names, that open without a subject."""
    for node in ast.walk(tree):
        for _, text in strings_of(getattr(node, "body", [])) if has_body(node) else ():
            if OPENINGS.match(text.value):
                yield text.lineno, f"the string `{text.value.strip()[:40]} …`"


def bare_fields(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the annotated fields of classes without a string below."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            described = [above for above, _ in strings_of(node.body)]
            for field in node.body:
                if isinstance(field, ast.AnnAssign) and field not in described:
                    yield field.lineno, f"the field `{node.name}.{ast.unparse(field.target)}`"


def has_body(node: ast.AST) -> bool:
    """True for modules, classes and functions."""
    return isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)


def unclear(code: str) -> list[tuple[int, str]]:
    """Return all that breaks a rule in ``code``, by line."""
    tree = ast.parse(code)
    return sorted([*unclear_locals(tree), *unclear_strings(tree), *bare_fields(tree)])


@pytest.mark.parametrize("part", PARTS)
def test_names_and_docstrings_are_plain(part: str) -> None:
    modules = [path for path in code() if shown(path).partition("/")[0] == part]
    assert [
        f"{shown(module)}, line {line}: {what}"
        for module in modules
        for line, what in unclear(module.read_text("utf-8"))
    ] == []


@pytest.mark.parametrize(
    "code",
    [
        "found = 1",
        "def f():\n    for one in ():\n        pass",
        "async def f():\n    if (own := g()):\n        pass",
        "def f():\n    with open('x') as given:\n        pass",
        "try:\n    pass\nexcept OSError as known:\n    pass",
        "match x:\n    case [*made]:\n        pass",
        "match x:\n    case {'a': int() as wanted}:\n        pass",
        "x = [(lambda: [y for y in (there := [1])])() for z in ()]\nasked, x = 1, 2",
        '"""What is in the file."""',
        'def f():\n    """Whether it is so."""',
        'class C:\n    """Those that count."""',
        'class C:\n    """A class."""\n\n    async def f(self):\n        """\n        How it goes."""',
        'A = 1\n"""Where it lies."""',
        'class C:\n    """A class."""\n\n    a: int\n    """The first."""\n    b: int = 1',
    ],
)
def test_each_breach_is_seen(code: str) -> None:
    assert len(unclear(code)) == 1


@pytest.mark.parametrize(
    "code",
    [
        "rows = [one for one in found if one.known]",
        "total = sum(one for one in (1, 2))",
        "def f(given):\n    return given",
        "print('What is it?')",
        'def f():\n    """Return whether it is so."""',
        'class C:\n    """A class."""\n\n    a: int\n    """The first."""\n\n    def b(self):\n        x: int = 1',
    ],
)
def test_plain_code_passes(code: str) -> None:
    assert unclear(code) == []
