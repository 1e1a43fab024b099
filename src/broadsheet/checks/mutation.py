"""The mutation test: what becomes of the sentences that read a table when the table is revised?

Changes are made in memory, as revisions make them (:mod:`broadsheet.data.trial_changes`), and the editions that
read the table are run with each. A change is

    stopped     the catalogue refuses the table, or on each page that would be others a run or a claim
                fails: no reader sees it
    true        each sentence that reads it is provably true: its numbers are bound, and the words that
                rest on claims are proved by value
    reworded    a sentence has new words, and some of its words rest on its author: somebody has to read
                the sentence
    unmoved     a sentence stays as it is, and nothing proves it
    marked      that, but its author answers for it: `[words]{.unchecked reason="…"}`
    unread      no sentence reads it

What a sentence reads are the values that its expressions looked up, those of its facts, and the
evidence of its claims. A sentence that stays as it is even with a thousandth or a thousandfold of its
value has *escaped*: its claim is too weak, or its format too coarse. One that is bound to nothing, has
numbers or comparisons, and names what the table is of, is unmoved.

The changes are the same each time for the same number of them.
"""

from __future__ import annotations

import os
import random
import re
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import has_catalogue
from broadsheet.data.slicing.slices import named_slice
from broadsheet.data.trial_changes import Change, TableChanges, extreme_changes
from broadsheet.data.versions.partial_reads import slice_read
from broadsheet.errors import REWORDED, BroadsheetError, FactError, Notice, Place
from broadsheet.notebook.values.declarations import declared_tables
from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import Project
from broadsheet.run.running import AHEAD, Run, execute, run_changed
from broadsheet.text.lexicon import FOLDER
from broadsheet.verify.bound_sentences import Key, Known, Sentence, as_number, bound_sentences
from broadsheet.verify.chosen_values import CHOSEN, CHOSEN_MEND, is_label, moved
from broadsheet.verify.wording.table_names import Surroundings, around_of

EDITIONS = 13
"""The most editions of one article that are run."""
AT_ONCE = 13
"""The most changes that one process tries."""
_TABLES = "data/"
"""The beginning of the paths of all tables."""
_STEM, _SHORT = 5, 4
"""The number of letters by which words are compared, and the fewest letters of a word that tells
something.
"""
_YEAR = re.compile(r"\b[12]\d{3}\b")
_WORD = re.compile(r"[^\W\d_]+")

Sentences = Mapping[Key, Sentence]
Watch = Callable[[Sequence[Edition]], Any]


