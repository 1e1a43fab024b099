"""What `broadsheet bind` finds again of a publication whose facts and claims are taken out.

    python benchmarks/bind.py [PUBLICATION] [--only SLUG …] [--verbose] [--no-build]

The publication, by default the one around this file, is copied. Its articles are run, and in the
copy every inline expression and every claim is replaced by the words that readers see. Then each
article is bound by `broadsheet bind`, and what came back is compared with what was, by meaning: both
are evaluated in runs of the article in which the numbers of all tables are other ones. A fact is right
if it comes to the same value in all of them, a claim if it is as true in all of them, and rests in each
on the same values, or on all that the other one rests on and more; it is right in part if it is one of
several comparisons of which it was. A claim may be at other words of its sentence: "in every year", or
"more often". What came back otherwise is wrong. Where the other numbers choose
another year or name beside a fact or a claim, nothing is compared: the words that are left name the one
of today. Claims are counted apart, too, whose words say what they rest on, as the word check reads them:
those on their author's word cannot be found. Last, the copy is built.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broadsheet.checks.bind.asking import (
    AskedSentence,
    editions_with,
    place_of,
    sentences_of,
    values_of,
)
from broadsheet.checks.bind.binding import bind_source
from broadsheet.checks.bind.bound_source import BoundSource
from broadsheet.checks.bind.bound_words import Binding, BoundWords, UnsureWords
from broadsheet.checks.bind.changed_tables import SIZES_OF_CHANGES, code_of
from broadsheet.checks.bind.probe import Coded, figures, value_of
from broadsheet.checks.bind.source_edits import with_sources
from broadsheet.errors import BroadsheetError
from broadsheet.markdown.inline_values import markdown
from broadsheet.press.press import Press
from broadsheet.project.editions.edition import Edition
from broadsheet.project.reading import open_publication
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.site.build.build import build_site
from broadsheet.site.build.options import Options
from broadsheet.text.lexicon import lexicon
from broadsheet.verify.wording.claim_words import judged

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
    otherwise: tuple[Mapping[str, Any] | None, ...]
    """What it declares with other numbers; nothing where other words are said, None for a run that
    says nothing of it."""


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
            language = language_of(binding)
            sentences = Sentences(sentences_of(binding.source, language), language)
            now = values_now(parts, binding, sentences)
            counts = compared(parts, binding, now, sentences, verbose=options.verbose)
            if options.verbose:
                for notice in binding.notices:
                    print(f"    left out: {notice.where}: {notice.what}")
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
            f"{counts[f'{kind} in part']} in part, {counts[f'{kind} unsure']} unsure"
            for kind in ("fact", "claim")
        )
        + f"; by meaning {counts['claim by meaning right']} of {counts['claim by meaning']}"
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
    with Press(publication.project, draws=False) as press:
        for edition in firsts:
            source = BoundSource(
                edition.source.path, (root / edition.source.path).read_text("utf-8")
            )
            was, changed = _ran(press, edition), list[Mapping[_Place, _Mark | None] | None]()
            typed, marks = _typed(was, source), dict(_marks(was))
            for number in range(len(SIZES_OF_CHANGES)):
                text = source.with_code({source.beginning: code_of(number)})
                try:
                    ran = _ran(press, editions_with(publication.project, source, text)[0])
                except BroadsheetError:
                    changed.append(None)
                    continue
                del ran.cells[0]
                now = _typed(ran, source)
                same = {of for of in typed if now[of] == typed[of]}
                changed.append(_counterparts(marks, dict(_marks(ran)), same))
            taken[str(edition.source.path)] = _taken_out(root, edition, was, changed)
    return taken


def _ran(press: Press, edition: Edition) -> Any:
    (run,) = press.run([edition], use_frozen=False)
    if run.error is not None:
        raise run.error
    return run.notebook()


@dataclass(frozen=True)
class _Mark:
    """A fact or a claim of a run."""

    words: str
    """Its words, if its expression gives them."""
    said: str
    """Those of a claim, without the facts and numbers in them."""
    name: str
    """Its name."""
    declared: Mapping[str, Any]
    """What the run declared of it."""


_KINDS = ("fact", "claim")
_Place = tuple[int, int, str, int]
"""The cell of a mark, from 1, the number of its expression there, its kind, its number in that."""


def _marks(ran: Any) -> Iterator[tuple[_Place, _Mark]]:
    """Yield the facts and claims of a run, by their places."""
    declared = ran.metadata["broadsheet"]["facts"]
    for number, results in _results(ran):
        for at, text in enumerate(results):  # the words of a claim are before it
            plain, parts = without_marks(f"[]{{{text}}}" if text.startswith("claim=") else text)
            for index, (kind, name, start, end) in enumerate(parts):
                if (what := declared[f"{kind}s"].get(name)) is not None:
                    within = [
                        (first, last)
                        for of, _, first, last in parts
                        if of == "fact" and start <= first <= last <= end
                    ]
                    said = _outside(plain, within, start, end) if kind == "claim" else ""
                    words = plain[start:end]
                    yield (number, at, kind, index), _Mark(words, _figureless(said), name, what)


def _counterparts(
    marks: Mapping[_Place, _Mark], changed: Mapping[_Place, _Mark], same: Collection[object]
) -> dict[_Place, _Mark | None]:
    """Return the mark of another run that stands for each of a run: the one at its place, or, where an
    expression has other marks, that of the same rows. None stands for words that are not said there, or
    not of the ``same`` expressions.
    """
    shapes = [Counter(place[:3] for place in of) for of in (marks, changed)]
    counterparts = dict[_Place, _Mark | None]()
    for place, mark in marks.items():
        if place[:3] not in same:
            counterparts[place] = None
        elif all(shapes[0][*place[:2], kind] == shapes[1][*place[:2], kind] for kind in _KINDS):
            counterparts[place] = changed[place]
        else:
            others = [of for at, of in changed.items() if at[:3] == place[:3]]
            counterparts[place] = next((of for of in others if _rows(mark) & _rows(of)), None)
    return counterparts


def _rows(mark: _Mark) -> set[str]:
    """Return the names of the rows that a mark rests on."""
    evidence = mark.declared.get("evidence", ())
    names = [each["place"] for each in evidence] or [mark.declared.get("place")]
    return set(filter(None, map(str, names)))


def _results(ran: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each cell of a run with the results of its expressions, as Markdown; for the
    front matter, with those of all of the page.
    """
    for number, cell in enumerate(ran.cells, start=1):
        of = ran if cell.cell_type == "raw" else cell
        yield number, list(map(markdown, of.metadata["broadsheet"]["inline"]))


