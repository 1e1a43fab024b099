"""`broadsheet`: runs one command, and is its last boundary.

Exit codes: 0 done; 1 the publication has a fault, which is named; 2 the command was used wrongly;
130 it was interrupted (Ctrl-C).
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module

from broadsheet.cli.formats.delivery import deliver
from broadsheet.cli.options import Misuse, command_called, format_in, joined, parser
from broadsheet.cli.report import CommandReport
from broadsheet.errors import BroadsheetError, UsageError, unexpected
from broadsheet.processes import secret_values
from broadsheet.processes.extras import extra_with, lacks
from broadsheet.storage import store

DEBUG = "BROADSHEET_DEBUG"
"""The environment variable that shows an unexpected exception with its traceback."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code. No error leaves it as a traceback."""
    _open_streams()
    words = sys.argv[1:] if arguments is None else arguments
    name, form = command_called(words), format_in(words)
    try:
        options = parser().parse_args(joined(words))
    except SystemExit as end:  # of `--help` and its like, which have said all
        return ended(partial(CommandReport, int(end.code or 0)), name)
    except BroadsheetError as error:
        message = error if form == "json" else _in_words(error)
        return ended(partial(CommandReport, 2, messages=[message]), name, form)
    return ended(partial(_called, options), name, getattr(options, "format", "text"))


def ended(command: Callable[[], CommandReport], name: str = "", form: str = "text") -> int:
    """Run a command of this ``name`` to its end, and show its report in a format. Returns its exit
    code.
    """
    report = _report(command, name)
    if form == "text":
        code = deliver(report, name)
        deliver(CommandReport(code, messages=store.messages()))
        return code
    messages = [*report.messages, *store.messages()]
    problems = (
        None if report.problems is None else [*report.problems, *messages[len(report.messages) :]]
    )
    return deliver(replace(report, messages=messages, problems=problems), name, form)


def _in_words(error: BroadsheetError) -> BroadsheetError | str:
    """Return what the parser says as people expect it: below what the command takes."""
    return str(error) if isinstance(error, Misuse) else error


def _called(options: argparse.Namespace) -> CommandReport:
    with secret_values.withheld():
        module, _, function = options.call.partition(":")
        command = getattr(import_module(f"broadsheet.cli.{module}"), function)
        report: CommandReport = command(options)
    return report


def _report(command: Callable[[], CommandReport], name: str) -> CommandReport:
    """Return the report of the command; an error becomes a report too."""
    try:
        return command()
    except SystemExit as end:  # of code of others
        return CommandReport(int(end.code or 0))
    except BroadsheetError as error:
        return CommandReport(2 if isinstance(error, UsageError) else 1, messages=[error])
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one would break off the way out
        return CommandReport(130, messages=["interrupted: a site that stood stands as it was"])
    except Exception as error:  # of the machine, or our own
        if isinstance(error, ModuleNotFoundError) and error.name and extra_with(error.name):
            return CommandReport(1, messages=[lacks(error.name, f"broadsheet {name}".rstrip())])
        if os.environ.get(DEBUG):
            raise
        fault = unexpected(error, "broadsheet", "this command")
        fault.mend += f" With {DEBUG}=1 in the environment, the traceback is shown."
        return CommandReport(1, messages=[fault])


def _open_streams() -> None:
    """Connect closed standard streams to nothing: else the next opened file would become one of
    them. Characters that a stream cannot encode are escaped, since a message may quote them.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
