"""With which letters the words of a rule begin: a sentence that has no such word need not be searched.

Most rules fit no word of a sentence, and to look into a set of letters takes a hundredth of the time
of a regular expression. The letters are read from a rule as it is written
(:mod:`broadsheet.verify.wording.meaning_rules`). What may be left out before a word, "the", does not
count: the word behind it has to be there, too. Of a number and the word behind it, the word counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from broadsheet.verify.numbers.number_rules import alternatives_in, end_of_group

_LONGEST = 5
"""The most letters of a beginning."""
ITEM = re.compile(r"\{([a-z][\w-]*)\}")
"""A class of words, or a value, in a rule."""
_LEFT_OUT = "about"
"""The item that may be left out, with the space behind it."""
_STARTS = re.compile(rf"(?<!\w)(?=(.{{1,{_LONGEST}}}))", re.DOTALL)
_LITERAL = re.compile(r"[^\\.\[\](){}?*+|^$]+")
_LOOKS = ("(?=", "(?!", "(?<")
_ANY = ""
_DIGITS = frozenset("0123456789")
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
"""A digit of another script, with which a rule that begins with a number is tried, too."""

_TextsOf = Callable[[str], Iterable[str]]
"""Gives the texts that an item stands for, or their beginnings."""


def starts_in(text: str) -> set[str]:
    """Return the beginnings of all words of a text, of each length; and that of any word."""
    longest = set(_STARTS.findall(text))
    starts = {start[:length] for start in longest for length in range(_LONGEST + 1)}
    return starts | _DIGITS if _OTHER_DIGIT.search(text) else starts


def beginnings(form: str, items: _TextsOf) -> frozenset[str]:
    """Return the letters with one of which a word must begin in each text that has the words of a
    rule; "" among them if that cannot be told.
    """
    return frozenset(text[:_LONGEST] for text in _of_choices(form, items))


def _of_choices(form: str, items: _TextsOf) -> Iterator[str]:
    for choice in alternatives_in(form):
        yield from _of_sequence(choice, items)


def _of_sequence(form: str, items: _TextsOf) -> Iterator[str]:
    """Yield the beginnings of a form that is no choice."""
    while form.startswith(_LOOKS):
        form = form[end_of_group(form, 0) :]
    if item := ITEM.match(form):
        yield from _of_item(item[1], form[item.end() :], items)
    elif form.startswith("(?:"):
        end = end_of_group(form, 0)
        yield from _of_group([*alternatives_in(form[3 : end - 1])], form[end:], items)
    elif literal := _LITERAL.match(form):
        is_counted = form[literal.end() :].startswith(("?", "*", "{"))
        is_counted = is_counted and not ITEM.match(form, literal.end())
        yield literal[0][:-1] if is_counted else literal[0]
    elif form.startswith(r"\d") and not form.startswith(("?", "*", "{0"), 2):
        yield from _DIGITS
    else:
        yield _ANY


def _of_item(name: str, rest: str, items: _TextsOf) -> Iterator[str]:
    may_lack, behind = rest.startswith(("?", "*")), frozenset[str]()
    if rest.startswith(" "):
        behind = frozenset(_of_sequence(rest[1:], items))
    if name != _LEFT_OUT:
        texts = frozenset(items(name))
        is_rarer = texts > _DIGITS and _ANY not in behind  # each year has a digit
        yield from behind if behind and is_rarer else texts
    if name == _LEFT_OUT or may_lack:
        yield from _of_sequence(rest.lstrip("?*"), items)


def _of_group(options: list[str], rest: str, items: _TextsOf) -> Iterator[str]:
    if rest.startswith(("?", "*")):
        if not all(option.endswith(" ") for option in options):
            yield from (start for option in options for start in _of_sequence(option, items))
        yield from _of_sequence(rest.lstrip("?*"), items)
    elif rest.startswith("+") or (rest.startswith("{") and not ITEM.match(rest)):
        yield _ANY
    else:
        for option in options:
            yield from _of_sequence(option + rest, items)
