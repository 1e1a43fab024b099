"""The language of a page: :mod:`plotly_alive.text.language`, with our own catalogues,
`locale/LANG/LC_MESSAGES/broadsheet.po`, and the marks of words in templates: `_("Get the data")`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from plotly_alive.text.language import (
    SOURCE,
    Language,
    add_catalogues,
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

__all__ = [
    "SOURCE",
    "Language",
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


def has_catalogue(tag: str) -> bool:
    """True if a language has a catalogue of our own words."""
    language = language_of(tag)
    return language.tag == tag and (
        language.locale.language == SOURCE
        or (_CATALOGUES / language.locale.language / "LC_MESSAGES" / "broadsheet.po").is_file()
    )


def taught(environment: Environment) -> Environment:
    """Teach a Jinja environment the marks of words in templates, ``{{ _("…") }}`` and ``{% trans
    %}…{% endtrans %}``, and return it.
    """
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext
    )
    environment.globals["spoken"] = spoken
    environment.filters |= {
        "written_date": written_date,
        "day": written_day,
        "number": written_number,
    }
    return environment
