"""Whatever data say, nothing of it runs: hostile strings in every channel, in every output, in a
real browser.

Each channel carries all payloads with its own number, so that what is found live says where it came
from. A payload that ran would call `window.live(number)`, or stand in the page as a script, a
handler, or an address that runs.
"""

from __future__ import annotations

import base64
import email
import email.policy
import json
import re
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest
from lxml import etree

from broadsheet.text import url_schemes
from conftest import CONFIG, TABLE, Site

CHANNELS: list[str] = []
"""The names of the channels, each at its number."""
PAYLOADS = (
    "<script>live({n})</script>",
    '"><img src=x onerror="live({n})">',
    "' onmouseover='live({n})' x='",
    "</script><script>live({n})</script>",
    "]]><x>",
    "-->",
    "<!--",
    "</svg><svg onload=live({n})>",
    "</title></textarea></style><img src=x onerror=live({n})>",
    "javascript:live({n})",
    "${{live({n})}}",
    "{{{{ live({n}) }}}}",
    "{{% x %}}",
    "[l](javascript:live({n}))",
    "<a href=javascript:live({n})>l</a>",
    "&lt;script&gt;live({n})&lt;/script&gt;",
    "\\u003cscript\\u003e",
    "&#106;avascript:live({n})",
)
CODE = ("`{{python}} live({n})`", "{{{{< meta own >}}}}")
"""What only Python or a shortcode would read: refused in tables' templates, and text elsewhere."""
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
UNSHOWN = {
    "package",
    "keyword",
    "imprint",
    "licence",
    "source title",
    "archive",
    "bibliography url",
    "html link",
}
"""Channels that no page shows, or that hold an address alone."""
CONTROLS = "\x1b[31m\x1b]0;t\x07"


def hostile(
    channel: str,
    *,
    code: bool = False,
    controls: bool = False,
    markdown: bool = False,
    short: bool = False,
) -> str:
    """All payloads, with the number of the channel; for ``markdown`` without the link, which would
    be a fault. A ``short`` text has those alone that make a file's name.
    """
    if channel not in CHANNELS:
        CHANNELS.append(channel)
    number = CHANNELS.index(channel)
    found = [one.format(n=number) for one in (*PAYLOADS, *(CODE if code else ()))]
    found = [one for one in found if not (markdown and "](" in one)][: 4 if short else None]
    return f"mark{number} " + " ".join(found) + (CONTROLS if controls else "")


def quoted(channel: str, **options: bool) -> str:
    """The same as a value of YAML."""
    return json.dumps(hostile(channel, **options))


def address(channel: str) -> str:
    """An address that would run."""
    if channel not in CHANNELS:
        CHANNELS.append(channel)
    return f"javascript://x.example/%0alive({CHANNELS.index(channel)})"


