"""Outputs of cells, and inline values, that are wrong: a case is the code of a cell, perhaps with
Markdown after it.
"""

from __future__ import annotations

PLOTLY = "application/vnd.plotly.v1+json"
TABLE = "application/vnd.broadsheet.table+json"


def raw(mime: object, value: str) -> str:
    """The code of a cell that puts out what the expression ``value`` gives as a type of output."""
    return f"display({{{mime!r}: {value}}}, raw=True)"


def plotly(value: str) -> str:
    """The code of a cell that puts out a plotly figure."""
    return "#| label: fig-x\n" + raw(PLOTLY, value)


def trace(value: str) -> str:
    """The code of a cell that puts out a figure of one trace, given by its keys."""
    return plotly(f"{{'data': [{{{value}}}], 'layout': {{}}}}")


def laid_out(value: str) -> str:
    """The code of a cell that puts out a plain figure with a layout of these keys."""
    return plotly(
        f"{{'data': [{{'type': 'scatter', 'x': [1, 2], 'y': [3, 4]}}], 'layout': {{{value}}}}}"
    )


def frame(value: str) -> str:
    """The code of a cell that puts out a table."""
    return raw(TABLE, value)


DEEP = "import json\ndeep = json.loads('[' * 400 + ']' * 400)\n"

