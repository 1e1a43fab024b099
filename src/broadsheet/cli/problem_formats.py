"""The messages of a check for programs that show them beside the code: SARIF 2.1.0, which GitHub's
code scanning and editors read, and the annotations of a GitHub workflow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from broadsheet.cli.report import as_json
from broadsheet.errors import BroadsheetError, Notice
from broadsheet.project.file_lines import Region, region_of
from broadsheet.project.project import CONFIG
from broadsheet.storage.files import seen_from
from broadsheet.version import __version__

Problem = BroadsheetError | Notice

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(problems: Sequence[Problem], root: Path) -> str:
    """The problems as a log of SARIF. Files are named from the repository's root."""
    first = {one.code: one for one in reversed(problems)}
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
                    _result(one, places.index(one.code), *_where(one, root)) for one in problems
                ],
            }
        ],
    }
    return as_json(log)


def _result(one: Problem, rule: int, file: str, region: Region) -> dict[str, Any]:
    span: dict[str, int] = {"startLine": region.line}
    if region.column:
        span |= {"startColumn": region.column, "endColumn": region.end}
    return {
        "ruleId": one.code,
        "ruleIndex": rule,
        "level": _level(one),
        "message": {"text": _text(one)},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": quote(file)}, "region": span}}
        ],
    }


def github(problems: Iterable[Problem], root: Path) -> str:
    """The problems as commands of a GitHub workflow, a line each, which become annotations of the
    files that a pull request changes.
    """
    lines = []
    for one in problems:
        file, region = _where(one, root)
        given = {"file": file, "line": region.line}
        if region.column:
            given |= {"col": region.column, "endColumn": region.end}
        given["title"] = _title(one.code)
        properties = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in given.items())
        level = _level(one).replace("note", "notice")
        lines.append(f"::{level} {properties}::{_escaped(_text(one))}")
    return "\n".join(lines)


def _where(one: Problem, root: Path) -> tuple[str, Region]:
    """The file of a problem from the repository's root, and the region in it. What is in no file,
    such as a table that nothing names, is a problem of `_quarto.yml`.
    """
    region = region_of(root, one)
    file = (root / (CONFIG if region is None else one.where.file)).resolve()
    top = next((up for up in (root, *root.parents) if (up / ".git").exists()), root).resolve()
    return seen_from(top, file).as_posix(), region or Region(1)


def _text(one: Problem) -> str:
    """What is wrong, what to do, and the lines below. The place is said if it is more than a line."""
    where = f"{one.where}: " if one.where.line is None or one.where.cell is not None else ""
    return "\n".join(filter(None, (f"{where}{one.what}", one.mend, one.detail)))


def _level(one: Problem) -> str:
    if isinstance(one, Notice):
        return "warning" if one.is_strict else "note"
    return "error"


def _title(code: str) -> str:
    return code.replace("-", " ").capitalize()


def _described(one: Problem) -> str:
    """What the problems of a kind are."""
    if isinstance(one, Notice) or one.topic:
        return f"{_title(one.code)}."
    return one.description()


def _escaped(value: object, more: str = "") -> str:
    """A text as a workflow's command may have it."""
    return re.sub(rf"[%\r\n{more}]", lambda sign: f"%{ord(sign[0]):02X}", str(value))
