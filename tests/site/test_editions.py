"""Many editions of one article: how they are declared, how they are listed, and that none shows
another's figures.
"""

from __future__ import annotations

import hashlib
import json
import re

import feedparser
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from broadsheet.project.reading import open_publication
from broadsheet.project.settings.address import slug
from broadsheet.site.build.build import build
from broadsheet.site.index.build_record import as_json, read_record
from conftest import CONFIG, Site, slow_but

ROWS = [
    ("AA", "Alba", "country", 2021, 1.5, False),
    ("AA", "Alba", "country", 2022, 2.5, False),
    ("CI", "Côte d'Ivoire", "country", 2021, 3.5, False),
    ("CI", "Côte d'Ivoire", "country", 2022, 4.5, True),
    ("TR", "Türkiye", "country", 2022, 5.5, False),
    ("WW", "World", "group", 2021, 6.5, False),
    ("WW", "World", "group", 2022, None, False),
]
COLUMNS = [
    ("code", "string"),
    ("partner", "string"),
    ("kind", "string"),
    ("year", "integer"),
    ("total", "number"),
    ("doubtful", "boolean"),
]
RULE = """\
editions:
  from: partners
  where: {kind: country}
  each: partner
  slug: "{{ partner | slug }}"
  parameters: {partner: "{{ partner }}"}
  title: "Trade with {{ partner }}"
"""
LINES = {"rule": 3, "from": 4, "where": 5, "each": 6, "slug": 7, "parameters": 8, "title": 9}


def write_partners(site, rows=ROWS):
    """The catalogue, with one table of partners by year."""
    lines = [",".join(name for name, _ in COLUMNS)]
    lines += [
        ",".join(
            "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)
            for cell in row
        )
        for row in rows
    ]
    entry = {
        "name": "partners",
        "type": "table",
        "path": "partners.csv",
        "title": "Partners",
        "description": "By year.",
        "schema": {
            "fields": [
                {"name": name, "type": kind, "title": name.capitalize()} for name, kind in COLUMNS
            ],
            "primaryKey": ["code", "year"],
        },
        "sources": [{"title": "T", "publisher": "The Customs", "path": "https://customs.example/"}],
        "licenses": [{"name": "CC-BY-4.0"}],
        "as_of": "2024-12-31",
        "retrieved": "2025-01-31",
    }
    site.table("\n".join(lines) + "\n", entry=entry)


def read(site, editions, *cells, front="title: A\n"):
    """The publication whose one article declares ``editions``."""
    site.article("a", *cells, front=front + editions.rstrip(), parameters="partner: str = ''")
    return open_publication(site.root)


def declared(site, editions):
    publication = read(site, editions)
    assert not publication.faults, [str(fault) for fault in publication.faults.values()]
    return {edition.name: edition for edition in publication.editions if not edition.is_first}


def fault(site, editions):
    (error,) = read(site, editions).faults.values()
    return str(error)


# Declaring


def test_a_matrix_makes_an_edition_of_each_combination_which_are_its_parameters(site):
    found = declared(
        site,
        "editions:\n  matrix: {year: [2022, 2024], measure: [value, tonnes]}\n"
        "  slug: '{{ year }}-{{ measure }}'\n  title: 'The {{ measure }} of {{ year }}'",
    )
    assert {
        name: (dict(edition.parameters), edition.settings.title) for name, edition in found.items()
    } == {
        "2022-value": ({"year": 2022, "measure": "value"}, "The value of 2022"),
        "2022-tonnes": ({"year": 2022, "measure": "tonnes"}, "The tonnes of 2022"),
        "2024-value": ({"year": 2024, "measure": "value"}, "The value of 2024"),
        "2024-tonnes": ({"year": 2024, "measure": "tonnes"}, "The tonnes of 2024"),
    }


def test_rows_of_a_table_make_editions_and_a_lone_placeholder_keeps_the_value_s_type(site):
    write_partners(site)
    found = declared(
        site,
        "editions:\n  from: partners\n  where: {partner: World}\n"
        "  slug: '{{ code | slug }}-{{year}}'\n"
        "  parameters: {year: '{{ year }}', sum: '{{ total }}', bad: '{{ doubtful }}',"
        " text: 'in {{ year }}', list: ['{{ year }}']}",
    )
    assert {name: dict(edition.parameters) for name, edition in found.items()} == {
        "ww-2021": {"year": 2021, "sum": 6.5, "bad": False, "text": "in 2021", "list": [2021]},
        "ww-2022": {"year": 2022, "sum": None, "bad": False, "text": "in 2022", "list": [2022]},
    }


