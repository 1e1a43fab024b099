"""What of a site need not be made again: one mechanism for pages, lists, feeds and search.

Whatever a build makes is a :class:`Step`. Its ``inputs`` are digests of all that it is made of,
each under a name that a person understands (`its text`, `the theme`); its ``files`` are what came
of it. A build compares the inputs of each step with those that the record of the old site has
(:mod:`broadsheet.site.record`). Where they are the same, the old files are kept, and what makes
them is not even asked. Where they differ, the step is done, and the names of the inputs that have
changed say why (:attr:`Steps.reasons`, for `broadsheet build --explain`).

An output that comes out as it was cuts the chain: what is made of it has the same inputs as before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Step:
    """Something that was made: what it was made of, and the files of the site that came of it."""

    inputs: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()


class Kept(Protocol):
    """The folder of the new site."""

    def keep(self, names: Collection[str]) -> bool:
        """Have these files of the old site in the new one; whether all of them are there."""


class Steps:
    """The steps of a build. Has state: those that are ``done``, by name, and why some were done anew.

    ``old`` are those of the site before. They count only if nothing is said of them in ``unusable``,
    such as that another program has made them.
    """

    def __init__(self, old: Mapping[str, Step], folder: Kept, unusable: str = "") -> None:
        self._old, self._folder, self._unusable = old, folder, unusable
        self.done: dict[str, Step] = {}
        self.reasons: dict[str, str] = {}

    def stands(self, name: str, inputs: Mapping[str, str]) -> bool:
        """Whether a step is as it was, so that its files are kept; else it is to be :meth:`put`."""
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

    def put(self, name: str, inputs: Mapping[str, str], files: Collection[str]) -> None:
        """Note a step that was done, and its files."""
        self.done[name] = Step(dict(inputs), tuple(sorted(files)))

    def keep(self, name: str) -> bool:
        """Keep an old step though its inputs have changed; whether all of its files are there."""
        before = self._old.get(name)
        if before is None or not self._folder.keep(before.files):
            return False
        self.done[name] = before
        return True


def changes(before: Mapping[str, str], inputs: Mapping[str, str]) -> list[str]:
    """The names of the inputs that are not as they were."""
    changed = [name for name, digest in inputs.items() if before.get(name) != digest]
    return changed + [name for name in before if name not in inputs]


def digest_of(value: object) -> str:
    """A digest of a value by its `repr`: of dataclasses, strings, numbers, and lists of them."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:20]
