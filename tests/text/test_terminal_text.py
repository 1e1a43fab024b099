"""Printed text with a terminal's colours, as HTML."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.site.build.build import build
from broadsheet.text.terminal_text import terminal_html
from conftest import Site

ESC = "\x1b["


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (f"{ESC}31mred{ESC}0m plain", '<span class="ansi-red-fg">red</span> plain'),
        (f"{ESC}1;32mbold{ESC}22m not{ESC}m", '<span class="ansi-green-fg ansi-bold">bold</span><span class="ansi-green-fg"> not</span>'),
        (f"{ESC}91;104mbright{ESC}39mon{ESC}49m off", '<span class="ansi-red-fg ansi-blue-bg">bright</span><span class="ansi-blue-bg">on</span> off'),
        (f"{ESC}38;5;208morange{ESC}m", '<span class="ansi-yellow-fg">orange</span>'),
        (f"{ESC}38;5;4mblue{ESC}m", '<span class="ansi-blue-fg">blue</span>'),
        (f"{ESC}38;5;250mgrey{ESC}m", '<span class="ansi-white-fg">grey</span>'),
        (f"{ESC}38;2;10;20;200mb{ESC}48:2:0:200:0mg{ESC}m", '<span class="ansi-blue-fg">b</span><span class="ansi-blue-fg ansi-green-bg">g</span>'),
        (f"{ESC}7minverse{ESC}27m{ESC}4mline", '<span class="ansi-inverse">inverse</span><span class="ansi-underline">line</span>'),
        (f"{ESC}31m<b>&{ESC}0m", '<span class="ansi-red-fg">&lt;b&gt;&amp;</span>'),
        (f"{ESC}38;5m{ESC}38;2;1m{ESC}99999m{ESC}{'1;' * 40}ma{ESC}2Kb\x07\x85", "ab\x85"),
        (f"{ESC}31m  {ESC}0m10 %\r{ESC}31m20 %", '<span class="ansi-red-fg">20 %</span>'),
        ("plain <i>", "plain &lt;i&gt;"),
    ],
)  # fmt: skip
def test_escape_sequences_are_classes(text: str, html: str):
    block = terminal_html(text)
    assert block.startswith('<div class="ansi-escaped-output">') is ("<span" in html)
    assert f"<pre><code>{html}".rstrip("\x85") in block, block


def test_each_colour_has_its_rule(site: Site):
    site.write(
        "a.qmd", "---\ntitle: A\n---\n\n```{python}\n#| error: true\nimport no_such_module\n```\n"
    )
    assert not build(site.root).faults
    assert '<span class="ansi-red-fg">ModuleNotFoundError</span>' in site.read("_site/a.html")
    [style] = Path(site.root / "_site/site_libs/broadsheet").glob("broadsheet-*.css")
    rules = style.read_text()
    for colour in ("red", "green", "yellow", "blue", "magenta", "cyan", "white"):
        assert f".ansi-{colour}-fg {{" in rules and f".ansi-{colour}-bg" in rules
