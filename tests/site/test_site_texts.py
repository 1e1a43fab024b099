"""The texts and links around pages: of sidebars, above and below pages, in bars."""

from __future__ import annotations

from lxml import html

from broadsheet.preview.previewed_site import PageAddress, PreviewedSite
from broadsheet.site.build.build import build
from small_sites import page, small_site


def test_texts_of_links_may_be_markdown_and_links_open_where_they_say(tmp_path):
    made = small_site(
        tmp_path,
        """website:
  title: T
  navbar: {left: [{text: "*Our* page", href: about.qmd}]}
  sidebar:
    contents:
      - text: '<a href="https://a.example">Hello</a>'
      - {text: Out, href: https://b.example, target: _blank, rel: external}
      - {section: "`code`", contents: [about.qmd]}
""",
        **{"about.qmd": page("About")},
    )
    tree = html.fromstring(made["index.html"])
    assert tree.xpath("string(//nav[@class='sections navbar']//a/em)") == "Our"
    side = tree.get_element_by_id("quarto-sidebar")
    assert side.xpath("string(.//a[@href='https://a.example'])") == "Hello"
    (out,) = side.xpath(".//a[@href='https://b.example']")
    assert dict(out.attrib) == {
        "href": "https://b.example",
        "class": "sidebar-link",
        "rel": "external",
        "target": "_blank",
    }
    assert side.xpath("string(.//code)") == "code"


def test_texts_above_and_below_pages_and_sidebars(tmp_path):
    made = small_site(
        tmp_path,
        """website:
  title: T
  announcement: {content: "Read *this*.", type: warning}
  body-header: "Above."
  body-footer: _foot.md
  margin-header: "![](owl.png){alt='An owl'}"
  margin-footer: ["One.", "Two."]
  back-to-top-navigation: true
  sidebar:
    - {contents: [index.qmd, a/b.qmd], header: "Side up.", footer: "Side down."}
""",
        **{"_foot.md": "Below [us](a/b.qmd).", "owl.png": "png", "a/b.qmd": page("B")},
    )
    text = " ".join(html.fromstring(made["a/b.html"]).text_content().split())
    order = ["Read this.", "Side up.", "Side down.", "Above.", "Text.", "Below us.", "One. Two."]
    assert sorted(order, key=text.index) == order
    assert 'src="../owl.png"' in made["a/b.html"] and made.has("owl.png")
    assert '<a href="b.html">us</a>' in made["a/b.html"]
    assert 'href="#"' in made["a/b.html"]


def test_the_way_to_a_page_through_the_sections_of_its_sidebar(tmp_path):
    made = small_site(
        tmp_path,
        """website:
  title: T
  sidebar:
    contents:
      - index.qmd
      - section: Guides
        contents: [{section: First, contents: [a.qmd]}, b.qmd]
""",
        **{"a.qmd": page("A"), "b.qmd": page("B", "bread-crumbs: false\n")},
    )
    (crumbs,) = html.fromstring(made["a.html"]).xpath("//ol[@class='breadcrumb']")
    assert [item.text_content() for item in crumbs] == ["Guides", "First", "A"]
    for name in ("index.html", "b.html"):
        assert "breadcrumb" not in made[name]


def test_links_from_a_page_to_its_source(tmp_path):
    made = small_site(
        tmp_path,
        """website:
  title: T
  repo-url: https://github.com/us/site
  repo-subdir: docs
  repo-actions: [edit, source, issue]
  repo-link-target: _blank
""",
        **{"a/b.qmd": page("B")},
    )
    (actions,) = html.fromstring(made["a/b.html"]).xpath("//*[@class='toc-actions']")
    assert [(link.get("href"), link.get("target")) for link in actions.iter("a")] == [
        ("https://github.com/us/site/edit/main/docs/a/b.qmd", "_blank"),
        ("https://github.com/us/site/blob/main/docs/a/b.qmd", "_blank"),
        ("https://github.com/us/site/issues/new", "_blank"),
    ]


def test_values_in_the_titles_of_a_site(tmp_path, monkeypatch):
    monkeypatch.setenv("TOWN", "Hull")
    made = small_site(
        tmp_path,
        """website:
  title: "T {{< var version >}}"
  description: "{{< env TOWN >}}, {{< env NO_SUCH_THING none >}}, {{< meta lang >}}"
  page-footer: {left: "{{< env FROM_FILE >}}"}
lang: en-GB
""",
        **{
            "_variables.yml": "version: 1.2.3\n",
            "_environment": "FROM_FILE='x y'\n",
            "a.qmd": page("A"),
        },
    )
    assert "<title>A – T 1.2.3</title>" in made["a.html"]
    assert '<meta name="description" content="Hull, none, en-GB">' in made["index.html"]
    assert "<p>x y</p>" in made["a.html"]
    assert not made.said


def test_a_value_that_is_missing_or_secret_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("MY_TOKEN", "0123456789")
    config = "website: {title: 'T {{< env MY_TOKEN >}}', description: '{{< var no.such >}}'}\n"
    made = small_site(tmp_path, config)
    assert "0123456789" not in made["index.html"]
    assert made.said == [
        f"`{{{{< {call} >}}}}` has no value; it stays as written"
        for call in ("env MY_TOKEN", "var no.such")
    ]


def test_a_script_in_the_navigation_or_footer_is_left_out_and_told(tmp_path):
    made = small_site(
        tmp_path,
        """website:
  title: T
  navbar: {left: [{text: 'A <script>run()</script> <b onclick="run()">b</b>', href: about.qmd}]}
  page-footer: {left: "*Left* <script>run()</script>"}
""",
        **{"about.qmd": page("About")},
    )
    assert "run()" not in made["about.html"]
    assert "<b>b</b>" in made["about.html"] and "<em>Left</em>" in made["about.html"]
    told = [text for text in made.said if text.endswith("this is not on the page: <script>")]
    assert len(told) == 2


def test_a_file_of_a_text_that_is_edited_or_comes_to_be_is_seen(tmp_path):
    config = """website:
  title: T
  announcement: _news.md
  body-footer: [_foot.md, _later.md]
  plausible-analytics: {path: _plausible.html}
  sidebar: {contents: [index.qmd], header: _side.md}
"""
    names = ("_news.md", "_foot.md", "_plausible.html", "_side.md")
    made = small_site(tmp_path, config, **dict.fromkeys(names, "First."))
    assert made["index.html"].count("First.") == len(names)
    for name in (*names, "_later.md"):
        (tmp_path / name).write_text(f"Now of {name}.")
        assert not build(tmp_path).faults
        assert f"Now of {name}." in made["index.html"]
    address = PageAddress("index.html")
    with PreviewedSite(tmp_path) as previewed:
        assert "Now of _foot.md." in previewed.page(address).html
        (tmp_path / "_foot.md").write_text("Newest.")
        previewed.note({"_foot.md"})
        assert previewed.is_stale(address) and "Newest." in previewed.page(address).html
