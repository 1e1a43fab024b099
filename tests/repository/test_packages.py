"""The distributions beside Broadsheet: what each folder of `packages/` has, and where else it is named.

A new one is such a folder, and the places that these tests ask for.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from broadsheet.run import library_versions
from broadsheet.version import FOLDERS, PACKAGES
from source_tree import MEMBERS, PROGRAMS, ROOT

of_each = pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)


def project(folder: Path) -> dict[str, Any]:
    """The `pyproject.toml` of a folder."""
    return tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))


@of_each
def test_each_has_what_stands_on_its_own(member: Path) -> None:
    table = project(member)["project"]
    assert table["name"] == member.name
    assert (member / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert (member / "README.md").read_text("utf-8").startswith(f"# {member.name}\n")
    assert "## [Unreleased]" in (member / "CHANGELOG.md").read_text("utf-8")
    assert [*member.glob("tests/**/test_*.py")]
    (package,) = member.glob("src/*/__init__.py")
    assert (package.parent / "py.typed").exists()
    assert package.parent.name == member.name.replace("-", "_")


@of_each
def test_each_is_used_from_this_repository(member: Path) -> None:
    root = project(ROOT)
    assert root["tool"]["uv"]["sources"][member.name] == {"workspace": True}
    needed = [name for name in root["project"]["dependencies"] if name.startswith(member.name)]
    assert needed, "Broadsheet depends on it"


@of_each
def test_each_has_a_page_of_the_documentation(member: Path) -> None:
    assert (ROOT / f"docs/{member.name}.md").exists()
    assert f"{member.name}.md" in (ROOT / "docs/_quarto.yml").read_text("utf-8")


@of_each
def test_no_lock_file_asks_for_it(member: Path) -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text("utf-8").splitlines()
        assert not [line for line in lines if line.startswith((member.name, "-e", "file:", "./"))]


def test_the_contracts_of_imports_name_all() -> None:
    linter = project(ROOT)["tool"]["importlinter"]
    names = {folder.name for folder in PROGRAMS}
    assert set(linter["root_packages"]) == names
    contract = next(each for each in linter["contracts"] if each["id"] == "distributions")
    assert {name for layer in contract["layers"] for name in layer.split(" | ")} == names
    circles = next(each for each in linter["contracts"] if each["id"] == "circles")
    assert set(circles["ancestors"]) == names


def test_a_change_of_any_makes_pages_anew() -> None:
    assert set(PACKAGES) == {folder.name for folder in PROGRAMS}
    assert [folder.resolve() for folder in FOLDERS] == list(PROGRAMS)


def test_a_change_of_the_engine_makes_runs_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = library_versions._own_digest()
    folders = [tmp_path if folder.name == "papermill_warm" else folder for folder in FOLDERS]
    monkeypatch.setattr(library_versions, "FOLDERS", folders)
    assert library_versions._own_digest() != digest
