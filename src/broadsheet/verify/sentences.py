"""Sentences of news prose: where each begins and ends.

A full stop ends a sentence unless it belongs to a title (Mr., Lt. Col.), an initial (J. P. Morgan),
an abbreviation (No. 10, U.S. troops, 9 a.m. on Monday) or a number. What follows must look like a
beginning: a capital, a digit, an opening quotation mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadsheet.verify.lexicon import words_of

Span = tuple[int, int]

_STOP = re.compile(r"""([.!?…]["”’'»)\]]*)\s+(?=["“‘'«(\[]*[^\W_])""")
_MEASURED = re.compile(r"[\d°]")
_OPENING = "\"“‘'«(["
_LAST_WORD = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]+$")

_TITLES = words_of("""
Mr Mrs Ms Mx Dr Prof St Sr Jr Rev Hon Gen Lt Col Sgt Capt Cpl Maj Cmdr Adm Brig Insp Supt Sen Rep Gov Pres Amb Mt Ft
Nos Sec Ch Fig Figs Vol Dept Univ Messrs Mme Mlle vs ca cf al pp approx figs vol""")
"""Abbreviations that something always follows."""
_NUMBERED = words_of("no art p jan feb mar apr jun jul aug sept sep oct nov dec")
"""Abbreviations and words that end a sentence unless a digit follows."""
_EITHER = words_of("a.m p.m u.s u.k u.n e.u inc ltd co corp etc d.c b.c a.d ph.d plc")
"""Abbreviations that may end a sentence: they do if what follows could only begin one."""
_BEGINNERS = words_of("""
the a an in on at by for from with after before when while if as but and or so yet it its he she they we you i his her
their our this that these those there here what who how why no not all some many most one two three each since under
over during among against only even still now then later however once both another""")


def sentences(text: str) -> Iterator[Span]:
    """The spans of ``text``'s sentences, in order, without the space between them."""
    start = 0
    for match in _STOP.finditer(text):
        if match[1][0] != "." or _ends(text, match.start(), match.end()):
            yield start, match.end(1)
            start = match.end()
    if start < len(text):
        yield start, len(text)


def _ends(text: str, stop: int, following: int) -> bool:
    """Whether the full stop at ``stop`` ends a sentence, if the next word starts at ``following``."""
    while text[following] in _OPENING:
        following += 1
    if text[following].islower():
        return False
    found = _LAST_WORD.search(text, max(0, stop - 20), stop)
    if found is None:
        return True
    if found[0] in _TITLES:
        return False
    word = found[0].lower()
    if word in _NUMBERED:
        return not text[following].isdigit()
    if (
        len(word) == 1
        and found[0].isupper()
        and not _MEASURED.match(text, max(0, found.start() - 1))
    ):
        return word == "i" and _begins(text, following)
    if word in _EITHER:
        return word in ("a.m", "p.m", "etc") or _begins(text, following)
    return True


def _begins(text: str, at: int) -> bool:
    end = at
    while end < len(text) and text[end].isalpha():
        end += 1
    return text[at:end].lower() in _BEGINNERS
