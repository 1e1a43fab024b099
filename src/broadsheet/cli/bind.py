"""`broadsheet bind`: the numbers and comparisons of a page, bound to the tables that bear them out."""

from __future__ import annotations

import argparse
import codecs
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from broadsheet.cli.report import CommandReport, as_json, grouped, many, reports, root

if TYPE_CHECKING:
    from pathlib import Path

    from broadsheet.checks.bind.bound_words import Binding, BoundWords


def bind_page(options: argparse.Namespace) -> CommandReport:
    """Bind a page, and report what changes; write what is accepted, if that is asked for."""
    from broadsheet.checks.bind.binding import bind_source

    path: Path = options.path
    binding = bind_source(path, options.data)
    edits = [*binding.edits, *(binding.contradicted if options.mend else ())]
    asks = options.write and not options.yes and not options.json and sys.stdin.isatty()
    if asks:
        edits = list(_accepted(binding, [*binding.edits, *binding.contradicted]))
    writes = options.write and bool(edits) and (options.yes or asks)
    if writes:
        _write(path, binding, edits)
    code = int(bool(binding.contradicted) and not (options.mend and writes))
    if options.json:
        return CommandReport(code, as_json(_for_machines(binding, written=writes)))
    blocks = [binding.diff(edits).rstrip() if not asks else "", *_told(binding), ""]
    verb = "written" if writes else "not written"
    facts = sum(edit.kind == "fact" for edit in edits)
    blocks.append(
        f"{many(facts, 'number')} and {many(len(edits) - facts, 'comparison')} bound, {verb}; "
        f"{len(binding.unsure)} unsure, {len(binding.contradicted)} contradicted."
    )
    if edits and not writes:
        more = "with --yes" if options.write else "with --write, one by one, or --write --yes"
        blocks.append(f"To write it: {more}.")
    return CommandReport(code, "\n\n".join(filter(None, blocks)), grouped(binding.notices))


def _told(binding: Binding) -> Iterator[str]:
    """Yield what a person is to look at."""
    if binding.contradicted:
        lines = [
            f"  {words.place}: “{words.words}”: the tables say “{words.instead}”, `{words.code}`"
            for words in binding.contradicted
        ]
        yield "\n".join(["Contradicted, and changed only with --mend:", *lines])
    if binding.unsure:
        lines = [
            f"  {words.place}: “{words.words}”: {' or '.join(f'`{code}`' for code in words.codes)}"
            for words in binding.unsure
        ]
        yield "\n".join(["Unsure, and not changed:", *lines])
    if binding.added:
        lines = [
            f"  {name}, of {file.name}: `broadsheet data add` gives it its source and its licence"
            for name, file in binding.added
        ]
        yield "\n".join(["Tables that come into the catalogue:", *lines])


def _accepted(binding: Binding, edits: Sequence[BoundWords]) -> Iterator[BoundWords]:
    """Ask for each edit, and yield those that are accepted. All of them are never false words."""
    takes_all = False
    for edit in sorted(edits, key=lambda each: (each.cell, each.start)):
        if takes_all and not edit.instead:
            yield edit
            continue
        print(binding.diff([edit]))
        if edit.instead:
            print(f"“{edit.words}” is false: the tables say “{edit.instead}”.")
        answer = input("Bind this? y(es), n(o), a(ll), q(uit): ").strip().lower()[:1]
        if answer == "q":
            return
        takes_all = takes_all or answer == "a"
        if answer == "y" or (answer == "a" and not edit.instead):
            yield edit


def _write(path: Path, binding: Binding, edits: Sequence[BoundWords]) -> None:
    """Write the page, and the tables that it reads into the catalogue."""
    from broadsheet.checks.bind.loading import add_tables
    from broadsheet.project.project import open_project
    from broadsheet.storage import store

    home = path.resolve()
    if binding.added:
        project = open_project(root())
        with project.at_work():
            add_tables(project, binding.added)
    mode = home.stat().st_mode & 0o777
    content = _as_in(home.read_bytes(), binding.with_edits(edits))
    store.write_file(home, content, durable=True, mode=mode)


def _as_in(before: bytes, text: str) -> bytes:
    """Return a text with the byte order mark and the ends of lines that the file had before."""
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    has_returns = before.count(b"\n") == before.count(b"\r\n") > 0
    return mark + (text.replace("\n", "\r\n") if has_returns else text).encode()


def _for_machines(binding: Binding, *, written: bool) -> dict[str, object]:
    return {
        "file": str(binding.source.path),
        "bound": [edit.report() for edit in binding.edits],
        "unsure": [words.report() for words in binding.unsure],
        "contradicted": [words.report() for words in binding.contradicted],
        "tables_added": [name for name, _ in binding.added],
        "notices": reports(binding.notices),
        "written": written,
        "diff": binding.diff(binding.edits),
    }