@dataclass
class Trial:
    """A change that is tried. Has state: all that is noted of the sentences that it concerns."""

    change: Change
    """The change."""
    where: Place
    """The place of the changed value."""
    name: str
    """The name of the row."""
    is_refused: bool
    """The catalogue refuses the table with this change."""
    extremes: tuple[Change, ...]
    """Changes of the same value to a thousandth and a thousandfold."""
    subject: frozenset[str]
    """The stems of words that name what the table is of."""
    years: frozenset[str]
    """The years in the row's name."""
    texts: frozenset[str]
    """The texts of the table, in lower case."""
    has_failed: bool = False
    """A page cannot be made with the change."""
    true: set[Key] = field(default_factory=set)
    """The sentences that are provably true with it."""
    reworded: dict[Key, tuple[Sentence, Sentence]] = field(default_factory=dict)
    """The sentences that have other words, before and after."""
    stayed: dict[Key, tuple[Edition, Sentence]] = field(default_factory=dict)
    """The sentences that stay as they are, each with its edition."""
    loose: dict[Key, Sentence] = field(default_factory=dict)
    """The sentences that are bound to nothing and name the table's subject."""
    turned: set[tuple[str, str]] = field(default_factory=set)
    """The sentences of sources that an extreme value changes."""
    chose: dict[Key, tuple[Sentence, str]] = field(default_factory=dict)
    """The values that chose another, each with the sentence and a message."""

    def note(self, edition: Edition, own: Path, before: Sentences, now: Sentences | None) -> None:
        """Note the sentences of an edition, without the change and with it; None if the run failed.
        A page on which something does not hold is not published, so nobody reads its sentences.
        """
        if now is None or any(one.is_broken for one in now.values()):
            self.has_failed = True
            return
        for key, was in before.items():
            sentence = now.get(key)
            if not was.is_bound:
                if self._names(was):
                    self.loose[key] = was
            elif sentence is None:  # it is not said any more
                self.true.add(key)
            elif sentence.text != was.text or sentence.reads != was.reads:
                for words in moved(was, sentence, edition.settings.lang, own):
                    self.chose.setdefault(key, (was, words))
                if sentence.text == was.text:
                    self.stayed[key] = edition, sentence
                elif key in self.chose or not self._is_proved(was, sentence):
                    self.reworded[key] = was, sentence
                else:
                    self.true.add(key)

    def note_extreme(self, before: Sentences, now: Sentences | None) -> None:
        """Note the sentences that an extreme value turns."""
        for key, was in before.items():
            sentence = (now or {}).get(key)
            if sentence is None or sentence.is_broken or sentence.text != was.text:
                self.turned.add(_source(was))

    @property
    def escaped(self) -> list[Sentence]:
        """The sentences that nothing moves."""
        escaped = [
            one
            for _, one in self.stayed.values()
            if not one.is_marked and self.extremes and _source(one) not in self.turned
        ]
        return [*escaped, *self.loose.values()]

    @property
    def unproved(self) -> list[Sentence]:
        """The sentences that stay, rightly or not: their words rest on their author."""
        escaped = {id(one) for one in self.escaped}
        return [
            one
            for _, one in self.stayed.values()
            if one.open_words and not one.is_marked and id(one) not in escaped
        ]

    @property
    def verdict(self) -> str:
        """The result of the trial, a key of :attr:`Report.counts`."""
        if self.is_refused:
            return "refused"
        if self.escaped or self.unproved:
            return "unmoved"
        if self.reworded or self.chose:
            return "reworded"
        if any(one.is_marked for _, one in self.stayed.values()):
            return "marked"
        if self.has_failed:
            return "failed"
        return "true" if self.true or self.stayed else "unread"

    def _names(self, sentence: Sentence) -> bool:
        """True if a sentence names what the table is of, and no other year."""
        years = set(_YEAR.findall(sentence.text))
        is_of_year = not years or not self.years or bool(years & self.years)
        return is_of_year and bool(stems(sentence.text) & self.subject)

    def _is_proved(self, was: Sentence, now: Sentence) -> bool:
        """True if all is proved that a sentence says now. A value by code that is neither a number
        nor a name of the data is its author's words.
        """
        pairs = zip_longest((one.text for one in was.values), (one.text for one in now.values))
        words = [text for before, text in pairs if text and text != before and is_label(text)]
        return not now.open_words and all(
            any(sign.isdigit() for sign in text) or text.lower() in self.texts for text in words
        )


def _source(sentence: Sentence) -> tuple[str, str]:
    """Return the place and the source text of a sentence, which all editions share."""
    return str(sentence.place), sentence.written


def stems(text: str) -> frozenset[str]:
    """Return the beginnings of the words of a text that are long enough to tell something."""
    return frozenset(one[:_STEM] for one in _WORD.findall(text.lower()) if len(one) >= _SHORT)


@dataclass(frozen=True)
class Report:
    """The result of the mutation test."""

    counts: Mapping[str, int]
    """The number of changes by their result: "refused" by the catalogue, "failed" as a run or a
    claim, "true", "reworded", "unmoved", "marked", or "unread".
    """
    reworded: tuple[Notice, ...] = ()
    """The sentences to read."""
    unmoved: tuple[Notice, ...] = ()
    """The sentences that stay on their author's word."""
    escaped: tuple[Notice, ...] = ()
    """The sentences that nothing moves."""
    chosen: tuple[Notice, ...] = ()
    """The sentences with words beside a value that chose another."""
    faults: tuple[BroadsheetError, ...] = ()
    """The faults of editions that could not be run."""
    editions: int = 0
    """The number of editions that were run."""
    of_editions: int = 0
    """The number of all editions."""

    @property
    def stopped(self) -> int:
        """The number of changes that were stopped."""
        return self.counts.get("refused", 0) + self.counts.get("failed", 0)

    @property
    def safe(self) -> int:
        """The number of changes that were stopped, or left nothing that is not provably true."""
        return self.stopped + self.counts.get("true", 0)

    @property
    def read(self) -> int:
        """The number of changes that a sentence reads."""
        return sum(self.counts.values()) - self.counts.get("unread", 0)

    @property
    def share(self) -> float:
        """Of the changes that a sentence reads, the share that was stopped or is provably true; 1
        without any.
        """
        return self.safe / self.read if self.read else 1.0


