"""The command line: it parses and reports, the work is done elsewhere.

Exit codes: 0 done; 1 the publication has a fault, which is named; 2 the command was used wrongly;
130 it was interrupted (Ctrl-C).
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from broadsheet import environment, store
from broadsheet.errors import BroadsheetError, ConfigError, Notice, UsageError, shown, unexpected

if TYPE_CHECKING:
    from broadsheet.newsletter.letter import Letter
    from broadsheet.newsletter.readers import Readers
    from broadsheet.newsletter.sending import Plan
    from broadsheet.project.project import Project


MOST = 1024
"""Processes that a command may be asked for."""
DEBUG = "BROADSHEET_DEBUG"
"""The environment variable with which an exception that nobody foresaw is shown with its traceback.
"""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Characters that steer a terminal: a message quotes what others wrote."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. This is the last boundary: no error leaves it as a traceback."""
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a message may quote what is no text
    options = argparse.Namespace()
    try:
        try:
            _parser().parse_args(arguments, options)
            with environment.withheld():
                code: int = options.command(options)
        finally:
            for message in store.messages():
                print(message, file=sys.stderr)
            if sys.stdout is not None:
                sys.stdout.flush()
        return code
    except UsageError as error:
        return _failed(error, 2)
    except BroadsheetError as error:
        return _failed(error, 1)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one would break off the way out
        return _failed("interrupted: a site that stood stands as it was", 130)
    except Exception as error:  # of the machine, or our own
        if isinstance(error, OSError) and _is_of_a_stream(error):
            return _cut_off(error, getattr(options, "code", 0))
        if os.environ.get(DEBUG):
            raise
        fault = unexpected(error, "broadsheet", "this command")
        fault.mend += f" With {DEBUG}=1 in the environment, the traceback is shown."
        return _failed(fault, 1)


def _failed(error: BroadsheetError | str, code: int) -> int:
    """Tell it, if anybody can be told; the ``code``."""
    try:
        if isinstance(error, BroadsheetError):
            _tell(error)
        else:
            print(error, file=sys.stderr)
        if sys.stderr is not None:
            sys.stderr.flush()
    except (OSError, ValueError):
        _silence(sys.stderr)
    return code


