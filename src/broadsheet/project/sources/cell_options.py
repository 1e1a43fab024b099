"""The options of a code cell: its leading lines `#| key: value`, which are YAML.

A line such as `#| export` or `#| default_exp core` is no option: it is for nbdev, or another tool,
and is left out, as Quarto does. So is `#| echo:false`, which is no key of YAML, and of which the
author gets a notice. Options of knitr's older form, `#| fig.cap = "…",`, are read as what they mean
(:mod:`broadsheet.project.sources.knitr_options`). The space behind `#|` may be missing, and
formatters write `# |`: both are the same where a key follows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadsheet.errors import ConfigError, Notice, Place
from broadsheet.project.sources.knitr_options import arguments
from broadsheet.storage.unprintable import refuse_unprintable
from broadsheet.storage.yaml_text import YamlText, read_yaml
from broadsheet.text.quotation_marks import MARKS, MISQUOTED, SMART, straight

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

LONGEST_LABEL = 200
REMOVED = frozenset({"remove-cell", "remove_cell", "hide-cell"})
"""The tags of a cell that is on no page."""

_OPTION = re.compile(r"[ \t]*(?:#\| ?|#[ \t]+\|[ \t]?(?=[\w-]+:(?![:/])))")
_LINE = re.compile(r"(?P<key>[A-Za-z][\w-]*)(?P<sign>[ \t]*[:=][ \t]*|[ \t]+|$)(?P<value>.*)")
_DOUBLE, _SINGLE = MARKS[:7], MARKS[7:]
_MISQUOTED = re.compile(
    r"[ \t]*(?P<key>[A-Za-z][\w-]*)[ \t]*:[ \t]+"
    rf"(?:[{_DOUBLE}][^{_DOUBLE}]*[{_DOUBLE}]|[{_SINGLE}][^{_SINGLE}]*[{_SINGLE}])[ \t]*"
)
_LATE = re.compile(r"#[ \t]*\|[ \t]*([a-z][\w-]*:[ \t].*)")
_TEXT = re.compile(r'"{3}.*?"{3}|\'{3}.*?\'{3}', re.DOTALL)
_DIRECTIVE = re.compile(r"[A-Za-z_][\w-]*(?:[:=]\S+)?(?:[ \t]+[^\s:]+)*[ \t]*")


@dataclass(frozen=True)
class CellOptions:
    """A code cell's leading `#| key: value` lines, and its code."""

    options: Mapping[str, object]
    """The options as plain values."""
    body: str
    """The code without the option lines."""
    text: YamlText
    """The options, each with its place."""
    dropped: tuple[tuple[int, str], ...] = ()
    """The lines that begin with `#|` and are not options, each with its number in the cell."""
    late: tuple[tuple[int, str], ...] = ()
    """The lines of the code, each with its number, that would be options at the top of the cell."""
    misquoted: tuple[str, ...] = ()
    """The options whose whole value stands in one pair of typographic quotation marks."""
    lines: tuple[str, ...] = ()
    """The lines of the options, as they are written."""
    computed: tuple[tuple[int, str], ...] = ()
    """The options of knitr's older form whose value R would have to compute, each with the number of
    its line in the cell.
    """

    def misspelt(self, names: Collection[str]) -> Iterator[Notice]:
        """Yield a notice for each dropped line that was meant as an option: it has a colon, an
        equals sign, or one of the ``names`` of options; for each option that does not stand at the
        top; for each value in typographic quotation marks, which belong to the value then; and for
        each value that R would have to compute.
        """
        for number, written in self.dropped:
            line = _LINE.fullmatch(written.strip())
            if line and (line["sign"].strip() or line["key"] in names):
                mended = straight(line["value"]) or "…"
                yield Notice(
                    self.text.where.at(number),
                    f"`#| {written.strip()}` is no option, and has no effect",
                    f"Write a colon and a space between the name and the value: `#| {line['key']}: {mended}`.",
                    topic="cell-option",
                )
        for number, written in self.late:
            if written.partition(":")[0] in names:
                yield Notice(
                    self.text.where.at(number),
                    f"`#| {written}` does not stand at the top of its cell, and has no effect",
                    "Move it up: options are the first lines of a cell, with no other line between.",
                    topic="cell-option",
                )
        for number, written in self.computed:
            yield Notice(
                self.text.where.at(number),
                f"`#| {written}` has no effect: R would have to compute its value",
                f"Write the value itself: `#| {written.partition('=')[0].strip().replace('.', '-')}: …`.",
                topic="cell-option",
            )
        for key in self.misquoted:
            if isinstance(value := self.options.get(key), str):
                yield Notice(
                    self.text.place((key,)),
                    f"the quotation marks of `{key}` are typographic, and belong to its value: {value}",
                    f"Write straight ones, `#| {key}: {json.dumps(value[1:-1], ensure_ascii=False)}`, or "
                    f"none. {SMART}",
                    topic=MISQUOTED,
                )


