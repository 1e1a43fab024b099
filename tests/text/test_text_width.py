"""Texts are as wide as the fonts that ship say, and lines keep within their room."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plotly_alive import labels
from plotly_alive.text import text_width

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "scripts/letter_widths.py"))


@pytest.mark.parametrize("face", SCRIPT["FACES"])
def test_the_widths_are_those_of_the_fonts_that_ship(face: str) -> None:
    written = json.loads(SCRIPT["OUTPUT"].read_text(encoding="utf-8"))[face]
    assert written == SCRIPT["measured"](*SCRIPT["FACES"][face])


def test_a_narrow_letter_is_narrow_and_a_sign_of_east_asia_has_an_em() -> None:
    assert text_width.text_width("il", "sans") < text_width.text_width("mw", "sans") / 2
    assert text_width.text_width("中文", "serif bold") == 2
    assert text_width.text_width("e\u0301", "sans") == text_width.text_width("e", "sans")


@given(st.text(max_size=80), st.floats(1, 30), st.sampled_from(list(SCRIPT["FACES"])))
def test_lines_keep_within_their_room_and_lose_nothing(text: str, room: float, face: str) -> None:
    whole = text_width.lines(text, room, face)
    assert " ".join(whole).split() == text.split()
    broken = text_width.lines(text, room, face, breaks_words=True)
    assert "".join("".join(broken).split()) == "".join(text.split())
    for line in broken:
        assert len(line) == 1 or text_width.text_width(line, face) <= room


def test_a_label_is_as_wide_as_its_longest_line() -> None:
    assert labels.width(["Gas<br>European Union"]) == labels.width(["European Union"])
    assert labels.width(["<b>Gas</b>"]) > labels.width(["Gas"])
    assert labels.folded("European Union", labels.width(["European"]) + 1) == "European<br>Union"
