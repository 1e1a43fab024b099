"""What a setting's text must look like is said in words, and what is missing with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import broadsheet.project.settings as settings
from broadsheet.project.settings.setting_patterns import FORMS_IN_WORDS
from broadsheet.project.settings.settings import EditionSettings, FrontMatter
from broadsheet.project.settings.validation import check


@pytest.mark.parametrize(
    ("model", "data", "message"),
    [
        (
            EditionSettings,
            {"slug": "zwölf", "parameters": {}},
            "`slug`: should be small letters from a to z, digits, `-` and `_`, with a letter or "
            "digit first, not 'zwölf'\n  → Give `slug` a value of that kind.",
        ),
        (
            FrontMatter,
            {"edition-index": {"title": "All"}},
            "`edition-index.table`: this key is missing\n  → Write it below `edition-index`.",
        ),
    ],
)
def test_a_value_that_does_not_fit(model, data, message):
    with pytest.raises(Exception, match=re.escape(message)):
        check(model, data)


def test_each_pattern_has_words():
    files = Path(str(settings.__file__)).parent.glob("*.py")
    assert not [
        file.name for file in files if re.search(r"pattern=r?[\"']", file.read_text("utf-8"))
    ]
    assert all(re.compile(pattern) and words for pattern, words in FORMS_IN_WORDS.items())
