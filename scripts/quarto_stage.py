"""Runs a stage of Quarto's rendering; `python -m broadsheet.quarto` does the work.

Quarto calls `pre_render.py`, `ipynb_filter.py` and `post_render.py`, as `_quarto.yml` says. It runs
them with `python3` from the PATH, or with what QUARTO_PYTHON names. If that Python has no
broadsheet, the one in `.venv` goes on, which `make site` makes.
"""

import importlib.util
import os
import sys
from pathlib import Path


def run_stage(script: str) -> None:
    """Run the stage that a script is named after, and exit with its code."""
    if not all(importlib.util.find_spec(name) for name in ("broadsheet", "papermill")):
        python = Path(__file__).resolve().parents[1] / ".venv/bin/python"
        if not python.exists():
            sys.exit(
                f"error: {sys.executable} has no broadsheet\n  → Run `make site` once, or activate "
                "the environment that has it (or name it in QUARTO_PYTHON)."
            )
        os.execv(python, [str(python), *sys.argv])
    from broadsheet.quarto.__main__ import main

    sys.exit(main(Path(script).stem.replace("_", "-")))
