"""`broadsheet newsletter`: the message that a reader opens, and the way that it takes to many."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from lxml import html

from broadsheet.newsletter.email_message import LARGEST
from broadsheet.newsletter.send_journal import open_journal
from conftest import Site, slow_but
from mailroom import PASSWORD, USER, Mailroom, certificate, open_api, open_mailroom

CONFIG = """\
project:
  type: website
  render: ["*.qmd", "posts/**/*.ipynb", "posts/*.qmd"]
website: {title: "The Gazette", site-url: "https://gazette.example/paper"}
execute: {echo: false}
broadsheet:
  newsletter:
    from: "The Gazette <news@gazette.example>"
    unsubscribe: ["https://gazette.example/leave?e={address}&l=1", "mailto:leave@gazette.example?subject={address}"]
    imprint: "Printed at 1 Bridge Street, Town."
"""
SMTP = "    smtp: {{host: 127.0.0.1, port: {port}, security: {security}{user}}}\n"
FRONT = """\
title: "A bridge is *opened*"
subtitle: "After nine years."
date: 2024-05-01
categories: [Town]
author: [A. Reporter, B. Writer]
excerpt: "It **holds**, says [the council](../about.qmd) & [an earlier report](article:earlier)."
"""
READERS = [f"reader{number}@mail.example" for number in range(6)]

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def gazette(site: Site) -> Site:
    site.write("_quarto.yml", CONFIG)
    site.write("about.qmd", "---\ntitle: About\n---\nWe.\n")
    site.write("posts/bridge.qmd", f"---\n{FRONT}---\nMore than the letter says.\n")
    site.write("posts/earlier.qmd", "---\ntitle: Earlier\ndate: 2024-01-01\n---\nWords.\n")
    return site


def message(site: Site, name: str = "bridge") -> EmailMessage:
    found = message_from_bytes((site.root / f"_newsletter/{name}.eml").read_bytes(), policy=default)
    assert isinstance(found, EmailMessage) and not found.defects
    return found


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


# The message


def test_it_is_written_as_files_to_look_at(gazette, run):
    code, said, _ = run(gazette, "newsletter", "bridge")
    assert code == 0 and "_newsletter/bridge.eml" in said and "_newsletter/bridge.html" in said
    opened = message(gazette)
    assert opened.get_content_type() == "multipart/alternative"
    assert (
        opened["Subject"] == "A bridge is opened"
        and str(opened["From"]) == "The Gazette <news@gazette.example>"
    )
    assert (
        part(opened, "html").strip()
        == (gazette.root / "_newsletter/bridge.html").read_text().strip()
    )


def test_the_text_reads_well_by_itself(gazette, run):
    run(gazette, "newsletter", "bridge")
    assert (
        part(message(gazette), "plain")
        == """\
The Gazette

A bridge is opened
By A. Reporter and B. Writer, 1 May 2024

It holds, says the council <https://gazette.example/paper/about.html> &
an earlier report <https://gazette.example/paper/posts/earlier.html>.

Read the rest:
https://gazette.example/paper/posts/bridge.html

