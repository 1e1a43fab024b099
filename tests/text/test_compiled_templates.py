"""Templates are stored compiled, and compiled anew when what decides their code has changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import pass_context

from broadsheet.text import templating


@pytest.fixture
def rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Render a template in a folder of its own, by an environment of its own."""
    monkeypatch.setattr(templating, "FOLDER", tmp_path)
    (tmp_path / "a.jinja").write_text("{{ word | shout }}\n")

    def render(shout: Callable[..., str], *, keep_trailing_newline: bool = False) -> str:
        filters = {"shout": shout}
        environment = templating.environment_of(
            {}, filters, keep_trailing_newline=keep_trailing_newline
        )
        return environment.get_template("a.jinja").render(word="word")

    return render


def stored(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.cache"))


def test_a_filter_that_asks_for_its_context_gets_it_where_the_one_before_did_not(
    rendered: Callable[..., str], tmp_path: Path
) -> None:
    assert rendered(lambda text: text.upper()) == "WORD"
    before = stored(tmp_path)
    assert rendered(lambda text: text.title()) == "Word"
    assert stored(tmp_path) == before != []
    assert rendered(pass_context(lambda context, text: f"{text}!")) == "word!"
    assert rendered(lambda text: text.upper()) == "WORD"
    assert len(stored(tmp_path)) == 2 * len(before)


def test_a_line_at_the_end_is_kept_where_it_is_asked_for(rendered: Callable[..., str]) -> None:
    assert rendered(str.upper) == "WORD"
    assert rendered(str.upper, keep_trailing_newline=True) == "WORD\n"


def test_another_jinja_compiles_anew(
    rendered: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered(str.upper)
    before = stored(tmp_path)
    monkeypatch.setattr(templating.jinja2, "__version__", "99")
    rendered(str.upper)
    assert len(stored(tmp_path)) == 2 * len(before)
