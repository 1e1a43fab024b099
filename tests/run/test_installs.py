"""Cells that install libraries are refused, in whatever way they do it, and the environment of the
program stays as it is.

The program runs in an environment that the test makes and throws away, and what is to be installed
is a wheel of the test's own: should a refusal fail, nothing else is changed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from broadsheet.run.installs import ALLOWED, command_in, variables
from conftest import CONFIG, Site

if not sys.platform.startswith("linux"):
    pytest.skip("the warm engine runs on Linux", allow_module_level=True)

PIP = "pip install --no-index --no-deps {wheel}"
WAYS: Mapping[str, tuple[str, int]] = {
    "magic": (f"x = 1\n%{PIP}", 2),
    "shell": (f"x = 1\n\n!{PIP}", 3),
    "shell-of-a-name": ("import sys\n!{{sys.executable}} -m " + PIP, 2),
    "shell-captured": (f"lines = !{PIP}", 1),
    "uninstall": ("%pip uninstall -y tinything", 1),
    "conda": ("%conda install tinything", 1),
    "bash-cell": (f"%%bash\necho begins\n{PIP}\necho ends", 3),
    "script-cell": (f"%%script sh\n{PIP}", 2),
    "subprocess": (
        f"import subprocess, sys\nsubprocess.run([sys.executable, '-m', *'{PIP}'.split()])",
        2,
    ),
    "subprocess-shell": (f"import subprocess\nsubprocess.run('cd / && {PIP}', shell=True)", 2),
    "subprocess-without-environment": (
        f"import subprocess, sys\nsubprocess.run([sys.executable, '-m', *'{PIP}'.split()], env={{}})",
        2,
    ),
    "os-system": (f"import os\nos.system('{PIP}')", 2),
    "posix-spawn": (
        "import os, sys\nos.posix_spawn(sys.executable, "
        f"['python', '-m', *'{PIP}'.split()], os.environ)",
        2,
    ),
    "pip-itself": (f"import pip\npip.main('{PIP}'.split()[1:])", 2),
    "runpy": (
        f"import runpy, sys\nsys.argv = '{PIP}'.split()\nrunpy.run_module('pip', run_name='__main__')",
        3,
    ),
    "ensurepip": ("import ensurepip\nensurepip.bootstrap()", 2),
    "caught": (f"try:\n    import tinything\nexcept ImportError:\n    !{PIP}", 4),
    "poetry": ("!poetry add tinything", 1),
    "another-environment": (
        "import subprocess, tempfile, venv\nfolder = tempfile.mkdtemp()\nvenv.create(folder)\n"
        f"subprocess.run([folder + '/bin/python', '-m', *'{PIP}'.split()])",
        4,
    ),
    "uv": ("!uv pip install --no-index {wheel}", 1),
}
"""The cell of each article, and the line that is at fault."""
UNSEEN = {
    "a-script-of-its-own": (
        "import subprocess\nfrom pathlib import Path\n"
        f"Path('setup.sh').write_text('{PIP}')\n"
        "print(subprocess.run(['sh', 'setup.sh'], capture_output=True, text=True).stderr)"
    ),
    "fork": (
        f"import os, sys\nos.spawnv(os.P_WAIT, sys.executable, ['python', '-m', *'{PIP}'.split()])"
    ),
    "python-of-its-own": (
        "import subprocess, sys\n"
        f"code = \"import pip; pip.main('{PIP}'.split()[1:])\"\n"
        "print(subprocess.run([sys.executable, '-c', code], capture_output=True, text=True).stderr)"
    ),
}
"""Commands that no hook of the notebook's process can fail, because another process gives them."""
HARMLESS = {
    "lists": "!pip list --format=freeze",
    "speaks": "!echo pip install pandas",
    "reads": "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'pip', 'show', 'pip'], check=True)",
    "version": "%pip --version",
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with pip of its own, and by a link with all that this one has."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    ours = sysconfig.get_path("purelib")
    (packages / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    return folder / "bin/python"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of one module."""
    file = tmp_path_factory.mktemp("wheel") / "tinything-1.0-py3-none-any.whl"
    about = "tinything-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tinything.py", "word = 'installed'\n")
        archive.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: tinything\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{about}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(
            f"{about}/RECORD",
            f"tinything.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n{about}/RECORD,,\n",
        )
    return file


def installed(python: Path) -> list[str]:
    """What lies in the folders of libraries: of the program's environment, and of the tests'."""
    (packages,) = python.parents[1].glob("lib/python*/site-packages")
    return sorted(
        path.name
        for folder in (packages, Path(sysconfig.get_path("purelib")))
        for path in folder.iterdir()
        if path.name != "__pycache__"
    )


def command(python: Path, root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`broadsheet …`, run by that Python."""
    return subprocess.run(
        [python, "-m", "broadsheet", *arguments],
        cwd=root,
        env={**os.environ, "PATH": f"{python.parent}:{os.environ['PATH']}"},
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )


def faults(printed: str) -> dict[str, str]:
    """The errors of a build, by their articles."""
    found = re.split(r"^error: posts/", printed, flags=re.MULTILINE)[1:]
    return {one.partition("/")[0]: one.partition("\nerror:")[0] for one in found}


@pytest.fixture(scope="module")
def built(
    tmp_path_factory: pytest.TempPathFactory, program: Path, wheel: Path
) -> tuple[Site, dict[str, str], str]:
    """One build of all articles: what it said of each, and all that it said."""
    site = Site(tmp_path_factory.mktemp("site"))
    site.write("_quarto.yml", CONFIG)
    ways = {slug: cell for slug, (cell, _) in WAYS.items()} | UNSEEN | HARMLESS
    for slug, cell in ways.items():
        site.article(
            slug,
            "ready = 1",
            cell.replace("{wheel}", f"--cache-dir={slug} {wheel}")
            .replace("{{", "{")
            .replace("}}", "}"),
        )
    before = installed(program)
    ended = command(program, site.root, "build", "--jobs", "2")
    assert installed(program) == before, ended.stderr
    return site, faults(ended.stderr), ended.stderr


@pytest.mark.parametrize("slug", WAYS)
def test_it_is_a_fault_that_names_command_and_line(
    slug: str, built: tuple[Site, dict[str, str], str]
) -> None:
    if slug == "uv" and not shutil.which("uv"):
        pytest.skip("no uv here")
    site, told, _ = built
    fault = told[slug]
    assert fault.startswith(f"{slug}/index.ipynb, cell 3, line {WAYS[slug][1]}: InstallError: `")
    assert "would change the environment that Broadsheet itself runs in" in fault
    assert "allow-install: true" in fault
    assert not (site.root / "_site/posts" / slug).exists()


@pytest.mark.parametrize("slug", UNSEEN)
def test_a_program_of_the_cells_is_refused_and_says_so(
    slug: str, built: tuple[Site, dict[str, str], str]
) -> None:
    site, told, _ = built
    assert slug not in told
    page = (site.root / f"_site/posts/{slug}/index.html").read_text()
    assert "broadsheet: allow-install: true" in page


@pytest.mark.parametrize("slug", HARMLESS)
def test_what_installs_nothing_here_is_run(
    slug: str, built: tuple[Site, dict[str, str], str]
) -> None:
    site, told, _ = built
    assert slug not in told
    page = (site.root / f"_site/posts/{slug}/index.html").read_text()
    assert "InstallError" not in page
    wanted = {"lists": "pip==", "speaks": "pip install pandas"}
    assert wanted.get(slug, "pip") in page


def test_an_author_may_allow_it_and_a_foreign_site_may_not(
    tmp_path: Path, program: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(tmp_path)
    site.write("_quarto.yml", f"{CONFIG}broadsheet: {{allow-install: true}}\n")
    install = f"%{PIP}".replace("{wheel}", str(wheel))
    site.article("it", install, "import tinything\nprint(tinything.word)")
    before = installed(program)
    monkeypatch.setenv(ALLOWED, "1")
    adopted = command(program, tmp_path.parent, "adopt", str(site.root), "--json")
    assert "InstallError" in json.dumps(json.loads(adopted.stdout))
    assert installed(program) == before
    try:
        assert command(program, site.root, "build").returncode == 0
        assert "installed" in (site.root / "_site/posts/it/index.html").read_text()
        assert installed(program) != before
    finally:
        subprocess.run([program, "-m", "pip", "uninstall", "-y", "-q", "tinything"], check=True)
    assert installed(program) == before


def test_what_a_run_may_is_neither_that_of_the_run_before_nor_of_whoever_builds() -> None:
    may, may_not = variables(True), variables(False)
    assert may.keys() >= may_not.keys() - {"BROADSHEET_PYTHON"}
    assert not may_not[ALLOWED] and not may["PIP_PYTHON"] and not may["UV_PYTHON"]


def test_libraries_that_come_in_any_other_way_are_a_fault(tmp_path: Path, program: Path) -> None:
    site = Site(tmp_path)
    site.write("_quarto.yml", CONFIG)
    site.article(
        "it",
        "import sysconfig\nfrom pathlib import Path\n"
        "Path(sysconfig.get_path('purelib'), 'sneaky-1.0.dist-info').mkdir()",
    )
    ended = command(program, site.root, "build")
    (packages,) = program.parents[1].glob("lib/python*/site-packages")
    (packages / "sneaky-1.0.dist-info").rmdir()
    assert ended.returncode == 1
    assert "changed while this article ran: sneaky-1.0.dist-info is new" in ended.stderr


@pytest.mark.parametrize(
    "script, command",
    [
        ("pip install a", "pip install a"),
        ("cd x; PIP_X=1 /usr/bin/pip3.11 -q install a | cat", "pip -q install a"),
        ("sudo -H pip install a", "pip install a"),
        ("bash -lc 'true && pip3 uninstall -y a'", "pip uninstall -y a"),
        ("python3 -m pip --proxy http://p install a", "pip --proxy http://p install a"),
        ("$(pip install a)", "pip install a"),
        ("if ! pip \\\n  install a; then", "pip install a"),
        ("conda env update -f x.yml", "conda env update -f x.yml"),
        ("uv pip sync r.txt", "uv pip sync r.txt"),
        ("easy_install a", "easy_install a"),
        ("pip list", ""),
        ("pip download install", ""),
        ("echo pip install a", ""),
        ("grep 'pip install' notes.txt", ""),
        ("/home/me/other/bin/python -m pip install a", "pip install a"),
        ("conda create -n install", ""),
        ("'unbalanced pip install", ""),
        ("", ""),
    ],
)
def test_commands_are_read_as_a_shell_reads_them(script: str, command: str) -> None:
    assert command_in(script) == command
