"""The mutation test: which sentences stay as they are, whatever becomes of the values that they read?

A value of a table is changed in memory, so that something turns: it becomes the highest of its series
or the lowest, its change against the place before gets the other sign, it passes another column of its
row, a threshold of shares, or the next in rank. The editions that read the table are run again with it.
The value is *caught* if the catalogue refuses each such table, or if a run or a claim fails, or each
sentence that reads it is worded otherwise, or rests on a claim that holds anew. A sentence that stays
as it is, even with a thousandth or a thousandfold of the value, has *escaped*: its claim is too weak, or its
format too coarse. An author who means it so writes `[words]{.unchecked reason="…"}` in it.

What a sentence reads are the values that its expressions looked up, those of its facts, and the
evidence of its claims. The choice of values is the same each time for the same number of them; those that
sentences read come first.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.change import Change, changed_values, extreme_values
from broadsheet.data.descriptor import Resource
from broadsheet.errors import BroadsheetError, FactError, Notice, Place
from broadsheet.lexicon import FOLDER
from broadsheet.project.edition import Edition
from broadsheet.project.project import Project
from broadsheet.run.running import AHEAD, Outcome, execute, run_apart
from broadsheet.verify.bound_sentences import Key, Sentence, as_number, bound_sentences

EDITIONS = 3
"""The most editions of one article that are run."""
TURNS = 4
"""The most changes of one value, but for the extreme ones."""
CAUGHT = ("refused", "failed", "held", "changed")


@dataclass
class Trial:
    """A value of a table, and the changes that are tried with it, the extreme ones last. Has state: which
    sentences ``read`` the value; which ``stayed`` as they are on a page that would be published, each
    with the change; and which ``turned``: are worded otherwise, or refused, perhaps only if the value is
    ``extreme``.
    """

    where: Place
    name: str
    changes: Sequence[tuple[Change, str]]
    read: set[Key] = field(default_factory=set)
    stayed: dict[Key, tuple[str, Sentence]] = field(default_factory=dict)
    turned: set[Key] = field(default_factory=set)
    extreme: set[Key] = field(default_factory=set)
    has_failed: bool = False

    def is_open(self, turn: int) -> bool:
        """Whether there is still a sentence to turn, or to find."""
        if turn >= len(self.changes):
            return False
        if self.changes[turn][0].is_extreme:
            return bool(self.escaped)
        return not self.turned or not self.turned >= self.read

    def note(
        self, turn: int, before: Mapping[Key, Sentence], now: Mapping[Key, Sentence] | None
    ) -> None:
        """Note the sentences of an edition, without the change and with it; None if the run failed."""
        change, shown = self.changes[turn]
        now = now or {}
        turned = {
            key
            for key, sentence in before.items()
            if key not in now or now[key].is_broken or now[key].text != sentence.text
        }
        if change.is_extreme:
            self.extreme |= turned
            return
        self.turned |= turned
        is_refused = not now or any(one.is_broken for one in now.values())
        self.has_failed |= is_refused
        for key in before.keys() - turned:
            if now[key].reads != before[key].reads:
                self.read.add(key)
                if not is_refused:
                    self.stayed.setdefault(key, (shown, before[key]))

    @property
    def escaped(self) -> list[tuple[str, Sentence]]:
        """The sentences that no change has turned, each with the first change that it was given."""
        turned = self.turned | self.extreme
        return [found for key, found in self.stayed.items() if key not in turned]

    @property
    def verdict(self) -> str:
        """What became of it, a key of :attr:`Report.counts`."""
        if not any(not change.is_extreme for change, _ in self.changes):
            return "refused"
        if self.escaped:
            return "marked" if all(one.is_marked for _, one in self.escaped) else "escaped"
        if self.has_failed:
            return "failed"
        if self.stayed.keys() - self.turned:
            return "held"
        return "changed" if self.turned else "unread"


@dataclass(frozen=True)
class Report:
    """The result. ``counts`` are the values by what became of their changes: "refused" by the
    catalogue, "failed" as a run or a claim, "held" by a claim, "changed" each sentence, "marked",
    "escaped", or "unread".
    """

    counts: Mapping[str, int]
    escaped: tuple[Notice, ...]
    faults: tuple[BroadsheetError, ...]

    @property
    def caught(self) -> int:
        """How many values were caught."""
        return sum(self.counts.get(verdict, 0) for verdict in CAUGHT)

    @property
    def read(self) -> int:
        """How many values sentences read."""
        return sum(self.counts.values()) - self.counts.get("unread", 0)


Watch = Callable[[Sequence[Edition]], Any]


def mutate(
    project: Project, editions: Sequence[Edition], count: int, executor: Executor, watch: Watch
) -> Report:
    """Change ``count`` values of the tables that the ``editions`` read, one at a time."""
    chance = random.Random(count)
    chosen = _few(editions, chance)
    own, faults = project.root / FOLDER, list[BroadsheetError]()
    plain: dict[str, Mapping[Key, Sentence]] = {}
    tables: dict[str, Sequence[str]] = {}
    with watch(chosen) as watched:
        for outcome in execute(project, chosen, executor):
            watched(outcome)
            slug = outcome.edition.slug
            try:
                plain[slug], tables[slug] = _as_it_is(outcome, own)
            except BroadsheetError as error:
                faults.append(error)
    readers: dict[str, list[Edition]] = {}
    read: dict[str, set[str]] = {}
    for edition in chosen:
        for path in tables.get(edition.slug, ()):
            readers.setdefault(path, []).append(edition)
            values = (one.reads for one in plain[edition.slug].values())
            read.setdefault(path, set()).update(*values)
    if not readers:
        return Report({}, (), tuple(faults))
    catalogue = Catalogue.open(project.root)
    trials = list(islice(_trials(catalogue, read, chance), count))
    with tempfile.TemporaryDirectory(
        prefix="mutation-", dir=project.root / ".broadsheet"
    ) as folder:
        for turn in range(TURNS + 2):
            open_ = [one for one in trials if one.is_open(turn)]
            tasks = [(one, edition) for one in open_ for edition in readers[one.where.file]]
            with watch([edition for _, edition in tasks]) as watched:
                for trial, edition, ran in _runs(project, executor, tasks, turn, Path(folder)):
                    now = None if ran is None else bound_sentences(edition, ran, own)
                    trial.note(turn, plain[edition.slug], now)
                    watched(Outcome(edition, ran=True))
    return Report(Counter(one.verdict for one in trials), tuple(_notices(trials)), tuple(faults))


def _as_it_is(outcome: Outcome, own: Path) -> tuple[Mapping[Key, Sentence], Sequence[str]]:
    """The sentences of an edition without any change, and the tables that it read. Raises the error of
    its run, or :class:`FactError` if a sentence is not true as it is.
    """
    if outcome.error is not None:
        raise outcome.error
    ran = outcome.notebook()
    assert ran is not None
    found = bound_sentences(outcome.edition, ran, own)
    for sentence in found.values():
        if sentence.is_broken:
            raise FactError(
                sentence.place,
                f"“{sentence.text}” is not true as it is, so no change is tried on its page",
                "Mend it first: broadsheet check says what is wrong.",
            )
    reads = ran.metadata["broadsheet"]["reads"]
    return found, [path for path in reads if path.startswith("data/") and path.endswith(".csv")]


def _few(editions: Sequence[Edition], chance: random.Random) -> list[Edition]:
    """The notebooks among the editions, of one article the first and a few others."""
    by_source: dict[Any, list[Edition]] = {}
    for edition in editions:
        if edition.source.notebook is not None:
            by_source.setdefault(edition.source.path, []).append(edition)
    chosen = []
    for first, *others in by_source.values():
        chosen += [first, *chance.sample(others, min(len(others), EDITIONS - 1))]
    return chosen


def _runs(
    project: Project,
    executor: Executor,
    tasks: Sequence[tuple[Trial, Edition]],
    turn: int,
    folder: Path,
) -> Iterator[tuple[Trial, Edition, NotebookNode | None]]:
    """Each task with its executed notebook, or None if the run fails; a few are begun ahead."""
    begun: deque[tuple[Trial, Edition, Callable[[], NotebookNode]]] = deque()
    most = AHEAD * getattr(executor, "slots", os.cpu_count() or 1)
    for number, (trial, edition) in enumerate(tasks):
        code, partial = trial.changes[turn][0].code, folder / f"{number}.ipynb"
        begun.append((trial, edition, run_apart(project, edition, executor, code, partial)))
        if len(begun) >= most:
            yield _ended(*begun.popleft())
    while begun:
        yield _ended(*begun.popleft())


def _ended(
    trial: Trial, edition: Edition, wait: Callable[[], NotebookNode]
) -> tuple[Trial, Edition, NotebookNode | None]:
    try:
        return trial, edition, wait()
    except BroadsheetError:
        return trial, edition, None


def _notices(trials: Sequence[Trial]) -> Iterator[Notice]:
    """A message for each sentence that escaped, with the first change that it was given."""
    found: dict[tuple[Place, str], Notice] = {}
    for trial in trials:
        for change, sentence in trial.escaped:
            what = (
                f"“{sentence.text}” stays as it is, and reads {trial.where} ({trial.name}), "
                f"even if that is {change}"
            )
            if not sentence.is_marked:
                found.setdefault(
                    (sentence.place, sentence.text),
                    Notice(sentence.place, what, _MEND, topic="escaped-change"),
                )
    yield from found.values()


_MEND = (
    "Bind its words to the value by a stronger claim, or by words that the data choose; if it is meant "
    'so, answer for them: `[…]{.unchecked reason="…"}`.'
)


# Which values are changed, and into what


def _trials(
    catalogue: Catalogue, read: Mapping[str, set[str]], chance: random.Random
) -> Iterator[Trial]:
    """Values of the tables that are read, from each table one in turn."""
    tables = [
        _trials_of(catalogue, resource, read[resource.file], chance)
        for resource in catalogue.package.resources
        if resource.file in read
    ]
    while tables:
        for table in list(tables):
            trial = next(table, None)
            if trial is None:
                tables.remove(table)
            else:
                yield trial


def _trials_of(
    catalogue: Catalogue, resource: Resource, read: set[str], chance: random.Random
) -> Iterator[Trial]:
    """The values of a table, first those that sentences read."""
    frame, key = catalogue.table(resource.name), resource.table_schema.primary_key
    cells = [
        (row, of)
        for of in resource.table_schema.fields
        if of in resource.measured or (of.constraints.enum and of.name not in key)
        for row in frame.index[frame[of.name].notna()]
    ]
    chance.shuffle(cells)
    cells.sort(key=lambda cell: as_number(str(frame[cell[1].name][cell[0]])) not in read)
    for row, of in cells:
        value, name = frame[of.name][row], ", ".join(f"{one} {frame[one][row]}" for one in key)
        changes = [
            (Change(resource.name, int(row), of.name, new), f"{new} and not {value}: {what}")
            for new, what in changed_values(resource, frame, int(row), of)
        ]
        kept = [one for one in changes if not catalogue.refuses(one[0])][:TURNS]
        if of in resource.measured:
            kept += [
                (Change(resource.name, int(row), of.name, new, True), what)
                for new, what in extreme_values(float(value), of)
            ]
        if changes:
            yield Trial(Place(resource.file, row=int(row) + 1, column=of.name), name, kept)