def _typed(ran: Any, source: BoundSource) -> dict[tuple[int, int, str], list[str]]:
    """Return, for the facts and the claims of each expression of a run, the words of its paragraph that
    data choose and that are neither facts nor that claim, such as a year: what is taken out of an
    article has them as its author typed them.
    """
    words = dict[tuple[int, int, str], list[str]]()
    for number, results in _results(ran):
        cell_type, text = source.cells[number - 1]
        paragraphs = [0] * len(results)
        if cell_type == "markdown":
            paragraphs = [text.count("\n\n", 0, of.start()) for of in inline.matches(text)]
        for kind, cut in (("fact", ["fact"]), ("claim", ["fact", "claim"])):
            chosen = defaultdict[int, list[str]](list)
            for paragraph, result in zip(paragraphs, results, strict=True):
                chosen[paragraph].append(_chosen(result, cut))
            words |= {(number, at, kind): chosen[of] for at, of in enumerate(paragraphs)}
    return words


def _chosen(result: str, cut: Sequence[str]) -> str:
    """Return the words of a result outside of its marks of some kinds; of one with marks, without
    figures.
    """
    if result.startswith("claim="):
        return ""
    plain, marks = without_marks(result)
    spans = [(start, end) for kind, _, start, end in marks if kind in cut]
    text = _outside(plain, spans, 0, len(plain))
    return _figureless(text) if marks else text


