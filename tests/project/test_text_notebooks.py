"""Notebooks that are text: jupytext's percent scripts and Markdown, and pairs of files."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

import jupytext
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.data.catalogue import update_hashes
from broadsheet.errors import BroadsheetError
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite
from broadsheet.project.project import open_project
from broadsheet.project.sources.source import Source, source_of
from broadsheet.project.sources.text_notebook import is_script
from broadsheet.site.build.build import build
from conftest import ROOT, Site

CONFIG = "project: {type: website}\nwebsite: {title: T, site-url: 'https://e.org/'}\n"
HEAD = "# %% [markdown]\n# ---\n# title: T\n# date: 2024-01-01\n# ---\n"
FORMS = {
    "percent": ("py", "py:percent"),
    "markdown": ("md", "md:markdown"),
    "myst": ("md", "md:myst"),
}
JUPYTER = "jupyter: {kernelspec: {name: python3}}"


def source(text: str, name: str = "a.py") -> Source:
    return source_of(PurePosixPath(name), text, Path("/nowhere"))


def cells(text: str, name: str = "a.py") -> list[tuple[str, str, int | None]]:
    page = source(text, name)
    return [
        (cell.cell_type, cell.source, page.place(number, 1).line)
        for number, cell in enumerate(page.cells(), start=1)
    ]


# Which files are pages


@pytest.mark.parametrize(
    ("text", "is_page"),
    [
        (HEAD, True),
        ('# %% [markdown]\n"""\n---\ntitle: T\n---\n"""\n', True),
        ("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\n# %% [raw]\n# ---\n# title: T\n", True),
        ("# ---\n# jupyter:\n#   jupytext:\n#     formats: ipynb,py\n# ---\n\nx = 1\n", True),
        ("# ---\n# title: T\n# jupyter: {kernelspec: {name: python3}}\n# ---\nx = 1\n", True),
        ("# ---\n# title: T\n# ---\n\n# %%\nx = 1\n", True),
        ("# ---\n# title: never closed\n\n# %%\nx = 1\n", True),
        ("", False),
        ('"""A module."""\n\n# %%\nx = 1\n', False),
        ("# ---\n# License: MIT\n# ---\n\nx = 1\n", False),
        ("# ------\n# title: T\n# ------\n# %%\n", False),
        ("# %%\n# ---\n# title: T\n# ---\n", False),
        ("# %% [markdown]\n# # Steps by hand\n", False),
        (f"import os\n{HEAD}", False),
    ],
)
def test_a_script_is_a_page_if_it_begins_with_front_matter(text: str, is_page: bool) -> None:
    assert is_script(text) == is_page


@pytest.mark.parametrize(
    ("front", "is_notebook"),
    [
        ("jupyter: {kernelspec: {name: python3}}", True),
        ("jupyter: {jupytext: {formats: 'ipynb,md'}}", True),
        ("jupytext: {text_representation: {format_name: myst}}", True),
        ("jupyter: python3", False),
        ("jupytext: {formats: ipynb}", False),
        ("title: T", False),
    ],
)
def test_a_page_of_markdown_is_a_notebook_if_jupytext_says_so(
    front: str, is_notebook: bool
) -> None:
    page = source(f"---\n{front}\n---\n\n```python\n1\n```\n", "a.md")
    assert (page.notebook is not None) == is_notebook


def test_modules_beside_an_article_are_no_pages(site: Site) -> None:
    site.write("_quarto.yml", CONFIG)
    site.write("p/index.py", HEAD)
    site.write("p/helper.py", "# %%\nX = 3\n")
    (site.root / "p/latin.py").write_bytes(b"# caf\xe9\n")
    assert list(map(str, open_project(site.root).inputs())) == ["p/index.py"]
    site.write("_quarto.yml", CONFIG.replace("website}", "website, render: [p/helper.py, '*.py']}"))
    assert list(map(str, open_project(site.root).inputs())) == ["p/helper.py", "p/index.py"]


# Cells, and where they stand


def test_the_cells_of_a_script_and_their_lines() -> None:
    text = (
        "#!/usr/bin/env python\n# ---\n# title: T\n# jupyter:\n#   jupytext: {formats: 'ipynb,py'}\n"
        '# date: 2024-01-01\n# ---\n\n# %% tags=["parameters"]\nyear: int = 2020\n\n\n'
        '# %% [markdown]\n"""Said\n\n`{python} year`."""\n'
        '# %% Named {"tags": ["a"]}\n#| tags: [b]\n# %matplotlib inline\n# !ls\ntext = """\n# %% no cell\n"""\n'
        "# %% [md]\n# prose\n#close\n# %%\n# %% [markdown]\nr'''\n$\\alpha$\n'''\n"
        '# %% language="bash"\n# ls\n'
    )
    page = source(text)
    assert page.front_matter.data.keys() == {"title", "date"}
    assert page.front_matter.place(("date",)).line == 6
    assert [cell.metadata.tags for cell in page.cells()[1:4]] == [["parameters"], [], ["a", "b"]]
    assert page.has_parameters
    assert cells(text)[1:] == [
        ("code", "year: int = 2020", 10),
        ("markdown", "Said\n\n`{python} year`.", 14),
        ("code", '#| tags: [b]\n%matplotlib inline\n!ls\ntext = """\n# %% no cell\n"""', 18),
        ("markdown", "prose\nclose", 25),
        ("code", "", 28),
        ("markdown", "$\\alpha$", 30),
        ("code", "%%bash\nls", 32),
    ]
    assert str(page.place(4, 2)) == "a.py, line 19"


