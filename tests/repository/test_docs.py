"""The guides are a contract: what an author can write or type is in them, as code."""

from __future__ import annotations

import argparse
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from inspect import getmembers, isfunction
from pathlib import Path
from typing import Any

import pytest
import yaml

import broadsheet as bs
from broadsheet.cli.options import parser
from broadsheet.editor.keys import keys_of, models_in
from broadsheet.figures.table.credits import KEYS as FIGURE_KEYS
from broadsheet.project.settings.publish_settings import PublishTarget
from broadsheet.project.settings.settings import (
    BroadsheetKeys,
    Correction,
    EditionRule,
    EditionSettings,
    FrontMatter,
    Newsletter,
    OwnKeys,
    ProjectSettings,
    Settings,
    Smtp,
)
from broadsheet.project.settings.website_settings import NavItem
from broadsheet.site.build.build import build
from conftest import Site
from tutorial import SLUG, tutorial

ROOT = Path(__file__).parents[2]
DOCS = sorted((ROOT / "docs").glob("*.md"))
GUIDES = "\n".join(path.read_text("utf-8") for path in (ROOT / "README.md", *DOCS))
FENCE = re.compile(r"^(`{3,})[^\n]*\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
CODE = "\n".join(
    [fence for _, fence in FENCE.findall(GUIDES)] + SPAN.findall(FENCE.sub("", GUIDES))
)
COMMANDS = (ROOT / "docs/commands.md").read_text("utf-8")


def commands(
    command: argparse.ArgumentParser, name: str = "broadsheet"
) -> Iterator[tuple[str, list[str]]]:
    """Each command that does something, with its options."""
    below = [
        action for action in command._actions if isinstance(action, argparse._SubParsersAction)
    ]
    if not below:
        yield (
            name,
            [action.option_strings[-1] for action in command._actions if action.option_strings],
        )
    for action in below:
        for word, one in action.choices.items():
            yield from commands(one, f"{name} {word}")


def keys(*models: type[Settings]) -> list[str]:
    return sorted({str(field.alias) for model in models for field in model.model_fields.values()})


def models_below(model: type[Settings]) -> list[type[Settings]]:
    """The models of the mappings that keys of a model hold."""
    found: dict[type[Settings], None] = {}
    for field in model.model_fields.values():
        for one in models_in(field.annotation):
            if one not in found and one is not NavItem:
                found |= dict.fromkeys([one, *models_below(one)])
    return [*found]


def is_shown(text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(text)}(?![\w-])", CODE) is not None


@pytest.mark.parametrize("command", [name for name, _ in commands(parser())])
def test_each_command_is_shown(command: str) -> None:
    assert is_shown(command)


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (name.removeprefix("broadsheet "), option)
        for name, options in commands(parser())
        for option in options
        if option != "--help"
    ],
)
def test_each_option_is_in_the_table_of_options_with_its_command(command: str, option: str) -> None:
    rows = [line.split("|")[1:3] for line in COMMANDS.splitlines() if line.startswith("| ")]
    assert any(re.search(rf"`{option}\b", named) and f"`{command}`" in of for named, of in rows)


@pytest.mark.parametrize("name", [name for name in bs.__all__ if name not in {"Origin", "charts"}])
def test_each_name_that_notebooks_use_is_shown(name: str) -> None:
    assert is_shown(f"bs.{name}")


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, one in getmembers(bs.charts, isfunction)
        if one.__module__ == bs.charts.__name__ and not name.startswith("_")
    ],
)
def test_each_of_the_staple_charts_is_shown(name: str) -> None:
    assert is_shown(f"bs.charts.{name}")


@pytest.mark.parametrize(
    "key",
    [
        *FIGURE_KEYS,
        *keys(
            OwnKeys,
            EditionSettings,
            EditionRule,
            Correction,
            BroadsheetKeys,
            Newsletter,
            Smtp,
            PublishTarget,
        ),
    ],
)
def test_each_key_of_our_own_is_shown(key: str) -> None:
    """Cell options, front matter, `editions:`, `corrections:`, and `broadsheet:` of `_quarto.yml`."""
    assert is_shown(key)


# For those who carry the work on.


def test_the_architecture_names_the_packages_that_there_are() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    program = ROOT / "src/broadsheet"
    there = {
        f"{path.name}/"
        for path in program.iterdir()
        if path.is_dir() and path.name != "__pycache__"
    }
    packages = section(text, "The packages")
    assert set(re.findall(r"^\| `([a-z]+/)` \| ", packages, re.M)) == there
    beside = {path.name for path in program.glob("[!_]*.py")}
    assert set(re.findall(r"`(\w+\.py)`", packages)) == beside


GUIDES_WITH_FILES = [
    *sorted(path.name for path in ROOT.glob("*.md")),
    *(f"docs/{path.name}" for path in DOCS),
]


@pytest.mark.parametrize("name", GUIDES_WITH_FILES)
def test_the_modules_that_a_guide_names_are_there(name: str) -> None:
    """By their paths from the root, from the program's folder, or with the name of a package in
    `packages/`; benchmarks by their names.
    """
    prose = FENCE.sub("", (ROOT / name).read_text("utf-8"))
    files = set(re.findall(r"`((?:[a-z_]+/)+\w+\.(?:py|lua|css|js)|\w+\.py)`", prose))
    files = {one for one in files if not one.endswith(("pandas.py", "index.py"))}  # an author's own
    folders = (
        *(ROOT, ROOT / "src/broadsheet", ROOT / "benchmarks"),
        *ROOT.glob("packages/*"),
        *ROOT.glob("packages/*/src"),
    )
    assert not [file for file in files if not any((folder / file).exists() for folder in folders)]


