"""A site that stands: nothing has changed since its last build, as a look at the states of files shows.

A build that had no fault leaves a *standing*: the states of everything that it depends on
(:mod:`broadsheet.storage.file_states`), and the report of a build that has nothing to do. These are
the publication's folder, the files that pages were made of, the output, the kept articles, the
program and its libraries. If all of it is as it was, and the build is asked for the same (options,
day, environment), then :func:`standing_report` gives that report. The configuration need not be
read for that, nor is any module loaded that understands it. In any doubt there is no report, and
the build looks for itself what has changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec

from broadsheet.errors import Notice
from broadsheet.processes import secret_values
from broadsheet.project.build_day import today
from broadsheet.site.build.report import Report
from broadsheet.storage.file_states import States, now_at
from broadsheet.storage.store import Store, file_content
from broadsheet.version import FOLDERS

STORE = "standing"
_FORMAT = 1
_OF_NO_ACCOUNT = frozenset({"_", "SHLVL", "OLDPWD", "PWD", "COLUMNS", "LINES"})
"""Environment variables that shells change, and that no build reads."""


class Standing(msgspec.Struct):
    """A site as the last build has left it, and its report."""

    question: str
    """The digest of what was asked of the build (:func:`question_of`)."""
    zone: str
    """The time zone of the publication."""
    day: date
    """The day as of which the site is."""
    output: str
    """The folder of the site."""
    lock: str
    """The file that a build of it holds locked."""
    searched: list[str]
    """The files that are published as they are, and so are searched for secrets."""
    pages: int
    """The number of pages."""
    explained: dict[str, str]
    """The reasons of the report."""
    withheld: tuple[str, ...]
    """The pages that are not on the site that day."""
    notices: tuple[Notice, ...]
    """The notices."""
    states: States
    """The states of everything that the site depends on."""

    @property
    def report(self) -> Report:
        """The report of a build that has nothing to do."""
        return Report(
            Path(self.output),
            self.pages,
            explained=self.explained,
            withheld=self.withheld,
            notices=self.notices,
        )


def standing_report(
    root: Path, output: Path | None, day: date | None, *, drafts: bool
) -> Report | None:
    """Return the report of a build of the publication at ``root`` that has nothing to do; None if
    there may be something.
    """
    root = root.resolve()
    standing = _left(root, output, drafts=drafts)
    if standing is None or standing.question != question_of(root, output, day, drafts=drafts):
        return None
    moment = now_at(Path(standing.lock).parent)
    if (day or today(standing.zone)) != standing.day or not _is_alone(standing.lock):
        return None
    again = standing.states.seen_again(moment)
    if again is None or _holds_secrets(standing.searched):
        return None
    if again.are_surer_than(standing.states):
        put(root, output, msgspec.structs.replace(standing, states=again), drafts=drafts)
    return standing.report


def states_before(root: Path, output: Path | None, *, drafts: bool) -> States | None:
    """Return the states that the last build has left, whatever has changed since."""
    standing = _left(root, output, drafts=drafts)
    return standing.states if standing else None


def _left(root: Path, output: Path | None, *, drafts: bool) -> Standing | None:
    store, key = Store(root, STORE), _key(output, drafts=drafts)
    return store.decode(key, store.get(key), Standing)


def put(root: Path, output: Path | None, standing: Standing, *, drafts: bool) -> None:
    """Leave the standing of a site for the next build."""
    Store(root, STORE).put(_key(output, drafts=drafts), msgspec.json.encode(standing))


def question_of(root: Path, output: Path | None, day: date | None, *, drafts: bool) -> str:
    """Return the digest of what is asked of a build, and of this process, as far as a build may
    depend on it.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _OF_NO_ACCOUNT}
    question = (
        _FORMAT,
        str(root),
        str(output and output.absolute()),
        str(day),
        drafts,
        os.geteuid(),
        sys.version,
        sys.executable,
        sys.path,
        list(map(str, FOLDERS)),
        sorted(environment.items()),
    )
    return hashlib.sha256(json.dumps(question).encode()).hexdigest()


def _key(output: Path | None, *, drafts: bool) -> str:
    return hashlib.sha256(
        f"{output and output.absolute()} {drafts}".encode(errors="surrogateescape")
    ).hexdigest()


def _is_alone(lock: str) -> bool:
    """True if no other build of the site is at work."""
    try:
        with open(lock, "rb") as file:  # noqa: PTH123 - no link is made of it
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _holds_secrets(names: Iterable[str]) -> bool:
    """True if a file holds the value of a secret of this process."""
    return secret_values.searches() and any(
        secret_values.found_in(file_content(Path(name)) or b"") for name in names
    )
