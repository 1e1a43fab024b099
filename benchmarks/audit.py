"""How the audit judges sentences of which a script knows the truth.

    python benchmarks/audit.py [known] [held] [harder] [--wrong]

Each set in `benchmarks/audit/` has documents, tables, and the class of each sentence, computed from the
tables by plain pandas. A sentence may have several statements: it counts as contradicted if one of
them is, else as borne out if one is, else as unknown. Printed are precision and recall of each class,
and with `--wrong` the sentences that were judged otherwise.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

SETS = Path(__file__).with_suffix("")
CLASSES = ("borne out", "contradicted", "unknown")


def main() -> None:
    """Judge each set, and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=["known"])
    parser.add_argument("--wrong", action="store_true")
    options = parser.parse_args()
    for name in options.sets:
        _print(name, *judged(SETS / name), with_wrong=options.wrong)


def judged(folder: Path) -> tuple[Counter[tuple[str, str]], list[str]]:
    """Return how many sentences of each class got each verdict, and the sentences that got another."""
    verdicts = _verdicts(folder)
    counts, wrong = Counter[tuple[str, str]](), list[str]()
    for line in (folder / "sentences.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        verdict = _settled(verdicts[case["document"]], case["sentence"])
        counts[case["class"], verdict] += 1
        if verdict != case["class"]:
            wrong.append(f"{case['class']} → {verdict}: {case['sentence']} ({case['why']})")
    return counts, wrong


def _verdicts(folder: Path) -> defaultdict[str, list[tuple[str, str]]]:
    """Return the statements of each document: the sentence, without markup, and the verdict."""
    with tempfile.TemporaryDirectory() as cache:
        command = ["-m", "broadsheet", "audit", str(folder / "documents")]
        audit = subprocess.run(
            [sys.executable, *command, "--data", str(folder / "tables"), "--json"],
            capture_output=True,
            text=True,
            check=False,
            env={"XDG_CACHE_HOME": cache, "PATH": ""},
        )
    if audit.returncode not in (0, 1) or not audit.stdout:
        raise SystemExit(audit.stderr)
    statements: list[dict[str, Any]] = json.loads(audit.stdout)["statements"]
    verdicts = defaultdict[str, list[tuple[str, str]]](list)
    for statement in statements:
        name = Path(statement["file"]).name
        said = [statement["sentence"], *statement["context"].split(" | ")[1:]]
        verdicts[name].append((" ".join(map(_plain, said)), statement["verdict"]))
    return verdicts


def _settled(statements: list[tuple[str, str]], sentence: str) -> str:
    """Return the verdict of a sentence. A row of a table in the text has its cells as statements, each
    with the head of the row.
    """
    words = _plain(sentence)
    cells = [_plain(cell) for cell in sentence.strip("| ").split(" | ")]
    rows = {f"{cell} {cells[0]}" for cell in cells[1:]}
    near = [
        verdict
        for text, verdict in statements
        if text == words or (len(text) > 3 and text in words) or (len(cells) > 1 and text in rows)
    ]
    return next(
        (verdict for verdict in ("contradicted", "borne out") if verdict in near), "unknown"
    )


def _plain(text: str) -> str:
    """Return a text without Markdown's signs, in one spelling."""
    text = re.sub(r"[*_`>#|]|^\s*[-+]\s", " ", text)
    for sign, plain in (("\u202f", " "), ("\u00a0", " "), ("’", "'"), ("&amp;", "&")):
        text = text.replace(sign, plain)
    return " ".join(text.split()).rstrip(".")


def _print(
    name: str, counts: Counter[tuple[str, str]], wrong: list[str], *, with_wrong: bool
) -> None:
    print(f"{name}: {counts.total()} sentences")
    for kind in CLASSES:
        right = counts[kind, kind]
        said = sum(counts[other, kind] for other in CLASSES)
        real = sum(counts[kind, other] for other in CLASSES)
        print(
            f"  {kind:13} precision {right / max(said, 1):.2f} ({right} of {said}), "
            f"recall {right / max(real, 1):.2f} ({right} of {real})"
        )
    for line in wrong if with_wrong else ():
        print("   ", line)


if __name__ == "__main__":
    main()