def _open_streams() -> None:
    """Have streams that are closed lead nowhere: else the next file that is opened would take the
    place of one.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def _cut_off(error: OSError, code: int) -> int:
    """Nobody reads what is printed, or it cannot be written any more; the exit code, ``code`` if
    all else is done.
    """
    _silence(sys.stdout)
    if isinstance(error, BrokenPipeError):  # `… | head`: whoever read our output has enough
        _silence(sys.stderr)
        return code
    return _failed(f"error: standard output: nothing more can be written: {error.strerror}", 1)


def _is_of_a_stream(error: OSError) -> bool:
    """Whether an error was raised by printing: nothing else is done in these modules that could
    fail so.
    """
    frames = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
    return error.filename is None and frames[-1] in (__file__, argparse.__file__)


def _silence(stream: TextIO | None) -> None:
    """Drop what is still to be written to a stream, so that Python does not try again when it ends."""
    if stream is not None:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="broadsheet", description="A publication kept as notebooks."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="the site, by the press")
    build.add_argument(
        "slugs",
        nargs="*",
        metavar="SLUG",
        help="only these articles; the others stay as they stand",
    )
    build.add_argument(
        "--jobs",
        type=_count,
        default=0,
        metavar="N",
        help="articles run at once (default: the cores)",
    )
    build.add_argument(
        "--scheduler", metavar="URL", help="run them on a Dask cluster, such as tcp://host:8786"
    )
    build.add_argument(
        "--strict", action="store_true", help="unaccounted words and warnings are faults"
    )
    _add_day(build)
    build.add_argument(
        "--output", type=Path, metavar="DIR", help="where the site goes (default: _quarto.yml's)"
    )
    build.add_argument(
        "--no-cache", action="store_true", help="run every article, whatever was run before"
    )
    build.add_argument(
        "--explain", action="store_true", help="say for each article why it ran, or that it did not"
    )
    build.add_argument("--json", action="store_true", help="the report for machines")
    build.set_defaults(command=_build)

    check = commands.add_parser(
        "check", help="what is wrong: data, claims, unaccounted words, stale words, links"
    )
    check.add_argument("slugs", nargs="*", metavar="SLUG", help="only the prose of these articles")
    check.add_argument(
        "--strict", action="store_true", help="anything that is told is a fault: exit code 1"
    )
    _add_day(check)
    check.add_argument(
        "--jobs",
        type=_count,
        default=0,
        metavar="N",
        help="articles run at once (default: the cores)",
    )
    check.add_argument("--json", action="store_true", help="the report for machines")
    check.set_defaults(command=_check)

    run = commands.add_parser("run", help="one article executed, its values and figures listed")
    run.add_argument("slug", metavar="SLUG", help="an article, or one edition as ARTICLE/EDITION")
    run.add_argument(
        "-p", "--parameter", action="append", default=[], metavar="NAME=VALUE", dest="parameters"
    )
    run.add_argument("--no-cache", action="store_true", help="run it, whatever was run before")
    run.set_defaults(command=_run)

    facts = commands.add_parser("facts", help="what articles state").add_subparsers(
        required=True, metavar="WHAT"
    )
    record = facts.add_parser(
        "record", help="write down what published articles state, to tell readers what changes"
    )
    record.add_argument(
        "slugs",
        nargs="*",
        metavar="SLUG",
        help="articles or editions (default: all that were recorded)",
    )
    record.add_argument(
        "--on", type=_day, default=None, metavar="DATE", help="the day (default: today)"
    )
    record.set_defaults(command=_facts_record)

    letter = commands.add_parser(
        "newsletter", help="an article's e-mail edition, as files, sent, or a draft"
    )
    letter.add_argument(
        "slug", metavar="SLUG", help="an article, or one edition as ARTICLE/EDITION"
    )
    letter.add_argument(
        "--output", type=Path, metavar="DIR", help="where the files go (default: _newsletter)"
    )
    way = letter.add_mutually_exclusive_group()
    way.add_argument(
        "--send",
        type=Path,
        metavar="LIST",
        help="to the addresses in a file; first tells who would",
    )
    way.add_argument("--draft", action="store_true", help="hand it to the provider, as a draft")
    letter.add_argument("--yes", metavar="CODE", help="really send: the code that was told before")
    letter.add_argument(
        "--unsure", action="store_true", help="also to those who may have it already"
    )
    letter.set_defaults(command=_newsletter)

    data = commands.add_parser("data", help="the catalogue of tables").add_subparsers(
        required=True, metavar="WHAT"
    )
    listing = data.add_parser("list", help="each table with its rows, source and as-of date")
    listing.add_argument("--json", action="store_true", help="the list for machines")
    listing.set_defaults(command=_data_list)
    check = data.add_parser("check", help="each table held against its schema and checksum")
    check.add_argument("names", nargs="*", metavar="NAME")
    check.add_argument(
        "--update-hashes",
        action="store_true",
        help="take the files as they are: write their checksums",
    )
    check.add_argument("--json", action="store_true", help="the report for machines")
    check.set_defaults(command=_data_check)
    return parser


def _add_day(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--today", type=_day, default=None, metavar="DATE", help="as the site is on that day"
    )
    command.add_argument(
        "--drafts", action="store_true", help="drafts and what is yet to come out, too"
    )


def _build(options: argparse.Namespace) -> int:
    from broadsheet.cli.progress import watch
    from broadsheet.site.build import build

    if options.strict:
        from broadsheet.site.check import refuse
    started = time.perf_counter()
    report = build(
        _root(),
        options.slugs,
        output=options.output,
        jobs=options.jobs,
        scheduler=options.scheduler,
        use_cache=not options.no_cache,
        watch=watch,
        reader=refuse if options.strict else None,
        day=options.today,
        drafts=options.drafts,
        waiting=lambda: print("another build is at work here: waiting for it", file=sys.stderr),
    )
    seconds = time.perf_counter() - started
    options.code = 1 if report.faults or (options.strict and report.notices) else 0
    if options.json:
        print(
            json.dumps(
                {
                    "pages": report.pages,
                    "made": report.made,
                    "ran": report.ran,
                    "seconds": round(seconds, 2),
                    "output": str(report.output),
                    "explained": dict(report.explained),
                    "withheld": report.withheld,
                    "faults": [fault.report() for fault in report.faults],
                    "notices": [notice.report() for notice in report.notices],
                },
                indent=2,
                ensure_ascii=False,
            )
        )
    else:
        _tell(*report.notices, *report.faults)
        for slug, why in sorted(report.explained.items()) if options.explain else ():
            print(f"{slug}: {why}")
        kept = f", {_many(report.kept, 'page')} kept from before" if report.kept else ""
        faults = f"; {_many(len(report.faults), 'fault')}, told above" if report.faults else ""
        made = f", {report.made:,} of them anew" if report.made else ", unchanged"
        made = "" if report.made == report.pages else made
        withheld = _withheld(report.withheld, "among them" if options.drafts else "not on the site")
        took = f"{seconds:.1f} s" if seconds >= 1 else f"{seconds:.2f} s"
        print(
            f"{_many(report.pages, 'page')}{made} in {took} ({_many(report.ran, 'notebook')} ran{kept}){withheld}"
            f"{faults}. To look: python3 -m http.server -d {_short(report.output)} -b 127.0.0.1 8000"
        )
    return int(options.code)


def _check(options: argparse.Namespace) -> int:
    from broadsheet.cli.progress import watch
    from broadsheet.site.check import check

    report = check(
        _root(),
        options.slugs,
        day=options.today,
        drafts=options.drafts,
        jobs=options.jobs,
        watch=watch,
    )
    failed = bool(report.faults) or (options.strict and not report.is_clean)
    options.code = int(failed)
    if options.json:
        print(
            json.dumps(
                {
                    "pages": report.pages,
                    "accounted": {"share": round(report.share, 4), **report.counts},
                    "faults": [fault.report() for fault in report.faults],
                    "unaccounted": [words.report() for words in report.unaccounted],
                    "stale": [notice.report() for notice in report.stale],
                    "notices": [notice.report() for notice in report.notices],
                },
                indent=2,
                ensure_ascii=False,
            )
        )
        return 1 if failed else 0
    _tell(
        *report.notices,
        *report.stale,
        *(words.notice() for words in report.unaccounted),
        *report.faults,
    )
    ways = ", ".join(
        f"{report.counts.get(way, 0):,} {name}"
        for way, name in (
            ("fact", "by a fact"),
            ("claim", "by a claim"),
            ("cite", "by a citation"),
            ("unchecked", "marked unchecked"),
            ("exempt", "exempt"),
            ("open", "by nothing"),
        )
    )
    print(
        f"{_many(report.pages, 'page')}: {report.share:.1%} of numbers and comparisons accounted for ({ways})"
    )
    print(
        f"{_many(len(report.faults), 'fault')}, {_many(len(report.unaccounted), 'sentence')} unaccounted for, "
        f"{len(report.stale):,} stale, {_many(len(report.notices), 'notice')}"
    )
    return 1 if failed else 0


def _run(options: argparse.Namespace) -> int:
    from broadsheet.markdown.preparation import prepare
    from broadsheet.notebook.claim import CHECKS
    from broadsheet.notebook.prose import unmarked
    from broadsheet.project.reading import open_publication

    publication = open_publication(_root(), drafts=True)
    editions = publication.choose_read([options.slug])
    if options.slug == editions[0].source.slug:
        editions = editions[:1]
    if editions[0].source.notebook is None:
        raise UsageError(
            options.slug, "this is a page without code", "Name an article that is a notebook."
        )
    given = dict(_parameter(text) for text in options.parameters)
    prepared = prepare(publication.project, editions, given=given, use_cache=not options.no_cache)
    for finished in prepared.finished:
        settings = finished.edition.settings
        title = re.sub(r"\\(\W)", r"\1", unmarked(settings.title))
        print(f"{finished.edition.slug}: {title}")
        for path, content in finished.assets.items():
            print(f"  {path}  {len(content):,} bytes")
        for cell, expression, value in finished.values:
            print(f"  {f'cell {cell}' if cell else 'front matter'}: {expression} = {value}")
        for name, claim in finished.facts.get("claims", {}).items():
            print(f"  claim {name}: {claim['says']}: {CHECKS[claim['truth']]}")
    _tell(*prepared.notices, *prepared.faults.values())
    return 1 if prepared.faults else 0


def _facts_record(options: argparse.Namespace) -> int:
    from broadsheet.site.recording import record

    report = record(_root(), options.slugs, options.on)
    options.code = int(bool(report.faults))
    _tell(*report.faults)
    for slug, count, path in report.recorded:
        print(
            f"{slug}: {_many(count, 'value')} recorded in {path}"
            if count
            else f"{slug}: as recorded"
        )
    return 1 if report.faults else 0


def _newsletter(options: argparse.Namespace) -> int:
    from broadsheet.newsletter import drafts
    from broadsheet.newsletter.issue import make_issue
    from broadsheet.newsletter.letter import sender_of, write_letter
    from broadsheet.newsletter.output import folder_of, write_files
    from broadsheet.project.project import open_project

    if (options.yes or options.unsure) and not options.send:
        raise UsageError(
            "--yes" if options.yes else "--unsure",
            "there is no list to send to",
            "Name one: --send LIST.",
        )
    root = _root()
    project = open_project(root)
    folder = folder_of(options.output, project)
    issue, sender = make_issue(root, options.slug), sender_of(project)
    _tell(*issue.notices)
    letter = write_letter(issue, sender)
    print(issue.title)
    if options.draft:
        made = drafts.hand_over(
            issue,
            sender,
            project.settings.broadsheet.newsletter,
            environment.secret(environment.KEY),
        )
        print(f"a draft at {project.settings.broadsheet.newsletter.provider}: {made}")
        return 0
    for file in write_files(letter, folder):
        print(f"  {_short(file)}  {file.stat().st_size:,} bytes")
    return _send(letter, project, options) if options.send else 0


def _send(letter: Letter, project: Project, options: argparse.Namespace) -> int:
    from broadsheet.newsletter import sending
    from broadsheet.newsletter.journal import open_journal
    from broadsheet.newsletter.output import FOLDER, name_of
    from broadsheet.newsletter.readers import read_list

    settings = project.settings.broadsheet.newsletter
    for key, given in (("smtp", settings.smtp), ("unsubscribe", settings.unsubscribe)):
        if not given:
            raise ConfigError(
                project.text.place(("broadsheet", "newsletter")),
                f"no `{key}` under `broadsheet: newsletter:`, without which nothing is sent",
                "See docs/newsletter.md.",
            )
    assert settings.smtp is not None
    readers = read_list(options.send)
    code = sending.code_of(letter, readers.addresses)
    if options.yes and options.yes != code:
        raise UsageError(
            f"--yes {options.yes}",
            "that is the code of another letter, or of another list",
            "Leave --yes out, look at what is told, and take the code that is told then.",
        )
    with (
        open_journal(project.root / FOLDER / f"{name_of(letter)}.jsonl") as journal,
        sending.Server(settings.smtp, environment.secret(environment.PASSWORD)) as server,
    ):
        planned = sending.plan(readers.addresses, journal, letter, unsure=options.unsure)
        if not options.yes:
            sending.try_server(server)
            _tell_plan(letter, readers, planned, server)
            again = f"{options.slug} --send {options.send}{' --unsure' if options.unsure else ''} --yes {code}"
            print(f"Nothing has been sent. To send it: broadsheet newsletter {again}")
            return 0
        outcome = sending.send(
            letter,
            planned.addresses,
            server,
            journal,
            tell=lambda line: print(f"warning: {line}", file=sys.stderr),
        )
    print(
        f"{_many(outcome.sent, 'message')} sent, {len(planned.has):,} had it before; {len(outcome.refused):,} "
        f"refused, {len(outcome.later):,} to be tried later, {len(outcome.unsure) + len(planned.unsure):,} unsure"
    )
    if outcome.later:
        print("To try those again: the same command, in a while")
    return 1 if outcome.later or outcome.refused or outcome.unsure else 0


def _tell_plan(letter: Letter, readers: Readers, planned: Plan, server: object) -> None:
    size, sender = len(letter.html.encode()) / 1024, letter.sender
    print(
        f"  from {sender.name} <{sender.address}> by {server}, which lets us in; HTML of {size:.1f} KB\n"
        f"  {_many(len(planned.addresses), 'reader')} would get it"
    )
    doubles = f"{_many(readers.doubles, 'line')} of the list left out as double"
    earlier = f", {planned.earlier:,} of them an earlier version" if planned.earlier else ""
    for count, told in (
        (readers.doubles, doubles),
        (len(planned.has), f"{len(planned.has):,} have it already{earlier}"),
        (len(planned.refused), f"{len(planned.refused):,} were refused before and are left out"),
        (
            len(planned.unsure),
            f"{len(planned.unsure):,} may have it already and are left out, without "
            f"--unsure: {', '.join(planned.unsure[:5])}{' …' if len(planned.unsure) > 5 else ''}",
        ),
    ):
        if count:
            print(f"  {told}")


def _data_list(options: argparse.Namespace) -> int:
    from broadsheet.data.catalogue import Catalogue

    tables = Catalogue.open(_root()).list()
    if options.json:
        print(
            json.dumps(
                [
                    {
                        "name": table.name,
                        "title": table.title,
                        "path": table.path,
                        "rows": table.rows,
                        "as_of": table.as_of.isoformat(),
                        "retrieved": table.retrieved.isoformat(),
                        "sources": [source.publisher for source in table.sources],
                        "licences": [licence.name for licence in table.licences],
                        "checksum_ok": table.checksum_ok,
                    }
                    for table in tables
                ],
                indent=2,
                ensure_ascii=False,
            )
        )
        return 0
    for table in tables:
        rows = "has a fault" if table.rows is None else _many(table.rows, "row")
        publishers = ", ".join(dict.fromkeys(source.publisher for source in table.sources))
        print(
            f"{table.name}: {table.title}\n  {rows}, as of {table.as_of}, retrieved {table.retrieved}"
            f"{'' if table.checksum_ok else ', CHECKSUM DIFFERS'}\n  {publishers}"
        )
    return 0


def _data_check(options: argparse.Namespace) -> int:
    from broadsheet.data.catalogue import Catalogue, update_hashes

    root = _root()
    for name in update_hashes(root) if options.update_hashes else ():
        print(f"{name}: checksum updated", file=sys.stderr)
    catalogue = Catalogue.open(root)
    unknown = [name for name in options.names if name not in catalogue.names]
    if unknown:
        raise UsageError(
            unknown[0], "no table has this name", f"There are: {', '.join(catalogue.names)}."
        )
    faults = catalogue.check(options.names or None)
    options.code = int(bool(faults))
    if options.json:
        print(json.dumps([fault.report() for fault in faults], indent=2, ensure_ascii=False))
    else:
        _tell(*faults)
        print(
            f"{_many(len(options.names or catalogue.names), 'table')}, {_many(len(faults), 'fault')}"
        )
    return 1 if faults else 0


def _withheld(reasons: Sequence[str], where: str) -> str:
    """How many pages are drafts, and how many come out on a later day: the first of these."""
    days = sorted(why for why in reasons if why != "draft")
    drafts = len(reasons) - len(days)
    told = [_many(drafts, "draft")] if drafts else []
    told += (
        [f"{_many(len(days), 'page')} to come, {'the first ' if len(days) > 1 else ''}on {days[0]}"]
        if days
        else []
    )
    return f"; {where}: {' and '.join(told)}" if told else ""


def _root() -> Path:
    from broadsheet.project.project import find_root

    try:
        here = Path.cwd()
    except OSError:
        raise UsageError(
            "the working directory",
            "it is not there any more",
            "Change to the publication's folder.",
        ) from None
    return find_root(here)


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise UsageError(
            f"-p {shown(text, 60)[1:-1]}", "this is not NAME=VALUE", "Write it as -p year=2024."
        )
    return name, value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{shown(text, 40)} is no day, such as 2023-05-26"
        ) from None


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MOST or len(text) > 9:
        raise argparse.ArgumentTypeError(
            f"{shown(text, 40)} is not a whole number from 1 to {MOST:,}"
        )
    return int(text)


def _tell(*told: BroadsheetError | Notice) -> None:
    for what in told:
        said = _CONTROL.sub(lambda found: repr(found[0])[1:-1], str(what))
        print(f"{'warning: ' if isinstance(what, Notice) else 'error: '}{said}", file=sys.stderr)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
