"""The messages of a command for programs that show them beside the code: SARIF 2.1.0, which GitHub's
code scanning and editors read, and the annotations of a GitHub workflow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from broadsheet.cli.formats.json_report import as_json
from broadsheet.errors import BroadsheetError, Notice
from broadsheet.project.file_lines import LinePart, region_of
from broadsheet.project.project import CONFIG
from broadsheet.storage.files import seen_from
from broadsheet.version import __version__

Problem = BroadsheetError | Notice

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(problems: Sequence[Problem], root: Path) -> str:
    """Return the problems as a log of SARIF. Files are named from the repository's root."""
    first = {problem.code: problem for problem in reversed(problems)}
    rules = [
        {
            "id": code,
            "name": code,
            "shortDescription": {"text": _title(code)},
            "fullDescription": {"text": _described(first[code])},
            "help": {"text": first[code].mend or _described(first[code])},
            "defaultConfiguration": {"level": _level(first[code])},
        }
        for code in sorted(first)
    ]
    places = [rule["id"] for rule in rules]
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "Broadsheet", "version": __version__, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(problem, places.index(problem.code), *_where(problem, root))
                    for problem in problems
                ],
            }
        ],
    }
    return as_json(log)


def _result(problem: Problem, rule: int, file: str, region: LinePart) -> dict[str, Any]:
    span: dict[str, int] = {"startLine": region.line}
    if region.column:
        span |= {"startColumn": region.column, "endColumn": region.end}
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": _level(problem),
        "message": {"text": _text(problem)},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": _uri(file)}, "region": span}}
        ],
    }


def _uri(file: str) -> str:
    """Return the path of a file as a URI has it, with the bytes of a name that is not UTF-8."""
    return quote(file, errors="surrogateescape")


def github(problems: Iterable[Problem], root: Path) -> str:
    """Return the problems as commands of a GitHub workflow, a line each, which become annotations
    of the files that a pull request changes.
    """
    lines = []
    for problem in problems:
        file, region = _where(problem, root)
        values = {"file": file, "line": region.line}
        if region.column:
            values |= {"col": region.column, "endColumn": region.end}
        values["title"] = _title(problem.code)
        properties = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in values.items())
        level = _level(problem).replace("note", "notice")
        lines.append(f"::{level} {properties}::{_escaped(_text(problem))}")
    return "\n".join(lines)


def _where(problem: Problem, root: Path) -> tuple[str, LinePart]:
    """Return the file of a problem from the repository's root, and the region in it. A problem
    without a file, such as a table that nothing names, is a problem of `_quarto.yml`.
    """
    region = region_of(root, problem)
    file = (root / (CONFIG if region is None else problem.where.file)).resolve()
    top = next((up for up in (root, *root.parents) if (up / ".git").exists()), root).resolve()
    return seen_from(top, file).as_posix(), region or LinePart(1)


def _text(problem: Problem) -> str:
    """Return the fault, the remedy, and the lines below. The place comes first if it is more than a
    line.
    """
    where = (
        f"{problem.where}: " if problem.where.line is None or problem.where.cell is not None else ""
    )
    return "\n".join(filter(None, (f"{where}{problem.what}", problem.mend, problem.detail)))


def _level(problem: Problem) -> str:
    if isinstance(problem, Notice):
        return "warning" if problem.is_strict else "note"
    return "error"


def _title(code: str) -> str:
    return code.replace("-", " ").capitalize()


def _described(problem: Problem) -> str:
    """Return the description of a kind of problems."""
    if isinstance(problem, Notice) or problem.topic:
        return f"{_title(problem.code)}."
    return problem.description()


def _escaped(value: object, more: str = "") -> str:
    """Return a text as a workflow's command may have it."""
    return re.sub(rf"[%\r\n{more}]", lambda sign: f"%{ord(sign[0]):02X}", str(value))
