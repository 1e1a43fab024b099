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
    """Return each code with its name. The codes are those of a text column of the key that has only
    codes; the names are in the first column that has one for each code, and a column of a similar
    title comes first.
    """
    schema = resource.table_schema
    texts = [
        field.name
        for field in schema.fields
        if field.type == "string" and not (field.source_key or field.notes)
    ]
    by_code: dict[str, str] = {}
    for key in (name for name in schema.primary_key if name in texts):
        codes, alike = set(frame[key]), _alike(key)
        if not all(_CODE.fullmatch(code) for code in codes):
            continue
        columns = [name for name in texts if name not in schema.primary_key]
        for column in sorted(columns, key=lambda name: name not in alike):
            pairs = frame[[key, column]].drop_duplicates()
            names = set(pairs[column].dropna())
            is_one_each = len(pairs) == len(codes) == len(names)
            if is_one_each and (column in alike or _are_names(codes, names)):
                by_code |= dict(zip(pairs[key], pairs[column], strict=True))
                break
    return tuple(by_code.items())


def _are_names(codes: Collection[str], names: Collection[str]) -> bool:
    """True if the texts of a column with a different title are names of codes. Two rows may match
    by chance, and a name is longer than its code.
    """
    return len(codes) > 2 and min(map(len, names)) > min(map(len, codes))


def _alike(key: str) -> tuple[str, ...]:
    """Return titles of a column with the names of codes: `partner` for `partner_code`."""
    of = _WORDS_FOR_CODE.sub("", key)
    return (of, f"{of}_name") if of else ("name", "title")
