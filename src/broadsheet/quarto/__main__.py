"""`python -m broadsheet.quarto STAGE`: what Quarto calls, and `setup`, which prepares a project.

The stages are `pre-render`, `ipynb-filter` and `post-render`, each named after Quarto's key. Quarto
tells where the project is by QUARTO_PROJECT_DIR and QUARTO_PROJECT_OUTPUT_DIR. The exit code is 0,
or 1 after an error, which stops Quarto.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from broadsheet import secret_values, store
from broadsheet.errors import BroadsheetError, UsageError, guarded

USAGE = "Write one of: setup, pre-render, ipynb-filter, post-render."


def main(stage: str) -> int:
    """Run one stage. Returns the exit code."""
    root = Path(os.environ.get("QUARTO_PROJECT_DIR") or Path.cwd()).resolve()
    where = str(Path.cwd()) if stage == "ipynb-filter" else "_quarto.yml"
    try:
        with secret_values.withheld(), guarded(where, f"the stage {stage} of Quarto's rendering"):
            return _run(stage, root)
    except BroadsheetError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        for message in store.messages():
            print(message, file=sys.stderr)


def _run(stage: str, root: Path) -> int:
    """Each stage imports its own module alone, since the filter runs once for each notebook."""
    if stage == "ipynb-filter":
        from broadsheet.quarto.filtering import filter_notebook

        return filter_notebook(root)
    if stage == "pre-render":
        from broadsheet.quarto.pre_render import pre_render

        return pre_render(root)
    if stage == "post-render":
        from broadsheet.quarto.post_render import post_render

        return post_render(root, root / os.environ["QUARTO_PROJECT_OUTPUT_DIR"])
    if stage == "setup":
        from broadsheet.quarto.setup import set_up

        return set_up(root)
    raise UsageError("broadsheet.quarto", f"there is no stage {stage!r}", USAGE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
