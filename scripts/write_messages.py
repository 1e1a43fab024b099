"""Writes `docs/errors.md`: each message that the program's code has, under its code.

The messages are read from the syntax trees of `src/broadsheet` and of `plotly_alive`, and of the filters
in Lua: calls of `Notice`, of the errors in `errors.py`, of `FigureError`, of `page:fault`,
`page:notice` and `page:unresolved`. `…` stands for what differs from one case to the next. A message
that is put together elsewhere is left out. `tests/repository/test_docs.py` fails if the page is not
what this script writes.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from broadsheet import errors
from broadsheet.errors import BroadsheetError

ROOT = Path(__file__).parents[1]
PROGRAM = ROOT / "src/broadsheet"
CHARTS = ROOT / "packages/plotly-alive/src/plotly_alive"
PAGE = ROOT / "docs/errors.md"
HEAD = """\
# Messages

Each message says where something is, what is wrong, and what to do. It also has a short code, which stays the same when
its words change: [reports for programs](json.md) have it as `kind`; `--format sarif`, `--format github` and
[editors](editors.md) show it. Here are the codes, and the messages of each. `…` stands for what differs from one case
to the next.

`scripts/write_messages.py` makes this page from the code.
"""
CLASSES = {
    name.removesuffix("Error").lower(): one
    for name, one in inspect.getmembers(errors, inspect.isclass)
    if issubclass(one, BroadsheetError) and one is not BroadsheetError
}
ARGUMENTS = ("where", "what", "mend", "detail", "topic")
FEWEST = 3
"""How many words of its own a message has at least."""
_IN_LUA = re.compile(
    r"(?:page[:.](?:fault|notice|unresolved)|M\.unresolved|report)\((?:page, )?"
    r"(?P<call>(?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)"
)
_NESTED = re.compile(r"'(?:[^'\\]|\\.)*'|\([^()]*\)")
_LUA_TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'")

Message = tuple[str, str]


def page() -> str:
    """The text of the page."""
    found: dict[str, set[Message]] = defaultdict(set)
    for path in (*sorted(PROGRAM.rglob("*.py")), *sorted(CHARTS.rglob("*.py"))):
        for code, message in in_python(ast.parse(path.read_text("utf-8"))):
            found[code].add(message)
    for path in sorted(PROGRAM.rglob("*.lua")):
        for code, message in in_lua(path.read_text("utf-8")):
            found[code].add(message)
    parts = [HEAD]
    for code in sorted(found):
        parts.append(f"## {code}\n")
        if code in CLASSES:
            parts.append(CLASSES[code].description() + "\n")
        parts.append("".join(map(item, sorted(found[code], key=lambda one: (one[0].lower(), one)))))
    return "\n".join(parts)


def item(message: Message) -> str:
    """A message as an entry of a list."""
    what, mend = map(escaped, message)
    return f"- {what}\n" + (f"  → {mend}\n" if mend else "")


def escaped(text: str) -> str:
    """A message's text on one line of Markdown, with nothing in it that is more than text."""
    text = text.replace("{{<", "{{{<").replace(
        ">}}", ">}}}"
    )  # to show a shortcode, as Quarto has it
    text = re.sub(r"…+(?=\w)", "… ", re.sub("…+", "…", " ".join(text.split())))
    pieces = re.split(r"(`[^`]*`)", text)
    pieces[::2] = [re.sub(r"([\\*_<>\[\]])", r"\\\1", piece) for piece in pieces[::2]]
    return "".join(pieces)


def in_python(tree: ast.Module) -> Iterator[tuple[str, Message]]:
    """The messages of a module, each with its code."""
    names = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        code = node.func.id.removesuffix("Error").lower()
        arguments: tuple[str, ...] = ARGUMENTS
        if node.func.id == "FigureError":  # a page's own error has its words
            code, arguments = "assembly", ARGUMENTS[1:]
        if code != "notice" and code not in CLASSES:
            continue
        given = dict(zip(arguments, node.args, strict=False))
        given |= {one.arg: one.value for one in node.keywords if one.arg}
        given = {"what": ast.Constant(""), "mend": ast.Constant(""), **given}
        what, mend = (template(given[name], names) for name in ("what", "mend"))
        if len(re.findall(r"\w{2,}", what)) >= FEWEST:
            for topic in topics(given.get("topic"), code, names):
                yield topic, (what, "" if mend == "…" else mend)


def topics(node: ast.expr | None, code: str, names: Mapping[str, ast.expr]) -> list[str]:
    """The topics that a message may have; its class's ``code`` if it has none."""
    match node:
        case None:
            return [code]
        case ast.IfExp(body=body, orelse=orelse):
            return [*topics(body, code, names), *topics(orelse, code, names)]
        case ast.Name(id=name) if isinstance(getattr(errors, name, None), str):
            return [str(getattr(errors, name))]
        case ast.Name(id=name) if name in names:
            return topics(names[name], code, {})
        case ast.Constant(value=str(text)):
            return [text]
    return []


def template(node: ast.expr, names: Mapping[str, ast.expr]) -> str:
    """The text of an expression, with `…` for each part that is computed."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(template(one, names) for one in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return template(left, names) + template(right, names)
        case ast.FormattedValue(value=ast.Name(id=name)) | ast.Name(id=name) if name in names:
            return template(names[name], {})
    return "…"


def in_lua(text: str) -> Iterator[tuple[str, Message]]:
    """The messages of a filter, each with its code: the last of five arguments."""
    for found in _IN_LUA.finditer(text):
        texts = [one.replace("\\'", "'") for one in _LUA_TEXT.findall(found["call"])]
        texts = [re.sub(r"%[sd]", "…", one).replace("\\\\", "\\") for one in texts]
        if texts and len(re.findall(r"\w{2,}", texts[0])) >= FEWEST:
            commas = _NESTED.sub("", _NESTED.sub("", found["call"])).count(",")
            mend = next((one for one in texts[1:] if one.endswith(".")), "")
            yield texts[-1] if commas == 4 else "markdown", (texts[0], mend)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