def _outside(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> str:
    """Return a part of a text without some spans."""
    return "".join(
        letter
        for at, letter in enumerate(text[start:end], start)
        if not any(first <= at < last for first, last in spans)
    )


def _figureless(text: str) -> str:
    return re.sub(r"\d+([.,]\d+)*", "", text)


def _otherwise(
    place: _Place, was: _Mark, changed: Sequence[Mapping[_Place, _Mark | None] | None]
) -> tuple[Mapping[str, Any] | None, ...]:
    """Return what a fact or a claim declares in runs with other numbers; None where that says nothing of
    the words that are left of the article.
    """
    values = list[Mapping[str, Any] | None]()
    for run in changed:
        mark = run[place] if run is not None else None
        if mark is None:
            values.append(None)
        elif mark.said != was.said and _signs(mark) != _signs(was):
            values.append({})
        else:
            values.append(mark.declared)
    return tuple(values)


def _signs(mark: _Mark) -> list[tuple[str, str]]:
    """Return what a claim compares: words for a change have other ones, such as "doubled", by its size."""
    comparisons = mark.declared["compared"].get("comparisons", ())
    return [(each["kind"], each["sign"]) for each in comparisons] or [("", mark.said)]


def _taken_out(
    root: Path, edition: Edition, ran: Any, changed: Sequence[Mapping[_Place, _Mark | None] | None]
) -> list[Taken]:
    path = root / edition.source.path
    notebook = json.loads(path.read_text("utf-8"))
    declared = ran.metadata["broadsheet"]["facts"]
    places = {(place[0], place[2], mark.name): (place, mark) for place, mark in _marks(ran)}
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
            head = _without_editions(head)  # whose words would be those of the first
            results = [front[code] for code in inline.expressions(head)]
        if not results and head + body == text:
            continue
        plain, parts = without_marks(inline.substitute(head, [markdown(each) for each in results]))
        sources[number] = plain + body
        for kind, name, start, end in parts:
            if name in declared[f"{kind}s"]:
                what = declared[f"{kind}s"][name]
                otherwise = _otherwise(*places[number, kind, name], changed)
                words = plain[start:end]
                taken.append(Taken(number, start, end, kind, words, what, otherwise))
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


@dataclass(frozen=True)
class Sentences:
    """The sentences of an article."""

    asked: Sequence[AskedSentence]
    """The sentences."""
    language: str
    """Their language."""

    def of(self, part: Taken | BoundWords) -> AskedSentence | None:
        """Return the sentence in which a fact or a claim is; None for one that is in none."""
        for sentence in self.asked:
            start, end = part.start - sentence.position, part.end - sentence.position
            if sentence.stretch.cell == part.cell and 0 <= start <= end <= len(sentence.text):
                return sentence
        return None


def said_in(
    sentences: Sentences,
    part: Taken | BoundWords,
    others: Sequence[Taken | BoundWords] = (),
) -> Coded:
    """Return the words of a fact or a claim in their sentence; without, for words that are in none, and
    for those that have one of the ``others`` in them that is a fact, which changes with its value, or are
    bound with such words.
    """
    spans = [part, *(each for each in others if each.kind == "claim" and _are_beside(part, each))]
    if any(each.kind == "fact" and _are_beside(each, span) for each in others for span in spans):
        return Coded("claim", "")
    sentence = sentences.of(part)
    if sentence is None:
        return Coded("claim", "")
    start, end = part.start - sentence.position, part.end - sentence.position
    return Coded("claim", "", sentence.text, start, end, sentences.language)


def _are_beside(first: Taken | BoundWords, other: Taken | BoundWords) -> bool:
    return first.cell == other.cell and first.start < other.end and other.start < first.end


def language_of(binding: Binding) -> str:
    """Return the language of an article."""
    project = open_publication(binding.root).project
    return editions_with(project, binding.source, binding.before)[0].settings.lang[:2]


def values_now(
    taken: Sequence[Taken], binding: Binding, sentences: Sentences
) -> dict[tuple[int, int, str], list[str | None]]:
    """Return what each edit comes to in runs with other numbers, by its cell, start and kind."""
    root, source = binding.root, binding.source
    others: list[Taken | BoundWords] = [*taken, *binding.edits]
    codes = {
        id(edit): said_in(sentences, edit, others)._replace(kind=edit.kind, code=edit.code)
        for edit in binding.edits
    }
    stretches = list(source.stretches())
    places = {
        (edit.cell, edit.start): place_of(source, stretch)
        for edit in binding.edits
        for stretch in stretches
        if stretch.cell == edit.cell and 0 <= edit.start - stretch.start <= len(stretch.text)
    }
    tasks = defaultdict(list)
    for edit in binding.edits:
        tasks[places[edit.cell, edit.start]].append(codes[id(edit)])
    with Press(open_publication(root).project, draws=False) as press:
        runs = dict(values_of(press, source, tasks))
    return {
        (edit.cell, edit.start, edit.kind): [
            runs[number][places[edit.cell, edit.start], codes[id(edit)]] if number in runs else None
            for number in range(len(SIZES_OF_CHANGES))
        ]
        for edit in binding.edits
    }


def compared(
    taken: Sequence[Taken],
    binding: Binding,
    now: Mapping[tuple[int, int, str], Sequence[str | None]],
    sentences: Sentences,
    *,
    verbose: bool,
) -> Counter[str]:
    """Return how many came back, and how."""
    counts, matched = Counter[str](), set[int]()
    parts = [part for part in taken if not _is_typed(part)]
    said = {id(part): said_in(sentences, part, [*taken, *binding.edits]) for part in parts}

    def is_right(part: Taken, edit: BoundWords) -> bool:
        return is_same(part, edit, said[id(part)], now[edit.cell, edit.start, edit.kind])

    edits = {
        id(part): [edit for edit in binding.edits if _are_at_one(part, edit)] for part in parts
    }
    right = {id(part): [edit for edit in edits[id(part)] if is_right(part, edit)] for part in parts}
    elsewhere = list[BoundWords]()
    for part in parts:
        if part.kind == "claim" and not right[id(part)]:
            used = [*elsewhere, *(edit for of in right.values() for edit in of)]
            new = [
                edit
                for edit in binding.edits
                if edit.kind == "claim"
                and edit not in used
                and sentences.of(part) == sentences.of(edit) is not None
                and is_right(part, edit)
            ]
            right[id(part)] = new[:1]
            elsewhere += new[:1]
    for part in parts:
        counts[part.kind] += 1
        here = [edit for edit in edits[id(part)] if edit not in elsewhere]
        matched.update(map(id, [*here, *right[id(part)]]))
        unsure = [words for words in binding.unsure if _overlap(part, words)]
        how = "unsure" if unsure else "unbound"
        is_by_meaning = part.kind == "claim" and is_proved(part, said_in(sentences, part))
        counts["claim by meaning"] += is_by_meaning
        values = [now[edit.cell, edit.start, edit.kind] for edit in here]
        if right[id(part)]:
            how = "right"
        elif any(
            is_in_part(part, edit, said[id(part)], value)
            for edit, value in zip(here, values, strict=True)
        ):
            how = "in part"
        elif here:
            how = "wrong"
        counts[f"{part.kind} {how}"] += 1
        counts["claim by meaning right"] += is_by_meaning and how == "right"
        if verbose and how != "right":
            codes = [edit.code for edit in here] or [
                code for words in unsure for code in words.codes
            ]
            mark = " by meaning" * is_by_meaning
            print(
                f"    {part.kind} {how}{mark} [{part.cell}] {part.words!r} {' | '.join(codes)}: "
                f"{sense(part.declared)}"
            )
            if here:
                print(f"        instead: {sense(here[0].declared)}")
                print(f"        {values_of_taken(part, said[id(part)])}\n        {values[0]}")
    others = [edit for edit in binding.edits if id(edit) not in matched]
    counts["new"] = len(others)
    if verbose:
        for edit in others:
            print(f"    new {edit.kind} [{edit.cell}] {edit.words!r} {edit.code}")
    return counts


def _is_typed(part: Taken) -> bool:
    """True for a fact that is typed from a document: no table has it."""
    sources = part.declared["sources"] if part.kind == "fact" else ()
    return any(source.startswith("@") for source in sources)


def _are_at_one(part: Taken, edit: BoundWords) -> bool:
    return edit.kind == part.kind and _overlap(part, edit)


def _overlap(part: Taken, words: BoundWords | UnsureWords) -> bool:
    return words.cell == part.cell and words.start < part.end and part.start < words.end


def is_proved(part: Taken, said: Coded) -> bool:
    """True if the words of a claim say what it rests on."""
    span = said.start, said.end
    judgement = judged(said.sentence, span, part.declared, lexicon(said.language), is_advice=False)
    return judgement.truth == "proved"


def values_of_taken(part: Taken, said: Coded) -> list[str | None]:
    """Return what a fact or a claim comes to in runs with other numbers."""
    nothing = json.dumps([False, []])
    return [
        None if declared is None else value_of(declared, said) if declared else nothing
        for declared in part.otherwise
    ]


def _compared_values(part: Taken, said: Coded, now: Sequence[str | None]) -> list[tuple[str, str]]:
    """Return what a fact or a claim, and what was bound, come to in the runs that say something of both."""
    return [
        (first, other)
        for first, other in zip(values_of_taken(part, said), now, strict=True)
        if first is not None and other is not None
    ]


def is_same(part: Taken, edit: BoundWords, said: Coded, now: Sequence[str | None]) -> bool:
    """True if a fact comes to the same value with other numbers, or a claim is as true; with no other
    numbers, if it has the same value.
    """
    was, pairs = part.declared, _compared_values(part, said, now)
    if part.kind == "claim":
        pairs = pairs or [(value_of(was), value_of(edit.declared))]
        return all(_is_same_claim(*map(json.loads, pair)) for pair in pairs)
    if was["text"] not in edit.declared["text"] and edit.declared["text"] not in was["text"]:
        return False
    if not any(first != value_of(was) for first, _ in pairs):
        return value_of(was) == value_of(edit.declared)
    return all(first == other for first, other in pairs)


def is_in_part(part: Taken, edit: BoundWords, said: Coded, now: Sequence[str | None]) -> bool:
    """True if a claim of several comparisons is never true without this one, which rests on some of its
    values.
    """
    if part.kind != "claim" or len(part.declared["compared"].get("comparisons", ())) < 2:
        return False
    pairs = [(value_of(part.declared), value_of(edit.declared))]
    pairs += _compared_values(part, said, now)
    truths = [(json.loads(first)[0], json.loads(other)[0]) for first, other in pairs]
    rests = [{figures(value) for value in json.loads(each)[1]} for each in pairs[0]]
    return rests[1] <= rests[0] and all(other or not first for first, other in truths)


def _is_same_claim(was: tuple[bool, list[str]], now: tuple[bool, list[str]]) -> bool:
    """True if a claim is as true as another one, and rests on all that the other rests on, or the other
    way round; of words that are others with such numbers, there is only the truth.
    """
    rests, others = (set(map(figures, values)) for _, values in (was, now))
    return was[0] == now[0] and (not rests or rests <= others or others <= rests)


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
