"""`python -m broadsheet.quarto STAGE`: what Quarto calls, and `setup`, which prepares a project.

The stages are `pre-render`, `ipynb-filter` and `post-render`, each named after Quarto's key. Quarto
tells where the project is by QUARTO_PROJECT_DIR and QUARTO_PROJECT_OUTPUT_DIR. The exit code is 0,
or 1 after an error, which stops Quarto.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from broadsheet.errors import BroadsheetError, UsageError, guarded
from broadsheet.processes import secret_values
from broadsheet.storage import store

_STAGES = {
    "setup": ("setup", "set_up"),
    "pre-render": ("pre_render", "pre_render"),
    "ipynb-filter": ("filtering", "filter_notebook"),
    "post-render": ("post_render", "post_render"),
}
"""The module and function of each stage."""
USAGE = "Write one of: setup, pre-render, ipynb-filter, post-render."


def main(stage: str) -> int:
    """Run one stage. Return the exit code."""
    where = str(Path.cwd()) if stage == "ipynb-filter" else "_quarto.yml"
    try:
        with secret_values.withheld(), guarded(where, f"the stage {stage} of Quarto's rendering"):
            return _run(stage, _root(stage).resolve())
    except BroadsheetError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        for message in store.messages():
            print(message, file=sys.stderr)


def _root(stage: str) -> Path:
    """Return the project's folder. `quarto preview FILE` does not name it to the filter, which runs
    in the notebook's folder.
    """
    if folder := os.environ.get("QUARTO_PROJECT_DIR"):
        return Path(folder)
    if stage != "ipynb-filter":
        return Path.cwd()
    from broadsheet.storage.publication_root import find_root

    return find_root(Path.cwd())


def _run(stage: str, root: Path) -> int:
    """Run a stage. Each imports its own module alone, since the filter runs once for each notebook."""
    if stage not in _STAGES:
        raise UsageError("broadsheet.quarto", f"there is no stage {stage!r}", USAGE)
    module, function = _STAGES[stage]
    run: Callable[[Path], int] = getattr(import_module(f"broadsheet.quarto.{module}"), function)
    return run(root)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
