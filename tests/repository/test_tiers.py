"""The tiers of tests, and what of them a change of a package can break: as they are read from a
source, and in a real run of pytest.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import watch
from reach import Module, Reach, summary_of
from source_tree import PLACES_OF_TESTS
from tiers import REACH

ROOT = Path(__file__).parents[2]
PROGRAM = {
    "broadsheet.markdown.pandoc": """
        import subprocess
        class _Worker:
            def __init__(self): self.process = subprocess.Popen(["pandoc"])
        class Pandoc:
            def begin(self): return _Worker()
    """,
    "broadsheet.text.widths": "def width(text): return len(text)",
    "broadsheet.figures.layout": """
        from broadsheet.text import widths
        def room(text): return widths.width(text)
    """,
    "broadsheet.figures.drawing": """
        import kaleido
        from broadsheet.figures.layout import room
        def draw(text): return kaleido.Kaleido(room(text))
        def fits(text): return room(text) < 9
    """,
    "broadsheet.cli.main": "def main(words): return 0",
    "broadsheet.cli.data": "def list_tables(options): return options",
    "broadsheet.cli.build": """
        from broadsheet.figures.drawing import draw
        def build_site(options): return draw(options)
    """,
}
CONFTEST = """
    import pytest
    from http.server import ThreadingHTTPServer
    from broadsheet.cli.main import main
    @pytest.fixture
    def run(): return main
    @pytest.fixture
    def serve(): return ThreadingHTTPServer
    @pytest.fixture
    def served(serve): return serve()
"""


def reach_of(test: str) -> Reach:
    sources = {**PROGRAM, "conftest": CONFTEST, "test_it": test}
    lines = {name: "\n".join(_unindented(source)) for name, source in sources.items()}
    return Reach(
        {name: Module.of(summary_of(text, name.rpartition(".")[0])) for name, text in lines.items()}
    )


def _unindented(source: str) -> list[str]:
    lines = [line for line in source.splitlines() if line.strip()]
    cut = min(len(line) - len(line.lstrip()) for line in lines)
    return [line[cut:] for line in lines]


IMPORTS = """
    import subprocess
    import pytest
    from broadsheet.figures import drawing
    from broadsheet.figures.layout import room
    from broadsheet.markdown.pandoc import Pandoc
