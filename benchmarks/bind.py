"""What `broadsheet bind` finds again of a publication whose facts and claims are taken out.

    python benchmarks/bind.py [PUBLICATION] [--only SLUG …] [--verbose] [--no-build]

The publication, by default the one around this file, is copied. Its articles are run, and in the
copy every inline expression and every claim is replaced by the words that readers see. Then each
article is bound by `broadsheet bind`, and what came back is compared with what was: a fact is right
if it states the same value of the same rows, a claim if it rests on one of the same values. A fact
that came back otherwise is wrong. Last, the copy is built.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broadsheet.checks.bind.binding import bind_source
from broadsheet.checks.bind.bound_words import Binding
from broadsheet.checks.bind.source_edits import with_sources
from broadsheet.markdown.inline_values import markdown
from broadsheet.press.press import Press
from broadsheet.project.editions.edition import Edition
from broadsheet.project.reading import open_publication
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.site.build.build import build_site
from broadsheet.site.build.options import Options

LEFT_OUT = (
    "node_modules", ".git", ".venv", "_site", ".broadsheet", "__pycache__", "src", "tests", "docs",
    "packages", "editors", "benchmarks", "packaging", ".mypy_cache", ".ruff_cache", ".pytest_cache",
)  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """A fact or a claim that was taken out of an article."""

    cell: int
    """The cell that it was in, from 1."""
    start: int
    """The position of its words in the cell, without it."""
    end: int
    """The position behind its words."""
    kind: str
    """`fact` or `claim`."""
    words: str
    """Its words."""
    declared: Mapping[str, Any]
    """What the run declared of it."""


def main() -> int:
    """Take out, bind, compare, build."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("publication", nargs="?", type=Path, default=Path(__file__).parents[1])
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--no-build", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bind-") as folder:
        root = Path(folder, "publication")
        shutil.copytree(options.publication, root, ignore=shutil.ignore_patterns(*LEFT_OUT))
        taken = unbind(root, options.only)
        whole = Counter[str]()
        for path, parts in taken.items():
            binding = bind_source(root / path)
            counts = compared(parts, binding, verbose=options.verbose)
            print(f"{path}: {told(counts)}", flush=True)
            whole += counts
            (root / path).write_bytes(binding.text.encode())
        print(f"in all: {told(whole)}")
        if not options.no_build:
            report = build_site(root, Options())
            print(f"built: {report.pages} pages; {len(report.faults)} faults")
            for fault in report.faults:
                print(f"  {fault}")
            return int(bool(report.faults))
    return 0


def told(counts: Counter[str]) -> str:
    """Return the shares of facts and claims that came back."""
    return (
        "; ".join(
            f"{counts[f'{kind} right']} of {counts[kind]} {kind}s right "
            f"({counts[f'{kind} right'] / max(1, counts[kind]):.2f}), {counts[f'{kind} wrong']} wrong, "
            f"{counts[f'{kind} unsure']} unsure"
            for kind in ("fact", "claim")
        )
        + f"; {counts['new']} that were not bound before"
    )


# Taken out


def unbind(root: Path, only: Sequence[str]) -> dict[str, list[Taken]]:
    """Take the facts and claims out of the notebooks of the publication at ``root``, and return
    them by file.
    """
    publication = open_publication(root)
    firsts = [
        edition
        for edition in publication.editions
        if edition.is_first
        and edition.source.path.suffix == ".ipynb"
        and (edition.source.slug in only if only else edition.settings.day is not None)
    ]
    taken = {}
    with Press(publication.project) as press:
        for run in press.run(firsts):
            if run.error is not None:
                raise run.error
            taken[str(run.edition.source.path)] = _taken_out(root, run.edition, run.notebook())
    return taken


def _taken_out(root: Path, edition: Edition, ran: Any) -> list[Taken]:
    path = root / edition.source.path
    notebook = json.loads(path.read_text("utf-8"))
    declared = ran.metadata["broadsheet"]["facts"]
    front = {result["expression"]: result for result in ran.metadata["broadsheet"]["inline"]}
    taken, sources = [], {}
    for number, (cell, executed) in enumerate(
        zip(notebook["cells"], ran.cells, strict=True), start=1
    ):
        text = "".join(cell["source"])
        head, body = text, ""
        if cell["cell_type"] == "code":
            lines = text.splitlines(keepends=True)
            count = next(
                (at for at, line in enumerate(lines) if not line.startswith("#|")), len(lines)
            )
            head, body = "".join(lines[:count]), "".join(lines[count:])
        results = list(executed.metadata["broadsheet"]["inline"])
        if cell["cell_type"] == "raw":
            codes = inline.expressions(head)
            if any(code not in front for code in codes):  # of other editions, which go
                head = _without_editions(head)
                codes = inline.expressions(head)
            results = [front[code] for code in codes]
        if not results:
            continue
        plain, parts = without_marks(inline.substitute(head, [markdown(each) for each in results]))
        sources[number] = plain + body
        for kind, name, start, end in parts:
            if name in declared[f"{kind}s"]:
                what = declared[f"{kind}s"][name]
                taken.append(Taken(number, start, end, kind, plain[start:end], what))
    path.write_text(with_sources(path.read_text("utf-8"), sources), "utf-8")
    return taken


