"""YAML with the line of each key, so that a message can point at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from broadsheet.errors import ConfigError, Place

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class YamlText:
    """A YAML mapping as plain Python values, and the place of each of its keys."""

    data: dict[str, object]
    where: Place
    lines: Mapping[Path, int] = field(default_factory=dict, repr=False)

    def place(self, path: Path) -> Place:
        """The place of the value at ``path``, or of the nearest parent that has a line."""
        while path and path not in self.lines:
            path = path[:-1]
        line = self.lines.get(path, self.where.line)
        return Place(self.where.file, line=line, cell=self.where.cell)


class _Yaml(YAML):
    """Without a search of the disk for plug-ins, which takes longer than most of what we read."""

    def official_plug_ins(self) -> list[str]:
        return []


@lru_cache(maxsize=4096)
def read_yaml(text: str, where: Place, first_line: int = 1) -> YamlText:
    """Parse a YAML 1.2 mapping; ``first_line`` is the line of the file or cell on which ``text`` starts.

    Remembered, since a cell's options are asked for by each stage: what is returned is not to be changed. Raises
    :class:`ConfigError` with the line for what is not YAML or not a mapping.
    """
    try:
        loaded = _Yaml(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line = first_line + (mark.line if mark else 0)
        raise ConfigError(Place(where.file, line=line, cell=where.cell), f"this is not YAML: {error.problem}",
                          "Mend the YAML here; a value with a colon or a quotation mark goes in quotes.") from error
    if loaded is None:
        return YamlText({}, where)
    if not isinstance(loaded, CommentedMap):
        raise ConfigError(where, f"expected `key: value` lines, found {type(loaded).__name__}",
                          "Write a YAML mapping.")
    lines: dict[Path, int] = {}
    data = _plain(loaded, (), first_line, lines)
    assert isinstance(data, dict)
    return YamlText(data, where, lines)


def _plain(node: object, path: Path, first_line: int, lines: dict[Path, int]) -> object:
    if isinstance(node, CommentedMap):
        result = {}
        for key, value in node.items():
            lines[(*path, str(key))] = first_line + node.lc.key(key)[0]
            result[str(key)] = _plain(value, (*path, str(key)), first_line, lines)
        return result
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            lines[(*path, index)] = first_line + node.lc.item(index)[0]
        return [_plain(value, (*path, index), first_line, lines) for index, value in enumerate(node)]
    if isinstance(node, bool) or node is None:
        return node
    if isinstance(node, datetime):
        return datetime.fromisoformat(node.isoformat())
    if isinstance(node, date):
        return node
    for plain in (int, float, str):
        if isinstance(node, plain):
            return plain(node)
    return str(node)
