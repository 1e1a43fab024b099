"""Builds the browser's part when a wheel is built, by npm and esbuild. Who installs the wheel needs neither.

A source distribution has what was built with it, and builds nothing.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_INSTALL = ("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")


class LabextensionHook(BuildHookInterface):  # type: ignore[type-arg]
    """The hook of the build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build `labextension/`, unless this is made of a source distribution."""
        folder = Path(self.root)
        if (folder / "PKG-INFO").exists():
            return
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError(
                "broadsheet-lab is built by npm, which is not on PATH: install Node.js"
            )
        if not _is_installed(folder):
            subprocess.run([npm, *_INSTALL], cwd=folder, check=True)
        subprocess.run([npm, "run", "--silent", "build"], cwd=folder, check=True)


def _is_installed(folder: Path) -> bool:
    """True if what the lock names was installed after it was written."""
    installed, lock = folder / "node_modules/.package-lock.json", folder / "package-lock.json"
    return installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime
