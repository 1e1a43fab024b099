"""Completions at a place of an edited file, and the description of a word there (a hover)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from broadsheet.data.descriptor import Resource
from broadsheet.editor.claims import ClaimHere, claims_of
from broadsheet.editor.code import TableCall, with_selections
from broadsheet.editor.edited_file import EditedFile
from broadsheet.editor.evidence import described, facts_of
from broadsheet.editor.keys import Key, keys_at, path_at
from broadsheet.editor.references import labels_in
from broadsheet.editor.workspace import Workspace, if_sound, is_configuration
from broadsheet.errors import Place
from broadsheet.markdown.markdown_text import ACTED_ON
from broadsheet.notebook.claims.conditions import VOCABULARY
from broadsheet.project.project import FOLDER_METADATA
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.code_fences import fences
from broadsheet.project.sources.source import Source
from broadsheet.project.sources.text_notebook import SCRIPT, kind_of

_KEY = re.compile(r"^[ ]*(?:- +)*(?P<word>[\w-]*)$")
_VALUE = re.compile(r"^[ ]*(?:- +)*(?P<key>[\w-]+)[ ]*:[ ]+(?P<word>[\w-]*)$")
_TABLE = re.compile(r"\btable\([\"'](?P<word>[\w-]*)$")
_COLUMN = re.compile(r"[\[(,=][ ]*[\"'](?P<word>[^\"'\[\]()]*)$")
_ATTRIBUTE = re.compile(r"(?<![\w.])(?P<name>\w+)\.(?P<word>\w*)$")
_ITEM = re.compile(r"(?<![\w.])(?P<name>\w+)\[[ ]*[\"'](?P<word>[^\"'\[\]()]*)$")
_OPTION = re.compile(r"^#[ ]?\|[ ]*(?P<word>[\w-]*)$")
_REFERENCE = re.compile(r"(?<![\w\\])@\{?(?P<word>[\w:.-]*)$")
_ARTICLE = re.compile(r"\]\(article:(?P<word>[\w-]*)$")
_EXPRESSION = re.compile(r"`\{python\}[ ](?P<code>[^`]*)$")
_CONDITION = re.compile(
    r"\]\{(?:[^{}]*[ ])?(?:claim|by|if)=(?P<quote>[\"'])(?P<code>(?:(?!(?P=quote)).)*)$"
)
_NAME = re.compile(r"(?<![\w.\"'])(?P<word>\w+)$")
_WORD = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Completion:
    """A text that may replace what is typed."""

    text: str
    """The text."""
    start: int
    """The column from which on it replaces the line."""
    detail: str = ""
    """Its kind, in a word or two."""
    doc: str = ""
    """Its description, in Markdown."""


def complete(
    edited: EditedFile, workspace: Workspace, place: Place, column: int
) -> list[Completion]:
    """Return the completions before the ``column`` of the line at a place."""
    with workspace.at_work():
        return _completed(edited, workspace, place, column)


def _completed(
    edited: EditedFile, workspace: Workspace, place: Place, column: int
) -> list[Completion]:
    before = edited.line(place)[:column]
    kind = kind_at(edited, place)
    is_source = if_sound(partial(workspace.is_source, edited.path, edited.text))
    source = _source(edited, workspace) if is_source or kind != "yaml" else None
    if code := _code_of(before, kind) if is_source or kind != "yaml" else None:
        calls, start = calls_in(edited, source), code.start("code")
        offered = _of_expression(calls, workspace.tables, before[start:])
        return [replace(each, start=each.start + start) for each in offered]
    if kind == "yaml":
        return list(_of_yaml(edited, place, before))
    if kind == "code":
        return list(_of_code(edited, source, workspace, before))
    return list(_of_prose(edited, source, workspace, before))


def _code_of(before: str, kind: str) -> re.Match[str] | None:
    """Return the inline expression, or the condition of words, that a line ends in; None if it ends
    in none. A cell of code has them in its options.
    """
    if kind == "code" and not re.match(r"#[ ]?\|", before):
        return None
    return _EXPRESSION.search(before) or _CONDITION.search(before)


def describe(edited: EditedFile, workspace: Workspace, place: Place, column: int) -> str:
    """Return the description of the word at a column, as Markdown; empty without one."""
    with workspace.at_work():
        return _described(edited, workspace, place, column)


def _described(edited: EditedFile, workspace: Workspace, place: Place, column: int) -> str:
    line, kind = edited.line(place), kind_at(edited, place)
    word = next(
        (match for match in _WORD.finditer(line) if match.start() <= column <= match.end()), None
    )
    if kind == "yaml":
        key = _keys(edited, place).get(word[0]) if word else None
        return _of_key(key) if key and word and line[word.end() :].lstrip().startswith(":") else ""
    for match in inline.matches(line):
        if match["code"] and match.start() <= column < match.end():
            return _of_value(edited, workspace, match["code"].strip())
    if kind == "prose" and (claim := claim_at(edited, workspace, place, column)):
        return f"{claim.description()}\n\n*in {workspace.run}*"
    if word is None:
        return ""
    if kind == "code" and (table := workspace.tables.get(word[0])):
        return _of_table(table)
    if line[: word.start()].endswith("@"):
        targets = dict(_targets(edited, _source(edited, workspace), workspace))
        return targets.get(word[0], "")
    return ""


def _of_value(edited: EditedFile, workspace: Workspace, code: str) -> str:
    """Return the value of an expression in the last run, and what it rests on."""
    value = workspace.values(edited.path).get(code)
    if value is None:
        return ""
    facts = facts_of(workspace, edited.path, code)
    evidence = [described(workspace, fact) for fact in facts]
    return "\n\n".join([value, *evidence, f"*in {workspace.run}*"])


def claim_at(
    edited: EditedFile, workspace: Workspace, place: Place, column: int
) -> ClaimHere | None:
    """Return the claim whose words are at a column; the innermost if there are several."""
    source = _source(edited, workspace)
    if source is None:
        return None
    editions = if_sound(lambda: workspace.editions(source)[0]) or ()
    markdown = [(at, text) for kind, at, text in edited.texts(source) if kind == "markdown"]
    here = [
        claim
        for edition in editions[:1]
        for claim in claims_of(edited, markdown, edition.settings.lang, workspace)
        if (claim.place.cell, claim.place.line) == (place.cell, place.line)
        and claim.start <= column <= claim.end
    ]
    return min(here, key=lambda claim: claim.end - claim.start, default=None)


def kind_at(edited: EditedFile, place: Place) -> str:
    """Return the kind of a line: `yaml`, `code` or `prose`."""
    if is_configuration(edited.path.name) or edited.path.name == FOLDER_METADATA:
        return "yaml"
    if edited.path.suffix == ".ipynb":
        cell = edited.cells[(place.cell or 1) - 1]
        if cell.kind == "code":
            return "code"
        return "yaml" if _in_front_matter(cell.text, place.line or 1) else "prose"
    if edited.path.suffix == SCRIPT:
        kind, first = kind_of(edited.text, place.line or 1)
        above = edited.lines()[first - 1 : place.line]
        begins = next((n for n, line in enumerate(above) if line.rstrip() == "---"), 0)
        front, number = "\n".join(above[begins:]), len(above) - begins
        return "yaml" if kind == "prose" and _in_front_matter(front, number) else kind
    if _in_front_matter(edited.text, place.line or 1):
        return "yaml"
    at = (place.line or 1) - 1
    blocks = (
        fence for fence in fences(edited.text.split("\n")) if fence.opens <= at < fence.closes
    )
    is_python = any(fence.info.removeprefix("{").startswith("python") for fence in blocks)
    return "code" if is_python else "prose"


def _in_front_matter(text: str, line: int) -> bool:
    lines = text.split("\n")
    if not lines or lines[0].rstrip() != "---":
        return False
    end = next((n for n, rest in enumerate(lines[1:], 2) if rest.rstrip() in ("---", "...")), None)
    return line > 1 and (end is None or line < end)


def _source(edited: EditedFile, workspace: Workspace) -> Source | None:
    """Return the edited file as a source; None while it cannot be read."""
    return if_sound(partial(edited.source, workspace.root))


# Keys


def _keys(edited: EditedFile, place: Place) -> dict[str, Key]:
    lines, number = edited.lines(place.cell), (place.line or 1) - 1
    path = path_at(lines, number) if number < len(lines) else []
    return keys_at(path, of_project=is_configuration(edited.path.name))


def _of_yaml(edited: EditedFile, place: Place, before: str) -> Iterator[Completion]:
    keys = _keys(edited, place)
    if match := _KEY.match(before):
        for key in keys.values():
            yield Completion(f"{key.name}: ", match.start("word"), "key", _of_key(key))
    elif (match := _VALUE.match(before)) and (entry := keys.get(match["key"])):
        for value in entry.values:
            yield Completion(value, match.start("word"), entry.name)


def _of_key(key: Key) -> str:
    values = f"One of: {', '.join(f'`{value}`' for value in key.values)}." if key.values else ""
    return "\n\n".join(filter(None, (key.doc, values)))


# Code


def _of_code(
    edited: EditedFile, source: Source | None, workspace: Workspace, before: str
) -> Iterator[Completion]:
    if match := _OPTION.match(before):
        yield from (
            Completion(f"{option}: ", match.start("word"), "option") for option in sorted(ACTED_ON)
        )
    elif match := _TABLE.search(before):
        for table in workspace.tables.values():
            yield Completion(table.name, match.start("word"), "table", _of_table(table))
    else:
        yield from _columns(calls_in(edited, source), workspace.tables, before)


def calls_in(edited: EditedFile, source: Source | None) -> list[TableCall]:
    """Return the tables that the edited file reads. While a line is not finished, its cell is not
    Python, so the lines are looked at one by one, too.
    """
    text = edited.text or "\n".join(cell.text for cell in edited.cells if cell.kind == "code")
    lines = [line.strip() for line in text.split("\n") if "=" in line or ".table(" in line]
    cells = [cell.source for cell in source.cells()] if source else []
    return with_selections((Place(""), code) for code in (*lines, *cells))


def _columns(
    calls: list[TableCall], tables: Mapping[str, Resource], before: str
) -> Iterator[Completion]:
    """Yield the columns of the tables that are read; after a variable's dot or bracket only those
    of its table.
    """
    of_variable = _ATTRIBUTE.search(before) or _ITEM.search(before)
    match = of_variable or _COLUMN.search(before)
    if match is None:
        return
    is_attribute = match.re is _ATTRIBUTE
    here = [call for call in calls if of_variable and call.variable == of_variable["name"]]
    fields = [
        (field, table)
        for call in here or ([] if is_attribute else calls)
        if (table := tables.get(call.name))
        for field in table.table_schema.fields
        if not (here and field.name == call.index)
    ]
    seen: set[str] = set()
    for field, table in fields:
        if field.name not in seen and (not is_attribute or field.name.isidentifier()):
            seen.add(field.name)
            unit = f", {field.unit}" if field.unit else ""
            yield Completion(
                field.name,
                match.start("word"),
                f"{field.type}{unit}",
                f"{field.title} ({table.title})",
            )


def _of_table(table: Resource) -> str:
    columns = "\n".join(
        f"- `{field.name}`: {field.title}{f', {field.unit}' if field.unit else ''}"
        for field in table.table_schema.fields
    )
    return f"**{table.title}**\n\n{table.description or ''}\n\n{columns}"


# Prose


def _of_expression(
    calls: list[TableCall], tables: Mapping[str, Resource], before: str
) -> Iterator[Completion]:
    yield from _columns(calls, tables, before)
    if match := _NAME.search(before):
        names = dict.fromkeys(call.variable for call in calls if call.variable)
        for name in (*names, *VOCABULARY):
            doc = (getattr(VOCABULARY.get(name), "__doc__", None) or "").strip()
            yield Completion(
                name, match.start("word"), "table" if name in names else "function", doc
            )


def _of_prose(
    edited: EditedFile, source: Source | None, workspace: Workspace, before: str
) -> Iterator[Completion]:
    if match := _ARTICLE.search(before):
        yield from (
            Completion(slug, match.start("word"), "article") for slug in sorted(workspace.slugs)
        )
    elif match := _REFERENCE.search(before):
        for key, doc in _targets(edited, source, workspace):
            yield Completion(key, match.start("word"), "reference", doc)


def _targets(
    edited: EditedFile, source: Source | None, workspace: Workspace
) -> Iterator[tuple[str, str]]:
    """Yield the words that may follow an @: labels with their captions, keys of documents with
    their titles.
    """
    if source is None:
        return
    prose = [text for kind, _, text in edited.texts(source) if kind == "markdown"]
    included = [workspace.text(name) for name in source.includes]
    yield from labels_in(source, [*included, *prose]).items()
    if editions := if_sound(partial(workspace.editions, source)):
        settings = editions[0][0].settings
        yield from workspace.citations(tuple(settings.bibliography)).items()
