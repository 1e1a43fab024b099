"""Printed text as HTML, with the colours that a terminal would show.

A terminal's escape sequences for colour and weight become spans with the classes that nbconvert and
Quarto have: `ansi-red-fg`, `ansi-bold`. Of many colours the nearest of a terminal's own eight stays,
which the theme makes readable on light and on dark paper. All other control codes are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from plotly_alive.text.unprintable import UNPRINTABLE

_OVERWRITTEN = re.compile(r"[^\n]*\r(?=[^\n])")
"""The text that a terminal writes over, such as the earlier states of a progress bar."""
_STYLE = re.compile(r"\x1b\[([0-9;:]{0,60})m")
"""The escape sequence that sets how the text behind it looks."""
_CONTROL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
"""Control codes of a terminal: escape sequences, and single control characters."""
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_SWITCHES = {1: ("bold", True), 3: ("italic", True), 4: ("underline", True), 7: ("inverse", True),
             22: ("bold", False), 23: ("italic", False), 24: ("underline", False), 27: ("inverse", False)}  # fmt: skip
_PARTS = ("fg", "bg", "bold", "italic", "underline", "inverse")
_LEVELS = (0, 95, 135, 175, 215, 255)
"""The values of red, green and blue among the 256 colours of a terminal."""

Style = dict[str, str]
"""The classes of a stretch of text, by what they say of it: `fg`, `bg`, `bold` and the like."""


def terminal_html(text: str) -> str:
    """Return printed text as a block of HTML."""
    plain = _OVERWRITTEN.sub("", text.replace("\r\n", "\n"))
    inner = "".join(_spans(plain.rstrip()))
    block = f"<pre><code>{inner}\n</code></pre>"
    return f'<div class="ansi-escaped-output">\n{block}\n</div>' if "<span" in inner else block


def _spans(text: str) -> Iterator[str]:
    """Yield the stretches of a text that look alike."""
    style: Style = {}
    pieces = _STYLE.split(text)
    for index in range(0, len(pieces), 2):
        if index:
            style = _changed(style, pieces[index - 1])
        words = escape(UNPRINTABLE.sub("", _CONTROL.sub("", pieces[index])), quote=False)
        classes = " ".join(style[part] for part in _PARTS if part in style)
        yield f'<span class="{classes}">{words}</span>' if words.strip() and classes else words


def _changed(style: Style, codes: str) -> Style:
    """Return a style after an escape sequence with some ``codes``."""
    numbers = [int(code or 0) for code in re.split("[;:]", codes)]
    style = dict(style)
    while numbers:
        code = numbers.pop(0)
        if code == 0:
            style = {}
        elif code in _SWITCHES:
            name, is_on = _SWITCHES[code]
            style.pop(name, None)
            if is_on:
                style[name] = f"ansi-{name}"
        elif code in (38, 48):
            _set(style, "fg" if code == 38 else "bg", _one_of_many(numbers))
        elif code in (39, 49):
            style.pop("fg" if code == 39 else "bg", None)
        else:
            tens, colour = divmod(code, 10)
            if tens in (3, 4, 9, 10) and colour < len(_COLOURS):
                _set(style, "fg" if tens in (3, 9) else "bg", _COLOURS[colour])
    return style


def _set(style: Style, ground: str, colour: str) -> None:
    style.pop(ground, None)
    if colour:
        style[ground] = f"ansi-{colour}-{ground}"


def _one_of_many(numbers: list[int]) -> str:
    """Return the colour that the next numbers name: `5;n`, one of 256, or `2;r;g;b`. They are taken
    away.
    """
    kind = numbers.pop(0) if numbers else 0
    if kind == 5 and numbers:
        number = numbers.pop(0)
        if number < 16:
            return _COLOURS[number % 8]
        if number > 231:
            return _COLOURS[0] if number < 244 else _COLOURS[7]
        number -= 16
        return _nearest(*(_LEVELS[number // part % 6] for part in (36, 6, 1)))
    if kind == 2 and len(numbers) >= 3:
        red, green, blue = numbers[:3]
        del numbers[:3]
        return _nearest(red, green, blue)
    numbers.clear()
    return ""


def _nearest(red: int, green: int, blue: int) -> str:
    """Return the colour of a terminal whose hue is the nearest."""
    most, least = max(red, green, blue), min(red, green, blue)
    if most - least < 40:
        return _COLOURS[7] if most > 127 else _COLOURS[0]
    middle = (most + least) / 2
    bits = (red > middle) + 2 * (green > middle) + 4 * (blue > middle)
    return _COLOURS[bits]
