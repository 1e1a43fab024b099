"""Diagrams of Mermaid and Graphviz on a page: drawn when it is made, with words, and harmless."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

from broadsheet.figures.drawing import diagrams
from broadsheet.figures.drawing.diagrams import diagram_of
from broadsheet.text.language import speaking
from conftest import Site
from publishing import select

Run = Callable[..., tuple[int, str, str]]

FLOW = """\
```{mermaid}
%%| label: fig-flow
%%| fig-cap: The *flow*
graph TD
  A[Start] --> B{Decision}
  B -->|Yes| C[Good & well]
```
"""
GRAPH = """\
```{dot}
digraph { a -> b [label="x"]; c }
```
"""


def _page(site: Site, run: Run, body: str, front: str = "", code: int = 0) -> html.HtmlElement:
    site.front()
    site.write("posts/a/index.qmd", f"---\ntitle: A\ndate: 2024-05-01\n{front}---\n\n{body}")
    exit_code, told, errors = run(site, "build")
    assert exit_code == code, errors
    page = html.fromstring(site.read("_site/posts/a/index.html"))
    page.set("data-told", told + errors)
    return page


def _drawings(page: html.HtmlElement) -> list[html.HtmlElement]:
    return select(page, "#article-body .diagram svg")


# Drawn


def test_diagrams_are_drawings_with_words_and_no_code(site: Site, run: Run) -> None:
    page = _page(site, run, f"See @fig-flow.\n\n{FLOW}\n{GRAPH}\n{GRAPH}")
    flow, graph, again = _drawings(page)
    assert "See Figure\u00a01." in page.text_content()
    assert "The flow" in select(page, "#fig-flow figcaption")[0].text_content()
    assert flow.get("aria-label") == "The flow"
    assert graph.get("aria-label") == "Diagram: a to b (x); c"
    assert {text.text_content() for text in select(flow, "text")} >= {"Start", "Decision"}
    assert select(page, "#article-body pre") == []
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert len(select(again, "[id]")) == len(select(graph, "[id]"))


def test_a_diagram_has_the_options_of_quarto(site: Site, run: Run) -> None:
    site.write("posts/a/x.mmd", "graph LR\n  one --> two\n")
    page = _page(
        site,
        run,
        "```{mermaid}\n%%| file: x.mmd\n%%| fig-alt: From one to two\n%%| fig-align: right\n```\n\n"
        "```{dot}\n//| echo: true\n//| code-fold: true\n//| fig-width: 3\ngraph { a -- b }\n```\n\n"
        "```{mermaid}\n%%| include: false\ngraph TD\n  gone --> away\n```\n\n"
        "```{mermaid}\n%%| eval: false\ngraph TD\n  shown --> only\n```\n",
    )
    first, second = _drawings(page)
    assert first.get("aria-label") == "From one to two"
    assert first.getparent().get("data-layout-align") == "right"
    assert second.get("width") == "288"
    assert [block.text_content().strip() for block in select(page, "#article-body pre")] == [
        "graph { a -- b }",
        "graph TD\n  shown --> only",
    ]
    assert select(page, "#article-body details summary")
    assert "gone" not in page.text_content()


def test_a_notebook_s_text_may_have_diagrams(site: Site, run: Run) -> None:
    site.front()
    site.article("a", ("md", f"{FLOW}\nSee @fig-flow."), "1 + 1")
    code, _, errors = run(site, "build")
    assert code == 0, errors
    page = html.fromstring(site.read("_site/posts/a/index.html"))
    assert len(_drawings(page)) == 1
    assert "See Figure\u00a01." in page.text_content()


def test_a_drawing_follows_the_reader_s_colours_unless_it_has_its_own(site: Site, run: Run) -> None:
    own = "```{mermaid}\ngraph LR\n  A:::x --> B\n  classDef x fill:#f96\n```\n"
    page = _page(site, run, f"{FLOW}\n{GRAPH}\n{own}")
    papers = [drawing.getparent().get("data-paper") for drawing in _drawings(page)]
    assert papers == [None, None, "light"]
    fills = {shape.get("fill") for shape in _drawings(page)[0].iter()}
    assert "var(--chart-ink, #1b1a17)" in fills


def test_feeds_and_copies_have_the_words_of_a_diagram(site: Site, run: Run) -> None:
    site.front()
    site.write("index.qmd", "---\ntitle: T\nlisting:\n  contents: posts\n  feed: true\n---\n")
    site.write("posts/a/index.qmd", f"---\ntitle: A\ndate: 2024-05-01\n---\n\n{FLOW}\n{GRAPH}")
    assert run(site, "build")[0] == 0
    for file in ("index.xml", "posts/a/index.md"):
        text = site.read(f"_site/{file}")
        assert "Diagram: Start to Decision; Decision to Good" in text, file
        assert "Diagram: a to b (x); c" in text, file
        assert "<svg" not in text.replace("&lt;", "<"), file


def test_a_theme_of_mermaid_s_is_kept(site: Site, run: Run) -> None:
    page = _page(site, run, FLOW, front="mermaid:\n  theme: forest\n")
    assert _drawings(page)[0].getparent().get("data-paper") == "light"


# Not drawn


def test_what_is_no_diagram_is_shown_as_code_and_said_at_its_line(site: Site, run: Run) -> None:
    page = _page(
        site,
        run,
        f"```{{mermaid}}\n%%| echo: false\ngraph TD\n  A[[ --> B\n```\n\n```{{dot}}\ngraph {{\n a -- \n}}\n```\n\n{GRAPH}",
    )
    told = page.get("data-told")
    assert "posts/a/index.qmd, line 9: Mermaid cannot draw this diagram: Parse error" in told
    assert "Graphviz cannot draw this diagram: syntax error in line" in told
    assert len(_drawings(page)) == 1
    assert len(select(page, "#article-body .cell-not-run")) == 2
    assert "shown and not run" not in told


def test_without_the_scripts_a_diagram_is_code_with_a_note(
    site: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagrams, "_FILES", {"mermaid": ("gone", "gone"), "dot": ("gone", "gone")})
    page = _page(site, run, FLOW)
    assert _drawings(page) == []
    assert "A diagram in Mermaid, which is not drawn here." in page.text_content()


def test_a_missing_file_is_said(site: Site, run: Run) -> None:
    page = _page(site, run, "```{mermaid}\n%%| file: gone.mmd\n```\n")
    assert "`file`: there is no file 'posts/a/gone.mmd'" in page.get("data-told")


# Hostile


HOSTILE = """\
```{mermaid}
%%{init: {"securityLevel": "loose", "htmlLabels": true, "flowchart": {"htmlLabels": true}, "themeCSS": "* { background: url(https://evil.example/a) }"}}%%
graph TD
  A["<img src=x onerror=alert(1)><script>alert(2)</script>Start"] --> B["<a href='javascript:alert(3)'>x</a>"]
  click A "javascript:alert(4)"
  click B call alert("5")
```

