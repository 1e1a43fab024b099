"""The styles that an output brings for its own table are a file of CSS beside the page."""

from __future__ import annotations

import re

import pytest

from broadsheet.markdown.output_styles import styles_of
from broadsheet.site.build.build import build


def css(rules: str) -> str:
    styles = styles_of(
        f'<style>{rules}</style><table id="T_1"><tr><td id="T_1_a">1</td></tr></table>'
    )
    assert styles.count("#T_1") == styles.count(".cell #T_1")
    return styles.replace(".cell #T_1", "#T_1")


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
        ("#T_1 { border-image: 30\nurl(//evil.example/x.png) }", ""),
        ("#T_1 { border-color: red\nurl(//evil.example/x.png) }", ""),
        ("#T_1 { border: 1px u/**/rl(//evil.example/x.png) }", ""),
        ("#T_1 { border: 1px \\75rl(//evil.example/x.png) }", ""),
        ("#T_1 { width: -webkit-image-set(x); height: env(x); color: var(--x) }", ""),
        ("#T_1 ~ * { color: red } #T_1 + p { color: red }", ""),
        ("#T_1:has(*) + p { color: red } #T_1:has(td) { color: red }", ""),
        ("#T_1:not(* + p) { color: red } #T_1:nth-child(1)~p { color: red }", ""),
        ("#T_1 tr:nth-child(2n + 1) { color: red }", None),
        ("#T_1 tr:nth-last-of-type(odd) { color: red }", None),
        ("#T_1 tr:not(.a) > td:is(.b) { color: red }", None),
        ("#T_1 { margin: -99px; margin-left: - 1px; margin-top: calc(0px - 9px) }", ""),
        ("#T_1 { text-indent: -9em; letter-spacing: -9em; vertical-align: -9em }", ""),
        ("#T_1 { opacity: 0; text-shadow: 9em 9em red; text-underline-offset: 9em }", ""),
        ("#T_1 { height: 0; max-height: 0 }", ""),
        ("#T_1 { margin: 0 auto; vertical-align: text-top; white-space: pre-wrap }", None),
        ("#T_1 { width: calc(100% - 2px); color: rgb(1 2 3 / 50%) }", None),
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


def test_rules_hold_in_outputs_alone(site) -> None:
    site.write("_quarto.yml", "project:\n  type: website\n")
    html = (
        '<style>#content td { color: red }</style><table id="content"><tr><td>1</td></tr></table>'
    )
    site.write(
        "index.qmd",
        "---\ntitle: A\n---\n\n```{python}\nfrom IPython.display import HTML\n"
        f"HTML({html!r})\n```\n\nText.\n",
    )
    assert not build(site.root, jobs=1).faults
    html = site.read("_site/index.html")
    (address,) = re.findall(r'<link rel="stylesheet" href="(index_files/[^"]+)"', html)
    assert site.read(f"_site/{address}") == ".cell #content td { color: red }\n"
    cell = html[html.index('class="cell') :]
    assert 'id="content"' in cell.partition("Text.")[0]
