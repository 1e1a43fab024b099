"""`broadsheet newsletter serve` and `broadsheet newsletter subscribers`: who gets the newsletter."""

from __future__ import annotations

import argparse
import csv
import os
from io import StringIO
from pathlib import Path

from broadsheet.cli.report import Report, many, root, say, short
from broadsheet.errors import UsageError
from broadsheet.extras import needed
from broadsheet.language import language_of
from broadsheet.newsletter.subscriber_database import SubscriberDatabase, database_of
from broadsheet.newsletter.subscribers import read_list
from broadsheet.project.project import open_project


def serve_subscriptions(options: argparse.Namespace) -> Report:
    """Serve the forms and links of the newsletter, until Ctrl-C or SIGTERM."""
    with needed("newsletter serve", UsageError):
        from broadsheet.newsletter.serving import serve
    serve(
        open_project(root()),
        host=options.host,
        port=options.port,
        is_behind_proxy=options.behind_proxy,
        has_site=options.site,
        say=say,
    )
    return Report(0)


def manage_subscribers(options: argparse.Namespace) -> Report:
    """Say how many subscribers there are; or export them, import some, remove one."""
    project = open_project(root())
    if options.lang and not options.imported:
        raise UsageError(
            "--lang", "nothing is imported", "Leave it out, or name a list: --import LIST."
        )
    if options.lang and language_of(options.lang).tag != options.lang:
        raise UsageError(
            f"--lang {options.lang}",
            "there is no such language",
            'Write it as "en", "de", "pt-BR".',
        )
    database = database_of(project)
    if options.export:
        count = _export(database, options.export)
        return Report(0, f"{short(options.export)}: {many(count, 'subscriber')}")
    if options.imported:
        addresses = read_list(options.imported).addresses
        new, left = database.add(addresses, options.lang or project.lang)
        gone = f"; {left:,} left out, who have unsubscribed" if left else ""
        return Report(0, f"{many(new, 'new subscriber')}{gone}")
    if options.remove:
        if not database.remove(options.remove):
            return Report(1, f"{options.remove} is no subscriber")
        return Report(0, f"{options.remove} has been removed")
    known = many(len(database.subscribers()), "subscriber")
    return Report(0, f"{known}, {database.waiting():,} unconfirmed")


def _export(database: SubscriberDatabase, path: Path) -> int:
    """Write the subscribers into a new file that its owner alone can read. Returns how many."""
    written = StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(("email", "language", "since"))
    found = database.subscribers()
    rows.writerows((_as_text(one.address), one.lang, one.since) for one in found)
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8", newline="") as file:
            file.write(written.getvalue())
    except OSError as error:
        raise UsageError(
            f"--export {path}",
            f"this file cannot be written: {error.strerror}",
            "Name a new file.",
        ) from error
    return len(found)


def _as_text(address: str) -> str:
    """An address that no spreadsheet takes for a formula; a list that is read has it without the
    mark.
    """
    return f"'{address}" if address[0] in "=+-@" else address
