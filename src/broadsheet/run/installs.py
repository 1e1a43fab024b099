"""Cells install nothing: `%pip install` would change Broadsheet's own environment under a build.

Notebooks run in that environment, several at once, and other articles keep the runs that they made
with its libraries. So a run refuses what installs or removes libraries, unless `_quarto.yml` has
`broadsheet: allow-install: true`. Other environments are refused, too: a `pip` in a script may be
that of any. Three things hold that:

- In the notebook's process, :func:`refuse` hooks what starts programs: magics, `!`, `os.system`,
  `subprocess`, `exec`. The cell fails with an :class:`InstallError` that quotes the command.
- Programs that a cell starts inherit :func:`variables`, by which pip and uv call the program
  `pip-python` beside this file in place of their Python. It refuses likewise, and lets pip list.
- :func:`libraries` is compared before and after a run, for all other ways.
"""

from __future__ import annotations

import functools
import importlib
import os
import re
import shlex
import site
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path, PurePath
from typing import Any

from broadsheet.errors import BroadsheetError

ALLOWED = "BROADSHEET_ALLOW_INSTALL"
"""The environment variable by which a run knows that its cells may install."""
SETTING = "broadsheet: allow-install: true"
MEND = (
    "Install it once yourself, in the environment of Broadsheet, and take the command out; or allow "
    f"it in _quarto.yml: `{SETTING}`."
)
_PROGRAM = Path(__file__).with_name("pip-python")
_SHOWN = 100
_PIP = frozenset({"install", "uninstall"})
_CONDA = frozenset({"install", "remove", "uninstall", "update", "upgrade"})
_PROJECT = frozenset({"add", "install", "remove", "uninstall", "sync", "update", "upgrade"})
_CHANGES: Mapping[str, frozenset[str]] = {
    "pip": _PIP,
    "uv": _PROJECT,
    "conda": _CONDA,
    "mamba": _CONDA,
    "micromamba": _CONDA,
    "pixi": _PROJECT,
    "poetry": _PROJECT,
    "pipenv": _PROJECT,
    "pdm": _PROJECT,
}
"""The programs that install, each with its commands that do."""
_ALWAYS = frozenset({"easy_install", "ensurepip"})
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "fish"})
_VERSION = re.compile(r"(?<=[a-z])[-\d.]+$")
_ASSIGNED = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_WRAPPERS = frozenset({"sudo", "env", "nohup", "time", "exec", "command", "nice", "xargs"})
_WORDS = frozenset({"!", "{", "if", "then", "elif", "else", "while", "until", "do"})
"""Words before the program of a command: other programs, and words of the shell."""
_SCRIPTS = ("bash", "sh", "script", "system", "sx", "!")
"""The magics of a cell that is a script of a shell."""


class InstallError(BroadsheetError):
    """A cell that installs or removes libraries, which is not allowed: ``where`` is the command."""

    def __str__(self) -> str:
        detail = "".join(f"\n  │ {line}" for line in self.detail.splitlines())
        return f"{self.what}\n  → {self.mend}{detail}"


def variables(is_allowed: bool) -> dict[str, str]:
    """Return the environment variables of a run's processes. Those of the other case are empty: a
    process may have them of an earlier run, or of whoever started the program.
    """
    if is_allowed:
        return {ALLOWED: "1", "PIP_PYTHON": "", "UV_PYTHON": ""}
    return {
        ALLOWED: "",
        "BROADSHEET_PYTHON": sys.executable,
        "PIP_PYTHON": str(_PROGRAM),
        "UV_PYTHON": str(_PROGRAM),
    }


def libraries() -> frozenset[str]:
    """Return the libraries that are installed in this environment, by the folders of their
    metadata.
    """
    names = set[str]()
    for folder in _library_folders():
        with suppress(OSError), os.scandir(folder) as entries:
            names |= {
                entry.name
                for entry in entries
                if entry.name.endswith((".dist-info", ".egg-info", ".egg-link", ".pth"))
                and entry.name[0] not in "~."
            }
    return frozenset(names)


@functools.cache
def _library_folders() -> frozenset[str]:
    """Return the folders of libraries in this environment, which stay the same."""
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    if site.ENABLE_USER_SITE:
        folders.add(site.getusersitepackages())
    return frozenset(folders)


def refuse() -> None:
    """Refuse such commands from now on. It is called in the run, before the author's first cell."""
    if os.environ.get(ALLOWED):
        return
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    _guard_shell(shell)
    notebook = os.getpid()

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        read = _STARTS.get(event)
        if read is None or not (command := read(arguments)):
            return
        error = _error(command)
        if os.getpid() != notebook:  # a fork that is about to become another program
            os.write(2, f"{error}\n".encode(errors="replace"))
            os._exit(1)
        raise error

    sys.addaudithook(hear)


def command_in(script: str) -> str:
    """Return the first command of a shell's ``script`` that installs or removes libraries; ""
    without one.
    """
    return next(filter(None, map(_changing, _commands(script))), "")


