"""The keys of `crossref:`: the words, numerals and kinds of numbered figures, tables and the like.

A key such as `fig-title` belongs to a kind: there is one of each kind, with the start of its ids
before it, those of `custom` too.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from broadsheet.project.settings.setting_models import Settings
from broadsheet.project.settings.setting_patterns import LETTERS_FORM
from broadsheet.project.settings.setting_types import Text, must

CaptionPlace = Literal["top", "bottom", "margin"]
"""A place of captions."""
CROSSREF_KINDS = frozenset(
    kind
    for kinds in (
        ("fig", "tbl", "lst", "eq", "sec"),
        ("nte", "tip", "wrn", "imp", "cau"),
        ("thm", "lem", "cor", "prp", "cnj", "def", "exm", "exr", "alg", "prf", "rem", "sol"),
    )
    for kind in kinds
)
"""The kinds that Quarto has, by the start of their ids."""
CROSSREF = rf"(?i:{'|'.join(sorted(CROSSREF_KINDS))})-"
"""The pattern of the start of an id of these kinds, such as `fig-`, by which a reference is no citation."""
_NUMERALS = re.compile(r"arabic|alpha( \S)?|roman( [iI])?")


def _numerals(value: object) -> object:
    """Return numerals, a list of which are texts."""
    return [str(item) for item in value] if isinstance(value, list) else value


Numerals = Annotated[
    str | list[str],
    must(
        lambda value: bool(value) and (isinstance(value, list) or _NUMERALS.fullmatch(value)),
        "numerals are `arabic`, `alpha a`, `roman i`, or a list of them",
    ),
    BeforeValidator(_numerals),
]


class CrossrefKind(Settings):
    """A kind of `crossref: custom:`."""

    key: str = Field(pattern=LETTERS_FORM)
    """The start of its ids, such as `vid` for `#vid-a`."""
    kind: Literal["float"] = "float"
    """A `float`: something with a caption."""
    reference_prefix: Text
    """The word before the number."""
    caption_prefix: Text | None = None
    """Another word: Quarto has it in references, and `reference-prefix` in captions."""
    caption_location: CaptionPlace = "bottom"
    """The place of captions."""
    space_before_numbering: bool = True
    """Leave a space between the word and the number."""


class Crossref(Settings):
    """`crossref:`. `false` turns numbers and references off."""

    @classmethod
    def _as_fields(cls, data: dict[str, Any]) -> dict[str, Any]:
        custom = data.get("custom")
        custom = custom if isinstance(custom, list) else []
        kinds = [kind.get("key") for kind in custom if isinstance(kind, dict)]
        starts = CROSSREF_KINDS | {str(kind) for kind in kinds if kind}
        fields: dict[str, Any] = {"words": {}, "numerals": {}}
        for key, value in data.items():
            kind, _, part = key.rpartition("-")
            if kind in starts and part in ("title", "prefix"):
                fields["words"][key] = value
            elif part == "labels" and kind in {*starts, "subref", ""}:
                fields["numerals"][key] = value
            else:
                fields[key] = value
        return {key: value for key, value in fields.items() if value not in ({}, [])}

    words: dict[str, Text] = {}
    """The words before numbers, each a key of its own: `fig-title` in captions, `fig-prefix` in
    references.
    """
    numerals: dict[str, Numerals] = {}
    """The numerals, each a key of its own: `fig-labels`, `subref-labels` of parts, `labels` of all.
    `arabic`, `alpha a`, `roman i` or a list.
    """
    title_delim: Text = ":"
    """The text between a number and its caption."""
    ref_hyperlink: bool = True
    """Make references links."""
    chapters: bool = False
    """Number by chapters, which are the headings of the first level."""
    custom: list[CrossrefKind] = []
    """More kinds of floats."""


def filter_options(crossref: Crossref | None) -> dict[str, object]:
    """Return the settings as the Lua filters take them (`lua/kinds.lua`)."""
    if crossref is None:
        return {"off": True}
    return crossref.model_dump(by_alias=True, exclude_unset=True)