"""


@pytest.mark.parametrize(
    ("test", "tier"),
    [
        ("def test_x(): room('a')", "unit"),
        ("def test_x(): drawing.fits('a')", "unit"),
        ("def test_x(): drawing.draw('a')", "whole"),
        ("def test_x(): subprocess.run(['a'])", "whole"),
        ("def test_x(): Pandoc().begin()", "page"),
        ("def test_x(pandoc: Pandoc): room('a')", "unit"),
        ("def shown(): return drawing.draw\n    def test_x(): shown()", "whole"),
        ("DRAWS = {'a': drawing.draw}\n    def test_x(): DRAWS['a']('b')", "whole"),
        ("def test_x(serve): room('a')", "whole"),
        ("def test_x(served): room('a')", "whole"),
        ("pytestmark = pytest.mark.usefixtures('served')\n    def test_x(): room('a')", "whole"),
        (
            "@pytest.fixture(autouse=True)\n    def a(serve): pass\n    def test_x(): room('a')",
            "whole",
        ),
        ("@pytest.fixture\n    def serve(): return 1\n    def test_x(serve): room('a')", "unit"),
        ("def test_x(run): run('data', 'list')", "unit"),
        ("def test_x(run): run('build')", "whole"),
        ("WORDS = ['data', 'build']\n    def test_x(run): run(WORDS)", "whole"),
        ("def test_x(run): run(chosen())", "whole"),
        ("@pytest.mark.whole\n    def test_x(): room('a')", "whole"),
    ],
)
def test_the_tier_follows_from_what_a_test_reaches(test: str, tier: str) -> None:
    assert reach_of(f"{IMPORTS}    {test}").tier(("test_it", "test_x")) == tier


@pytest.mark.parametrize(
    ("test", "packages"),
    [
        ("def test_x(): room('a')", {"figures.layout", "text.widths"}),
        ("def test_x(): drawing.fits", {"figures.drawing", "figures.layout", "text.widths"}),
        ("def test_x(): Pandoc", {"markdown.pandoc"}),
        ("def test_x(): pass", set()),
        ("def test_x(run): pass", None),
        ("def test_x(): subprocess.run(['a'])", None),
        ("def test_x(): open('src/broadsheet')", None),
    ],
)
def test_what_a_test_imports_can_break_it(test: str, packages: set[str] | None) -> None:
    modules = reach_of(f"{IMPORTS}    {test}").breaks(("test_it", "test_x"))
    assert modules == (None if packages is None else {f"broadsheet.{each}" for each in packages})


@pytest.fixture
def reach(request: pytest.FixtureRequest) -> Reach:
    """What this run of pytest has read."""
    return request.config.stash[REACH]


def test_the_packages_are_those_of_the_program(reach: Reach) -> None:
    assert {"figures", "site/index", "templates", "locale"} <= reach.packages.keys()
    assert "broadsheet.site.index.listing" in reach.packages["site"]
    assert "broadsheet.text.templating" in reach.packages["templates"]
    assert "papermill_warm.wire" in reach.packages["papermill-warm"]
    assert not any(name.startswith("tests") or "." in name for name in reach.packages)


@pytest.mark.slow
def test_a_source_that_was_kept_is_that_of_one_read_anew(tmp_path: Path) -> None:
    first, kept, anew = (Reach.read(tmp_path / name) for name in ("a.json", "a.json", "b.json"))
    assert first.modules == kept.modules == anew.modules
    (tmp_path / "a.json").write_text("{")
    assert Reach.read(tmp_path / "a.json").modules == anew.modules


def test_of_a_change_in_a_low_package_more_can_break_than_in_a_high_one(reach: Reach) -> None:
    tests = [
        test
        for place in PLACES_OF_TESTS
        for file in place.rglob("test_*.py")
        for test in reach.tests(file)
    ]

    def breaking(package: str) -> int:
        modules = reach.packages[package]
        return sum((found := reach.breaks(test)) is None or bool(found & modules) for test in tests)

    assert len(tests) > breaking("text") > breaking("site") > breaking("editor") > 0


@pytest.mark.parametrize(
    "start",
    [
        lambda: subprocess.run([sys.executable, "-c", ""], check=True),
        lambda: os.fork() or os._exit(0),
        lambda: __import__("socket").create_server(("127.0.0.1", 0)).close(),
        lambda: __import__("multiprocessing").get_context("spawn").Process().start(),
    ],
    ids=["a program", "a fork", "a server", "a worker"],
)
@pytest.mark.parametrize("tier", ["unit", "page"])
def test_a_test_that_starts_what_its_tier_has_not_fails(start: object, tier: str) -> None:
    assert callable(start)
    watch.begin(tier)
    try:
        with pytest.raises(pytest.fail.Exception, match=f"of the tier '{tier}', and starts"):
            start()
        assert watch.refused
    finally:
        watch.begin("whole")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--tier", "fast"), "TIER is 'fast', and no tier. The tiers: unit, page, whole"),
        (
            ("--package", "figure"),
            "PKG is 'figure', and no package or room. There are: checks, checks/audit, checks/audit/comparing, checks/audit/counts, checks/audit/tables, checks/audit/weighing, checks/bind, checks/bind/naming, checks/moved, cli,",
        ),
    ],
)
def test_a_tier_or_package_that_is_none_is_an_error_with_those_that_are(
    options: tuple[str, ...], message: str
) -> None:
    done = _pytest(*options)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR and message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_package_and_a_tier_choose_together() -> None:
    done = _pytest(
        "--tier", "unit", "--package", "text/", "--collect-only", "-q", "tests/text", "tests/site"
    )
    files = {line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line}
    assert "tests/text/test_html_tree.py" in files
    assert "tests/site/test_accessibility.py" not in files


def _pytest(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=ROOT,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        text=True,
        capture_output=True,
        check=False,
    )