def test_front_matter_in_the_first_cell_of_a_script() -> None:
    text = f"{HEAD}#\n# # Not the title\n# Prose.\n"
    assert source(text).front_matter.place(("title",)).line == 3
    assert cells(text) == [("markdown", "\n" * 5 + "# Not the title\nProse.", 2)]


def test_the_cells_of_markdown_and_their_lines() -> None:
    text = (
        f"---\ntitle: T\n{JUPYTER}\n---\n\nOne\n\nstill\n\n\nTwo\n\n"
        '```python tags=["parameters"]\nyear: int = 2020\n```\n\n::: {.callout-note}\nx\n:::\n\n'
        "````python\ntext = '''\n```\n'''\n````\n\n<!-- #region -->\na\n\n\nb\n<!-- #endregion -->\n\n"
        "```{r}\nshown\n```\n\n- item\n  ```python\n  shown\n  ```\n"
    )
    assert cells(text, "a.md")[1:] == [
        ("markdown", "One\n\nstill", 6),
        ("markdown", "Two", 11),
        ("code", "year: int = 2020", 14),
        ("markdown", "::: {.callout-note}\nx\n:::", 17),
        ("code", "text = '''\n```\n'''", 22),
        ("markdown", "a\n\n\nb", 28),
        ("markdown", "```{r}\nshown\n```\n\n- item\n  ```python\n  shown\n  ```", 34),
    ]


def test_other_formats_of_jupytext() -> None:
    light = (
        "# ---\n# jupyter:\n#   jupytext:\n#     text_representation:\n#       extension: .py\n"
        "#       format_name: light\n# ---\n\n# Prose\n# more\n\nx = 1\n\n# +\ny = 1\n\nz = 2\n"
    )
    assert cells(light) == [
        ("markdown", "Prose\nmore", 9),
        ("code", "x = 1", 12),
        ("code", "y = 1\n\nz = 2", 15),
    ]
    myst = (
        "---\njupytext:\n  text_representation: {extension: .md, format_name: myst}\nkernelspec: {name: python3}\n"
        'title: T\n---\n\nOne\n\n```{code-cell} ipython3\n:tags: [parameters]\n\nx = 1\n```\n\n+++ {"tags": ["b"]}\n\nTwo\n'
    )
    assert cells(myst, "a.md")[1:] == [
        ("markdown", "One", 8),
        ("code", "x = 1", 13),
        ("markdown", "Two", 18),
    ]
    assert source(myst, "a.md").has_parameters


def test_signs_that_end_a_line_for_jupytext_alone_stay() -> None:
    text = f"{HEAD}\n# %%\na = '\u2028'\nb = '\x85'\n\n# %%\nc = 1\n"
    assert cells(text)[1:] == [("code", "a = '\u2028'\nb = '\x85'", 8), ("code", "c = 1", 12)]