def _without_editions(front: str) -> str:
    lines, kept, is_within = front.split("\n"), [], False
    for line in lines:
        is_within = line.startswith("editions:") or (
            is_within and line.startswith((" ", "-")) and line != "---"
        )
        if not is_within:
            kept.append(line)
    return "\n".join(kept)


def without_marks(text: str) -> tuple[str, list[tuple[str, str, int, int]]]:
    """Return a text without the marks of facts and claims, and the kind, name and span of each."""
    out: list[str] = []
    opened: list[int] = []
    marks, at = [], 0
    while at < len(text):
        letter = text[at]
        if letter == "\\" and at + 1 < len(text) and not text[at + 1].isalnum():
            out.append(text[at + 1])
            at += 2
            continue
        if letter == "[":
            opened.append(len(out))
        elif letter == "]" and opened:
            first = opened.pop()
            for kind, beginning in (("fact", '{.fact name="'), ("claim", '{claim="')):
                if text.startswith(beginning, at + 1):
                    name, _, _ = text[at + 1 + len(beginning) :].partition('"')
                    out[first] = ""
                    marks.append((kind, name, first, len(out)))
                    at += 1 + len(beginning) + len(name) + 2
                    break
            else:
                out.append(letter)
                at += 1
            continue
        out.append(letter)
        at += 1
    sizes = [0]
    for part in out:
        sizes.append(sizes[-1] + len(part))
    return "".join(out), [
        (kind, name, sizes[start], sizes[end]) for kind, name, start, end in marks
    ]


# Compared


def compared(taken: Sequence[Taken], binding: Binding, *, verbose: bool) -> Counter[str]:
    """Return how many came back, and how."""
    counts, matched = Counter[str](), set[int]()
    for part in taken:
        if part.kind == "fact" and any(
            source.startswith("@") for source in part.declared["sources"]
        ):
            continue  # typed from a document: no table has it
        counts[part.kind] += 1
        edits = [
            edit
            for edit in binding.edits
            if edit.cell == part.cell
            and edit.kind == part.kind
            and edit.start < part.end
            and part.start < edit.end
        ]
        matched.update(id(edit) for edit in edits)
        how = "unbound"
        if any(is_same(part, edit.declared) for edit in edits):
            how = "right"
        elif edits:
            how = "wrong"
        elif any(
            other.cell == part.cell and other.start < part.end and part.start < other.end
            for other in binding.unsure
        ):
            how = "unsure"
        counts[f"{part.kind} {how}"] += 1
        if verbose and how != "right":
            code = (
                edits[0].code
                if edits
                else "; ".join(
                    " | ".join(other.codes)
                    for other in binding.unsure
                    if other.cell == part.cell and other.start < part.end and part.start < other.end
                )
            )
            print(
                f"    {part.kind} {how} [{part.cell}] {part.words!r} {code}: {sense(part.declared)}"
            )
            if edits:
                print(f"        instead: {sense(edits[0].declared)}")
    others = [edit for edit in binding.edits if id(edit) not in matched]
    counts["new"] = len(others)
    if verbose:
        for edit in others:
            print(f"    new {edit.kind} [{edit.cell}] {edit.words!r} {edit.code}")
    return counts


def is_same(part: Taken, declared: Mapping[str, Any]) -> bool:
    """True if a fact states the same value of the same rows, or a claim rests on the same values."""
    if part.kind == "claim":
        return bool(set(_evidence(part.declared)) & set(_evidence(declared)))
    was, now = part.declared, declared
    is_value = was["value"] == now["value"] or (
        isinstance(was["value"], int | float)
        and isinstance(now["value"], int | float)
        and any(
            abs(abs(was["value"]) * scale - abs(now["value"]))
            <= 1e-9 * abs(was["value"] or 1) * scale
            for scale in (0.01, 1, 100)
        )
    )
    rows = {tuple(key) for key in was["keys"]} == {tuple(key) for key in now["keys"]}
    return (
        (now["text"] in was["text"] or was["text"] in now["text"])
        and set(was["sources"]) == set(now["sources"])
        and (is_value or (rows and bool(was["keys"]) and any(was["keys"])))
    )


def _evidence(declared: Mapping[str, Any]) -> Iterator[str]:
    for each in declared["evidence"]:
        yield str(each.get("value"))


def sense(declared: Mapping[str, Any]) -> str:
    """Return what a fact or a claim rests on, in short."""
    return str(
        declared.get("note")
        or declared.get("place")
        or declared.get("says")
        or declared.get("value")
    )[:160]


if __name__ == "__main__":
    sys.exit(main())
