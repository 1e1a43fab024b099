"""The conda recipe: rattler-build takes it, and its packages require what those of the index require."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from broadsheet.markdown.pandoc import OLDEST_PANDOC
from broadsheet.version import __version__

rattler_build = pytest.importorskip("rattler_build")

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "conda/recipe.yaml"
PROJECTS = {
    "papermill-warm": ROOT / "packages/papermill-warm",
    "plotly-alive": ROOT / "packages/plotly-alive",
    "broadsheet": ROOT,
    "broadsheet-lab": ROOT / "editors/jupyterlab",
}
NAMES = {
    "kaleido": "python-kaleido",
    "pypandoc_binary": "pypandoc",
    "resvg": "python-resvg",
    "jupyter-server": "jupyter_server",
}
"""Names of packages that are others on conda-forge."""
OWN = re.compile(r"\$\{\{ pin_subpackage\(\"([\w-]+)\"(?:, exact=True)?\) \}\}")


def project(name: str) -> dict[str, Any]:
    return tomllib.loads((PROJECTS[name] / "pyproject.toml").read_text("utf-8"))


def required(name: str) -> set[str]:
    """What a distribution requires, by the names of conda-forge. An extra of our own is what it brings."""
    described = project(name)["project"]
    wanted = set(described["dependencies"])
    if name == "broadsheet-lab":
        wanted |= set(project("broadsheet")["project"]["optional-dependencies"]["preview"])
    return {requirement(one) for one in wanted}


def requirement(one: str) -> str:
    """A requirement as the recipe has it; of our own packages, which are made with it, the name."""
    name, _, version = one.partition(">=")
    name = name.split("[")[0]
    return name if name in PROJECTS else f"{NAMES.get(name, name)} >={version}"


def outputs() -> dict[str, Any]:
    return {
        output["package"]["name"]: output
        for output in yaml.safe_load(RECIPE.read_text("utf-8"))["outputs"]
    }


def test_rattler_build_takes_it() -> None:
    variants = rattler_build.VariantConfig({"python": ["3.11.* *_cpython"]})
    rendered = rattler_build.Stage0Recipe.from_file(str(RECIPE)).render(variants)
    packages = {str(one.recipe.package.name): str(one.recipe.package.version) for one in rendered}
    assert packages == dict.fromkeys(PROJECTS, __version__)


@pytest.mark.parametrize("name", PROJECTS)
def test_a_package_requires_what_its_pyproject_requires(name: str) -> None:
    needs = outputs()[name]["requirements"]
    run = {OWN.sub(r"\1", one) for one in needs["run"]}
    beside = {"python >=${{ python_min }}"}
    if name == "broadsheet":
        beside.add(f"pandoc >={'.'.join(map(str, OLDEST_PANDOC))}")
    assert run == required(name) | beside
    build = {requirement(one) for one in project(name)["build-system"]["requires"]}
    assert set(needs["host"]) == build | {"python ${{ python_min }}.*", "pip"}
    scripts = project(name)["project"].get("scripts", {})
    entries = outputs()[name]["build"].get("python", {}).get("entry_points", [])
    assert entries == [f"{script} = {function}" for script, function in scripts.items()]