def escaped(text: str) -> str:
    """Text as an author writes it who means each sign of Markdown as a sign."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!<>$@^~|&\"':])", r"\\\1", text)


FACTS = """\
import broadsheet as bs
trade = bs.table("trade")
name = str(trade["name"].iloc[0])
total = bs.amount(trade["total"].iloc[0], unit="US$ bn", source="trade", name="total")
big = bs.every(trade["total"].iloc[0] > 1, says=name, source="trade")
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The publication, built; its e-mail edition made."""
    from broadsheet.cli.main import main
    from broadsheet.data.catalogue import update_hashes

    made = Site(tmp_path_factory.mktemp("hostile") / "publication")
    _write(made)
    update_hashes(made.root)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made.root)
        assert main(["build"]) == 0
        assert main(["newsletter", "a"]) == 0
    return made


def _write(made: Site) -> None:
    made.write(
        "_quarto.yml",
        CONFIG.replace(
            'title: "The Test"',
            f"title: {quoted('site title')}\n"
            f"  description: {quoted('site description')}\n  navbar:\n    left:\n      - href: about.qmd\n"
            f"        text: {quoted('navbar', markdown=True)}\n        aria-label: {quoted('navbar label')}\n"
            f"  page-footer:\n    left: {json.dumps(escaped(hostile('footer')))}\n"
            f"    right:\n      - href: about.qmd\n        text: {quoted('footer link', markdown=True)}\n",
        ).replace('"posts/**/*.ipynb"', '"posts/**/*.ipynb"\n    - "posts/**/*.qmd"')
        + f"author: []\nbibliography: all.bib\nbroadsheet:\n  newsletter:\n    imprint: {quoted('imprint')}\n",
    )
    made.write("_variables.yml", f"value: {quoted('variable')}\n")
    made.write(
        "index.qmd",
        "---\ntitle: Home\nlisting:\n  contents: posts\n  feed: true\n  categories: true\n---\n",
    )
    made.write(
        "about.qmd",
        f"---\ntitle: {quoted('title', code=True, markdown=True)}\ncorrections-page: true\n"
        f"own: {quoted('own key')}\n---\n{{{{< meta own >}}}} {{{{< var value >}}}}\n\n"
        f"![{escaped(hostile('alternative text'))}](a.png)\n\n"
        f"![x](a.png){{fig-alt={json.dumps(hostile('fig-alt'))}}}\n",
    )
    (made.root / "a.png").write_bytes(base64.b64decode(PNG))
    bib = hostile("bibliography", short=True)
    made.write(
        "all.bib",
        f"@misc{{evil, title={{ {bib} }}, author={{ {bib} }}, year={{2020}}, publisher={{ {bib} }},\n"
        f"  note={{Archived at {address('archive')}}}, url={{{address('bibliography url')}}}}}\n",
    )
    table = {
        **TABLE,
        "title": hostile("table title"),
        "description": hostile("table description"),
        "sources": [
            {
                "title": hostile("source title"),
                "publisher": hostile("publisher"),
                "path": "https://customs.example/" + hostile("source path"),
            }
        ],
        "licenses": [{"name": hostile("licence"), "title": hostile("licence title")}],
        "schema": {
            "fields": [
                {
                    "name": "name",
                    "title": hostile("column title"),
                    "type": "string",
                    "constraints": {"required": True},
                    "notes": [],
                },
                {"name": "slug", "title": "Slug", "type": "string"},
                {
                    "name": "total",
                    "title": hostile("number title"),
                    "type": "number",
                    "unit": hostile("unit"),
                },
            ],
            "primaryKey": ["name"],
        },
    }
    cells = [hostile("table cell"), hostile("other cell")]
    csv = "".join(
        f'"{cell.replace(chr(34), chr(34) * 2)}",{slug},{total}\n'
        for cell, slug, total in zip(cells, ("one", "two"), (146.9, 190.3), strict=True)
    )
    made.write("data/trade.csv", f"name,slug,total\n{csv}")
    made.write(
        "data/datapackage.json",
        json.dumps(
            {
                "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
                "name": "test",
                "title": hostile("package"),
                "resources": [table],
            }
        ),
    )
    made.write("posts/_metadata.yml", f"keywords: [{quoted('keyword')}]\n")
    front = f"""\
title: {quoted("headline", markdown=True)}
subtitle: {quoted("standfirst", markdown=True)}
description: {quoted("description", markdown=True)}
excerpt: {quoted("excerpt", markdown=True)}
date: 2023-05-26
image: /a.png
image-alt: {quoted("image alt")}
author:
  - name: {quoted("author", short=True)}
    url: {json.dumps("https://author.example/" + hostile("author url"))}
categories: [{quoted("category", short=True)}, {quoted("topic", short=True)}]
aliases: [/old/]
code-summary: {json.dumps(escaped(hostile("code summary")))}
corrections:
  - date: 2023-06-01
    wrong: {quoted("wrong")}
    right: {quoted("right")}
