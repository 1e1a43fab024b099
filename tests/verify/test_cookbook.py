"""The cookbook of `docs/proof.md`: each of its rows is read from that page and tried, on the tables that
the page shows. It is true by what its words mean, and refused or worded otherwise when the tables say
something else.
"""

from __future__ import annotations

import csv
import io
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import lxml.html
import pytest

from broadsheet.checks.check import check
from broadsheet.errors import Place
from broadsheet.site.build.build import build
from conftest import CONFIG, ROOT, Site

Command = Callable[..., tuple[int, str, str]]

PAGE = (ROOT / "docs/proof.md").read_text("utf-8")
COOKBOOK = re.search(r"^## Cookbook\n(.*?)^## ", PAGE, re.MULTILINE | re.DOTALL)
assert COOKBOOK
SECTION = COOKBOOK[1]
ENGLISH, GERMAN = SECTION.split("### In German\n")
ROWS, EDITIONS = ENGLISH.split("### Over several editions\n")
YEARS = range(2018, 2025)


def blocks(text: str, language: str) -> list[str]:
    """The blocks of code in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def rows(text: str) -> list[str]:
    """What the second column of the tables says to write."""
    cells = re.findall(r"^\| [^|`]+ \| (`+) ?(.+?) ?\1 \|$", text, re.MULTILINE)
    lines = re.findall(r"^\| (?!---|I want|Ich will)", text, re.MULTILINE)
    assert len(cells) == len(lines), "a row cannot be read"
    return [row for _, row in cells]


def changed(table: str, change: Callable[[list[float], int], float]) -> str:
    """The table with another number in place of each: what becomes of that of a row in its column."""
    header, *lines = csv.reader(io.StringIO(table))
    columns = list(zip(*lines, strict=True))
    others = [list(columns[0])]
    for column in columns[1:]:
        numbers = [float(value) if value else 0.0 for value in column]
        made = [f"{change(numbers, row):.3f}" for row in range(len(numbers))]
        others.append([one if value else "" for one, value in zip(made, column, strict=True)])
    return written(header, others)


def written(header: list[str], columns: list[list[str]]) -> str:
    return "\n".join(",".join(line) for line in [header, *zip(*columns, strict=True)]) + "\n"


def mirrored(table: str) -> str:
    """The table upside down: in each column the highest is the lowest, and none is as it was."""
    return changed(table, lambda numbers, row: max(numbers) * 1.05 - numbers[row])


def risen(table: str) -> str:
    """The table in which each row is more than before, and the last far more."""
    return changed(
        table,
        lambda numbers, row: numbers[row] * (row + 1) * (5 if row == len(numbers) - 1 else 1),
    )


def level(table: str) -> str:
    """The table in which no row differs from another."""
    return changed(table, lambda numbers, row: numbers[-1])


def crossed(table: str) -> str:
    """The table in which each column has the numbers of the next."""
    header, *lines = csv.reader(io.StringIO(table))
    first, *columns = map(list, zip(*lines, strict=True))
    return written(header, [first, *columns[1:], columns[0]])


def as_it_is(table: str) -> str:
    return table


@pytest.fixture
def publication(site: Site, run: Command) -> Callable[..., Site]:
    """A publication with the tables of a part of the page, added as the page says."""

    def made(text: str, change: Callable[[str], str] = as_it_is, lang: str = "en") -> Site:
        site.front(CONFIG if lang == "en" else f"{CONFIG}lang: {lang}\n")
        for folder in ("data", "posts"):
            shutil.rmtree(site.root / folder, ignore_errors=True)
        [commands] = blocks(text, "sh")
        for command, table in zip(added(commands), blocks(text, "csv"), strict=True):
            site.write(command[3], change(table))
            assert run(site, *command[1:])[0] == 0
        return site

    return made


def added(commands: str) -> Iterator[list[str]]:
    """The commands of a block, each as its words."""
    for line in commands.replace("\\\n", " ").splitlines():
        yield shlex.split(line)


def article(site: Site, text: str, slug: str, some: list[str], lang: str) -> None:
    """An article in which each row is a cell."""
    [cell] = blocks(text, "python")
    cells = [("md", row) for row in some]
    site.article(slug, cell, *cells, front=f"title: Power\ndate: 2025-05-26\nlang: {lang}")


def row_of(where: Place) -> int:
    """The number of the row that a message is about; the front matter and the code are before them."""
    assert where.cell is not None
    return where.cell - 3


def paragraphs(page: Path) -> list[str]:
    """The paragraphs of an article, as they read."""
    body = lxml.html.parse(str(page)).getroot()
    return [" ".join(one.text_content().split()) for one in body.iterfind(".//main//p")]


PARTS = [pytest.param(ROWS, "en", id="English"), pytest.param(GERMAN, "de", id="German")]


@pytest.mark.parametrize(("text", "lang"), PARTS)
def test_each_row_is_true_by_what_its_words_mean(
    publication: Callable[..., Site], text: str, lang: str
) -> None:
    some = rows(text)
    assert len(some) >= (40 if lang == "en" else 12)
    site = publication(text, lang=lang)
    article(site, text, "a", some, lang)
    report = check(site.root)
    assert [str(one) for one in report.faults] == []
    assert [str(one) for one in report.unaccounted] == []
    assert [str(one) for one in report.notices if one.is_strict] == []
    assert [str(one) for one in report.claims if one.rests != "meaning"] == []
    with_claims = {number for number, row in enumerate(some) if "claim=" in row}
    assert {row_of(one.where) for one in report.claims} >= with_claims


@pytest.mark.parametrize(("text", "lang"), PARTS)
def test_each_row_with_a_claim_is_refused_or_reworded_if_the_tables_say_otherwise(
    publication: Callable[..., Site], text: str, lang: str
) -> None:
    left = [row for row in rows(text) if "claim=" in row]
    true = texts(publication(text, lang=lang), text, left, lang)
    assert None not in true.values()
    for change in (mirrored, risen, level, crossed):
        now = texts(publication(text, change, lang), text, left, lang)
        left = [row for row in left if now[row] == true[row]]
    assert "\n".join(left) == ""


def texts(site: Site, text: str, some: list[str], lang: str) -> dict[str, str | None]:
    """How each of some rows reads; None for one that is refused. Those with a value are articles of their
    own: a value that cannot be written hides other faults.
    """
    plain = [row for row in some if "{python}" not in row]
    with_values = {f"row-{number}": row for number, row in enumerate(some) if row not in plain}
    article(site, text, "plain", plain, lang)
    for slug, row in with_values.items():
        article(site, text, slug, [row], lang)
    faults = check(site.root).faults
    refused = [plain[row_of(one.where)] for one in faults if "/plain/" in one.where.file]
    refused += [
        with_values[slug] for one in faults if (slug := one.where.file.split("/")[1]) in with_values
    ]
    read: dict[str, str | None] = {row: None if row in refused else row for row in plain}
    for slug, row in with_values.items():
        page = site.root / f".broadsheet/check/site/posts/{slug}/index.html"
        read[row] = None if row in refused else " ".join(paragraphs(page))
    return read


@pytest.mark.parametrize(("text", "lang"), PARTS)
def test_each_row_with_a_value_reads_otherwise_if_the_tables_do(
    publication: Callable[..., Site], text: str, lang: str
) -> None:
    some = [row for row in rows(text) if "claim=" not in row]
    read = []
    for change in (as_it_is, mirrored):
        site = publication(text, change, lang)
        article(site, text, "a", some, lang)
        assert [str(one) for one in build(site.root).faults] == []
        read.append(paragraphs(site.root / "_site/posts/a/index.html"))
    stay = [one for one in read[0] if one in read[1]]
    assert len(read[0]) - len(stay) == len(some), stay


def test_words_that_the_data_choose_are_true_in_each_edition(
    publication: Callable[..., Site],
) -> None:
    site = publication(ROWS)
    [cell] = blocks(ROWS, "python")
    some = blocks(EDITIONS, "markdown")
    assert len(some) >= 7
    editions = "\n".join(
        f'  - slug: "{year}"\n    title: Power in {year}\n    parameters: {{year: {year}}}'
        for year in YEARS
    )
    site.article(
        "a",
        cell,
        *(("md", row) for row in some),
        parameters="year: int = 2024",
        front=f"title: Power\ndate: 2025-05-26\neditions:\n{editions}",
    )
    report = check(site.root)
    assert [str(one) for one in report.faults] == []
    assert [str(one) for one in report.unaccounted] == []
    assert [str(one) for one in report.claims if one.rests != "meaning"] == []
    pages = [
        " ".join(paragraphs(site.root / f".broadsheet/check/site/posts/a/{year}.html"))
        for year in YEARS
    ]
    for choice in re.findall(r"\[([^\]`]+\|[^\]`]+)\]\{(?:by|if)=", EDITIONS):
        seen = [words for words in choice.split("|") if any(f" {words}" in page for page in pages)]
        assert len(seen) > 1, choice
    assert len([page for page in pages if "For the first time, wind gave" in page]) == 1


TRADE = """Trade came to $190.3 billion, the most since 2013. That was 29.5 percent more than in 2021.
China buys more than it sells, and no year since 2013 had more trade.
Trade rose. It was the most since 2013, $190.3 billion, 29.5 percent more than before. Imports rose by 43.8 percent."""


def test_the_examples_before_the_cookbook_read_as_the_page_says(site: Site) -> None:
    site.front()
    shutil.copytree(ROOT / "data", site.root / "data")
    before = PAGE.partition("## Cookbook")[0]
    [cell] = blocks(before, "python")
    examples = [one for one in blocks(before, "markdown") if "trade." in one]
    cells = [("md", one) for one in examples]
    site.article("a", cell, *cells)
    report = check(site.root)
    assert [str(one) for one in (*report.faults, *report.unaccounted)] == []
    assert [str(one) for one in report.notices if one.is_strict] == []
    assert [str(one) for one in report.claims if one.rests != "meaning"] == []
    read = paragraphs(site.root / ".broadsheet/check/site/posts/a/index.html")
    assert [one for one in TRADE.splitlines() if one not in read] == []
    facts = before.partition("### Formats")[0]
    shown = re.findall(r"^\| `(\w+\(trade\..+\))` \| (.+?)(?:\. Also|,| \|)", facts, re.MULTILINE)
    assert len(shown) > 3
    site.article("b", cell, *[("md", f"`{{python}} {expression}`") for expression, _ in shown])
    assert [str(one) for one in build(site.root).faults] == []
    read = paragraphs(site.root / "_site/posts/b/index.html")
    assert [text for _, text in shown if text not in read] == []
