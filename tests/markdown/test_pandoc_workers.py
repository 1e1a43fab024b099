"""The workers: many at once, replaced when they fail, and never waited for without end."""

from __future__ import annotations

import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from broadsheet.errors import Place, RenderError
from broadsheet.markdown import pandoc as workers
from broadsheet.markdown.document import STRICT, Document, Stretch
from broadsheet.markdown.pandoc import Pandoc
from conftest import examples

ENDLESS = "[" * 40 + "x"
"""Pandoc tries each pair of the brackets: twice the time for each one more."""


def page(number: int) -> Document:
    markdown = f"# Page {number}\n\n```{{=slot}}\n0\n```\n\n::: {{#fig-{number}}}\nx\n\nCap\n:::\n\n@fig-{number}"
    return Document(
        f"{number}.md", markdown, slots=[f"<p>slot {number}</p>"], inlines={"title": f"*{number}*"}
    )


def test_a_hundred_pages_from_four_threads() -> None:
    with Pandoc(workers=2) as pandoc, ThreadPoolExecutor(4) as threads:
        for number, rendered in enumerate(
            threads.map(lambda number: pandoc.render(page(number)), range(100))
        ):
            assert f"<h1>Page {number}</h1>" in rendered.html
            assert f"<p>slot {number}</p>" in rendered.html
            assert f'<a href="#fig-{number}" class="quarto-xref">Figure\u00a01</a>' in rendered.html
            assert rendered.inlines["title"].text == str(number)


def test_a_page_without_end_is_reported_and_the_worker_replaced() -> None:
    with Pandoc(workers=1, time_limit=1) as pandoc:
        with pytest.raises(RenderError) as caught:
            pandoc.render(
                Document(
                    "posts/a/index.qmd",
                    f"Fine.\n\nStill fine.\n\n{ENDLESS}\n\nAfter.\n",
                    stretches=[Stretch(1, Place("posts/a/index.qmd", line=4))],
                )
            )
        assert str(caught.value).startswith(
            "posts/a/index.qmd, line 8: Pandoc did not finish this page in 1 seconds "
            "of processor time\n  → Look for many brackets that open and do not close"
        )
        assert "<p>slot 1</p>" in pandoc.render(page(1)).html


@pytest.mark.slow
def test_the_cell_without_end_is_named() -> None:
    stretches = [
        Stretch(1, Place("a.ipynb", cell=2, line=1)),
        Stretch(4, Place("a.ipynb", cell=3, line=1)),
    ]
    with Pandoc(workers=1, time_limit=1) as pandoc, pytest.raises(RenderError) as caught:
        pandoc.render(Document("a.ipynb", f"One.\n\n\nTwo.\n\n{ENDLESS}\n", stretches=stretches))
    assert caught.value.where == Place("a.ipynb", cell=3, line=3)


def test_a_worker_that_is_killed_is_replaced() -> None:
    with Pandoc(workers=1) as pandoc:
        pandoc.render(page(1))
        worker = pandoc._idle.get()
        assert worker is not None
        os.kill(worker._process.pid, signal.SIGKILL)
        worker._process.wait()
        pandoc._idle.put(worker)
        with pytest.raises(RenderError, match="Pandoc ended while it rendered this page"):
            pandoc.render(page(2))
        assert "Page 3" in pandoc.render(page(3)).html


def test_workers_leave_no_files_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Pandoc(workers=2) as pandoc:
        assert pandoc.render(page(1)).html
        assert list(tmp_path.glob("*/*")), (
            "Pandoc's own file, or this test looks in the wrong place"
        )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("pandoc: Heap exhausted;", f"Pandoc needed more than {workers.HEAP} of memory"),
        ("Segmentation fault", "Pandoc ended while it rendered this page"),
    ],
)
def test_last_words_are_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: str, what: str
) -> None:
    program = tmp_path / "pandoc"
    program.write_text(
        f"#!/bin/sh\necho '{{\"ready\":true}}'\nread line\necho '{words}' >&2\nexit 1\n"
    )
    program.chmod(0o755)
    with Pandoc(workers=1) as pandoc:
        with monkeypatch.context() as patch:
            patch.setattr(workers, "program", lambda: str(program))
            with pytest.raises(RenderError, match=what):
                pandoc.render(page(1))
        assert "Page 3" in pandoc.render(page(3)).html


def test_workers_are_replaced_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PAGES_A_WORKER", 2)
    with Pandoc(workers=1) as pandoc:
        processes = []
        for number in range(4):
            pandoc.render(page(number))
            worker = pandoc._idle.get()
            processes.append(worker and worker._process.pid)
            pandoc._idle.put(worker)
    assert processes[1] is processes[3] is None
    assert processes[0] != processes[2]


def test_a_filter_that_breaks_is_the_pages_fault() -> None:
    with Pandoc(workers=1) as pandoc:
        with pytest.raises(RenderError) as caught:
            pandoc.render(Document("a.md", "x [@a]", options={"bibliography": 3}))
        assert str(caught.value).startswith("a.md: a filter of Broadsheet broke on this page")
        assert "citations.lua" in caught.value.detail
        assert "Page 3" in pandoc.render(page(3)).html


def test_a_bibliography_is_read_again_when_it_changes(tmp_path: Path) -> None:
    bibliography = tmp_path / "r.bib"
    document = Document("a.md", "[@a]", options={"bibliography": [str(bibliography)]})
    with Pandoc(workers=1) as pandoc:
        for title in ("First", "Second"):
            bibliography.write_text(
                f"@book{{a, author={{Doe, J.}}, title={{{title}}}, year={{2000}}}}"
            )
            assert f"<em>{title}</em>" in pandoc.render(document).html


def test_pages_that_failed_leave_nothing_to_the_next() -> None:
    strict = {STRICT: True}
    with Pandoc(workers=1) as pandoc:
        with pytest.raises(RenderError):
            pandoc.render(
                Document("a.md", "@fig-x and [@y]\n\n::: {#fig-z}\nx\n\nCap\n:::", options=strict)
            )
        with pytest.raises(RenderError, match="`@fig-z` has no target"):
            pandoc.render(Document("b.md", "@fig-z", options=strict))


LETTERS = st.sampled_from(list("abzÉñжΩ漢019 ,;()%/–—’“”€£-.!?:"))


@pytest.fixture(scope="module")
def pandoc():
    with Pandoc(workers=1) as made:
        yield made


@given(st.text(LETTERS, max_size=12))
@example("Trade: a record, 12 (and 3) percent up, by 1990-01.5!")
@example("1986. A year")
@settings(max_examples=examples(50), deadline=None)
def test_a_text_that_is_taken_for_plain_is_what_pandoc_makes_of_it(pandoc, text):
    assume(workers.PLAIN.fullmatch(text))
    with mock.patch.object(workers, "PLAIN", re.compile("(?!)")):
        asked = pandoc.render(Document("a.qmd", "", inlines={"title": text})).inlines["title"]
    assert (asked.html, asked.text) == (text, text)
