"""Front matter: the YAML between two lines of dashes with which a page or a cell begins."""

from __future__ import annotations

import re
from dataclasses import replace

from broadsheet.errors import ConfigError, Place
from broadsheet.storage.yaml_text import YamlText, read_yaml

OPENS = r"---[ \t]*\n(?:#[^\n]*\n)*[\w-]+[ \t]*:"
"""A line of dashes with a key below it: front matter, and not a rule between two paragraphs."""
_FRONT_MATTER = re.compile(
    rf"\A(?:\s*?^(?={OPENS}))?---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_HEADING = re.compile(r"\s*#[ \t]+(?P<title>[^\n{]*?[^\s#{])[ \t#]*(?:\n|\Z)")
_UNCLOSED = re.compile(rf"\A\s*?^(?P<dashes>){OPENS}", re.MULTILINE)


def split(text: str, where: Place) -> tuple[YamlText, str]:
    """Return the front matter with which a text begins, and the rest. ``where`` is the text's file
    or cell, or its first line. Raises :class:`ConfigError` for front matter that does not end, or
    is not YAML.
    """
    match = _FRONT_MATTER.match(text)
    if not match:
        if opens := _UNCLOSED.match(text):
            raise ConfigError(
                where.at(text.count("\n", 0, opens.start("dashes")) + 1),
                "the front matter begins here and does not end",
                "End it with a line of three dashes: `---`.",
            )
        return YamlText({}, where), text
    first_line = where.at(text.count("\n", 0, match.start("yaml")) + 1).line or 1
    return read_yaml(match["yaml"], where, first_line=first_line), text[match.end() :]


def titled(front: YamlText, text: str) -> tuple[YamlText, str]:
    """Make a heading with which the text begins the title, if the front matter has none. Blank
    lines take its place, so that the lines of the text keep their numbers.
    """
    heading = None if front.data.get("title") else _HEADING.match(text)
    if heading is None:
        return front, text
    text = "\n" * heading[0].count("\n") + text[heading.end() :]
    return replace(front, data={**front.data, "title": heading["title"]}), text
