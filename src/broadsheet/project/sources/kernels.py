"""The Jupyter kernels of this machine, and the kernel that runs code of a language.

Jupyter lists a kernel by a folder with a `kernel.json`. Only that file is read here; nothing is
started. A kernel that is installed later is found by the next build.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from plotly_alive.errors import enumerated

PYTHON = "python"
_USUAL = {"r": "ir", PYTHON: "python3"}
"""The usual names of kernels that are not called like their language."""
_INSTALL = {
    "bash": "`pip install bash_kernel`, then `python -m bash_kernel.install`",
    "julia": "in Julia, add the package IJulia",
    "r": "the R package IRkernel, then in R `IRkernel::installspec()`; on Debian, `apt-get install "
    "r-cran-irkernel`",
}
_NAMES = {"bash": "Bash", "julia": "Julia", "r": "R", "sh": "Shell"}
_OTHERS = ("r", "julia", "bash")
SPEC = "kernel.json"


@cache
def installed_kernels() -> Mapping[str, str]:
    """Return the language of each installed kernel, in small letters, by the kernel's name. They are
    looked for once in a process.
    """
    kernels: dict[str, str] = {}
    for folder in map(Path, jupyter_folders()):
        for file in sorted(folder.glob(f"*/{SPEC}")) if folder.is_dir() else ():
            try:
                language = json.loads(file.read_text("utf-8")).get("language")
            except (OSError, ValueError, AttributeError):  # Jupyter passes over it, too
                continue
            kernels.setdefault(file.parent.name.lower(), str(language or "").lower())
    return kernels


def jupyter_folders() -> list[str]:
    """Return the folders in which Jupyter looks for kernels, the first that counts first."""
    from jupyter_core.paths import jupyter_path

    return jupyter_path("kernels")


def kernel_for(language: str, name: str = "") -> str:
    """Return the installed kernel that runs a ``language``: the one of this ``name``, the usual one,
    or the first; empty if there is none.
    """
    kernels = installed_kernels()
    able = sorted(kernel for kernel, spoken in kernels.items() if spoken == language)
    preferred = (name.lower(), _USUAL.get(language, language))
    return next((kernel for kernel in (*preferred, *able) if kernel in able), "")


def language_of_kernel(name: str) -> str:
    """Return the language of a kernel, by its name: of an installed one the one that it says, of
    another the one whose kernels are called so; empty if nobody knows.
    """
    usual = (
        language
        for language in _OTHERS
        if name == _USUAL.get(language, language) or name.startswith(f"{language}-")
    )
    return installed_kernels().get(name.lower()) or next(usual, PYTHON if PYTHON in name else "")


def shown_language(language: str) -> str:
    """Return the name of a language for people."""
    return _NAMES.get(language, language)


def is_installable(language: str) -> bool:
    """True if a kernel of a ``language`` could run it here, and none is installed."""
    return language in _INSTALL and not kernel_for(language)


def how_to_install(language: str) -> str:
    """Return advice on installing a kernel of a ``language``, as a sentence."""
    kernels = [name for name, spoken in installed_kernels().items() if spoken != PYTHON]
    others = f" Kernels that are installed: {enumerated(sorted(kernels), 5)}." if kernels else ""
    way = _INSTALL.get(language)
    return f"Install a Jupyter kernel for it{f': {way}' if way else ''}.{others}"
