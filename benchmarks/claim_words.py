"""The score of the check of words against values, on the sentences of `tests/prose/meaning/`:

    python benchmarks/claim_words.py [--missed] [--half development]

Of sentences that are right, how many are refused; of those that are false, how many are. `--missed`
lists both kinds of mistake in the parts that rules are written for.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from meanings import Result, checked

PARTS = ("development", "held_out", "writers", "writers_held_out", "further")


def main() -> None:
    """Print the score of each part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--missed", action="store_true")
    parser.add_argument("--half")
    options = parser.parse_args()
    for part in [options.half] if options.half else PARTS:
        results = list(checked(part))
        print(f"{part}:")
        _score(results)
        if options.missed and part != "held_out":
            for one in results:
                _mistake(one)


def _score(results: list[Result]) -> None:
    wrong, caught, by_kind = Counter[str](), Counter[str](), Counter[tuple[str, bool]]()
    for one in results:
        kind = f"{one.sentence.kind} ({one.sentence.lang})"
        by_kind[kind, one.sentence.true] += 1
        wrong[kind] += one.sentence.true and bool(one.refused)
        caught[kind] += not one.sentence.true and bool(one.refused)
    for kind in sorted({kind for kind, _ in by_kind}):
        right, false = by_kind[kind, True], by_kind[kind, False]
        print(f"  {kind}: {wrong[kind]} of {right} right refused, {caught[kind]} of {false} false")
    of_right = [one for one in results if one.sentence.true]
    claims = sum(one.claims for one in of_right)
    proved = sum(one.by_meaning for one in of_right)
    false = len(results) - len(of_right)
    print(
        f"  in all: {wrong.total()} of {len(of_right)} right refused, {caught.total()} of {false} "
        f"false; {proved} of {claims} claims of right sentences by meaning"
    )


def _mistake(one: Result) -> None:
    if one.sentence.true and one.refused:
        print(f"    right, refused: {one.sentence.text}\n      {one.refused}")
    if not one.sentence.true and not one.refused:
        print(f"    false, not refused: {one.sentence.text} ({one.sentence.why})")
    if one.sentence.true and not one.refused and one.by_meaning < one.claims:
        print(f"    right, open: {one.sentence.text}")


if __name__ == "__main__":
    main()
