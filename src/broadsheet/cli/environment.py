"""`broadsheet doctor`, which programs and libraries this installation has, and what is missing; and
`broadsheet kernel`, this installation as a kernel of a Jupyter that is elsewhere.

`doctor` runs each program once to ask its version, reads no notebook and writes nothing. What a build
cannot do without is a fault; what only some commands need is said to be missing, with what brings it.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from broadsheet.cli.report import CommandReport
from broadsheet.errors import BroadsheetError, ToolError, UsageError
from broadsheet.processes.extras import distributions_of_extras
from broadsheet.version import __version__

_LIBRARIES = ("papermill-warm", "plotly-alive", "papermill", "nbformat", "pandas", "plotly")
_SECONDS = 20
"""The most time that a program has to tell its version."""


@dataclass(frozen=True)
class Part:
    """A program, a library or a set of files that Broadsheet uses."""

    name: str
    """The name, as its makers write it, or the extra's."""
    version: str
    """The version or what else tells it from others; empty if it is missing."""
    where: str = ""
    """The path of a program."""
    note: str = ""
    """The commands that need it, or the one that brings it, if it is missing."""
    fault: BroadsheetError | None = None
    """The fault, if it is missing and each build needs it."""

    def line(self) -> str:
        """Return the part as a line of the report."""
        words = filter(None, (self.version or "missing", self.where, self.note))
        return f"{self.name:<16}{'  '.join(words)}"

    def report(self) -> dict[str, str]:
        """Return the part for machines."""
        return {
            "name": self.name,
            "version": self.version,
            "where": self.where,
            "note": self.note,
        }


def doctor(options: argparse.Namespace) -> CommandReport:
    """Report what is installed. The exit code is 1 if something is missing that each build needs."""
    parts = {
        "program": [
            Part("broadsheet", __version__),
            Part("Python", platform.python_version(), sys.executable),
            Part("system", f"{platform.system()} {platform.release()} {platform.machine()}"),
        ],
        "libraries": [_library(name) for name in _LIBRARIES],
        "tools": list(_tools()),
        "extras": list(_extras()),
        "publication": list(_publication()),
    }
    faults = [part.fault for group in parts.values() for part in group if part.fault]
    code = 1 if faults else 0
    text = "\n\n".join(
        "\n".join([name, *(f"  {part.line()}" for part in group)])
        for name, group in parts.items()
        if group
    )
    result = {name: [part.report() for part in group] for name, group in parts.items()}
    return CommandReport(code, text, faults, result=result)


def _library(name: str) -> Part:
    version = _installed(name)
    if version:
        return Part(name, version)
    fault = ToolError(name, "this library is not installed", f"Run `pip install {name}`.")
    return Part(name, "", fault=fault)


def _installed(distribution: str) -> str:
    """Return the version of an installed distribution; empty if it is not installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


def _tools() -> Iterator[Part]:
    from broadsheet.markdown.pandoc import program
    from broadsheet.site.theme.web_fonts import FOLDER
    from plotly_alive.drawing.drawing_page import browser_path

    yield _asked(
        "browser",
        _path_by(browser_path),
        note="charts have no pictures: install Chrome or Chromium, or run `kaleido_get_chrome`",
    )
    try:
        mend = "Run `pip install --force-reinstall pypandoc_binary`."
        fault = ToolError("pandoc", "no Pandoc starts here: no page can be made", mend)
        yield _asked("pandoc", program(), fault=fault)
    except ToolError as error:
        yield Part("pandoc", "", fault=error)
    fonts = len([*FOLDER.glob("*.woff2")])
    yield Part(
        "fonts",
        f"{fonts} files" if fonts else "",
        note="" if fonts else "pages have the fonts of the reader's system",
    )
    forks = hasattr(os, "fork")
    yield Part(
        "fork",
        "yes" if forks else "",
        note="" if forks else "each notebook starts a kernel of its own, which is slower",
    )
    yield _asked("quarto", shutil.which("quarto"), note="only for `quarto render`")
    yield _asked(
        "git",
        shutil.which("git"),
        note="only for publishing to a branch, and for tables in repositories",
    )
    yield _asked("ssh", shutil.which("ssh"), "-V", note="only for publishing to a server")


def _path_by(find: Callable[[], str | None]) -> str | None:
    """Return the path that a function finds; None if it, or the library that it needs, is missing."""
    try:
        return find()
    except (OSError, ImportError, AssertionError):
        return None


def _asked(
    name: str,
    path: str | None,
    option: str = "--version",
    *,
    note: str = "",
    fault: BroadsheetError | None = None,
) -> Part:
    """Return a program with the version that it prints; without one if it is not there or does not
    start. Then ``note`` or ``fault`` says what that means.
    """
    version = _version_of(path, option) if path else ""
    return Part(name, version, path or "") if version else Part(name, "", path or "", note, fault)


def _version_of(program: str, option: str) -> str:
    """Return the first line with a number that the program prints; empty if it does not start."""
    try:
        answer = subprocess.run(
            [program, option],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = [line.strip() for line in (answer.stdout + answer.stderr).splitlines()]
    return "" if answer.returncode else next((line for line in lines if re.search(r"\d", line)), "")


def _extras() -> Iterator[Part]:
    """Yield each extra: its libraries with their versions, or what is missing of it."""
    for extra, names in sorted(distributions_of_extras().items()):
        versions = {name: _installed(name) for name in names}
        lacking = [name for name, version in versions.items() if not version]
        if lacking:
            brought = f"{', '.join(lacking)}: `pip install 'broadsheet[{extra}]'`"
            yield Part(extra, "", note=brought)
        else:
            yield Part(extra, ", ".join(f"{name} {version}" for name, version in versions.items()))


def _publication() -> Iterator[Part]:
    """Yield the publication that contains the working directory, if there is one."""
    from broadsheet.storage.publication_root import find_root

    try:
        folder = find_root(Path.cwd())
    except (BroadsheetError, OSError):
        return
    yield Part("root", str(folder))
    names = sorted(name for name in os.environ if name.startswith("BROADSHEET_"))
    if names:
        yield Part("environment", ", ".join(names))


def install_kernel(options: argparse.Namespace) -> CommandReport:
    """Install a kernel that runs this environment's Python."""
    from ipykernel.kernelspec import install

    from broadsheet.run.notebook_to_run import KERNEL

    name = KERNEL if options.name in ("", KERNEL) else f"{KERNEL}-{options.name}"
    if not re.fullmatch(r"[a-z0-9._-]+", name):
        raise UsageError(
            "--name",
            f"a kernel cannot be called {options.name!r}",
            "Write small letters, digits, hyphens: --name budget.",
        )
    shown = "Broadsheet" if name == KERNEL else f"Broadsheet ({options.name})"
    prefix = sys.prefix if options.sys_prefix else None
    try:
        folder = install(user=prefix is None, kernel_name=name, display_name=shown, prefix=prefix)
    except OSError as error:
        raise UsageError(
            "kernel install",
            f"the kernel cannot be written: {error.strerror}: {error.filename}",
            "Give --user for a folder of your own.",
        ) from None
    return CommandReport(
        0,
        f"{shown}: {folder}, runs {sys.executable}\n"
        f"In JupyterLab choose the kernel {shown!r}; `import broadsheet as bs` works in it.",
        result={"name": name, "folder": str(folder), "program": sys.executable},
    )