@pytest.mark.parametrize(
    "where, names",
    [
        ("{kind: country}", ["alba", "cote-divoire", "turkiye"]),
        ("{partner: [Alba, World]}", ["alba", "world"]),
        ("{year: {to: 2021}}", ["alba", "cote-divoire", "world"]),
        ("{total: {from: 2.5, to: 4.5}}", ["alba", "cote-divoire"]),
        ("{doubtful: true}", ["cote-divoire"]),
        ("{total: null}", ["world"]),
        ("{kind: country, year: 2021}", ["alba", "cote-divoire"]),
    ],
)
def test_where_chooses_rows(site, where, names):
    write_partners(site)
    assert list(declared(site, RULE.replace("{kind: country}", where))) == names


def test_each_makes_one_edition_of_rows_that_share_a_value_if_they_are_enough(site):
    write_partners(site)
    assert list(declared(site, RULE)) == ["alba", "cote-divoire", "turkiye"]
    assert list(declared(site, RULE + "  at-least: 2\n")) == ["alba", "cote-divoire"]


def test_rows_added_or_dropped_add_or_drop_pages(site, run):
    write_partners(site)
    site.article(
        "a",
        ("md", "Of `{python} partner`."),
        front="title: A\ndate: 2025-01-01\n" + RULE.rstrip(),
        parameters="partner: str = ''",
    )
    assert run(site, "build")[0] == 0
    assert "Of Türkiye" in site.read("_site/posts/a/turkiye.html")
    write_partners(
        site, [row for row in ROWS if row[0] != "TR"] + [("ÅX", "Åland", "country", 2022, 1, False)]
    )
    code, out, _ = run(site, "build")
    assert code == 0 and "(1 notebook ran" in out
    assert not (site.root / "_site/posts/a/turkiye.html").exists()
    assert "Of Åland" in site.read("_site/posts/a/aland.html")
    assert "turkiye" not in site.read("_site/posts/a/alba.html")


@pytest.mark.parametrize(
    "name, address",
    [
        ("Côte d'Ivoire", "cote-divoire"),
        ("Côte d’Ivoire", "cote-divoire"),
        ("São Tomé and Príncipe", "sao-tome-and-principe"),
        ("Türkiye", "turkiye"),
        ("St. Vincent & the Grenadines", "st-vincent-the-grenadines"),
        ("Россия", "rossiia"),
        ("Guinea-Bissau", "guinea-bissau"),
        ("  A/B  ", "a-b"),
        ("2022", "2022"),
        ("&amp;", "amp"),
        ("…", ""),
    ],
)
def test_the_rule_by_which_a_name_becomes_an_address(name, address):
    assert slug(name) == address


HOSTILE = "A *b* `{x}` <i>c</i> [d](e) {{< meta f >}} {{ year }}"


def test_a_value_is_text_wherever_it_goes(site, run):
    write_partners(site, [("XX", HOSTILE, "country", 2021, 1, False)])
    site.write("index.qmd", "---\ntitle: The Test\n---\n")
    site.article(
        "a",
        ("md", "Prose."),
        parameters="partner: str = ''",
        front="title: A\ndate: 2025-01-01\n" + RULE + "  categories: ['{{ partner }}']",
    )
    code, _, err = run(site, "build")
    assert (code, err) == (0, "")
    (page,) = (site.root / "_site/posts/a").glob("a-b-*.html")
    shown = "Trade with A *b* `{x}` &lt;i&gt;c&lt;/i&gt; [d](e) {{&lt; meta f &gt;}} {{ year }}"
    assert f"<title>{shown} – The Test</title>" in page.read_text()
    assert f'<h1 class="title">{shown}</h1>' in page.read_text()


def test_code_in_a_table_never_runs_and_code_in_a_template_is_not_filled(site):
    write_partners(site, [("XX", "`{python} 1/0`", "country", 2021, 1, False)])
    assert "`{{ partner | slug }}` holds inline code" in fault(site, RULE)
    write_partners(site)
    mixed = RULE.replace("Trade with {{ partner }}", "`{python} f'{{partner}}'` {{partner}}")
    (first, *_) = declared(site, mixed).values()
    assert first.settings.title == "`{python} f'{{partner}}'` Alba"


