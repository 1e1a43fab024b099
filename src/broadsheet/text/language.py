"""The language of a page: :mod:`plotly_alive.text.language`, with our own catalogues,
`locale/LANG/LC_MESSAGES/broadsheet.po`, and the marks of words in templates: `_("Get the data")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import pass_eval_context
from markupsafe import escape

from broadsheet.text.own_words import in_place_of_ours
from plotly_alive.text.language import (
    SOURCE,
    Language,
    add_catalogues,
    catalogue_key,
    gettext,
    language_of,
    listed,
    n_,
    ngettext,
    notation_of,
    p_,
    pgettext,
    settle,
    speaking,
    spoken,
    t_,
    written_date,
    written_day,
    written_month,
    written_number,
    written_time,
)

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.nodes import EvalContext

__all__ = [
    "SOURCE",
    "Language",
    "direction_of",
    "gettext",
    "has_catalogue",
    "language_of",
    "listed",
    "n_",
    "ngettext",
    "notation_of",
    "p_",
    "pgettext",
    "settle",
    "speaking",
    "speaking_with",
    "spoken",
    "t_",
    "taught",
    "written_date",
    "written_day",
    "written_month",
    "written_number",
    "written_time",
]

_CATALOGUES = Path(__file__).parents[1] / "locale"
add_catalogues(_CATALOGUES, "broadsheet")


def speaking_with(tag: str, own: Mapping[str, object] = {}) -> AbstractContextManager[Language]:
    """Within this block, our words are in the language of ``tag``, except those for which an author
    has ``own`` ones (`language:`, :mod:`broadsheet.text.own_words`).
    """
    return speaking(tag, in_place_of_ours(own, tag))


def has_catalogue(tag: str) -> bool:
    """True if a language has a catalogue of our own words."""
    language = language_of(tag)
    return language.tag == tag and (
        language.locale.language == SOURCE
        or (_CATALOGUES / language.locale.language / "LC_MESSAGES" / "broadsheet.po").is_file()
    )


def direction_of(tag: str) -> str:
    """Return the direction in which a language is written, as HTML has it: ``ltr`` or ``rtl``."""
    return "rtl" if language_of(tag).is_rtl else "ltr"


def taught(environment: Environment) -> Environment:
    """Teach a Jinja environment the marks of words in templates, ``{{ _("…") }}`` and ``{% trans
    %}…{% endtrans %}``, and return it.
    """
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        _in_template, _counted_in_template, newstyle=True, pgettext=_meant_in_template
    )
    environment.globals["spoken"] = spoken
    environment.filters |= {
        "written_date": written_date,
        "day": written_day,
        "direction": direction_of,
        "number": written_number,
    }
    return environment


# Jinja takes what a catalogue says for finished HTML, and for a text in which values are filled in.


@pass_eval_context
def _in_template(context: EvalContext, text: str) -> str:
    return _safe(context, text, text) or gettext(text)


@pass_eval_context
def _counted_in_template(context: EvalContext, singular: str, plural: str, number: int) -> str:
    return _safe(context, singular, singular) or ngettext(singular, plural, number)


@pass_eval_context
def _meant_in_template(context: EvalContext, meaning: str, text: str) -> str:
    return _safe(context, text, catalogue_key(text, meaning)) or pgettext(meaning, text)


def _safe(context: EvalContext, text: str, key: str) -> str:
    """Return an author's own word for a text of ours, as a template may have it; empty if there is
    none.
    """
    word = spoken().words.get(key, "")
    if "%(" not in text:
        word = word.replace("%", "%%")
    return str(escape(word)) if context.autoescape else word
