"""`broadsheet facts migrate`: facts and claims of the old spelling
(:mod:`broadsheet.verify.old_spelling`) leave their cells, and stand in the prose as expressions.

One is moved if a statement of its own makes it and the prose alone uses it. The article is run before
and after: what would make an edition read otherwise, or fail, stays as it is, and so does all else
that uses it.
"""

from __future__ import annotations

import ast
import json
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from broadsheet import inline, store
from broadsheet.errors import DEPRECATED, BroadsheetError, ConfigError, Notice
from broadsheet.files import read_text
from broadsheet.markdown.markdown_text import document_of
from broadsheet.markdown.pandoc import Pandoc
from broadsheet.markdown.preparation import prepare
from broadsheet.project.edition import editions_of
from broadsheet.project.project import Project
from broadsheet.project.reading import open_publication
from broadsheet.project.source import Source, source_of
from broadsheet.site.proof import proof_of
from broadsheet.verify.ledger import Ledger
from broadsheet.verify.old_spelling import OldCall, old_calls


@dataclass
class Migration:
    """The result: the names of facts and claims that were ``moved``, and why others were ``left``."""

    path: PurePosixPath
    moved: list[OldCall] = field(default_factory=list)
    left: list[Notice] = field(default_factory=list)


def migrate(root: Path, slug: str) -> Migration:
    """Move what can be moved of an article. Raises :class:`UsageError`, and the fault of an article
    that does not run as it is.
    """
    publication = open_publication(root, drafts=True)
    project, source = publication.project, publication.choose_read([slug])[0].source
    result = Migration(source.path)
    candidates = []
    for call in old_calls(source):
        if why := _obstacle(call, source):
            result.left.append(_left(source, call, why))
        else:
            candidates.append(call)
    if not candidates:
        return result
    limit = project.settings.broadsheet.page_time_limit
    with Pandoc(time_limit=limit, root=project.root) as pandoc:
        before = _texts(project, source, pandoc)
        todo = [candidates]
        while todo:
            some = todo.pop()
            text = rewritten(project.root, source, [*result.moved, *some])
            try:
                is_same = (
                    _texts(project, source_of(source.path, text, project.root), pandoc) == before
                )
            except BroadsheetError as error:
                is_same, why = False, f"in the prose it fails: {error.what}"
            else:
                why = "the article would read otherwise"
            if is_same:
                result.moved += some
            elif len(some) > 1:
                middle = len(some) // 2
                todo += [some[middle:], some[:middle]]
            else:
                result.left.append(_left(source, some[0], why))
    text = rewritten(project.root, source, result.moved)
    path = project.root / source.path
    store.write_file(path, text.encode(), mode=stat.S_IMODE(path.stat().st_mode))
    return result


def _left(source: Source, call: OldCall, why: str) -> Notice:
    return Notice(
        source.place(call.cell, call.line),
        f"`{call.name}` is left as it is: {why}",
        topic=DEPRECATED,
    )


def _texts(project: Project, source: Source, pandoc: Pandoc) -> list[object]:
    """All that each edition of an article says. Raises the fault of one that fails."""
    prepared = prepare(project, editions_of(project, source)[0])
    for fault in prepared.faults.values():
        raise fault
    texts: list[object] = []
    for finished in prepared.finished:
        document = document_of(finished, project.root)
        rendered = pandoc.render(document)
        proof_of(finished, document, rendered, project.root, Ledger({}))
        passages = (*rendered.titles, *rendered.prose.passages, *rendered.prose.apart)
        texts += [(one.kind, one.text) for one in passages]
        texts += [one.markdown for one in finished.picture_texts]
    return texts


