"""A mapping of `_quarto.yml` or front matter as a typed model: what all of these have in common.

Their names are Quarto's, in kebab case. A key that no model has is kept, since a template or a
listing may use it.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator


def kebab(name: str) -> str:
    """The spelling of an attribute's name as a key: `site_url` is `site-url`."""
    return name.rstrip("_").replace("_", "-")


class Settings(BaseModel):
    """A mapping with known keys."""

    model_config = ConfigDict(
        alias_generator=kebab, populate_by_name=True, extra="allow", frozen=True
    )

    @model_validator(mode="before")
    @classmethod
    def _without_empty_keys(cls, data: Any) -> Any:
        """A key without a value is as if it were not there."""
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value is not None}


def switched(value: object) -> object:
    """`true` or `false` alone is a mapping with the default values."""
    return {} if isinstance(value, bool) else value


def named_by(key: str) -> BeforeValidator:
    """A list of mappings, each perhaps written as a text: the value of ``key``."""

    def whole(value: object) -> object:
        return [{key: one} if isinstance(one, str) else one for one in one_or_more(value)]

    return BeforeValidator(whole)


def one_or_more(value: object) -> list[object]:
    """A value alone as a list of it."""
    return value if isinstance(value, list) else [value]
