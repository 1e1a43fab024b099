"""Checks a person's values against the models of settings: values that do not fit, and unknown
keys.

`quarto_keys.toml` has the keys that no model has because only Quarto acts on them: both renderers
read the same files, so these are not reported.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from broadsheet.errors import BroadsheetError, ConfigError, Notice, Place
from broadsheet.project.settings.dates import KEYS, in_words, other_reading
from broadsheet.project.settings.setting_models import Settings, kebab
from broadsheet.project.settings.setting_patterns import FORMS_IN_WORDS
from broadsheet.project.settings.setting_types import NO_DAY
from broadsheet.storage.yaml_text import Path as YamlPath
from broadsheet.storage.yaml_text import YamlText, one_or_more
from plotly_alive.errors import shown
from plotly_alive.text.did_you_mean import question

_MADE_ANYWAY = "made-anyway"
"""The name of the table of keys by which Quarto makes what Broadsheet always makes."""
_UNSEEN = "unseen"
"""The name of the table of keys that change nothing which readers see."""
_OF_PROJECT = "of-the-project"
"""The name of the table of keys that are read in `_quarto.yml` alone."""
_ARMS = ("str", "int", "bool", "list[str]")
"""pydantic's names for the members of a union, which are not keys."""
_PLAINLY = {
    "missing": "this key is missing",
    "model_type": "input should be a mapping of keys to values",
    "dict_type": "input should be a mapping of keys to values",
    "list_type": "input should be a list",
    "string_type": "input should be text",
    "bool_type": "input should be true or false",
    "bool_parsing": "input should be true or false",
    "int_type": "input should be a whole number",
    "int_parsing": "input should be a whole number",
    "int_from_float": "input should be a whole number",
    "float_type": "input should be a number",
    "float_parsing": "input should be a number",
    "finite_number": "input should be a number",
}
"""Plain words for those of pydantic's errors that are worded for programmers."""
_LONGEST_SHOWN = 121
_GONE = object()
Model = TypeVar("Model", bound=Settings)


