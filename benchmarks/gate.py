"""How well the number check reads news prose, and what that costs.

    python benchmarks/gate.py [PUBLICATION]

First the corpora of `tests/prose/`: precision and recall on the halves that the rules were made with
and on those that were held out, and the processor time for 1,000 words of it, which hold far more
numbers than an article does. Then, with a publication, a cold build of it into a folder that is
thrown away (every notebook runs): the processor time that reading the pages takes, from HTML to
findings, beside that of the build and its processes. Pages are read as they are made, so both are of
the same run.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from broadsheet.markdown.rendering import Rendering
from broadsheet.site.build.build import build
from broadsheet.verify.numbers.number_check import check_numbers
from corpus import corpus, score

ROUNDS = 5


def of_the_corpus(part: str, language: str) -> None:
    """Precision, recall, time."""
    known = corpus(part)
    result = score(known, language)
    passages = [one.passage for one in known]
    words = sum(len(passage.text.split()) for passage in passages)
    started = time.process_time()
    for _ in range(ROUNDS):
        check_numbers(passages, language)
    milliseconds = (time.process_time() - started) / ROUNDS / words * 1e6
    sentences, findings = (
        sum(len(one.sentences) for one in known),
        sum(len(one.findings) for one in known),
    )
    print(
        f"{part}: {sentences} sentences, {findings} findings: precision {result.precision:.3f}, "
        f"recall {result.recall:.3f}; {milliseconds:.1f} ms for 1,000 words"
    )


def of_a_build(root: Path) -> None:
    """The number check's time beside a cold build's."""
    pages, words, seconds = 0, 0, 0.0

    def reader(rendering: Rendering) -> tuple[int, float]:
        rendered = rendering.rendered
        passages = (*rendered.titles, *rendered.prose.passages)
        started = time.thread_time()
        check_numbers(passages)
        seconds = time.thread_time() - started
        return sum(len(passage.text.split()) for passage in passages), seconds

    with tempfile.TemporaryDirectory() as folder:
        started = processor()
        report = build(
            root,
            output=Path(folder) / "site",
            use_cache=False,
            reader=reader,
            jobs=1,
        )
        whole = processor() - started
    for fault in report.faults:
        raise fault
    words = sum(words for words, _ in report.answers.values())
    seconds = sum(seconds for _, seconds in report.answers.values())
    pages = len(report.answers)
    print(
        f"a cold build: {whole:.1f} s of processor time for {pages} pages of {words:,} words; the number check "
        f"{seconds:.2f} s, {seconds / words * 1e6:.1f} ms for 1,000 words, {seconds / whole:.2%} of the build"
    )


def processor() -> float:
    """The processor time of this process and of those that it has begun and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("publication", nargs="?", type=Path)
    options = parser.parse_args()
    for part in ("development", "fields", "fresh", "recent"):
        of_the_corpus(part, "en")
        of_the_corpus("held_out" if part == "development" else f"{part}_held_out", "en")
    for part in ("wire", "columns", "desks"):
        of_the_corpus(part, "en")
        of_the_corpus(f"german_{part}", "de")
    for part in ("german", "german_fields", "german_fresh", "german_recent"):
        of_the_corpus(part, "de")
        of_the_corpus(f"{part}_held_out", "de")
    if options.publication:
        of_a_build(options.publication.resolve())
