"""`broadsheet check --parameters`: what is wrong with an article if its parameters have other
values?

Each parameter of an article is given each value that it may have, one parameter at a time, from the
article's first edition on. The article is run, its charts are read and its prose is checked as for
a page, but nothing is published. What the edition itself has is not reported again. A value that no
annotation names may be refused by the article itself, with a `raise` or an `assert` in a cell.

The values are those that the annotation names (`bool`, `Literal[…]`, `Annotated[int, range(…)]`).
Of an `int`, a `str` or a `date` they are those of the column that the cells compare the parameter
with (`trade[trade.partner == partner]`), or that has its name, in each table of the catalogue that
the article reads and that has such a column; and those of its editions. Out of scope: combinations
of values, and floats.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from broadsheet.checks.check import check_page
from broadsheet.data.catalogue import Catalogue
from broadsheet.errors import (
    VARIABLE,
    BroadsheetError,
    ExecutionError,
    Notice,
    ParameterError,
    guarded,
)
from broadsheet.figures.figure_notices import EMPTY
from broadsheet.press.press import Press
from broadsheet.project.editions.edition import Edition
from broadsheet.project.editions.execution import reason_not_run
from broadsheet.project.editions.parameters import Parameter, bind, bind_edition, choices, declared
from broadsheet.project.project import Project
from broadsheet.project.sources.python_ast import parsed
from broadsheet.project.sources.source import Source
from broadsheet.run.running import Run
from broadsheet.site.build.edition_pages import article_of
from broadsheet.site.build.options import Watch, unwatched
from broadsheet.storage.limits import TABLE, bounded_work
from broadsheet.storage.value_digest import bytes_of
from plotly_alive.errors import enumerated, shown

_NAMED = 3
"""The number of values that a message names."""
_COMPARED = re.compile(r"(\w+)`?\s*(?:==|in)\s*@(\w+)")
"""A column that is compared with a variable in a text for `DataFrame.query`."""
_NARROW = (
    "If the value makes no sense here, name those that do in the annotation, as Literal[…] or "
    "Annotated[int, range(…)]."
)


@dataclass(frozen=True)
class Report:
    """The result of trying values of parameters."""

    articles: int
    """The number of articles with parameters."""
    tried: int
    """The number of values that were tried."""
    refused: int
    """The number of values that the articles themselves refused."""
    faults: tuple[BroadsheetError, ...]
    """The faults of pages with the other values."""
    notices: tuple[Notice, ...]
    """Sentences that nothing accounts for, and values that were not tried."""


@dataclass(frozen=True)
class _Page:
    """The page of an edition: its faults, or its content."""

    fault: BroadsheetError | None = None
    """The fault for which it cannot be made."""
    empty: tuple[Notice, ...] = ()
    """The notices of charts without data."""
    unaccounted: tuple[Notice, ...] = ()
    """The sentences that nothing accounts for."""
    reads: tuple[str, ...] = ()
    """The files that it was made of."""


@dataclass(frozen=True)
class _Trial:
    """A value of a parameter that is tried."""

    base: Edition
    """The edition from which the trial starts."""
    parameter: Parameter
    """The parameter."""
    value: object
    """The value."""
    edition: Edition
    """The edition with that value."""
    is_named: bool
    """The annotation names the value."""


@dataclass
class _Findings:
    """Findings by what they say but for names and numbers, each with its values. Has state."""

    _found: dict[tuple[object, ...], tuple[Notice, Parameter, list[object], bool]] = field(
        default_factory=dict
    )
    """Each finding: its first message, the parameter, the values, and whether it is a fault."""

    def note(self, trial: _Trial, found: Notice | BroadsheetError, *, is_fault: bool) -> None:
        """Note what is wrong with the page of a trial."""
        message = Notice(found.where, found.what, found.mend, found.detail, found.code)
        key = (
            trial.base.slug,
            trial.parameter.name,
            message.where,
            VARIABLE.sub("…", message.what),
        )
        self._found.setdefault(key, (message, trial.parameter, [], is_fault))[2].append(trial.value)

    def all(self, *, faults: bool) -> Iterator[Notice]:
        """Yield the findings that are faults, or those that are none, with the values that have
        them.
        """
        for message, parameter, values, is_fault in self._found.values():
            if is_fault == faults:
                named = enumerated([shown(value) for value in values], _NAMED)
                yield replace(
                    message,
                    what=f"with `{parameter.name}` = {named}: {message.what}",
                    mend=f"{message.mend} {_NARROW}".strip(),
                )


def check_parameters(
    project: Project, editions: Sequence[Edition], *, jobs: int = 0, watch: Watch = unwatched
) -> Report:
    """Try the values of the parameters of the articles that these ``editions`` are of."""
    faults, notices, findings = list[BroadsheetError](), list[Notice](), _Findings()
    bases: dict[PurePosixPath, Edition] = {}
    with Press(project, jobs, draws=False) as press:
        for edition in _with_parameters(editions, faults):
            bases.setdefault(edition.source.path, edition)
        before: dict[str, _Page] = {}
        trials: dict[str, _Trial] = {}
        refused = 0
        for edition, page in _pages(press, list(bases.values()), watch):
            before[edition.slug] = page
            if page.fault is not None:
                faults.append(page.fault)
                continue
            siblings = [one for one in editions if one.source.path == edition.source.path]
            for trial in _trials(edition, siblings, page, press.catalogue, notices):
                trials[trial.edition.slug] = trial
        for edition, page in _pages(press, [one.edition for one in trials.values()], watch):
            trial = trials[edition.slug]
            if not trial.is_named and _is_refusal(page.fault, edition.source):
                refused += 1
                continue
            _compare(trial, before[trial.base.slug], page, findings)
    faults += [
        ParameterError(one.where, one.what, one.mend, one.detail)
        for one in findings.all(faults=True)
    ]
    return Report(
        len({trial.base.slug for trial in trials.values()}),
        len(trials),
        refused,
        tuple(faults),
        (*notices, *findings.all(faults=False)),
    )


def _with_parameters(
    editions: Iterable[Edition], faults: list[BroadsheetError]
) -> Iterator[Edition]:
    """Yield the editions of articles that declare parameters and are run."""
    seen: dict[PurePosixPath, bool] = {}
    for edition in editions:
        source = edition.source
        if source.path not in seen:
            try:
                seen[source.path] = bool(
                    source.notebook is not None and declared(source) and not reason_not_run(edition)
                )
            except BroadsheetError as error:
                seen[source.path] = False
                faults.append(error)
        if seen[source.path]:
            yield edition


def _is_refusal(fault: BroadsheetError | None, source: Source) -> bool:
    """True if a run failed because the author's own code refused a value."""
    if not isinstance(fault, ExecutionError) or not fault.where.cell or not fault.where.line:
        return False
    code = source.cells()[fault.where.cell - 1].source.splitlines()
    line = code[fault.where.line - 1 : fault.where.line]
    return bool(line) and line[0].split()[:1] in (["raise"], ["assert"])


