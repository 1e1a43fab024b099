"""The wheel has all that a publication elsewhere needs: it builds one with nothing of this repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from broadsheet.cli.main import main
from conftest import Site
from every_element import PAGE, PLOTLY, STAPLES, write_every_element
from every_element import SLUG as EVERY
from previewing import ended, started
from source_tree import MEMBERS
from tutorial import SLUG, tutorial

ROOT = Path(__file__).parents[2]
LABELS = [
    *STAPLES,
    "animation",
    *(f"plotly-{name}" for name in PLOTLY if name not in ("animation", "table")),
]
"""The ends of the labels of the charts that are drawn in the article with every element."""

STEPS = 4
"""Its drawings of steps."""


@pytest.fixture(scope="module")
def wheel_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Broadsheet's wheel; beside it are those of the other distributions of this repository."""
    folder = tmp_path_factory.mktemp("wheel")
    built = [
        path
        for project in (ROOT, *MEMBERS)
        for path in WheelBuilder(str(project)).build(directory=str(folder), versions=["standard"])
    ]
    return Path(built[0])


@pytest.fixture(scope="module")
def wheel(wheel_file: Path) -> Path:
    """The wheels, unpacked into one folder."""
    for file in wheel_file.parent.glob("*.whl"):
        with zipfile.ZipFile(file) as archive:
            archive.extractall(wheel_file.parent / "unpacked")
    return wheel_file.parent / "unpacked"


def test_each_file_of_the_program_is_in_the_wheel(wheel: Path) -> None:
    def files(folder: Path) -> set[str]:
        return {
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and path.parent.name != "__pycache__"
        }

    from_npm = ("theme/plotly/", "theme/icons/", "theme/diagrams/")
    bundles = {name for name in files(wheel / "broadsheet") if name.startswith(from_npm)}
    assert files(wheel / "broadsheet") - bundles == files(ROOT / "src/broadsheet")
    npm = {file.name for file in ROOT.glob("node_modules/plotly.js-*-dist-min/*.min.js")}
    npm |= {"mermaid.min.js", "viz-global.js"}
    assert {Path(name).name for name in bundles if name.endswith(".js")} == npm
    assert "theme/icons/bootstrap-icons.svg" in bundles
    assert (wheel / "broadsheet/theme/fonts/fonts.json").is_file()


def test_the_wheel_has_nothing_of_my_blog(wheel: Path) -> None:
    text = "\n".join(
        file.read_text("utf-8")
        for folder in ("starter", "templates", "theme", "quarto/starter")
        for file in (wheel / "broadsheet" / folder).rglob("*")
        if file.suffix not in (".js", ".json", ".woff2") and file.is_file()
    )
    assert [word for word in ("My Blog", "China", "Russia", "Odesa") if word in text] == []