@pytest.mark.parametrize("form", FORMS)
def test_a_text_has_the_cells_of_its_notebook_each_on_its_line(form: str) -> None:
    """Of every notebook in this repository."""
    suffix, written = FORMS[form]
    for path in [*ROOT.glob("posts/**/*.ipynb"), *ROOT.glob("tests/sites/**/*.ipynb")]:
        notebook = jupytext.read(path)
        text = jupytext.writes(notebook, written)
        page = source(text, f"a.{suffix}")
        raw = notebook.cells[0].cell_type == "raw"
        assert [
            (cell.cell_type, cell.source) for cell in page.cells() if cell.cell_type != "raw"
        ] == [(cell.cell_type, cell.source) for cell in notebook.cells[raw:]], path
        lines = text.split("\n")
        for number, cell in enumerate(page.cells(), start=1):
            for line, expected in enumerate(cell.source.split("\n"), start=1):
                found = lines[(page.place(number, line).line or 0) - 1]
                assert found in (expected, f"# {expected}".rstrip()), (path, number, line)


LINES = {
    "py": "# %%|# %% [markdown]|#%%|# %% [raw]|# %% tags=['a']|# %% {bad|# %% a = 3|    # %% in|# In[1]:|# +|# -|"
    "\"\"\"|r'''|x = 1|# text|#text||# ---|# title: x|# %time 1|# !ls|%%time|# ```|# # H|\\|\u2028",
    "md": "```python|```python tags=['a']|```|````|<!-- #region -->|<!-- #endregion -->|<!-- #raw -->|<!-- #endraw -->|"
    'text||# H|```{python}|```bash|    deep|- x|+++|```{code-cell}|:tags: [a]|---|:::|"""|\u2028',
}
HEADERS = {
    "py": [
        "",
        HEAD,
        "# ---\n# jupyter: {jupytext: {text_representation: {format_name: light}}}\n# ---\n",
    ],
    "md": [
        f"---\n{JUPYTER}\n---\n",
        "---\njupytext: {text_representation: {format_name: myst}}\n---\n",
    ],
}


@given(st.data(), st.sampled_from(["py", "md"]))
def test_any_text_is_read_or_refused(data: st.DataObject, suffix: str) -> None:
    """Its cells are in order, each on a line of the file."""
    lines = data.draw(st.lists(st.sampled_from(LINES[suffix].split("|")), max_size=15))
    text = data.draw(st.sampled_from(HEADERS[suffix])) + "\n".join(lines)
    try:
        page = source(text, f"a.{suffix}")
        found = [page.place(number).line or 0 for number in range(1, len(page.cells()) + 1)]
        _ = page.options
    except BroadsheetError as error:
        assert error.where.file == f"a.{suffix}"
        found = [error.where.line or 1]
    assert all(1 <= line <= text.count("\n") + 1 for line in found)


# What is wrong with a file


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.py", "# ---\n# title: T\n\n# %%\n1\n", "a.py, line 1: the front matter begins here and does not end"),
        ("a.py", "# ---\n# title: [T\n# ---\n# %%\n1\n", "a.py, line 2: this is not YAML"),
        ("a.py", "# %% [markdown]\n# ---\n# title: T\n# x: [\n# ---\n", "a.py, line 5: this is not YAML"),
        ("a.py", f'{HEAD}\n# %% [markdown]\n"""\nText\n\n# %%\n1\n', 'a.py, line 8: the text of this cell begins with `"""`'),
        ("a.py", f'{HEAD}\n# %% tags=["parameters"\ny = 1\n', "a.py, line 7: the options of this cell cannot be read"),
        ("a.py", f"{HEAD}\n# %%\n1\n# %% tags='parameters'\n2\n", "a.py, line 9: the tags of this cell are text, not a list"),
        ("a.md", "---\njupytext: {text_representation: {format_name: myst}}\n---\n\n```{code-cell}\n---\na: [\n---\n1\n```\n", "a.md, line 5: jupytext cannot read this file: Code cell"),
        ("a.py", f"{HEAD}\n# %%\n#| label: [\n1\n", "a.py, line 8: this is not YAML"),
        ("a.py", f"{HEAD}\n# %%\n#| tags: [broadsheet-inline]\n1\n", "a.py, line 8: the tag `broadsheet-inline`"),
        ("a.md", f"---\n{JUPYTER}\n---\n\nProse\n\n```python\nx = 1\n", "a.md, line 7: this cell begins here and does not end"),
        ("a.md", f"---\n{JUPYTER}\n---\n\n<!-- #region -->\nx\n", "a.md, line 5: this cell begins here and does not end"),
        ("a.md", f"---\n{JUPYTER}\n---\n\n```python tags=parameters]\nx\n```\n", "a.md, line 5: the options of this cell cannot be read"),
        ("a.md", "---\njupyter: {kernelspec: [}\n---\n", "a.md, line 2: this is not YAML"),
        ("a.md", "---\njupytext: {text_representation: {format_name: pandoc}}\n---\n", "a.md: jupytext's format 'pandoc' is not read here"),
        ("a.py", "# ---\n# jupyter: {jupytext: {text_representation: {format_name: sphinx}}}\n# ---\n", "a.py: jupytext's format 'sphinx' is not read here"),
        ("a.py", f"{HEAD}\n# %%\nx = '\x08'\n", "a.py, line 8: here is"),
    ],
)  # fmt: skip
def test_a_broken_file_says_where(name: str, text: str, said: str) -> None:
    with pytest.raises(BroadsheetError) as caught:
        _ = source(text, name).options
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("coding", "said"), [("latin-1", "line 3: not UTF-8 text"), ("utf-16", "not UTF-8 text but")]
)
def test_a_script_that_is_not_utf8_is_a_fault_and_no_module(
    site: Site, coding: str, said: str
) -> None:
    site.write("_quarto.yml", CONFIG)
    path = site.write("a.py", "")
    path.write_bytes(HEAD.replace("title: T", "title: Caf\xe9").encode(coding))
    (fault,) = [one for one in build(site.root).faults if one.where.file == "a.py"]
    assert said in str(fault)


