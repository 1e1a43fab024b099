"""`broadsheet lsp`: problems, completions and notes for an editor."""

from __future__ import annotations

import argparse

from broadsheet.cli.report import Report
from broadsheet.errors import UsageError


def serve_editor(options: argparse.Namespace) -> Report:
    """Speak the Language Server Protocol until the editor ends it."""
    try:
        from broadsheet.editor.server import server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise UsageError(
            "lsp", "this needs the package pygls", "Install it: pip install 'broadsheet[lsp]'."
        ) from None
    server.start_io()
    return Report(0)
