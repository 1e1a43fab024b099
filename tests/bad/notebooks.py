"""A notebook's file: JSON that is none, and JSON that has not the shape of a notebook."""

from __future__ import annotations

import json
from typing import Any

from bad import Bad

_FRONT = {"cell_type": "raw", "metadata": {}, "source": "---\ntitle: New\n---", "id": "front"}
_CELL = {
    "cell_type": "code",
    "metadata": {},
    "source": "1 + 1",
    "outputs": [],
    "execution_count": None,
    "id": "one",
}
_WHOLE = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [_FRONT, _CELL]}
GOOD = json.dumps({**_WHOLE, "cells": [{**_FRONT, "source": "---\ntitle: Old\n---"}]})
_DEEP = "[" * 5000 + "]" * 5000


def _with(**changes: Any) -> str:
    return json.dumps({**_WHOLE, **changes})


def _without(key: str) -> str:
    return json.dumps({name: value for name, value in _WHOLE.items() if name != key})


def _cell(cell: Any) -> str:
    return _with(cells=[_FRONT, cell])


def _cell_with(**changes: Any) -> str:
    return _cell({**_CELL, **changes})


def _cell_without(key: str) -> str:
    return _cell({name: value for name, value in _CELL.items() if name != key})


def _parameters(name: str, source: str, cells: int = 1) -> str:
    """A notebook with an edition that is given the parameter x."""
    front = f"---\ntitle: New\neditions: [{{slug: {name}-edition, parameters: {{x: 1}}}}]\n---"
    return _with(
        cells=[
            {**_FRONT, "source": front},
            *cells * [{**_CELL, "source": source, "metadata": {"tags": ["parameters"]}}],
        ]
    )


def _text(old: str, new: str, text: str = "") -> str:
    return (text or _with()).replace(old, new)


