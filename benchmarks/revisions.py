"""Real revisions: does the report of a refresh name each sentence that moves, and none that does not?

    python benchmarks/revisions.py REPOSITORY:PATH… [--revisions 2] [--seed 1] [--json FILE]

Each REPOSITORY is a clone of a public repository, PATH a CSV file in it with a history. Of pairs of its
versions, each older one becomes the table of a small publication: an article of one page and one of
ten editions, with a hundred sentences on levels, changes, ranks, shares, extremes, counts and means,
some of them claims. The newer one is then refreshed from a server on loopback, and the report is held
against the two CSV files: what each sentence should say is computed here, by plain pandas, with
nothing of the program.

A table is taken in its long form, `who,at,value`: of the numbers of a file, each column is somebody.
Sentences speak of rows that both versions have.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from broadsheet.data.refresh.client import LOOPBACK_ALLOWED

PAGE, EDITIONS = 50, 10
"""The sentences of the page, and the editions of the other article."""
IN_EDITIONS = ("level", "verb", "rank", "mean", "share")
"""The sentences of an edition."""
_MOST = 24
"""The most series of a table."""
_TIMES = re.compile(r"year|date|month|day|time|period", re.IGNORECASE)
_NAMED = re.compile(r"Note ([A-Z]\d+)\b")

SETUP = """import broadsheet as bs
series = bs.table("series")
value = series.set_index(["who", "at"])["value"]
by_who = {who: part.set_index("at")["value"] for who, part in series.groupby("who")}"""


@dataclass
class Result:
    """What a history gave."""

    history: str
    """The repository and the file."""
    rows: int = 0
    """The most rows of a version."""
    revisions: int = 0
    """The pairs of versions that were tried."""
    sentences: int = 0
    """The sentences that were held against the files."""
    moved: int = 0
    """Those that move, or become false, by the files."""
    named: int = 0
    """Those of them that the report names."""
    with_page: int = 0
    """Those of them that stand on a page of which it says that it cannot be made any more."""
    missed: list[str] = field(default_factory=list)
    """The others of them."""
    wrong: list[str] = field(default_factory=list)
    """Those that it names, and that do not move."""
    seconds: float = 0
    """The time of the refreshes."""


@dataclass(frozen=True)
class Sentence:
    """A sentence, and what it rests on."""

    name: str
    """The name that it bears."""
    kind: str
    """What it says."""
    who: str
    """The series that it is about."""
    first: str
    """The earlier time."""
    last: str
    """The later time."""
    rose: bool = False
    """True if the older version has more at the later time."""

    @property
    def text(self) -> str:
        """The sentence as its author writes it."""
        who, first, last = (repr(part) for part in (self.who, self.first, self.last))
        return f"Note {self.name} says: {self._words(who, first, last)}."

    @property
    def template(self) -> str:
        """The sentence as its author writes it for all editions."""
        number = self.name[1:]
        return f"Note `{{python}} label`{number} says: {self._words('who', 'first', 'last')}."

    def _words(self, who: str, first: str, last: str) -> str:
        at, then = f"value[{who}, {last}]", f"value[{who}, {first}]"
        series = f"by_who[{who}]"
        verb = "rose" if self.rose else "fell"
        sign = ">" if self.rose else "<"
        return {
            "level": f'it was `{{python}} f"{{{at}:,.2f}}"`',
            "difference": f'the difference was `{{python}} f"{{{at} - {then}:,.2f}}"`',
            "change": f'it was `{{python}} f"{{{at} / {then}:.3f}}"` times as much',
            "share": f'its part was `{{python}} f"{{{at} / value.xs({last}, level=1).sum():.4f}}"`',
            "rank": "its place was "
            f"`{{python}} int(value.xs({last}, level=1).rank(ascending=False, method='min')[{who}])`",
            "most": f'the most was `{{python}} f"{{{series}.max():,.2f}}"`',
            "least": f'the least was `{{python}} f"{{{series}.min():,.2f}}"`',
            "when": f"it was most at `{{python}} str({series}.idxmax())`",
            "mean": f'the mean was `{{python}} f"{{{series}.mean():,.2f}}"`',
            "count": f"more than that was seen `{{python}} int(({series} > {at}).sum())` times",
            "latest": f'the latest was `{{python}} f"{{{series}.iloc[-1]:,.2f}}"`',
            "claim": f'it [{verb}]{{claim="{at} {sign} {then}"}}',
            "verb": f'it [rose|fell]{{by="{series}, {first}, {last}"}}',
            "record": f'it was [the most]{{claim="{at} == {series}.max()"}}',
        }[self.kind]

    def says(self, table: pd.DataFrame) -> str:
        """Return what it says of a table; for a claim, if it is true."""
        series = table[table["who"] == self.who].set_index("at")["value"]
        same_time = table[table["at"] == self.last].set_index("who")["value"]
        at, then = series[self.last], series[self.first]
        said: dict[str, Any] = {
            "level": lambda: f"{at:,.2f}",
            "difference": lambda: f"{at - then:,.2f}",
            "change": lambda: f"{at / then:.3f}",
            "share": lambda: f"{at / same_time.sum():.4f}",
            "rank": lambda: 1 + int((same_time > at).sum()),
            "most": lambda: f"{series.max():,.2f}",
            "least": lambda: f"{series.min():,.2f}",
            "when": series.idxmax,
            "mean": lambda: f"{series.mean():,.2f}",
            "count": lambda: int((series > at).sum()),
            "latest": lambda: f"{series.iloc[-1]:,.2f}",
            "claim": lambda: (at > then) if self.rose else (at < then),
            "verb": lambda: "held" if _held(then, at) else "rose" if at > then else "fell",
            "record": lambda: at == series.max(),
        }
        return str(said[self.kind]())


def _held(then: float, at: float) -> bool:
    """True if a value is so near an earlier one that it neither rose nor fell."""
    return abs(at - then) <= 0.005 * abs(then)


KINDS = (
    "level",
    "difference",
    "change",
    "share",
    "rank",
    "most",
    "least",
    "when",
    "mean",
    "count",
    "latest",
    "claim",
    "verb",
    "record",
)


def main() -> None:
    """Try the histories that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("histories", nargs="+", metavar="REPOSITORY:PATH")
    parser.add_argument("--revisions", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print(
        f"{'history':<52} {'rows':>6} {'rev':>3} {'sent':>5} {'moved':>5} {'named':>5} page missed wrong s"
    )
    results = []
    for history in options.histories:
        result = tried(history, options.revisions, random.Random(options.seed))
        results.append(result)
        print(
            f"{history[-52:]:<52} {result.rows:>6,} {result.revisions:>3} {result.sentences:>5} "
            f"{result.moved:>5} {result.named:>5} {result.with_page:>4} {len(result.missed):>6} {len(result.wrong):>5} "
            f"{result.seconds:.0f}",
            flush=True,
        )
        for sentence in result.missed + result.wrong:
            print("   ", sentence)
        if options.json:
            options.json.write_text(json.dumps([asdict(each) for each in results], indent=1))
    print(
        f"{len(results)} histories, {sum(each.revisions for each in results)} revisions: "
        f"{sum(each.moved for each in results)} sentences move, "
        f"{sum(each.named for each in results)} named, "
        f"{sum(each.with_page for each in results)} on pages that are named, "
        f"{sum(len(each.missed) for each in results)} missed, "
        f"{sum(len(each.wrong) for each in results)} named wrongly"
    )


def tried(history: str, count: int, chance: random.Random) -> Result:
    """Try some revisions of a history."""
    result = Result(history)
    for before, now in _pairs(history, count):
        cases = _sentences(before, now, chance)
        if cases is None:
            continue
        report, seconds = _refreshed(before, now, cases)
        result.rows = max(result.rows, len(before), len(now))
        result.revisions += 1
        result.seconds += seconds
        named, lost = set(_named(report)), set(_lost(report))
        for case in (one for part in cases for one in part):
            was, says = case.says(before), case.says(now)
            result.sentences += 1
            result.moved += was != says
            result.named += was != says and case.name in named
            line = f"{case.text} ({was} → {says})"
            is_lost = case.name not in named and case.name[0] in lost
            result.with_page += was != says and is_lost
            if was != says and case.name not in named and not is_lost:
                result.missed.append(line)
            if was == says and case.name in named:
                result.wrong.append(line)
    return result


def _named(report: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the sentences that a report names. An entry has the words of one edition, and
    all editions in which they change alike.
    """
    for part in ("false", "moved"):
        for entry in report[part]["entries"]:
            for name in _NAMED.findall(f"{entry['before']} {entry.get('now', '')}"):
                for edition in entry["editions"]:
                    case = edition.partition("case-")[2]
                    yield f"{case.upper()}{name[1:]}" if case else name


def _lost(report: dict[str, Any]) -> Iterator[str]:
    """Yield the letters of the pages that cannot be made any more."""
    for entry in report["false"]["entries"]:
        if entry["kind"] == "page":
            for edition in entry["editions"]:
                yield edition.partition("case-")[2].upper() or ("A" if edition == "all" else "")


# The histories


def _pairs(history: str, count: int) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Yield pairs of versions, the older first: those next to each other that differ, spread over
    the history.
    """
    repository, _, path = history.partition(":")
    command = ["git", "-C", repository]
    log = subprocess.run(
        [*command, "log", "--format=%H", "--reverse", "--", path],
        capture_output=True,
        text=True,
        check=True,
    )
    commits = log.stdout.split()
    step = max(1, (len(commits) - 1) // (3 * count))
    versions: list[pd.DataFrame] = []
    for commit in commits[::-step][::-1]:
        shown = subprocess.run(
            [*command, "show", f"{commit}:{path}"], capture_output=True, check=False
        )
        table = _long(shown.stdout)
        if table is not None and not (versions and table.equals(versions[-1])):
            versions.append(table)
    pairs = [
        pair
        for pair in itertools.pairwise(versions)
        if len(pair[0].merge(pair[1], on=["who", "at"])) > len(pair[0]) // 2
    ]
    yield from pairs[-count:]


def _long(content: bytes) -> pd.DataFrame | None:
    """Return a CSV file as `who,at,value`; None if it is no table of numbers over time."""
    try:
        wide = pd.read_csv(io.BytesIO(content))
    except (ValueError, UnicodeDecodeError):
        return None
    times = [name for name in wide if _TIMES.search(str(name))][:1]
    names = [name for name in wide if not pd.api.types.is_numeric_dtype(wide[name])]
    names = [name for name in names if name not in times][:1]
    numbers = [
        name for name in wide if pd.api.types.is_numeric_dtype(wide[name]) and name not in times
    ]
    if not times or not numbers:
        return None
    long = wide.melt([*names, *times], numbers, var_name="column", value_name="value")
    parts = [long[name].astype(str) for name in names] + [long["column"].astype(str)]
    long["who"] = [" ".join(each) for each in zip(*parts, strict=True)]
    long["who"] = long["who"].str.replace(r"[^\w ]", "", regex=True).str.strip()
    long["at"] = _as_days(long[times[0]])
    long = long[["who", "at", "value"]].dropna()
    long = long.drop_duplicates(["who", "at"]).sort_values(["who", "at"])
    largest = long.groupby("who").size().sort_values(kind="stable").index[-_MOST:]
    long = long[long["who"].isin(largest)].reset_index(drop=True)
    return long if len(long) >= 24 else None


def _as_days(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return times in a form that sorts: a letter keeps years and months from being numbers."""
    text = column.astype(str).str.removesuffix(".0")
    if not text.str.fullmatch(r"\d{4}(-\d\d)?(-\d\d)?").all():
        text = pd.to_datetime(column, errors="coerce").dt.strftime("%Y-%m-%d")
    return "T" + text


# The publication


def _sentences(
    before: pd.DataFrame, now: pd.DataFrame, chance: random.Random
) -> list[list[Sentence]] | None:
    """Return the sentences of the page, and then those of each edition."""
    both = before.merge(now, on=["who", "at"], suffixes=("", "_now"))
    times = {
        str(who): [str(at) for at in part["at"]]
        for who, part in both.groupby("who")
        if len(part) > 3
    }
    if not times:
        return None
    differs = both[both["value"] != both["value_now"]]
    revised = {
        str(who): [str(at) for at in part["at"]]
        for who, part in differs.groupby("who")
        if who in times
    }

    values = before.set_index(["who", "at"])["value"]

    def subject() -> tuple[str, str, str]:
        while True:
            who, first, last = drawn()
            if not _held(values[who, first], values[who, last]):
                return who, first, last

    def drawn() -> tuple[str, str, str]:
        # Half of the sentences are about what was revised, if anything was.
        moves = revised and chance.random() < 0.5
        who = chance.choice(list(revised if moves else times))
        first, last = sorted(chance.sample(times[who], 2))
        if moves:
            last = chance.choice(revised[who])
            first = chance.choice([at for at in times[who] if at != last])
        return who, first, last

    def sentence(name: str, kind: str) -> Sentence:
        while True:
            who, first, last = subject()
            made = Sentence(name, kind, who, first, last)
            series = values[who]
            if kind == "record":
                made = Sentence(name, kind, who, first, str(series.idxmax()))
                if made.last not in times[who] or (series == series.max()).sum() > 1:
                    made = Sentence(name, "most", who, first, last)
            if kind == "change" and not series[first]:
                continue
            return Sentence(
                name, made.kind, who, first, made.last, bool(series[last] > series[first])
            )

    kinds = [KINDS[number % len(KINDS)] for number in range(PAGE)]
    parts = [[sentence(f"A{number}", kind) for number, kind in enumerate(kinds)]]
    for edition in range(EDITIONS):
        label, of = chr(ord("B") + edition), subject()
        parts.append(
            [Sentence(f"{label}{number}", kind, *of) for number, kind in enumerate(IN_EDITIONS)]
        )
    return parts


def _refreshed(
    before: pd.DataFrame, now: pd.DataFrame, parts: list[list[Sentence]]
) -> tuple[dict[str, Any], float]:
    """Return the report of the refresh from one version to the other, and its time in seconds."""
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder) / "source") as address:
        root = Path(folder) / "publication"
        _publication(root, parts)
        before.to_csv(root / "old.csv", index=False)
        now.to_csv(Path(folder) / "source/series.csv", index=False)
        keys = ["--key", "who", "--key", "at", "--source", "S", "--licence", "CC0-1.0"]
        _run(root, "data", "add", "old.csv", "--name", "series", *keys)
        descriptor = root / "data/datapackage.json"
        package = json.loads(descriptor.read_text())
        table = package["resources"][0]
        table["refresh"] = {"source": "file", "address": f"{address}/series.csv"}
        next(field for field in table["schema"]["fields"] if field["name"] == "value")["type"] = (
            "number"  # whole in one version, with decimals in another: a change of schema
        )
        descriptor.write_text(json.dumps(package))
        start = time.perf_counter()
        answer = json.loads(_run(root, "data", "refresh", "series", "--accept", "--json"))
        seconds = time.perf_counter() - start
        shutil.rmtree(root)
        moved: dict[str, Any] = answer["moved"]
        return moved, seconds


def _publication(root: Path, parts: list[list[Sentence]]) -> None:
    root.mkdir()
    (root / "_quarto.yml").write_text("project:\n  type: website\nwebsite:\n  title: Revisions\n")
    (root / "index.qmd").write_text("---\ntitle: Revisions\n---\n")
    page, *editions = parts
    texts = [sentence.text for sentence in page]
    _article(root, "all", "title: All\ndate: 2024-01-01", [new_code_cell(SETUP)], texts)
    listed: list[dict[str, Any]] = [
        {
            "slug": f"case-{each[0].name[0].lower()}",
            "parameters": {
                "label": each[0].name[0],
                "who": each[0].who,
                "first": each[0].first,
                "last": each[0].last,
            },
        }
        for each in editions
    ]
    front = f"title: Cases\ndate: 2024-01-02\neditions: {json.dumps(listed, ensure_ascii=False)}"
    given = "\n".join(f"{name} = {value!r}" for name, value in listed[0]["parameters"].items())
    cells = [new_code_cell(given, metadata={"tags": ["parameters"]}), new_code_cell(SETUP)]
    _article(root, "cases", front, cells, [sentence.template for sentence in editions[0]])


def _article(root: Path, slug: str, front: str, cells: list[Any], texts: list[str]) -> None:
    prose = new_markdown_cell("\n\n".join(texts))
    notebook = new_notebook(cells=[new_raw_cell(f"---\n{front}\n---"), *cells, prose])
    path = root / "posts" / slug / "index.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def _run(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "broadsheet", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        env={**os.environ, LOOPBACK_ALLOWED: "1"},
        check=False,
    )
    if done.returncode == 2 or not done.stdout:
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr}{done.stdout}")
    return done.stdout


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        del format, args


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    folder.mkdir(parents=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