CELLS: dict[str, str] = {
    # figures
    "figure-null": plotly("None"),
    "figure-list": plotly("[]"),
    "figure-text": plotly("'a figure'"),
    "figure-number": plotly("7"),
    "figure-empty": plotly("{}"),
    "data-null": plotly("{'data': None, 'layout': {}}"),
    "data-text": plotly("{'data': 'x', 'layout': {}}"),
    "data-mapping": plotly("{'data': {'x': [1]}, 'layout': {}}"),
    "trace-null": plotly("{'data': [None], 'layout': {}}"),
    "trace-list": plotly("{'data': [[1, 2]], 'layout': {}}"),
    "trace-empty": trace(""),
    "type-unknown": trace("'type': 'spaceship', 'x': [1], 'y': [2]"),
    "type-null": trace("'type': None, 'x': [1], 'y': [2]"),
    "type-list": trace("'type': ['bar'], 'x': [1], 'y': [2]"),
    "type-number": trace("'type': 5, 'x': [1], 'y': [2]"),
    "x-null": trace("'type': 'bar', 'x': None, 'y': [2]"),
    "x-text": trace("'type': 'bar', 'x': 'abc', 'y': [2]"),
    "x-of-mappings": trace("'type': 'bar', 'x': [{}, {'a': 1}], 'y': [2, 3]"),
    "x-of-lists": trace("'type': 'bar', 'x': [[1], [2, 3]], 'y': [2, 3]"),
    "x-mixed": trace("'type': 'scatter', 'x': [1, 'a', None, True, {}], 'y': [2, 3, 'b', [], 5]"),
    "y-nan": trace("'type': 'scatter', 'x': [1, 2], 'y': [float('nan'), float('nan')]"),
    "y-infinite": trace("'type': 'scatter', 'x': [1, 2], 'y': [float('inf'), float('-inf')]"),
    "y-huge": trace("'type': 'scatter', 'x': [1, 2], 'y': [10**400, 1]"),
    "y-huge-digits": "import sys; sys.set_int_max_str_digits(0)\n"
    + trace("'x': [1, 2], 'y': [10**5000, 1]"),
    "dates-that-do-not-exist": trace(
        "'type': 'scatter', 'x': ['2023-02-30', '2023-13-01'], 'y': [1, 2]"
    ),
    "days-out-of-range": trace(
        "'type': 'scatter', 'x': ['0000-00-00', '99999-01-01'], 'y': [1, 2]"
    ),
    "bdata-of-unknown-type": trace(
        "'type': 'bar', 'x': [1], 'y': {'dtype': 'c16', 'bdata': 'AAAA'}"
    ),
    "bdata-of-no-type": trace("'type': 'bar', 'x': [1], 'y': {'bdata': 'AAAA'}"),
    "bdata-truncated": trace("'type': 'bar', 'x': [1], 'y': {'dtype': 'f8', 'bdata': 'AAAAAAA='}"),
    "bdata-no-base64": trace("'type': 'bar', 'x': [1], 'y': {'dtype': 'f8', 'bdata': '???'}"),
    "bdata-null": trace("'type': 'bar', 'x': [1], 'y': {'dtype': 'f8', 'bdata': None}"),
    "bdata-shape": trace(
        "'type': 'heatmap', 'z': {'dtype': 'i1', 'bdata': 'AAECAw==', 'shape': 'two, many'}"
    ),
    "heatmap-of-one-row": trace("'type': 'heatmap', 'z': [1, 2, 3]"),
    "heatmap-ragged": trace("'type': 'heatmap', 'z': [[1], [1, 2], None]"),
    "pie-negative": trace("'type': 'pie', 'labels': ['a', 'b'], 'values': [-1, 1]"),
    "pie-of-nothing": trace("'type': 'pie', 'labels': [], 'values': []"),
    "map-of-nowhere": trace("'type': 'choropleth', 'locations': ['XXX'], 'z': [1]"),
    "map-of-null": trace("'type': 'choropleth', 'locations': None, 'z': None"),
    "map-with-broken-geojson": trace(
        "'type': 'choropleth', 'geojson': [], 'locations': ['a'], 'z': [1]"
    ),
    "table-of-null": trace("'type': 'table', 'header': None, 'cells': None"),
    "sankey-of-null": trace("'type': 'sankey', 'node': None, 'link': None"),
    "visible-of-odd-kind": trace("'type': 'bar', 'x': [1], 'y': [2], 'visible': 'perhaps'"),
    "name-a-mapping": trace("'type': 'bar', 'x': [1], 'y': [2], 'name': {'a': 1}"),
    "name-with-nul": trace("'type': 'bar', 'x': ['a\\0b'], 'y': [2], 'name': 'c\\0d'"),
    "name-a-surrogate": trace("'type': 'bar', 'x': ['\\ud800'], 'y': [2], 'name': '\\udfff'"),
    "layout-null": plotly("{'data': [{'x': [1], 'y': [2]}], 'layout': None}"),
    "layout-list": plotly("{'data': [{'x': [1], 'y': [2]}], 'layout': []}"),
    "title-a-number": laid_out("'title': 5"),
    "title-a-list": laid_out("'title': {'text': ['a']}"),
    "template-null": laid_out("'template': None"),
    "template-text": laid_out("'template': 'plotly'"),
    "template-of-lists": laid_out("'template': {'layout': [], 'data': []}"),
    "axis-null": laid_out("'xaxis': None, 'yaxis': None"),
    "axis-text": laid_out("'xaxis': 'log'"),
    "axis-range-null": laid_out("'xaxis': {'range': [None, None]}"),
    "axis-range-of-texts": laid_out("'yaxis': {'range': ['a', 'b']}"),
    "ticks-unequal": laid_out("'xaxis': {'tickvals': [1, 2, 3], 'ticktext': 5}"),
    "format-odd": laid_out("'yaxis': {'tickformat': '~~~9999999s', 'ticksuffix': 5}"),
    "height-text": laid_out("'height': 'tall'"),
    "height-negative": laid_out("'height': -100"),
    "height-huge": laid_out("'height': 10**9"),
    "width-infinite": laid_out("'width': float('inf')"),
    "margin-text": laid_out("'margin': 'none'"),
    "annotations-null": laid_out("'annotations': [None, 5, 'a']"),
    "annotations-mapping": laid_out("'annotations': {'text': 'a'}"),
    "annotation-without-place": laid_out("'annotations': [{'text': None, 'x': {}, 'y': []}]"),
    "shapes-null": laid_out("'shapes': [None]"),
    "images-elsewhere": laid_out("'images': [{'source': 'https://pictures.example/a.png'}]"),
    "meta-narrow-text": laid_out("'meta': {'narrow': 'yes'}"),
    "frames-null": plotly("{'data': [{'x': [1], 'y': [2]}], 'layout': {}, 'frames': None}"),
    "figure-deep": DEEP
    + plotly("{'data': [{'x': [1], 'y': [2], 'customdata': deep}], 'layout': {}}"),
    "layout-deep": DEEP + plotly("{'data': [{'x': [1], 'y': [2]}], 'layout': {'meta': deep}}"),
    # tables
    "frame-null": frame("None"),
    "frame-list": frame("[]"),
    "frame-empty": frame("{}"),
    "frame-without-rows": frame("{'index': [], 'columns': [], 'rows': None, 'origin': None}"),
    "frame-column-null": frame("{'index': [], 'columns': [None], 'rows': 1, 'origin': None}"),
    "frame-of-unknown-kind": frame(
        "{'index': [], 'columns': [{'name': ['a'], 'kind': 'ghost', 'values': [1]}],"
        " 'rows': 1, 'origin': None}"
    ),
    "frame-ragged": frame(
        "{'index': [], 'columns': [{'name': ['a'], 'kind': 'text', 'values': ['x']}, {'name': ['b'],"
        " 'kind': 'text', 'values': []}], 'rows': 1, 'origin': None}"
    ),
    "frame-with-a-false-day": frame(
        "{'index': [], 'columns': [{'name': ['a'], 'kind': 'date', 'values':"
        " ['2023-02-30']}], 'rows': 1, 'origin': None}"
    ),
    "frame-with-odd-numbers": frame(
        "{'index': [], 'columns': [{'name': ['a'], 'kind': 'number', 'values':"
        " ['x', 10**400, float('nan')]}], 'rows': 1, 'origin': None}"
    ),
    "pandas-odd": (
        "import pandas as pd, datetime as d\n"
        "pd.DataFrame({'a': [d.datetime.min, d.datetime.max], 'b\\0': [float('inf'), 10**400],"
        " ('c', 1): [[1], {}],"
        " 5: pd.Series(['\\ud800', '\\0'], dtype=object)})"
    ),
    "pandas-huge-numbers": "import pandas as pd\npd.DataFrame({'a': [1e300, 1e-300, 5e-324]})",
    "pandas-empty": "import pandas as pd\npd.DataFrame()",
    "pandas-same-names": "import pandas as pd\npd.DataFrame([[1, 2]], columns=['a', 'a'])",
    "pandas-raising-text": (
        "import pandas as pd\nclass Odd:\n    def __str__(self): raise ValueError('no text')\n"
        "    __repr__ = __str__\npd.DataFrame({'a': [Odd()]})"
    ),
    # HTML, pictures, text
    "html-empty": raw("text/html", "''"),
    "html-blank": raw("text/html", "' \\n '"),
    "html-null": raw("text/html", "None"),
    "html-list": raw("text/html", "['<p>', 'a', '</p>']"),
    "html-number": raw("text/html", "5"),
    "html-broken": raw(
        "text/html", "'<div <b><table><tr></p></div></div></body></html> &#xD800; &bogus; <!-- '"
    ),
    "html-deep": raw("text/html", "'<div>' * 5000"),
    "html-deep-table": raw("text/html", "'<table><tr><td>' * 1500"),
    "html-nul": raw("text/html", "'<p>a\\0b\\x07</p>'"),
    "html-comment-only": raw("text/html", "'<!-- nothing -->'"),
    "html-processing-instruction": raw("text/html", "'<?php echo 1 ?><p>a</p>'"),
    "html-doctype": raw(
        "text/html",
        '\'<!DOCTYPE html [<!ENTITY a "b">]><html><head><title>x</title></head>'
        "<body>&a;</body></html>'",
    ),
    "html-surrogate": raw("text/html", "'<p>\\ud800</p>'"),
    "html-odd-names": raw("text/html", "'<p a\\x01=1 \"=2 <=3>a</p><a:b:c/>'"),
    "png-null": raw("image/png", "None"),
    "png-empty": raw("image/png", "''"),
    "png-no-base64": raw("image/png", "'???'"),
    "png-no-png": raw("image/png", "'aGVsbG8='"),
    "png-truncated": raw("image/png", "'iVBORw0KGgo='"),
    "png-huge": raw("image/png", "'iVBORw0KGgoAAAANSUhEUv////////8IAgAAAA=='"),
    "jpeg-no-jpeg": raw("image/jpeg", "'aGVsbG8='"),
    "gif": raw("image/gif", "'R0lGODlhAQABAAAAACwAAAAAAQABAAACADs='"),
    "svg-empty": raw("image/svg+xml", "''"),
    "svg-no-xml": raw("image/svg+xml", "'<svg <p>'"),
    "svg-no-svg": raw("image/svg+xml", "'<html><svg/></html>'"),
    "svg-unclosed": raw("image/svg+xml", "'<svg xmlns=\"http://www.w3.org/2000/svg\"><g>'"),
    "svg-entity-bomb": raw(
        "image/svg+xml",
        "'<!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\">' + ''.join("
        "f'<!ENTITY {chr(98 + n)} \"' + f'&{chr(97 + n)};' * 10 + '\">' for n in range(9)) + "
        "']><svg xmlns=\"http://www.w3.org/2000/svg\"><text>&j;</text></svg>'",
    ),
    "svg-external-entity": raw(
        "image/svg+xml",
        '\'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        '<svg xmlns="http://www.w3.org/2000/svg"><text>&a;</text></svg>\'',
    ),
    "svg-deep": raw(
        "image/svg+xml",
        "'<svg xmlns=\"http://www.w3.org/2000/svg\">' + '<g>' * 5000 + '</g>' * 5000 + '</svg>'",
    ),
    "svg-odd-size": raw(
        "image/svg+xml",
        '\'<svg xmlns="http://www.w3.org/2000/svg" width="1.2.3" height="\' +'
        " '9' * 400 + '\"/>'",
    ),
    "svg-nul": raw(
        "image/svg+xml", "'<svg xmlns=\"http://www.w3.org/2000/svg\"><text>\\0</text></svg>'"
    ),
    "pdf": raw("application/pdf", "'JVBERi0='"),
    "json": raw("application/json", "{'a': 1}"),
    "vega": raw("application/vnd.vegalite.v5+json", "{}"),
    "widget": raw("application/vnd.jupyter.widget-view+json", "{'model_id': 'x'}"),
    "javascript": raw("application/javascript", "'alert(1)'"),
    "no-data": "display({}, raw=True)",
    "mime-not-a-text": raw(5, "'a'"),
    "mime-null": raw(None, "'a'"),
    "mime-empty": raw("", "'a'"),
    "mime-odd": raw("text/\0<b>\n", "'a'"),
    "latex-looping": raw("text/latex", "r'$\\def\\a{\\a}\\a$'"),
    "latex-unbalanced": raw("text/latex", "r'$$\\frac{1}{$$ \\begin{x}'"),
    "latex-input": raw("text/latex", "r'\\input{/etc/passwd} $\\input{/etc/passwd}$'"),
    "markdown-null": raw("text/markdown", "None"),
    "markdown-list": raw("text/markdown", "[1, None]"),
    "markdown-slot": raw("text/markdown", "'```{=slot}\\n0\\n```'"),
    "markdown-fences": raw("text/markdown", "'`' * 5000 + '\\n::: {.x\\n' + '> ' * 300 + 'a'"),
    "text-null": raw("text/plain", "None"),
    "text-mapping": raw("text/plain", "{'a': 1}"),
    "text-nul": raw("text/plain", "'a\\0b'"),
    "printed-nul": "print('a\\0b\\x07\\x1b[31mred\\x1b]0;title\\x07 \\x1b[')",
    "printed-surrogate": "print('a\\ud800b')",
    "printed-bytes": "import sys; sys.stdout.buffer.write(b'\\xff\\xfe') if hasattr(sys.stdout, 'buffer') else None",
    "error-raised": "raise ValueError('a\\0b\\ud800')",
    "error-without-text": (
        "class Odd(Exception):\n    def __str__(self): raise ValueError('no')\nraise Odd()"
    ),
    "error-group": "raise ExceptionGroup('many', [ValueError(1), TypeError('x\\0')])",
    "repr-raises": "class Odd:\n    def __repr__(self): raise ValueError('no repr')\nOdd()",
    "repr-html-raises": "class Odd:\n    def _repr_html_(self): raise ValueError('no HTML')\nOdd()",
    "repr-html-a-number": "class Odd:\n    def _repr_html_(self): return 5\nOdd()",
    "repr-mimebundle-odd": "class Odd:\n    def _repr_mimebundle_(self, **k): return {'text/html': object()}\nOdd()",
    "label-odd": "#| label: 'fig-../../x y'\n"
    + raw(PLOTLY, "{'data': [{'x': [1], 'y': [2]}], 'layout': {}}"),
    "label-too-long": "#| label: fig-"
    + "x" * 300
    + "\n"
    + raw(PLOTLY, "{'data': [{'x': [1], 'y': [2]}]}"),
    "label-a-list": "#| label: [fig-a, fig-b]\n" + raw(PLOTLY, "{'data': [{'x': [1], 'y': [2]}]}"),
    "label-with-nul": '#| label: "fig-a\\0b"\n' + raw(PLOTLY, "{'data': [{'x': [1], 'y': [2]}]}"),
}