def test_an_extra_that_is_missing_is_named_with_the_way_to_install_it(
    monkeypatch: pytest.MonkeyPatch, site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.article("first", front="title: First\ndate: 2023-05-26\n")
    monkeypatch.chdir(site.root)
    monkeypatch.setitem(sys.modules, "css_inline", None)
    monkeypatch.delitem(sys.modules, "broadsheet.newsletter.email_message", raising=False)
    assert main(["newsletter", "first"]) == 1
    assert "css_inline" in (said := capsys.readouterr().err)
    assert "pip install 'broadsheet[newsletter]'" in said


@pytest.mark.slow
def test_the_wheel_builds_a_publication_in_an_empty_folder(wheel: Path, site) -> None:
    site.write("index.qmd", "---\ntitle: Front\nlisting: {contents: 'posts/**/*.ipynb'}\n---\n")
    site.article(
        "first",
        "import pandas as pd\npd.DataFrame({'year': [2022], 'trade': [190.3]})",
        ("md", "::: {.callout-note}\nIt came to `{python} 190 + 0.3`.\n:::"),
        front="title: First\ndate: 2023-05-26\n",
    )
    for command in ("broadsheet build", "broadsheet.quarto setup"):
        done = subprocess.run(
            [sys.executable, "-P", "-m", *command.split()],
            cwd=site.root,
            env={**os.environ, "PYTHONPATH": str(wheel)},
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    page = site.read("_site/posts/first/index.html")
    assert "It came to 190.3." in page and "callout-note" in page and "<td" in page
    assert len(list((site.root / "_site/site_libs/broadsheet").glob("broadsheet-*.css"))) == 1
    assert (site.root / "theme/quarto/elements.lua").is_file()


EXTRAS = ("preview", "newsletter", "pictures")
OLDEST = (3, 11)
"""The Python for which the lowest versions of all libraries have wheels."""


@dataclass(frozen=True)
class Program:
    """`broadsheet` as a stranger has it: the ``python`` that it is installed for, and where else that
    finds it.
    """

    python: str
    path: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """The variables, without those that lead to the program of this repository."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return own | {"PYTHONPATH": self.path}

    def run(self, folder: Path, *arguments: str) -> tuple[int, str]:
        """Its exit code, and all that it printed."""
        done = subprocess.run(
            [self.python, "-P", "-m", "broadsheet", *arguments],
            cwd=folder,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.returncode, done.stdout


@pytest.fixture(
    scope="module",
    params=[
        "here",
        pytest.param("lowest", marks=pytest.mark.slow),
        pytest.param("newest", marks=pytest.mark.slow),
    ],
)
def program(
    request: pytest.FixtureRequest,
    wheel_file: Path,
    wheel: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Program:
    """The wheel with the libraries that are installed here, or in an environment of its own with the
    lowest or the newest versions that are allowed.
    """
    if request.param == "here":
        return Program(sys.executable, str(wheel))
    if request.param == "lowest" and sys.version_info[:2] != OLDEST:
        pytest.skip(f"the lowest versions are for Python {'.'.join(map(str, OLDEST))}")
    folder = tmp_path_factory.mktemp("environment")
    resolution = "lowest-direct" if request.param == "lowest" else "highest"
    extras = [part for extra in EXTRAS for part in ("--extra", extra)]
    versions = folder / "versions.txt"
    uv("venv", "--python", sys.executable, str(folder / "venv"))
    uv(
        *("pip", "compile", "--resolution", resolution, *extras, "--no-header"),
        *(part for member in MEMBERS for part in ("--no-emit-package", member.name)),
        *(str(ROOT / "pyproject.toml"), "--output-file", str(versions)),
    )
    python = str(folder / "venv/bin/python")
    named = f"broadsheet[{','.join(EXTRAS)}] @ {wheel_file.as_uri()}"
    uv(
        *("pip", "install", "--python", python, "--constraints", str(versions)),
        *("--find-links", str(wheel_file.parent), named),
    )
    return Program(python)


def uv(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "uv", "--quiet", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.browser
def test_a_stranger_goes_from_init_to_publish(program: Program, tmp_path: Path) -> None:
    """The tutorial, step by step, and an article with every element that the guides describe."""
    guide, site = tutorial(), Site(tmp_path / "paper")

    def runs(*arguments: str, code: int = 0) -> str:
        done, said = program.run(site.root if site.root.exists() else tmp_path, *arguments)
        assert done == code, said
        assert "Traceback" not in said and "Warning: " not in said, said
        return said

    runs("init", "paper")
    config = site.read("_quarto.yml")
    assert "  # site-url:" in config
    site.write("_quarto.yml", config.replace("  # site-url:", "  site-url:"))
    runs("build")
    (site.root / "trade.csv").write_text(guide.table, "utf-8")
    runs(*guide.add)
    runs("new", SLUG, "--template", "plain")
    guide.write(site.root)
    runs("check", "--strict")
    guide.write(site.root, is_true=False)
    said = runs("build", SLUG, code=1)
    assert [part for part in guide.message if part not in said] == []
    guide.write(site.root, has_editions=True)

    write_every_element(site.root)
    runs("build")
    page = site.read(f"_site/{PAGE}")
    assert [name for name in LABELS if f'id="fig-{name}"' not in page] == []
    assert "ZeroDivisionError: division by zero" in page and page.count("step-figure") == STEPS

    preview = started(site, python=program.python, **program.environment)
    try:
        for path in ("", f"posts/{SLUG}/", f"posts/{SLUG}/2022.html", PAGE):
            code, shown = preview.ask(path)
            assert code == 200 and "Traceback" not in shown, shown[:2000]
        assert [name for name in LABELS if f'id="fig-{name}"' not in shown] == []
        assert shown.count("step-figure") == STEPS
    finally:
        assert ended(preview) == 0

    runs("newsletter", EVERY)
    said = runs("publish", str(tmp_path / "online"), code=1)
    assert "5 things are wrong" in said and not (tmp_path / "online").exists(), said
    write_every_element(site.root, has_warnings=False)
    runs("build")  # which tells once that an address is gone
    runs("publish", str(tmp_path / "online"))
    published = (tmp_path / "online" / PAGE).read_text("utf-8")
    assert "fig-lines" in published
    assert (tmp_path / f"online/posts/{SLUG}/2022.html").is_file()