def _compare(trial: _Trial, before: _Page, page: _Page, findings: _Findings) -> None:
    """Note the faults of a trial's page that its base does not have."""
    if page.fault is not None:
        findings.note(trial, page.fault, is_fault=True)
        return
    old = {one.what for one in before.empty}
    for notice in page.empty:
        if notice.what not in old:
            findings.note(trial, notice, is_fault=True)
    open_before = Counter(one.where for one in before.unaccounted)
    for notice in page.unaccounted:
        if open_before[notice.where] == 0:
            findings.note(trial, notice, is_fault=False)
        open_before[notice.where] -= 1


def _pages(
    press: Press, editions: Sequence[Edition], watch: Watch
) -> Iterator[tuple[Edition, _Page]]:
    """Yield each edition as it is done, with its page."""
    with watch(editions) as watched:
        for run in press.run(editions, use_frozen=False):
            watched(run)
            place = run.edition.source.place()
            try:
                with guarded(place, "reading this page"), bounded_work(place, "reading it"):
                    page = _page(press, run)
            except BroadsheetError as error:
                page = _Page(error)
            yield run.edition, page


def _page(press: Press, run: Run) -> _Page:
    rendering = press.rendering(run)
    article_of(press.project, rendering)
    finished, (_, sentences) = rendering.finished, check_page(press.project.root, rendering)
    return _Page(
        empty=tuple(one for one in finished.notices if one.topic == EMPTY),
        unaccounted=tuple(
            Notice(
                one.where,
                f"nothing accounts for {', '.join(f'“{words}”' for words in one.words)}: {one.text}",
                one.mend,
                topic=one.code,
            )
            for one in sentences
        ),
        reads=finished.reads,
    )


