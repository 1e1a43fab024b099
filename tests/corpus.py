"""The corpus of news prose under `prose/`: sentences with their numbers and comparisons marked.

A line is a sentence, lines that follow each other are a paragraph, `#` starts a heading of the
file. `<words>` is a finding that must be found; nothing else may be. What is accounted for is marked
as in an article: `[@key]` cites, `[words]{claim=name}`, `[words]{.fact name=name}`,
`[words]{.unchecked reason="…"}`.

A careful sub-editor would want held to data: numbers; comparisons and superlatives; verbs of change
with a quantity; who leads, trails or overtakes; wholes of things that a table counts (every, none,
almost all); what stays level; lists of who did something. Not: vague words (many, a few, large),
judgements (strong, remarkable), physical speed and distance, figures of speech.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from broadsheet.errors import Place
from broadsheet.markdown.prose import Mark, Passage
from broadsheet.verify.numbers.number_check import check_numbers

FOLDER = Path(__file__).with_name("prose")
_MARK = re.compile(
    r"<(?P<finding>[^<>]+)>|\s?\[(?P<cite>@[^\]]+)\]|\[(?P<words>[^\]]+)\]\{(?P<how>[^}]+)\}"
)
_KIND = re.compile(
    r"claim=(?P<claim>[\w-]+)|\.fact name=(?P<fact>[\w-]+)|\.unchecked reason=\"(?P<unchecked>[^\"]*)\""
)


@dataclass(frozen=True)
class Known:
    """A paragraph with its answers: the spans of its sentences, and of the findings that must be
    found.
    """

    passage: Passage
    sentences: tuple[tuple[int, int], ...]
    findings: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Score:
    """How many findings are ``right``, which are ``false``; how many of those that are marked are
    ``found``, which are ``missed``: each as `words` in `sentence`.
    """

    right: int
    false: tuple[str, ...]
    found: int
    missed: tuple[str, ...]

    @property
    def precision(self) -> float:
        return self.right / (self.right + len(self.false))

    @property
    def recall(self) -> float:
        return self.found / (self.found + len(self.missed))


def corpus(part: str) -> list[Known]:
    """The paragraphs of a file: `development`, `held_out`, `fields`, `german` …"""
    text = re.sub(r"^#.*\n", "\n", (FOLDER / f"{part}.txt").read_text("utf-8"), flags=re.MULTILINE)
    return [
        _known(paragraph.split("\n"), Place(f"{part}.txt"))
        for paragraph in re.split(r"\n\n+", text.strip("\n"))
    ]


def lines(part: str) -> list[str]:
    """The lines of a file of sentences without marks: `statements` says something of data in each,
    `plain` in none.
    """
    return (FOLDER / f"{part}.txt").read_text("utf-8").splitlines()


def score(paragraphs: list[Known], language: str = "en") -> Score:
    """A finding is right if it touches words that are marked, and these are found if a finding
    touches them: whether "rose to 3 percent" is one finding or two is a matter of taste.
    """
    right, false, found, missed = 0, list[str](), 0, list[str]()
    for known in paragraphs:
        unaccounted = check_numbers([known.passage], language).unaccounted
        spans = [(one.start, one.start + len(one.words)) for one in unaccounted]
        for finding, span in zip(unaccounted, spans, strict=True):
            if any(_touch(span, one) for one in known.findings):
                right += 1
            else:
                false.append(f"{finding.words!r} in: {finding.sentence}")
        for start, end in known.findings:
            if any(_touch((start, end), one) for one in spans):
                found += 1
            else:
                words = known.passage.text[start:end]
                missed.append(f"{words!r} in: {_around(known, start)}")
    return Score(right, tuple(false), found, tuple(missed))


def _touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _known(lines: list[str], place: Place) -> Known:
    text, marks, sentences, findings = (
        "",
        list[Mark](),
        list[tuple[int, int]](),
        list[tuple[int, int]](),
    )
    for line in lines:
        text += " " if text else ""
        start = at = 0
        start = len(text)
        for match in _MARK.finditer(line):
            text += line[at : match.start()]
            at, here = match.end(), len(text)
            if match["cite"]:
                marks.append(Mark(here, here, "cite", match["cite"]))
                continue
            text += match["finding"] or match["words"]
            if match["finding"]:
                findings.append((here, len(text)))
            else:
                marks.append(_mark(here, len(text), match["how"]))
        text += line[at:]
        sentences.append((start, len(text)))
    return Known(Passage(text, tuple(marks), place), tuple(sentences), tuple(findings))


def _mark(start: int, end: int, how: str) -> Mark:
    found = _KIND.fullmatch(how)
    assert found, how
    kind = found.lastgroup
    assert kind in ("claim", "fact", "unchecked")
    return Mark(start, end, kind, found[kind])  # type: ignore[arg-type]


def _around(known: Known, at: int) -> str:
    return next(
        known.passage.text[start:end] for start, end in known.sentences if start <= at < end
    )


def words(paragraphs: list[Known]) -> Iterator[str]:
    """All words of the paragraphs."""
    for known in paragraphs:
        yield from known.passage.text.split()