def _guard_shell(shell: Any) -> None:
    """Refuse what IPython would hand to a shell in a way that no hook of this process sees: the
    script of a cell, which the shell reads from its input, and `!`, which forks.
    """
    stock: Any = importlib.import_module("ipykernel.zmqshell")
    run_line_magic, run_cell_magic = shell.run_line_magic, shell.run_cell_magic
    system = getattr(stock, "system", None)

    def run_line_checked(name: str, line: str, _stack_depth: int = 1) -> Any:
        _refuse(_changing([name, *line.split()]))
        return run_line_magic(name, line, _stack_depth=_stack_depth + 1)

    def run_cell_checked(name: str, line: str, cell: str) -> Any:
        program = line.split()[:1] if name == "script" else ["sh"]
        if name in _SCRIPTS and program and PurePath(program[0]).name in _SHELLS:
            for number, written in enumerate(cell.replace("\\\n", "  ").splitlines(), 2):
                if command := command_in(written):
                    frame = f"Cell In[{shell.execution_count}], line {number}"
                    raise _error(command, f"{frame}\n----> {number} {written.strip()}")
        return run_cell_magic(name, line, cell)

    def system_checked(command: str) -> Any:
        _refuse(command_in(command))
        assert system is not None
        return system(command)

    shell.run_line_magic, shell.run_cell_magic = run_line_checked, run_cell_checked
    if system is not None:
        stock.system = system_checked


def _refuse(command: str) -> None:
    if command:
        raise _error(command)


def _error(command: str, frame: str = "") -> InstallError:
    shown = command if len(command) <= _SHOWN else f"{command[: _SHOWN - 1]}…"
    shown = "".join(sign if sign.isprintable() else " " for sign in shown).replace("`", "'")
    return InstallError(
        shown, f"`{shown}` would change the environment that Broadsheet itself runs in", MEND, frame
    )


def _commands(script: str) -> Iterator[list[str]]:
    """Yield the words of each simple command of a script, roughly as a shell reads them."""
    for line in script.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="();<>|&`\n")
        lexer.whitespace_split = True
        try:
            words = list(lexer)
        except ValueError:  # a quote that ends on another line
            words = line.split()
        command = list[str]()
        for word in words:
            if word and set(word) <= set("();|&`"):
                yield command
                command = []
            else:
                command.append(word.removeprefix("$"))
        yield command


def _changing(words: Sequence[str]) -> str:
    """Return the command of these words, from its program on, if it installs or removes libraries."""
    at = 0
    while at < len(words) and (
        _ASSIGNED.fullmatch(words[at])
        or (at and words[at].startswith("-"))
        or PurePath(words[at]).name in _WRAPPERS | _WORDS
    ):
        at += 1
    if at == len(words):
        return ""
    program, rest = _name(words[at]), words[at + 1 :]
    if program in _SHELLS:
        return next(
            (command_in(text) for flag, text in pairwise(rest) if _is_c(flag)),
            "",
        )
    if program in ("python", "pypy", "pip-python"):
        return _of_python(words[at], rest)
    changes = _CHANGES.get(program, frozenset())
    if program in _ALWAYS or _verb(rest, changes):
        return " ".join([program, *rest])
    return ""


def _of_python(path: str, words: Sequence[str]) -> str:
    """Return the command of a call of Python with these words, if it installs or removes libraries."""
    if _name(path) == "pip-python":  # pip itself, called in this process
        return _changing(["pip", *words[1:]])
    for at, word in enumerate(words):
        if word == "-m" and at + 1 < len(words):
            return _changing([words[at + 1].partition(".")[0], *words[at + 2 :]])
        if word == "-c" and at + 1 < len(words):
            is_pip = re.search(r"run_module\(.pip\b|\bensurepip\b", words[at + 1])
            return "ensurepip" if is_pip else ""
        if not word.startswith("-") and words[at - 1 : at] not in (["-W"], ["-X"]):
            return ""
    return ""


def _name(path: str) -> str:
    """Return the name of a program without folder and version: `pip` of `/usr/bin/pip3.11`."""
    return _VERSION.sub("", PurePath(path).name.lower().removesuffix(".exe"))


def _is_c(flag: str) -> bool:
    return bool(re.fullmatch(r"-[a-z]*c", flag))


def _verb(words: Sequence[str], changes: frozenset[str]) -> bool:
    """Return True if a program is told to change libraries, by a word before which there are only
    options with their values, or `pip` and `env`, which have commands of their own.
    """
    for at, word in enumerate(words):
        if word in changes:
            return True
        is_value = at and words[at - 1].startswith("-") and "=" not in words[at - 1]
        if not word.startswith("-") and not is_value and word not in ("pip", "env"):
            return False
    return False


def _words(arguments: object) -> list[str]:
    """Return the arguments of a program as text."""
    if isinstance(arguments, (str, bytes, os.PathLike)):
        return [os.fsdecode(arguments)]
    if not isinstance(arguments, Sequence):
        return []
    return [os.fsdecode(word) for word in arguments if isinstance(word, (str, bytes, os.PathLike))]


def _of_popen(arguments: tuple[Any, ...]) -> str:
    return _of_words(arguments[0], _words(arguments[1]))


def _of_words(path: object, words: list[str]) -> str:
    """Return the command of a program at ``path``, to which its own name may be told otherwise."""
    programs = _words(path) if path is not None else words[:1]
    return _changing([*programs, *words[1:]])


_STARTS: Mapping[str, Callable[[tuple[Any, ...]], str]] = {
    "subprocess.Popen": _of_popen,
    "os.system": lambda arguments: command_in(os.fsdecode(arguments[0])),
    "os.exec": lambda arguments: _of_words(arguments[0], _words(arguments[1])),
    "os.posix_spawn": lambda arguments: _of_words(arguments[0], _words(arguments[1])),
    "os.spawn": lambda arguments: _of_words(arguments[1], _words(arguments[2])),
}
"""The events of programs that are started, and how the command is read."""
