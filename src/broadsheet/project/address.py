"""Words as part of an address: the one rule by which a name becomes a slug."""

from __future__ import annotations

from slugify import slugify

LONGEST = 200
"""Characters of a slug, so that a file can be called after it: of a longer name, the first."""
_APOSTROPHES = (("'", ""), ("’", ""), ("ʻ", ""))


def slug(text: str) -> str:
    """``text`` as it stands in an address: `Côte d'Ivoire` → `cote-divoire`, `St. Lucia` →
    `st-lucia`.

    Letters become the Latin ones that text-unidecode has for them, whose table does not change from
    release to release; small letters and digits stay; an apostrophe goes; whatever else stands
    between them becomes one hyphen. Nothing is left of a text that has neither letter nor digit.
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
