"""How the audit judges sentences of which a script knows the truth.

    python benchmarks/audit.py [known] [held] [harder] [--wrong] [--changed]
    python benchmarks/audit.py --size [PAGES TABLES ROWS] [--jobs JOBS]

Each set in `benchmarks/audit/` has documents, tables, and the class of each sentence, computed from the
tables by plain pandas. A sentence may have several statements: it counts as contradicted if one of
them is, else as borne out if one is, else as unknown. Printed are precision and recall of each class,
and with `--wrong` the sentences that were judged otherwise.

With `--changed` each sentence that is borne out is changed in one thing, a number, a label or a direction, and
judged again: printed is by operation and change how many are contradicted, as they should be.

With `--size` a folder is made of so many pages, each of the sentences of the sets and of some about its
own tables, and so many tables of so many rows (1,000 pages and 100 tables of 10,000 rows), and audited
twice: the second run has what the first has kept of the tables. Printed are the time, that of the processors (on a
busy machine the first is longer), the memory of all processes together, and the number of statements.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from random import Random
from typing import Any

from babel import Locale
from changed_sentences import Counts, changed

SETS = Path(__file__).with_suffix("")
CLASSES = ("borne out", "contradicted", "unknown")


def main() -> None:
    """Judge each set, and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=["known"])
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--changed", action="store_true")
    parser.add_argument("--size", nargs="*", type=int)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if options.size is not None:
        if len(options.size) not in (0, 3):
            parser.error("--size takes three numbers, or none")
        measure(*(options.size or (1000, 100, 10_000)), jobs=options.jobs)
        return
    if options.changed:
        results = [changed(SETS / name) for name in options.sets]
        missed = [line for _, lines in results for line in lines]
        _print_changed(sum((counts for counts, _ in results), Counts()))
        for line in missed if options.wrong else ():
            print("   ", line)
        return
    for name in options.sets:
        _print(name, *judged(SETS / name), with_wrong=options.wrong)


def measure(pages: int, tables: int, rows: int, *, jobs: int) -> None:
    """Make a folder of pages and tables, audit it twice, and print what it took."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache:
        place = Path(folder)
        _write_tables(place / "data", tables, rows)
        _write_pages(place, pages)
        print(f"{pages:,} pages, {tables:,} tables of {rows:,} rows, {jobs} processes")
        for run in ("first run", "second run"):
            command = [
                sys.executable,
                "-m",
                "broadsheet",
                "audit",
                folder,
                "--json",
                "--jobs",
                str(jobs),
            ]
            started, used = time.monotonic(), _processor()
            with tempfile.TemporaryFile("w+") as output:
                audit = subprocess.Popen(
                    command, stdout=output, env={"XDG_CACHE_HOME": cache, "PATH": ""}
                )
                most = _most_memory(audit)
                took, used = time.monotonic() - started, _processor() - used
                output.seek(0)
                statements = json.load(output)["result"]["statements"]
            counts = Counter(statement["verdict"] for statement in statements)
            said = ", ".join(f"{count:,} {verdict}" for verdict, count in counts.most_common())
            print(
                f"  {run}: {took:.0f} s, {used:.0f} s of processors, {most / 2**20:.0f} MB; {said}"
            )


def _processor() -> float:
    """Return the seconds that processors have spent for processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _most_memory(process: subprocess.Popen[bytes]) -> int:
    """Return the most memory of a process and those that it has started, in bytes: what each has alone,
    and its part of what is shared.
    """
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(_memory, _family(process.pid))))
        time.sleep(0.2)
    return most


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    listed = children.read_text().split() if children.exists() else []
    return [pid, *(each for child in listed for each in _family(int(child)))]


def _memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


SUBJECTS = (
    "population",
    "exports",
    "rainfall",
    "house prices",
    "unemployment",
    "wages",
    "births",
    "car sales",
)
"""What the tables of the folder measure."""


def _write_tables(folder: Path, tables: int, rows: int) -> None:
    """Write tables of countries and years, with values of a fixed seed."""
    folder.mkdir()
    random = Random(1)
    countries = [
        str(name)
        for code, name in sorted(Locale("en").territories.items())
        if len(code) == 2 and code.isalpha()
    ]
    years = max(1, rows // len(countries))
    for number in range(tables):
        subject = SUBJECTS[number % len(SUBJECTS)]
        lines = [f"country,year,{subject.replace(' ', '_')},share_{number}"]
        for country in countries:
            level = random.uniform(100, 100_000)
            for year in range(2020 - years + 1, 2021):
                level *= random.uniform(0.95, 1.07)
                lines.append(f'"{country}",{year},{level:.1f},{random.uniform(0, 100):.1f}')
        (folder / f"{subject.replace(' ', '-')}-{number}.csv").write_text(
            "\n".join(lines[: rows + 1]) + "\n"
        )


def _write_pages(folder: Path, pages: int) -> None:
    """Write pages: each has thirty sentences of the sets, and sentences about the tables."""
    random = Random(2)
    sentences = [
        json.loads(line)["sentence"]
        for name in ("known", "held", "harder")
        for line in (SETS / name / "sentences.jsonl").read_text("utf-8").splitlines()
    ]
    for number in range(pages):
        subject = SUBJECTS[number % len(SUBJECTS)]
        own = [
            f"In {random.randint(1990, 2020)} the {subject} of {country} stood at {random.uniform(100, 90_000):,.1f}."
            for country in ("Germany", "Japan", "Brazil", "Kenya", "Norway")
        ]
        text = "\n\n".join([f"# The {subject} of nations", *own, *random.sample(sentences, 30)])
        (folder / f"page-{number}.md").write_text(text + "\n", "utf-8")


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
    statements: list[dict[str, Any]] = json.loads(audit.stdout)["result"]["statements"]
    verdicts = defaultdict[str, list[tuple[str, str]]](list)
    for statement in statements:
        name = Path(statement["file"]).name
        heads = (
            statement["context"].split(" | ")[1:] if statement["passage"] == "table cell" else []
        )
        said = [statement["sentence"], *heads]
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


def _print_changed(counts: Counts) -> None:
    """Print how many changed sentences are contradicted, by operation, by change, and of all."""
    groups = defaultdict[str, Counter[str]](Counter)
    for (operation, kind, verdict), count in counts.items():
        for group in (operation, f"{kind} changed", "all"):
            groups[group][verdict] += count
    for group, verdicts in sorted(groups.items(), key=lambda item: -item[1].total()):
        part = verdicts["contradicted"] / verdicts.total()
        print(
            f"  {group:22} contradicted {part:.2f} ({verdicts['contradicted']} of {verdicts.total()}), "
            f"borne out {verdicts['borne out']}, unknown {verdicts['unknown']}"
        )


if __name__ == "__main__":
    main()
