"""The words that the Lua filters put on a page, in its language."""

from __future__ import annotations

from functools import cache

from broadsheet.text.language import p_, speaking, t_


@cache
def words(lang: str) -> dict[str, str]:
    """Return the words that the filters put on a page, in its language: names of floats and
    callouts, and the like.
    """
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
            "code": t_("Code"),
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
            "proof": t_("Proof"),
        }
