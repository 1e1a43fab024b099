"""Frozen values with other fields: as `dataclasses.replace` makes them."""

from __future__ import annotations

import dataclasses
from functools import cached_property

import pytest

from broadsheet.notebook.claims.claim import Claim
from broadsheet.notebook.claims.compared_values import Comparison
from broadsheet.notebook.claims.traced import Traced
from broadsheet.notebook.values.replaced import replace
from broadsheet.notebook.values.source_value import Leaf

COPIED = (Traced, Leaf, Claim, Comparison)


@pytest.mark.parametrize("of_class", COPIED)
def test_a_value_is_its_fields_alone(of_class: type) -> None:
    assert not hasattr(of_class, "__post_init__") and not hasattr(of_class, "__slots__")
    assert not [name for name, one in vars(of_class).items() if isinstance(one, cached_property)]


def test_a_copy_is_that_of_the_standard_library() -> None:
    value = Traced(1.5, label="Total")
    assert replace(value, label="Sum") == dataclasses.replace(value, label="Sum")
    assert replace(value) == value and replace(value) is not value
    assert value.label == "Total"
