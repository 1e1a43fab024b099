"""Pictures of other libraries reach the page as they are, with their words; what a page cannot show
is an error.
"""

from __future__ import annotations

import pytest

from broadsheet.figures.drawing.svg_sanitizer import harmless
from broadsheet.markdown import outputs
from broadsheet.project.reading import open_publication
from pressing import prepare

PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
ALTAIR = """import altair as alt
chart = alt.Chart(alt.Data(values=[{"a": 1, "b": 2}])).mark_bar().encode(x="a:O", y="b:Q")
chart"""


def prepared(site, *cells):
    site.article("a", *cells)
    publication = open_publication(site.root)
    return prepare(publication.project, publication.editions, jobs=1)


def shown(made):
    """The last output's HTML and the one file that came of it."""
    (page,) = made.finished
    ((name, content),) = page.assets.items()
    return page.notebook.cells[-1].outputs[-1].data["text/html"], name, content


def test_a_picture_of_matplotlib_is_a_file_in_its_size_with_its_words(site):
    html, name, content = shown(
        prepared(site, f'#| label: fig-plot\n#| fig-alt: A "line" <that> rises.\n{PLOT}')
    )
    width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
    assert name == "posts/a/index_files/fig-plot.png" and content.startswith(b"\x89PNG")
    assert html == (
        '<p><img src="index_files/fig-plot.png" class="img-fluid figure-img" alt="A &#34;line&#34; &lt;that&gt; rises." '
        f'width="{width}" height="{height}" loading="lazy"></p>'
    )


def test_a_picture_as_svg_has_its_size_in_pixels(site):
    html, name, content = shown(
        prepared(
            site, f"%config InlineBackend.figure_formats = ['svg']\n%matplotlib inline\n{PLOT}"
        )
    )
    assert name.endswith(".svg") and b"<svg" in content and 'width="' in html and "pt" not in html


def test_a_picture_without_words_is_reported(site):
    (notice,) = prepared(site, f"#| label: fig-plot\n{PLOT}").notices
    assert notice.topic == "alt-text"
    assert str(notice).startswith(
        "posts/a/index.ipynb, cell 2: the picture `fig-plot` has no `fig-alt`"
    )


@pytest.mark.slow
def test_altair_draws_a_picture_when_it_is_asked_to(site):
    html, name, content = shown(
        prepared(
            site,
            "import altair as alt\nalt.renderers.enable('svg');",
            "#| fig-alt: A bar.\n" + ALTAIR,
        )
    )
    assert name.endswith(".svg") and content.startswith(b"<svg") and 'alt="A bar."' in html


def test_else_the_error_says_how(site):
    reported = str(next(iter(prepared(site, ALTAIR).faults.values())))
    assert reported.startswith(
        "posts/a/index.ipynb, cell 2: this output is of a kind that a page cannot show: "
    )
    assert 'alt.renderers.enable("svg")' in reported and "vl-convert-python" in reported


def test_an_output_that_no_notebook_can_hold_is_reported_as_any_error(site):
    made = prepared(site, "import altair as alt\nalt.renderers.enable('mimetype');", ALTAIR)
    reported = str(next(iter(made.faults.values())))
    assert (
        reported.startswith("posts/a/index.ipynb")
        and "an output cannot be held by a notebook" in reported
    )
    assert (
        "application/vnd.vegalite.v6.json" in reported and 'alt.renderers.enable("svg")' in reported
    )