"""
    made.article(
        "a",
        FACTS,
        "#| echo: true\n#| code-fold: true\ntrade",
        _chart(),
        _chart_of_the_table(),
        _table(),
        _outputs(),
        (
            "md",
            "It was `{python} total`, [so it is]{claim='big'} and [@evil].\n\n`{python} name`\n\n"
            f"Text {escaped(hostile('prose'))}.",
        ),
        (
            "md",
            f"::: {{.callout-note title={json.dumps(escaped(hostile('callout')))}}}\nNote.\n:::",
        ),
        front=front,
    )
    rule = (
        'title: "{{ name }}"\ndate: 2023-05-27\neditions:\n  from: trade\n  slug: "{{ slug }}"\n'
        '  parameters: {name: "{{ name }}"}\n  title: "{{ name }}"\n  description: "{{ name }}"\n'
        '  edition-label: "{{ name }}"\n'
    ).replace('title: "{{ name }}"\ndate', "title: Editions\ndate")
    made.article("e", "print(name)", ("md", "`{python} name`"), front=rule, parameters='name = "x"')


def _chart() -> str:
    texts = {
        name: hostile(f"chart {name}")
        for name in (
            "title",
            "subtitle",
            "axis",
            "legend",
            "hover",
            "annotation",
            "category",
            "custom",
            "hovertemplate",
            "tick",
        )
    }
    return (
        f"#| label: fig-x\n#| fig-cap: {json.dumps(escaped(hostile('caption')))}\n#| note: {quoted('note')}\n"
        f"#| source: {{text: {quoted('source text')}, url: 'https://a.example/'}}\n"
        f"import plotly.graph_objects as go\nt = {texts!r}\n"
        "figure = go.Figure([go.Bar(x=[t['category'], 'b'], y=[1, 2], name=t['legend'],\n"
        "    hovertext=[t['hover']] * 2, text=[t['custom']] * 2,\n"
        "    customdata=[t['custom']] * 2, hovertemplate=t['hovertemplate']),\n"
        "    go.Scatter(x=['b'], y=[1], name='s')])\n"
        "figure.update_layout(title={'text': t['title'], 'subtitle': {'text': t['subtitle']}},\n"
        "    xaxis_title=t['axis'], yaxis={'tickvals': [1], 'ticktext': [t['tick']]},\n"
        "    annotations=[{'text': t['annotation'], 'x': 0, 'y': 1}])\nfigure"
    )


def _chart_of_the_table() -> str:
    return (
        "#| label: fig-y\nimport plotly.express as px\ntrade = bs.table('trade')\n"
        "px.bar(trade, x='name', y='total', title='The trade')"
    )


def _table() -> str:
    return (
        f"#| label: tbl-x\n#| tbl-cap: {json.dumps(escaped(hostile('table caption')))}\n"
        "import pandas as pd\n"
        f"frame = pd.DataFrame({{{hostile('column name')!r}: [{hostile('frame cell', controls=True)!r}, 'b'],\n"
        "    'n': [1, 2]})\n"
        f"frame.index = pd.Index([{hostile('row')!r}, 'r'], name={hostile('index name')!r})\nframe"
    )


def _outputs() -> str:
    styled = (
        f"<p>{hostile('styled')}</p><base href=//x.example/><a href={address('html link')}>x</a>"
    )
    return (
        f"print({hostile('printed', controls=True)!r})\nimport sys, html\n"
        f"print({hostile('warning', controls=True)!r}, file=sys.stderr)\n"
        "from IPython.display import HTML, Markdown, SVG, display\n"
        f"display(HTML({'<p>' + hostile('html output') + '</p>'!r}))\n"
        f"display(HTML(html.escape({hostile('escaped html output')!r})))\n"
        f"display(HTML({styled!r}))\n"
        f"display(Markdown({hostile('markdown output', markdown=True)!r}))\n"
        f"display({{'text/plain': {hostile('plain output')!r}}}, raw=True)\n"
        'display({\'image/svg+xml\': \'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" '
        f'onload="live(0)"><script>live(0)</script><text>x</text></svg>\'}}, raw=True)\n'
        f"{hostile('representation')!r}"
    )


# What is live in a file


def _live(root: etree._Element) -> Iterator[str]:
    """What would run of a document: scripts with our payload, handlers, addresses of schemes that
    no page may have.
    """
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        name = etree.QName(element).localname.lower() if "}" in element.tag else element.tag.lower()
        if (
            name == "script"
            and "live(" in (element.text or "")
            and "json" not in element.get("type", "")
        ):
            yield f"a script: {element.text}"
        if name in ("base", "object", "embed", "foreignobject") and not (
            name == "base" and element.get("target")
        ):
            yield f"an element <{name}>"
        for key, value in element.attrib.items():
            attribute = str(key).rpartition("}")[2].lower()
            if attribute.startswith("on"):
                yield f"a handler: {attribute}={value!r}"
            is_address = attribute in (
                "href",
                "src",
                "action",
                "formaction",
                "data",
                "poster",
                "xlink:href",
            )
            if is_address and not url_schemes.is_picture(str(value), url_schemes.LINKS | {"cid"}):
                yield f"an address: {attribute}={value!r}"


def files(site: Site, *suffixes: str) -> list[Path]:
    return [
        path
        for folder in ("_site", "_newsletter")
        for path in sorted((site.root / folder).rglob("*"))
        if path.is_file() and path.suffix in suffixes and path.name != ".broadsheet.json"
    ]


def found_in(html: str) -> list[str]:
    return list(_live(lxml.html.document_fromstring(html)))


def test_each_channel_reaches_the_site(site):
    """A channel that says nothing anywhere proves nothing."""
    everything = "".join(
        path.read_text(encoding="utf-8", errors="replace")
        for path in files(site, ".html", ".md", ".json", ".svg", ".xml", ".txt", ".csv")
    )
    unseen = [
        name
        for number, name in enumerate(CHANNELS)
        if not re.search(rf"mark{number}(?!\d)", everything, re.IGNORECASE)
    ]
    assert set(unseen) <= UNSHOWN, unseen


def test_no_page_holds_what_would_run(site):
    pages = files(site, ".html")
    assert len(pages) > 8
    live = {str(page.relative_to(site.root)): found_in(page.read_text("utf-8")) for page in pages}
    assert {name: found for name, found in live.items() if found} == {}


def test_data_for_machines_within_pages_are_json_and_end_nothing(site):
    blocks = [
        script.text
        for page in files(site, ".html")
        for script in lxml.html.document_fromstring(page.read_text("utf-8")).iter("script")
        if "json" in script.get("type", "")
    ]
    assert blocks
    for block in blocks:
        json.loads(block)
        assert "<" not in block


def test_feeds_are_well_formed_and_their_contents_run_nothing(site):
    for feed in files(site, ".xml", ".atom"):
        root = etree.fromstring(feed.read_bytes())
        assert list(_live(root)) == []
        for content in root.iter("{*}encoded", "{*}content"):
            assert found_in(f"<div>{content.text}</div>") == []
        for link in root.iter("{*}link", "{*}uri", "{*}loc"):
            assert url_schemes.is_link(link.text or link.get("href") or "")
    (feed,) = [path for path in files(site, ".json") if path.name == "index.feed.json"]
    for item in json.loads(feed.read_bytes())["items"]:
        assert found_in(f"<div>{item.get('content_html', '')}</div>") == []
        assert all(url_schemes.is_link(author.get("url", "")) for author in item.get("authors", ()))


def test_pictures_are_well_formed_and_run_nothing(site):
    pictures = files(site, ".svg")
    assert any("fig-x" in picture.name for picture in pictures)
    for picture in pictures:
        assert list(_live(etree.fromstring(picture.read_bytes()))) == [], picture


def test_json_has_no_address_that_runs(site):
    def addresses(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            yield from (
                str(one) for key, one in value.items() if key in ("url", "archived", "path") and one
            )
        for one in (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        ):
            yield from addresses(one)

    for file in files(site, ".json"):
        assert [
            one for one in addresses(json.loads(file.read_bytes())) if not url_schemes.is_link(one)
        ] == [], file


def test_copies_in_markdown_run_nothing_where_they_are_shown(site):
    import subprocess

    from broadsheet.markdown.pandoc import program

    copies = [*files(site, ".md"), site.root / "_site/llms.txt"]
    assert len(copies) >= 4
    for copy in copies:
        for reader in ("commonmark", "gfm"):
            shown = subprocess.run(
                [program(), "-f", reader, "-t", "html"],
                input=copy.read_bytes(),
                check=True,
                capture_output=True,
            ).stdout.decode()
            assert found_in(f"<div>{shown}</div>") == [], copy


def test_the_e_mail_edition_runs_nothing_and_has_its_own_headers_alone(site):
    (file,) = files(site, ".eml")
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["Bcc"] is None
    assert "mark" in message["Subject"]
    html = message.get_body(("html",)).get_content()
    assert found_in(html) == []
    assert [
        link
        for link in lxml.html.document_fromstring(html).iter("a")
        if not url_schemes.is_link(link.get("href", ""))
    ] == []


def test_no_escape_of_a_terminal_is_on_a_page(site):
    for page in files(site, ".html", ".md", ".xml", ".txt"):
        assert "\x1b" not in page.read_text("utf-8"), page


def test_nothing_runs_in_a_browser(site, browser, serve):
    address = serve(site.root / "_site")
    context = browser.new_context()
    live, refused = set(), []
    context.expose_binding(
        "live", lambda caller, number: live.add((caller["frame"].url, CHANNELS[number]))
    )
    page = context.new_page()
    page.on(
        "console", lambda message: refused.append(message.text) if message.type == "error" else None
    )
    page.on("dialog", lambda dialog: (refused.append(dialog.message), dialog.dismiss()))
    for file in files(site, ".html"):
        if not file.is_relative_to(site.root / "_site"):
            continue
        url = address + file.relative_to(site.root / "_site").as_posix()
        page.goto(url, wait_until="load")
        if 'http-equiv="refresh"' in file.read_text("utf-8"):
            page.wait_for_url(
                lambda there, here=url: there != here
            )  # or the next page would be opened under way
            continue
        for element in page.locator("summary, [data-figure]").all():
            if element.is_visible():
                element.hover()
        for button in page.locator(".chart-explore button").all():
            button.click()
        for link in page.locator("a[href*='live(']").all():
            refused.append(str(link.get_attribute("href"))) if not url_schemes.is_link(
                str(link.get_attribute("href"))
            ) else None
    context.close()
    assert live == set()
    assert [text for text in refused if "inline" in text or "live(" in text] == []
