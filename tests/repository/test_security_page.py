"""SECURITY.md is a contract: each rule names the tests that hold it, and there are these tests."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from broadsheet.site.build.build import build
from conftest import CONFIG

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
WITHOUT = {"", "What nothing holds", "Reporting a hole"}
"""Headings of what are no rules."""
NAMED = re.compile(r"\[`(tests/[\w/]+\.py)`: ([^\]]+)\]")
FENCE = re.compile(r"^```.*?^```\n", re.MULTILINE | re.DOTALL)


def rules() -> list[str]:
    """Each paragraph and each entry of a list."""
    found = []
    for section in re.split(r"^## ", FENCE.sub("", PAGE), flags=re.MULTILINE):
        heading, _, text = section.partition("\n")
        if heading.startswith("# ") or heading in WITHOUT:
            continue
        for part in re.split(r"\n\s*\n|\n(?=- )", text):
            if part.strip():
                found.append(" ".join(part.split()))
    return found


def named_in(rule: str) -> list[tuple[str, str]]:
    return [
        (file, name)
        for file, names in NAMED.findall(rule)
        for name in re.findall(r"`(\w+)`", names)
    ]


@cache
def names_of(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(
        one.name
        for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name.startswith("test_")
    )


def test_there_are_rules() -> None:
    assert len(rules()) > 30


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule[:60])
def test_each_rule_ends_with_the_tests_that_hold_it(rule: str) -> None:
    if rule.startswith(
        "`newsletter serve` faces the network."
    ):  # what the entries below it are about
        return
    assert named_in(rule), "Name a test in brackets: [`tests/test_x.py`: `test_y`]"
    assert rule.endswith("]")
    missing = [f"{file}: {name}" for file, name in named_in(rule) if name not in names_of(file)]
    assert missing == []
    assert not re.search(r"`(?:tests/)?test_\w+\.py`(?!:)", rule), "Name its tests, too"


# What no other file of tests holds.


def test_a_notebook_may_write_what_its_author_may(site, tmp_path_factory) -> None:
    there = tmp_path_factory.mktemp("elsewhere") / "written"
    site.article("a", f"open({str(there)!r}, 'w').write('by a cell')")
    assert not build(site.root, jobs=1).faults
    assert there.read_text() == "by a cell"


def test_raw_html_of_an_author_stays_but_for_addresses_that_run(site) -> None:
    raw = (
        '<script>window.mine = 1</script>\n<p onclick="mine()" style="color: red">Mine</p>\n'
        '<a href="javascript:alert(1)">No</a>\n'
    )
    site.write("index.qmd", f"---\ntitle: A\n---\n\n```{{=html}}\n{raw}```\n")
    assert not build(site.root, jobs=1).faults
    page = site.read("_site/index.html")
    assert "<script>window.mine = 1</script>" in page
    assert 'onclick="mine()"' in page
    assert "javascript:alert" not in page


def test_a_file_of_an_author_is_copied_to_the_byte(site) -> None:
    files = {
        "a.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>\n',
        "b.html": b"<!DOCTYPE html><script>window.mine = 1</script>\r\n\xff",
    }
    site.write("_quarto.yml", CONFIG.replace("  type", "  resources: b.html\n  type"))
    for name, content in files.items():
        (site.root / name).write_bytes(content)
    site.write("index.qmd", "---\ntitle: A\n---\n\n[a](a.svg) [b](b.html)\n")
    assert not build(site.root, jobs=1).faults
    for name, content in files.items():
        assert (site.root / "_site" / name).read_bytes() == content


def test_markdown_that_a_cell_shows_ends_where_it_ends_and_runs_nothing(site) -> None:
    shown = (
        '<script>alert(4711)</script>\n\n<img src=x onerror="alert(4711)">\n\n```\n\n::: {.aside}'
    )
    site.article(
        "a",
        f"from IPython.display import Markdown\nMarkdown({shown!r})",
        ("md", "After it, a **strong** word."),
    )
    assert not build(site.root, jobs=1).faults
    page = site.read("_site/posts/a/index.html")
    assert "<script>alert(4711)" not in page and "<img src=x onerror" not in page
    assert "a <strong>strong</strong> word." in page


def test_no_message_steers_a_terminal(site, run) -> None:
    site.article("a", "raise ValueError('\\x1b[31mred\\x07\\x9b2J')")
    site.write("index.qmd", "---\ntitle: A\n---\n\n{{< include \x1b[2J.qmd >}}\n")
    _, out, said = run(site, "build")
    assert "red" in said
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", out + said)


def test_only_what_sends_publishes_and_refreshes_asks_for_a_secret() -> None:
    asked: dict[str, set[str]] = {}
    for path in (ROOT / "src/broadsheet").rglob("*.py"):
        text = path.read_text("utf-8")
        if "secret" not in text and "given_back" not in text:
            continue
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call):
                name = getattr(call.func, "attr", getattr(call.func, "id", ""))
                if name in ("secret", "given_back"):
                    asked.setdefault(name, set()).add(
                        path.relative_to(ROOT / "src/broadsheet").as_posix()
                    )
    assert asked == {
        "secret": {
            *("cli/newsletter.py", "newsletter/serving.py", "processes/secret_values.py"),
            "data/refresh/client.py",
        },
        "given_back": {"publish/publishing.py", "data/refresh/file_source.py"},
    }
