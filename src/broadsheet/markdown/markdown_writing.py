"""A page's Markdown while it is written: its lines, its slots, and where each line is from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

from broadsheet.errors import Notice, Place
from broadsheet.figures.drawing.chart_renderer import Pictures
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.markdown.document import OUTPUT, Stretch
from broadsheet.project.sources.includes import Includes, Line

_FENCE = re.compile(r"`{3,}")


@dataclass
class MarkdownText:
    """The document under construction. It has state."""

    includes: Includes
    """The reader of included files."""
    figures: Sequence[PageFigure] = ()
    """The figures of the page."""
    moved: frozenset[str] = frozenset()
    """The labels of the cells that are shown where a shortcode asks for them."""
    pictures: Pictures | None = None
    """The drawings of its diagrams; None if there are none to be had."""
    theme: str = ""
    """The theme of its diagrams of Mermaid."""
    lines: list[str] = field(default_factory=list)
    """The lines so far."""
    slots: list[str | PageFigure] = field(default_factory=list)
    """The slots so far: finished HTML and figures."""
    stretches: list[Stretch] = field(default_factory=list)
    """The places of the lines so far."""
    notices: list[Notice] = field(default_factory=list)
    """The notices so far."""
    embed: Callable[[str], bool] = lambda call: False
    """Adds the cells of another notebook that a line asks for; false if it has none."""
    not_run: list[tuple[str, Place]] = field(default_factory=list)
    """The language and the place of each block of code that is shown and not run."""

    def add(self, *texts: str) -> None:
        """Add texts of one line or several, each on lines of its own."""
        self.lines += [line for text in texts for line in text.split("\n")]

    def add_lines(self, lines: Iterable[Line]) -> None:
        """Add an author's lines."""
        previous: Place | None = None
        for here, line in lines:
            if previous is None or here != previous.at(2):
                self.stretches.append(Stretch(len(self.lines) + 1, here))
            self.lines.append(line)
            previous = here

    def add_slot(self, content: str | PageFigure) -> None:
        """Add a figure or finished HTML, which the Markdown reader does not see."""
        self.slots.append(content)
        self.add("```{=slot}", str(len(self.slots) - 1), "```", "")

    def add_output(self, markdown: str) -> None:
        """Add Markdown that a cell put out: the filter `outputs.lua` parses it on its own, and raw
        HTML in it that runs becomes text.
        """
        self.add_fenced(f"={OUTPUT}", markdown)

    def add_fenced(self, attributes: str, body: str) -> None:
        """Add a block of code, or of another format."""
        self.add(*fenced(attributes, body), "")

    @contextmanager
    def div(self, attributes: str) -> Iterator[None]:
        """Put a div around all that is added meanwhile; none without ``attributes``."""
        self.add(*(f"::: {{{attributes}}}", "") if attributes else ())
        yield
        self.add(*(":::", "") if attributes else ())

    @contextmanager
    def without_embeds(self) -> Iterator[None]:
        """Add no cells of other notebooks meanwhile: in one, a line may ask for the same again."""
        embed, self.embed = self.embed, lambda call: False
        yield
        self.embed = embed

    def at(self, place: Place) -> None:
        """Note that the following lines come from ``place`` as a whole, and not line by line."""
        self.stretches.append(Stretch(len(self.lines) + 1, place, is_one=True))


def fenced(attributes: str, body: str) -> list[str]:
    """Return the lines of a block of code, or of another format, which nothing in it ends."""
    fence = "`" * max([3, *(len(run) + 1 for run in _FENCE.findall(body))])
    return [f"{fence}{{{attributes}}}", *body.split("\n"), fence]


def attributes(
    identifier: str, classes: Sequence[str] = (), keyed: Mapping[str, object] = MappingProxyType({})
) -> str:
    """Return the attributes in the braces of a div or a block of code, as Pandoc reads them."""
    parts = [f"#{identifier}"] if identifier else []
    parts += [f".{name}" for name in classes]
    for key, value in keyed.items():
        text = str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())
        parts.append('{}="{}"'.format(key, text.replace("\\", "\\\\").replace('"', '\\"')))
    return " ".join(parts)
