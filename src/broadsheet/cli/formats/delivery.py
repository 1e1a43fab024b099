"""Shows the report of a command, as words or in a format for programs."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from broadsheet.cli.report import CommandReport, root_of, say, silence, without_control_codes
from broadsheet.errors import UsageError


def deliver(report: CommandReport, command: str = "", form: str = "text") -> int:
    """Show a report of the ``command`` in a format: `text`, `json`, `sarif` or `github`. Returns the
    exit code: that of the report, even if nobody reads what is printed (`… | head`), and 1 if
    standard output cannot be written.
    """
    report = _in_format(report, command, form)
    for message in report.messages:
        say(message, whole=report.whole)
    try:
        if report.text:
            print(without_control_codes(report.text))
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        say(f"error: standard output: nothing more can be written: {error.strerror}")
        return 1
    return report.code


def _in_format(report: CommandReport, command: str, form: str) -> CommandReport:
    """Return a report whose text has its messages, in a format for programs. Of those that show
    messages beside the code, who called the command wrongly is told by words.
    """
    if form == "text" or report.is_silent:
        return report
    if form == "json":
        from broadsheet.cli.formats.json_report import envelope

        return replace(report, text=envelope(report, command), messages=())
    from broadsheet.cli.formats.code_review import github, sarif

    messages = report.for_programs
    apart = [message for message in messages if isinstance(message, str | UsageError)]
    problems = [message for message in messages if not isinstance(message, str | UsageError)]
    folder = root_of(report) or Path()
    if form == "github":
        text = "\n".join(filter(None, (github(problems, folder), report.text)))
    elif report.code and not problems:
        text = ""  # a log without problems would say that all is well
    else:
        text = sarif(problems, folder)
    return replace(report, text=text, messages=apart)
