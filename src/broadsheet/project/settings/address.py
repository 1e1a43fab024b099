"""Slugs: the one rule by which a name becomes a part of an address; and names that are one file."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath
from posixpath import join, normpath

from slugify import slugify

LONGEST = 200
"""The most characters of a slug, so that it can name a file; a longer one is cut."""
_APOSTROPHES = (("'", ""), ("’", ""), ("ʻ", ""))


def from_root(name: str, folder: PurePosixPath | str = "") -> str:
    """Return the path from the publication's root of a file that ``name`` names in ``folder``. With
    a slash at its start, the name counts from the root. The path has no `.` and `..`.
    """
    return normpath(join(folder, name).lstrip("/"))


def slug(text: str) -> str:
    """Return ``text`` as a part of an address: `Côte d'Ivoire` → `cote-divoire`, `St. Lucia` →
    `st-lucia`.

    Letters become the Latin ones that text-unidecode has for them, whose table does not change from
    release to release. Small letters and digits stay; an apostrophe is removed; other characters
    become hyphens, one for each group of them. A text without letters and digits becomes empty.
    """
    return slugify(
        text,
        entities=False,
        decimal=False,
        hexadecimal=False,
        replacements=_APOSTROPHES,
        backend="text-unidecode",
        max_length=LONGEST,
    )


def as_one_file(path: str) -> str:
    """Return a form that two paths share if some file systems take them for one: they differ only
    in case, or in the encoding of an accent.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
