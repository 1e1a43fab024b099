"""The templates of pages, with the filters that they need: exact values, sentences, lists of
names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from broadsheet.language import figures, listed, spoken, t_, written_day
from broadsheet.notebook import number_format
from broadsheet.notebook.units import unit_of
from broadsheet.notebook.words import words_in
from broadsheet.templating import Templates

_DAY = re.compile(r"\d{4}-\d\d(-\d\d)?")


def exact(value: Mapping[str, Any]) -> str:
    """The exact value of a fact, or of evidence, with its unit: `190.271 US$ bn`; of a ratio that is
    told in percent, `8.11057… percent`.
    """
    found, unit = value["value"], value["unit"]
    language = spoken().tag
    if unit_of(unit, language).kind == "ratio" and isinstance(found, (int, float)):
        percent = words_in(spoken().locale.language).percent.search(value.get("text", ""))
        found, unit = (found * 100, percent[0]) if percent else (found, "")
    if found is None:
        return t_("no value")
    if isinstance(found, list):
        written = t_("%(low)s to %(high)s", low=_number(found[0]), high=_number(found[1]))
    elif isinstance(found, str):
        written = written_day(found) if _DAY.fullmatch(found) else found
    else:
        written = _number(found)
    return f"{written} {unit}".strip()


def evidence(one: Mapping[str, Any]) -> str:
    """A value that a claim rests on, as readers see it: `21.6 percent`."""
    found = one["value"]
    is_number = isinstance(found, (int, float))
    return number_format.shown(found, one["unit"], spoken().tag) if is_number else exact(one)


def plain_number(fact: Mapping[str, Any]) -> str:
    """The value of a fact for machines."""
    found = fact["value"]
    return "/".join(map(repr, found)) if isinstance(found, list) else str(found)


def sentence(text: str) -> str:
    """``text`` with a capital and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")


def _number(value: float) -> str:
    """A number as it is; one with many computed digits is rounded to six."""
    if isinstance(value, int) and 1500 < value < 2200:
        return str(value)
    whole = f"{value:,.10g}"
    is_short = len(whole) < 10 or isinstance(value, int) or float(f"{value:.9g}") == value
    return figures(whole) if is_short else figures(f"{value:,.6g}") + "…"


def shortened(text: str, limit: int | None) -> str:
    """``text`` cut at a word to at most ``limit`` characters."""
    if limit is None or limit < 0 or len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"


_TEMPLATES = Templates(
    {
        "exact": exact,
        "evidence": evidence,
        "plain": plain_number,
        "sentence": sentence,
        "shortened": shortened,
        "listed": listed,
    },
    keep_trailing_newline=True,
)


def rendered(template: str, /, **values: object) -> str:
    """A template of a page, or of a part of one, in the current language. Raises
    :class:`jinja2.TemplateError`.
    """
    return _TEMPLATES.render(template, **values)