MISTAKES = {
    "an unknown table": (
        ("from: partners", "from: partner"),
        "from",
        "`editions.from`: data/datapackage.json: there is no table 'partner' in the catalogue\n"
        "  → The nearest names: partners.",
    ),
    "an unknown column in a template": (
        ("with {{ partner }}", "with {{ partnr }}"),
        "title",
        "`editions.title`, partner 'Alba' (rows 1 to 2 of partners): `{{ partnr }}` names no column that there is\n"
        "  → Did you mean `partner`? There are: code, partner, kind, doubtful.",
    ),
    "a column that has many values": (
        ("with {{ partner }}", "of {{ year }}"),
        "title",
        "`editions.title`, partner 'Alba' (rows 1 to 2 of partners): `{{ year }}` has no one value here: the 2 rows of "
        "partner 'Alba' have 2\n  → Name a column that has one, or compute it in the notebook.",
    ),
    "an unknown column in where": (
        ("kind: country", "kindd: country"),
        "where",
        "`editions.where`: there is no column 'kindd'\n"
        "  → There are: code, partner, kind, year, total, doubtful.",
    ),
    "no rows left": (
        ("kind: country", "kind: countries"),
        "where",
        "`editions.where`: no row of partners is left: kind is never 'countries'\n  → kind is 'country', 'group'.",
    ),
    "never enough rows": (
        ("each: partner", "each: partner\n  at-least: 3"),
        "slug",
        "`editions.at-least`: no partner of partners has 3 rows\n  → The most that one has is 2.",
    ),
    "a slug twice": (
        ("{{ partner | slug }}", "{{ kind }}"),
        "slug",
        "two editions are called 'country': partner 'Alba' (rows 1 to 2 of partners), "
        'and partner "Côte d\'Ivoire" '
        "(rows 3 to 4 of partners)\n  → Put what tells them apart into `slug`.",
    ),
    "a slug that is no address": (
        (" | slug", ""),
        "slug",
        "`editions.slug`, partner 'Alba' (rows 1 to 2 of partners): 'Alba' is no part of an "
        "address\n  → Small letters, digits and hyphens are; `{{ column | slug }}` makes them of any text.",
    ),
    "the slug of the source itself": (
        ('  slug: "{{ partner | slug }}"', "  slug: index"),
        "slug",
        "partner 'Alba' (rows 1 to 2 of partners): an edition is called 'index', as the source's own page is\n"
        "  → Give it another slug.",
    ),
    "an unknown filter": (
        (" | slug", " | upper"),
        "slug",
        "`editions.slug`, partner 'Alba' (rows 1 to 2 of partners): "
        "`{{ partner | upper }}` has the filter `upper`, which there is not\n  → There is: slug.",
    ),
    "a value that does not fit its key": (
        ('title: "Trade with {{ partner }}"', 'date: "{{ partner }}"'),
        "title",
        "partner 'Alba' (rows 1 to 2 of partners): `editions.date`: input should be a valid date",
    ),
    "both ways at once": (
        ("from: partners", "from: partners\n  matrix: {a: [1]}"),
        "rule",
        "`editions`: a rule for editions has either `matrix` or `from`\n"
        "  → Mend it, or take it out.",
    ),
    "a condition that is none": (
        ("kind: country", "year: {above: 2021}"),
        "where",
        "`editions.where`: a condition is a value, a list of values, or `{from: …, to: …}`",
    ),
    "no parameters": (
        ('  parameters: {partner: "{{ partner }}"}\n', ""),
        "rule",
        "`editions`: a rule with `from` says in `parameters` what each edition runs with",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_reported_with_its_line_its_row_and_the_mend(site, case):
    (old, new), key, message = MISTAKES[case]
    write_partners(site)
    line = LINES[key]
    rule = RULE.replace(old, new)
    reported = fault(
        site, rule.replace("kind: country", "partner: Alba") if "itself" in case else rule
    )
    assert reported.startswith(f"posts/a/index.ipynb, cell 1, line {line}: {message}"), reported


def test_a_parameter_that_does_not_fit_is_reported_with_the_row_that_gave_it(site, run):
    write_partners(site)
    site.article(
        "a", ("md", "Prose."), front="title: A\n" + RULE.rstrip(), parameters="partner: int = 1"
    )
    code, _, err = run(site, "build")
    assert code == 1
    assert (
        "posts/a/index.ipynb, cell 2, line 1: article 'a': parameter `partner` is 'Alba', which is not `int`\n"
        "  → Give a whole number, such as 2022.\n"
        "  │ edition 'alba', partner 'Alba' (rows 1 to 2 of partners), declared in posts/a/index.ipynb, cell 1, "
        "line 3"
    ) in err


def test_an_unknown_key_of_a_rule_is_reported_once(site):
    write_partners(site)
    notices = [
        str(notice).splitlines()[0]
        for notice in read(site, RULE + "  subtitel: x\n").notices
        if notice.topic != "date"
    ]
    assert notices == [
        "posts/a/index.ipynb, cell 1, line 10: Broadsheet does not know the key `subtitel`"
    ]


# Lists, and the way from one edition to another

FRONT = "---\ntitle: The Test\nlisting:\n  contents: posts\n  feed: true\n---\n"
SECTION = "---\ntitle: World\nlisting:\n  contents: posts\n  include: {categories: World}\n  feed: true\n---\n"
NAMES = [
    "Zambia",
    "Türkiye",
    "Östland",
    "Åland",
    "Togo",
    "Alba",
    "Oman",
    "Ecuador",
    "Éire",
    "2nd <Republic>",
]


def write_news(site, entries=""):
    """A publication of one article with ten editions, one with two, and one without."""
    write_partners(
        site,
        [(f"X{number}", name, "country", 2021, number, False) for number, name in enumerate(NAMES)],
    )
    site.write("index.qmd", FRONT)
    site.write("world.qmd", SECTION)
    site.article(
        "many",
        ("md", "Of `{python} partner or 'all'`."),
        parameters="partner: str = ''",
        front="title: 'All of them'\ndate: 2025-01-01\ncategories: [World]\nedition-label: All countries\n"
        "picker-title: Another country\n" + entries + RULE + "  edition-label: '{{ partner }}'\n"
        "  date: 2025-02-01",
    )
    site.article(
        "two",
        ("md", "Prose."),
        front="title: Two\ndate: 2025-01-05\ncategories: [World]\n"
        "editions:\n  - slug: b\n    title: 'Two, again'\n    date: 2025-03-01",
    )
    site.article(
        "plain", ("md", "Prose."), front="title: Plain\ndate: 2025-01-04\ncategories: [World]"
    )


def linked(site, page, under):
    """The addresses in a part of a page, in order."""
    import lxml.html

    tree = lxml.html.fromstring(site.read(f"_site/{page}"))
    return [a.get("href") for a in tree.xpath(f"//*[{under}]//a[@href]")]


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    """The publication of :func:`write_news`, built once."""
    made = Site(tmp_path_factory.mktemp("news"))
    made.write("_quarto.yml", CONFIG)
    write_news(made)
    assert not build(made.root, jobs=2).faults
    return made


def test_an_article_s_editions_are_one_entry_in_lists_feeds_and_related_articles(news):
    site, once = news, ["posts/two/index.html", "posts/plain/index.html", "posts/many/index.html"]
    front = dict.fromkeys(linked(site, "index.html", "@id='content'"))
    assert [link for link in front if link.startswith("posts/")] == once
    assert linked(site, "world.html", "@class='listing'") == once
    assert linked(
        site, "posts/plain/index.html", "@class='related-items']//*[@class='headline'"
    ) == ["../two/index.html", "../many/index.html"]
    for feed in ("index.xml", "world.xml"):
        assert site.read(f"_site/{feed}").count("<item>") == 3
    sitemap = site.read("_site/sitemap.xml")
    assert sitemap.count("posts/many/") == 11, "search engines are told of each page"


@pytest.mark.slow
def test_the_front_matter_may_say_that_each_edition_is_news(site, run):
    write_news(site, entries="edition-entries: each\n")
    assert run(site, "build")[0] == 0
    assert (
        len([link for link in linked(site, "world.html", "@class='listing'") if "many" in link])
        == 11
    )
    assert site.read("_site/index.xml").count("/posts/many/") >= 11


def test_where_the_article_s_own_page_is_not_in_a_list_the_newest_edition_is(site, run):
    site.write("index.qmd", FRONT)
    site.write("world.qmd", SECTION)
    site.article(
        "a",
        ("md", "Prose."),
        front="title: A\ndate: 2025-01-05\neditions:\n"
        "  - {slug: b, date: 2025-02-01, categories: [World]}\n"
        "  - {slug: c, date: 2025-03-01, categories: [World]}",
    )
    assert run(site, "build")[0] == 0
    assert linked(site, "world.html", "@class='listing'") == ["posts/a/c.html"]


def test_few_editions_are_a_list_and_many_have_a_picker_sorted_by_plain_letters(news):
    site = news
    assert linked(site, "posts/two/index.html", "@class='editions'") == ["b.html"]
    assert "picker" not in site.read("_site/posts/two/index.html")
    page = site.read("_site/posts/many/togo.html")
    assert 'class="editions"' not in page
    assert linked(site, "posts/many/togo.html", "@class='picker'") == [
        "index.html",
        "2nd-republic.html",
        "aland.html",
        "alba.html",
        "ecuador.html",
        "eire.html",
        "oman.html",
        "ostland.html",
        "togo.html",
        "turkiye.html",
        "zambia.html",
    ]
    assert '<summary>Another country <span class="count">10, A to Z</span></summary>' in page
    assert '<a href="togo.html" aria-current="page">Togo</a>' in page
    assert page.count('aria-current="page">') == 1
    assert '<a href="2nd-republic.html">2nd &lt;Republic&gt;</a>' in page
    assert '<a href="index.html">All countries</a>' in page


def test_the_picker_s_script_is_a_file_of_the_site_and_only_where_there_is_a_picker(news):
    site = news
    (script,) = (site.root / "_site/site_libs/broadsheet").glob("picker-*.js")
    assert (
        f'<script type="module" fetchpriority="low" src="../../site_libs/broadsheet/{script.name}"></script>'
        in site.read("_site/posts/many/index.html")
    )
    assert "picker" not in site.read("_site/posts/plain/index.html")


# No edition ever shows another's figures

EDITIONS = [*range(9), 99]
"""So many that a page has a picker of them, which names no other one before it is opened."""
"""The last is the article's own page. Each has words and sums that no other has: `titleq07`,
5007000 to 5007002.
"""

CHART = """\
#| label: fig-a
#| fig-cap: "It says captionq`{python} k` and `{python} sums[0]`."
#| fig-alt: "It shows altq`{python} k` and `{python} sums[1]`."
#| source: partners
#| note: "It notes noteq`{python} k`."
fig = go.Figure(go.Bar(x=[f"pointq{k}", "b", "c"], y=sums, name=f"seriesq{k}"))
fig.add_annotation(x=1, y=sums[2], text=f"annotationq{k} {sums[2]}")
fig.update_layout(title={"text": f"chartq{k} {sums[0]}", "subtitle": {"text": f"measureq{k}"}})
fig"""


def write_sentinels(site, add=0):
    """An article of thirteen editions, each with values that are its own in each place that a
    reader meets.
    """
    write_partners(
        site,
        [
            (
                f"P{k:02d}",
                f"partnerq{k:02d}",
                "country" if k < 99 else "group",
                2021 + point,
                5_000_000 + 1000 * k + 10 * point + add,
                False,
            )
            for k in EDITIONS
            for point in range(3)
        ],
    )
    site.write("index.qmd", FRONT)
    site.article(
        "many",
        "import plotly.graph_objects as go\nimport broadsheet as bs\nk = partner[-2:]\n"
        "rows = bs.table('partners').query('partner == @partner')\nsums = [int(sum) for sum in rows['total']]",
        (
            "md",
            "## headingq`{python} k`\n\nThe prose has proseq`{python} k` and `{python} sums[0]`; see @fig-a.",
        ),
        CHART,
        "rows[['partner', 'total']].astype({'total': int})",
        "print(f'printq{k}', sums[2])",
        parameters="partner: str = 'partnerq99'",
        front="title: \"`{python} f'titleq{k}'` and `{python} sums[0]`\"\nsubtitle: \"`{python} f'subtitleq{k}'`\"\n"
        "description: \"`{python} f'descriptionq{k}'` `{python} sums[1]`\"\ndate: 2025-01-01\n"
        "image-alt: \"`{python} f'imageq{k}'`\"\nedition-entries: each\nedition-label: All\n"
        + RULE.replace('title: "Trade with {{ partner }}"', 'edition-label: "{{ code }}"').replace(
            "{{ partner | slug }}", "{{ code | slug }}"
        )
        + '  keywords: ["keyq{{ code }}"]',
    )


def owners(text):
    """The editions whose words or sums stand in a text."""
    words = {int(found) for found in re.findall(r"[a-z]{3,}q[Pp]?(\d\d)\b", text)}
    sums = {
        (int(found) - 5_000_000) // 1000
        for found in re.findall(r"(?<![\w.])50\d{5}(?![\w.])", text)
    }
    return words | sums


def test_no_edition_shows_another_s_words_or_figures_in_a_parallel_build(site):
    write_sentinels(site)
    for add in (
        0,
        5,
    ):  # a cold build; and one of a changed table over the old site and the old cache
        write_sentinels(site, add)
        assert not build(site.root, jobs=2).faults
        folder = site.root / "_site/posts/many"
        known = read_record(site.root / "_site").pages
        feeds = [feedparser.parse(site.read(f"_site/index.{kind}")) for kind in ("xml", "atom")]
        for k in EDITIONS:
            name = f"p{k:02d}" if k < 99 else "index"
            page = (folder / f"{name}.html").read_text()
            assert owners(page) == {k}
            for word in (
                "title",
                "subtitle",
                "description",
                "heading",
                "prose",
                "caption",
                "alt",
                "note",
                "series",
                "point",
                "annotation",
                "chart",
                "measure",
                "partner",
                "print",
            ):
                assert f"{word}q{k:02d}" in page.replace("S", "s"), word  # a header is capitalized
            for point in range(3):
                assert str(5_000_000 + 1000 * k + 10 * point + add) in page
            made = [path for path in (folder / f"{name}_files").rglob("*") if path.suffix != ".png"]
            assert {path.suffix for path in made} == {".json", ".csv", ".svg"}
            assert all(
                owners(path.read_text()) == {k}
                for path in made
                if not path.stem.endswith(("-small", "-dark"))
            )
            assert all(owners(path.read_text()) <= {k} for path in made)
            assert owners(as_json(known[f"posts/many/{name}.html"]).decode()) == {k}
            for feed in feeds:
                (item,) = [
                    item
                    for item in feed.entries
                    if item.link.endswith(f"/{name}.html" if k < 99 else "/many/")
                ]
                assert owners(json.dumps(item, default=str)) == {k}
        pictures = {
            hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("fig-a.png")
        }
        assert len(pictures) == len(EDITIONS)


# The picker in a browser


@pytest.fixture(scope="module")
def address(news, serve):
    return serve(news.root / "_site").rstrip("/")


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_a_reader_gets_from_one_edition_to_another_with_the_keyboard_alone(
    browser, address, scripts
):
    page = browser.new_context(java_script_enabled=scripts).new_page()
    page.goto(f"{address}/posts/many/togo.html")
    page.locator(".picker summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Türkiye")).to_be_visible()
    assert page.get_by_role("searchbox", name="Find").count() == scripts
    page.get_by_role("link", name="Alba").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Ecuador")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}/posts/many/ecuador.html")


@pytest.mark.browser
def test_the_picker_is_searched_without_regard_to_accents(browser, address):
    page = browser.new_context().new_page()
    refused = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.goto(f"{address}/posts/many/togo.html")
    page.locator(".picker summary").click()
    field = page.get_by_role("searchbox", name="Find")
    field.fill("urk")
    expect(page.locator(".picker li:visible")).to_have_text(["Türkiye"])
    expect(page.locator(".picker output")).to_have_text("1 found")
    field.fill("nowhere")
    expect(page.locator(".picker output")).to_have_text("None found")
    field.fill("LAND")
    expect(page.locator(".picker li:visible")).to_have_text(["Åland", "Östland"])
    field.press("Enter")
    expect(page).to_have_url(f"{address}/posts/many/aland.html")
    assert not [text for text in refused if "favicon" not in text]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", slow_but(["light", "dark"], 1))
def test_an_open_picker_has_no_fault_that_axe_knows(browser, address, scheme):
    page = browser.new_context(
        color_scheme=scheme, viewport={"width": 390, "height": 800}, bypass_csp=True
    ).new_page()
    page.goto(f"{address}/posts/many/togo.html")
    page.locator(".picker summary").click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
