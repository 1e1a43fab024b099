"""The options of a code cell: its leading lines `#| key: value`, which are YAML.

A line such as `#| export` or `#| default_exp core` is no option: it is for nbdev, or another tool,
and is left out, as Quarto does; so is `#|echo:false`, which is no key of YAML. Formatters write
`# |`, which is the same where a key follows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from broadsheet.errors import ConfigError, Place
from broadsheet.yaml_text import YamlText, read_yaml

LONGEST_LABEL = 200

_OPTION = re.compile(r"[ \t]*(?:#\| ?|#[ \t]+\|[ \t]?(?=[\w-]+:(?:[ \t]|$)))")
_DIRECTIVE = re.compile(r"[A-Za-z_][\w-]*(?::\S+)?(?:[ \t]+[^\s:]+)*[ \t]*")


@dataclass(frozen=True)
class CellOptions:
    """A code cell's leading `#| key: value` lines; ``body`` is the code without them."""

    options: Mapping[str, object]
    body: str
    text: YamlText


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
    text = _read(written, where)
    label = text.data.get("label")
    if isinstance(label, str) and len(label.encode()) > LONGEST_LABEL:
        raise ConfigError(
            text.place(("label",)),
            f"`label`: with more than {LONGEST_LABEL} bytes it is too long for "
            "the names of its files",
            "Give the output a short label.",
        )
    return CellOptions(text.data, "\n".join(lines[len(written) :]), text)


def with_options(options: Mapping[str, object], body: str) -> str:
    """The text of a cell with these options."""
    return "\n".join([*(f"#| {line}" for line in yaml_lines(options)), body])


def yaml_lines(values: Mapping[str, object]) -> Iterator[str]:
    """A line of YAML for each key, with its value as JSON, which is YAML too."""
    for key, value in values.items():
        yield f"{key}: {json.dumps(value, ensure_ascii=False, default=str)}"


def _read(written: list[str], where: Place) -> YamlText:
    try:
        return read_yaml("\n".join(written), where, where.line or 1)
    except ConfigError:
        options = ["" if _DIRECTIVE.fullmatch(line) else line for line in written]
        if options == written:
            raise
        return read_yaml("\n".join(options), where, where.line or 1)