def mutate(
    project: Project, editions: Sequence[Edition], count: int, executor: Executor, watch: Watch
) -> Report:
    """Try ``count`` changes of the tables that the ``editions`` read, one at a time."""
    chance = random.Random(count)
    whole = [one for one in editions if one.source.notebook is not None]
    chosen = _few(whole, chance)
    words, faults = project.root / FOLDER, list[BroadsheetError]()
    plain: dict[str, _Plain] = {}
    opened = cache(partial(Catalogue.open, project.root))
    with watch(chosen) as watched:
        for run in execute(project, chosen, executor):
            watched(run)
            slug = run.edition.slug
            try:
                plain[slug] = _as_it_is(run, project.root, opened)
            except BroadsheetError as error:
                faults.append(error)
    are_read = any(path.startswith(_TABLES) for of in plain.values() for path in of.reads)
    if not are_read or not has_catalogue(project.root):
        return Report({}, faults=tuple(faults), of_editions=len(whole))
    catalogue = opened()
    tables = {slug: _tables(catalogue, of.reads) for slug, of in plain.items()}
    read: dict[str, set[str]] = {}
    for slug, names in tables.items():
        for name in names:
            sentences = plain[slug].sentences.values()
            read.setdefault(name, set()).update(*(sentence.reads for sentence in sentences))
    trials = list(islice(_trials(catalogue, read, chance), count))
    with tempfile.TemporaryDirectory(
        prefix="mutation-", dir=project.root / ".broadsheet"
    ) as folder:
        runs = _Runs(project, executor, watch, words, Path(folder), faults, plain)
        readers = [one for one in chosen if tables.get(one.slug)]
        tasks = [
            (edition, trial, trial.change)
            for edition in readers
            for trial in trials
            if trial.change.table in tables[edition.slug] and not trial.is_refused
        ]
        for edition, trial, now in runs.each(tasks):
            trial.note(edition, words, plain[edition.slug].sentences, now)
        for edition, trial, now in runs.each(list(_extremes(trials))):
            trial.note_extreme(plain[edition.slug].sentences, now)
    return Report(
        Counter(one.verdict for one in trials),
        **_notices(trials),
        faults=tuple(faults),
        editions=len(readers),
        of_editions=len(whole),
    )


@dataclass(frozen=True)
class _Plain:
    """An edition without any change."""

    sentences: Sentences
    """Its sentences."""
    reads: Sequence[str]
    """The files that its run read."""
    around: Surroundings
    """The names in the tables that its facts and claims come from."""


def _as_it_is(run: Run, root: Path, opened: Callable[[], Catalogue]) -> _Plain:
    """Return an edition of the publication at ``root`` without any change; ``opened`` gives the
    catalogue. Raises the error of its run, or :class:`FactError` if a sentence is not true as it is.
    """
    if run.error is not None:
        raise run.error
    ran = run.notebook()
    assert ran is not None
    names = declared_tables(ran.metadata["broadsheet"]["facts"])
    origins = map(opened().origin, names) if names else ()
    around = around_of(root, origins, run.edition.settings.lang)
    sentences = bound_sentences(run.edition, ran, root / FOLDER, around=around)
    for sentence in sentences.values():
        if sentence.is_broken:
            raise FactError(
                sentence.place,
                f"“{sentence.text}” is not true as it is, so no change is tried on its page",
                "Mend it first: broadsheet check says what is wrong.",
            )
    return _Plain(sentences, ran.metadata["broadsheet"]["reads"], around)


