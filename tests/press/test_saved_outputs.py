"""What is run, and what is shown with the outputs that are saved in it or that Quarto has frozen."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from broadsheet.project.editions.execution import IDLE, reason_not_run
from broadsheet.project.reading import open_publication
from broadsheet.site.build.build import build
from conftest import Site

SAVED = new_output("stream", name="stdout", text="as it was saved\n")
CODE = new_code_cell("print('run')", outputs=[SAVED])
CONFIG = "project:\n  type: website\nwebsite:\n  title: T\n"


def notebook(root: Path, *cells: Any, front: str = "title: A", name: str = "a") -> None:
    made = new_notebook(cells=[new_raw_cell(f"---\n{front}\n---"), *cells])
    nbformat.write(made, root / f"{name}.ipynb")


def reason(root: Path, *cells: Any, front: str = "title: A", config: str = "") -> str:
    (root / "_quarto.yml").write_text(CONFIG + config)
    notebook(root, *cells, front=front)
    publication = open_publication(root)
    assert not publication.faults
    return reason_not_run(publication.editions[-1])


SHOWN = "it has outputs, and `execute: enabled` is not true"


@pytest.mark.parametrize(
    ("cells", "front", "config", "expected"),
    [
        ([CODE], "", "", SHOWN),
        ([new_code_cell("print(1)")], "", "", ""),
        ([CODE], "execute: {enabled: true}", "", ""),
        ([CODE], "enabled: true", "", ""),
        ([CODE], "", "execute: {enabled: true}", ""),
        ([CODE], "", "execute: {ipynb: true, enabled: false}", ""),
        ([CODE], "execute: {enabled: false}", "execute: {enabled: true}",
         "`execute: enabled` is false"),
        ([new_code_cell("1")], "execute: false", "", "`execute: enabled` is false"),
        ([new_code_cell("1")], "execute: {eval: false}", "", IDLE),
        ([new_code_cell("#| eval: false\n1")], "", "", IDLE),
        ([new_code_cell("#| eval: [1, -2]\n1")], "", "", IDLE),
        ([new_code_cell("#| eval: true\n1")], "execute: {eval: false}", "", ""),
        ([new_markdown_cell("Prose alone.")], "", "", ""),
        ([CODE, new_code_cell("x = 1", metadata={"tags": ["parameters"]})], "", "", ""),
        ([CODE, new_code_cell("import broadsheet as bs")], "", "", ""),
        ([CODE, new_markdown_cell("It is `{python} 1 + 1`.")], "", "", ""),
        ([CODE], "editions: [{slug: b}]", "", ""),
    ],
)  # fmt: skip
def test_what_is_run(
    tmp_path: Path, cells: list[Any], front: str, config: str, expected: str
) -> None:
    assert reason(tmp_path, *cells, front=f"title: A\n{front}", config=config) == expected


def test_pages_that_are_not_run(site: Site) -> None:
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: Front\n---\nHello.\n")
    notebook(site.root, CODE, new_code_cell("boom", outputs=[
        new_output("error", ename="NameError", evalue="no `boom`", traceback=[
            "\x1b[31mTraceback\x1b[0m", "boom: line 1", "NameError: no `boom`"])]))  # fmt: skip
    value = new_markdown_cell("It is `{python} boom`.")
    notebook(site.root, new_code_cell("import nowhere_to_be_found"), value, name="b")
    notebook(site.root, new_code_cell("import nowhere_to_be_found\nimport broadsheet"), name="c")
    report = build(site.root)
    (fault,) = report.faults
    assert fault.where.file == "c.ipynb"
    saved, lacking = site.read("_site/a.html"), site.read("_site/b.html")
    assert (
        "as it was saved" in saved
        and "boom: line 1\nNameError: no `boom`" in saved
        and "not run" not in saved
    )
    assert "The code of this page was not run for its publication." in lacking
    assert "It is <code>{python} boom</code>." in lacking
    assert report.explained["a"] == f"not run: {SHOWN}"
    assert report.explained["b"] == "not run: it needs the library `nowhere_to_be_found`"
    said = {one.where.file: one for one in report.notices}
    assert "shown with the outputs saved in it" in said["a.ipynb"].what
    assert not said["a.ipynb"].is_strict
    assert "it needs the library `nowhere_to_be_found`" in said["b.ipynb"].what
    assert said["b.ipynb"].is_strict
    assert build(site.root).notices == report.notices


def test_odd_outputs_are_left_out(site: Site) -> None:
    site.write("_quarto.yml", CONFIG)
    notebook(site.root, CODE)
    raw = json.loads(site.read("a.ipynb"))
    raw["cells"][1]["outputs"][:0] = [None, {"output_type": "stream", "text": 5}]
    site.write("a.ipynb", json.dumps(raw))
    report = build(site.root)
    assert (report.faults, report.ran) == ((), 0) and "as it was saved" in site.read("_site/a.html")


def test_what_quarto_has_frozen(site: Site) -> None:
    site.write("_quarto.yml", CONFIG + "execute:\n  freeze: auto\n")
    site.write("index.qmd", "---\ntitle: Front\n---\nHello.\n")
    source = site.write("a/index.qmd", "---\ntitle: A\n---\n\n```{r}\nplot(1)\n```\n")
    markdown = (
        "---\ntitle: A\n---\n\n::: {.cell}\n```{.r .cell-code}\nplot(1)\n```\n"
        "![](index_files/figure-html/one.svg)\n\n```{=html}\n"
        "<div style='color: red'>cleaned<script>1</script></div>\n```\n:::\n"
    )
    digest = hashlib.md5(source.read_bytes()).hexdigest()
    site.write(
        "_freeze/a/index/execute-results/html.json",
        json.dumps({"hash": digest, "result": {"engine": "knitr", "markdown": markdown}}),
    )
    site.write("_freeze/a/index/figure-html/one.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    report = build(site.root)
    page = site.read("_site/a/index.html")
    assert not report.faults and "<div>cleaned</div>" in page and "not run" not in page
    assert (site.root / "_site/a/index_files/figure-html/one.svg").is_file()
    assert report.explained["a"].endswith(
        "its results are in _freeze/a/index/execute-results/html.json"
    )
    source.write_text(source.read_text() + "\nMore.\n")
    assert (
        "Code in R, which is not run here."
        in (build(site.root), site.read("_site/a/index.html"))[1]
    )


SVG = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg"/>').decode()
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def result(text: str, **data: Any) -> Any:
    return new_output("execute_result", data={"text/plain": text, **data}, execution_count=1)


def test_what_jupyter_saves_and_a_page_has_otherwise(site: Site) -> None:
    def displayed(**data: Any) -> Any:
        return new_output(
            "display_data", data={key.replace("__", "/"): one for key, one in data.items()}
        )

    picture = displayed(image__png=PNG, text__plain="<Figure size 640x480>")
    site.write("_quarto.yml", CONFIG)
    notebook(
        site.root,
        new_markdown_cell("![A](attachment:a%20b.png)", attachments={"a b.png": {"image/png": PNG}}),
        new_markdown_cell("![B](attachment:c.svg)", attachments={"c.svg": {"image/svg+xml": [SVG]}}),
        new_code_cell("plot", outputs=[result("[<matplotlib.lines.Line2D at 0x7f>]"), picture]),
        new_code_cell("title", outputs=[result("Text(0.5, 1.0, 'T')"), picture]),
        new_code_cell("#| label: not a label\nlist", outputs=[result("[1, 2, 3]")]),
        new_code_cell("bar", outputs=[
            new_output("stream", name="stderr", text="10%\r50%\r\x1b[32mall\x1b[0m\n")]),
        new_code_cell("js", outputs=[displayed(application__javascript="1")]),
        new_code_cell("w", outputs=[displayed(text__html="<script>1</script>", text__plain="W()")]),
        new_code_cell("broken", outputs=[displayed(image__png="AAAA")]),
        new_code_cell("#| layout-ncol: 2\n#| code-overflow: wrap\ntwo", outputs=[picture, picture]),
    )  # fmt: skip
    raw = json.loads(site.read("a.ipynb"))
    raw["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    site.write("a.ipynb", json.dumps(raw))
    report = build(site.root)
    page = site.read("_site/a.html")
    assert not report.faults
    assert 'src="a_files/cell-2-a-b.png"' in page and "attachment:" not in page
    assert (site.root / "_site/a_files/cell-2-a-b.png").is_file()
    assert (site.root / "_site/a_files/cell-3-c.svg").is_file()
    assert "matplotlib" not in page and "Text(" not in page and "[1, 2, 3]" in page
    assert ">all</span>\n</code>" in page and "50%" not in page
    assert page.count("An output that this page cannot show.") == 3
    assert page.count("layout-ncol-2") == 1 and "code-overflow-wrap" in page
    assert 'class="sourceCode r"' in page and "sourceCode python" not in page
    said = [str(one) for one in report.notices if one.topic == "output"]
    assert len(said) == 3 and "cell 8: this output is of a kind that a page cannot show" in said[0]


def test_an_address_that_cannot_be_read_is_the_network(tmp_path: Path) -> None:
    (tmp_path / "_quarto.yml").write_text(CONFIG)
    cell = new_code_cell("raise OSError(\"'https://example.org/a.mplstyle' cannot be read\")")
    notebook(tmp_path, cell, new_markdown_cell("Its prose."))
    report = build(tmp_path)
    assert not report.faults
    assert any("the network" in one.what for one in report.notices)
    assert "Its prose." in (tmp_path / "_site/a.html").read_text()
