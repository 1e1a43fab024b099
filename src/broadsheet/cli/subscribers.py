"""`broadsheet newsletter serve` and `broadsheet newsletter subscribers`: the readers of the
newsletter.
"""

from __future__ import annotations

import argparse
import csv
import os
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.cli.report import CommandReport, many, root, say, short
from broadsheet.errors import Notice, Place, UsageError
from broadsheet.processes.extras import needed
from broadsheet.project.project import Project, open_project
from broadsheet.site.output.output_folder import lies_in
from broadsheet.text.language import language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadsheet.newsletter.subscriber_database import Subscriber


def serve_subscriptions(options: argparse.Namespace) -> CommandReport:
    """Serve the forms and links of the newsletter, until Ctrl-C or SIGTERM."""
    with needed("newsletter serve", UsageError):
        from broadsheet.newsletter.serving import serve
    has_held_out = serve(
        open_project(root()),
        host=options.host,
        port=options.port,
        proxies=options.behind_proxy,
        has_site=options.site,
        is_trial=options.trial,
        say=say,
    )
    return CommandReport(0 if has_held_out else 1)


def manage_subscribers(options: argparse.Namespace) -> CommandReport:
    """Report the number of subscribers; or export them, import some, remove one."""
    with needed("newsletter subscribers", UsageError):
        from broadsheet.newsletter.subscriber_database import database_of
        from broadsheet.newsletter.subscribers import read_list, usable
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
    subscribers = database.subscribers()
    if options.export:
        _export(subscribers, options.export, project)
        return CommandReport(
            0,
            f"{short(options.export)}: {many(len(subscribers), 'subscriber')}",
            result={"exported": len(subscribers)},
        )
    if options.imported:
        with project.at_work():
            addresses = read_list(options.imported).addresses
        new, left = database.add(addresses, options.lang or project.lang)
        gone = f"; {left:,} left out, who have unsubscribed" if left else ""
        return CommandReport(
            0, f"{many(new, 'new subscriber')}{gone}", result={"imported": new, "left_out": left}
        )
    if options.remove:
        if not database.remove(options.remove):
            return CommandReport(1, f"{options.remove} is no subscriber", result={"removed": 0})
        return CommandReport(0, f"{options.remove} has been removed", result={"removed": 1})
    faults = usable(subscriber.address for subscriber in subscribers).faults
    place = Place(short(database.path))
    count, waiting = many(len(subscribers), "subscriber"), database.waiting()
    return CommandReport(
        0,
        f"{count}, {waiting:,} unconfirmed",
        [Notice(place, f"{fault}; --remove takes it out") for fault in faults],
        result={"subscribers": len(subscribers), "unconfirmed": waiting},
    )


def _export(subscribers: Sequence[Subscriber], path: Path, project: Project) -> None:
    """Write the subscribers into a new file that only its owner can read, and that is not in the
    site.
    """
    if lies_in(path, project.output):
        raise UsageError(
            f"--export {path}",
            "this is in the site, which everybody can read",
            "Name another file.",
        )
    written = StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(("email", "language", "since"))
    rows.writerows(
        (_as_text(subscriber.address), subscriber.lang, subscriber.since)
        for subscriber in subscribers
    )
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


def _as_text(address: str) -> str:
    """Return an address that no spreadsheet takes for a formula. A list that is read has it without
    the mark.
    """
    return f"'{address}" if address[0] in "=+-@" else address
