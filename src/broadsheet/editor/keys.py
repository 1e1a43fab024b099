"""The keys of `_quarto.yml` and of front matter, with a description of each; and the keys that may stand
at a place of a text.

The description of a key is the string under its field in the models of settings.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Literal, get_args, get_origin

from broadsheet.project.settings.setting_models import Settings, kebab
from broadsheet.project.settings.settings import (
    EditionRule,
    EditionSettings,
    FrontMatter,
    ProjectSettings,
)
from broadsheet.project.settings.validation import known_to

_ROLE = re.compile(r";? ?(?:see|by|in)? :\w+:`[^`]*`")
_LINE = re.compile(r"(?P<indent>[ ]*(?:- +)*)(?:(?P<key>[\w-]+)[ ]*:(?P<rest>.*))?")


@dataclass(frozen=True)
class Key:
    """A key of a mapping."""

    name: str
    """The name, as authors write it: `site-url`."""
    doc: str
    """The description, in Markdown."""
    values: tuple[str, ...] = ()
    """The values that the key may have, if these are few."""


def keys_at(path: Sequence[str], *, of_project: bool) -> dict[str, Key]:
    """Return the keys that may be below the keys of a ``path``: of `_quarto.yml`, or of front
    matter.
    """
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
    """Return the keys of a model, and the keys beside them on which only Quarto acts."""
    docs: dict[str, str] = {}
    for ancestor in reversed(model.__mro__):
        if issubclass(ancestor, Settings):
            docs |= field_docs(ancestor)
    keys = {name: Key(name, doc) for name, doc in known_to(model).items()}
    for field, info in model.model_fields.items():
        key = Key(kebab(field), docs.get(field, ""), tuple(_values(info.annotation)))
        keys[key.name] = key
    return keys


def path_at(lines: Sequence[str], number: int) -> list[str]:
    """Return the keys above the line ``number``, from 0, of a YAML text in whose values the line
    is.
    """
    here = _LINE.match(lines[number])
    indent = len(here["indent"]) if here else 0
    path: list[str] = []
    for line in reversed(lines[:number]):
        match = _LINE.match(line)
        if match and match["key"] and len(match["indent"]) < indent:
            path.insert(0, match["key"])
            indent = len(match["indent"])
    return path


def field_docs(owner: type) -> dict[str, str]:
    """Return the string under each field of a class, by the field's name, without its references."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0]
    assert isinstance(tree, ast.ClassDef)
    docs: dict[str, str] = {}
    for statement, below in pairwise(tree.body):
        match statement, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(ast.Constant(str() as doc)):
                docs[name] = _ROLE.sub("", inspect.cleandoc(doc))
    return docs


def _annotation(model: type[Settings], key: str) -> Any:
    return next(
        (info.annotation for name, info in model.model_fields.items() if kebab(name) == key), None
    )


def models_in(annotation: Any) -> list[type[Settings]]:
    """Return the models in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def _values(annotation: Any) -> list[str]:
    """Return the values that an annotation names."""
    if annotation is bool:
        return ["true", "false"]
    if get_origin(annotation) is Literal:
        values = get_args(annotation)
        return [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    return [value for part in get_args(annotation) for value in _values(part)]
