"""`broadsheet publish`: the site, put online, and taken back."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from broadsheet.cli.report import CommandReport, many, root, say

if TYPE_CHECKING:
    from broadsheet.publish.publishing import Publishing, Verified


def publish_site(options: argparse.Namespace) -> CommandReport:
    """Publish the site, restore the publication before, or compare it with the target."""
    from broadsheet.cli.progress import watch
    from broadsheet.publish.publishing import publish, take_back, verify

    if options.verify:
        return _verified(verify(root(), options.target), options)
    if options.back:
        outcome = take_back(root(), options.target)
    else:
        outcome = publish(
            root(),
            options.target,
            dry_run=options.dry_run,
            jobs=options.jobs,
            watch=watch,
            waiting=lambda: say("another build is at work here: waiting for it"),
            tell=say,
        )
    lines = _changes(outcome) if options.dry_run else []
    return CommandReport(
        0,
        "\n".join([*lines, _summary(outcome, options)]),
        outcome.notices,
        result=_for_machines(outcome, options),
    )


def _verified(verified: Verified, options: argparse.Namespace) -> CommandReport:
    """Report what differs at a target from what was published; exit code 1 if anything does."""
    kinds = asdict(verified.differences)
    is_right = not any(kinds.values()) and not verified.is_begun
    target = {"target": verified.name, "to": verified.where, "at": verified.manifest.at}
    whole = {"right": is_right, "unfinished": verified.is_begun, **kinds}
    lines = [f"{kind} {path}" for kind, paths in kinds.items() for path in paths]
    if verified.is_begun:
        lines.append("a publication broke off here: publish again, or take it back by --back")
    if is_right:
        count = many(len(verified.manifest.all), "file")
        lines.append(
            f"{verified.where} has what was published at {verified.manifest.at}: {count}, all right"
        )
    elif lost := len(verified.differences.lost):
        lines.append(f"{many(lost, 'file')} not as published: `broadsheet publish` sends them anew")
    if foreign := len(verified.differences.foreign):
        lines.append(f"{many(foreign, 'file')} of others: they stay until somebody removes them")
    return CommandReport(int(not is_right), "\n".join(lines), result={**target, **whole})


def _for_machines(outcome: Publishing, options: argparse.Namespace) -> dict[str, object]:
    changes = outcome.changes
    return {
        "target": outcome.name,
        "to": outcome.where,
        "sent": outcome.is_new and not options.dry_run,
        "added": dict(changes.added),
        "changed": dict(changes.changed),
        "removed": dict(changes.removed),
        "unchanged": changes.unchanged,
        "commit": outcome.manifest.commit,
        "at": outcome.manifest.at,
    }


def _changes(outcome: Publishing) -> list[str]:
    """Return a line for each file that would be added, changed or removed, with its size."""
    changes = outcome.changes
    kinds = (("+", changes.added), ("~", changes.changed), ("-", changes.removed))
    return [
        f"{sign} {path}  {size:,} bytes" for sign, files in kinds for path, size in files.items()
    ]


def _summary(outcome: Publishing, options: argparse.Namespace) -> str:
    changes = outcome.changes
    name = outcome.name
    to = name if name == outcome.where else f"{name}, {outcome.where}"
    counts = (
        f"{many(len(changes.added), 'file')} added, {len(changes.changed):,} changed, "
        f"{len(changes.removed):,} removed, {changes.unchanged:,} as they were"
    )
    size = f"{changes.bytes_to_send:,} bytes"
    if options.back:
        commit = f", commit {outcome.manifest.commit}" if outcome.manifest.commit else ""
        return f"{to} has again what was published at {outcome.manifest.at}{commit}: {counts}"
    if not outcome.is_new:
        return f"{to} has this site already, since {outcome.manifest.at}"
    if options.dry_run:
        return f"{to} would have {counts}: {size}. Nothing has been sent."
    back = "" if outcome.is_first else f" To take it back: broadsheet publish {name} --back"
    return f"published to {to}: {counts}; {size}, read back and right.{back}"
