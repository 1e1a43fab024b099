"""The templates of pages, with the filters that they need: exact values, sentences, lists of
names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from jinja2 import pass_context
from markupsafe import Markup, escape

from broadsheet.notebook.values.fact_words import words_in_each
from broadsheet.notebook.values.places import YEARS
from broadsheet.notebook.values.shown_values import digits_of, shown, told_apart
from broadsheet.notebook.values.units import unit_of
from broadsheet.site.theme.icons import icon_svg
from broadsheet.text.language import listed, spoken, t_, written_day, written_number
from broadsheet.text.templating import Templates
from plotly_alive.text.numbers import AS_IT_IS, COMPUTED, COUNT, YEAR, decimal_of, to_digits

_CHECKED = 3
"""The digits of a result that let a reader see that a computation gives it."""
_OPENING = 175
"""The characters of the opening of a text that stands for a description."""
_CODE = re.compile(r"`([^`]+)`")
_DIGITS = re.compile(r"\d[\d.,]*")
_DAY = re.compile(r"\d{4}-\d\d(-\d\d)?")


def exact(fact: Mapping[str, Any]) -> str:
    """Return the value of a fact as exact as a reader can use it, and at least as exact as its
    texts: `$190.3 billion` of 190.271 US$ bn, `29.5 percent` of a ratio.
    """
    language, texts = spoken().tag, fact.get("texts") or [fact["text"]]
    digits = max(digits_of(text, language) for text in texts)
    of_percent = any(unit_of(text, language).kind == "percent" for text in texts)
    return _exact(fact, digits, of_percent=of_percent)


def equation(fact: Mapping[str, Any]) -> str:
    """Return the note of a fact. For a computed fact that is the computation, with its result
    before it is rounded for the text.
    """
    working, sign, text = fact["note"].rpartition(" = ")
    if not fact["is_computed"] or text != fact["text"]:
        return str(fact["note"])
    numbers, of_result = re.findall(_DIGITS, text), re.findall(_DIGITS, exact(fact))
    is_exact = numbers == of_result and len("".join(numbers)) > 1
    return f"{working}{sign}{text if is_exact else fuller(fact)}"


def fuller(value: Mapping[str, Any]) -> str:
    """Return a value as exact as a reader needs it to check a computation."""
    texts = value.get("texts") or [value.get("text", "")]
    least = max(digits_of(text, spoken().tag) for text in texts)
    is_whole = isinstance(value["value"], (int, float)) and value["value"] == int(value["value"])
    of_percent = any(unit_of(text, spoken().tag).kind == "percent" for text in texts)
    checked = _exact(value, least if is_whole else max(least, _CHECKED), of_percent=of_percent)
    return max(exact(value), checked, key=len) if "text" in value else checked


def evidence(shown: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the values of evidence, so exact that those that differ can be told apart."""
    values = [one["value"] for one in shown]
    return told_apart(values, lambda digits: [_exact(one, digits) for one in shown])


def _exact(value: Mapping[str, Any], digits: int, *, of_percent: bool = False) -> str:
    content, unit = value["value"], value["unit"]
    if content is None:
        return t_("no value")
    if isinstance(content, list):
        written = t_("%(low)s to %(high)s", low=_number(content[0]), high=_number(content[1]))
    elif isinstance(content, str):
        written = written_day(content) if _DAY.fullmatch(content) else content
    elif unit == "ratio" and (abs(content) < 1 or of_percent):
        return _shown(float(decimal_of(content) * 100), t_("percent"), digits)
    else:
        return _shown(content, unit, digits)
    return f"{written} {unit}".strip()


def _shown(value: object, unit: str, digits: int) -> str:
    language = spoken()
    words = words_in_each(language.tag, language.locale.language, "en")
    return _remembered((repr(value), words), value, unit, digits, language.tag)


@lru_cache(maxsize=10_000)
def _remembered(key: object, value: object, unit: str, digits: int, language: str) -> str:
    """Return a value for a reader. A page asks for each several times. The ``key`` has the value as
    Python writes it, which tells 1 and 1.0 apart, and the words of the language, which a
    publication may change.
    """
    return shown(value, unit, language, digits)


def plain_number(fact: Mapping[str, Any]) -> str:
    """Return the value of a fact for machines."""
    content = fact["value"]
    return "/".join(map(repr, content)) if isinstance(content, list) else str(content)


def sentence(text: str) -> str:
    """Return ``text`` with a capital and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")


def _number(value: float) -> str:
    """Return a number as it is; one with many computed digits is rounded to six."""
    if isinstance(value, int):
        return written_number(value, YEAR if value in YEARS else COUNT)
    text = written_number(value, AS_IT_IS)
    is_short = len(text) < 10 or to_digits(decimal_of(value), 9) == decimal_of(value)
    return text if is_short else written_number(value, COMPUTED) + "…"


def shortened(text: str, limit: int | None) -> str:
    """Return ``text``, cut at a word to at most ``limit`` characters."""
    if not limit or limit < 0 or len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"


def entry_summary(description: str, opening: str, limit: int | None = None) -> str:
    """Return the description of an entry, or else the ``opening`` of its text, of at most ``limit``
    characters; without a limit a description is whole.
    """
    return shortened(description, limit) or shortened(opening, limit or _OPENING)


def described(text: str) -> list[Markup]:
    """Return the paragraphs of a description in the catalogue, with code between backticks."""
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return [Markup(_CODE.sub(r"<code>\1</code>", str(escape(one)))) for one in paragraphs if one]


@pass_context  # so that it is asked when a page is written: templates are kept compiled
def _icon(_: object, name: str) -> Markup:
    return Markup(icon_svg(name))


_TEMPLATES = Templates(
    {
        "exact": exact,
        "equation": equation,
        "fuller": fuller,
        "evidence": evidence,
        "plain": plain_number,
        "sentence": sentence,
        "shortened": shortened,
        "described": described,
        "summary": entry_summary,
        "listed": listed,
        "icon": _icon,
    },
    keep_trailing_newline=True,
)


def rendered(template: str, /, **values: object) -> str:
    """Return a template of a page, or of a part of one, in the current language. Raises
    :class:`jinja2.TemplateError`.
    """
    return _TEMPLATES.render(template, **values)
