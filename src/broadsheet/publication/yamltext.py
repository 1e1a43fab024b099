"""YAML with the line of each key, so that a message can point at it.

What YAML 1.2 means by a text, ruamel.yaml says. It is slow, and cell options are many; so libyaml finds the nodes of
the usual text, and ruamel.yaml is asked for its plain scalars alone. It reads the whole of what has tags, merge keys,
keys that are no text or there twice, or signs that the two take differently; and of what libyaml refuses, since it says
better why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import Resolver

from broadsheet.errors import ConfigError, Place

Path = tuple[str | int, ...]

_UNUSUAL = re.compile(r"[\t\x85\u2028\u2029\ufeff]|(?<!\S)!(?!\S)|[|>][-+\d]*#")


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
    if not text.strip():
        return YamlText({}, where)
    lines: dict[Path, int] = {}
    try:
        data = _built(_root(text), (), first_line, lines)
        assert isinstance(data, dict)
        return YamlText(data, where, lines)
    except (yaml.YAMLError, _UnusualError):
        lines.clear()
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
    data = _plain(loaded, (), first_line, lines)
    assert isinstance(data, dict)
    return YamlText(data, where, lines)


class _UnusualError(Exception):
    """A text that is for ruamel.yaml to read."""


class _Nodes(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """The nodes of a text. The tag of a scalar that is written plainly is True."""

    def resolve(self, kind: type, value: object, implicit: tuple[bool, bool]) -> bool:
        return kind is yaml.ScalarNode and implicit[0]


def _root(text: str) -> yaml.MappingNode:
    root = None if _UNUSUAL.search(text) else _Nodes(text).get_single_node()
    if not isinstance(root, yaml.MappingNode):
        raise _UnusualError
    return root


def _built(node: yaml.Node, path: Path, first_line: int, lines: dict[Path, int]) -> object:
    """What a node is as plain Python values; and the line of each key in it."""
    if not isinstance(node.tag, bool):
        raise _UnusualError
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node.value) if node.tag else node.value
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[(*path, index)] = first_line + item.start_mark.line
        return [_built(item, (*path, index), first_line, lines) for index, item in enumerate(node.value)]
    result: dict[str, object] = {}
    for key, value in node.value:
        name = _built(key, path, first_line, lines)
        if not isinstance(name, str) or name in result:
            raise _UnusualError
        lines[(*path, name)] = first_line + key.start_mark.line
        result[name] = _built(value, (*path, name), first_line, lines)
    return result


@lru_cache(maxsize=4096)
def _scalar(text: str) -> object:
    """What is meant by a scalar that is written plainly."""
    tag = Resolver().resolve(ScalarNode, text, (True, False))
    if tag is Resolver.DEFAULT_SCALAR_TAG:
        return text
    if tag.suffix.endswith((":merge", ":value")):
        raise _UnusualError
    return _plain(_Yaml(typ="rt").load(text), (), 0, {})


def _plain(node: object, path: Path, first_line: int, lines: dict[Path, int]) -> object:
    if isinstance(node, CommentedMap):
        result = {}
        for key, value in node.items():
            if key in (node.lc.data or ()):  # else it comes from another mapping, by `<<`
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