def section(text: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    return text.partition(f"## {heading}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", GUIDES_WITH_FILES)
def test_links_between_the_guides_lead_somewhere(name: str) -> None:
    """Files, and headings of files, by the anchors that GitHub gives them."""
    file = ROOT / name
    prose = SPAN.sub("", FENCE.sub("", file.read_text("utf-8")))
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        path, _, anchor = target.partition("#")
        if ":" in target:
            continue
        linked = file.parent / path if path else file
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


def anchors(file: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


@pytest.mark.parametrize("name", ["LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", ".editorconfig"])
def test_a_newcomer_finds_what_projects_have(name: str) -> None:
    assert (ROOT / name).read_text("utf-8").strip()


def test_the_targets_of_make_that_the_guides_name_are_there() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    guides = "\n".join((ROOT / name).read_text("utf-8") for name in GUIDES_WITH_FILES)
    named = re.findall(r"(?:^|`)make ([a-z-]+)", guides, re.M)
    assert named
    assert set(named) <= targets


def test_hooks_before_a_commit_are_pinned_or_the_projects_own() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    assert {"ruff-format", "ruff-check", "mypy", "nbstripout"} == {hook["id"] for hook in hooks}
    for hook in hooks:
        pinned = all("==" in one for one in hook.get("additional_dependencies", [""]))
        assert pinned or hook["entry"].startswith(".venv/bin/")


def test_the_page_of_messages_has_those_of_the_code() -> None:
    """`python scripts/write_messages.py` writes it anew."""
    page = script_called("write_messages.py").page()
    assert (ROOT / "docs/errors.md").read_text("utf-8") == page, "run write_messages.py"


def test_the_page_of_mistakes_has_the_messages_that_are_stored() -> None:
    """`python scripts/write_mistakes.py` writes it anew."""
    page = script_called("write_mistakes.py").page()
    assert (ROOT / "docs/mistakes.md").read_text("utf-8") == page, "run write_mistakes.py"


def script_called(name: str) -> Any:
    """A script of the repository, loaded."""
    spec = spec_from_file_location(name.removesuffix(".py"), ROOT / "scripts" / name)
    assert spec is not None and spec.loader is not None
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def test_the_tutorial_s_article_builds_and_is_strict_clean(
    tmp_path: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    """Its blocks, followed as a reader would: the table, the command, the cells in their order."""
    guide = tutorial()
    assert run(Site(tmp_path), "init", "paper")[0] == 0
    site = Site(tmp_path / "paper")
    site.write("trade.csv", guide.table)
    code, _, reported = run(site, *guide.add)
    assert code == 0, reported
    assert run(site, "new", SLUG, "--template", "plain")[0] == 0
    guide.write(site.root)
    code, out, reported = run(site, "check", "--strict")
    assert code == 0, reported + out
    code, out, reported = run(site, "check", SLUG, "--parameters")
    assert code == 0 and "3 values of parameters" in out, reported + out

    guide.write(site.root, is_true=False)
    code, _, reported = run(site, "build", SLUG)
    assert code == 1
    for part in guide.message:
        assert part in reported, reported

    guide.write(site.root, has_editions=True)
    code, _, reported = run(site, "build", SLUG)
    assert code == 0, reported
    edition = site.read(f"_site/posts/{SLUG}/2022.html")
    assert "$114.2 billion" in edition or "US$114.2" in edition, edition[:2000]


def test_each_template_script_and_property_of_the_theme_is_shown() -> None:
    page = (ROOT / "docs/theming.md").read_text("utf-8")
    program = ROOT / "src/broadsheet"
    files = [*(program / "templates").glob("*.*"), *(program / "theme").glob("*.*")]
    assert [file.name for file in files if not re.search(rf"`(theme/)?{file.name}`", page)] == []
    css = (program / "theme/broadsheet.css").read_text("utf-8").partition("/* The page. */")[0]
    shown = set(re.findall(r"`--([\w-]+)`", page))
    for first, last in re.findall(r"`--([\w-]+)` … `--([\w-]+)`", page):
        numbers = range(int(re.findall(r"\d", first)[0]), int(re.findall(r"\d", last)[0]) + 1)
        shown |= {re.sub(r"\d", str(number), first) for number in numbers}
    assert set(re.findall(r"^\s+--([\w-]+):", css, re.MULTILINE)) <= shown


@pytest.mark.parametrize(
    "model",
    [ProjectSettings, *models_below(ProjectSettings), *models_below(FrontMatter), FrontMatter],
)
def test_an_editor_can_say_what_each_key_is_for(model: type[Settings]) -> None:
    assert [key.name for key in keys_of(model).values() if not key.doc] == []


def test_the_reference_is_that_of_the_code() -> None:
    script = script_called("write_reference.py")
    for name, page in script.PAGES.items():
        assert (ROOT / "docs" / name).read_text("utf-8") == page(), "run write_reference.py"
    assert " |  |" not in script.settings_page(), "a key has no description"


@pytest.mark.slow
def test_the_documentation_is_a_site_without_a_fault(tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("_site", ".broadsheet")
    )
    report = build(tmp_path / "docs")
    assert not report.faults, [str(fault) for fault in report.faults]
    assert not [str(one) for one in report.notices if "leads to" in one.what]


def test_what_pages_do_another_way_than_quarto_s_is_explained() -> None:
    ways = tomllib.loads((ROOT / "benchmarks/quarto_tests.toml").read_text("utf-8"))["another-way"]
    guide = (ROOT / "docs/quarto.md").read_text("utf-8")
    assert len(ways) > 5
    assert [way["why"] for way in ways if f"| {way['why']} |" not in guide] == []
