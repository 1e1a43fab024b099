"""Tiny publications in `sites/`, built, beside what must come out of them: `sites/CASE.expected/`.

Files are compared byte for byte, on a fixed day. What is not looked at: drawings of charts, which
depend on the fonts of the machine; pictures; the scripts and styles of the theme, but for their
names; digests in names. `_files.txt` lists all files of a site. After a wanted change write the
expected files anew, and read the difference: `pytest tests/site/test_sites.py --regenerate`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from broadsheet.site.build.build import build
from broadsheet.site.output.output_folder import MARKER
from stored import CASES, DAY, SITES, copied, fixed

LIST = "_files.txt"
TEXT = {".html", ".xml", ".json", ".md", ".txt", ".csv", ".atom"}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_site_is_what_it_was(
    case: str,
    chromium: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", DAY)
    root = copied(case, tmp_path)
    assert not build(root, jobs=1).faults
    found, folder = made(root / "_site"), SITES / f"{case}.expected"
    if request.config.getoption("--regenerate"):
        write(folder, found)
    expected = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert found[LIST] == expected[LIST]
    for name, text in expected.items():
        assert found[name] == text, name
    assert found.keys() == expected.keys()


def made(site: Path) -> dict[str, str]:
    """The texts of a site by the names of their files, without what varies."""
    paths = [
        path
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.name != MARKER and path.suffix != ".woff2"
    ]
    names = {path: fixed(path.relative_to(site).as_posix()) for path in paths}
    texts = {
        names[path]: fixed(path.read_text("utf-8"))
        for path in paths
        if path.suffix in TEXT and not names[path].startswith("site_libs/")
    }
    return {LIST: "".join(f"{name}\n" for name in sorted(names.values())), **texts}


def write(folder: Path, texts: dict[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
