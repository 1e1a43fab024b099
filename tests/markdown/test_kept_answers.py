"""What Pandoc has made of a page is kept: for pages whose data alone are others, and for them alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from broadsheet.errors import RenderError
from broadsheet.markdown.document import Document
from broadsheet.markdown.kept_answers import STORE
from broadsheet.markdown.pandoc import Pandoc
from broadsheet.project.sources.inline_expressions import escaped
from broadsheet.storage import store

SLOT = "```{=slot}\n0\n```"
REFERENCE = "@book{{a, author={{{name}}}, title={{Trade}}, year={{2024}}}}\n"


class Counted(Pandoc):
    """Counts what Pandoc is asked."""

    asked = 0

    def _ask(self, document: Document, line: str) -> str:
        self.asked += 1
        return super()._ask(document, line)


def page(name: str, total: str, slot: str) -> Document:
    values = (name, total)
    name, total = map(escaped, values)
    return Document(
        "posts/a/index.ipynb",
        f'## Trade\n\nWith {name} it came to [{total}]{{.fact name="total"}} (@fig-a).[^1]\n\n'
        f"::: {{#fig-a}}\n{SLOT}\n\nOf {name}.\n:::\n\n[^1]: Of {name}: *all*.\n",
        slots=[f"<p>{slot}</p>"],
        inlines={"title": f"*Trade* with {name}"},
        metadata={"title": name},
        values=values,
    )


def asked_for(root: Path, *documents: Document) -> tuple[list[tuple[object, ...]], int]:
    """What is made of pages, by a Pandoc that keeps it; and how often that was asked."""
    with Counted(workers=1, root=root, kept_in=root) as pandoc:
        return [said(pandoc, document) for document in documents], pandoc.asked


def said(pandoc: Pandoc, document: Document) -> tuple[object, ...]:
    rendered = pandoc.render(document)
    notices = [str(notice) for notice in rendered.notices]
    return rendered.html, rendered.inlines, rendered.prose, notices, rendered.references


def test_pages_that_say_the_same_of_other_values_are_read_once(tmp_path: Path) -> None:
    pages = [
        page("Kazakhstan", "4.5 percent", "A"),
        page("Côte d’Ivoire", "12 percent", "B"),
        page("Guinea-Bissau", "12 percent", "C"),
    ]
    with Pandoc(workers=1, root=tmp_path) as pandoc:
        by_itself = [said(pandoc, one) for one in pages]
    assert asked_for(tmp_path, *pages) == (by_itself, 1)
    assert asked_for(tmp_path, *pages) == (by_itself, 0)
    assert "with Guinea-Bissau" in str(by_itself[2][1]) and "<p>C</p>" in str(by_itself[2][0])


def test_what_a_page_is_made_of_is_a_part_of_its_key(tmp_path: Path) -> None:
    bibliography = tmp_path / "references.bib"
    document = Document(
        "a.qmd", "See [@a].", options={"bibliography": [str(bibliography)]}, metadata={"b": True}
    )
    seen = []
    for name in ("Ada", "Ada", "Bea"):
        bibliography.write_text(REFERENCE.format(name=name), encoding="utf-8")
        seen.append(asked_for(tmp_path, document))
    assert [asked for _, asked in seen] == [1, 0, 1]
    assert "Bea" in str(seen[2][0]) and "Bea" not in str(seen[1][0])
    asked = [
        asked_for(tmp_path, other)[1]
        for other in (
            replace(document, metadata={"b": False}),  # of which no condition speaks
            replace(document, options={**document.options, "lang": "de"}),
            replace(document, markdown="See [@a] ."),
        )
    ]
    assert asked == [0, 1, 1]


def test_conditions_on_metadata_are_a_part_of_the_key(tmp_path: Path) -> None:
    markdown = '::: {.content-visible when-meta="story.partner"}\nPartner\n:::\n'
    document = Document("a.qmd", markdown, metadata={"story": {"partner": True}, "title": "A"})
    other = replace(document, metadata={"story": {"partner": False}, "title": "A"})
    titled = replace(document, metadata={"story": {"partner": True}, "title": "B"})
    made, asked = asked_for(tmp_path, document, other, titled)
    assert asked == 2 and made[0] == made[2]
    assert "Partner" in str(made[0][0]) and "Partner" not in str(made[1][0])


def test_a_fault_is_not_kept(tmp_path: Path) -> None:
    document = Document("a.qmd", "See @fig-none.", options={"is-strict": True})
    for _ in range(2):
        with Counted(workers=1, root=tmp_path, kept_in=tmp_path) as pandoc:
            with pytest.raises(RenderError):
                pandoc.render(document)
            assert pandoc.asked == 1
    assert not list((tmp_path / ".broadsheet").glob(f"{STORE}/*/*"))


@pytest.mark.parametrize(
    "content", [b"[]", b'{"html": 1}', b"x", '{"html": "\udc80"}'.encode(errors="surrogateescape")]
)
def test_what_is_no_answer_is_made_anew(tmp_path: Path, content: bytes) -> None:
    document = Document("a.qmd", "A *word*.")
    made = asked_for(tmp_path, document)[0]
    (entry,) = (tmp_path / ".broadsheet" / STORE).glob("*/*")
    store.write_entry(entry, content)
    assert asked_for(tmp_path, document) == (made, 1)
    assert asked_for(tmp_path, document) == (made, 0)
    assert store.messages() == [
        ".broadsheet/markdown: what was damaged, foreign or of another version there was thrown away and is made anew"
    ]
