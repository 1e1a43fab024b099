"""The extension for VS Code: what is packed is there, and what it promises is in its program. `make vsix`
packs it by npm.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from broadsheet.version import __version__

FOLDER = Path(__file__).parents[2] / "editors" / "vscode"
PACKAGE = json.loads((FOLDER / "package.json").read_text())
PROGRAM = (FOLDER / PACKAGE["main"]).read_text()


def test_what_is_packed_is_there() -> None:
    assert all((FOLDER / name).is_file() for name in PACKAGE["files"] if name != "node_modules")
    assert PACKAGE["version"] == __version__
    assert (FOLDER / "LICENSE").read_bytes() == (FOLDER.parents[1] / "LICENSE").read_bytes()
    locked = json.loads((FOLDER / "package-lock.json").read_text())["packages"]
    assert locked[""]["dependencies"] == PACKAGE["dependencies"]


def test_each_command_and_setting_is_in_the_program() -> None:
    commands = {entry["command"] for entry in PACKAGE["contributes"]["commands"]}
    assert commands == set(re.findall(r"registerCommand\('([\w.]+)'", PROGRAM))
    settings = PACKAGE["contributes"]["configuration"]["properties"]
    assert set(settings) == {
        f"broadsheet.{name}" for name in re.findall(r"\.get\('(\w+)'\)", PROGRAM)
    }


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_the_program_is_sound() -> None:
    subprocess.run(["node", "--check", FOLDER / PACKAGE["main"]], check=True)
