"""`broadsheet newsletter`: an article's e-mail edition."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.cli.report import CommandReport, failed, many, root, say, short
from broadsheet.errors import BroadsheetError, ConfigError, Notice, Place, UsageError
from broadsheet.processes import secret_values

_EXAMPLES = {
    "smtp": "{host: smtp.example.org}",
    "unsubscribe": "mailto:leave@example.org?subject={address}",
}

if TYPE_CHECKING:
    from broadsheet.newsletter.email_message import Letter, Sender
    from broadsheet.newsletter.issue import Issue
    from broadsheet.newsletter.sending import SendingPlan
    from broadsheet.newsletter.subscribers import Readers
    from broadsheet.project.project import Project


def make_newsletter(options: argparse.Namespace) -> CommandReport:
    """Make an article's e-mail edition."""
    from broadsheet.project.project import open_project

    if (options.yes or options.unsure) and options.send is None:
        raise UsageError(
            "--yes" if options.yes else "--unsure",
            "there is no list to send to",
            "Add --send: to the subscribers, or --send LIST.",
        )
    project = open_project(root()).with_templates()
    with project.at_work():
        return _made(project, options)


def _made(project: Project, options: argparse.Namespace) -> CommandReport:
    from broadsheet.newsletter.email_message import sender_of
    from broadsheet.newsletter.issue import make_issue
    from broadsheet.newsletter.issue_files import folder_of

    folder = folder_of(options.output, project)
    issue = make_issue(project.root, options.slug)
    notices: list[Notice] = []
    is_read_before = options.send is not None and options.format == "text"  # it is sent
    tell = say if is_read_before else notices.append
    for notice in issue.notices:
        tell(notice)
    try:
        sender = sender_of(project, has_list=_has_list(options))
        code, lines, result = _delivered(issue, sender, folder, project, options, tell)
    except BroadsheetError as error:
        return failed(error, notices)
    return CommandReport(code, "\n".join([issue.title, *lines]), notices, result=result)


def _delivered(  # noqa: PLR0917
    issue: Issue,
    sender: Sender,
    folder: Path,
    project: Project,
    options: argparse.Namespace,
    tell: Callable[[Notice], None],
) -> tuple[int, list[str], dict[str, object]]:
    """Make a draft of an issue, or write its files and send it. Returns the exit code, and what was
    done: in words, and for programs.
    """
    from broadsheet.newsletter.email_message import write_letter
    from broadsheet.newsletter.issue_files import write_files

    letter = write_letter(issue, sender)
    result: dict[str, object] = {"title": issue.title, "draft": None, "files": {}, "sending": None}
    if options.draft:
        from broadsheet.newsletter import drafts

        settings = project.settings.broadsheet.newsletter
        draft = drafts.hand_over(issue, sender, settings, secret_values.secret(secret_values.KEY))
        lines = [f"a draft at {settings.provider}: {draft}", *_archive(issue, project)]
        return 0, lines, result | {"draft": str(draft)}
    sizes = {short(file): file.stat().st_size for file in write_files(letter, folder)}
    lines = [f"  {file}  {size:,} bytes" for file, size in sizes.items()]
    result |= {"files": sizes}
    if options.send is None:
        return 0, lines, result
    code, sent, result["sending"] = _send(letter, project, options, tell)
    return code, [*lines, *sent], result