```{dot}
digraph {
  a [URL="javascript:alert(6)", tooltip="</title><script>alert(7)</script>"]
  b [image="https://evil.example/c.png", label=<<b>bold</b>>]
  a -> b [labelURL="data:text/html,<script>alert(8)</script>"]
}
```
"""


def test_a_diagram_brings_no_script_link_or_address_into_the_page(site: Site, run: Run) -> None:
    page = _page(site, run, HOSTILE)
    assert len(_drawings(page)) == 2, page.get("data-told")
    for drawing in _drawings(page):
        names = {str(element.tag) for element in drawing.iter()}
        assert names.isdisjoint({"a", "script", "image", "img", "style", "foreignobject", "use"})
        for element in drawing.iter():
            for key, value in element.attrib.items():
                assert not key.startswith("on")
                assert key not in ("style", "class", "href", "xlink:href")
                if key != "aria-label":
                    assert "evil" not in value
                    assert "javascript" not in value


def test_only_what_draws_is_left_of_a_drawing() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9" '
        'width="9" height="9" onload="x()"><script>x()</script><a xlink:href="javascript:x()" transform="scale(2)">'
        '<path d="M0 0" fill="url(https://evil.example)" stroke="url(#g)" style="fill:red"/></a>'
        '<rect id="g" fill="rgb(27, 26, 23)" onclick="x()"/><foreignObject><p>x</p></foreignObject></svg>'
    )
    answer = json.dumps({"svg": svg, "edges": [], "nodes": [], "texts": ["T"]}).encode()
    with speaking("fr"):
        diagram = diagram_of(answer)
    assert diagram.said == "Diagramme\u202f: T"
    assert diagram.svg == (
        '<svg viewBox="0 0 9 9"><g transform="scale(2)"><path d="M0 0" stroke="url(#diagram-g)"/></g>'
        '<rect id="diagram-g" fill="var(--chart-ink, #1b1a17)"/></svg>'
    )
    shown = diagram.html(3, alt='"<b>"')
    assert 'aria-label="&#34;&lt;b&gt;&#34;"' in shown
    assert "url(#diagram-3-g)" in shown
    assert 'id="diagram-3-g"' in shown


def test_many_edges_are_cut_and_counted() -> None:
    edges = [[f"the place {number}", "the end", ""] for number in range(100)]
    answer = json.dumps({"svg": "<svg/>", "edges": edges, "nodes": [], "texts": []}).encode()
    said = diagram_of(answer).said
    assert len(said) < 400
    assert said.endswith("more")


def test_the_scripts_of_a_clone_are_found(tmp_path: Path) -> None:
    for kind in diagrams.DIAGRAM_NAMES:
        assert diagrams.diagram_script(kind, tmp_path) is not None, "npm ci"
