"""The numbers in the prose of an edited file that nothing accounts for, at the places where they
are written.

The number check reads pages as a reader does. Here it reads Markdown, in which
everything but prose is masked by as many other characters, so that each finding has its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from broadsheet.editor.problem import placed
from broadsheet.errors import Place
from broadsheet.markdown.prose import Mark, Passage
from broadsheet.project.settings.crossref_settings import CROSSREF
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.text.lexicon import Lexicon, lexicon
from broadsheet.verify.numbers.number_check import Unaccounted, check_numbers
from broadsheet.verify.source_passages import source_passages

_APART = re.compile(
    r"(?P<comment><!--.*?(?:-->|\Z))"
    r"|(?P<fence>^ {0,3}(?P<ticks>`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=ticks)[`~]*[ \t]*$|\Z))"
    r"|(?P<code>(?<![\\`])(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`))"
    r"|(?P<attributes>\{[^{}\n]*\})"
    r"|(?P<math>\$\$.+?\$\$|(?<![\\$\w])\$(?=[^\s$\d])(?:[^$\\\n]|\\.)+?(?<=\S)\$(?!\d))"
    r"|(?P<address>https?://[^\s)>\]]+|(?<=\]\()[^)\s]+)"
    r"|(?P<note>\[\^[^\]\s]+\]:?)"
    r"|(?P<number>^[ \t>]*\d{1,9}[.)](?=[ \t]))"
    r"|(?P<sign>\\(?=[!-/:-@\[-`{-~])|(?<![\s\\])\*+|\*+(?=\w)|(?<!\w)_+(?=\w)|(?<=[\w.,!?])_+(?!\w)|~~)",
    re.DOTALL | re.MULTILINE,
)
_MARKUP = re.compile(r"\{[^{}]*\}|[\[\]\n]|\(`x*`\)|</?[A-Za-z][^<>]*>")
"""Signs between words that are not words: attributes, brackets, addresses of links, tags."""
_STAND_INS = (
    ("pct(", "9 percent"),
    ("pp(", "9 points"),
    ("times(", "9 times"),
    ("usd(", "$9"),
    ("eur(", "€9"),
    ("gbp(", "£9"),
    ("", "9"),
)
"""A text that a value may have, by the first letters of its expression."""
_CITING_NOTE = re.compile(rf"^(\[\^[^\]\s]+\]):[^\n]*@(?!{CROSSREF})", re.MULTILINE)


@lru_cache(maxsize=1024)
def masked(markdown: str) -> str:
    """Return ``markdown`` with the same lines and columns, and with spaces in place of everything
    that only looks like prose: comments, code, mathematics, addresses, signs of emphasis.
    """
    cited = set(_CITING_NOTE.findall(markdown))

    def mask(match: re.Match[str]) -> str:
        text = match[0]
        if match["code"] or match["math"] or match["address"]:
            inner = re.sub(r"[^\n]", "x", text[1:-1])
            return f"`{inner}`" if len(text) > 2 else "x" * len(text)
        if match["attributes"]:
            return re.sub(r"[<>]", "x", text)
        if match["number"]:
            return re.sub(r"\d", " ", text[:-2]) + "- "
        if match["note"] and text in cited:
            return " @" + "x" * (len(text) - 2)
        return re.sub(r"[^\n]", " ", text)

    return _APART.sub(mask, markdown)


def unaccounted(
    parts: Iterable[tuple[Place, str]], values: Mapping[str, str], language: str, folder: Path
) -> Iterator[tuple[Place, int, Unaccounted]]:
    """Yield the words of pieces of Markdown that nothing accounts for: the place of each, its first
    column, from 0, and the words. ``values`` has the texts of inline expressions, as far as they
    are known.
    """
    for place, markdown in parts:
        filled, spans = _filled(markdown, values)
        starts = [0, *(match.end() for match in re.finditer("\n", filled))]
        for passage in source_passages(filled, place):
            first = starts[(passage.place.line or 1) - (place.line or 1)]
            facts = [
                Mark(start - first, end - first, "fact")
                for start, end in spans
                if first <= start < first + len(passage.text)
            ]
            text = _MARKUP.sub(lambda match: " " * len(match[0]), passage.text)
            bare = Passage(text, (*facts, *passage.marks), Place(""))
            for words in _of_passage(bare, language, folder, lexicon(language, folder)):
                yield *placed(passage.place, passage.text, words.start), words


def _filled(markdown: str, values: Mapping[str, str]) -> tuple[str, list[tuple[int, int]]]:
    """Return the masked text with the values of inline expressions, or with numbers in their place,
    and the columns of these.
    """
    text, spans = masked(markdown), []
    for match in inline.matches(markdown):
        if match["code"] is None:
            continue
        start, size = match.start(), len(match[0])
        value = " ".join(values.get(match["code"].strip(), "").split())
        if not 0 < len(value) <= size:
            value = next(
                shown for name, shown in _STAND_INS if match["code"].strip().startswith(name)
            )
        text = f"{text[:start]}{value:<{size}}{text[start + size :]}"
        spans.append((start, start + size))
    return text, spans


@lru_cache(maxsize=4096)
def _of_passage(
    passage: Passage, language: str, folder: Path, words: Lexicon
) -> tuple[Unaccounted, ...]:
    """Return what nothing accounts for by these ``words``, which are those of the language now."""
    return check_numbers([passage], language, folder).unaccounted
