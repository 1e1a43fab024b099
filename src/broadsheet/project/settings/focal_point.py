"""The point of a picture that stays in view where only a part of it is shown: `focal="30% 20%"` of
a picture in the text, `image-focal` in front matter.

It is written like `object-position` of CSS: the distance from the left and from the top; or in words,
`left top`, `center`. A missing part is the middle.
"""

from __future__ import annotations

import re

FocalPoint = tuple[float, float]
"""The distances from the left and from the top, each from 0 to 1."""

_ACROSS = {"left": 0.0, "right": 1.0}
_ALONG = {"top": 0.0, "bottom": 1.0}
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?)%")
_WANTED = 'this must be a point of the picture, such as "30% 20%", from the left and the top'
MEND = 'Write how far it is from the left and from the top, "30% 20%", or in words, "left top".'


def focal_point(written: object) -> FocalPoint:
    """Return the point that a text names. Raises ValueError, in words for the author."""
    words = written.lower().split() if isinstance(written, str) else []
    if len(words) == 1:
        words.insert(words[0] not in _ALONG, "center")
    elif len(words) == 2 and (words[0] in _ALONG or words[1] in _ACROSS):
        words.reverse()  # words may come in either order
    if len(words) != 2:
        raise ValueError(_WANTED)
    return _part(words[0], _ACROSS), _part(words[1], _ALONG)


def _part(word: str, words: dict[str, float]) -> float:
    if word == "center":
        return 0.5
    percent = _PERCENT.fullmatch(word)
    if word not in words and not (percent and float(percent[1]) <= 100):
        raise ValueError(_WANTED)
    return words[word] if word in words else float(word[:-1]) / 100