def test_without_jupytext_the_message_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "jupytext", None)
    with pytest.raises(BroadsheetError, match=r"pip install 'broadsheet\[jupytext\]'"):
        source(HEAD)


# Pages


ARTICLE = {
    "py": (
        "# %% [markdown]\n# ---\n# title: 'Trade in `{python} year`'\n# date: 2024-01-01\n# editions:\n"
        "#   - {slug: early, parameters: {year: 2021}}\n# ---\n\n"
        '# %% tags=["parameters"]\nyear: int = 2022\n\n# %%\nimport broadsheet as bs\nimport helper\n\n'
        'trade = bs.table("trade").set_index("year")\n\n# %% [markdown]\n# It came to `{python} usd(trade.total[year])`,\n'
        "# [the most]{claim='trade.total[year] >= 150'}, and to 77 percent.\n"
    ),
    "md": (
        "---\ntitle: 'Trade in `{python} year`'\ndate: 2024-01-01\neditions:\n"
        "  - {slug: early, parameters: {year: 2021}}\n"
        f"{JUPYTER}\n---\n\n"
        '```python tags=["parameters"]\nyear: int = 2022\n```\n\n```python\nimport broadsheet as bs\nimport helper\n\n'
        'trade = bs.table("trade").set_index("year")\n```\n\nIt came to `{python} usd(trade.total[year])`,\n'
        "and to 77 percent.\n"
    ),
}


@pytest.fixture
def paper(site: Site) -> Site:
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: Front\nlisting: {contents: posts}\n---\nHello.\n")
    site.write("posts/trade/helper.py", "X = 1\n")
    site.table()
    return site


@pytest.mark.parametrize("suffix", ARTICLE)
def test_an_article(paper: Site, suffix: str) -> None:
    text = ARTICLE[suffix].replace("[the most]{claim='trade.total[year] >= 150'}, ", "")
    file = paper.write(f"posts/trade/index.{suffix}", text)
    report = build(paper.root)
    assert (report.faults, report.ran) == ((), 2)
    page = re.sub(r"<[^>]+>", "", paper.read("_site/posts/trade/index.html"))
    assert "Trade in 2022" in page and "It came to $190.3 billion" in page
    assert "It came to $146.9 billion" in re.sub(
        r"<[^>]+>", "", paper.read("_site/posts/trade/early.html")
    )
    assert "Trade in 2022" in paper.read("_site/index.html")
    assert build(paper.root).ran == 0
    paper.write("posts/trade/helper.py", "X = 2\n")
    assert build(paper.root).ran == 2
    file.write_text(text.replace("It came", "In all it came"))
    assert build(paper.root).ran == 0
    assert "In all it came" in paper.read("_site/posts/trade/index.html")
    file.write_text(text.replace("import helper", "import helper\n\n1 / 0"))
    line = file.read_text().split("\n").index("1 / 0") + 1
    (fault, *_) = build(paper.root).faults
    assert str(fault).startswith(f"posts/trade/index.{suffix}, line {line}: ZeroDivisionError")
    assert "In all it came" in paper.read("_site/posts/trade/index.html")
    file.write_text(text.replace("usd(trade", "usd(trad"))
    line = next(n for n, one in enumerate(file.read_text().split("\n"), 1) if "usd(trad" in one)
    (fault, *_) = build(paper.root).faults
    assert f"posts/trade/index.{suffix}, line " in str(fault) and "`usd(trad." in str(fault)