def _obstacle(call: OldCall, source: Source) -> str:
    """Why a fact or claim cannot be moved, or ""."""
    if source.places:
        return "only a notebook in JSON is rewritten, and this page is text"
    if call.variable is None:
        return "it is a part of another statement"
    if "`" in call.expression or {"'", '"'} <= set(call.expression):
        return "its expression has signs that the prose cannot hold"
    code = [cell.source for cell in source.cells() if cell.cell_type == "code"]
    if call.variable and _count(code, call.variable) != 1:
        return "the code uses it too"
    code_bodies = [options.body for options in source.options]
    prose = list(_prose_of(source))
    expressions = [one for text in prose for one in inline.expressions(text)]
    if any(one != call.variable and _has(one, call.variable) for one in expressions):
        return "the prose uses it in an expression of its own"
    if not call.is_fact and any(f"claim={call.name}" in one for one in code_bodies):
        return "the code has a mark of it"
    if not any(_use(call).search(text) for text in prose):
        return "no words rest on it" if not call.is_fact else "the prose does not state it"
    return ""


def _count(code: Sequence[str], name: str) -> int:
    """How often a name stands in code."""
    found = 0
    for cell in code:
        try:
            nodes = list(ast.walk(ast.parse(cell)))
        except SyntaxError:  # a command of IPython
            found += len(re.findall(rf"\b{name}\b", cell))
            continue
        found += sum(isinstance(node, ast.Name) and node.id == name for node in nodes)
    return found


def _has(expression: str, name: str) -> bool:
    return bool(name) and re.search(rf"(?<![\w.]){name}\b", expression) is not None


def _prose_of(source: Source) -> Iterator[str]:
    for cell in source.cells():
        yield "".join(text for text, is_prose in _parts(cell.cell_type, cell.source) if is_prose)


def _parts(kind: str, text: str) -> list[tuple[str, bool]]:
    """A cell's source: the part that has prose, and the code."""
    if kind != "code":
        return [(text, True)]
    options = re.match(r"(?:[ \t]*#\|[^\n]*\n?)*", text)
    end = options.end() if options else 0
    return [(text[:end], True), (text[end:], False)]


def _use(call: OldCall) -> re.Pattern[str]:
    if call.is_fact:
        return re.compile(rf"(?<!`)`\{{python\}}[ \t]+{call.variable or '(?!)'}[ \t]*`(?!`)")
    return re.compile(rf"(?<![\w-])claim=([\"']?){re.escape(call.name)}\1(?=[\s}}])")


def rewritten(root: Path, source: Source, calls: Sequence[OldCall]) -> str:
    """The text of a notebook in which these calls stand in the prose."""
    raw = json.loads(read_text(root / source.path, str(source.path)))
    if not isinstance(raw.get("cells"), list):
        raise ConfigError(
            source.place(),
            "this notebook is of an old format",
            "Open it in Jupyter and save it, which converts it.",
        )
    kept = []
    for number, cell in enumerate(raw["cells"], start=1):
        text = "".join(cell["source"])
        gone = {
            line
            for call in calls
            if call.cell == number
            for line in range(call.line, call.last_line + 1)
        }
        lines = text.splitlines(keepends=True)
        text = "".join(line for at, line in enumerate(lines, start=1) if at not in gone)
        if gone and not text.strip():
            continue
        parts = _parts(cell["cell_type"], text)
        is_markdown = cell["cell_type"] == "markdown"
        text = "".join(
            _with_expressions(part, calls, is_markdown) if is_prose else part
            for part, is_prose in parts
        )
        cell["source"] = (
            text.rstrip("\n").splitlines(keepends=True) if gone else text.splitlines(keepends=True)
        )
        kept.append(cell)
    raw["cells"] = kept
    return json.dumps(raw, ensure_ascii=False, indent=1) + "\n"


def _with_expressions(text: str, calls: Sequence[OldCall], is_markdown: bool) -> str:
    for call in calls:
        if call.is_fact:
            new = f"`{{python}} {call.expression}`"
        else:
            is_plain = "'" not in call.expression and not is_markdown
            sign = "'" if is_plain or '"' in call.expression else '"'
            new = f"claim={sign}{call.expression}{sign}"
        text = _use(call).sub(new.replace("\\", r"\\"), text)
    return text
