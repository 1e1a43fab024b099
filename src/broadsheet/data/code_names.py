"""The names that a table has for the codes of its key: "Turkey" for TUR."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from broadsheet.data.descriptor import Resource

if TYPE_CHECKING:
    import pandas as pd

_CODE = re.compile(r"(?=[^A-Z]*[A-Z])[A-Z0-9][A-Z0-9.:_-]{0,7}")
_WORDS_FOR_CODE = re.compile(r"_?(?:code|id|iso[23]?|alpha_?[23])$", re.IGNORECASE)

Names = tuple[tuple[str, str], ...]


def names_of_codes(resource: Resource, frame: pd.DataFrame) -> Names:
    """Each code with its name: of a text column of the key that has codes only, and of the first
    column that has a name of its own for each of them, the one that is called alike before others.
    """
    schema = resource.table_schema
    texts = [
        one.name
        for one in schema.fields
        if one.type == "string" and not (one.source_key or one.notes)
    ]
    found: dict[str, str] = {}
    for key in (one for one in schema.primary_key if one in texts):
        codes, alike = set(frame[key]), _alike(key)
        if not all(_CODE.fullmatch(code) for code in codes):
            continue
        columns = [one for one in texts if one not in schema.primary_key]
        for column in sorted(columns, key=lambda one: one not in alike):
            pairs = frame[[key, column]].drop_duplicates()
            names = set(pairs[column].dropna())
            is_one_each = len(pairs) == len(codes) == len(names)
            if is_one_each and (column in alike or _are_names(codes, names)):
                found |= dict(zip(pairs[key], pairs[column], strict=True))
                break
    return tuple(found.items())


def _are_names(codes: Collection[str], names: Collection[str]) -> bool:
    """Whether the texts of a column that is called otherwise are names of codes: of two rows that may
    be by chance, and a name is longer than its code.
    """
    return len(codes) > 2 and min(map(len, names)) > min(map(len, codes))


def _alike(key: str) -> tuple[str, ...]:
    """What a column may be called that has the names of the codes: `partner` of `partner_code`."""
    of = _WORDS_FOR_CODE.sub("", key)
    return (of, f"{of}_name") if of else ("name", "title")
