"""A list of readers: e-mail addresses from a file.

A text file has one address a line; empty lines and what follows `#` at a line's start are skipped.
A `.csv` has a header with a column `email` (or `e-mail`, `address`, `email address`). An invalid
address is an error with its line, and then nobody gets a message. An address that occurs twice,
whatever its capitals, is one reader.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from broadsheet.errors import LetterError, Place, also
from broadsheet.newsletter.email_address import EmailAddress, email_address, identity
from broadsheet.storage.files import read_text

COLUMNS = ("email", "e-mail", "address", "email address", "e-mail address")
_NEWLINE = re.compile(r"\r\n|\n|\r")
_SHOWN = 10
"""The most wrong addresses that are reported."""


@dataclass(frozen=True)
class Readers:
    """The readers of a list."""

    addresses: tuple[EmailAddress, ...]
    """The addresses, in the order of the list."""
    doubles: int = 0
    """The number of lines that repeat an earlier one."""
    faults: tuple[str, ...] = ()
    """The fault of each entry that is not an address, in words."""


def read_list(path: Path) -> Readers:
    """Return the readers in a file. Raises :class:`LetterError`."""
    readers: dict[str, EmailAddress] = {}
    wrong: list[tuple[Place, str]] = []
    count = 0
    for place, text in _entries(path):
        count += 1
        try:
            address = email_address(text)
        except ValueError as error:
            wrong.append((place, f"{text[:80]!r}: {error}"))
            continue
        readers.setdefault(identity(address), address)
    if wrong:
        (first, what), *others = wrong
        raise LetterError(
            first,
            f"this is no e-mail address: {what}",
            "Mend the line or take it out; nobody has been written to.",
            also([f"{place}: {what}" for place, what in others], _SHOWN - 1),
        )
    if not readers:
        raise LetterError(str(path), "there is no address in this list", "Put one on each line.")
    return Readers(tuple(readers.values()), count - len(readers))


def usable(addresses: Iterable[str]) -> Readers:
    """Return the readers among stored addresses. An earlier version may have stored what is not an
    address.
    """
    good: list[EmailAddress] = []
    faults = []
    for text in addresses:
        try:
            address = email_address(text)
            if identity(address) != identity(text):
                raise ValueError(f"it would be written as {address}")
            good.append(address)
        except ValueError as error:
            faults.append(f"{text[:80]!r} is no e-mail address: {error}")
    return Readers(tuple(good), faults=tuple(faults))


def _entries(path: Path) -> Iterator[tuple[Place, str]]:
    text = read_text(path, str(path), LetterError, mend="Name a file with an address on each line.")
    if path.suffix.lower() == ".csv":
        yield from _rows(path, text)
        return
    for number, line in enumerate(_NEWLINE.split(text), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield Place(str(path), line=number), line.strip()


def _rows(path: Path, text: str) -> Iterator[tuple[Place, str]]:
    delimiter = max(",;\t", key=_NEWLINE.split(text, maxsplit=1)[0].count)
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=delimiter, restkey="")
    try:
        columns, rows = reader.fieldnames or (), list(reader)
    except csv.Error as error:
        raise LetterError(
            Place(str(path), line=reader.line_num),
            f"this is not CSV: {error}",
            "Mend the line: perhaps a quote opens and does not close.",
        ) from error
    column = next((name for name in columns if name.strip().casefold() in COLUMNS), None)
    if column is None:
        raise LetterError(
            Place(str(path), line=1),
            f"no column for addresses among {', '.join(columns)[:200]}",
            "Call it `email` in the first line.",
        )
    for number, row in enumerate(rows, start=1):
        text = (row[column] or "").strip()
        # So that no spreadsheet takes it for a formula: see `broadsheet newsletter subscribers`.
        text = text[1:] if re.match(r"'[=+@-]", text) else text
        yield Place(str(path), row=number, column=column), text
