"""What the pictures of lists are made of: their size, and words that fit into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import escape

from broadsheet.notebook.charts.chart_theme import FONT, PALETTE
from broadsheet.text.text_width import READERS_OWN, lines, text_width

WIDTH, HEIGHT = 160, 107
LETTERS = 13
LINE = 16
"""The height of a line of words."""
_GREY = frozenset({"", "--chart-4", "--chart-muted", "--chart-axis", "--chart-grid", "--chart-ink"})


def picture_of(drawn: Iterable[str]) -> str:
    """The picture as SVG."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}" font-size="{LETTERS}">'
        f"{''.join(drawn)}</svg>"
    )


def is_grey(colour: str) -> bool:
    """Whether a colour of the palette, by its name, is ink or a grey."""
    return colour in _GREY


def for_letters(fill: str) -> str:
    """A colour for letters, which is darker if the palette's colour is light."""
    name = fill.removeprefix("var(--").removesuffix(")")
    return f"var(--{name}-text)" if f"{name}-text" in PALETTE else fill


def names_above(named: Sequence[tuple[str, str]]) -> list[tuple[int, str]]:
    """At most two names in their colours, each with its line: side by side, else one below the
    other; none, if one is too long.
    """
    room = WIDTH - 6
    wide = [width(name) for name, _ in named]
    if not wide or max(wide) > room:
        return []
    is_one_line = sum(wide) + 10 <= room
    found = []
    for number, (name, fill) in enumerate(named):
        line = 0 if is_one_line else number
        left = 3 + (wide[0] + 10 if number and is_one_line else 0)
        drawn = words(left, line * LINE + LETTERS, name, fill=for_letters(fill), bold=True)
        found.append((line, drawn))
    return found


def words(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "",
    fill: str = "",
    bold: bool = False,
) -> str:
    """Words in a picture: grey, or bold ones in ink, if they have no ``fill``."""
    fill = fill or f"var(--chart-{'ink' if bold else 'muted'})"
    more = f' text-anchor="{anchor}"' if anchor else ""
    more += ' font-weight="700"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}"{more}>{escape(text)}</text>'


def width(text: str) -> float:
    """How wide a text may be, at most."""
    return text_width(text, "sans bold") * LETTERS * READERS_OWN["sans bold"]


def within(x: float, wide: float) -> float:
    """Where the middle of words of a width is, so that they are in the picture."""
    return min(max(x, wide / 2 + 2), WIDTH - wide / 2 - 2)


def wrapped(text: str, room: float, most: int) -> list[str]:
    """A text in at most so many lines; none if they do not fit."""
    found = lines(text, room / LETTERS / READERS_OWN["sans bold"], "sans bold")
    return found if len(found) <= most and all(width(line) <= room for line in found) else []


def cut(text: str, room: float) -> str:
    """A text that fits; what is left out at its end is an ellipsis."""
    if width(text) <= room:
        return text
    while text and width(f"{text}…") > room:
        text = text[:-1]
    return f"{text.rstrip()}…"
