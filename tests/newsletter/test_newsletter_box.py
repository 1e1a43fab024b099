"""The newsletter's box in an article: what a reader sees of it, and where its form goes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs

import feedparser
import pytest
from lxml import html

from broadsheet.project.reading import open_publication
from broadsheet.site.build.build import build
from loopback import LoopbackServer
from publishing import SITE, article, publish, select, write

EXCERPT = "'The bridge *holds*, says [the council](../about.qmd).'"
BODY = "Before.\n\n## One\n\nFirst.\n\n## Two\n\nSecond."
UUID = "0d5dc2a3-3f21-4a5b-9c0e-8a7b6c5d4e3f"
MAILCHIMP = "https://gazette.us21.list-manage.com/subscribe/post?u=abc123&id=def456"
FORMS = {
    "provider: buttondown\n    username: the-gazette": (
        "https://buttondown.com/api/emails/embed-subscribe/the-gazette",
        "email",
        {"embed": "1"},
    ),
    f"provider: mailchimp\n    action: {MAILCHIMP}": (MAILCHIMP, "EMAIL", {"b_abc123_def456": ""}),
    f"provider: mailchimp\n    action: {MAILCHIMP.replace('&', '&amp;')}": (
        MAILCHIMP,
        "EMAIL",
        {"b_abc123_def456": ""},
    ),
    f"provider: listmonk\n    url: https://lists.gazette.example/\n    list: {UUID}": (
        "https://lists.gazette.example/subscription/form",
        "email",
        {"l": UUID, "nonce": ""},
    ),
}


def configured(newsletter: str) -> str:
    return f"{SITE}broadsheet:\n  newsletter:\n    {newsletter}\n"


def page(root: Path, config: str = SITE, body: str = BODY, **keys: str) -> html.HtmlElement:
    keys = keys or {"excerpt": EXCERPT}
    write(root, {"_quarto.yml": config, "posts/a.qmd": article("A", body=body, **keys)})
    assert not publish(root).notices
    return html.parse(root / "_site/posts/a.html").getroot()


def box(page: html.HtmlElement) -> html.HtmlElement:
    found = select(page, "aside.newsletter")
    assert len(found) == 1
    return found[0]


def test_it_says_the_excerpt_under_its_heading(tmp_path):
    found = box(page(tmp_path))
    assert select(found, "h2")[0].text == "By feed"
    said = select(found, "p")[0]
    assert said.text_content() == "The bridge holds, says the council."
    assert (
        select(said, "a")[0].get("href") == "../about.html"
        and select(said, "em")[0].text == "holds"
    )


@pytest.mark.parametrize(
    ("body", "before"),
    [
        (BODY, "Two"),
        ("Before.\n\n## One\n\nFirst.", "One"),
        ("## One\n\nFirst.\n\n## Two\n\nSecond.", "Two"),
    ],
)
def test_it_stands_before_the_second_section_or_the_first_that_has_words_before_it(
    tmp_path, body, before
):
    following = box(page(tmp_path, body=body)).getnext()
    assert select(following, "h2")[0].text == before


@pytest.mark.parametrize(
    "body",
    [
        "Only words.",
        "## One\n\nAll in it.",
        "Words.\n\n::: {.callout-note}\n## A title\n\nInside.\n:::",
    ],
)
def test_an_article_without_such_a_section_ends_with_it(tmp_path, body):
    found = box(page(tmp_path, body=body))
    assert found.getnext() is None and found.getparent().get("id") == "article-body"


def test_it_stands_at_the_top_if_front_matter_says_so(tmp_path):
    found = box(page(tmp_path, body=BODY, excerpt=EXCERPT, excerpt_position="top"))
    assert found.getprevious() is None and found.getparent().get("id") == "article-body"


def test_an_article_without_an_excerpt_has_none(tmp_path):
    assert not select(page(tmp_path, subtitle="A standfirst"), "aside.newsletter")


@pytest.mark.parametrize(("config", "form"), FORMS.items())
def test_the_form_posts_what_the_provider_asks_for_without_a_script(tmp_path, config, form):
    found = select(box(page(tmp_path, configured(config))), "form")[0]
    action, name, others = form
    assert (found.get("action"), found.get("method")) == (action, "post")
    address, *rest = select(found, "input")
    assert (address.get("type"), address.get("name"), address.get("required")) == (
        "email",
        name,
        "",
    )
    assert select(found, f"label[for={address.get('id')}]")
    assert {field.get("name"): field.get("value") for field in rest} == others


def test_what_only_robots_fill_is_out_of_the_way_of_people(tmp_path):
    found = box(page(tmp_path, configured(f"provider: mailchimp\n    action: {MAILCHIMP}")))
    trap = select(found, "input[name=b_abc123_def456]")[0]
    assert trap.get("tabindex") == "-1" and trap.getparent().get("aria-hidden") == "true"
    assert "visually-hidden" in trap.getparent().get("class")


def test_without_a_provider_it_leads_to_the_page_that_says_what_a_feed_is(tmp_path):
    found = box(page(tmp_path))
    offer = select(found, "a")[-1]
    assert not select(found, "form") and offer.get("href") == "../feeds/index.html"
    assert "The Gazette" in offer.text_content()
    feeds = html.parse(tmp_path / "_site/feeds/index.html").getroot()
    assert [one.text for one in feeds.iter("code")] == ["https://gazette.example/paper/index.xml"]
    assert [one.get("href") for one in select(feeds, ".feed-list a")] == [
        "../index.xml",
        "../index.atom",
        "../index.feed.json",
    ]


def test_with_neither_there_is_no_box(tmp_path):
    without = SITE.replace("  site-url: https://gazette.example/paper\n", "")
    write(
        tmp_path, {"_quarto.yml": without, "posts/a.qmd": article("A", body=BODY, excerpt=EXCERPT)}
    )
    publish(tmp_path)
    assert "newsletter" not in (tmp_path / "_site/posts/a.html").read_text()


def test_a_feed_carries_the_article_and_not_the_box(tmp_path):
    page(tmp_path)
    content = (
        feedparser.parse((tmp_path / "_site/index.xml").read_bytes()).entries[0].content[0].value
    )
    assert "Second." in content and "newsletter" not in content.lower() and "holds" not in content


@pytest.mark.parametrize(
    ("config", "reported"),
    [
        (
            "provider: buttondown",
            "`broadsheet.newsletter`: `provider: buttondown` needs `username` beside it",
        ),
        ("provider: mailchimp", "needs `action` beside it"),
        (f"provider: listmonk\n    list: {UUID}", "needs `url` beside it"),
        (
            "provider: listmonk\n    url: https://lists.example\n    list: three",
            "`broadsheet.newsletter.list`",
        ),
        (
            "provider: mailchimp\n    action: https://evil.example/subscribe/post?u=1&id=2",
            "newsletter.action`",
        ),
        ("provider: pigeon", "`broadsheet.newsletter.provider`"),
    ],
)
def test_a_provider_that_is_not_told_enough_is_an_error_with_its_line(tmp_path, config, reported):
    from broadsheet.errors import ConfigError

    write(tmp_path, {"_quarto.yml": configured(config)})
    with pytest.raises(ConfigError) as error:
        open_publication(tmp_path)
    assert reported in str(error.value) and str(error.value).startswith("_quarto.yml, line ")


def test_values_in_an_excerpt_are_bound_and_what_nothing_accounts_for_is_reported(site, run):
    site.table()
    site.article(
        "trade",
        "import broadsheet as bs\ntrade = bs.table('trade').set_index('year')\n"
        "sold = bs.usd(trade['total'][2022], '$190.3 billion', name='sold')",
        ("md", "They traded `{python} sold`."),
        front="title: Trade\ndate: 2023-05-26\n"
        "excerpt: 'A sum of `{python} sold`, a rise of 12 percent.'",
    )
    site.write("index.qmd", "---\ntitle: Front\nlisting: {contents: [posts], feed: true}\n---\n")
    assert not build(site.root).faults
    said = box(html.parse(site.root / "_site/posts/trade/index.html").getroot())
    assert select(said, "p")[0].text_content() == "A sum of $190.3 billion, a rise of 12 percent."
    code, _, errors = run(site, "build", "--strict")
    assert code == 1 and "a rise of 12 percent" in errors and "“190.3" not in errors


class _Provider(BaseHTTPRequestHandler):
    sent: list[tuple[str, dict[str, list[str]]]]

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.sent.append((self.path, parse_qs(said, keep_blank_values=True)))
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(b"Look into your mailbox.")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def provider() -> Iterator[tuple[str, list[tuple[str, dict[str, list[str]]]]]]:
    _Provider.sent = []
    server = LoopbackServer(("127.0.0.1", 0), _Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", _Provider.sent
    server.shutdown()


@pytest.mark.browser
def test_a_reader_signs_up_by_keyboard_alone_without_scripts_under_the_strict_policy(
    tmp_path, serve: Callable[[Path], str], browser, provider
):
    address, sent = provider
    page(tmp_path, configured(f"provider: listmonk\n    url: {address}\n    list: {UUID}"))
    context = browser.new_context(java_script_enabled=False)
    reader = context.new_page()
    reader.goto(serve(tmp_path / "_site") + "posts/a.html")
    field = reader.get_by_label("Get the first issue by e-mail")
    field.focus()
    reader.keyboard.type("reader@example.org")
    reader.keyboard.press("Tab")
    reader.keyboard.press("Enter")
    reader.get_by_text("Look into your mailbox.").wait_for()
    context.close()
    assert sent == [
        ("/subscription/form", {"email": ["reader@example.org"], "l": [UUID], "nonce": [""]})
    ]
