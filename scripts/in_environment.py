"""Imported first by the scripts that Quarto runs: if this Python lacks the project, go on with the
one that has it.

Quarto picks `python3` from the PATH, or what QUARTO_PYTHON names; `make site` puts the project into
`.venv`.
"""

import importlib.util
import os
import sys
from pathlib import Path

if not all(importlib.util.find_spec(name) for name in ("broadsheet", "papermill")):
    python = Path(__file__).resolve().parents[1] / ".venv/bin/python"
    if not python.exists():
        sys.exit(
            f"error: {sys.executable} has no broadsheet\n  → Run `make site` once, or activate the environment "
            "that has it (or name it in QUARTO_PYTHON)."
        )
    os.execv(python, [str(python), *sys.argv])
