"""The evidence of a value of the last run: the fact that was declared, and its row in the table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from broadsheet.editor.workspace import Workspace
from broadsheet.verify.numbers.table_rows import row_of

_FACT = re.compile(r"\]\{\.fact name=[\"']?([\w-]+)")


def facts_of(workspace: Workspace, source: PurePosixPath, code: str) -> list[Mapping[str, Any]]:
    """Return the facts that an inline expression stated in the last run, as they were declared."""
    facts = workspace.declared(source).get("facts", {})
    names = _FACT.findall(workspace.written(source).get(code, ""))
    return [facts[name] for name in dict.fromkeys(names) if name in facts]


@dataclass(frozen=True)
class EvidenceRow:
    """The row of a table that has a value."""

    file: str
    """The file, from the root."""
    number: int
    """The number of the row, in which the header is 1."""


def evidence_rows(workspace: Workspace, declared: Mapping[str, Any]) -> Iterator[EvidenceRow]:
    """Yield the rows that the values of a fact or a claim are from. Files other than CSV have none."""
    values: Sequence[Mapping[str, Any]] = declared.get("evidence", [declared])
    for name in declared["sources"]:
        origin = None if name.startswith("@") else workspace.origin(name)
        if origin is None or not origin.path.endswith(".csv"):
            continue
        for key, value in zip(declared["keys"], values, strict=False):
            row = row_of(workspace.root, origin, key, value["value"])
            if row is not None:
                yield EvidenceRow(origin.path, row.number)


def described(workspace: Workspace, fact: Mapping[str, Any]) -> str:
    """Return the evidence of a fact, as Markdown."""
    exact = f"{fact['value']} {fact['unit'] or ''}".strip()
    lines = [f"exactly {exact}" + (f": {fact['place']}" if fact["place"] else "")]
    lines += [f"{row.file}, row {row.number}" for row in evidence_rows(workspace, fact)]
    lines += [f"source: {', '.join(fact['sources'])}"] if fact["sources"] else []
    lines += [f"as of {fact['as_of']}"] if fact["as_of"] else []
    lines += [fact["note"]] if fact["note"] else []
    return "\n".join(f"- {line}" for line in lines)
