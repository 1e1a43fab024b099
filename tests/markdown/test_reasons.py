"""The reason of words that their author answers for, as it is written in their attributes."""

from __future__ import annotations

import re

import pytest

from broadsheet.errors import Place
from broadsheet.markdown.reasons import ANSWERED, without_reason_in
from broadsheet.verify.source_passages import source_passages

ANSWERS = re.compile(rf"\{{{ANSWERED}")


@pytest.mark.parametrize(
    ("attributes", "written"),
    [
        ('.unchecked reason="he said so"', None),
        (".unchecked reason='he said so'", None),
        (".unchecked reason=said", None),
        ('reason="he said so" .unchecked', None),
        ('.unchecked title="no reason=" reason="he said so"', None),
        ('title="a.unchecked one"', None),
        (".unchecked", ".unchecked"),
        ('.unchecked width=5"', ".unchecked"),
        ('.unchecked reason=""', 'reason=""'),
        (".unchecked reason='  '", "reason='  '"),
        ('.unchecked data-reason="he said so"', ".unchecked"),
        ('.unchecked title="the reason=said"', ".unchecked"),
        (".unchecked title='the reason=said' reason=\"\"", 'reason=""'),
        ('title=".unchecked reason=said" .unchecked', ".unchecked"),
    ],
)
def test_a_reason_is_an_attribute_that_is_not_empty(attributes: str, written: str | None) -> None:
    mark = f"[40 people]{{{attributes}}}"
    assert [text for _, text in without_reason_in(mark)] == ([] if written is None else [written])
    is_marked = ".unchecked" in re.sub(r"\"[^\"]*\"", "", attributes)
    assert bool(ANSWERS.search(mark)) == (is_marked and written is None)
    (passage,) = source_passages(f"It had {mark}.", Place("page.qmd", line=1))
    kinds = {each.kind for each in passage.marks}
    assert ("unchecked" in kinds) == (is_marked and written is None)
