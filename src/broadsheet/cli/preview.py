"""`broadsheet preview`: the publication in a browser while it is written."""

from __future__ import annotations

import argparse

from broadsheet.cli.options import parameter
from broadsheet.cli.report import CommandReport, root, say
from broadsheet.processes import garbage


def preview_publication(options: argparse.Namespace) -> CommandReport:
    """Serve pages on this machine, and follow what is saved, until Ctrl-C."""
    from broadsheet.preview.messages import EDITOR
    from broadsheet.preview.session import preview

    garbage.collect_seldom()
    preview(
        root(),
        options.pages,
        host=options.host,
        port=options.port,
        given=dict(parameter(text) for text in options.parameters),
        editor=options.editor or EDITOR,
        opens_browser=not options.no_browser,
        say=say,
    )
    return CommandReport(0)
