"""Quarto's own smoke tests, held against the built-in renderer:

    git clone --depth 1 https://github.com/quarto-dev/quarto-cli
    python benchmarks/quarto_tests.py quarto-cli/tests/docs/smoke-all [--only 'crossrefs/*']
        [--failed] [--json report.json] [--jobs 2]

Each document says in its front matter (`_quarto: tests:`) what its HTML must have and must not
have: CSS selectors, patterns, files. Each project, or each document that is in none, is tried by
`broadsheet adopt` in a process of its own; Chromium then evaluates the selectors and patterns,
without running a script of the page. Documents in R, Julia or Observable, books, and those with a
filter or shortcode of their own are left out, as are the expectations of other formats.

**It runs the cells of the documents.** Read them first, and use an environment made for it.

`quarto_tests.toml` names what our pages say by another name or rightly do another way. An
expectation *holds* literally, or by such another name; else it is *another way*, which
`docs/quarto.md` explains, *told*, if the trial reports something about that page or the project,
or *silent*.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import multiprocessing
import re
import shutil
import signal
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Page, sync_playwright

from broadsheet.checks.adoption import Adoption, adopt
from plotly_alive.drawing.drawing_page import browser_path

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

SECONDS = 180
"""A trial that takes longer is ended, and counts as one that hangs."""
HELD = ("literally", "by another name")
RESULTS = (*HELD, "another way", "told", "silent")
_FOREIGN = re.compile(r"^`{3,}\s*\{(r|julia|ojs|sql|js|shinylive-\w+)\b", re.MULTILINE)
_OTHER = re.compile(r'%pip|"name": "R"|"language": "julia"')
_LISTS = {
    "ensureHtmlElements": ("element", "page"),
    "ensureFileRegexMatches": ("pattern", "page"),
    "ensureLlmsMdRegexMatches": ("pattern", "llms.md"),
    "ensureLlmsTxtRegexMatches": ("pattern", "llms.txt"),
}
_FILES = {
    f"ensure{name}{what}": file
    for name, file in (("LlmsMd", "llms.md"), ("LlmsTxt", "llms.txt"))
    for what in ("Exists", "DoesNotExist")
}
_EVALUATE = """([html, hasFaults, asked]) => {
    const page = new DOMParser().parseFromString(html ?? "", "text/html");
    const holds = ({kind, text, wanted, among, count}) => {
        if (kind === "fault") return hasFaults;
        if (kind === "file") return (html !== null) === wanted;
        if (html === null) return false;
        if (kind === "element") return (page.querySelector(text) !== null) === wanted;
        if (kind === "count") return page.querySelectorAll(text).length === count;
        if (kind === "pattern") return new RegExp(text, "m").test(html) === wanted;
        const element = page.querySelector(among);
        return element !== null && new RegExp(text).test(element.textContent) === wanted;
    };
    return asked.map((one) => { try { return holds(one); } catch (error) { return `${error}`; } });
}"""


@dataclass(frozen=True)
class Expectation:
    """What a document must have, or must not have."""

    kind: str
    """`element`, `count`, `pattern`, `content`, `file` or `fault`."""
    text: str
    """The selector, the pattern or the file's name."""
    wanted: bool = True
    among: str = ""
    """The selector of the element in which the pattern is looked for."""
    count: int = 0
    file: str = "page"
    """The file that is looked at: the page, its `llms.md`, or `llms.txt`."""

    def __str__(self) -> str:
        what = f"{self.among} ⊃ {self.text}" if self.among else self.text
        return f"{'' if self.wanted else 'no '}{self.kind} {what}" + (
            f" × {self.count}" if self.kind == "count" else ""
        )


@dataclass
class Document:
    """A document of Quarto's, with what became of it."""

    path: Path
    name: str
    project: Path | None
    expectations: tuple[Expectation, ...]
    results: list[tuple[Expectation, str]] = field(default_factory=list)
    messages: tuple[str, ...] = ()
    is_built: bool = False

    @property
    def area(self) -> str:
        """The folder that it is in; those that are named after years are one."""
        first = self.name.split("/")[0]
        return "reports by users" if first.isdecimal() or first == "issues" else first


