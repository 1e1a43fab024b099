"""Broadsheet in JupyterLab: the prebuilt extension, and the server extension that answers it.

The browser shows values, problems and the preview (`src/*.ts`, built into `labextension/`). The values
come from the notebook's kernel. The rest is asked of the Jupyter server, below `/broadsheet/`
(:mod:`broadsheet_lab.handlers`): problems, completions, claims and shortcodes by the code of the
language server (:mod:`broadsheet_lab.answers`), and the preview (:mod:`broadsheet_lab.previews`).
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "../labextension", "dest": "broadsheet-lab"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from broadsheet_lab.extension import BroadsheetLab

    return [{"module": "broadsheet_lab", "app": BroadsheetLab}]
