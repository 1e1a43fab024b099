"""Shortcodes in front matter and in `website:`: `author: "{{< meta who >}}"`.

`meta`, `var` and `env` give a value to a key before it is read, as a text, or with its own type if
the shortcode is all that the key has: a day, a number. Title, subtitle, description and excerpt are
Markdown and get the answers of all shortcodes later, with the page
(:mod:`broadsheet.markdown.shortcodes`). A shortcode without a value stays as written; so do those
beyond the limits of a page.

A variable of the environment may be in a file `_environment` or `_environment.local`, too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from broadsheet.errors import BroadsheetError, Place
from broadsheet.processes.secret_values import is_secret
from broadsheet.storage import limits
from broadsheet.storage.files import check_path, is_file, read_text, refusal
from broadsheet.storage.yaml_text import read_yaml

VARIABLES = "_variables.yml"
"""The file of the values for `{{< var >}}`."""
ENVIRONMENT = ("_environment", "_environment.local")
"""The files of variables; the later one wins, and the environment itself before both."""
MARKDOWN = frozenset({"title", "subtitle", "description", "excerpt"})
"""The keys whose shortcodes are answered with the page."""

_SHORTCODE = re.compile(
    r"\{\{<\s*+(?P<name>meta|var|env)\s++(?P<quote>[\"']?)(?P<key>[^\s\"'>]++)(?P=quote)"
    r"(?:\s(?P<fallback>[^<>]*+))?>\}\}"
)
_LINE = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(.*))\s*")
_DOT = re.compile(r"(?<!\\)\.")
MOST_STEPS = 8
"""The most values that may lead from one to another."""


def value_of_path(data: Mapping[str, object], path: str) -> object:
    """Return the value at a path such as `deep.list.1.key`; items count from 1, and `a\\.b` is one
    key. A list of one item is that item. Raises :class:`LookupError` if there is none.
    """
    value: object = data
    for part in (part.replace("\\", "") for part in _DOT.split(path)):
        if isinstance(value, list) and part.isascii() and part.isdecimal() and len(part) < 9:
            value = value[int(part) - 1] if int(part) else value[len(value)]
        elif isinstance(value, Mapping) and part in value:
            value = value[part]
        else:
            raise LookupError(part)
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value


def publication_variables(root: Path, where: Place) -> Mapping[str, object]:
    """Return the values of `_variables.yml`. Raises :class:`FileError` if it may not be read, at
    ``where``, or cannot, and :class:`ConfigError` for YAML that is broken.
    """
    check_path(root, root / VARIABLES, where)
    text = read_text(root / VARIABLES, VARIABLES, limit=limits.TABLE["config-size"])
    return read_yaml(text, Place(VARIABLES)).data


def publication_environment(root: Path) -> Mapping[str, str]:
    """Return the variables of the environment that the files of a publication set."""
    values: dict[str, str] = {}
    for file in ENVIRONMENT:
        if is_file(root / file) and not refusal(root, root / file):
            text = read_text(root / file, file, limit=limits.TABLE["config-size"])
            lines = map(_LINE.fullmatch, map(str.strip, text.splitlines()))
            values |= {line[1]: next(filter(None, line.groups()[1:]), "") for line in lines if line}
    return values


def unanswered(value: object) -> list[str]:
    """Return the shortcodes that are left in a value."""
    if isinstance(value, Mapping):
        return [name for part in value.values() for name in unanswered(part)]
    if isinstance(value, list):
        return [name for part in value for name in unanswered(part)]
    return [match.group() for match in _SHORTCODE.finditer(value)] if isinstance(value, str) else []


def filled(
    data: Mapping[str, object], among: Mapping[str, object], root: Path
) -> dict[str, object]:
    """Return metadata with values in place of its shortcodes; `meta` looks ``among`` all of the
    page's metadata, `var` in the publication's `_variables.yml`.
    """
    if "{{<" not in str(data):
        return dict(data)

    @cache
    def of_publication() -> Mapping[str, object]:
        return publication_variables(root, Place(VARIABLES))

    @cache
    def of_files() -> Mapping[str, str]:
        return publication_environment(root)

    def of_environment(name: str, fallback: str) -> object:
        value = "" if is_secret(name) else os.environ.get(name) or of_files().get(name) or fallback
        if not value:
            raise LookupError(name)
        return value

    most, longest = limits.TABLE["shortcodes"].value, limits.TABLE["included-size"].value
    answers = letters = 0

    sources: Mapping[str, Callable[[str, str], object]] = {
        "meta": lambda path, _: value_of_path(among, path),
        "var": lambda path, _: value_of_path(of_publication(), path),
        "env": of_environment,
    }

    def answer(match: re.Match[str], depth: int) -> object:
        nonlocal answers, letters
        fallback = (match["fallback"] or "").strip().strip("\"'")
        answers += 1
        if answers > most or letters > longest:
            return match.group()
        try:
            value = sources[match["name"]](match["key"], fallback)
        except (LookupError, BroadsheetError):
            return match.group()
        value = of(value, depth + 1)
        letters += len(value) if isinstance(value, str) else 0
        return match.group() if isinstance(value, (Mapping, list)) else value

    def of(value: object, depth: int = 0) -> object:
        if isinstance(value, Mapping):
            return {key: of(part, depth) for key, part in value.items()}
        if isinstance(value, list):
            return [of(part, depth) for part in value]
        if not isinstance(value, str) or "{{<" not in value or depth > MOST_STEPS:
            return value
        if (whole := _SHORTCODE.fullmatch(value.strip())) is not None:
            return answer(whole, depth)
        return _SHORTCODE.sub(lambda match: str(answer(match, depth)), value)

    return {key: value if key in MARKDOWN else of(value) for key, value in data.items()}
