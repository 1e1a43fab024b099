"""What a value of the last run rests on: the fact that was declared, and its row in the table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from broadsheet.editor.workspace import Workspace, if_sound
from broadsheet.verify.numbers.table_rows import row_of

_FACT = re.compile(r"\]\{\.fact name=\"([\w-]+)\"\}")


def facts_of(workspace: Workspace, source: PurePosixPath, code: str) -> list[Mapping[str, Any]]:
    """Return the facts that an inline expression stated in the last run, as they were declared."""
    facts = workspace.declared(source).get("facts", {})
    names = _FACT.findall(workspace.written(source).get(code, ""))
    return [facts[name] for name in dict.fromkeys(names) if name in facts]


def rows_of(workspace: Workspace, declared: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield the rows that the values of a fact or a claim are from: the file of each, from the root,
    and the number of the row in it, in which the header is 1. Files other than CSV have none.
    """
    catalogue = workspace.catalogue
    if catalogue is None:
        return
    values: Sequence[Mapping[str, Any]] = declared.get("evidence", [declared])
    for name in declared["sources"]:
        origin = (
            None if name.startswith("@") else if_sound(lambda name=name: catalogue.origin(name))
        )  # type: ignore[misc]
        if origin is None or not origin.path.endswith(".csv"):
            continue
        for key, value in zip(declared["keys"], values, strict=False):
            row = row_of(workspace.root, origin, key, value["value"])
            if row is not None:
                yield origin.path, row.number


def described(workspace: Workspace, fact: Mapping[str, Any]) -> str:
    """Return the evidence of a fact, as Markdown."""
    exact = f"{fact['value']} {fact['unit'] or ''}".strip()
    lines = [f"exactly {exact}" + (f": {fact['place']}" if fact["place"] else "")]
    lines += [f"{file}, row {number}" for file, number in rows_of(workspace, fact)]
    lines += [f"source: {', '.join(fact['sources'])}"] if fact["sources"] else []
    lines += [f"as of {fact['as_of']}"] if fact["as_of"] else []
    lines += [fact["note"]] if fact["note"] else []
    return "\n".join(f"- {line}" for line in lines)