def main() -> None:
    """Try all documents, and print how many of their expectations hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--failed", action="store_true", help="list the expectations that fail")
    parser.add_argument("--keep", action="store_true", help="keep the sites, and say where")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    folder = options.folder.resolve()
    documents = [
        document
        for document in documents_of(folder)
        if not options.only or any(fnmatch.fnmatch(document.name, one) for one in options.only)
    ]
    units: dict[Path, list[Document]] = defaultdict(list)
    for document in documents:
        units[document.project or document.path].append(document)
    with ThreadPoolExecutor(options.jobs) as pool:
        trials = dict(zip(units, pool.map(_trial, units), strict=True))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        page = browser.new_page()
        for unit, trial in trials.items():
            for document in units[unit]:
                _judge(page, document, trial)
            if not (options.keep or isinstance(trial, str)):
                shutil.rmtree(trial.copy.parent)
        browser.close()
    _print(documents, failed=options.failed)
    if options.json:
        options.json.write_text(json.dumps([_as_json(one) for one in documents], indent=1))


def documents_of(folder: Path) -> Iterator[Document]:
    """Yield the documents below ``folder`` that an HTML page is expected of."""
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".qmd", ".md", ".ipynb") or path.name.startswith("_"):
            continue
        text = path.read_text(errors="replace")
        metadata = _front_matter(path, text)
        project = _project(path, folder)
        if metadata is None or _is_foreign(path, text, metadata, project):
            continue
        expectations = _expectations(metadata)
        if expectations is not None:
            name = path.relative_to(folder).as_posix()
            yield Document(path, name, project, expectations)


def _front_matter(path: Path, text: str) -> dict[str, Any] | None:
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "".join("".join(cells[0]["source"])) if cells else ""
    block = re.match(r"\s*(?:<!--.*?-->\s*)?---\s*\n(.*?)\n(?:---|\.\.\.)\s*(?:\n|$)", text, re.S)
    try:
        data = yaml.load(block[1], _Loader) if block else {}
    except yaml.YAMLError:
        return None
    return data if isinstance(data, dict) else {}


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML with Quarto's tags, such as `!expr`, as plain values."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: getattr(node, "value", None))


def _project(path: Path, folder: Path) -> Path | None:
    for parent in path.parents:
        if parent == folder:
            return None
        if (parent / "_quarto.yml").is_file():
            return parent
    return None


def _is_foreign(path: Path, text: str, metadata: dict[str, Any], project: Path | None) -> bool:
    """True for what is left out: other languages, books, and code of the site's own."""
    settings = (project / "_quarto.yml").read_text() if project else ""
    return bool(
        _FOREIGN.search(text)
        or _OTHER.search(text)
        or re.search(r"type: *(book|manuscript)|\.lua", settings)
        or ".lua" in json.dumps(metadata.get("filters", ""))
        or {*metadata} & {"shortcodes", "server"}
        or metadata.get("engine") not in (None, "jupyter", "markdown")
        or any((place / "_extensions").is_dir() for place in (path.parent, project or path.parent))
    )


def _expectations(metadata: dict[str, Any]) -> tuple[Expectation, ...] | None:
    """Return what the HTML of a document must have; None if it is of other formats, or skipped."""
    tests = (metadata.get("_quarto") or {}).get("tests") or {}
    run = tests.get("run") or {}
    if run.get("skip") or run.get("os") in ("windows", "darwin"):
        return None
    if not {*tests} - {"run"}:
        formats = metadata.get("format", "html")
        formats = [formats] if isinstance(formats, str) else [*(formats or ["html"])]
        return () if any(str(one).split("+")[0] == "html" for one in formats) else None
    specs = [spec or {} for name, spec in tests.items() if str(name).split("+")[0] == "html"]
    return tuple(one for spec in specs for one in _of(spec)) if specs else None


def _of(spec: dict[str, Any]) -> Iterator[Expectation]:
    for key, value in spec.items():
        if key in _LISTS:
            kind, file = _LISTS[key]
            for wanted, texts in zip((True, False), _both(value), strict=False):
                yield from (Expectation(kind, str(one), wanted, file=file) for one in texts or ())
        elif key in _FILES:
            yield Expectation("file", "", key.endswith("Exists"), file=_FILES[key])
        elif key == "ensureHtmlElementContents":
            yield from _contents(value)
        elif key == "ensureHtmlElementCount":
            selectors, counts = (_list(value[name]) for name in ("selectors", "counts"))
            for selector, count in zip(selectors, counts, strict=True):
                yield Expectation("count", selector, count=count)
        elif key == "shouldError":
            yield Expectation("fault", "")


def _both(value: list[Any]) -> list[Any]:
    """Return what must be there and what must not, if only the former is given without a list."""
    return value if value and isinstance(value[0], list) else [value]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _contents(value: dict[str, list[str]]) -> Iterator[Expectation]:
    for selector in value["selectors"]:
        for name, wanted in (("matches", True), ("noMatches", False)):
            for text in value.get(name) or ():
                yield Expectation("content", str(text), wanted, among=selector)