def _tables(catalogue: Catalogue, reads: Iterable[str]) -> list[str]:
    """Return the names under which a run's tables are changed: of a table in Parquet those of the
    slices that it read (:meth:`.Catalogue.changeable`).
    """
    names = dict[str, None]()
    for path in reads:
        part = slice_read(path)
        for resource in catalogue.package.resources:
            if path == resource.file:
                names[resource.name] = None
            elif part and named_slice(part)[0] == resource.name:
                names[part if resource.is_parquet else resource.name] = None
    return list(names)


def _few(editions: Sequence[Edition], chance: random.Random) -> list[Edition]:
    """Return the editions, of one article the first and a few others."""
    by_source: dict[Any, list[Edition]] = {}
    for edition in editions:
        by_source.setdefault(edition.source.path, []).append(edition)
    chosen = []
    for first, *others in by_source.values():
        chosen += [first, *chance.sample(others, min(len(others), EDITIONS - 1))]
    return chosen


# The runs

Task = tuple[Edition, Trial, Change]


@dataclass(frozen=True)
class _Runs:
    """Runs editions with changes."""

    project: Project
    """The publication's project."""
    executor: Executor
    """The processes that run notebooks."""
    watch: Watch
    """The context in which notebooks run."""
    words: Path
    """The folder of the publication's own words."""
    folder: Path
    """The folder for the changed tables."""
    faults: list[BroadsheetError]
    """The list to which the faults of editions that cannot be run are added."""
    plain: Mapping[str, _Plain]
    """The editions without any change, by their slugs."""
    seen: dict[str, Known] = field(default_factory=dict)
    """The sentences that were read before, by edition."""

    def each(self, tasks: Sequence[Task]) -> Iterator[tuple[Edition, Trial, Sentences | None]]:
        """Yield the sentences of each edition with each change that alters a value there; None if
        the run failed. A few are begun ahead.
        """
        slots = getattr(self.executor, "slots", os.cpu_count() or 1)
        batches = _batches(tasks, slots)
        begun: deque[tuple[Sequence[Task], Callable[[], Mapping[int, NotebookNode | None]]]]
        begun = deque()
        with self.watch([edition for edition, *_ in tasks]) as watched:
            for batch in chain(batches, [None] * len(batches)):
                if batch is not None:
                    begun.append((batch, self._begun(batch)))
                    if len(begun) < AHEAD * slots:
                        continue
                if begun:
                    yield from self._ended(*begun.popleft(), watched)

    def _begun(self, batch: Sequence[Task]) -> Callable[[], Mapping[int, NotebookNode | None]]:
        changes = dict(enumerate(change for *_, change in batch))
        folder = Path(tempfile.mkdtemp(dir=self.folder)) / "runs"
        return run_changed(self.project, batch[0][0], self.executor, changes, folder)

    def _ended(
        self,
        batch: Sequence[Task],
        wait: Callable[[], Mapping[int, NotebookNode | None]],
        watched: Callable[[Run], None],
    ) -> Iterator[tuple[Edition, Trial, Sentences | None]]:
        try:
            results, error = wait(), None
        except BroadsheetError as fault:
            results, error = {}, fault
            self.faults.append(fault)
        for number, (edition, trial, _) in enumerate(batch):
            if number in results:
                ran = results[number]
                yield edition, trial, ran and self._sentences(edition, ran)
            watched(Run(edition, error=error, ran=True))

    def _sentences(self, edition: Edition, ran: NotebookNode) -> Sentences:
        seen, around = self.seen.setdefault(edition.slug, {}), self.plain[edition.slug].around
        return bound_sentences(edition, ran, self.words, seen, around=around)