def cell_options(source: str, where: Place) -> CellOptions:
    """Split a code cell into its `#|` options and its code. ``where`` is the cell, or its first
    line. Raises :class:`ConfigError` for options that are not YAML.
    """
    lines = source.splitlines()
    written = []
    for line in lines:
        if not (option := _OPTION.match(line)):
            break
        written.append(line[option.end() :])
    text, dropped, computed = _read(written, where)
    label = text.data.get("label")
    if isinstance(label, str) and len(label.encode()) > LONGEST_LABEL:
        raise ConfigError(
            text.place(("label",)),
            f"`label`: with more than {LONGEST_LABEL} bytes it is too long for "
            "the names of its files",
            "Give the output a short label.",
        )
    misquoted = tuple(match["key"] for match in map(_MISQUOTED.fullmatch, written) if match)
    body = "\n".join(lines[len(written) :])
    late = tuple(_late(body, len(written) + 1))
    head = tuple(lines[: len(written)])
    return CellOptions(text.data, body, text, dropped, late, misquoted, head, computed)


def tags_of(cell: NotebookNode, options: Mapping[str, object]) -> set[str]:
    """Return the tags of a cell, those among its options too."""
    written = options.get("tags")
    named = written if isinstance(written, list) else [written] if isinstance(written, str) else []
    return {str(tag) for tag in (*cell.metadata.get("tags", ()), *named)}


def with_options(options: Mapping[str, object], body: str) -> str:
    """Return the text of a cell with these options."""
    return "\n".join([*(f"#| {line}" for line in yaml_lines(options)), body])


def yaml_lines(values: Mapping[str, object]) -> Iterator[str]:
    """Yield a line of YAML for each key, with its value as JSON, which is YAML too."""
    for key, value in values.items():
        yield f"{key}: {json.dumps(value, ensure_ascii=False, default=str)}"


def _late(body: str, first: int) -> Iterator[tuple[int, str]]:
    """The lines of code that are written as options are, but not those in a text of several lines."""
    if "|" in body:
        code = _TEXT.sub(lambda match: "\n" * match[0].count("\n"), body)
        for number, line in enumerate(code.split("\n"), first):
            if written := _LATE.fullmatch(line):
                yield number, written[1]


_Numbered = tuple[tuple[int, str], ...]
"""Lines, or parts of lines, each with the number of its line in the cell."""


def _of_knitr(written: list[str], where: Place) -> tuple[YamlText, _Numbered] | None:
    """Return options that are written as R's arguments, `fig.cap = "…",`, and those whose value R
    would have to compute; None if the lines are not all such.
    """
    if not any("=" in line for line in written):
        return None
    options = list(arguments("\n".join(written)))
    if not all(option.key for option in options) or not any(option.is_of_r for option in options):
        return None
    refuse_unprintable("\n".join(written), where, first_line=where.line or 1)
    read = {option.key: option for option in options if option.value is not None}
    return YamlText(
        {key: option.value for key, option in read.items()},
        where,
        {(key,): (where.line or 1) + option.line - 1 for key, option in read.items()},
    ), tuple((option.line, option.written) for option in options if option.value is None)


def _read(written: list[str], where: Place) -> tuple[YamlText, _Numbered, _Numbered]:
    """Return the options in some lines; the lines, with their numbers, that are not YAML; and the
    options that R would have to compute.
    """
    if (of_knitr := _of_knitr(written, where)) is not None:
        text, computed = of_knitr
        return text, (), computed
    try:
        return read_yaml("\n".join(written), where, where.line or 1), (), ()
    except ConfigError:
        dropped = tuple(
            (number, line) for number, line in enumerate(written, 1) if _DIRECTIVE.fullmatch(line)
        )
        if not dropped:
            raise
        numbers = {number for number, _ in dropped}
        options = ["" if number in numbers else line for number, line in enumerate(written, 1)]
        return read_yaml("\n".join(options), where, where.line or 1), dropped, ()