def _send(
    letter: Letter, project: Project, options: argparse.Namespace, tell: Callable[[Notice], None]
) -> tuple[int, list[str], dict[str, object]]:
    """Send a letter, or say who would get it. Returns the exit code, and what was done: in words, and
    for programs.
    """
    from broadsheet.newsletter import sending
    from broadsheet.newsletter.issue_files import FOLDER, name_of
    from broadsheet.newsletter.send_journal import open_journal

    settings = project.settings.broadsheet.newsletter
    for key, setting in (("smtp", settings.smtp), ("unsubscribe", letter.sender.unsubscribe)):
        if not setting:
            raise ConfigError(
                project.text.place(("broadsheet", "newsletter")),
                f"no `{key}` under `broadsheet: newsletter:`, without which nothing is sent",
                f"Add it, as in `{key}: {_EXAMPLES[key]}`.",
            )
    assert settings.smtp is not None
    readers, token_of = _readers(project, options.send, tell)
    # Somebody may subscribe at any time: the code is then of the letter alone.
    code = sending.code_of(letter, readers.addresses if _has_list(options) else ())
    if options.yes and options.yes != code:
        raise UsageError(
            f"--yes {options.yes}",
            "that is the code of another letter, or of another list",
            "Leave --yes out, look at what is told, and take the code that is told then.",
        )
    with (
        open_journal(project.root / FOLDER / f"{name_of(letter)}.jsonl") as journal,
        sending.MailServer(settings.smtp, secret_values.secret(secret_values.PASSWORD)) as server,
    ):
        planned = sending.plan(readers.addresses, journal, letter, unsure=options.unsure)
        result: dict[str, object] = {
            "code": code,
            "planned": len(planned.addresses),
            "had": len(planned.has),
            "refused_before": len(planned.refused),
            "unsure_before": len(planned.unsure),
            "sent": None,
            "refused": None,
            "later": None,
            "unsure": None,
        }
        if not options.yes:
            sending.try_server(server)
            unsure = " --unsure" if options.unsure else ""
            to = f" {options.send}" if _has_list(options) else ""
            again = f"{options.slug} --send{to}{unsure} --yes {code}"
            lines = [
                *_planned(letter, readers, planned, server),
                f"Nothing has been sent. To send it: broadsheet newsletter {again}",
            ]
            return 0, lines, result
        try:
            outcome = sending.send(
                letter,
                planned.addresses,
                server,
                journal,
                report=lambda line: say(f"warning: {line}"),
                token_of=token_of,
            )
        finally:
            archived = _archive(letter.issue, project) if journal.has_sent else []
    lines = [
        *archived,
        f"{many(outcome['sent'], 'message')} sent, {len(planned.has):,} had it before; "
        f"{outcome['refused']:,} refused, {outcome['later']:,} to be tried later, "
        f"{outcome['unsure'] + len(planned.unsure):,} unsure",
    ]
    if outcome["later"]:
        lines.append("To try those again: the same command, in a while")
    result |= {status: outcome[status] for status in ("sent", "refused", "later", "unsure")}
    return int(outcome["sent"] < outcome.total()), lines, result


def _archive(issue: Issue, project: Project) -> list[str]:
    """Write an issue into the newsletter's archive, for the next build of the site, unless it is in
    it. Returns what was done.
    """
    from broadsheet.site.output.sent_issues import SentIssue, record_issue

    meta = issue.meta
    sent = SentIssue(
        sent=project.today,
        lang=meta.lang,
        article=meta.path,
        title=issue.title,
        subtitle=issue.preheader,
        excerpt=issue.excerpt,
    )
    file = record_issue(project.root, issue.slug, sent)
    return (
        [f"  {short(file)}  for the newsletter's archive: build and publish the site"]
        if file
        else []
    )


def _has_list(options: argparse.Namespace) -> bool:
    """True if a file names the readers; else they are the subscribers of our own service."""
    return options.send is not None and options.send != Path()


def _readers(
    project: Project, path: Path, tell: Callable[[Notice], None]
) -> tuple[Readers, Callable[[str], str | None]]:
    """Return the readers, and the function that returns the token by which each can unsubscribe."""
    from broadsheet.newsletter.email_message import SAMPLE
    from broadsheet.newsletter.subscriber_database import database_of
    from broadsheet.newsletter.subscribers import read_list, usable

    if path != Path():
        return read_list(path), lambda address: SAMPLE
    database = database_of(project)
    readers = usable(subscriber.address for subscriber in database.subscribers())
    for fault in readers.faults:
        tell(Notice(Place(short(database.path)), f"{fault}; nothing is sent to it"))
    return readers, database.token_of


def _planned(
    letter: Letter, readers: Readers, planned: SendingPlan, server: object
) -> Iterator[str]:
    """Return, in words, which readers of the list would get a letter, and which would not."""
    size, sender = len(letter.html.encode()) / 1024, letter.sender
    yield (
        f"  from {sender.name} <{sender.address}> by {server}, which lets us in; HTML of "
        f"{size:.1f} KB"
    )
    yield f"  {many(len(planned.addresses), 'reader')} would get it"
    if readers.doubles:
        yield f"  {many(readers.doubles, 'line')} of the list left out as double"
    if planned.has:
        earlier = f", {planned.earlier:,} of them an earlier version" if planned.earlier else ""
        yield f"  {len(planned.has):,} have it already{earlier}"
    if planned.refused:
        yield f"  {len(planned.refused):,} were refused before and are left out"
    if planned.unsure:
        more = " …" if len(planned.unsure) > 5 else ""
        yield (
            f"  {len(planned.unsure):,} may have it already and are left out, without --unsure: "
            f"{', '.join(planned.unsure[:5])}{more}"
        )
