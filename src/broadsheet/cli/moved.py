"""The report of what moves with new tables, for the commands that replace them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from broadsheet.checks.moved.comparison import moved
from broadsheet.checks.moved.moved_report import MovedReport
from broadsheet.checks.moved.written_report import write_report
from broadsheet.cli.progress import watch
from broadsheet.data.descriptor import DESCRIPTOR
from broadsheet.data.revision import Revision
from broadsheet.errors import BroadsheetError, Notice, UsageError, guarded
from broadsheet.project.project import Project


def reported_moves(
    project: Project, revisions: Sequence[Revision], file: Path | None, pictures: Path | None = None
) -> tuple[MovedReport | None, list[Notice]]:
    """Return what moves with new tables, which is written into ``file``, too, if that is named; None
    if there are none, or if it cannot be told. That keeps nobody from replacing them: the build
    refuses what becomes false. ``pictures`` are drawn beside another file than that. Raises
    :class:`UsageError` where no file can be written.
    """
    if not revisions:
        return None, []
    try:
        with guarded(DESCRIPTOR, "telling what moves with new tables"):
            report = moved(project, revisions, watch=watch, pictures=pictures or file)
        if file is not None:
            write_report(report, file)
    except UsageError:
        raise
    except BroadsheetError as error:
        tables = "table" if len(revisions) == 1 else "tables"
        what = f"what moves with the new {tables} cannot be told: {error.what}"
        return None, [Notice(error.where, what, error.mend, error.detail, topic="moved")]
    return report, []
