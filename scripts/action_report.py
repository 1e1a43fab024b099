"""Tells GitHub what a report of Broadsheet says: annotations of lines, the summary of the job, and a comment on
the pull request, which later runs replace.

    TOKEN=… python3 scripts/action_report.py REPORT.json [DIRECTORY]

DIRECTORY is the folder in which the command ran.

Standard library only. What cannot be told to GitHub never makes a check fail: it is a notice. Words of a
publication are text in all of these, never Markdown, and call nobody.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

MOST = 50
"""The most messages that a comment lists."""
LONGEST = 600
"""The most characters of a message in a comment."""
_PAGES = 10
"""The most pages of a hundred comments that are looked through."""
_SIGNS = {"fault": "✗", "warning": "!", "note": "·"}
_LEVELS = {"fault": "error", "warning": "warning", "note": "notice"}


def main() -> None:
    """Tell it."""
    path, directory = Path(sys.argv[1]), Path(*sys.argv[2:])
    try:
        report = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        print("::error title=Broadsheet::it ended without a report: the log above says why")
        return
    folder = _in_repository(directory)
    messages = [*report["faults"], *report["notices"]]
    for message in messages:
        print(annotation(message, folder))
    text = markdown(report, messages, folder)
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(text + "\n")
    if os.environ.get("COMMENT", "true") == "true" and (number := _pull_request()):
        try:
            comment(number, mark(folder), text)
        except (OSError, ValueError, KeyError, TypeError) as error:
            reason = f"HTTP {error.code}" if isinstance(error, urllib.error.HTTPError) else error
            needs = "it needs `permissions: pull-requests: write`"
            print(
                f"::notice title=Broadsheet::{_escaped(f'no comment was written ({reason}); {needs}')}"
            )


def annotation(message: dict[str, Any], folder: str) -> str:
    """Return a message as a command of a workflow. Files are named from the root of the repository."""
    places = {"line": message["line"], "col": message["column"], "endColumn": message["end_column"]}
    values = {key: value for key, value in places.items() if value is not None}
    if message["file"] is not None:
        values = {"file": os.path.normpath(os.path.join(folder, message["file"]))} | values  # noqa: PTH118
    values["title"] = message["kind"].replace("-", " ").capitalize()
    parts = (message["place"], message["message"], message["remedy"], message["detail"])
    properties = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in values.items())
    return (
        f"::{_LEVELS[message['level']]} {properties}::{_escaped(chr(10).join(filter(None, parts)))}"
    )


def markdown(report: dict[str, Any], messages: list[dict[str, Any]], folder: str) -> str:
    """Return a report as Markdown: a head line, and the messages, what stops publication first."""
    ranked = sorted(messages, key=lambda message: [*_SIGNS].index(message["level"]))
    counts = {level: sum(one["level"] == level for one in messages) for level in _SIGNS}
    told = ", ".join(
        f"{count} {level}{'s'[: count != 1]}" for level, count in counts.items() if count
    )
    head = f"**Broadsheet, {report['command'] or 'no command'}**"
    head += "" if folder == "." else f" in {code(folder)}"
    lines = [f"{head}: {told or 'nothing to tell'}"]
    share = ((report["result"] or {}).get("accounted") or {}).get("share")
    if share is not None:
        lines[0] += f"; {share:.1%} of numbers and comparisons accounted for"
    for message in ranked[:MOST]:
        what = message["message"] + (f" → {message['remedy']}" if message["remedy"] else "")
        place = f"{code(message['place'])}: " if message["place"] else ""
        lines.append(f"- {_SIGNS[message['level']]} {place}{code(what)}")
    if len(ranked) > MOST:
        lines.append(f"- and {len(ranked) - MOST} more, which the log has")
    return lines[0] + "\n\n" + "\n".join(lines[1:])


def code(text: str) -> str:
    """Return a text as code in Markdown, each sign of which is only a sign."""
    line = " ".join(text.split())
    line = line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
    coded = re.sub(r"[^\w \u0080-\U0010ffff]", lambda sign: f"&#{ord(sign[0])};", line)
    return f"<code>{coded.encode('utf-8', 'replace').decode()}</code>"


def mark(folder: str) -> str:
    """Return what the comment on the publication in a folder begins with, by which the next run finds it."""
    return f"<!-- broadsheet{'' if folder == '.' else f' {urllib.parse.quote(folder)}'} -->"


def comment(number: int, mark: str, text: str) -> None:
    """Write the comment on a pull request, in the place of the one before, which begins with its mark."""
    text = f"{mark}\n{text}"
    repository = os.environ["GITHUB_REPOSITORY"]
    address = f"/repos/{repository}/issues/{number}/comments"
    for page in range(1, _PAGES + 1):
        there = _asked("GET", f"{address}?per_page=100&page={page}")
        for one in there:
            if one["body"].startswith(mark) and one["user"]["type"] == "Bot":
                _asked("PATCH", f"/repos/{repository}/issues/comments/{int(one['id'])}", text)
                return
        if len(there) < 100:
            break
    _asked("POST", address, text)


def _asked(method: str, path: str, body: str | None = None) -> Any:
    """Return the answer of GitHub's interface."""
    request = urllib.request.Request(
        os.environ.get("GITHUB_API_URL", "https://api.github.com") + path,
        None if body is None else json.dumps({"body": body}).encode(),
        {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {os.environ.get('TOKEN', '')}",
            "X-GitHub-Api-Version": "2022-11-28",
        },
        method=method,
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def _pull_request() -> int | None:
    """Return the number of the pull request that the workflow runs for; None if it runs for none."""
    try:
        event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
        return int(event["pull_request"]["number"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _in_repository(directory: Path) -> str:
    """Return the folder of the publication from the root of the repository: the nearest at or above the
    ``directory`` that has a `_quarto.yml`.
    """
    directory = directory.resolve()
    folders = (directory, *directory.parents)
    home = next((folder for folder in folders if (folder / "_quarto.yml").exists()), directory)
    top = next((folder for folder in (home, *home.parents) if (folder / ".git").exists()), home)
    return home.relative_to(top).as_posix()


def _escaped(value: object, more: str = "") -> str:
    """Return a text as a workflow's command may have it."""
    text = str(value).encode("utf-8", "replace").decode()
    return re.sub(rf"[%\r\n{more}]", lambda sign: f"%{ord(sign[0]):02X}", text)


if __name__ == "__main__":
    main()
