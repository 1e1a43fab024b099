"""`broadsheet lsp`: problems, completions and notes for an editor."""

from __future__ import annotations

import argparse

from broadsheet.cli.report import Report


def serve_editor(options: argparse.Namespace) -> Report:
    """Speak the Language Server Protocol until the editor ends it."""
    from broadsheet.editor.server import server

    server.start_io()
    return Report(0)
