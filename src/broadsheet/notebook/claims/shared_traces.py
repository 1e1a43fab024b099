"""The traces of tables above the parameters of a notebook, for all of its editions.

The process that is forked for each edition traces a table once
(:meth:`~broadsheet.notebook.claims.tracing.Tracer.share`). An edition takes the trace if its own would
be the same: none of what the table was made of has changed in it, nor the language.

State of the process: :data:`_traces`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from broadsheet.notebook.claims.definitions import Definitions
from broadsheet.notebook.claims.traced import Traced
from broadsheet.text.language import Language, spoken


@dataclass(frozen=True)
class _SharedTrace:
    """The trace of a table."""

    traced: Traced
    """The table, traced."""
    definitions: Definitions
    """The definitions then."""
    language: Language
    """The language then."""
    behind: Mapping[str, Any]
    """The values then of the names that it was made of."""


_traces: dict[str, _SharedTrace] = {}
"""The traces, by the names of their tables."""


def keep_trace(
    name: str, traced: Traced, namespace: Mapping[str, Any], definitions: Definitions
) -> None:
    """Keep the trace of a table for the editions that are forked from this process."""
    behind = {other: namespace.get(other) for other in definitions.behind(name)}
    behind |= {f"[{text}]": None for text in behind.values() if isinstance(text, str)}
    _traces[name] = _SharedTrace(traced, definitions, spoken(), behind)


def shared_trace(
    name: str, value: Any, namespace: Mapping[str, Any], definitions: Definitions
) -> Traced | None:
    """Return the trace of the table ``value`` that was kept, if it would be the same now."""
    kept = _traces.get(name)
    if (
        kept is not None
        and kept.traced.value is value
        and kept.language == spoken()
        and all(namespace.get(other) is before for other, before in kept.behind.items())
        and definitions.are_as_before(kept.behind, kept.definitions)
    ):
        return kept.traced
    return None
