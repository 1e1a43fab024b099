"""`broadsheet bind`: the numbers and comparisons of a page, bound to the tables that bear them out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from broadsheet.cli.report import (
    CommandReport,
    grouped,
    many,
    without_control_codes,
)

if TYPE_CHECKING:
    from pathlib import Path

    from broadsheet.checks.bind.bound_words import Binding, BoundWords


def bind_page(options: argparse.Namespace) -> CommandReport:
    """Bind a page, and report what changes; write what is accepted, if that is asked for."""
    from broadsheet.checks.bind.binding import bind_source, proved, write_binding

    path: Path = options.path
    binding = bind_source(path, options.data)
    chosen = [*binding.edits, *(binding.contradicted if options.mend else ())]
    asks = options.write and not options.yes and options.format == "text" and sys.stdin.isatty()
    if asks:
        chosen = list(_accepted(binding))
    edits, notices = proved(binding, chosen)
    binding = replace(binding, notices=(*binding.notices, *notices))
    writes = options.write and bool(edits) and (options.yes or asks)
    if writes:
        write_binding(binding, edits)
    mended = [edit for edit in edits if edit.instead and writes]
    left = [edit for edit in binding.contradicted if edit not in mended]
    code = int(bool(left))
    blocks = [binding.diff(edits).rstrip() if not asks else "", *_told(binding, edits, left), ""]
    verb = "written" if writes else "not written"
    facts = sum(edit.kind == "fact" for edit in edits)
    blocks.append(
        f"{many(facts, 'number')} and {many(len(edits) - facts, 'comparison')} bound, {verb}; "
        f"{len(binding.unsure)} unsure, {len(left)} contradicted."
    )
    if edits and not writes:
        more = "with --yes" if options.write else "with --write, one by one, or --write --yes"
        blocks.append(f"To write it: {more}.")
    return CommandReport(
        code,
        "\n\n".join(filter(None, blocks)),
        grouped(binding.notices),
        result=_for_machines(binding, edits, written=writes),
        problems=binding.notices,
        root=binding.root,
    )


def _told(
    binding: Binding, edits: Sequence[BoundWords], left: Sequence[BoundWords]
) -> Iterator[str]:
    """Yield what a person is to look at: what is ``left`` contradicted, what is unsure, the tables that
    come into the catalogue.
    """
    if left:
        lines = [
            f"  {words.place}: “{words.words}”: the tables say “{words.instead}”, `{words.code}`"
            for words in left
        ]
        yield "\n".join(["Contradicted, and changed only with --mend:", *lines])
    if binding.unsure:
        lines = [
            f"  {words.place}: “{words.words}”: {' or '.join(f'`{code}`' for code in words.codes)}"
            for words in binding.unsure
        ]
        yield "\n".join(["Unsure, and not changed:", *lines])
    if added := binding.added(edits):
        lines = [
            f"  {name}, of {file.name}: `broadsheet data add` gives it its source and its licence"
            for name, file in added
        ]
        yield "\n".join(["Tables that come into the catalogue:", *lines])


def _accepted(binding: Binding) -> Iterator[BoundWords]:
    """Ask for each edit, and yield those that are accepted. All of them are never false words."""
    takes_all = False
    for edit in binding.choices:
        if takes_all and not edit.instead:
            yield edit
            continue
        print(without_control_codes(binding.diff([edit])))
        if edit.instead:
            false = f"“{edit.words}” is false: the tables say “{edit.instead}”."
            print(without_control_codes(false))
        try:
            answer = input("Bind this? y(es), n(o), a(ll), q(uit): ").strip().lower()[:1]
        except EOFError:
            return
        if answer == "q":
            return
        takes_all = takes_all or answer == "a"
        if answer == "y" or (answer == "a" and not edit.instead):
            yield edit


def _for_machines(
    binding: Binding, edits: Sequence[BoundWords], *, written: bool
) -> dict[str, object]:
    return {
        "file": str(binding.source.path),
        "bound": [edit.report() for edit in edits],
        "unsure": [words.report() for words in binding.unsure],
        "contradicted": [words.report() for words in binding.contradicted],
        "tables_added": [name for name, _ in binding.added(edits)],
        "written": written,
        "diff": binding.diff(edits),
    }
