"""An editor with folders of several publications: each text is held against its own."""

from __future__ import annotations

from typing import Any

import pytest
from test_lsp import FRONT, Editor, edit, publication  # noqa: F401

from conftest import CONFIG, Site

EDITIONS = (
    "---\ntitle: Trade\ndate: 2023-05-26\neditions: [{slug: a}, {slug: b}, {slug: c}]\n---\n\n"
)


@pytest.mark.whole  # the server is a program of its own
def test_each_folder_has_its_own_limits_whichever_was_opened_last(
    publication: Site,  # noqa: F811
    edit: Any,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    other = Site(tmp_path_factory.mktemp("other"))
    other.front(CONFIG)
    publication.front(CONFIG + "broadsheet:\n  limits: {editions: 2}\n")
    here, there = "posts/a/index.qmd", str(other.root / "posts/a/index.qmd")

    async def work(editor: Editor) -> None:
        assert [one.partition(":")[0] for one in await editor.open(here, EDITIONS)] == ["limit"]
        assert await editor.open(there, EDITIONS) == []
        more = await editor.change(here, EDITIONS + "More text.\n")
        assert [one.partition(":")[0] for one in more] == ["limit"]
        assert await editor.change(there, EDITIONS + "More text.\n") == []

    edit(work)


@pytest.mark.whole  # the server is a program of its own
def test_words_of_the_publication_hold_as_soon_as_they_are_saved(
    publication: Site,  # noqa: F811
    edit: Any,  # noqa: F811
) -> None:
    path, text = "posts/a/index.qmd", f"{FRONT}It was the tallest.\n"

    async def work(editor: Editor) -> None:
        assert await editor.open(path, text) == ["unbound-comparison: tallest"]
        publication.write("theme/words/en.toml", "replaces = true\n[check]\nrules = ''\n")
        assert await editor.change(path, f"{text} \n") == []

    edit(work)
