"""The words that the Lua filters put on a page, in its language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from broadsheet.text.language import p_, speaking, t_
from broadsheet.text.own_words import words_by_key

_CALLOUTS = {
    "nte": "note",
    "tip": "tip",
    "wrn": "warning",
    "imp": "important",
    "cau": "caution",
}
"""The kinds of callouts, each with the name that its key has."""
_WITHOUT_CAPTION = ("sec", "eq", "ch")
"""The kinds whose name stands in references alone."""
_OTHERS = {
    "sol": "environment-solution-title",
    "rem": "environment-remark-title",
    "prf": "environment-proof-title",
    "proof": "environment-proof-title",
    "code": "code-summary",
    "references": "section-title-references",
}
"""Other words, each with its key."""


def words(lang: str, language: Mapping[str, object] = {}) -> dict[str, str]:
    """Return the words that the filters put on a page, in its language: names of floats and
    callouts, and the like, or the author's own in ``language``. `fig` is the name in captions and
    in references; `fig-prefix`, if there is one, is that in references.
    """
    by_key, result = words_by_key(language, lang), dict(_ours(lang))
    for kind, name in _CALLOUTS.items():
        result[f"{kind}-prefix"] = result[name]
        result[name] = result[kind] = by_key.get(f"callout-{name}-title") or result[name]
    for key, word in by_key.items():
        kind, _, part = key.removeprefix("crossref-").rpartition("-")
        if key.startswith("crossref-") and word:
            is_name = part == "title" or kind in _WITHOUT_CAPTION
            result[kind if is_name else f"{kind}-prefix"] = word
    for kind, key in _OTHERS.items():
        result[kind] = by_key.get(key) or result[kind]
    return result


@cache
def _ours(lang: str) -> dict[str, str]:
    with speaking(lang):
        note, warning, important, caution = (
            t_("Note"),
            t_("Warning"),
            t_("Important"),
            t_("Caution"),
        )
        return {
            "fig": p_("number", "Figure"),
            "tbl": p_("number", "Table"),
            "lst": p_("number", "Listing"),
            "eq": t_("Equation"),
            "sec": p_("number", "Section"),
            "nte": note,
            "tip": t_("Tip"),
            "wrn": warning,
            "imp": important,
            "cau": caution,
            "note": note,
            "warning": warning,
            "important": important,
            "caution": caution,
            "code": p_("source", "Code"),
            "references": t_("References"),
            "tabs": t_("Tabs"),
            "updates": t_("Updates"),
            "thm": t_("Theorem"),
            "lem": t_("Lemma"),
            "cor": t_("Corollary"),
            "prp": t_("Proposition"),
            "cnj": t_("Conjecture"),
            "def": t_("Definition"),
            "exm": p_("number", "Example"),
            "exr": t_("Exercise"),
            "alg": t_("Algorithm"),
            "sol": t_("Solution"),
            "rem": t_("Remark"),
            "prf": t_("Proof"),
            "proof": t_("Proof"),
            "ch": p_("number", "Chapter"),
        }
