r"""Formulas of LaTeX as text that can be read: ``$\sqrt{x^2}$`` as ``√(x²)``.

plotly draws a text between two dollar signs as a formula. What is a command for looks (`\left`,
`\mathrm`) is left out; what has a sign of its own becomes it; a command without one stays as its
name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_FORMULA = re.compile(r"\$+([^$]+)\$+")
_IS_LATEX = re.compile(r"[\\^_{}]")
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|[^\\{}^_]", re.DOTALL)
_SIGNS = {
    **{"infty": "∞", "times": "×", "cdot": "·", "pm": "±", "mp": "∓", "div": "÷", "circ": "°"},
    **{"leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈"},
    **{"sim": "∼", "equiv": "≡", "propto": "∝", "to": "→", "rightarrow": "→", "leftarrow": "←"},
    **{"Rightarrow": "⇒", "partial": "∂", "nabla": "∇", "int": "∫", "oint": "∮", "sum": "∑"},
    **{"prod": "∏", "hbar": "ℏ", "ell": "ℓ", "in": "∈", "notin": "∉", "subset": "⊂", "cup": "∪"},
    **{"cap": "∩", "forall": "∀", "exists": "∃", "ldots": "…", "dots": "…", "cdots": "…"},
    **{"prime": "′", "mid": "|", "langle": "⟨", "rangle": "⟩", "ast": "*", "bullet": "•"},
    **{"degree": "°", "lambda": "λ", "Lambda": "Λ", "quad": " ", "qquad": " ", "Vert": "‖"},
    **{"varepsilon": "ε", "vartheta": "ϑ", "varphi": "φ", "varrho": "ρ", "varsigma": "ς"},
}
_LOOKS = frozenset(
    ("left", "right", "big", "Big", "bigg", "Bigg", "displaystyle", "textstyle", "limits")
)
"""Commands that say only how a formula looks."""
_OF_TEXT = frozenset(
    {
        *("text", "textrm", "textbf", "textit", "mathrm", "mathbf", "mathit", "mathsf", "mathbb"),
        *("mathcal", "mathfrak", "operatorname", "boldsymbol", "overline", "underline", "hat"),
        *("bar", "vec", "tilde", "dot", "ddot", "mbox", "hbox", "color", "mathring"),
    }
)
"""Commands whose argument is read as it is."""
_HIGH = str.maketrans("0123456789+-−=()nix", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱˣ")
_LOW = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")


def readable(text: str) -> str:
    """Return a text of plotly with signs and words in the place of its formulas."""
    if text.count("$") < 2:
        return text
    whole = _FORMULA.fullmatch(text.strip())
    if whole is not None:
        return _read(whole[1])
    return _FORMULA.sub(
        lambda match: _read(match[1]) if _IS_LATEX.search(match[1]) else match[0], text
    )


def raised(text: str) -> str:
    """Return a text in letters that stand above a line (``²``); unchanged if there are none."""
    high = text.translate(_HIGH)
    return high if all(old != new for old, new in zip(text, high, strict=True)) else text


def _power(text: str) -> str:
    """Return a power: ``²``, ``^a`` or ``^(a b)``."""
    high = raised(text)
    if high != text or not text:
        return high
    return f"^{text}" if len(text) == 1 else f"^({text})"


def _lowered(text: str) -> str:
    low = text.translate(_LOW)
    return low if all(old != new for old, new in zip(text, low, strict=True)) else f"_{text}"


def _read(formula: str) -> str:
    tokens = iter(_TOKEN.findall(formula))
    return re.sub(r"\s+", " ", _until_end(tokens)).strip()


def _until_end(tokens: Iterator[str]) -> str:
    """Read up to the brace that ends a group, or to the end."""
    parts: list[str] = []
    for token in tokens:
        if token == "}":
            break
        parts.append(_item(token, tokens))
    return "".join(parts)


def _item(token: str, tokens: Iterator[str]) -> str:
    """Read a token with its arguments."""
    if token == "{":
        return _until_end(tokens)
    if token == "^":
        return _power(_argument(tokens))
    if token == "_":
        return _lowered(_argument(tokens))
    if not token.startswith("\\") or len(token) < 2:
        return " " if token in "~&" else token
    name = token[1:]
    if not name.isalpha():
        return name if name in "%$_{}#&" else " "
    if name in ("frac", "dfrac", "tfrac"):
        return f"{_bracketed(_argument(tokens))}/{_bracketed(_argument(tokens))}"
    if name == "sqrt":
        return f"√{_bracketed(_argument(tokens))}"
    if name in _OF_TEXT:
        return _argument(tokens)
    if name in ("begin", "end"):
        _argument(tokens)
        return ""
    return "" if name in _LOOKS else _SIGNS.get(name) or _greek(name) or f"{name} "


def _argument(tokens: Iterator[str]) -> str:
    token = next((token for token in tokens if token != " "), "")
    return _item(token, tokens) if token else ""


def _bracketed(text: str) -> str:
    is_whole = len(text) < 2 or text.isalpha() or text.isdecimal()
    return text if is_whole else f"({text})"


def _greek(name: str) -> str:
    """Return the Greek letter of a name; empty for another name."""
    size = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {name.upper()}")
    except KeyError:
        return ""
