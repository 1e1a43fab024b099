"""`broadsheet lsp`: problems, completions and notes for an editor."""

from __future__ import annotations

import argparse
import logging
import os
import sys

from broadsheet.cli.report import CommandReport


def serve_editor(options: argparse.Namespace) -> CommandReport:
    """Speak the Language Server Protocol until the editor ends it."""
    from pygls.io_ import StdoutWriter

    from broadsheet.editor.messages import Messages
    from broadsheet.editor.server import server

    logging.getLogger("pygls").setLevel(logging.CRITICAL)  # errors are the editor's to show
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as stdout:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what an article prints is no message
        messages = Messages(sys.stdin.buffer, StdoutWriter(stdout).write)
        server.start_io(messages, stdout)  # type: ignore[arg-type]
    if messages.fault is not None:
        raise messages.fault
    return CommandReport(0 if server.has_shut_down else 1)
