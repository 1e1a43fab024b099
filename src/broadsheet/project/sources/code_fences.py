"""Fenced blocks of code in Markdown, and the language in which Quarto would run each.

Quarto runs a block whose language is in braces: "```{python}", "```{r, echo=FALSE}". Two pairs of
braces, "```{{python}}", show such a block as it is written. Pandoc knows neither, and takes the
block and what follows for code within a paragraph; so such blocks are found here, by lines, and
never reach Pandoc. What stands in an HTML comment is no block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_OPENS = re.compile(
    r"(?P<prefix>(?:[ \t]*>)*[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*?)[ \t\r]*"
)
_CELL = re.compile(r"\{[ \t]*(?P<language>[A-Za-z][\w+#-]*)[ \t]*(?P<header>(?:[ ,].*)?)\}")
_SHOWN = re.compile(r"\{(?P<cell>\{+[^{}<]+\}+)\}")


@dataclass(frozen=True)
class Fence:
    """A fenced block of code."""

    opens: int
    """The index of its first line."""
    closes: int
    """The index of its last line, or the number of lines if it does not end."""
    prefix: str
    """The signs before each of its lines: a list's indentation, a quotation's marks."""
    fence: str
    """The backticks or tildes."""
    info: str
    """The text behind them."""

    @property
    def language(self) -> str:
        """The language in which Quarto would run it, in small letters; empty for any other block."""
        cell = _CELL.fullmatch(self.info)
        return cell["language"].lower() if cell else ""

    @property
    def header(self) -> str:
        """The options of knitr behind the language."""
        cell = _CELL.fullmatch(self.info)
        return cell["header"].strip(" ,") if cell else ""

    @property
    def shown_as(self) -> str:
        """The first line that a block in two pairs of braces shows: `{python}` of `{{python}}`."""
        shown = _SHOWN.fullmatch(self.info)
        return shown["cell"] if shown else ""

    def body(self, lines: Sequence[str]) -> list[str]:
        """Return its lines, without the prefix."""
        return [self._bare(line) for line in lines[self.opens + 1 : self.closes]]

    def _bare(self, line: str) -> str:
        if line.startswith(self.prefix):
            return line[len(self.prefix) :]
        start = 0
        for sign in self.prefix:
            if line[start : start + 1] == sign:
                start += 1
        return line[start:]


def fences(lines: Sequence[str]) -> Iterator[Fence]:
    """Yield the fenced blocks of a piece of Markdown, in order, without blocks within blocks."""
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.lstrip().startswith("<!--"):
            at = _after_comment(lines, at)
            continue
        opening = _OPENS.fullmatch(line) if "``" in line or "~~" in line else None
        if opening is None:
            at += 1
            continue
        closes = _end(lines, at + 1, opening["fence"])
        yield Fence(at, closes, opening["prefix"], opening["fence"], opening["info"])
        at = closes + 1


def _end(lines: Sequence[str], start: int, fence: str) -> int:
    """Return the index of the line that closes a block, or the number of lines."""
    for at in range(start, len(lines)):
        bare = lines[at].strip(" \t\r>")
        if len(bare) >= len(fence) and not bare.strip(fence[0]):
            return at
    return len(lines)


def _after_comment(lines: Sequence[str], start: int) -> int:
    """Return the index of the line behind a comment that begins at ``start``; of the next line if
    it never ends.
    """
    for at in range(start, len(lines)):
        if "-->" in lines[at]:
            return at + 1
    return start + 1