INLINE: dict[str, str] = {
    "raises": "1 / 0",
    "raises-oddly": "(_ for _ in ()).throw(KeyboardInterrupt)",
    "exits": "exit()",
    "syntax": "1 +",
    "nul": "'a\\0b'",
    "surrogate": "'a\\ud800b'",
    "bytes": "b'\\xff'",
    "null": "None",
    "str-raises": "Odd()",
    "str-is-no-text": "Odd2()",
    "markdown-raises": "Odd3()",
    "markdown-a-number": "Odd4()",
    "inline-odd": "Odd5()",
    "inline-a-list": "Odd6()",
    "huge-number": "10**6000",
    "nan": "float('nan')",
    "looks-like-markdown": "'[a](b) ::: {.x} <script>'",
    "unknown-name": "nothing_of_the_kind",
}
"""Inline expressions; `Odd` and its kin are :data:`ODD`."""

ODD = """
class Odd:
    def __str__(self): raise ValueError('no text')
    __repr__ = __str__
class Odd2:
    def __str__(self): return 5
class Odd3:
    def _repr_markdown_(self): raise KeyError('no Markdown')
class Odd4:
    def _repr_markdown_(self): return 5
class Odd5:
    def _inline_(self): return {'text': None}
class Odd6:
    def _inline_(self): return [1]
"""
