"""Reading a page opens no file and fetches nothing, whatever its texts ask for."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

import broadsheet.markdown
from broadsheet.markdown.document import Document, Rendered
from broadsheet.markdown.pandoc import Pandoc
from broadsheet.site.build.build import build

LUA = Path(broadsheet.markdown.__file__).with_name("lua")

STYLE = """\
<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0">
<info><title>D</title><id>d</id><link href="{}" rel="independent-parent"/></info></style>
"""


@pytest.fixture(scope="module")
def pandoc() -> Iterator[Pandoc]:
    with Pandoc(workers=1, time_limit=30) as pool:
        yield pool


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port of this machine on which nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def address_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}/page"


def was_asked(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def rendered(pandoc: Pandoc, markdown: str) -> Rendered:
    return pandoc.render(Document("a.qmd", markdown))


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        ("rst", ".. include:: {}"),
        ("rst", ".. literalinclude:: {}"),
        ("latex", r"\input{{{}}}"),
        ("latex", r"\lstinputlisting{{{}}}"),
        ("org", '#+INCLUDE: "{}"'),
        ("typst", '#include "{}"'),
    ],
)
@pytest.mark.parametrize("place", ["block", "inline"])
def test_a_text_of_another_format_shows_no_file(
    pandoc: Pandoc, tmp_path: Path, reader: str, text: str, place: str
) -> None:
    path = tmp_path / "secret.typ"
    path.write_text("hidden words\n")
    asked = text.format(path)
    if place == "block":
        markdown = f"```{{=pandoc-reader-{reader}}}\nBefore.\n\n{asked}\n\n```\n\nAfter."
    else:
        markdown = f"After. `{asked}`{{=pandoc-reader-{reader}}}"
    page = rendered(pandoc, markdown)
    assert "hidden" not in page.html and "After." in page.html
    if "literal" not in text and "#include" not in text:  # which Pandoc does not take for files
        assert any(str(path) in f"{notice.what}{notice.detail}" for notice in page.notices)


def test_a_table_of_html_fetches_nothing(pandoc: Pandoc, listener: socket.socket) -> None:
    address = address_of(listener)
    page = rendered(
        pandoc,
        "::: {#tbl-a}\n```{=html}\n<table><tr><td>So<iframe src="
        f'"{address}"></iframe></td></tr></table>\n```\n\nCap\n:::\n\n'
        f'`<iframe src="{address}"></iframe>`{{=pandoc-reader-html}}',
    )
    assert "So" in page.html and not was_asked(listener)
    assert address in page.notices[0].what


def test_a_table_of_values_shows_no_file(pandoc: Pandoc, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("hidden,words\n")
    text = f".. csv-table:: t\n   :file: {tmp_path / 'a.csv'}"
    page = rendered(pandoc, f"```{{=pandoc-reader-rst}}\n{text}\n```\n\nAfter.")
    assert "hidden" not in page.html and "After." in page.html and page.notices


@pytest.mark.parametrize("text", ["\\begin{a}\\input{F}\\end{a}", "$\\input{F}$", "\\input{F} a"])
def test_tex_in_markdown_shows_no_file(pandoc: Pandoc, tmp_path: Path, text: str) -> None:
    (tmp_path / "a.tex").write_text("\\newcommand{\\so}{hidden}\n")
    html = rendered(pandoc, text.replace("F", str(tmp_path / "a.tex")) + "\n\n$\\so$\n").html
    assert "hidden" not in html


def test_a_style_that_stands_for_another_is_not_fetched(site, listener: socket.socket) -> None:
    address = address_of(listener)
    site.write("_quarto.yml", "project:\n  type: website\n")
    site.write("so.csl", STYLE.format(address))
    site.write("so.bib", "@book{a, title={Of Trade}, author={Ada Bell}, year=2000}\n")
    site.write("index.qmd", "---\ntitle: T\nbibliography: so.bib\ncsl: so.csl\n---\n\nSee [@a].\n")
    result = build(site.root, jobs=1)
    assert not result.faults and not was_asked(listener)
    assert "Of trade" in site.read("_site/index.html")
    (notice,) = (notice for notice in result.notices if "so.csl" in notice.what)
    assert address in notice.what and "the site's own style" in notice.what


def test_the_filters_read_texts_in_one_place() -> None:
    calls = [
        (path.name, line.strip())
        for path in LUA.glob("*.lua")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"pandoc\.(read|pipe|mediabag|system)\b", line)
    ]
    assert {name for name, _ in calls} == {"inline.lua"}
    assert all(re.search(r"nil, \{.*\}\)", line) for _, line in calls)
