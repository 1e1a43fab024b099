"""The facts and claims that a run declares.

Each is registered here by its name; :func:`publish`, in the run's last cell, puts all of them out
as one output of type :data:`MIME`, so that a run that is taken from the cache has its facts too:

    {"facts": {NAME: {…}}, "claims": {NAME: {…}}}

The module :mod:`broadsheet.verify.marks` says what a fact and a claim hold. A name stands for one
thing in a run, by whatever key it was looked up. In a session of JupyterLab, where a cell may run
again, the last one counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from broadsheet.notebook.values import fact_words as words

MIME = "application/vnd.broadsheet.notebook+json"

DeclaredByName = dict[str, dict[str, Any]]

_NAME = re.compile(r"[A-Za-z][\w-]*")


@dataclass
class _Process:
    """State of the process, which a kernel has for one notebook."""

    declared: dict[str, DeclaredByName] = field(default_factory=lambda: {"facts": {}, "claims": {}})
    """The facts and the claims, each kind by name."""
    language: str = ""
    """The code of the language that is settled; "" before."""
    makes_a_page: bool = False
    """True in a run, false in a session of JupyterLab."""


_process = _Process()


def start() -> None:
    """Begin a run: nothing is declared, and each name stands for one thing."""
    clear()
    _process.makes_a_page = True


def is_run() -> bool:
    """True if this process makes a page; a session of JupyterLab does not."""
    return _process.makes_a_page


def clear() -> None:
    """Forget what was declared, and the words that were read."""
    for declared in _process.declared.values():
        declared.clear()
    _process.language = ""
    words.forget()


def settle_language(code: str) -> None:
    """Settle the language of the article. Raises TypeError in a run in which it is settled, or in
    which something is declared in another.
    """
    if not _process.makes_a_page:
        return
    if _process.language:
        raise TypeError(
            f"language({code!r}): the language is {_process.language!r} already; an article has one, "
            "so call it once, before the first fact"
        )
    for kind, things in _process.declared.items():
        if things:
            raise TypeError(
                f"language({code!r}): the {kind[:-1]} {next(iter(things))!r} is made before it; call "
                "it before the first fact"
            )
    _process.language = code


def checked_name(name: object) -> str:
    """Return the name that an author gives a fact. Raises ValueError for an invalid one."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(
            f"`name` is {name!r}: a name has letters, digits and hyphens, and starts with a letter"
        )
    return name


def declare(kind: str, name: str, what: dict[str, Any]) -> str:
    """Register a fact or a claim, and return its name: with a number at its end, if the name
    stands for something else in this run.
    """
    number, free = 1, name
    while _process.makes_a_page and any(
        thing is not None and not (other == kind and _is_same(thing, what))
        for other, declared in _process.declared.items()
        for thing in [declared.get(free)]
    ):
        number += 1
        free = f"{name}-{number}"
    _process.declared[kind][free] = what
    return free


def _is_same(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """True if two declarations differ in their keys at most."""
    return {**first, "keys": None} == {**second, "keys": None}


def declared() -> dict[str, DeclaredByName]:
    """Return everything that was declared, by kind and name."""
    return {kind: dict(of_kind) for kind, of_kind in _process.declared.items()}


def declared_tables(declared: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> tuple[str, ...]:
    """Return the names of the tables that facts and claims come from, by kind and name."""
    names = (
        name
        for of_kind in declared.values()
        for what in of_kind.values()
        for name in what["sources"]
        if not name.startswith("@")  # a document
    )
    return tuple(dict.fromkeys(names))


def declared_as(names: Iterable[str]) -> dict[str, DeclaredByName]:
    """Return what was last declared under some names, by kind and name."""
    names = set(names)
    return {
        kind: {name: of_kind[name] for name in of_kind.keys() & names}
        for kind, of_kind in _process.declared.items()
    }


def restore(kept: Mapping[str, DeclaredByName]) -> None:
    """Forget what was declared after :func:`declared` gave ``kept``."""
    for kind, of_kind in kept.items():
        _process.declared[kind].clear()
        _process.declared[kind].update(of_kind)
