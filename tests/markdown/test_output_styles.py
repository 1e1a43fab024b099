"""The styles that an output brings for its own table are a file of CSS beside the page."""

from __future__ import annotations

import re

import pytest

from broadsheet.markdown.output_styles import styles_of
from broadsheet.site.build.build import build


def css(rules: str) -> str:
    return styles_of(
        f'<style>{rules}</style><table id="T_1"><tr><td id="T_1_a">1</td></tr></table>'
    )


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("#T_1 th { color: Red; }", "#T_1 th { color: Red }\n"),
        ("#T_1, #T_1_a { color: #fff !important }", "#T_1, #T_1_a { color: #fff !important }\n"),
        ("/* x */ #T_1 { color: red; display: none }", "#T_1 { color: red }\n"),
        ("#T_1 tr:nth-child(2) > td { width: calc(1em + 2px) }", None),
        ("#T_1 { background: url(x) ; background-color: url(//x.org) }", ""),
        ("#T_1 { color: expression(1); position: fixed; background-image: none }", ""),
        ("#T_1 { color: r\\65 d }", ""),
        ("body { color: red } #other { color: red } * #T_1 { color: red }", ""),
        ("body, #T_1 { color: red }", "#T_1 { color: red }\n"),
        ("@import 'x'; #T_1 { color: red }", "#T_1 { color: red }\n"),
        (
            "@media print { #T_1 { color: red } #T_1_a { color: red } } #T_1 { color: tan }",
            "#T_1 { color: tan }\n",
        ),
        ("} { #T_1 { color: red", ""),
        ("", ""),
    ],
)
def test_which_rules_stay(written: str, kept: str | None) -> None:
    assert css(written) == (written.replace(" }", " }\n") if kept is None else kept)


def test_html_without_styles_has_none() -> None:
    assert styles_of('<table id="T_1"></table>') == ""


def test_a_styled_table_of_pandas_has_its_colours(site) -> None:
    site.write("_quarto.yml", "project:\n  type: website\n")
    site.write(
        "index.qmd",
        "---\ntitle: A\n---\n\n```{python}\nimport pandas as pd\n"
        'pd.DataFrame({"a": [1]}).style.set_properties(**{"background-color": "#123456"})\n```\n',
    )
    result = build(site.root, jobs=1)
    assert not result.faults
    html = site.read("_site/index.html")
    (address,) = re.findall(r'<link rel="stylesheet" href="(index_files/[^"]+)"', html)
    assert "background-color: #123456" in site.read(f"_site/{address}")
    assert "<style" not in html