def test_findings_name_the_line_of_the_file(
    paper: Site, run: Callable[..., tuple[int, str, str]]
) -> None:
    paper.write("posts/trade/index.py", ARTICLE["py"])
    code, out, err = run(paper, "check", "--strict")
    assert code == 1
    assert "posts/trade/index.py, line 20: nothing accounts for “77 percent”" in out + err
    assert "posts/trade/index.py, line 20: edition trade/early: “It came" in out + err


def test_links_to_a_script(paper: Site) -> None:
    paper.write("posts/trade/index.py", ARTICLE["py"])
    paper.write(
        "about.qmd", "---\ntitle: A\n---\n[a](posts/trade/index.py) [h](posts/trade/helper.py)\n"
    )
    build(paper.root)
    page = paper.read("_site/about.html")
    assert 'href="posts/trade/index.html"' in page and 'href="posts/trade/helper.py"' in page
    assert (paper.root / "_site/posts/trade/helper.py").is_file()
    assert not (paper.root / "_site/posts/trade/index.py").exists()


# One notebook in two files


def write_pair(site: Site, form: str = "percent", folder: str = "posts/pair") -> tuple[Path, Path]:
    suffix, written = FORMS[form]
    path = site.article(
        "pair",
        "x = 1",
        ("md", "One."),
        ("md", "Said `{python} x`."),
        front="title: Pair\ndate: 2024-01-01",
    )
    text = path.with_suffix(f".{suffix}")
    jupytext.write(jupytext.read(path), text, fmt=written)
    return path, text


@pytest.mark.parametrize("form", FORMS)
def test_a_pair_is_one_page_made_of_the_notebook(paper: Site, form: str) -> None:
    path, text = write_pair(paper, form)
    report = build(paper.root)
    assert (report.faults, report.notices, report.ran) == ((), (), 1)
    assert build(paper.root).notices == ()
    text.write_text(text.read_text().replace("Said", "Wrote"))
    report = build(paper.root)
    assert report.faults == () and "Said 1" in paper.read("_site/posts/pair/index.html")
    (notice,) = report.notices
    assert str(notice).startswith(
        f"posts/pair/index.ipynb, cell 3: its copy {text.relative_to(paper.root)} says otherwise"
    )
    assert "jupytext --sync posts/pair/index.ipynb" in str(notice)
    assert build(paper.root).notices == (notice,)
    path.unlink()
    assert build(paper.root).faults == ()
    assert "Wrote 1" in paper.read("_site/posts/pair/index.html")


def test_of_a_pair_the_text_is_the_source_where_render_asks_for_it(paper: Site) -> None:
    _, text = write_pair(paper)
    text.write_text(text.read_text().replace("Said", "Wrote"))
    for patterns, suffix in (
        ("'*.qmd', '**/*.py'", "py"),
        ("'*.qmd', 'posts/**', 'posts/**/*.py'", "py"),
        ("'*.qmd', 'posts/**/*.ipynb', 'posts/**/*.py'", "ipynb"),
        ("'*.qmd', 'posts/**'", "ipynb"),
    ):
        paper.write("_quarto.yml", CONFIG.replace("website}", f"website, render: [{patterns}]}}"))
        assert [one.suffix[1:] for one in open_project(paper.root).inputs()] == ["qmd", suffix]


def test_a_copy_that_cannot_be_read_costs_no_page(paper: Site) -> None:
    _, text = write_pair(paper, "markdown")
    text.write_text(text.read_text() + "\n```python\n")
    report = build(paper.root)
    assert report.faults == ()
    (notice,) = report.notices
    assert "its copy posts/pair/index.md cannot be read: this cell begins here" in str(notice)


