"""What a run declares: its facts and its claims.

`bs.fact` and `bs.claim` register here what they make, by its name; :func:`publish`, in the run's
last cell, puts all of it out as one output of type :data:`MIME`, so that a run that is taken from
the cache has its facts too:

    {"facts": {NAME: {…}}, "claims": {NAME: {…}}}

What is in a fact and a claim, :mod:`broadsheet.verify.marks` says. A name stands for one thing in a
run, by whatever key it was looked up. In a session of JupyterLab, where a cell may run again, the
last one counts.
"""

from __future__ import annotations

import re
from typing import Any

from broadsheet.notebook import words

MIME = "application/vnd.broadsheet.notebook+json"

Declared = dict[str, dict[str, Any]]

_NAME = re.compile(r"[A-Za-z][\w-]*")

_declared: dict[str, Declared] = {"facts": {}, "claims": {}}
_is_run: list[bool] = []
_languages: list[str] = []


def start() -> None:
    """Called in the run: from now on nothing is declared, and each name can be declared once."""
    clear()
    _is_run.append(True)


def is_run() -> bool:
    """Whether this process makes a page; a session of JupyterLab does not."""
    return bool(_is_run)


def clear() -> None:
    """Forget what was declared, and the words that were read."""
    for declared in _declared.values():
        declared.clear()
    _languages.clear()
    words.forget()


def settle_language(code: str) -> None:
    """Called for the language of the article. Raises TypeError in a run in which it is settled, or
    in which something is declared in another.
    """
    if not _is_run:
        return
    if _languages:
        raise TypeError(
            f"language({code!r}): the language is {_languages[0]!r} already; an article has one, "
            "so call it once, before the first fact"
        )
    for kind, known in _declared.items():
        if known:
            raise TypeError(
                f"language({code!r}): the {kind[:-1]} {next(iter(known))!r} is made before it; call "
                "it before the first fact"
            )
    _languages.append(code)


def checked_name(kind: str, name: object) -> str:
    """The name of a fact or a claim in messages, `fact 'total'`. Raises ValueError for an invalid
    name.
    """
    who = f"{kind} {name!r}"
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"{who}: a name has letters, digits and hyphens, and starts with a letter")
    return who


def declare(kind: str, name: str, what: dict[str, Any]) -> None:
    """Register a fact or a claim. Raises ValueError for a name that means something else in this
    run.
    """
    for other, declared in _declared.items():
        known = declared.get(name)
        if _is_run and known is not None and not (other == kind and _is_same(known, what)):
            raise ValueError(
                f"the name {name!r} is taken: {known.get('text') or known.get('says')}; give this one "
                "another"
            )
    _declared[kind][name] = what


def free_name(name: str, kind: str, what: dict[str, Any]) -> str:
    """``name``, or with a number behind it if it stands for something else already."""
    number, found = 1, name
    while _is_run and any(
        known is not None and not (other == kind and _is_same(known, what))
        for other, declared in _declared.items()
        for known in [declared.get(found)]
    ):
        number += 1
        found = f"{name}-{number}"
    return found


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return {**one, "keys": None} == {**other, "keys": None}


def declared() -> dict[str, Declared]:
    """Everything that was declared."""
    return {kind: dict(of_kind) for kind, of_kind in _declared.items()}
