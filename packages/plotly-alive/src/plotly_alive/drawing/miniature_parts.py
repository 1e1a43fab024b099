"""The parts of pictures for lists: their size, and words that fit into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import escape

from plotly_alive.chart_theme import FONT, PALETTE
from plotly_alive.text.text_width import READERS_OWN, lines, text_width

WIDTH, HEIGHT = 160, 107
LETTERS = 13
LINE = 16
"""The height of a line of words."""
_GREY = frozenset({"", "--chart-4", "--chart-muted", "--chart-axis", "--chart-grid", "--chart-ink"})


def picture_of(drawn: Iterable[str]) -> str:
    """Return the picture as SVG."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}" font-size="{LETTERS}">'
        f"{''.join(drawn)}</svg>"
    )


def is_grey(colour: str) -> bool:
    """True if a colour of the palette, by its name, is ink or a grey."""
    return colour in _GREY


def for_letters(fill: str) -> str:
    """Return a colour for letters, which is darker if the palette's colour is light."""
    name = fill.removeprefix("var(--").removesuffix(")")
    return f"var(--{name}-text)" if f"{name}-text" in PALETTE else fill


def names_above(named: Sequence[tuple[str, str]]) -> list[tuple[int, str]]:
    """Return at most two names in their colours, each with its line: side by side, else one below
    the other; none, if one is too long.
    """
    room = WIDTH - 6
    wide = [width(name) for name, _ in named]
    if not wide or max(wide) > room:
        return []
    is_one_line = sum(wide) + 10 <= room
    names = []
    for number, (name, fill) in enumerate(named):
        line = 0 if is_one_line else number
        left = 3 + (wide[0] + 10 if number and is_one_line else 0)
        drawn = words(left, line * LINE + LETTERS, name, fill=for_letters(fill), bold=True)
        names.append((line, drawn))
    return names


def words(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "",
    fill: str = "",
    bold: bool = False,
) -> str:
    """Return words in a picture: grey, or bold words in ink, if they have no ``fill``."""
    fill = fill or f"var(--chart-{'ink' if bold else 'muted'})"
    more = f' text-anchor="{anchor}"' if anchor else ""
    more += ' font-weight="700"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}"{more}>{escape(text)}</text>'


def width(text: str) -> float:
    """Return the greatest width that a text may have."""
    return text_width(text, "sans bold") * LETTERS * READERS_OWN["sans bold"]


def within(x: float, wide: float) -> float:
    """Return the middle of words of a width, so that they are in the picture."""
    return min(max(x, wide / 2 + 2), WIDTH - wide / 2 - 2)


def wrapped(text: str, room: float, most: int) -> list[str]:
    """Return a text in ``most`` lines or fewer; no lines if it does not fit."""
    broken = lines(text, room / LETTERS / READERS_OWN["sans bold"], "sans bold")
    return broken if len(broken) <= most and all(width(line) <= room for line in broken) else []


def cut(text: str, room: float) -> str:
    """Return a text that fits; an ellipsis stands for the rest."""
    if width(text) <= room:
        return text
    while text and width(f"{text}…") > room:
        text = text[:-1]
    return f"{text.rstrip()}…"
