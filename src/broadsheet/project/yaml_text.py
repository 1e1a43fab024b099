"""YAML with the line of each key, so that a message can point at it.

What YAML 1.2 means by a text, ruamel.yaml says. It is slow, and cell options are many; so libyaml
finds the nodes of the usual text, and ruamel.yaml is asked for its plain scalars alone. It reads
the whole of what has tags, merge keys, keys that are no text or there twice, or signs that the two
take differently; and of what libyaml refuses, since it says better why.

What comes out is sound, so that nothing later chokes on it: dates that exist, whole numbers of at
most 64 bits, text that a page can show, and no more levels and values than :mod:`broadsheet.limits`
allows, aliases counted as often as they stand. What is not is a :class:`ConfigError` at its line.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import Resolver

from broadsheet.characters import refuse_unprintable, unprintable
from broadsheet.errors import ConfigError, Place
from broadsheet.limits import YAML_DEPTH, YAML_NODES

Path = tuple[str | int, ...]

_UNUSUAL = re.compile(r"[\t\x85\u2028\u2029\ufeff]|(?<!\S)!(?!\S)|[|>][-+\d]*#")
_MARKED = re.compile(r"[&*!]")
_OPENING = re.compile(r"[\[{?:-]")
_YAML_ORG = "tag:yaml.org,2002:"
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "`true` or `false`",
    "null": "empty",
    "timestamp": "a day or a time",
}
"""What the tags of scalars mean, in words."""
_TAGS = frozenset(_YAML_ORG + name for name in ("str", "map", "seq", *_KINDS))
_SHOWN = 60
"""Characters of a value that a message shows."""
_LARGEST = 2**63

warnings.filterwarnings(
    "ignore", category=ReusedAnchorWarning
)  # the later one counts, as YAML says


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
    """Parse a YAML 1.2 mapping; ``first_line`` is the line of the file or cell on which ``text``
    starts.

    Remembered, since a cell's options are asked for by each stage: what is returned is not to be
    changed. Raises :class:`ConfigError` with the line for what is not YAML, not a mapping, or not
    sound.
    """
    if not text.strip():
        return YamlText({}, where)
    refuse_unprintable(text, where, first_line=first_line)
    lines: dict[Path, int] = {}
    try:
        if (
            _MARKED.search(text)
            or len(text) > YAML_NODES.value
            or sum(1 for _ in _OPENING.finditer(text)) > YAML_DEPTH.value
        ):
            _inspect(text)
        data = _built(_root(text), (), first_line, lines)
        assert isinstance(data, dict)
    except (yaml.YAMLError, _UnusualError):
        lines.clear()
        data = _read_unusual(text, where, first_line, lines)
    except _UnsoundError as error:
        raise error.at(where, first_line) from None
    if "\\" in text:
        _refuse_escapes(data, (), YamlText(data, where, lines))
    return YamlText(data, where, lines)


def _read_unusual(
    text: str, where: Place, first_line: int, lines: dict[Path, int]
) -> dict[str, object]:
    """What ruamel.yaml makes of a text."""
    try:
        try:
            _inspect(text, scalars=True)
        except (
            yaml.YAMLError
        ) as error:  # else ruamel.yaml may read it, or says better what is wrong
            if "nesting depth" in str(getattr(error, "problem", "")):
                raise _too_deep(error.problem_mark.line) from None
        loaded = _Yaml(typ="rt").load(text)
        if loaded is None:
            return {}
        if not isinstance(loaded, CommentedMap):
            raise _UnsoundError(
                f"expected `key: value` lines, found {_kind(loaded)}", "Write a YAML mapping."
            )
        data = _plain(loaded, (), first_line, lines)
        assert isinstance(data, dict)
        return data
    except _UnsoundError as error:
        raise error.at(where, first_line) from None
    except DuplicateKeyError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise _twice(_named_twice(error), line).at(where, first_line) from error
    except MarkedYAMLError as error:
        line = first_line + (error.problem_mark.line if error.problem_mark else 0)
        raise ConfigError(
            Place(where.file, line=line, cell=where.cell),
            f"this is not YAML: {error.problem}",
            "Mend the YAML here; a value with a colon or a quotation mark goes in quotes.",
        ) from error
    except RecursionError:
        raise _too_deep(0).at(where, first_line) from None
    except Exception as error:  # a tag, directive or value that ruamel.yaml does not refuse itself
        said = str(error).splitlines()[0][:200] if str(error).strip() else type(error).__name__
        raise ConfigError(
            Place(where.file, line=first_line, cell=where.cell),
            f"this is not YAML: {said}",
            "Take out what is unusual here: tags, directives, anchors.",
        ) from error


def _twice(key: str, line: int | None) -> _UnsoundError:
    return _UnsoundError(
        f'this is not YAML: found duplicate key "{_short(key)}"', "Keep one of the two.", line
    )


def _named_twice(error: DuplicateKeyError) -> str:
    found = re.match(r'found duplicate key "(.*?)" with value', str(error.problem or ""), re.DOTALL)
    return found[1] if found else ""


class _UnusualError(Exception):
    """A text that is for ruamel.yaml to read."""


class _UnsoundError(Exception):
    """What is wrong with a value, the mend, and the ``line`` of the text, from 0."""

    def __init__(self, what: str, mend: str, line: int | None = None) -> None:
        self.what, self.mend, self.line = what, mend, line
        super().__init__(what)

    def at(self, where: Place, first_line: int) -> ConfigError:
        """The error, in the text that starts on ``first_line`` of ``where``."""
        return ConfigError(
            Place(where.file, line=first_line + (self.line or 0), cell=where.cell),
            self.what,
            self.mend,
        )


def _too_deep(line: int) -> _UnsoundError:
    return _UnsoundError(
        f"this is nested more than {YAML_DEPTH.value:,.0f} levels deep",
        "Take levels of brackets or indentation out.",
        line,
    )


def _inspect(text: str, *, scalars: bool = False) -> None:
    """Go through what libyaml hears of a text, which takes no more memory than the text: refuse
    levels and values without bounds, anchors that refer to themselves, tags that are not YAML's
    own, a second document; and with ``scalars`` plain ones that mean what there is not. Raises
    :class:`_UnsoundError` and what libyaml raises.
    """
    open_at: list[str | None] = []
    began: list[int] = []
    sizes: dict[str, int] = {}
    total, documents = 0, 0
    for event in yaml.parse(text, Loader=getattr(yaml, "CLoader", yaml.SafeLoader)):
        line = event.start_mark.line
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _UnsoundError(
                    "a second YAML document begins here", "Keep one: take the `---` out.", line
                )
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor in open_at:
                raise _UnsoundError(
                    f"`*{event.anchor}` stands within what it refers to",
                    "An anchor cannot hold itself: write the value out.",
                    line,
                )
            total += sizes.get(event.anchor, 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            _refuse_tag(event.tag, line)
            open_at.append(event.anchor)
            began.append(total)
            total += 1
            if len(open_at) > YAML_DEPTH.value:
                raise _too_deep(line)
        elif isinstance(event, yaml.CollectionEndEvent):
            if (anchor := open_at.pop()) is not None:
                sizes[anchor] = total - began[-1]
            began.pop()
        elif isinstance(event, yaml.ScalarEvent):
            _inspect_scalar(event, line, is_plain=scalars and event.implicit[0] and not event.tag)
            total += 1
            if event.anchor is not None:
                sizes[event.anchor] = 1
        if total > YAML_NODES.value:
            raise _UnsoundError(
                f"this has more than {YAML_NODES.value:,.0f} values"
                + (", each alias counted as often as it stands" if sizes else ""),
                f"Keep large data in a table.{YAML_NODES.mend}",
                line,
            )


def _inspect_scalar(event: yaml.ScalarEvent, line: int, *, is_plain: bool) -> None:
    try:
        if is_plain:
            _scalar(event.value)
        elif event.tag and event.tag != "!":
            _refuse_tag(event.tag, line)
            kind = event.tag.rpartition(":")[2]
            meant = (
                Resolver().resolve(ScalarNode, event.value, (True, False)).suffix.rpartition(":")[2]
            )
            if kind not in ("str", meant) and (kind, meant) != ("float", "int"):
                raise _UnsoundError(
                    f"`!!{kind} {_short(event.value)}`: this value is not {_KINDS.get(kind, kind)}",
                    "Take the tag out, or write a value that fits it.",
                )
            if kind != "str":
                _scalar(event.value)
    except _UnusualError:
        pass
    except _UnsoundError as error:
        error.line = line
        raise


def _refuse_tag(tag: str | None, line: int) -> None:
    if tag and tag not in _TAGS and tag != "!":
        name = f"!!{tag.removeprefix(_YAML_ORG)}" if tag.startswith(_YAML_ORG) else tag
        raise _UnsoundError(
            f"the tag `{_short(name)}` is not supported",
            "Take it out, and write the value as plain YAML.",
            line,
        )


def _refuse_escapes(value: object, path: Path, text: YamlText) -> None:
    """Text that is written with escapes may have what :func:`refuse_unprintable` has not seen."""
    parts = [(path, value)] if isinstance(value, str) else []
    if isinstance(value, dict):
        parts = [((*path, key), key) for key in value]
        for key, one in value.items():
            _refuse_escapes(one, (*path, key), text)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            _refuse_escapes(one, (*path, index), text)
    for at, part in parts:
        if found := unprintable(part):
            key = ".".join(str(one) for one in at).encode("utf-8", "backslashreplace").decode()
            raise ConfigError(
                text.place(at),
                f"`{_short(key)}`: in this text is {found}, which no page can show",
                "Take its escape out.",
            )


def _short(text: str) -> str:
    text = text if text.isprintable() else repr(text)[1:-1]
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _kind(value: object) -> str:
    return "a list" if isinstance(value, list) else "one value"


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
        if not node.tag:
            return node.value
        try:
            return _scalar(node.value)
        except _UnsoundError as error:
            key = ".".join(map(str, path))
            raise _UnsoundError(
                f"`{key}`: {error.what}" if key else error.what, error.mend, node.start_mark.line
            ) from None
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[(*path, index)] = first_line + item.start_mark.line
        return [
            _built(item, (*path, index), first_line, lines) for index, item in enumerate(node.value)
        ]
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
    """What is meant by a scalar that is written plainly. Raises :class:`_UnsoundError` for what
    there is not.
    """
    tag = Resolver().resolve(ScalarNode, text, (True, False))
    if tag is Resolver.DEFAULT_SCALAR_TAG:
        return text
    if tag.suffix.endswith((":merge", ":value")):
        raise _UnusualError
    try:
        value = _plain(_Yaml(typ="rt").load(text), (), 0, {})
        if isinstance(value, datetime) and value.tzinfo:
            value.astimezone(UTC)  # fails where that is before the first year, or after the last
    except (ValueError, OverflowError) as error:
        if tag.suffix.endswith(":timestamp"):
            raise _UnsoundError(
                f"{_short(text)} is not a day or time that exists",
                "Write a day as 2023-05-26; what is no day goes in quotation marks.",
            ) from error
        value = _LARGEST
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        digits = sum(map(str.isalnum, text))
        raise _UnsoundError(
            f"{_short(text)} is too large a number"
            + (f", of {digits:,} digits" if digits > _SHOWN else ""),
            "In quotation marks it is text; a number has at most 18 digits.",
        )
    return value


def _plain(node: object, path: Path, first_line: int, lines: dict[Path, int]) -> object:
    if isinstance(node, CommentedMap):
        result: dict[str, object] = {}
        for key, value in node.items():
            is_own = key in (node.lc.data or ())  # else it comes from another mapping, by `<<`
            line = node.lc.key(key)[0] if is_own else None
            name = _key(key, line)
            if name in result:
                raise _twice(name, line)
            if line is not None:
                lines[(*path, name)] = first_line + line
            result[name] = _plain(value, (*path, name), first_line, lines)
        return result
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            lines[(*path, index)] = first_line + node.lc.item(index)[0]
        return [
            _plain(value, (*path, index), first_line, lines) for index, value in enumerate(node)
        ]
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


def _key(key: object, line: int | None) -> str:
    """A key as text: as it is written, if it is one value."""
    if isinstance(key, bool):
        return str(key).lower()
    if key is None or isinstance(key, (str, int, float, date)):
        return str(key)
    kind = "a list" if isinstance(key, (list, tuple)) else "a mapping"
    raise _UnsoundError(
        f"a key is {kind} here",
        "A key is one word or text before its colon; in quotation marks if it has signs of YAML's.",
        line,
    )