def test_what_only_a_script_would_draw_is_an_error_and_no_blank(site):
    made = prepared(
        site,
        "from IPython.display import HTML\nHTML('<div id=\"x\"></div><script>draw(x)</script>')",
    )
    assert "text/html, text/plain, the HTML but a script" in str(next(iter(made.faults.values())))


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("&lt;script&gt;x&lt;/script&gt; &amp; b", "&lt;script&gt;x&lt;/script&gt; &amp; b"),
        (
            '<base href="//e.example/"><meta http-equiv=refresh content="0;url=//e.example">text',
            "text",
        ),
        ("<img/onerror=x src=x>", '<img src="x">'),
        ('<iframe srcdoc="<p>x">y</iframe><iframe src="data:text/html,x"></iframe>z', "z"),
        (
            '<form action="https://e.example"><input name="q" formaction="x"></form>',
            '<form><input name="q"></form>',
        ),
        ('<noscript><p title="</noscript><img src=x onerror=y>">', ""),
        ("<object data=x>a</object><embed src=x><link rel=x href=y>b", "ab"),
        ("<x-a onclick=y>in <b>bold</b></x-a> after", "in <b>bold</b> after"),
        (
            '<svg><a xlink:href="javascript:x"><text>t</text></a><foreignObject><p>z</p></foreignObject><use href="//e#x"/>'
            '<animate attributeName="href" to="javascript:x"/></svg>',
            "<svg><a><text>t</text></a><use></use></svg>",
        ),
        ("a<!-- c -->b", "ab"),
    ],
)
def test_what_a_cell_shows_as_html_is_cleaned(html, left):
    assert outputs.clean_html(html) == left


@pytest.mark.parametrize(
    ("inner", "left"),
    [
        ("<script>x</script><rect/>", "<rect/>"),
        ('<rect onclick="x"/>', "<rect/>"),
        ('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>', ""),
        (
            '<use href="http://e.example/x#a"/><use xlink:href="#b"/>',
            '<use/><use xlink:href="#b"/>',
        ),
        ('<a xlink:href="javascript:x"><text>t</text></a>', "<a><text>t</text></a>"),
        (
            '<image href="data:image/png;base64,AA"/><image href="a.png"/>',
            '<image href="data:image/png;base64,AA"/><image/>',
        ),
        ("<style>*{a:b}</style><style>@import url(x)</style>", "<style>*{a:b}</style>"),
        (
            '<set attributeName="onclick" to="x"/><animate attributeName="xlink:href" values="javascript:x"/>',
            "",
        ),
        ('<x:script xmlns:x="http://www.w3.org/2000/svg">x</x:script>', ""),
    ],
)
def test_what_a_cell_shows_as_svg_is_cleaned(inner, left):
    cleaned = harmless(f"{SVG}{inner}</svg>".encode()).decode()
    assert cleaned in (f"{SVG}{left}</svg>", f"{SVG[:-1]}/>")


def test_a_picture_that_runs_nothing_stays_to_the_byte():
    drawn = f'{SVG}<!-- a --><style>*{{a:b}}</style><path d="M0 0" style="fill: url(#x)"/></svg>'.encode()
    assert harmless(drawn) is drawn


def test_svg_that_is_none_is_an_error_of_its_cell(site):
    made = prepared(
        site, "from IPython.display import display\ndisplay({'image/svg+xml': '<svg <b'}, raw=True)"
    )
    reported = str(next(iter(made.faults.values())))
    assert reported.startswith(
        "posts/a/index.ipynb, cell 2: `cell-2`: this output is an SVG that is not XML: "
    )


@pytest.mark.parametrize(
    ("shown", "missing"),
    [
        ("'text/html': '<iframe srcdoc=\"a map\"></iframe>'", "<iframe srcdoc>"),
        (
            "'text/html': '<p>A chart</p><canvas id=x></canvas><script>draw(x)</script>'",
            "<canvas>, <script>",
        ),
        (
            "'text/html': '<audio controls><source src=\"data:audio/wav;base64,AA\"></audio>'",
            "<source>",
        ),
        (
            "'image/svg+xml': '<svg xmlns=\"http://www.w3.org/2000/svg\"><foreignObject/><g/></svg>'",
            "<foreignObject>",
        ),
    ],
)
def test_what_is_taken_out_of_an_output_is_reported(site, shown, missing):
    made = prepared(site, f"from IPython.display import display\ndisplay({{{shown}}}, raw=True)")
    assert not made.faults
    assert f"this is not on the page: {missing}" in "\n".join(
        notice.what for notice in made.notices
    )


def test_markdown_that_a_table_of_an_output_holds_is_told() -> None:
    table = '<table><tr><td><span data-qmd="_a_"></span></td><td>b</td></tr></table>'
    assert outputs.lost(table, "text/html") == ["Markdown in `data-qmd`"]
    assert (
        outputs.lost(
            table.replace("></span>", ">a</span>").replace(" data-qmd", " title"), "text/html"
        )
        == []
    )