_BROKEN: dict[str, str | bytes] = {
    "empty": "",
    "spaces": "  \n ",
    "null": "null",
    "list": "[]",
    "number": "4",
    "text": '"notebook"',
    "trailing-garbage": _with() + "}",
    "two-notebooks": _with() + _with(),
    "cut-off": _with()[:100],
    "conflict-marks": '{\n "cells": [\n<<<<<<< HEAD\n  {}\n=======\n]}',
    "single-quotes": str(_WHOLE),
    "comma-at-the-end": _with()[:-1] + ",}",
    "comment": "// mine\n" + _with(),
    "utf-16": _with().encode("utf-16"),
    "latin-1": _with(metadata={"title": "x"}).replace("x", "é").encode("latin-1"),
    "random-bytes": bytes(range(128, 256)),
    "key-twice": _text('"cells":', '"cells": [], "cells":'),
    "key-twice-in-a-cell": _text('"source": "1 + 1"', '"source": "1", "source": "2"'),
    "json-5000-levels": _text('"metadata": {}', f'"metadata": {{"a": {_DEEP}}}'),
    "json-5000-levels-alone": _DEEP,
    "json-5000-levels-open": "[" * 5000,
    "outputs-5000-levels": _text('"outputs": []', f'"outputs": {_DEEP}'),
    "metadata-300-levels": _text(
        '"metadata": {}', '"metadata": {"a": ' + "[" * 300 + "]" * 300 + "}"
    ),
    "number-of-5000-digits": _text('"nbformat_minor": 5', '"nbformat_minor": ' + "5" * 5000),
    "format-5": _with(nbformat=5),
    "format-text": _with(nbformat="4"),
    "format-float": _with(nbformat=4.0),
    "format-bool": _with(nbformat=True),
    "format-null": _with(nbformat=None),
    "format-missing": _without("nbformat"),
    "format-0": _with(nbformat=0),
    "format-negative": _with(nbformat=-4),
    "format-huge": _with(nbformat=10**300),
    "format-list": _with(nbformat=[4]),
    "format-minor-text": _with(nbformat_minor="5"),
    "format-minor-negative": _with(nbformat_minor=-1),
    "format-minor-null": _with(nbformat_minor=None),
    "format-3-without-worksheets": _with(nbformat=3),
    "format-3-with-a-number": _with(nbformat=3, worksheets=7),
    "format-2-with-null": _with(nbformat=2, worksheets=[{"cells": [None]}]),
    "format-1-with-text": _with(nbformat=1, cells="x"),
    "cells-null": _with(cells=None),
    "cells-missing": _without("cells"),
    "cells-mapping": _with(cells={}),
    "cells-text": _with(cells="1 + 1"),
    "cell-null": _cell(None),
    "cell-text": _cell("1 + 1"),
    "cell-list": _cell([]),
    "cell-empty": _cell({}),
    "cell-without-source": _cell_without("source"),
    "cell-without-type": _cell_without("cell_type"),
    "cell-type-unknown": _cell_with(cell_type="heading"),
    "cell-type-null": _cell_with(cell_type=None),
    "cell-type-list": _cell_with(cell_type=["code"]),
    "source-number": _cell_with(source=12),
    "source-null": _cell_with(source=None),
    "source-mapping": _cell_with(source={"a": "b"}),
    "source-nested": _cell_with(source=[["1"], "2"]),
    "source-of-numbers": _cell_with(source=[1, 2]),
    "source-of-nulls": _cell_with(source=[None]),
    "metadata-list": _with(metadata=[]),
    "metadata-null": _with(metadata=None),
    "metadata-text": _with(metadata="x"),
    "metadata-surrogate": _text('"metadata": {}', '"metadata": {"a": "\\ud800"}'),
    "kernelspec-list": _with(metadata={"kernelspec": []}),
    "kernelspec-name": _with(metadata={"kernelspec": {"name": 3}}),
    "broadsheet-list": _with(metadata={"broadsheet": []}),
    "language-info-null": _with(metadata={"language_info": None}),
    "cell-metadata-list": _cell_with(metadata=[]),
    "cell-metadata-null": _cell_with(metadata=None),
    "cell-metadata-surrogate": _cell_with(metadata={"name": "\ud800"}),
    "tags-null": _cell_with(metadata={"tags": None}),
    "tags-text": _cell_with(metadata={"tags": "parameters"}),
    "tags-numbers": _cell_with(metadata={"tags": [1]}),
    "tags-surrogate": _cell_with(metadata={"tags": ["\udc80"]}),
    "tags-reserved": _cell_with(metadata={"tags": ["broadsheet-reads"]}),
    "attachments-list": _cell_with(cell_type="markdown", attachments=[]),
    "attachments-of-text": _cell_with(cell_type="markdown", attachments={"a.png": "x"}),
    "surrogate-in-code": _cell_with(source="x = '\ud800'"),
    "surrogate-in-markdown": _cell_with(cell_type="markdown", source="a\n\udfff"),
    "surrogate-in-front-matter": _with(cells=[{**_FRONT, "source": "---\ntitle: \ud800\n---"}]),
    "surrogate-in-parameters": _cell_with(
        source="x: str = '\ud83d'", metadata={"tags": ["parameters"]}
    ),
    "nul-in-code": _cell_with(source="x = '\0'"),
    "control-in-markdown": _cell_with(cell_type="markdown", source="a\x07b"),
    "front-matter-date": _with(
        cells=[{**_FRONT, "source": "---\ntitle: A\ndate: 2023-02-30\n---"}]
    ),
    "front-matter-updates-until": _with(
        cells=[{**_FRONT, "source": "---\nupdates-until: soon\n---"}, _CELL]
    ),
    "front-matter-open": _with(cells=[{**_FRONT, "source": "---\ntitle: A\n"}, _CELL]),
    "front-matter-list": _with(cells=[{**_FRONT, "source": "---\n- A\n---"}]),
    "option-date": _cell_with(source="#| mine: 2023-02-30\n1"),
    "option-tag": _cell_with(source="#| eval: !!bool perhaps\n1"),
    "option-list": _cell_with(source="#| - a\n1"),
    "option-twice": _cell_with(source="#| echo: true\n#| echo: false\n1"),
    "option-surrogate": _cell_with(source='#| fig-cap: "\\ud800"\n1'),
    "option-nested": _cell_with(source="#| mine: " + "[" * 1200 + "\n1"),
    "option-integer": _cell_with(source="#| fig-width: " + "9" * 5000 + "\n1"),
    "label-too-long": _cell_with(
        source="#| label: fig-" + "l" * 3000 + "\n"
        "import plotly.express as px\npx.bar(x=[1, 2], y=[1, 2], title='A')"
    ),
    "parameters-twice": _parameters("parameters-twice", "x = 1", 2),
    "parameters-missing": _parameters("parameters-missing", "y = 1"),
    "parameters-none": _parameters("parameters-none", "", 0),
    "parameters-of-text": _parameters("parameters-of-text", "x: str = 'a'"),
    "parameters-no-python": _parameters("parameters-no-python", "x = = 1"),
    "parameters-nested": _parameters("parameters-nested", "x = " + "(" * 500 + ")" * 500),
    "parameters-number": _parameters("parameters-number", "x = " + "9" * 5000),
    "parameters-literal": _parameters("parameters-literal", "x: Literal[y] = 1"),
    "parameters-literal-call": _parameters("parameters-literal-call", "x: Literal[f()] = 1"),
    "parameters-date": _parameters("parameters-date", "x = date(2023, 2, 30)"),
    "parameters-date-of-text": _parameters("parameters-date-of-text", "x: date = '2023-02-30'"),
    "parameters-unhashable": _parameters("parameters-unhashable", "x = {[]: 1}"),
    "code-no-python": _cell_with(source="x = = 1"),
    "code-indented": _cell_with(source="  x\n y"),
    "code-nested": _cell_with(source="(" * 500 + ")" * 500),
    "inline-no-python": _cell_with(cell_type="markdown", source="A `{python} 1 +` b."),
    "inline-raises": _cell_with(cell_type="markdown", source="A `{python} 1 / 0` b."),
    "inline-nested": _cell_with(
        cell_type="markdown", source="A `{python} " + "(" * 300 + ")" * 300 + "` b."
    ),
}
_TOLERATED: dict[str, str | bytes] = {
    "attachment-shown": _cell_with(
        cell_type="markdown",
        source="![](attachment:a.png)",
        attachments={"a.png": {"image/png": "aGk="}},
    ),
    "kernelspec-unknown": _with(metadata={"kernelspec": {"name": "fortran", "display_name": "F"}}),
    "byte-order-mark": "\ufeff" + _with(),
    "crlf": json.dumps(_WHOLE, indent=1).replace("\n", "\r\n"),
    "crlf-in-sources": _with(
        cells=[{**_FRONT, "source": "---\r\ntitle: New\r\n---\r\n"}, {**_CELL, "source": "1\r\n2"}]
    ),
    "no-cells": _with(cells=[]),
    "format-minor-missing": _without("nbformat_minor"),
    "format-minor-99": _with(nbformat_minor=99),
    "format-3": json.dumps(
        {
            "nbformat": 3,
            "nbformat_minor": 0,
            "metadata": {"name": ""},
            "worksheets": [
                {
                    "cells": [
                        {"cell_type": "markdown", "metadata": {}, "source": ["Words."]},
                        {
                            "cell_type": "code",
                            "collapsed": False,
                            "input": ["1 + 1"],
                            "language": "python",
                            "metadata": {},
                            "outputs": [],
                        },
                    ],
                    "metadata": {},
                }
            ],
        }
    ),
    "metadata-missing": _without("metadata"),
    "cell-metadata-missing": _cell_without("metadata"),
    "ids-missing": _cell_without("id"),
    "ids-twice": _cell_with(id="front"),
    "ids-number": _cell_with(id=3),
    "outputs-null": _cell_with(outputs=None),
    "outputs-odd": _cell_with(
        outputs=[None, 3, {"output_type": "x"}, {"output_type": "stream", "text": {}}]
    ),
    "outputs-missing": _cell_without("outputs"),
    "execution-count-text": _cell_with(execution_count="x"),
    "not-a-number": _text('"metadata": {}', '"metadata": {"a": NaN, "b": Infinity}'),
    "unknown-keys": _with(mine=1, cells=[_FRONT, {**_CELL, "mine": [1]}]),
    "kernelspec-empty": _with(metadata={"kernelspec": {}}),
    "metadata-odd": _with(
        metadata={"language_info": {}, "authors": 3, "title": [1], "orig_nbformat": "x"}
    ),
    "broadsheet-left-by-a-run": _cell_with(metadata={"broadsheet": {"cell": 7, "inline": 3}}),
}


def _bad(name: str, content: str | bytes, tolerated: bool = False) -> Bad:
    return Bad(
        f"notebooks/{name}.ipynb",
        content,
        GOOD,
        tolerated=tolerated,
        of_edition=name in _OF_EDITION,
    )


_OF_EDITION = ("parameters-twice", "parameters-missing", "parameters-none", "parameters-of-text")
CASES = {
    **{name: _bad(name, content) for name, content in _BROKEN.items()},
    **{
        f"tolerated-{name}": _bad(f"tolerated-{name}", content, True)
        for name, content in _TOLERATED.items()
    },
}
