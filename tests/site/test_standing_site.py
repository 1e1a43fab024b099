"""A build that has nothing to do sees that by a look at the files, and loads nothing to understand
them; any change has it look for itself.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from broadsheet.site.build import standing_site
from broadsheet.site.build.build import build
from broadsheet.site.build.report import Report
from broadsheet.site.build.standing_site import standing_report
from conftest import Site

CONFIG = """\
project: {type: website, resources: [robots.txt, "files/*"]}
website: {title: The Test, site-url: "https://example.org/"}
format: {html: {css: own.css}}
"""
PAGE = "---\ntitle: One\ndescription: A report.\ndate: 2024-01-01\n---\nThe harbour closed.\n"
PLAIN = ("LANG", "PATH", "HOME")


@pytest.fixture(scope="module", autouse=True)
def _no_account_of_the_test() -> Iterator[None]:
    """pytest changes this variable for each part of a test."""
    names = standing_site._OF_NO_ACCOUNT | {"PYTEST_CURRENT_TEST"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standing_site, "_OF_NO_ACCOUNT", names)
        yield


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication whose site stands."""
    site = Site(tmp_path_factory.mktemp("built"))
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts, feed: true}\n---\n")
    site.write("own.css", "p {color: red}\n")
    site.write("robots.txt", "User-agent: *\n")
    site.write("files/plan.txt", "The plan.\n")
    site.write("_shared.md", "Shared words.\n")
    site.write("posts/one.qmd", PAGE)
    site.write("posts/two.qmd", "---\ntitle: Two\n---\n{{< include /_shared.md >}}\n")
    site.table()
    return standing(site.root)


@pytest.fixture
def site(built: Path) -> Iterator[Site]:
    """The same publication, which gets back what a test takes."""
    assert stands(built)
    copy = built.with_name("copy")
    shutil.copytree(built, copy, symlinks=True)
    yield Site(built)
    shutil.rmtree(built)
    copy.rename(built)
    standing(built)


def standing(root: Path) -> Path:
    """Build until the site stands: nothing may have been written just before the build began."""
    for _ in range(5):
        assert not build(root, jobs=1).faults
        if stands(root):
            break
    assert stands(root)
    return root


def stands(root: Path, output: Path | None = None, day: date | None = None, **asked: Any) -> bool:
    return report(root, output, day, **asked) is not None


def report(
    root: Path, output: Path | None = None, day: date | None = None, *, drafts: bool = False
) -> Report | None:
    return standing_report(root, output, day, drafts=drafts)


HEAVY = {
    *("babel", "bs4", "jinja2", "jupyter_core", "lxml", "nbformat", "numpy"),
    *("pandas", "papermill", "plotly", "pydantic", "referencing", "wcmatch", "yaml"),
    *("broadsheet.data", "broadsheet.markdown", "broadsheet.notebook", "broadsheet.press"),
    *("broadsheet.project.project", "broadsheet.project.settings", "broadsheet.run"),
    *("broadsheet.site.build.build", "broadsheet.site.build.plan", "broadsheet.storage.files"),
}
"""Modules that nobody needs to see that nothing has changed."""
MOST_MODULES = 200


def test_nothing_is_loaded_that_understands_a_publication(site: Site) -> None:
    first, *later = (loaded(site.root) for _ in range(4))
    assert heavy(first), "it is asked in another environment than before"
    # The first may have compiled the program's modules, and so have changed its folders meanwhile.
    last = later[-1]
    assert not heavy(last), heavy(last)
    assert len(last) <= MOST_MODULES


def heavy(modules: set[str]) -> set[str]:
    return {name for name in modules if any(f"{name}.".startswith(f"{one}.") for one in HEAVY)}


def loaded(root: Path) -> set[str]:
    """The modules that a build loads in a process of its own."""
    command = [sys.executable, "-X", "importtime", "-m", "broadsheet", "build"]
    environment = {name: os.environ[name] for name in PLAIN if name in os.environ}
    run = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    lines = run.stderr.splitlines()
    return {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}


def test_the_report_is_that_of_a_build_that_looks_for_itself(built: Path) -> None:
    looked, told = build(built, jobs=1), report(built)
    assert told is not None
    for name in ("output", "pages", "new_pages", "ran", "explained", "withheld", "notices"):
        assert getattr(told, name) == getattr(looked, name)


