"""The keys of `_quarto.yml` and of front matter, with what they are for; and which of them may stand
at a place of a text.

What a key is for says the comment above its field in the models of settings, else `key_docs.toml`, else
the model that it holds.
"""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from broadsheet.project.settings.setting_models import Settings, kebab
from broadsheet.project.settings.settings import (
    EditionRule,
    EditionSettings,
    FrontMatter,
    ProjectSettings,
)
from broadsheet.project.settings.validation import known_to

_FIELD = re.compile(r"    (\w+): ")
_COMMENT = re.compile(r"    # (.*)")
_ROLE = re.compile(r";? ?(?:see|by|in)? :\w+:`[^`]*`")
_LINE = re.compile(r"(?P<indent>[ ]*(?:- +)*)(?:(?P<key>[\w-]+)[ ]*:(?P<rest>.*))?")


@dataclass(frozen=True)
class Key:
    """A key: what it is for, and the values that it may have if these are few."""

    name: str
    doc: str
    values: tuple[str, ...] = ()


def keys_at(path: Sequence[str], *, of_project: bool) -> dict[str, Key]:
    """The keys that may stand below the keys of a ``path``: of `_quarto.yml`, or of front matter."""
    models: list[type[Settings]] = [ProjectSettings, FrontMatter] if of_project else [FrontMatter]
    rest = list(path)
    if rest[:2] == ["format", "html"]:
        models, rest = [FrontMatter], rest[2:]
    if rest[:1] == ["editions"] and len(rest) == 1:
        return {**keys_of(FrontMatter), **keys_of(EditionRule), **keys_of(EditionSettings)}
    is_named = False  # below a mapping of names to mappings, such as `publish:`
    for name in rest:
        if is_named:
            is_named = False
            continue
        is_named = any(get_origin(_annotation(model, name)) is dict for model in models)
        models = [below for model in models for below in models_in(_annotation(model, name))]
    if is_named:
        return {}
    return {name: key for model in reversed(models) for name, key in keys_of(model).items()}


@cache
def keys_of(model: type[Settings]) -> dict[str, Key]:
    """The keys of a model, and those of Quarto alone that may stand beside them."""
    docs: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if issubclass(one, Settings):
            docs |= _docs().get(one.__name__, {}) | _comments(one)
    found = {name: Key(name, doc) for name, doc in known_to(model).items()}
    for field, info in model.model_fields.items():
        below = next(iter(models_in(info.annotation)), None)
        doc = docs.get(kebab(field)) or _ROLE.sub(
            "", (inspect.getdoc(below) if below else "") or ""
        )
        found[kebab(field)] = Key(kebab(field), doc, tuple(_values(info.annotation)))
    return found


def path_at(lines: Sequence[str], number: int) -> list[str]:
    """The keys above the line ``number``, from 0, of a YAML text: those in whose values it stands."""
    here = _LINE.match(lines[number])
    indent = len(here["indent"]) if here else 0
    path: list[str] = []
    for line in reversed(lines[:number]):
        match = _LINE.match(line)
        if match and match["key"] and len(match["indent"]) < indent:
            path.insert(0, match["key"])
            indent = len(match["indent"])
    return path


def _annotation(model: type[Settings], key: str) -> Any:
    return next(
        (info.annotation for name, info in model.model_fields.items() if kebab(name) == key), None
    )


def models_in(annotation: Any) -> list[type[Settings]]:
    """The models in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        return [annotation]
    return [found for part in get_args(annotation) for found in models_in(part)]


def _values(annotation: Any) -> list[str]:
    """The values that an annotation names."""
    if annotation is bool:
        return ["true", "false"]
    if get_origin(annotation) is Literal:
        given = get_args(annotation)
        return [str(one).lower() if isinstance(one, bool) else str(one) for one in given]
    return [value for part in get_args(annotation) for value in _values(part)]


@cache
def _docs() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("key_docs.toml").read_text("utf-8"))


def _comments(model: type[Settings]) -> dict[str, str]:
    """The comment above each field of a model, by its key, without what it refers to."""
    found: dict[str, str] = {}
    comment: list[str] = []
    for line in inspect.getsource(model).splitlines():
        if match := _COMMENT.fullmatch(line):
            comment.append(match[1])
            continue
        if comment and (match := _FIELD.match(line)):
            found[kebab(match[1])] = _ROLE.sub("", " ".join(comment))
        comment = []
    return found
