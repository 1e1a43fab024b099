"""The steps of a build that are done again, and the reasons: one mechanism for pages, lists, feeds
and search.

Whatever a build makes is a :class:`Step`. Its ``inputs`` are digests of everything that it is made
of (:mod:`broadsheet.storage.value_digest`), each under a name that a person understands (`its text`, `the
theme`); its ``files`` are the result. A build compares the inputs of each step with those in the
record of the old site (:mod:`broadsheet.site.index.build_record`). If they are equal, the old files are
kept, and the code that makes them is not called. If they differ, the step is done again, and the
names of the inputs that have changed say why (:attr:`Steps.reasons`, for `broadsheet build
--explain`).

A step whose result comes out the same ends the chain: steps that depend on it have the same inputs
as before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from broadsheet.errors import Notice
from broadsheet.storage.value_digest import changes


@dataclass(frozen=True)
class Step:
    """A step of a build that was done."""

    inputs: Mapping[str, str] = field(default_factory=dict)
    """The digests of what the step was made of, by their names."""
    files: tuple[str, ...] = ()
    """The files of the site that are its result."""
    notices: tuple[Notice, ...] = ()
    """The messages to the author about it, which each build that keeps it tells."""


class Kept(Protocol):
    """The folder of the new site."""

    def keep(self, names: Collection[str]) -> bool:
        """Keep these files of the old site in the new one. Return True if all of them exist."""


class Steps:
    """The steps of a build. Has state: the steps that are ``done``, by name, and the ``reasons``
    for which some were done anew. ``old`` are the steps of the old site. They are not reused if
    ``unusable`` has a reason, such as that another program has made them.
    """

    def __init__(self, old: Mapping[str, Step], folder: Kept, unusable: str = "") -> None:
        self._old, self._folder, self._unusable = old, folder, unusable
        self.done: dict[str, Step] = {}
        self.reasons: dict[str, str] = {}

    def reuse(self, name: str, inputs: Mapping[str, str]) -> bool:
        """Keep the files of a step whose inputs have not changed. Return True if it was kept; else
        the step has to be done, and :meth:`put`.
        """
        before = self._old.get(name)
        if before is None:
            self.reasons[name] = "it is new"
        elif self._unusable:
            self.reasons[name] = self._unusable
        elif changed := changes(before.inputs, inputs):
            self.reasons[name] = f"changed: {', '.join(changed)}"
        elif not self._folder.keep(before.files):
            self.reasons[name] = "a file of it was gone"
        else:
            self.done[name] = before
        return name in self.done

    def put(
        self,
        name: str,
        inputs: Mapping[str, str],
        files: Collection[str],
        notices: Iterable[Notice] = (),
    ) -> None:
        """Note a step that was done, its files, and what the author is told of it."""
        self.done[name] = Step(dict(inputs), tuple(sorted(files)), tuple(notices))

    @property
    def notices(self) -> list[Notice]:
        """The messages to the author about the steps that were done or kept."""
        return [notice for step in self.done.values() for notice in step.notices]

    def keep(self, name: str) -> bool:
        """Keep an old step although its inputs have changed. Return True if all of its files exist."""
        before = self._old.get(name)
        if before is None or not self._folder.keep(before.files):
            return False
        self.done[name] = before
        return True
