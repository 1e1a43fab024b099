"""`broadsheet`: runs one command, and is its last boundary.

Exit codes: 0 done; 1 the publication has a fault, which is named; 2 the command was used wrongly;
130 it was interrupted (Ctrl-C).
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module

from broadsheet.cli.formats.delivery import deliver
from broadsheet.cli.options import Misuse, command_called, format_in, joined, parser
from broadsheet.cli.report import CommandReport, failed
from broadsheet.errors import BroadsheetError, unexpected
from broadsheet.processes import secret_values
from broadsheet.processes.extras import extra_with, lacks
from broadsheet.storage import store

DEBUG = "BROADSHEET_DEBUG"
"""The environment variable that shows an unexpected exception with its traceback."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code. No error leaves it as a traceback."""
    _open_streams()
    words = sys.argv[1:] if arguments is None else arguments
    return ended(partial(_called, words), command_called(words), format_in(words))


def ended(command: Callable[[], CommandReport], name: str = "", form: str = "text") -> int:
    """Run a command of this ``name`` to its end, and show its report in a format. Returns its exit
    code.
    """
    report = _report(command, name, form)
    if form == "text":
        code = deliver(report, name)
        deliver(CommandReport(code, messages=store.messages()))
        return code
    return deliver(report.with_more(store.messages()), name, form)


def _called(words: Sequence[str]) -> CommandReport:
    options = parser().parse_args(joined(words))
    with secret_values.withheld():
        module, _, function = options.call.partition(":")
        command = getattr(import_module(f"broadsheet.cli.{module}"), function)
        report: CommandReport = command(options)
    return report


def _report(command: Callable[[], CommandReport], name: str, form: str) -> CommandReport:
    """Return the report of the command; an error becomes a report too."""
    try:
        return command()
    except SystemExit as end:  # of `--help` and its like, which have said all
        return CommandReport(int(end.code or 0))
    except Misuse as error:  # people read it below what the command takes
        return CommandReport(2, messages=[error if form == "json" else str(error)])
    except BroadsheetError as error:
        return failed(error)
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