--\x20
You get this because you have signed up for the newsletter of The
Gazette.
Unsubscribe: https://gazette.example/leave?e=news%40gazette.example&l=1
Printed at 1 Bridge Street, Town.
"""
    )


def test_the_html_has_headline_byline_excerpt_and_the_way_to_the_rest_with_full_addresses(
    gazette, run
):
    run(gazette, "newsletter", "bridge")
    page = html.fromstring(part(message(gazette), "html"))
    assert page.findtext(".//title") == "A bridge is opened"
    said = {
        one.get("class").split()[0]: " ".join(one.text_content().split())
        for one in page.xpath("//*[@class]")
    }
    assert (
        said["kicker"] == "Town" and said["byline"] == "By A. Reporter and B. Writer · 1 May 2024"
    )
    assert said["excerpt"] == "It holds, says the council & an earlier report."
    assert said["preheader"].startswith("After nine years.")
    assert said["foot"] == (
        "You get this because you have signed up for the newsletter of The Gazette. Unsubscribe"
        "Printed at 1 Bridge Street, Town."
    )
    links = [link.get("href") for link in page.iter("a")]
    assert all(link.startswith("https://gazette.example/") for link in links)
    assert "https://gazette.example/paper/posts/bridge.html" in links
    assert page.find(".//h1/a/em").text == "opened"


def test_styles_stand_in_the_elements_and_only_rules_for_the_dark_and_for_phones_are_left(
    gazette, run
):
    run(gazette, "newsletter", "bridge")
    page = html.fromstring(part(message(gazette), "html"))
    assert "background-color: #fdfcf9" in page.find("body").get("style")
    assert all(one.get("style") for one in page.iter("p", "h1", "a", "td") if one.get("class"))
    rules = "".join(page.find(".//style").itertext())
    assert set(re.findall(r"@media \(([a-z-]+)", rules)) == {
        "prefers-color-scheme",
        "max-width",
        "min-width",
    }
    assert page.xpath("//meta[@name='color-scheme']/@content") == ["light dark"]
    assert re.search(r'<meta charset="utf-8">', part(message(gazette), "html")[:200])
    assert page.xpath("//body/div[@role='main']/@lang") == [
        "en"
    ]  # programs may drop the element that says it first
    assert not page.xpath("//script | //link | //img | //form")


def test_headers_let_a_reader_leave_by_one_click(gazette, run):
    run(gazette, "newsletter", "bridge")
    opened = message(gazette)
    assert opened["List-Unsubscribe"] == (
        "<https://gazette.example/leave?e=news%40gazette.example&l=1>, "
        "<mailto:leave@gazette.example?subject=news%40gazette.example>"
    )
    assert opened["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert opened["Date"].datetime.tzinfo is not None
    assert re.fullmatch(r"<[0-9a-f]{32}@gazette\.example>", opened["Message-ID"])


def test_the_first_chart_travels_as_a_picture_in_the_message(gazette, run):
    gazette.table()
    gazette.article(
        "trade",
        "import broadsheet as bs\nimport plotly.graph_objects as go\n"
        "trade = bs.table('trade').set_index('year')\n"
        "total = bs.usd(trade['total'][2022], '$190.3 billion', name='total')",
        "#| label: fig-a\n#| fig-alt: 'Two bars; the second is higher.'\n#| note: 'As first reported.'\n"
        "go.Figure(go.Bar(x=trade.index, y=trade['total'])).update_layout(title={'text': 'It rose', "
        "'subtitle': {'text': 'US$ billion'}})",
        "go.Figure(go.Bar(x=[1], y=[2]))",
        ("md", "It came to `{python} total`."),
        front="title: 'Trade of `{python} total`'\ndate: 2024-05-01\nexcerpt: 'Of `{python} total`.'",
    )
    code, _, errors = run(gazette, "newsletter", "trade")
    assert code == 0, errors
    opened = message(gazette, "trade")
    assert opened["Subject"] == "Trade of $190.3 billion"
    pictures = [one for one in opened.walk() if one.get_content_type() == "image/png"]
    shown = html.fromstring(part(opened, "html")).findall(".//img")
    assert [one.get("class") for one in shown] == ["narrow", "wide", "narrow-dark", "wide-dark"]
    for picture, image in zip(pictures, shown, strict=True):
        assert image.get("src") == f"cid:{picture['Content-ID'].strip('<>')}"
        assert image.get("alt") == "Two bars; the second is higher."
        assert picture.get_content().startswith(b"\x89PNG")
        assert picture.get_content_disposition() == "inline"
    # What programs without media queries show is the first.
    assert ["display: none" in one.get("style") for one in shown] == [False, True, True, True]
    text = part(opened, "plain")
    assert text[text.index("| It rose") :].splitlines()[:4] == [
        "| It rose",
        "| US$ billion",
        "| Two bars; the second is higher.",
        "| As first reported.",
    ]
    assert "\n| Source: The Customs" in text
    assert "Of $190.3 billion." in text
    page = (gazette.root / "_newsletter/trade.html").read_text()
    for image in shown:
        name = f"trade-{image.get('class')}.png"
        assert f'src="{name}"' in page and (gazette.root / "_newsletter" / name).is_file()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", slow_but(["light", "dark"], ["dark"]))
@pytest.mark.parametrize(("width", "column"), [(600, 560), (390, 350)])
def test_the_chart_has_the_width_of_the_column_in_the_colours_of_the_reader(
    gazette, run, browser, scheme, width, column
):
    gazette.article(
        "trade",
        "import plotly.graph_objects as go",
        "#| label: fig-a\n#| source: false\ngo.Figure(go.Bar(x=[1], y=[2]))",
        front="title: Trade\ndate: 2024-05-01\nexcerpt: Words.",
    )
    assert run(gazette, "newsletter", "trade")[0] == 0
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    page.goto((gazette.root / "_newsletter/trade.html").as_uri())
    (image,) = page.locator("img:visible").all()
    kind = ("wide" if width == 600 else "narrow") + ("-dark" if scheme == "dark" else "")
    assert image.get_attribute("class") == kind
    assert image.bounding_box()["width"] == column
    page.close()


def test_a_letter_speaks_the_language_of_its_article(gazette, run):
    gazette.write("posts/bridge.qmd", f"---\n{FRONT}lang: de\n---\nWorte.\n")
    run(gazette, "newsletter", "bridge")
    assert "A. Reporter und B. Writer, 1. Mai 2024" in part(message(gazette), "plain")
    assert '<html lang="de"' in part(message(gazette), "html")


def test_a_long_title_in_any_script_is_a_subject_that_comes_back_as_it_was(gazette, run):
    for title in ("Мост открыт " * 12, "A bridge " * 30, "=?utf-8?q?Bcc:?= \u202e x"):
        gazette.write(
            "posts/bridge.qmd",
            f'---\ntitle: "{title.strip()}"\ndate: 2024-05-01\nexcerpt: x\n---\n',
        )
        assert run(gazette, "newsletter", "bridge")[0] == 0
        subject = (gazette.root / "_newsletter/bridge.eml").read_bytes().split(b"\r\nFrom:")[0]
        assert subject.isascii() and all(len(line) <= 78 for line in subject.split(b"\r\n"))
        assert (
            str(message(gazette)["Subject"]).replace("\u202e", " ").split()
            == title.replace("\u202e", " ").split()
            or "=?" in title
        )


def test_what_a_title_holds_reaches_neither_headers_nor_markup(gazette, run):
    gazette.write(
        "posts/bridge.qmd",
        '---\ntitle: "One\\r\\nBcc: all@evil.example\\r\\n\\r\\n<script>x</script>"\n'
        'date: 2024-05-01\nauthor: "<b>A</b>"\nexcerpt: "<img src=x onerror=y> & so"\n---\n',
    )
    assert run(gazette, "newsletter", "bridge")[0] == 0
    opened = message(gazette)
    assert opened["Bcc"] is None and "Bcc: all@evil.example" in opened["Subject"]
    page = html.fromstring(part(opened, "html"))
    assert not page.xpath("//script | //img") and "<b>A</b>" in page.text_content()


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        ({"posts/bridge.qmd": "---\ntitle: A\ndate: 2024-05-01\n---\n"}, "bridge has no `excerpt`"),
        (
            {"posts/bridge.qmd": f"---\n{FRONT.replace('article:earlier', 'article:later')}---\n"},
            "posts/bridge.qmd, line 7: the excerpt of bridge refers to `article:later`, and no article has that slug",
        ),
        (
            {"_quarto.yml": CONFIG.replace(', site-url: "https://gazette.example/paper"', "")},
            "Set `site-url`",
        ),
        (
            {"_quarto.yml": CONFIG.replace("<news@gazette.example>", "<news at gazette>")},
            "_quarto.yml, line 8: `broadsheet"
            ".newsletter.from`: 'The Gazette <news at gazette>' has no e-mail address",
        ),
        (
            {"_quarto.yml": CONFIG.replace("?e={address}", "?e=me")},
            "is no `https:` or `mailto:` address with `{address}`",
        ),
        (
            {
                "_quarto.yml": CONFIG.replace(
                    "https://gazette.example/leave", "http://leave.example/"
                )
            },
            "is no `https:` or",
        ),
        (
            {
                "posts/bridge.qmd": f"---\ntitle: A\ndate: 2024-05-01\nexcerpt: '{'word ' * 25_000}'\n---\n"
            },
            "mail programs cut off what is longer than 100 KB",
        ),
    ],
)
def test_what_cannot_be_a_letter_is_reported_with_the_mend(gazette, run, change, reported):
    for name, text in change.items():
        gazette.write(name, text)
    code, _, errors = run(gazette, "newsletter", "bridge")
    assert code == 1 and reported in errors and "\n  → " in errors
    assert not (gazette.root / "_newsletter/bridge.eml").exists()


def test_an_ordinary_letter_is_far_from_being_cut_off(gazette, run):
    run(gazette, "newsletter", "bridge")
    assert len(part(message(gazette), "html").encode()) < LARGEST / 8


# Sending


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("certificate"))


def test_nobody_else_may_read_what_has_addresses_in_it(gazette, run):
    folder = gazette.root / "_newsletter"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    gazette.write("readers.txt", "ada@mail.example\n")
    assert run(gazette, "newsletter", "bridge")[0] == 0
    with open_journal(folder / "bridge.jsonl") as journal:
        journal.note("ada@mail.example", "sent", "x")
    (folder / "bridge.jsonl").chmod(0o644)
    (folder / "bridge.eml").chmod(0o644)
    with open_journal(folder / "bridge.jsonl"):
        assert run(gazette, "newsletter", "bridge")[0] == 0
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == dict.fromkeys(
        ("bridge.eml", "bridge.html", "bridge.jsonl"), 0o600
    )


@pytest.mark.parametrize(
    ("folder", "why"),
    [
        ("_site/mail", "it is in the site"),
        (".git", "no place for files"),
        ("town.qmd", "it is not a folder"),
        (".", "this file is not of an e-mail edition"),
    ],
)
def test_files_do_not_go_where_they_are_published_or_replace_what_is_yours(
    gazette, run, folder, why
):
    gazette.write("town.qmd", "---\ntitle: Town\n---\n")
    gazette.write("bridge.html", "mine")
    code, _, errors = run(gazette, "newsletter", "bridge", "--output", folder)
    assert code == 2 and why in errors
    assert (
        gazette.read("bridge.html") == "mine"
        and not (gazette.root / folder / "bridge.eml").exists()
    )


@pytest.fixture
def room(gazette: Site, trusted: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailroom]:
    """A server with STARTTLS and a login, the publication set up for it, and a list of readers."""
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    monkeypatch.setenv("BROADSHEET_SMTP_PASSWORD", PASSWORD)
    gazette.write("readers.txt", "# Our readers\n" + "\n".join(READERS) + "\n")
    with open_mailroom(trusted) as (room, port):
        gazette.write(
            "_quarto.yml",
            CONFIG + SMTP.format(port=port, security="starttls", user=f", user: {USER}"),
        )
        yield room


def code(run: Command, site: Site, *more: str) -> str:
    """The code of a dry run."""
    _, said, errors = run(site, "newsletter", "bridge", "--send", "readers.txt", *more)
    found = re.search(r"--yes ([0-9a-f]{8})$", said.strip())
    assert found, said + errors
    return found[1]


def sent(run: Command, site: Site, *more: str) -> tuple[int, str, str]:
    return run(
        site,
        "newsletter",
        "bridge",
        "--send",
        "readers.txt",
        *more,
        "--yes",
        code(run, site, *more),
    )


def test_a_dry_run_tells_who_would_get_it_and_sends_nothing(gazette, run, room):
    gazette.write(
        "readers.txt", "# Our readers\n\n" + "\n".join(READERS) + "\nREADER1@Mail.example\n"
    )
    exit_code, said, _ = run(gazette, "newsletter", "bridge", "--send", "readers.txt")
    assert exit_code == 0 and room.kept == []
    assert "6 readers would get it" in said and "1 line of the list left out as double" in said
    assert "from The Gazette <news@gazette.example>" in said and "Nothing has been sent." in said


def test_each_reader_gets_a_message_of_his_own_over_tls_after_a_login(gazette, run, room):
    exit_code, said, errors = sent(run, gazette)
    assert exit_code == 0 and "6 messages sent" in said and errors == ""
    assert sorted(room.addresses) == READERS
    messages = {address: room.message(address) for address in READERS}
    for address, one in messages.items():
        assert one["To"] == address and one["Cc"] is None and one["Bcc"] is None
        assert f"leave?e={address.replace('@', '%40')}&l=1" in one["List-Unsubscribe"]
        assert f"leave?e={address.replace('@', '%40')}&l=1" in part(one, "plain")
        assert not any(other in str(one) for other in READERS if other != address)
    assert len({one["Message-ID"] for one in messages.values()}) == 6


@pytest.mark.slow
def test_a_line_that_is_a_dot_arrives(gazette, run, room):
    gazette.write(
        "_quarto.yml",
        gazette.read("_quarto.yml").replace("Printed at 1 Bridge Street, Town.", ".\\n..x"),
    )
    sent(run, gazette)
    assert part(room.message(READERS[0]), "plain").splitlines()[-2:] == [".", "..x"]


@pytest.mark.slow
def test_a_program_is_told_the_code_and_the_counts_and_each_notice_once(gazette, run, room):
    (gazette.root / "posts/bridge.qmd").unlink()
    shown = 'from IPython.display import HTML\nHTML("<p>It stands.</p><script></script>")'
    gazette.article("bridge", shown, front=FRONT)
    words = ("newsletter", "bridge", "--send", "readers.txt", "--json")
    exit_code, out, errors = run(gazette, *words)
    report = json.loads(out)
    assert (exit_code, errors) == (0, "")
    assert [notice["kind"] for notice in report["notices"]] == ["output"]
    exit_code, out, errors = run(gazette, *words, "--yes", "wrong")
    kinds = [notice["kind"] for notice in json.loads(out)["notices"]]
    assert exit_code == 2 and kinds == ["output"], errors
    told = report["result"]["sending"]
    assert told == {
        **{"code": code(run, gazette), "planned": 6, "had": 0},
        **{"refused_before": 0, "unsure_before": 0},
        **dict.fromkeys(("sent", "refused", "later", "unsure")),
    }
    room.on_rcpt = {READERS[2]: ["550 5.1.1 No such mailbox"]}
    exit_code, out, errors = run(gazette, *words, "--yes", told["code"])
    told = json.loads(out)["result"]["sending"]
    assert exit_code == 1 and errors.startswith(f"warning: {READERS[2]}: refused: 550")
    assert [told[key] for key in ("sent", "refused", "later", "unsure")] == [5, 1, 0, 0]


@pytest.mark.slow
def test_a_second_run_sends_to_nobody_twice_and_to_who_is_new(gazette, run, room):
    sent(run, gazette)
    gazette.write("readers.txt", "\n".join([*map(str.upper, READERS), "new@mail.example"]))
    _, said, _ = run(gazette, "newsletter", "bridge", "--send", "readers.txt")
    assert "1 reader would get it" in said and "6 have it already" in said
    exit_code, said, _ = sent(run, gazette)
    assert exit_code == 0 and "1 message sent, 6 had it before" in said
    assert sorted(room.addresses) == sorted([*READERS, "new@mail.example"])


def test_the_code_is_of_this_very_letter_and_list(gazette, run, room):
    known = code(run, gazette)
    for path, old, new in (
        ("posts/bridge.qmd", "It **holds**", "It does hold"),
        ("readers.txt", READERS[5], "another@mail.example"),
    ):
        text = gazette.read(path)
        gazette.write(path, text.replace(old, new))
        exit_code, _, errors = run(
            gazette, "newsletter", "bridge", "--send", "readers.txt", "--yes", known
        )
        assert exit_code == 2 and "the code of another letter, or of another list" in errors
        gazette.write(path, text)
    assert room.kept == []


@pytest.mark.slow
def test_those_who_have_an_earlier_version_are_told_of_and_left_out(gazette, run, room):
    sent(run, gazette)
    gazette.write(
        "posts/bridge.qmd", gazette.read("posts/bridge.qmd").replace("It **holds**", "It does hold")
    )
    _, said, _ = run(gazette, "newsletter", "bridge", "--send", "readers.txt")
    assert (
        "0 readers would get it" in said
        and "6 have it already, 6 of them an earlier version" in said
    )


@pytest.mark.slow
def test_who_is_told_to_wait_is_tried_once_more_at_the_end_and_then_in_a_later_run(
    gazette, run, room
):
    first, second = READERS[0], READERS[1]
    room.on_rcpt = {first: ["451 4.7.1 Greylisted"], second: ["451 Later", "452 Still later"]}
    exit_code, said, errors = sent(run, gazette)
    assert exit_code == 1 and "5 messages sent" in said and "1 to be tried later" in said
    assert f"warning: {second}: later: 452 Still later" in errors and first not in errors
    assert room.addresses[-1] == first
    exit_code, said, _ = sent(run, gazette)
    assert exit_code == 0 and "1 message sent, 5 had it before" in said
    assert sorted(room.addresses) == READERS


def test_who_is_refused_is_told_of_and_stops_nobody_else(gazette, run, room):
    room.on_rcpt = {READERS[2]: ["550 5.1.1 No such mailbox \x1b[31m"]}
    room.on_data = {READERS[3]: ["554 5.7.1 Spam"]}
    exit_code, said, errors = sent(run, gazette)
    assert exit_code == 1 and "4 messages sent" in said and "2 refused" in said
    assert (
        f"warning: {READERS[2]}: refused: 550 5.1.1 No such mailbox" in errors
        and "\x1b" not in errors
    )
    assert f"warning: {READERS[3]}: refused: 554 5.7.1 Spam" in errors
    exit_code, said, _ = sent(run, gazette)
    assert exit_code == 0 and "0 messages sent, 4 had it before" in said and len(room.kept) == 4


def test_a_server_that_refuses_everybody_is_taken_to_refuse_us(gazette, run, room):
    many = [f"r{number}@mail.example" for number in range(30)]
    gazette.write("readers.txt", "\n".join(many))
    room.on_rcpt = {address: ["554 Relay denied"] for address in many}
    exit_code, _, errors = sent(run, gazette)
    assert (
        exit_code == 1
        and "refused 20 readers one after another, the last with: 554 Relay denied" in errors
    )
    assert sum(bool(left) for left in room.on_rcpt.values()) == 10


@pytest.mark.slow
def test_a_connection_that_drops_before_the_message_is_made_again_and_each_reader_gets_it_once(
    gazette, run, room
):
    room.on_rcpt = {READERS[2]: ["drop"], READERS[4]: ["drop", "drop"]}
    exit_code, said, _ = sent(run, gazette)
    assert exit_code == 0 and "6 messages sent" in said
    assert sorted(room.addresses) == READERS


@pytest.mark.slow
def test_a_server_that_is_gone_ends_the_run_and_the_next_goes_on(gazette, run, room):
    room.on_rcpt = {address: ["drop"] * 3 for address in READERS[3:]}
    exit_code, _, errors = sent(run, gazette)
    assert (
        exit_code == 1 and "cannot be reached" in errors and "give the same command again" in errors
    )
    assert room.addresses == READERS[:3]
    exit_code, said, _ = sent(run, gazette)
    assert (
        exit_code == 0 and "3 messages sent, 3 had it before" in said and room.addresses == READERS
    )


@pytest.mark.parametrize(
    ("answer", "has_it"), slow_but([("keep and drop", True), ("drop", False)], 1)
)
def test_whom_nobody_can_know_to_have_it_is_told_of_and_asked_for_again_by_hand_alone(
    gazette, run, room, answer, has_it
):
    """The connection broke between the end of the message and the answer: it may have been taken or
    not.
    """
    room.on_data = {READERS[1]: [answer]}
    exit_code, said, errors = sent(run, gazette)
    assert exit_code == 1 and "5 messages sent" in said and "1 unsure" in said
    assert f"{READERS[1]}: unsure: the connection broke before the answer" in errors
    _, said, _ = run(gazette, "newsletter", "bridge", "--send", "readers.txt")
    assert f"1 may have it already and are left out, without --unsure: {READERS[1]}" in said
    exit_code, said, _ = sent(run, gazette, "--unsure")
    assert exit_code == 0 and "1 message sent" in said
    copies = [content for address, content in room.kept if address == READERS[1]]
    assert len(copies) == (2 if has_it else 1)
    assert len({re.search(rb"Message-ID: (.*)", content)[1] for content in copies}) == 1  # type: ignore[index]


@pytest.mark.parametrize(
    ("where", "on"),
    slow_but(
        [("on_rcpt", "kill"), ("on_data", "keep and kill"), ("on_data", "kill")],
        [("on_data", "keep and kill")],
    ),
)
def test_a_run_that_is_killed_goes_on_where_it_was(gazette, run, room, where, on):
    """Killed before a message, or after it was taken and before the answer could be written down."""
    yes = code(run, gazette)
    getattr(room, where)[READERS[2]] = [on]
    command = [
        sys.executable,
        "-m",
        "broadsheet",
        "newsletter",
        "bridge",
        "--send",
        "readers.txt",
        "--yes",
        yes,
    ]
    process = subprocess.Popen(
        command, cwd=gazette.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    room.pid = process.pid
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    exit_code, said, _ = sent(run, gazette)
    assert exit_code == 0
    assert len(room.addresses) == len(set(room.addresses))
    assert set(READERS) - set(room.addresses) == (
        {READERS[2]} if where == "on_data" and on == "kill" else set()
    )
    assert ("1 unsure" in said) == (where == "on_data")


@pytest.mark.slow
def test_a_journal_whose_last_line_was_cut_short_is_read(gazette, run, room):
    sent(run, gazette)
    journal = gazette.root / "_newsletter/bridge.jsonl"
    lines = journal.read_text().splitlines()
    assert len(lines) == 12 and '"sending"' in lines[-2] and '"sent"' in lines[-1]
    journal.write_text("\n".join(lines[:-2]) + "\n" + lines[-2][:20])
    exit_code, said, _ = sent(run, gazette)
    assert exit_code == 0 and "1 message sent, 5 had it before" in said
    assert all(line.startswith("{") for line in journal.read_text().splitlines()[-2:])


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        (("BROADSHEET_SMTP_PASSWORD", "wrong"), "does not let gazette in: 535"),
        (
            ("BROADSHEET_SMTP_PASSWORD", ""),
            "no password for gazette\n  → Put it into the environment as BROADSHEET_SMTP_PASSWORD.",
        ),
        (("SSL_CERT_FILE", os.devnull), "its certificate is not trusted"),
    ],
)
def test_a_server_that_does_not_let_us_in_is_told_by_the_dry_run(
    gazette, run, room, monkeypatch, change, reported
):
    monkeypatch.setenv(*change)
    exit_code, _, errors = run(gazette, "newsletter", "bridge", "--send", "readers.txt")
    assert exit_code == 1 and reported in errors and PASSWORD not in errors


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_tls_from_the_start_serves_as_well(gazette, run, trusted, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    monkeypatch.setenv("BROADSHEET_SMTP_PASSWORD", PASSWORD)
    gazette.write("readers.txt", READERS[0])
    with open_mailroom(trusted, tls=True) as (room, port):
        gazette.write(
            "_quarto.yml", CONFIG + SMTP.format(port=port, security="tls", user=f", user: {USER}")
        )
        assert sent(run, gazette)[0] == 0 and room.addresses == READERS[:1]


def test_a_server_without_starttls_is_not_written_to_in_the_clear(gazette, run):
    gazette.write("readers.txt", READERS[0])
    with open_mailroom() as (room, port):
        gazette.write("_quarto.yml", CONFIG + SMTP.format(port=port, security="starttls", user=""))
        exit_code, _, errors = run(gazette, "newsletter", "bridge", "--send", "readers.txt")
        assert exit_code == 1 and "does not offer STARTTLS" in errors
        gazette.write(
            "_quarto.yml", CONFIG + SMTP.format(port=port, security="none", user=f", user: {USER}")
        )
        exit_code, _, errors = run(gazette, "newsletter", "bridge", "--send", "readers.txt")
        assert exit_code == 1 and "`none` would show the password" in errors
        gazette.write("_quarto.yml", CONFIG + SMTP.format(port=port, security="none", user=""))
        assert sent(run, gazette)[0] == 0 and room.addresses == READERS[:1]


# The list


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("no address", "there is no @ in it"),
        ("a b@mail.example", "what stands before the @ is no mailbox"),
        ("a@mail.example\x0bBcc: b@mail.example", "no mailbox"),
        ("a@mail.example, b@mail.example", "no mailbox"),
        ("<a@mail.example>", "no mailbox"),
        ("a@localhost", "what stands after the @ is no host"),
        ("a@-x.example", "no host"),
        ("a..b@mail.example", "no mailbox"),
        ('"a"@mail.example', "no mailbox"),
        ("ü@mail.example", "letters beyond ASCII before the @"),
    ],
)
def test_a_line_that_is_no_address_is_an_error_with_its_place_and_nobody_is_written_to(
    gazette, run, room, line, why
):
    gazette.write("readers.txt", f"{READERS[0]}\n{line}\nalso wrong\n")
    exit_code, _, errors = run(gazette, "newsletter", "bridge", "--send", "readers.txt")
    assert (
        exit_code == 1
        and "readers.txt, line 2: this is no e-mail address: " in errors
        and why in errors
    )
    assert (
        "nobody has been written to" in errors
        and "also: readers.txt, line" in errors
        and room.kept == []
    )


def test_a_csv_has_its_column_by_name_and_hosts_may_have_letters_of_any_script(gazette, run, room):
    gazette.write(
        "readers.csv", '\ufeffName;E-Mail\n"Ö; the first";a@bücher.example\nB;b@mail.example\n'
    )
    known = re.search(
        r"--yes (\w+)", run(gazette, "newsletter", "bridge", "--send", "readers.csv")[1]
    )
    assert (
        known
        and run(gazette, "newsletter", "bridge", "--send", "readers.csv", "--yes", known[1])[0] == 0
    )
    assert room.addresses == ["a@xn--bcher-kva.example", "b@mail.example"]


@pytest.mark.parametrize(
    ("name", "text", "reported"),
    [
        ("none.txt", None, "the file does not exist"),
        ("empty.txt", "# nobody\n\n", "there is no address in this list"),
        ("no.csv", "name,phone\nA,1\n", "no column for addresses among name, phone"),
        (
            "bad.csv",
            "name,email\nA,a@mail.example\nB,b\n",
            "bad.csv, row 2, column 'email': this is no e-mail address",
        ),
    ],
)
def test_a_list_that_cannot_be_one_is_reported(gazette, run, room, name, text, reported):
    if text is not None:
        gazette.write(name, text)
    exit_code, _, errors = run(gazette, "newsletter", "bridge", "--send", name)
    assert exit_code == 1 and reported in errors


@pytest.mark.parametrize("key", ["smtp", "unsubscribe"])
def test_nothing_is_sent_without_a_server_or_without_a_way_to_leave(gazette, run, room, key):
    lines = [line for line in gazette.read("_quarto.yml").splitlines() if f"{key}:" not in line]
    gazette.write("_quarto.yml", "\n".join(lines) + "\n")
    exit_code, _, errors = run(gazette, "newsletter", "bridge", "--send", "readers.txt")
    assert (
        exit_code == 1
        and f"no `{key}` under `broadsheet: newsletter:`, without which nothing is sent" in errors
    )


# A provider's draft

UUID = "0d5dc2a3-3f21-4a5b-9c0e-8a7b6c5d4e3f"
MAILCHIMP = "https://gazette.us21.list-manage.com/subscribe/post?u=abc123&id=def456"


def drafted(run: Command, site: Site, provider: str) -> tuple[int, str, str]:
    site.write("_quarto.yml", CONFIG + "".join(f"    {line}\n" for line in provider.split("\n")))
    return run(site, "newsletter", "bridge", "--draft")


def test_buttondown_gets_a_draft(gazette, run, monkeypatch):
    monkeypatch.setenv("BROADSHEET_NEWSLETTER_KEY", "the-key")
    with open_api(lambda *_: (201, {"id": "e1", "absolute_url": "https://b.example/e1"})) as (
        api,
        asked,
    ):
        exit_code, said, _ = drafted(
            run, gazette, f"provider: buttondown\nusername: gazette\napi: {api}"
        )
    assert exit_code == 0 and "a draft at buttondown: https://b.example/e1" in said
    ((method, path, headers, reported),) = asked
    assert (method, path, headers["Authorization"]) == ("POST", "/v1/emails", "Token the-key")
    assert reported["status"] == "draft" and reported["subject"] == "A bridge is opened"
    assert reported["canonical_url"] == "https://gazette.example/paper/posts/bridge.html"
    assert 'href="{{ unsubscribe_url }}"' in reported["body"] and "<body" not in reported["body"]
    assert "prefers-color-scheme: dark" in reported["body"]


@pytest.mark.slow
def test_a_draft_takes_the_picture_from_the_site_with_its_words_in_it(gazette, run, monkeypatch):
    monkeypatch.setenv("BROADSHEET_NEWSLETTER_KEY", "the-key")
    gazette.article(
        "trade",
        "import plotly.graph_objects as go",
        "#| label: fig-a\n#| source: false\n"
        "go.Figure(go.Bar(x=[1], y=[2])).update_layout(title={'text': 'It rose'})",
        front="title: Trade\ndate: 2024-05-01\nexcerpt: Words.",
    )
    with open_api(lambda *_: (201, {"id": "e1"})) as (api, asked):
        gazette.write(
            "_quarto.yml",
            f"{CONFIG}    provider: buttondown\n    username: gazette\n    api: {api}\n",
        )
        assert run(gazette, "newsletter", "trade", "--draft")[0] == 0
    body = html.fragment_fromstring(asked[0][3]["body"], create_parent="div")
    (picture,) = body.iter("img")
    assert (
        picture.get("src") == "https://gazette.example/paper/posts/trade/index_files/fig-a-full.png"
    )
    assert picture.get("alt") and "It rose" not in body.text_content()


def test_mailchimp_gets_a_campaign_and_its_content(gazette, run, monkeypatch):
    monkeypatch.setenv("BROADSHEET_NEWSLETTER_KEY", "key-us21")
    with open_api(lambda method, path, data: (200, {"id": "c1"} if method == "POST" else {})) as (
        api,
        asked,
    ):
        assert (
            drafted(run, gazette, f"provider: mailchimp\naction: {MAILCHIMP}\napi: {api}")[0] == 0
        )
    (_, path, headers, campaign), (method, content_path, _, content) = asked
    assert path == "/3.0/campaigns" and headers["Authorization"].startswith("Basic ")
    assert campaign["recipients"] == {"list_id": "def456"} and campaign["type"] == "regular"
    assert campaign["settings"]["subject_line"] == "A bridge is opened"
    assert campaign["settings"]["preview_text"] == "After nine years."
    assert campaign["settings"]["from_name"] == "The Gazette"
    assert (method, content_path) == ("PUT", "/3.0/campaigns/c1/content")
    assert 'href="*|UNSUB|*"' in content["html"] and content["html"].startswith("<!DOCTYPE html>")
    assert "Unsubscribe: *|UNSUB|*" in content["plain_text"]


def test_listmonk_gets_a_campaign_for_the_list_of_that_uuid(gazette, run, monkeypatch):
    monkeypatch.setenv("BROADSHEET_NEWSLETTER_KEY", "bot:token")

    def answer(method, path, data):
        lists = {"data": {"results": [{"id": 3, "uuid": "other"}, {"id": 7, "uuid": UUID}]}}
        return (200, lists if method == "GET" else {"data": {"id": 12}})

    with open_api(answer) as (api, asked):
        exit_code, said, _ = drafted(run, gazette, f"provider: listmonk\nurl: {api}\nlist: {UUID}")
    assert exit_code == 0 and "a draft at listmonk: 12" in said
    _, (method, path, headers, reported) = asked
    assert (method, path, headers["Authorization"]) == ("POST", "/api/campaigns", "token bot:token")
    assert (
        reported["lists"] == [7]
        and reported["type"] == "regular"
        and reported["content_type"] == "html"
    )
    assert (
        "{{ UnsubscribeURL }}" in reported["body"]
        and "Unsubscribe: {{ UnsubscribeURL }}" in reported["altbody"]
    )
    assert reported["from_email"] == "The Gazette <news@gazette.example>"


def test_what_a_provider_would_read_as_code_is_text(gazette, run, monkeypatch):
    monkeypatch.setenv("BROADSHEET_NEWSLETTER_KEY", "the-key")
    gazette.write("_quarto.yml", CONFIG)
    front = FRONT.replace("A. Reporter", '"{{ secrets }}"')
    gazette.write("posts/bridge.qmd", f"---\n{front}---\n")
    with open_api(lambda *_: (201, {"id": "e1"})) as (api, asked):
        exit_code, _, errors = drafted(
            run, gazette, f"provider: buttondown\nusername: gazette\napi: {api}"
        )
    assert (
        exit_code == 1
        and "buttondown would read '{{' in it as code of a template" in errors
        and asked == []
    )


@pytest.mark.parametrize(
    ("answer", "reported"),
    slow_but(
        [
            (
                (401, {"detail": "No"}),
                '127.0.0.1: answers 401 to POST /v1/emails: {"detail": "No"}\n'
                "  → Mend the key in BROADSHEET_NEWSLETTER_KEY.",
            ),
            ((500, b"<h1>Oops</h1>"), "answers 500 to POST /v1/emails: <h1>Oops</h1>"),
            ((200, b"<html>"), "with what is no JSON"),
        ],
        1,
    ),
)
def test_what_a_provider_does_not_take_is_reported_without_the_key(
    gazette, run, monkeypatch, answer, reported
):
    monkeypatch.setenv("BROADSHEET_NEWSLETTER_KEY", "the-key")
    with open_api(lambda *_: answer) as (api, _):
        exit_code, _, errors = drafted(
            run, gazette, f"provider: buttondown\nusername: gazette\napi: {api}"
        )
    assert exit_code == 1 and reported in errors and "the-key" not in errors


def test_a_draft_or_a_file_that_fails_is_told_with_the_notices(gazette, run):
    (gazette.root / "posts/bridge.qmd").unlink()
    shown = 'from IPython.display import HTML\nHTML("<p>It stands.</p><script></script>")'
    gazette.article("bridge", shown, front=FRONT)
    gazette.write("_newsletter/bridge.eml", "mine\n")
    for option, code, fault in (("--draft", 1, "provider"), ("--send=no.txt", 2, "bridge.eml")):
        exit_code, out, errors = run(gazette, "newsletter", "bridge", option, "--json")
        report = json.loads(out)
        assert (exit_code, errors) == (code, "")
        assert [notice["kind"] for notice in report["notices"]] == ["output"]
        assert fault in json.dumps(report["faults"])
        exit_code, _, errors = run(gazette, "newsletter", "bridge", option)
        assert exit_code == code and errors.count("is not on the page") == 1 and fault in errors


def test_without_a_provider_or_a_key_there_is_no_draft(gazette, run, monkeypatch):
    monkeypatch.delenv("BROADSHEET_NEWSLETTER_KEY", raising=False)
    exit_code, _, errors = run(gazette, "newsletter", "bridge", "--draft")
    assert exit_code == 1 and "no provider to hand the issue to" in errors
    monkeypatch.setenv("BROADSHEET_NEWSLETTER_KEY", "key")
    exit_code, _, errors = drafted(run, gazette, "provider: broadsheet")
    assert exit_code == 1 and "no provider to hand the issue to" in errors
    monkeypatch.delenv("BROADSHEET_NEWSLETTER_KEY")
    exit_code, _, errors = drafted(run, gazette, "provider: buttondown\nusername: gazette")
    assert exit_code == 1 and "Put it into the environment as BROADSHEET_NEWSLETTER_KEY" in errors


# What a reader sees


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "scheme", "paper"),
    [(900, "light", "rgb(253, 252, 249)"), (390, "dark", "rgb(22, 22, 19)")],
)
def test_it_fits_the_window_by_day_and_by_night(gazette, run, browser, width, scheme, paper):
    run(gazette, "newsletter", "bridge")
    page = browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=True
    )
    page.set_content(part(message(gazette), "html"))
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".preheader").is_hidden()
    assert page.get_by_role("link", name="Read the rest").is_visible()
    assert page.get_by_role("heading", level=1).bounding_box()["width"] <= 640
    page.close()
