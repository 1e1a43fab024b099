"""Finds secrets, gives them to those that need them, and keeps them out of everything that is published.

A secret is an environment variable that Broadsheet itself reads for a password or a key
(:data:`OWN`), or one whose name ends as such names do (:data:`NAMES`). The command line takes them
out of the process's environment before anything else (:func:`withheld`) and keeps them here, so
that no kernel, worker, Pandoc, Pagefind or browser inherits them. Only what sends the newsletter
asks for them (:func:`secret`), and what publishes has them put back for git, ssh and the client of a
storage (:func:`given_back`). An article that must have one to read its data names it in
`_quarto.yml`, as `broadsheet: pass-environment`; then notebooks get it, on this machine and not on
a cluster.

Everything that is stored or published is searched for the values of the known secrets (:func:`found_in`,
:func:`refuse`). A value that was encoded or cut in two is not found.

State of the process: :data:`_held`, the secrets by name, and :data:`_passed`, the names of those
that notebooks get.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from pathlib import Path

from broadsheet.errors import BroadsheetError, Place

PASSWORD = "BROADSHEET_SMTP_PASSWORD"
"""The variable that has the password of the mail server."""
KEY = "BROADSHEET_NEWSLETTER_KEY"
"""The variable that has the key of the newsletter provider's API."""
OWN = frozenset({PASSWORD, KEY})
NAMES = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|TOKEN|SECRET|KEY|APIKEY|CREDENTIALS?|PAT)$",
    re.IGNORECASE,
)
"""The endings of names of secrets: `GITHUB_TOKEN`, `AWS_SECRET_ACCESS_KEY`, `DB_PASSWORD`."""
SHORTEST = 8
"""The fewest characters of a value that is searched for; a shorter one may occur anywhere by
chance.
"""
_PLAIN = re.compile(r"[A-Za-z]{,19}|\d{,11}|(?:~|\.{,2})(?:/[\w.~-]+)+/?")
"""Values of other programs' variables that are not secrets, whatever their names: a word, a number,
a path.
"""
_PR_GET_DUMPABLE, _PR_SET_DUMPABLE = 3, 4

_held: dict[str, str] = {}
_passed: set[str] = set()


class SecretError(BroadsheetError):
    """An error of something that was to be stored or published, and holds the value of a secret."""


def is_secret(name: str) -> bool:
    """True if the environment variable of that name holds a secret."""
    return name in OWN or bool(NAMES.search(name))


@contextmanager
def withheld() -> Iterator[None]:
    """Take the secrets out of this process's environment for the length of a block, and keep them
    here. If there are any, other processes of the same user may not read this one's memory or first
    environment either.
    """
    taken = {
        name: value for name, value in os.environ.items() if is_secret(name) and name not in _passed
    }
    before = dict(_held)
    _held.update(taken)
    for name in taken:
        del os.environ[name]
    was = _dumpable(0) if taken else None
    try:
        yield
    finally:
        os.environ.update(taken)
        _held.clear()
        _held.update(before)
        if was is not None:
            _dumpable(was)


@contextmanager
def given_back() -> Iterator[None]:
    """Put the secrets back into the environment for the length of a block. Only programs and
    libraries that need the user's own run in it: git, ssh, the client of a storage.
    """
    os.environ.update(_held)
    try:
        yield
    finally:
        for name in _held:
            os.environ.pop(name, None)


def secret(name: str) -> str:
    """Return the value of a secret; empty if the user has not set it."""
    return _held.get(name) or os.environ.get(name, "")


def for_child() -> dict[str, str]:
    """Return an environment for another program: this process's without secrets, except those that
    notebooks get.
    """
    environment = {
        name: value for name, value in os.environ.items() if name in _passed or not is_secret(name)
    }
    if "TMPDIR" in environment and not Path(environment["TMPDIR"]).is_dir():
        # Python looks for another; not all programs do.
        environment["TMPDIR"] = tempfile.gettempdir()
    return environment


def to_pass(names: Iterable[str]) -> dict[str, str]:
    """Return the variables among these names that exist, for :func:`receive` in a worker."""
    return {name: value for name in names if name not in OWN and (value := secret(name))}


def receive(variables: Mapping[str, str]) -> None:
    """Take these variables, and no other secrets, in a worker process."""
    _passed.update(variables)
    for name in [name for name in os.environ if is_secret(name) and name not in variables]:
        del os.environ[name]
    os.environ.update(variables)


def found_in(content: str | bytes) -> str:
    """Return the name of the secret whose value ``content`` holds, plain or as JSON or HTML writes
    it; empty if it holds none.
    """
    for name, forms in _forms():
        if isinstance(content, bytes):
            if any(form.encode("utf-8", "surrogateescape") in content for form in forms):
                return name
        elif any(form in content for form in forms):
            return name
    return ""


def searches() -> bool:
    """True if there is a secret to search for."""
    return any(True for _ in _forms())


def redacted(text: str) -> str:
    """Return ``text`` with the name of each known secret in place of its value."""
    for name, forms in _forms():
        for form in forms:
            text = text.replace(form, f"[{name}]")
    return text


def refuse(content: str | bytes, where: Place | str, what: str) -> None:
    """Raise :class:`SecretError` if ``content``, called ``what`` in the message, holds the value of
    a secret.
    """
    name = found_in(content)
    if name:
        raise SecretError(
            where,
            f"{what} holds the value of the secret {name}, so it is neither kept nor published",
            f"Do not print it or put it into a file; if {name} is no secret, give it another name.",
        )


def _forms() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the known secrets, each in the forms in which a file may have it."""
    for name, written in _held.items():
        value = written.strip()
        if len(value) >= SHORTEST and (name in OWN or not _PLAIN.fullmatch(value)):
            as_json = (json.dumps(value, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False))
            yield (
                name,
                tuple(dict.fromkeys([value, *as_json, escape(value), escape(value, quote=False)])),
            )


def _dumpable(value: int) -> int | None:
    """Set whether processes of the same user may read this one's memory and environment. Returns
    the old setting.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    was = int(libc.prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0))
    libc.prctl(_PR_SET_DUMPABLE, value, 0, 0, 0)
    return was if was in (0, 1) else None
