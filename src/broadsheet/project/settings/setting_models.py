"""The base of all models of settings, which are mappings of `_quarto.yml` or front matter.

Their keys are Quarto's, in kebab case. A key that no model has is kept, since a template or a
listing may use it.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from broadsheet.storage.yaml_text import one_or_more


def kebab(name: str) -> str:
    """Return the spelling of an attribute's name as a key: `site_url` is `site-url`."""
    return name.rstrip("_").replace("_", "-")


class Settings(BaseModel):
    """A mapping with known keys."""

    model_config = ConfigDict(
        alias_generator=kebab, populate_by_name=True, extra="allow", frozen=True
    )

    @model_validator(mode="before")
    @classmethod
    def _without_empty_keys(cls, data: Any) -> Any:
        """Drop the keys without a value."""
        if not isinstance(data, dict):
            return data
        return cls._as_fields({key: value for key, value in data.items() if value is not None})

    @classmethod
    def _as_fields(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Return the mapping with the keys that the fields have. Models that take another form too
        override it.
        """
        return data


def switched(value: object) -> object:
    """Return a mapping with the default values in place of `true` or `false`."""
    return {} if isinstance(value, bool) else value


def unless_off(value: object) -> object:
    """Return None in place of `false`."""
    return None if value is False else value


def alone(key: str, kind: type = str) -> BeforeValidator:
    """Let a mapping be written as one value of a ``kind`` alone: that of its ``key``."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, kind) else value)


def named_by(key: str) -> BeforeValidator:
    """Let each mapping of a list be written as a text: the value of ``key``."""
    return BeforeValidator(lambda value: each_named(value, key))


def each_named(value: object, key: str) -> list[object]:
    """Return a mapping, or several, as a list; a text is the value of ``key``."""
    return [{key: item} if isinstance(item, str) else item for item in one_or_more(value)]