def _trial(unit: Path) -> Adoption | str:
    """Try a project or a document, in a process of its own. Returns why it failed as text."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_adopted, args=(unit, theirs))
    process.start()
    theirs.close()
    if not ours.poll(SECONDS):
        process.kill()
        return f"no end after {SECONDS} seconds"
    try:
        answer: Adoption | str = ours.recv()
    except EOFError:
        answer = "the process ended"
    process.join()
    return answer


def _adopted(unit: Path, answers: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        answers.send(adopt(unit, jobs=1))
    except Exception as error:
        answers.send(f"{type(error).__name__}: {error}")


def _judge(page: Page, document: Document, trial: Adoption | str) -> None:
    if isinstance(trial, str):
        document.messages = (trial,)
        for one in document.expectations:
            document.results.append((one, "literally" if one.kind == "fault" else "told"))
        return
    relative = document.path.relative_to(document.project or document.path.parent)
    document.messages = tuple(_messages(trial, relative))
    html = trial.site / _address(document, relative)
    document.is_built = html.is_file() and not any(
        str(fault.where).startswith(relative.as_posix()) for fault in trial.faults
    )
    texts = {
        "page": html,
        "llms.md": html.with_suffix(".llms.md"),
        "llms.txt": html.with_name("llms.txt"),
    }
    for name, file in texts.items():
        asked = [one for one in document.expectations if one.file == name]
        document.results += _results(page, asked, file, document)


def _address(document: Document, relative: Path) -> Path:
    metadata = _front_matter(document.path, document.path.read_text(errors="replace")) or {}
    own = metadata.get("format")
    html = own.get("html") if isinstance(own, dict) else None
    name = (html or {}).get("output-file") if isinstance(html, dict) else None
    return relative.with_name(name) if name else relative.with_suffix(".html")


def _messages(trial: Adoption, relative: Path) -> Iterator[str]:
    for fault in trial.faults:
        yield f"fault: {fault}"
    for group in (*trial.not_run, *trial.otherwise):
        about = [place for place in group.places if place.startswith((relative.as_posix(), "_"))]
        if about and "`_quarto`" not in group.what:
            yield group.what


def _results(
    page: Page, asked: list[Expectation], file: Path, document: Document
) -> Iterator[tuple[Expectation, str]]:
    text = file.read_text(errors="replace") if file.is_file() else None
    has_faults = any(one.startswith("fault") for one in document.messages)
    translated = [_translated(one) for one in asked]
    questions = [asdict(one) for one in (*asked, *translated)]
    answers = page.evaluate(_EVALUATE, [text, has_faults, questions])
    for one, other, literally, again in zip(
        asked, translated, answers[: len(asked)], answers[len(asked) :], strict=True
    ):
        if isinstance(literally, str):
            print(f"{document.name}: {one}: {literally}", file=sys.stderr)
        # What must not be there must not be there by our name either.
        is_absence = not one.wanted or (one.kind == "count" and not one.count)
        holds = literally is True and (again is True or not is_absence)
        yield one, _named(one, document, holds=holds, by_another=other != one and again is True)


TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())


def _translated(one: Expectation) -> Expectation:
    """Return the expectation in the names of our pages."""
    text, among = one.text, one.among
    for theirs, ours in TABLE["names"].items():
        if one.kind in ("element", "count"):
            text = text.replace(theirs, ours)
        among = among.replace(theirs, ours)
    for pattern, ours in TABLE["patterns"].items():
        if one.kind in ("pattern", "content"):
            text = text.replace(pattern, ours)
    return Expectation(one.kind, text, one.wanted, among, one.count, one.file)


def _named(one: Expectation, document: Document, *, holds: bool, by_another: bool) -> str:
    if holds:
        return "literally"
    if by_another:
        return "by another name"
    line = f"{document.name}: {one}"
    if any(re.search(pattern, line) for way in TABLE["another-way"] for pattern in way["expected"]):
        return "another way"
    return "told" if document.messages else "silent"


def _print(documents: list[Document], *, failed: bool) -> None:
    areas: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        areas[document.area].append(document)
    print(f"| area | documents | built | expected | {' | '.join(RESULTS)} | hold |")
    for name, members in [*sorted(areas.items()), ("all", documents)]:
        counts = Counter(result for one in members for _, result in one.results)
        share = f"{sum(counts[one] for one in HELD) / counts.total():.0%}" if counts else "–"
        cells = (len(members), sum(one.is_built for one in members), counts.total())
        print(
            f"| {name} | {' | '.join(map(str, (*cells, *(counts[one] for one in RESULTS), share)))} |"
        )
    for document in documents:
        bad = [(one, result) for one, result in document.results if result not in HELD]
        if failed and (bad or not document.is_built):
            print(f"\n{document.name}{'' if document.is_built else ' (not built)'}")
            for one, result in bad:
                print(f"  {result}: {one}")
            for message in document.messages:
                print(f"  | {message.splitlines()[0]}")


def _as_json(document: Document) -> dict[str, object]:
    return {
        "document": document.name,
        "built": document.is_built,
        "messages": document.messages,
        "expectations": [{"what": str(one), "result": result} for one, result in document.results],
    }


if __name__ == "__main__":
    main()
