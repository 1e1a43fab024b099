"""`every_element.py` has each element that a guide describes. `test_wheel.py` builds, previews and
publishes it.
"""

from __future__ import annotations

import re
import tomllib
from inspect import getmembers, isfunction
from pathlib import Path

import broadsheet as bs
from every_element import CELLS, FRONT, PLOTLY, STAPLES, TAGS, WITH_WARNINGS
from plotly_alive.reading.chart_data import FAMILIES

ROOT = Path(__file__).parents[2]
GUIDES = {
    name: (ROOT / f"docs/{name}.md").read_text("utf-8")
    for name in ("markdown", "authoring", "charts", "staple-charts", "tables-and-pictures")
}
FENCE = re.compile(r"^(`{3,})(\w*)[^\n]*\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`+([^`\n]+)`+")
TEXTS = [cell if isinstance(cell, str) else cell[1] for cell in (*CELLS, *WITH_WARNINGS)]
ARTICLE = "\n".join([FRONT, *TEXTS])

OF_THE_HTML = {
    *("quarto-layout-panel", "quarto-layout-row", "layout-ncol-2", "quarto-layout-cell"),
    *("layout-spans", "layout-span-4", "tab-choice", "nav-link", "tab-pane", "unresolved"),
}
"""Classes that a guide names because the page has them; nobody writes them."""
SUFFIXES = {"ipynb", "md", "py", "qmd", "toml"}
"""Of files."""
OLD_NAMES = {"choroplethmapbox", "densitymapbox", "heatmapgl", "scattermapbox"}
"""Types that plotly has renamed."""


def tables(guide: str, *first_heads: str) -> list[list[str]]:
    """The cells of the rows of a guide's tables, by the head of their first column."""
    rows, wanted = [], False
    for line in FENCE.sub("", guide).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not line.startswith("|"):
            wanted = False
        elif cells[0] in first_heads:
            wanted = True
        elif wanted and not line.startswith("| ---"):
            rows.append(cells)
    return rows


def named(guide: str, *first_heads: str) -> set[str]:
    """The names in the first column of these tables."""
    return {name for row in tables(guide, *first_heads) for name in SPAN.findall(row[0])}


def documented(mark: str) -> set[str]:
    """Classes (`.`), ids (`#`) and attributes (`=`) in the braces of the guides' Markdown, and what
    their prose shows of them.
    """
    pattern = r"([\w-]+)=" if mark == "=" else rf"(?:^|\s)\{mark}([a-z][\w-]*)"
    found: set[str] = set()
    for guide in GUIDES.values():
        fences = [body for _, kind, body in FENCE.findall(guide) if kind == "markdown"]
        spans = SPAN.findall(FENCE.sub("", guide))
        braces = [
            part for text in (*fences, *spans) for part in re.findall(r"\{([^{}\n]*)\}", text)
        ]
        bare = [span for span in spans if mark == "." and re.fullmatch(r"\.[a-z][\w-]*", span)]
        found |= {name for text in (*braces, *bare) for name in re.findall(pattern, text)}
    return found


def has(pattern: str) -> bool:
    return re.search(pattern, ARTICLE, re.MULTILINE) is not None


def test_each_class_of_the_guides_is_there():
    classes = documented(".") - OF_THE_HTML - SUFFIXES
    assert {"callout-note", "steps", "before-after", "column-margin", "proof"} <= classes
    classes |= {f"callout-{kind}" for kind in ("tip", "warning", "caution", "important")}
    classes |= {
        f"column-{width}-{side}"
        for width in ("body-outset", "page", "page-inset", "screen", "screen-inset")
        for side in ("left", "right")
    }
    assert [one for one in sorted(classes) if not has(rf"\.{one}(?![\w-])")] == []


def test_each_attribute_of_the_guides_is_there():
    names = documented("=")
    assert {"layout-ncol", "when-meta", "figure", "highlight", "credit", "time"} <= names
    for guide in GUIDES.values():
        rows = named(guide, "attribute", "you write")
        names |= {match[1] for row in rows if (match := re.match(r"([a-z][\w-]+)(?:=|$)", row))}
    assert {"collapse", "unless-format", "events", "view", "alt", "layout"} <= names
    assert [one for one in sorted(names) if not has(rf"[{{ \[]{one}=")] == []


def test_each_kind_of_reference_is_there():
    sections = GUIDES["markdown"].partition("## Cross references")[2].partition("\n## ")[0]
    prefixes = set(re.findall(r"`(?:::: \{#)?([a-z]{2,3})-(?:a\}|`)", sections + "`"))
    prefixes |= {
        name.partition("-")[0] for name in documented("#") if re.match("[a-z]{2,3}-", name)
    }
    assert {"fig", "tbl", "eq", "lst", "sec", "nte", "cau", "thm", "rem", "alg"} <= prefixes
    assert [one for one in sorted(prefixes) if not has(rf"\{{#{one}-")] == []


def test_each_option_of_cells_is_there_and_in_the_guides():
    toml = (ROOT / "src/broadsheet/markdown/cell_options.toml").read_text("utf-8")
    options = set(tomllib.loads(toml)["acted-on"])
    shown = {name for guide in GUIDES.values() for name in named(guide, "cell option", "option")}
    assert {"echo", "fig-subcap", "bars", "interactive", "tbl-colwidths"} <= options & shown
    options |= {name for name in shown if re.fullmatch(r"[a-z-]+", name)}
    assert [one for one in sorted(options) if not has(rf"^(?:#|%%|//)\| {one}: ")] == []


def test_each_tag_of_cells_is_there():
    assert named(GUIDES["markdown"], "tag") == set(TAGS)


def test_each_shortcode_is_there():
    rows = " ".join(row[0] for row in tables(GUIDES["markdown"], "shortcode"))
    codes = set(re.findall(r"\{\{\{< (\w+)", rows)) | set(re.findall(r"`(\w+)`", rows))
    assert {"include", "meta", "iconify", "pagebreak"} <= codes
    assert [one for one in sorted(codes) if not has(rf"\{{\{{< {one} ?")] == []


def test_each_kind_of_chart_is_there():
    functions = {
        name
        for name, function in getmembers(bs.charts, isfunction)
        if function.__module__ == bs.charts.__name__ and not name.startswith("_")
    } | set(re.findall(r"`bs\.charts\.(\w+)", GUIDES["staple-charts"]))
    assert [one for one in sorted(functions) if not has(rf"bs\.charts\.{one}\(")] == []
    site = (ROOT / "docs/site.md").read_text("utf-8")
    bundles = {kind for row in tables(site, "bundle") for kind in SPAN.findall(row[1])}
    assert "scatterternary" in bundles
    assert sorted((bundles | FAMILIES.keys()) - OLD_NAMES - {*PLOTLY, "image"}) == []
    assert not STAPLES.keys() & PLOTLY.keys()
