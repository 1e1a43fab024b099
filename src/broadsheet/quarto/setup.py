"""Prepares a project for Quarto: `python -m broadsheet.quarto setup`, in the project's folder.

Quarto wants its scripts, filters and templates inside the project. The files that are written there
are short; they call this package. The keys that name them in `_quarto.yml` are printed, for the
author to put in.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from broadsheet.errors import ConfigError, UsageError
from broadsheet.project.project import CONFIG
from broadsheet.storage import store
from broadsheet.storage.files import check_path

PROJECT_FILES = {
    "scripts/pre_render.py": "script.txt",
    "scripts/ipynb_filter.py": "script.txt",
    "scripts/post_render.py": "script.txt",
    "scripts/quarto_stage.py": "quarto_stage.txt",
    "theme/quarto/elements.lua": "theme/elements.lua",
    "theme/quarto/page.html": "theme/page.html",
}
"""The files in a project, each with the file of the package's `starter/` that it is a copy of."""
_STARTER = files("broadsheet.quarto") / "starter"
KEYS = (_STARTER / "keys.yml").read_text("utf-8")
"""The keys that a project's `_quarto.yml` needs for Quarto."""


def project_files() -> dict[str, bytes]:
    """Return the files that Quarto needs in a project, by path."""
    return {path: (_STARTER / name).read_bytes() for path, name in PROJECT_FILES.items()}


def set_up(root: Path) -> int:
    """Write the files, and print the keys of `_quarto.yml`. Return the exit code, 0.

    Raises :class:`UsageError` if one of them is there with another content.
    """
    if not (root / CONFIG).is_file():
        raise ConfigError(CONFIG, "there is no such file here", "Go to the publication's root.")
    contents = project_files()
    for path, content in contents.items():
        check_path(root, root / path, path)
        if (root / path).exists() and (root / path).read_bytes() != content:
            raise UsageError(
                path,
                "this file is there already, and is another one",
                "Move it elsewhere, or remove it, and set up again.",
            )
    for path, content in contents.items():
        store.write_file(root / path, content, mode=0o644)
        print(f"wrote {path}")
    print(f"\nPut these keys into {CONFIG}:\n\n{KEYS}", end="")
    return 0