def _batches(tasks: Sequence[Task], slots: int) -> list[Sequence[Task]]:
    """Return the tasks, of one edition a few together: what their runs have in common is done once."""
    by_edition: dict[str, list[Task]] = {}
    for task in tasks:
        by_edition.setdefault(task[0].slug, []).append(task)
    size = max(1, min(AT_ONCE, len(tasks) // (2 * slots)))
    return [of[at : at + size] for of in by_edition.values() for at in range(0, len(of), size)]


def _extremes(trials: Sequence[Trial]) -> Iterator[Task]:
    """Yield a thousandth and a thousandfold of the values whose change has left sentences as they
    are, each sentence of the source in one edition.
    """
    for trial in trials:
        by_source = {_source(one): edition for edition, one in reversed(trial.stayed.values())}
        editions = {one.slug: one for one in by_source.values()}
        for change in trial.extremes:
            yield from ((edition, trial, change) for edition in editions.values())


# The messages


def _notices(trials: Sequence[Trial]) -> dict[str, tuple[Notice, ...]]:
    """Return a message for each sentence, with the first change that it was given."""
    notices: dict[str, dict[object, Notice]] = {}

    def add(of: str, sentence: Sentence, trial: Trial, what: str) -> None:
        mend, topic = _MESSAGES[of]
        change = f"{trial.where} ({trial.name}): {trial.change.what}"
        notice = Notice(sentence.place, f"{what}, with {change}", mend, topic=topic)
        notices.setdefault(of, {}).setdefault(_source(sentence), notice)

    for trial in trials:
        for sentence in trial.escaped:
            is_bound = sentence.is_bound
            words = "stays as it is" if is_bound else "is bound to nothing and stays as it is"
            add("escaped", sentence, trial, f"“{sentence.text}” {words}")
        for sentence in trial.unproved:
            words = f"{_quoted(sentence.open_words)} still rests on its author’s word"
            add("unmoved", sentence, trial, f"“{sentence.text}” stays: {words}")
        for was, sentence in trial.reworded.values():
            what = f"“{was.text}” becomes “{sentence.text}”"
            add("reworded", was, trial, what)
        for was, words in trial.chose.values():
            add("chosen", was, trial, words)
    for source in notices.get("escaped", ()):
        notices.get("unmoved", {}).pop(source, None)
    return {of: tuple(by_sentence.values()) for of, by_sentence in notices.items()}


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"“{one}”" for one in dict.fromkeys(words))


_MEND = (
    "Bind its words to the value by a stronger claim, or by words that the data choose; if it is meant "
    'so, answer for them: `[…]{.unchecked reason="…"}`.'
)
_READ = (
    "Read it as if that were so. Words that claims prove, and numbers by code, need not be read."
)
_MESSAGES = {
    "escaped": (_MEND, "escaped-change"),
    "unmoved": (_READ, REWORDED),
    "reworded": (_READ, REWORDED),
    "chosen": (CHOSEN_MEND, CHOSEN),
}
"""The remedy and the topic of each kind of message."""


# Which changes are tried


def _trials(
    catalogue: Catalogue, read: Mapping[str, set[str]], chance: random.Random
) -> Iterator[Trial]:
    """Yield changes of the tables that are read, of each table one in turn."""
    tables = [_trials_of(catalogue, name, read[name], chance) for name in catalogue.in_order(read)]
    while tables:
        for table in list(tables):
            trial = next(table, None)
            if trial is None:
                tables.remove(table)
            else:
                yield trial


def _trials_of(
    catalogue: Catalogue, name_of_table: str, read: set[str], chance: random.Random
) -> Iterator[Trial]:
    frame = catalogue.table(name_of_table)
    resource, data = catalogue.changeable(name_of_table)
    is_slice = named_slice(name_of_table)[1] is not None  # its rows have other numbers in the file
    changes = TableChanges(
        resource,
        frame,
        data,
        lambda value: as_number(str(value)) in read,
        chance,
    )
    texts = {
        str(one).lower()
        for of in resource.table_schema.fields
        if of.type == "string"
        for one in frame[of.name].dropna().unique()
    }
    for change in changes.each():
        (row, column), name = change.at, changes.name(change.at[0])
        title = next(
            (
                f"{one.title} {one.name}"
                for one in resource.table_schema.fields
                if one.name == column
            ),
            "",
        )
        yield Trial(
            change,
            Place(resource.file, row=None if is_slice else row + 1, column=column),
            name,
            catalogue.refuses(change),
            tuple(extreme_changes(change, resource, frame)),
            stems(f"{resource.title} {title} {name}"),
            frozenset(_YEAR.findall(name)),
            frozenset(texts),
        )
