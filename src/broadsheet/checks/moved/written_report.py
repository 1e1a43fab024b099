"""Writes the report of what moves as a file of Markdown, with pictures of charts before and after in a
folder beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from broadsheet.checks.moved.markdown_report import report_markdown
from broadsheet.checks.moved.moved_report import ChartMove, MovedReport
from broadsheet.errors import BroadsheetError, UsageError
from broadsheet.markdown.finished_edition import Finished
from broadsheet.press.press import Press
from broadsheet.run.running import Run
from broadsheet.storage import store

PICTURED = 8
"""The most charts of which there are pictures."""
_NO_NAME = re.compile(r"[^\w-]+")


def write_report(report: MovedReport, file: Path) -> None:
    """Write a report as Markdown. Raises :class:`UsageError` where no file can be written."""
    try:
        store.write_file(file, report_markdown(report).encode(), mode=0o644)
    except OSError as error:
        raise UsageError(
            str(file),
            f"the report cannot be written: {error.strerror or error}",
            "Give the path of a file in a folder that you may write.",
        ) from error


def charts_with_pictures(
    charts: Sequence[ChartMove],
    runs: Mapping[str, tuple[Run, Run]],
    presses: tuple[Press, Press],
    file: Path,
) -> tuple[ChartMove, ...]:
    """Return ``charts`` of which the first few have pictures before and after, in a folder beside the
    report's ``file``. ``runs`` are those of each edition with the old and with the new tables, and
    ``presses`` draw the two. One chart of an article stands for those of its other editions.
    """
    chosen, seen = list[ChartMove](), set[tuple[str, str]]()
    for chart in charts:
        drawn_as = chart.edition.partition("/")[0], chart.label
        if chart.what == "chart" and chart.change == "moves" and drawn_as not in seen:
            seen.add(drawn_as)
            chosen.append(chart)
    folder = file.with_name(f"{file.stem}_files")
    pictured = dict[ChartMove, ChartMove]()
    pages = dict[tuple[str, int], Finished | None]()
    for chart in chosen[:PICTURED]:
        paths = list[PurePosixPath | None]()
        for number, (press, when) in enumerate(zip(presses, ("before", "now"), strict=True)):
            page = chart.edition, number
            if page not in pages:
                pages[page] = _finished(press, runs[chart.edition][number])
            drawing = next(_drawing(pages[page], chart.label), None)
            name = f"{_NO_NAME.sub('-', f'{chart.edition}-{chart.label}')}-{when}.svg"
            if drawing is not None:
                store.write_file(folder / name, drawing, mode=0o644)
            paths.append(PurePosixPath(folder.name, name) if drawing is not None else None)
        pictured[chart] = replace(chart, before=paths[0], now=paths[1])
    return tuple(pictured.get(chart, chart) for chart in charts)


def _finished(press: Press, run: Run) -> Finished | None:
    """Return a finished page with its drawings; None if it cannot be drawn, which is told elsewhere."""
    try:
        return press.finish(run)
    except BroadsheetError:
        return None


def _drawing(page: Finished | None, label: str) -> Iterator[bytes]:
    for figure in page.figures if page is not None else ():
        path = str(PurePosixPath(figure.data).with_suffix(".svg"))
        if figure.label == label and page is not None and path in page.assets:
            yield page.assets[path]