def test_a_pair_in_two_folders_is_one_page(paper: Site) -> None:
    notebook, text = write_pair(paper)
    other = paper.root / "posts/pair/py/index.py"
    other.parent.mkdir()
    read = jupytext.read(notebook)
    read.metadata["jupytext"] = {"formats": "ipynb,py//py:percent"}
    jupytext.write(read, other, fmt="py:percent")
    text.unlink()
    assert "posts/pair/py/index.py" not in map(str, open_project(paper.root).inputs())
    notebook.unlink()
    assert "posts/pair/py/index.py" in map(str, open_project(paper.root).inputs())


def test_a_qmd_of_jupytext_is_a_copy(paper: Site) -> None:
    write_pair(paper)[1].unlink()
    page = "---\ntitle: Pair\n{}---\n\n```{{python}}\nx = 1\n```\n"
    paper.write(
        "posts/pair/index.qmd", page.format("jupyter: {jupytext: {formats: 'ipynb,qmd'}}\n")
    )
    assert build(paper.root).faults == ()
    paper.write("posts/pair/index.qmd", page.format(""))
    assert len(build(paper.root).faults) == 2


def test_a_plain_page_beside_a_notebook_is_another_page(paper: Site) -> None:
    _, text = write_pair(paper, "markdown")
    text.write_text("---\ntitle: Plain\n---\n")
    assert len(build(paper.root).faults) == 2


# The same page


def same_pages(root: Path, forms: Iterable[str]) -> None:
    """The pages of a publication are the same when its notebooks are text, and nothing runs again."""
    for path in (root / "_quarto.yml", *root.rglob("*.qmd")):
        path.write_text(path.read_text().replace("*.ipynb", "*.{ipynb,py,md}"))
    assert not build(root).faults
    before, was = pages(root), ".ipynb"
    notebooks = {path: jupytext.read(path) for path in root.glob("posts/**/index.ipynb")}
    for form in forms:
        suffix, written = FORMS[form]
        for path, notebook in notebooks.items():
            path.with_suffix(was).unlink()
            text = jupytext.writes(notebook, written)
            path.with_suffix(f".{suffix}").write_text(text.replace(".ipynb", f".{suffix}"))
        was = f".{suffix}"
        report = build(root)
        assert (report.faults, report.ran) == ((), 0)
        after = pages(root)
        assert after.keys() == before.keys()
        for name, text in before.items():
            assert after[name] == text, name


def pages(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root / "_site").as_posix(): path.read_text("utf-8")
        for path in (root / "_site").rglob("*.html")
    }


def test_a_text_gives_the_page_of_its_notebook(tmp_path: Path) -> None:
    root = shutil.copytree(ROOT / "tests/sites/editions", tmp_path / "editions")
    update_hashes(root)
    same_pages(root, FORMS)


@pytest.mark.slow
def test_my_blog_of_texts_is_my_blog(tmp_path: Path, chromium: str) -> None:
    for name in ("posts", "sections", "data", "theme", "scripts"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    for path in (*ROOT.glob("*.qmd"), ROOT / "_quarto.yml", ROOT / "references.bib"):
        shutil.copy(path, tmp_path)
    same_pages(tmp_path, ("percent", "markdown"))


# The preview


def test_the_preview_follows_what_is_saved(paper: Site) -> None:
    text = ARTICLE["py"]
    file = paper.write("posts/trade/index.py", text)
    _, copy = write_pair(paper)
    address = PageAddress("posts/trade/index.html")
    with PreviewedSite(paper.root) as previewed:
        assert "It came" in previewed.page(address).html
        file.write_text(text.replace("It came", "In all it came"))
        previewed.note({"posts/trade/index.py"})
        assert "In all it came" in previewed.page(address).html
        known = previewed.publication
        copy.write_text(copy.read_text() + "\n# %%\n")
        paper.write("posts/trade/other.py", "Y = 1\n")
        previewed.note({"posts/pair/index.py", "posts/trade/other.py"})
        assert previewed.publication is known
        paper.write("posts/new/index.py", HEAD)
        previewed.note({"posts/new/index.py"})
        assert previewed.page(PageAddress("posts/new/index.html")).fault is None
