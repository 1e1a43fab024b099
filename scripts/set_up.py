"""Set up what `make site` and `make test` need: environment, browser-side libraries, browser.
Standard library only.

    python3 scripts/set_up.py --venv .venv --requirements requirements.txt [--for-tests] [--browser-required]

What is there is used; what is missing is installed the ordinary way of its kind (pip, npm, the
system's packages where this runs as root, kaleido's own getter). Without npm, plotly's own copy of
its library serves; without a browser, the site is built with tables in place of the charts'
pictures, which is said in one line.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIND_BROWSER = (
    "import sys; from plotly_alive.drawing.drawing_page import browser_path;"
    " sys.exit(not browser_path())"
)


def main() -> int:
    """Do the set-up; 1 if something that is needed cannot be had."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv")
    parser.add_argument("--requirements", type=Path, required=True)
    parser.add_argument(
        "--for-tests", action="store_true", help="also what only the tests use of npm"
    )
    parser.add_argument("--browser-required", action="store_true")
    options = parser.parse_args()
    if sys.version_info < (3, 11):  # noqa: UP036 - the one file that an older Python may meet
        return _no(
            f"Python {sys.version.split()[0]} is too old",
            "Install Python 3.11 or newer, or name one: make PYTHON=python3.12 …",
        )
    _say(f"setting up {options.venv}, the first time about two minutes")
    if not _environment(options.venv):
        return _no(
            "this Python cannot make virtual environments",
            "Install its venv package (Debian and Ubuntu: apt install python3-venv) and try again.",
        )
    _say("installing the locked Python packages, mostly a minute")
    if not _packages(options.venv / "bin/python", options.requirements):
        return _no("the locked packages could not be installed", "See pip's message above.")
    _say("making the theme's fonts, mostly ten seconds")
    _fonts(options.venv)
    _say("installing the browser-side libraries, mostly ten seconds")
    _browser_side(for_tests=options.for_tests)
    if options.for_tests:
        _say("building the extension of JupyterLab, mostly ten seconds")
        _extension_of_jupyterlab(options.venv / "bin/python")
    _bytecode(options.venv / "bin/python")
    _say("looking for a browser, which draws the charts; if there is none, one is installed")
    if not _browser(options.venv):
        if options.browser_required:
            return _no(
                "there is no Chrome or Chromium, and none could be installed",
                "Install one of them.",
            )
        print(
            "No Chrome or Chromium here, and none could be installed: charts will show their tables in place of "
            "pictures. Install one and run make again.",
            file=sys.stderr,
        )
    _say("all is set up")
    return 0


def _say(doing: str) -> None:
    """Say what is being done, at once, also where nobody looks on."""
    print(f"set-up: {doing}", file=sys.stderr, flush=True)


def _environment(venv: Path) -> bool:
    if (venv / "bin/python").exists() and _runs(
        [str(venv / "bin/python"), "-m", "pip", "--version"], quiet=True
    ):
        return True
    make = [sys.executable, "-m", "venv", "--clear", str(venv)]
    if _runs(make, quiet=True):
        return True
    return _system_packages("python3-venv", f"python3.{sys.version_info.minor}-venv") and _runs(
        make
    )


def _packages(python: Path, requirements: Path) -> bool:
    folders = [ROOT, *sorted(file.parent for file in ROOT.glob("packages/*/pyproject.toml"))]
    editable = [part for folder in folders for part in ("--editable", str(folder))]
    return _installs(python, "--require-hashes", "--requirement", str(requirements)) and _installs(
        python, "--no-deps", "--no-build-isolation", *editable
    )


def _bytecode(python: Path) -> None:
    """Compile the source, as pip does with what it copies: where PYTHONDONTWRITEBYTECODE is set, each
    command would compile it anew.
    """
    folders = [ROOT / "src", *ROOT.glob("packages/*/src"), *ROOT.glob("editors/*/broadsheet_lab")]
    _runs([str(python), "-m", "compileall", "-q", *map(str, folders)])


def _installs(python: Path, *options: str) -> bool:
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    return _runs([*pip, *options])


def _fonts(venv: Path) -> None:
    script, made = ROOT / "scripts/subset_fonts.py", ROOT / "src/broadsheet/theme/fonts/fonts.json"
    if made.exists() and made.stat().st_mtime > script.stat().st_mtime:
        return
    if not _runs([str(venv / "bin/python"), str(script)]):
        print(
            "The theme's fonts could not be made: pages have the typefaces of a reader's machine.",
            file=sys.stderr,
        )


def _browser_side(*, for_tests: bool) -> None:
    npm = shutil.which("npm")
    chosen = [] if for_tests else ["--omit=dev"]
    if npm and not _runs(
        [npm, "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", *chosen]
    ):
        print(
            "npm could not install the browser-side libraries: plotly's own copy serves instead.",
            file=sys.stderr,
        )


def _extension_of_jupyterlab(python: Path) -> None:
    options = ["--no-deps", "--no-build-isolation", "--editable"]
    if not shutil.which("npm"):
        why = "JupyterLab's extension is built by npm, which is not on PATH"
    elif not _installs(python, *options, str(ROOT / "editors/jupyterlab")):
        why = "JupyterLab's extension could not be built: npm says why above"
    else:
        return
    print(f"{why}: its tests are left out.", file=sys.stderr)


def _browser(venv: Path) -> bool:
    find = [str(venv / "bin/python"), "-c", FIND_BROWSER]
    if _runs(find, quiet=True):
        return True
    return (
        _system_packages("chromium-headless-shell", "chromium") and _runs(find, quiet=True)
    ) or (_runs([str(venv / "bin/choreo_get_chrome")], quiet=True) and _runs(find, quiet=True))


def _system_packages(*names: str) -> bool:
    """Install the first of ``names`` that the system has, where this is root on Debian or Ubuntu."""
    apt = shutil.which("apt-get")
    if not apt or os.geteuid() != 0:
        return False
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _runs([apt, "-qq", "update"], quiet=True, env=quietly)
    return any(
        _runs(
            [apt, "-qq", "-y", "--no-install-recommends", "install", name], quiet=True, env=quietly
        )
        for name in names
    )


def _runs(command: list[str], *, quiet: bool = False, env: dict[str, str] | None = None) -> bool:
    silent = subprocess.DEVNULL if quiet else None
    try:
        return (
            subprocess.run(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=silent,
                stderr=silent,
                env=env,
                check=False,
            ).returncode
            == 0
        )
    except OSError:
        return False


def _no(what: str, mend: str) -> int:
    print(f"error: {what}\n  → {mend}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