# Which values are tried


def _trials(
    base: Edition,
    siblings: Sequence[Edition],
    page: _Page,
    catalogue: Catalogue | None,
    notices: list[Notice],
) -> Iterator[_Trial]:
    """Yield each value of each parameter that no edition has anyway, within the limit."""
    start, most, number = bind_edition(base), int(TABLE["parameter-values"].value), 0
    present = [bind_edition(edition) for edition in siblings]
    compared = _compared(base.source)
    parameters = declared(base.source)
    for parameter in parameters.values():
        values = choices(parameter.kind)
        if not (is_named := bool(values)):
            columns = {parameter.name, *compared.get(parameter.name, ())}
            values = [*_in_tables(columns, page.reads, catalogue)]
            values += [other[parameter.name] for other in present if parameter.name in other]
        default = start.get(parameter.name, parameter.default)
        fitting = [
            value
            for value in _each_once(_fitting(base.source, parameter, values))
            if value != default and start | {parameter.name: value} not in present
        ]
        if len(fitting) > most:
            notices.append(
                Notice(
                    parameter.place,
                    f"`{parameter.name}` has {len(fitting):,} other values, of which {most} are tried",
                    "`broadsheet: limits: parameter-values` in _quarto.yml says how many are.",
                    topic="untried-value",
                )
            )
            step = (len(fitting) - 1) / max(most - 1, 1)
            fitting = [fitting[round(at * step)] for at in range(most)]
        for value in fitting:
            number += 1
            edition = replace(
                base,
                name=f"{base.name}.value-{number}",
                parameters={**start, parameter.name: value},
            )
            yield _Trial(base, parameter, value, edition, is_named)


def _fitting(source: Source, parameter: Parameter, values: Iterable[object]) -> Iterator[object]:
    """Yield the values that the parameter can have."""
    for value in values:
        with suppress(ParameterError):
            yield bind(source, {parameter.name: value})[parameter.name]


def _each_once(values: Iterable[object]) -> list[object]:
    """Return the values in their order; lists too, which have no hash."""
    return list({bytes_of(value): value for value in values}.values())


def _in_tables(
    columns: Iterable[str], reads: Iterable[str], catalogue: Catalogue | None
) -> list[Any]:
    """Return the values that each table has in a column, of those tables among the files that were
    read that have it.
    """
    if catalogue is None:
        return []
    files, lists = set(reads), list[list[Any]]()
    for resource in catalogue.package.resources:
        if resource.file in files:
            frame = catalogue.table(resource.name)
            lists += [frame[name].dropna().tolist() for name in columns if name in frame]
    if not lists:
        return []
    shared = set(lists[0]).intersection(*lists[1:])
    plain = [value.date() if isinstance(value, datetime) else value for value in shared]
    return sorted(plain, key=lambda value: (str(type(value)), value))


def _compared(source: Source) -> Mapping[str, set[str]]:
    """Return the names of the columns that a notebook's cells compare each name with."""
    columns: dict[str, set[str]] = {}
    for cell in source.cells():
        if cell.cell_type != "code":
            continue
        with suppress(SyntaxError):
            for node in ast.walk(parsed(cell.source)):
                for column, name in _comparisons(node):
                    columns.setdefault(name, set()).add(column)
    return columns


def _comparisons(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield columns with the names that they are compared with: `trade.partner == partner`,
    `trade["year"] >= year`, `trade.query("year == @year")`.
    """
    match node:
        case ast.Compare(left=left, comparators=comparators):
            sides = [left, *comparators]
            for column in filter(None, map(_column, sides)):
                yield from ((column, side.id) for side in sides if isinstance(side, ast.Name))
        case ast.Constant(value=str(text)):
            yield from _COMPARED.findall(text)


def _column(node: ast.expr) -> str | None:
    match node:
        case ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return None