def sentence(site: Site) -> None:
    """Change words, and neither the size of the file nor the time of its last write."""
    file = site.root / "posts/one.qmd"
    before = file.stat()
    file.write_text(PAGE.replace("closed", "opened"), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES: dict[str, Callable[[Site], object]] = {
    "a sentence": sentence,
    "the configuration": lambda site: site.write("_quarto.yml", CONFIG.replace("The", "A")),
    "a profile": lambda site: site.write("_quarto.yml.local", CONFIG),
    "a new page": lambda site: site.write("posts/three.qmd", PAGE),
    "a page gone": lambda site: (site.root / "posts/one.qmd").unlink(),
    "an include": lambda site: site.write("_shared.md", "Other words.\n"),
    "a style sheet": lambda site: site.write("own.css", "p {color: tan}\n"),
    "a resource": lambda site: site.write("robots.txt", "User-agent: b\n"),
    "a new resource": lambda site: site.write("files/other.txt", ""),
    "metadata of a folder": lambda site: site.write("posts/_metadata.yml", "lang: de\n"),
    "variables": lambda site: site.write("_variables.yml", "a: b\n"),
    "a template": lambda site: site.write("theme/templates/page.html.jinja", "{{ title }}"),
    "a table": lambda site: site.write("data/trade.csv", "year,total\n2021,146.9\n2022,190.4\n"),
    "a page of the site gone": lambda site: (site.root / "_site/posts/one.html").unlink(),
    "a stranger in the site": lambda site: site.write("_site/CNAME", "example.org\n"),
    "a kept article gone": lambda site: shutil.rmtree(site.root / ".broadsheet/pages"),
    "the record gone": lambda site: [
        file.unlink() for file in (site.root / ".broadsheet").glob("_site.*.json")
    ],
    "the marker": lambda site: site.write("_site/.broadsheet.json", "{}"),
    "a killed build": lambda site: (site.root / ".broadsheet/_site.new-1").mkdir(),
    "a half-written file": lambda site: site.write(".broadsheet/parts/a.part", ""),
    "a site that may not be written": lambda site: (site.root / "_site").chmod(0o500),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_after_any_change_a_build_looks_for_itself(
    site: Site, change: Callable[[Site], object]
) -> None:
    change(site)
    is_standing = stands(site.root)
    (site.root / "_site").chmod(0o755)
    assert not is_standing


def test_touching_and_copying_back_changes_nothing(site: Site) -> None:
    page, copy = site.root / "posts/one.qmd", site.root.with_name("one.qmd")
    page.touch()
    assert stands(site.root)
    shutil.copy2(page, copy)
    copy.replace(page)
    assert stands(site.root)


def test_another_question_has_another_answer(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stands(built)
    assert not stands(built, tmp_path / "other")
    assert not stands(built, day=date(2023, 1, 1))
    assert not stands(built, drafts=True)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert not stands(built)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.syspath_prepend(tmp_path)
    assert not stands(built)


def test_a_day_passes(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broadsheet.site.build.standing_site.today", lambda zone: date(2999, 1, 1))
    assert not stands(built)


def test_another_build_at_work_is_waited_for(built: Path) -> None:
    import fcntl

    with (built / ".broadsheet/_site.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not stands(built)
    assert stands(built)


def test_a_resource_is_searched_for_todays_secrets(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from broadsheet.processes import secret_values

    monkeypatch.setenv("HARBOUR_TOKEN", "quite-another-9")
    with secret_values.withheld():
        assert stands(built)
    monkeypatch.setenv("HARBOUR_TOKEN", "User-agent: *")
    with secret_values.withheld():
        assert not stands(built)


def test_a_damaged_standing_is_thrown_away(site: Site) -> None:
    from broadsheet.storage.store import messages

    messages()
    (entry,) = (site.root / ".broadsheet/standing").iterdir()
    entry.write_bytes(entry.read_bytes().replace(b"posts/one", b"posts/two"))
    assert not stands(site.root)
    assert [text.partition(":")[0] for text in messages()] == [".broadsheet/standing"]
    assert not build(site.root, jobs=1).new_pages
    assert stands(site.root)


def test_what_changes_while_a_build_runs_is_built_next(site: Site) -> None:
    @contextmanager
    def meddling(editions: object) -> Iterator[Callable[[object], None]]:
        site.write("posts/one.qmd", PAGE.replace("closed", "reopened"))
        yield lambda run: None

    site.write("posts/two.qmd", "---\ntitle: Two\n---\nOther words.\n")
    site.write("posts/one.qmd", PAGE + "\nMore.\n")
    assert not build(site.root, jobs=1, watch=meddling).faults
    assert not stands(site.root)
    assert not build(site.root, jobs=1).faults
    assert "reopened" in site.read("_site/posts/one.html")


def test_a_faulty_site_does_not_stand(site: Site) -> None:
    site.write("posts/three.qmd", "---\ntitle: [\n---\n")
    for _ in range(2):
        assert build(site.root, jobs=1).faults
        assert not stands(site.root)
