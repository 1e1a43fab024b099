"""HTML of an author's own around pages, and what a page says of itself to machines."""

from __future__ import annotations

import pytest

from small_sites import page, small_site

SITE = "website: {title: T, site-url: https://t.example}\n"


def test_html_around_a_page(tmp_path):
    front = """subtitle: A value
body-classes: [cool, "two three"]
include-in-header:
  - text: '<meta name="x" content="{{< meta subtitle >}}">'
  - head.html
include-before-body: {text: "<div id=before></div>"}
include-after-body: {file: after.html}
"""
    made = small_site(
        tmp_path,
        SITE,
        **{
            "a/b.qmd": page("B", front),
            "a/head.html": '<link rel="stylesheet" href="own.css">',
            "a/after.html": '<p id="after"><a href="../index.qmd">home</a></p>',
            "a/own.css": "p {}",
        },
    )
    head, _, body = made["a/b.html"].partition("</head>")
    assert '<meta name="x" content="A value">' in head
    assert '<link rel="stylesheet" href="own.css">' in head and made.has("a/own.css")
    assert '<body class="is-plain cool two three">\n<div id="before"></div>' in body
    assert '<p id="after"><a href="../index.html">home</a></p>\n</body>' in body
    assert 'id="before"' not in made["index.html"]
    assert not made.said


def test_files_of_the_configuration_count_from_the_root(tmp_path):
    config = SITE + "format: {html: {include-in-header: parts/head.html}}\n"
    files = {"parts/head.html": '<meta name="y" content="1">', "a/b.qmd": page("B")}
    made = small_site(tmp_path, config, **files)
    assert all('<meta name="y" content="1">' in made[name] for name in ("a/b.html", "index.html"))
    (tmp_path / "parts/head.html").write_text('<meta name="y" content="2">')
    made = small_site(tmp_path, config)
    assert 'content="2"' in made["a/b.html"]


def test_a_missing_file_and_a_script_in_the_page_are_told(tmp_path):
    front = "include-in-header: no.html\ninclude-after-body: {text: '<script>x()</script>'}\n"
    made = small_site(tmp_path, SITE, **{"a.qmd": page("A", front)})
    assert made.said == [
        "`include-in-header`: there is no file 'no.html'",
        "`include-after-body` has an inline style or script: browsers ignore it under the policy "
        "`default-src 'self'`",
    ]


def test_values_have_shortcodes_of_their_own_and_others_are_told(tmp_path):
    front = """inner: within
outer: "a {{< meta inner >}}, {{< meta inner >}} b"
include-before-body: {text: '<p id="p">{{< meta outer >}} scincludedn7x sc0123n0x</p>'}
include-after-body: {text: '<div id="d">{{< video a.mp4 >}}{{< pagebreak >}}</div>'}
"""
    made = small_site(tmp_path, SITE, **{"a.qmd": page("A", front)})
    assert '<p id="p">a within, within b scincludedn7x sc0123n0x</p>' in made["a.html"]
    assert '<div id="d"></div>' in made["a.html"]
    assert made.said == [
        "`include-after-body` has a shortcode for `video`, which is left out",
        "`include-after-body` has a shortcode for `pagebreak`, which is left out",
    ]


@pytest.mark.parametrize(
    ("kind", "runs"),
    [
        ("", True),
        ("type=module", True),
        ("type=' Text/JavaScript '", True),
        ("type=application/x-javascript", True),
        ("type=importmap", True),
        ("type=application/ld+json", False),
        ("type=text/template", False),
        ("src=a.js", False),
    ],
)
def test_a_script_that_is_data_is_not_told(tmp_path, kind, runs):
    front = f'include-in-header: {{text: "<script {kind}>1</script>"}}\n'
    made = small_site(tmp_path, SITE, **{"a.qmd": page("A", front), "a.js": ""})
    assert any("inline style or script" in what for what in made.said) == runs


def test_the_address_for_search_engines(tmp_path):
    made = small_site(
        tmp_path,
        SITE,
        **{
            "a.qmd": page("A", "format: {html: {canonical-url: 'https://first.example/a'}}\n"),
            "b.qmd": page("B", "canonical-url: false\n"),
            "c.qmd": page("C", "canonical-url: true\n"),
        },
    )
    assert '<link rel="canonical" href="https://first.example/a">' in made["a.html"]
    assert "canonical" not in made["b.html"]
    assert '<link rel="canonical" href="https://t.example/c.html">' in made["c.html"]


def test_an_address_that_no_link_may_have_is_no_canonical_one(tmp_path):
    made = small_site(tmp_path, SITE, **{"a.qmd": page("A", "canonical-url: 'javascript:x()'\n")})
    assert "javascript" not in made["a.html"]
    assert any("canonical-url" in what for what in made.said)


def test_readers_are_counted_only_where_the_author_asks(tmp_path):
    snippet = '<script async src="https://plausible.io/js/pa-X.js"></script>'
    config = "website: {title: T, plausible-analytics: {path: _count.html}}\n"
    asked = small_site(tmp_path / "a", config, **{"_count.html": snippet})
    assert snippet in asked["index.html"].partition("</head>")[0]
    assert snippet in asked["404.html"]
    plain = small_site(tmp_path / "b", "website: {title: T}\n")
    assert "<script" not in plain["index.html"]


def test_a_file_outside_of_the_publication_costs_no_page(tmp_path):
    (tmp_path / "secret.html").write_text("<p>secret</p>")
    made = small_site(
        tmp_path / "site", SITE, **{"a.qmd": page("A", "include-after-body: ../secret.html\n")}
    )
    assert "secret" not in made["a.html"] and "</html>" in made["a.html"]
    [said] = made.said
    assert "lies outside of the publication" in said