def check(
    model: type[Model], data: object, text: YamlText | None = None, at: YamlPath = ()
) -> Model:
    """Return ``data`` as a ``model``. Raises :class:`ConfigError` at the line in ``text`` of a
    value that does not fit.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _fault(error, data, text, at)[1] from error


def fitting(
    model: type[Model], data: Mapping[str, object], text: YamlText | None = None, at: YamlPath = ()
) -> tuple[dict[str, object], list[tuple[str, ConfigError]]]:
    """Return ``data`` without the values that do not fit a ``model``, and the fault of each of
    these with the first key of its path.
    """
    kept, faults = dict(data), list[tuple[str, ConfigError]]()
    while True:
        try:
            model.model_validate(kept)
            return kept, faults
        except ValidationError as error:
            path, fault = _fault(error, kept, text, at)
            faults.append((str(path[0]) if path else "", fault))
            kept = _without(kept, path)


def _fault(
    error: ValidationError, data: object, text: YamlText | None, at: YamlPath
) -> tuple[YamlPath, ConfigError]:
    """Return the path in ``data`` of the first value that does not fit, and the fault."""
    first = error.errors()[0]
    kind, message, value = first["type"], first["msg"], first["input"]
    location = _in_data(first["loc"], data)
    path = (*at, *location)
    is_whole = kind == "value_error" and isinstance(value, (dict, list))
    key = ".".join(str(part) for part in path if part not in _ARMS)
    instead = "" if kind == "missing" or is_whole else f", not {shown(value, _LONGEST_SHOWN)}"
    above = ".".join(str(part) for part in path[:-1] if part not in _ARMS)
    mend = f"Give `{key}` a value of that kind."
    if kind == "missing":
        mend = f"Write it below `{above}`." if above else "Write it."
    if kind.startswith("date") or NO_DAY in message:
        mend = "Write it as 2023-05-26."
    elif is_whole:
        mend = "Mend it, or take it out."
    elif kind == "string_type" and isinstance(value, (int, float, date)) and type(path[-1]) is str:
        mend = f'Put it in quotation marks: `{path[-1]}: "{value}"`.'
    where = text.place(path) if text else Place("(merged metadata)")
    if words := FORMS_IN_WORDS.get(str(first.get("ctx", {}).get("pattern"))):
        message = f"should be {words}"
    return location, ConfigError(where, f"`{key}`: {_plainly(kind, message)}{instead}", mend)


def _without(data: Mapping[str, object], path: YamlPath) -> dict[str, object]:
    """Return ``data`` without the value at ``path``; if it is missing, without the mapping that
    lacks it.
    """

    def left(value: object, path: YamlPath) -> object:
        """Return the value without that part of it; ``_GONE`` if nothing is left of it."""
        if not path:
            return _GONE
        key, rest = path[0], path[1:]
        if isinstance(value, Mapping) and key in value:
            below = left(value[key], rest)
            return {name: item for name, item in value.items() if name != key} | (
                {} if below is _GONE else {key: below}
            )
        if isinstance(value, list) and isinstance(key, int) and key < len(value):
            below = left(value[key], rest)
            return [*value[:key], *([] if below is _GONE else [below]), *value[key + 1 :]]
        return _GONE

    rest = left(data, path)
    return rest if isinstance(rest, dict) else {}


def left_out(fault: BroadsheetError) -> Notice:
    """Return the notice of a value that does not fit, and without which the publication is made."""
    return Notice(fault.where, f"{fault.what}; it is left out", fault.mend, topic="value")


def unknown_keys(model: Settings, text: YamlText, at: YamlPath = ()) -> Iterator[Notice]:
    """Yield a notice for each key of ``text`` that neither a model nor Quarto has, and for each
    date in it that may be read in two ways.
    """
    for key in unknown_to(model):
        path = (*at, key)
        if path in text.lines:
            yield unknown_key(text.place(path), ".".join(map(str, path)), type(model))
    for name in type(model).model_fields:
        yield from _unknown_below(getattr(model, name), text, (*at, kebab(name)))


def left_to_quarto(model: Settings, within: str = "") -> Iterator[tuple[str, str]]:
    """Yield the keys given to a model, and to the models in it, on which only Quarto acts and which
    change what readers see of its pages: each with its purpose, and with the name of the model that
    it is ``within``, such as `navbar: background`. What is switched off changes nothing, and so does
    a wish for what Broadsheet makes anyway.
    """
    reasons = _quarto_keys().get(type(model).__name__, {})
    unseen, made_anyway = (_quarto_keys().get(name, {}) for name in (_UNSEEN, _MADE_ANYWAY))
    for key, value in (model.model_extra or {}).items():
        if key in reasons and key not in unseen and (value is False) == (key in made_anyway):
            yield f"{within}: {key}" if within else key, reasons[key]
    for name in type(model).model_fields:
        for item in one_or_more(getattr(model, name)):
            if isinstance(item, Settings):
                yield from left_to_quarto(item, kebab(name))


def read_of_project() -> Collection[str]:
    """Return the keys of pages that Broadsheet reads where `_quarto.yml` has them, and only there."""
    return _quarto_keys().get(_OF_PROJECT, {})


def unknown_key(where: Place, key: str, model: type[Settings]) -> Notice:
    """Return the notice of a key that is unknown to a model."""
    return Notice(
        where,
        f"Broadsheet does not know the key `{key}`",
        question(key.rpartition(".")[2], map(kebab, model.model_fields))
        + "Quarto may act on it, this renderer does not; look for a misspelling.",
        topic="unknown-key",
    )


def known_to(model: type[Settings]) -> Mapping[str, str]:
    """Return the keys that a model has, and those on which only Quarto acts: these with their
    purposes.
    """
    keys = {kebab(name): "" for name in model.model_fields}
    return {**keys, **_quarto_keys().get(model.__name__, {})}


def unknown_to(model: Settings) -> list[str]:
    """Return the keys that were given to a model, and that neither it nor Quarto knows."""
    keys = _quarto_keys().get(type(model).__name__, ())
    return [key for key in model.model_extra or {} if key not in keys]


@cache
def _quarto_keys() -> Mapping[str, Mapping[str, str]]:
    """Return the keys that only Quarto acts on, by the name of the model that may be given them."""
    with Path(__file__).with_name("quarto_keys.toml").open("rb") as file:
        return tomllib.load(file)


def _unknown_below(value: object, text: YamlText, at: YamlPath) -> Iterator[Notice]:
    if isinstance(value, Settings):
        yield from unknown_keys(value, text, at)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _unknown_below(item, text, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            here = (*at, index)
            yield from _unknown_below(item, text, here if here in text.lines else at)
    elif isinstance(value, date) or (isinstance(value, str) and at[-1] in KEYS):
        yield from _of_two_days(text, at)


def _of_two_days(text: YamlText, at: YamlPath) -> Iterator[Notice]:
    """Yield a notice of a date in numbers that may have the day or the month first."""
    written: Any = text.data
    with suppress(LookupError, TypeError):
        for part in at:
            written = written[part]
    other = other_reading(written) if isinstance(written, str) else None
    if other is not None:
        day = other.replace(month=other.day, day=other.month)
        yield Notice(
            text.place(at),
            f"`{at[-1]}`: {written} is read as {in_words(day)}, with the month first, and may be "
            f"{in_words(other)}",
            f"Write {day.isoformat()}, or {other.isoformat()}.",
            topic="ambiguous-date",
        )


def _in_data(location: YamlPath, data: object) -> YamlPath:
    """Return a location of pydantic's without the parts that are not in the data: members of a
    union, a list made of one value, a mapping of some keys.
    """
    path: list[str | int] = []
    for part, following in pairwise((*location, "")):
        if isinstance(data, dict):
            if part not in data and (isinstance(part, int) or following in data):
                continue
            path.append(part)
            if part not in data:
                break
            data = data[part]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            path.append(part)
            data = data[part]
    return tuple(path)


def _plainly(kind: str, message: str) -> str:
    """Return the error, without the terms of Python and of pydantic."""
    message = message.removeprefix("Value error, ")
    message = re.sub(r"a valid dictionary(?: or instance of \w+)?", "a mapping", message)
    return _PLAINLY.get(kind) or message[0].lower() + message[1:]
