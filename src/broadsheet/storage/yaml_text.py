"""YAML 1.2, as Quarto reads it, with the line of each key, so that a message can point at it.

PyYAML parses the text; the meaning of a plain scalar is decided here, since PyYAML's own rules are
those of YAML 1.1, in which `no` is false and `1:30` is ninety. Its parser in C (libyaml) is tried
first. A text that this refuses is parsed once more in Python, for a better message, and without tabs
in blank lines: both parsers refuse them, and YAML 1.2 allows them. Of tags there is `!!str` alone.

The result can be relied on: dates exist, whole numbers have at most 64 bits, a page can show the
text, and there are no more levels and values than :mod:`broadsheet.storage.limits` allows, with each alias
counted as its value. Anything else is a :class:`ConfigError` at its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import yaml

from broadsheet.errors import CHOOSE, CONFLICT, CONFLICTING, ConfigError, Place
from broadsheet.storage.limits import TABLE, cached
from broadsheet.storage.unprintable import refuse_unprintable
from plotly_alive.text.unprintable import unprintable

Path = tuple[str | int, ...]

_SEPARATORS = str.maketrans("\x85\u2028\u2029", "\ufdd0\ufdd1\ufdd2")
"""Characters that end a line in YAML 1.1 and not in YAML 1.2, with code points that are in no text;
these go through the parser in their place.
"""
_RESTORED = {stand_in: sign for sign, stand_in in _SEPARATORS.items()}
_BLANK = re.compile(r"^ *\t[ \t]*$", re.MULTILINE)
"""A line of blanks, a tab among them."""
_TAG = "tag:yaml.org,2002:"
_TEXT = f"{_TAG}str"
"""The one tag that a value may have: what follows is text, whatever it looks like."""
_FORMS = {
    "null": re.compile(r"~|null|Null|NULL|"),
    "bool": re.compile(r"true|True|TRUE|false|False|FALSE"),
    "float": re.compile(
        r"[-+]?(\d[\d_]*\.[\d_]*([eE][-+]?\d+)?|\d[\d_]*[eE][-+]?\d+"
        r"|\.\d[\d_]*([eE][-+]\d+)?|\.(inf|Inf|INF))|\.(nan|NaN|NAN)",
        re.ASCII,
    ),
    "int": re.compile(
        r"[-+]?(0b[01][01_]*|0o[0-7][0-7_]*|0x[\da-fA-F][\da-fA-F_]*|\d[\d_]*)", re.ASCII
    ),
    "timestamp": re.compile(
        r"\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?([Tt]|[ \t]+)\d\d?:\d\d:\d\d(\.\d*)?"
        r"([ \t]*(Z|[-+]\d\d?(:\d\d)?))?",
        re.ASCII,
    ),
}
"""The notations of the values that a plain scalar can be; all others are text."""
_BASES = {"0b": 2, "0o": 8, "0x": 16}
_FIRST_SIGNS = frozenset("~nNtTfF-+.0123456789")
_LARGEST = 2**63
_SHOWN = 60
"""The most characters of a value that a message shows."""
_SYNTAX_MEND = "Mend the YAML here; a value with a colon or a quotation mark goes in quotes."
_UNCLOSED = (
    ("while parsing a flow sequence", "a list that begins with `[`", "`]`"),
    ("while parsing a flow mapping", "a mapping that begins with `{`", "`}`"),
    ("while scanning a quoted scalar", "a quotation mark", "`\"`, or `'`"),
)
"""Constructs that a parser may find open at an error, in its own words and in ours."""
_PLAIN = (
    (
        re.compile("mapping values are not allowed"),
        "a colon stands where none may",
        "Put a value with a colon in quotes, and begin a key below those that it belongs to.",
    ),
    (
        re.compile("but found '<scalar>'"),
        "text stands where a key may begin",
        "See the quotation marks here and in the line above: each that opens has one that closes.",
    ),
    (
        re.compile(r"but found '(\?|-|<block sequence start>|<block mapping start>)'"),
        "this line is indented otherwise than those above",
        "Begin it below those that it belongs to.",
    ),
    (re.compile(r"'\\t'"), "a tab stands here", "Indent with spaces."),
    (re.compile("cannot start any token"), "", "Put the value in quotes."),
)
"""Problems of a parser, in our words, if they are plainer than its own; and what to do."""
_MISQUOTED = re.compile(r"[ \t]*(?:-[ \t]+)?(?:[\w-]+[ \t]*:[ \t]+)?[\[{]?[“”„‟«»″‘’‚‛‹›]")
"""A value that begins with a typographic quotation mark."""
_TYPOGRAPHIC = (
    "this is not YAML: the quotation marks of this value are typographic, and hold none",
    'Write straight ones, `"…"`. An editor may replace them while you type: turn smart quotes off.',
)
_NO_KEY = "a key is empty here"
_KEY_MEND = "Write a word or text before its colon."
_NONSENSE = {
    "int": (
        "is too large a number",
        "In quotation marks it is text; a number has at most 18 digits.",
    ),
    "timestamp": (
        "is not a day or time that exists",
        "Write a day as 2023-05-26; what is no day goes in quotation marks.",
    ),
}
"""The fault of a value of a kind that does not exist, and what to do."""


@dataclass(frozen=True)
class YamlText:
    """A YAML mapping as plain Python values, and the place of each of its keys."""

    data: dict[str, object]
    """The mapping."""
    where: Place
    """The place of the text."""
    lines: Mapping[Path, int] = field(default_factory=dict, repr=False)
    """The line of each key."""
    elsewhere: Mapping[Path, Place] = field(default_factory=dict, repr=False)
    """The places of keys that come of another file."""

    def place(self, path: Path) -> Place:
        """Return the place of the value at ``path``, or of the nearest parent that has a line."""
        while path and path not in self.lines:
            path = path[:-1]
        if path in self.elsewhere:
            return self.elsewhere[path]
        line = self.lines.get(path, self.where.line)
        return Place(self.where.file, line=line, cell=self.where.cell)


@cached(4096)
def read_yaml(text: str, where: Place, first_line: int = 1) -> YamlText:
    """Parse a YAML 1.2 mapping; ``first_line`` is the line of the file or cell on which ``text``
    starts. Cached, since each stage asks for a cell's options: the result must not be changed.
    Raises :class:`ConfigError` with the line for a text that is not YAML, not a mapping, or not
    valid.
    """
    if not text.strip():
        return YamlText({}, where)
    refuse_unprintable(text, where, first_line=first_line)
    fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for written, parser in ((text, fast), (_BLANK.sub("", text), yaml.SafeLoader)):
        reader = _Reader(written, where, first_line, parser)
        try:
            return YamlText(reader.document(), where, reader.lines)
        except yaml.YAMLError as error:
            what, mend, line = _problem(error)
            if _MISQUOTED.match("".join(re.split(r"\r\n?|\n", text)[line : line + 1])):
                what, mend = _TYPOGRAPHIC
            fault = reader.fault(what, mend, line)
        if conflict := CONFLICT.search(text):
            line = text.count("\n", 0, conflict.start())
            fault = reader.fault(CONFLICTING, CHOOSE, line)
    raise fault


def one_or_more(value: Any) -> list[Any]:
    """Return a value as a list: a list as it is, and any other value as a list of it alone."""
    return value if isinstance(value, list) else [value]


def _problem(error: yaml.YAMLError) -> tuple[str, str, int]:
    """Return the problem of a parser in words, what to do, and the line, counted from 0."""
    problem = str(getattr(error, "problem", None) or error)
    mark, begun = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    line = mark.line if mark else 0
    if problem.endswith("but found ':'"):
        return _NO_KEY, _KEY_MEND, line
    for context, opened, closing in _UNCLOSED:
        if begun and str(getattr(error, "context", "")).startswith(context):
            return f"this is not YAML: {opened} is not closed", f"Close it: {closing}.", begun.line
    for stand_in, sign in _RESTORED.items():
        problem = problem.replace(ascii(chr(stand_in)), ascii(chr(sign)))
    for refused, plain, mend in _PLAIN:
        if refused.search(problem):
            return f"this is not YAML: {plain or problem}", mend, line
    return f"this is not YAML: {problem}", _SYNTAX_MEND, line


class _Reader:
    """Makes plain values of libyaml's events, and notes the line of each key and list item. Values
    in an alias have no lines of their own; each key that `<<` merges has the line of that `<<`.
    """

    def __init__(self, text: str, where: Place, first_line: int, parser: type) -> None:
        self.lines: dict[Path, int] = {}
        self._where, self._first_line = where, first_line
        self._events: Iterator[yaml.Event] = yaml.parse(text.translate(_SEPARATORS), Loader=parser)
        self._has_escapes = "\\" in text
        # Each anchor's value with its size; None while the value is being read.
        self._anchors: dict[str, tuple[object, int] | None] = {}
        self._depth, self._size = 0, 0

    def fault(self, what: str, mend: str, line: int) -> ConfigError:
        """Return the error at a ``line`` of the text, counted from 0."""
        place = Place(self._where.file, line=self._first_line + line, cell=self._where.cell)
        return ConfigError(place, what, mend)

    def document(self) -> dict[str, object]:
        """Return the one document of the text: a mapping, empty if there is nothing in it."""
        value: object = None
        has_begun = False
        for event in self._events:
            if not isinstance(event, yaml.DocumentStartEvent):
                continue
            if has_begun:
                raise self.fault(
                    "a second YAML document begins here",
                    "Keep one: take the `---` out.",
                    event.start_mark.line,
                )
            has_begun = True
            value = self._value(next(self._events), ())
        if value is None:
            return {}
        if not isinstance(value, dict):
            kind = "a list" if isinstance(value, list) else "one value"
            raise self.fault(
                f"expected `key: value` lines, found {kind}", "Write a YAML mapping.", 0
            )
        return value

    def _value(self, event: yaml.Event, path: Path) -> object:
        """Return the value at ``path`` that begins with ``event``."""
        line = event.start_mark.line
        if isinstance(event, yaml.AliasEvent):
            return self._repeated(event.anchor, line)
        if event.tag not in (None, "!", _TEXT):
            written = event.tag.replace(_TAG, "!!")
            raise self.fault(
                f"the tag `{_short(written)}` is not supported",
                "Take it out, and write the value as plain YAML.",
                line,
            )
        before = self._size
        self._count(1, line)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, path, line)
        else:
            value = self._collection(event, path, line)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, self._size - before)
        return value

    def _collection(self, event: yaml.Event, path: Path, line: int) -> object:
        is_list = isinstance(event, yaml.SequenceStartEvent)
        self._depth += 1
        if self._depth > TABLE["yaml-depth"].value:
            raise self.fault(
                f"this is nested more than {TABLE['yaml-depth'].value:,.0f} levels deep",
                "Take levels of brackets or indentation out.",
                line,
            )
        value = self._list(path) if is_list else self._mapping(path)
        self._depth -= 1
        return value

    def _list(self, path: Path) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            here = (*path, len(items))
            self.lines[here] = self._first_line + event.start_mark.line
            items.append(self._value(event, here))
        return items

    def _mapping(self, path: Path) -> dict[str, object]:
        mapping: dict[str, object] = {}
        merged: dict[str, tuple[object, int]] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = event.start_mark.line
            if isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]:
                for name, value in self._to_merge(path, line):
                    merged.setdefault(name, (value, line))
                continue
            name = self._key(event, path)
            if name in mapping:
                raise self.fault(
                    f'this is not YAML: found duplicate key "{_short(name)}"',
                    "Keep one of the two.",
                    line,
                )
            here = (*path, name)
            self.lines[here] = self._first_line + line
            mapping[name] = self._value(next(self._events), here)
        for name, (value, line) in merged.items():
            if name not in mapping:
                mapping[name] = value
                self.lines[(*path, name)] = self._first_line + line
        return mapping

    def _to_merge(self, path: Path, line: int) -> Iterator[tuple[str, object]]:
        """Yield the keys and values of the mapping, or the list of mappings, after `<<:`."""
        lines, self.lines = self.lines, {}
        merged = self._value(next(self._events), path)
        self.lines = lines
        for mapping in one_or_more(merged):
            if not isinstance(mapping, dict):
                raise self.fault(
                    "this is not YAML: expected a mapping or list of mappings for merging",
                    "Write an alias of a mapping after `<<:`, or take the line out.",
                    line,
                )
            yield from mapping.items()

    def _key(self, event: yaml.Event, path: Path) -> str:
        """Return a key as text: its value, if it is a scalar."""
        is_scalar = isinstance(event, yaml.ScalarEvent)
        key = self._value(event, (*path, event.value.translate(_RESTORED)) if is_scalar else path)
        if key is None and is_scalar and not event.value:
            raise self.fault(_NO_KEY, _KEY_MEND, event.start_mark.line)
        if isinstance(key, (list, dict)):
            raise self.fault(
                f"a key is {'a list' if isinstance(key, list) else 'a mapping'} here",
                "A key is one word or text before its colon; in quotation marks if it has signs of "
                "YAML's.",
                event.start_mark.line,
            )
        return str(key).lower() if isinstance(key, bool) else str(key)

    def _repeated(self, anchor: str, line: int) -> object:
        if anchor not in self._anchors:
            raise self.fault(
                f"this is not YAML: found undefined alias '{_short(anchor)}'", _SYNTAX_MEND, line
            )
        anchored = self._anchors[anchor]
        if anchored is None:
            raise self.fault(
                f"`*{_short(anchor)}` stands within what it refers to",
                "An anchor cannot hold itself: write the value out.",
                line,
            )
        value, size = anchored
        self._count(size, line)
        return value

    def _count(self, size: int, line: int) -> None:
        self._size += size
        if self._size > TABLE["yaml-values"].value:
            raise self.fault(
                f"this has more than {TABLE['yaml-values'].value:,.0f} values"
                + (", each alias counted as often as it stands" if self._anchors else ""),
                f"Keep large data in a table.{TABLE['yaml-values'].mend}",
                line,
            )

    def _scalar(self, event: yaml.ScalarEvent, path: Path, line: int) -> object:
        text: str = event.value.translate(_RESTORED)
        if event.implicit[0]:
            text = text.strip()  # of separators
        key = f"`{_short('.'.join(map(str, path)))}`: " if path else ""
        if self._has_escapes and (character := unprintable(text)):
            raise self.fault(
                f"{key}in this text is {character}, which no page can show",
                "Take its escape out.",
                line,
            )
        if event.tag == _TEXT or not (event.implicit[0] or event.tag):
            return text
        kind = _kind_of(text)
        try:
            return _meaning(kind, text)
        except (ValueError, OverflowError):
            what, mend = _NONSENSE[kind]
            digits = sum(map(str.isalnum, text))
            size = f", of {digits:,} digits" if kind == "int" and digits > _SHOWN else ""
            raise self.fault(f"{key}{_short(text)} {what}{size}", mend, line) from None


def _kind_of(text: str) -> str:
    """Return the kind of a plain scalar, else `str`."""
    if text and text[0] not in _FIRST_SIGNS:
        return "str"
    return next((kind for kind, form in _FORMS.items() if form.fullmatch(text)), "str")


@lru_cache(maxsize=4096)
def _meaning(kind: str, text: str) -> Any:
    """Return the value of a plain scalar of a kind. Raises ValueError or OverflowError for one that
    does not exist.
    """
    match kind:
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "float":
            return float(re.sub(r"_|\.(?=inf|nan)", "", text.lower()))
        case "int":
            digits = text.replace("_", "")
            number = int(digits, _BASES.get(digits.lstrip("+-")[:2], 10))
            if not -_LARGEST <= number < _LARGEST:
                raise OverflowError
            return number
        case "timestamp":
            node = yaml.ScalarNode(f"{_TAG}timestamp", text)
            moment = yaml.constructor.SafeConstructor().construct_yaml_timestamp(node)
            if isinstance(moment, datetime) and moment.tzinfo:
                moment.astimezone(UTC)  # fails before the first year and after the last
            return moment
    return text


def _short(text: str) -> str:
    text = text if text.isprintable() else repr(text)[1:-1]
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
