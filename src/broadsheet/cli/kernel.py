"""`broadsheet kernel`: this environment as a kernel of a Jupyter that is installed elsewhere."""

from __future__ import annotations

import argparse
import re
import sys

from broadsheet.cli.report import CommandReport
from broadsheet.errors import UsageError


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
    )
