"""`broadsheet newsletter serve`: readers subscribe and leave, at the real service, by real mail."""

from __future__ import annotations

import csv
import http.client
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from playwright.sync_api import Browser
from test_newsletter import FRONT

from broadsheet.newsletter.subscriber_database import (
    BY_ADDRESS,
    BY_CLIENT,
    SubscriberDatabase,
)
from conftest import Site, slow_but
from mailroom import Mailroom, open_mailroom

CONFIG = """\
project: {{type: website, render: ["*.qmd", "posts/*.qmd"]}}
website: {{title: "The Gazette", site-url: "https://gazette.example/paper"}}
lang: {lang}
broadsheet:
  newsletter:
    provider: broadsheet
    from: "The Gazette <news@gazette.example>"
    imprint: "1 Bridge Street, Town."
    smtp: {{host: 127.0.0.1, port: {port}, security: none}}
"""
FORM = "application/x-www-form-urlencoded"
READER = "ada@mail.example"

Command = Callable[..., tuple[int, str, str]]


class Service:
    """A running service. Has state: the process."""

    def __init__(
        self, root: Path, *options: str, program: Sequence[str] = ("-m", "broadsheet")
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *program, "newsletter", "serve", "--port", "0", *options],
            cwd=root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        line = self.process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not found:
            self.process.kill()
        assert found, line + self.process.stderr.read()
        self.port = int(found[1])
        self.address = f"http://127.0.0.1:{self.port}"

    def ask(
        self,
        method: str,
        path: str,
        body: str | bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Mapping[str, str], str]:
        """Status, headers and text of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body or None, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def sign_up(
        self, email: str = READER, headers: Mapping[str, str] | None = None, **fields: str
    ) -> tuple[int, Mapping[str, str], str]:
        """What the form of the site does."""
        sent = urlencode({"email": email, "lang": "en", "website": "", **fields})
        given = {"Content-Type": FORM, **(headers or {})}
        return self.ask("POST", "/paper/subscribe/sign-up", sent, given)

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """End the process; its exit code."""
        self.process.send_signal(by)
        self.process.communicate(timeout=60)
        return self.process.returncode


@pytest.fixture
def gazette(site: Site) -> Site:
    site.write("index.qmd", "---\ntitle: Front\nlisting: {contents: posts, feed: true}\n---\n")
    site.write("about.qmd", "---\ntitle: About\n---\nWe.\n")
    site.write("posts/bridge.qmd", f"---\n{FRONT}---\nMore than the letter says.\n")
    site.write("posts/earlier.qmd", "---\ntitle: Earlier\ndate: 2024-01-01\n---\nWords.\n")
    return site


@pytest.fixture
def room(gazette: Site) -> Iterator[Mailroom]:
    with open_mailroom() as (room, port):
        gazette.write("_quarto.yml", CONFIG.format(port=port, lang="en"))
        yield room


@pytest.fixture
def start(gazette: Site, room: Mailroom) -> Iterator[Callable[..., Service]]:
    with ExitStack() as stack:

        def started(*options: str) -> Service:
            service = Service(gazette.root, *options)
            stack.callback(lambda: service.process.poll() is None and service.end(signal.SIGKILL))
            return service

        yield started


def mail(room: Mailroom, count: int = 1) -> list[EmailMessage]:
    """The messages that have come, when there are so many."""
    pause = threading.Event()
    for _ in range(1200):
        if len(room.kept) >= count:
            break
        pause.wait(0.05)
    assert len(room.kept) == count
    messages = [message_from_bytes(content, policy=default) for _, content in room.kept]
    return [one for one in messages if isinstance(one, EmailMessage)]


def link(message: EmailMessage) -> str:
    """The path of the link in a message."""
    found = re.search(r"https://gazette\.example(/paper/subscribe/\S+)", message.get_content())
    assert found, message.get_content()
    return found[1]


def subscribe(service: Service, room: Mailroom, address: str = READER) -> None:
    before = len(room.kept)
    service.sign_up(address)
    path = link(mail(room, before + 1)[-1])
    assert service.ask("POST", path)[0] == 200


def database(site: Site) -> SubscriberDatabase:
    return SubscriberDatabase(site.root / "_newsletter/subscribers.sqlite3")


def addresses(site: Site) -> list[str]:
    return [one.address for one in database(site).subscribers()]


def heading(text: str) -> str:
    return str(html.fromstring(text).find(".//h1").text_content())


# Subscribing


def test_a_reader_subscribes_by_the_link_that_came_by_mail(gazette, room, start):
    service = start()
    status, headers, _ = service.sign_up()
    assert (status, headers["location"]) == (303, "/paper/subscribe/check-your-mail?lang=en")
    assert heading(service.ask("GET", headers["location"])[2]) == "Check your mail"
    (message,) = mail(room)
    assert message["To"] == READER and str(message["From"]) == "The Gazette <news@gazette.example>"
    assert message["Subject"] == "Please confirm: newsletter of The Gazette"
    assert message["Auto-Submitted"] == "auto-generated" and message["List-Unsubscribe"] is None
    assert addresses(gazette) == []
    path = link(message)
    for _ in range(2):  # a program that looks through the mail confirms nothing
        status, _, text = service.ask("GET", path)
        assert (status, heading(text)) == (200, "Confirm your subscription")
    assert addresses(gazette) == []
    status, _, text = service.ask("POST", path)
    assert (status, heading(text)) == (200, "You are subscribed")
    assert addresses(gazette) == [READER]


def test_a_link_works_once_and_for_two_days(gazette, room, start):
    service = start()
    service.sign_up()
    path = link(mail(room)[0])
    assert service.ask("POST", path)[0] == 200
    assert [service.ask(method, path)[0] for method in ("GET", "POST")] == [410, 410]
    service.sign_up("grace@mail.example")
    later = link(mail(room, 2)[1])
    with sqlite3.connect(database(gazette).path) as connection:
        connection.execute("UPDATE confirmations SET until = 1")
    status, _, text = service.ask("POST", later)
    assert (status, heading(text)) == (410, "This link no longer works")
    assert html.fromstring(text).find(".//form").get("action") == "/paper/subscribe/sign-up"
    assert addresses(gazette) == [READER]


def test_no_answer_tells_whether_an_address_is_known(gazette, room, start):
    service = start()
    subscribe(service, room)
    known, unknown = service.sign_up(), service.sign_up("grace@mail.example")
    ignored = {"date"}
    assert known[0] == unknown[0] and known[2] == unknown[2]
    assert {k: v for k, v in known[1].items() if k not in ignored} == {
        k: v for k, v in unknown[1].items() if k not in ignored
    }
    messages = {str(one["To"]): one for one in mail(room, 3)[1:]}
    assert "You are already subscribed" in " ".join(messages[READER].get_content().split())
    assert "/unsubscribe/" in messages[READER].get_content()
    assert "/confirm/" in messages["grace@mail.example"].get_content()
    wrong = service.ask("GET", "/paper/subscribe/unsubscribe/guessed")
    assert heading(wrong[2]) == "This link is not valid" and READER not in wrong[2]


@pytest.mark.slow
def test_an_address_gets_few_mails_and_a_client_may_sign_up_few(gazette, room, start):
    service = start()
    answers = [service.sign_up()[0] for _ in range(BY_CLIENT)]
    assert answers == [303] * BY_CLIENT  # the same, though mails have stopped
    status, _, text = service.sign_up("grace@mail.example")
    assert (status, heading(text)) == (429, "Please try again later")
    service.end()
    assert len(mail(room, BY_ADDRESS)) == BY_ADDRESS


@pytest.mark.slow
def test_a_client_behind_a_proxy_is_known_only_if_the_proxy_is_trusted(gazette, room, start):
    service, trusting = start(), start("--behind-proxy")
    for number in range(BY_CLIENT + 1):
        forged = {"X-Forwarded-For": f"10.0.0.{number}"}
        status = service.sign_up(f"r{number}@mail.example", forged)[0]
    assert status == 429
    for number in range(BY_CLIENT + 1):
        # What a client claims stands before what the proxy has seen.
        forged = {"X-Forwarded-For": f"10.0.0.{number}, 2001:db8::{number}"}
        status = trusting.sign_up(f"r{number}@mail.example", forged)[0]
    assert status == 429
    assert trusting.sign_up("x@mail.example", {"X-Forwarded-For": "10.9.9.9"})[0] == 303


def test_what_is_no_address_is_said_and_nothing_is_sent(gazette, room, start):
    service = start()
    for address in (
        "nobody",
        "a@mail.example\r\nBcc: b@mail.example",
        "a@mail.example\nSubject: x",
        "a@mail.example, b@mail.example",
        "<script>@mail.example",
        '"a b"@mail.example',
        "a@localhost",
        f"{'a' * 65}@mail.example",
        "",
    ):
        status, _, text = service.sign_up(address)
        assert (status, heading(text)) == (422, "That is not an e-mail address"), address
        field = html.fromstring(text).find(".//input[@name='email']")
        assert field.get("value", "").split() == address.split() and "<script>@" not in text
    assert service.end() == 0 and room.kept == []


@pytest.mark.slow
def test_what_robots_fill_in_and_forms_of_other_sites_come_to_nothing(gazette, room, start):
    service = start()
    assert service.sign_up(website="https://spam.example")[0] == 303
    assert service.sign_up(headers={"Origin": "https://evil.example"})[0] == 403
    assert service.sign_up(headers={"Origin": "http://["})[0] == 403
    assert service.sign_up("b@mail.example", {"Origin": "https://gazette.example"})[0] == 303
    assert mail(room)[0]["To"] == "b@mail.example"


@pytest.mark.slow
def test_what_is_no_form_is_refused(gazette, room, start):
    service = start()
    for kind, body, status in (
        ("application/json", '{"email": "a@mail.example"}', 415),
        ("multipart/form-data; boundary=x", "--x--", 415),
        (FORM, "email=" + "a" * 5000, 413),
        (FORM, "&".join(f"f{number}=1" for number in range(30)), 400),
        (FORM, b"email=\xff\xfe", 400),
    ):
        answer = service.ask("POST", "/paper/subscribe/sign-up", body, {"Content-Type": kind})
        assert answer[0] == status, (kind, body)
    assert service.end() == 0 and room.kept == []


@pytest.mark.slow
def test_answers_load_nothing_from_elsewhere_and_are_kept_by_nobody(gazette, room, start):
    service = start()
    for path in ("check-your-mail", "confirm/x", "unsubscribe/x"):
        _, headers, text = service.ask("GET", f"/paper/subscribe/{path}")
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        assert headers["cache-control"] == "no-store" and "set-cookie" not in headers
        assert headers["referrer-policy"] == "no-referrer" and "server" not in headers
        page = html.fromstring(text)
        assert not page.xpath("//script | //style | //@style | //img")
        for one in page.xpath("//link/@href"):
            status, found, _ = service.ask("HEAD", one)
            assert status == 200 and "immutable" in found["cache-control"]


@pytest.mark.slow
def test_the_language_is_that_of_the_page_on_which_a_reader_signed_up(gazette, room, start):
    service = start()
    _, headers, _ = service.sign_up(lang="de")
    text = service.ask("GET", headers["location"])[2]
    assert (
        html.fromstring(text).get("lang") == "de" and heading(text) == "Sehen Sie in Ihr Postfach"
    )
    (message,) = mail(room)
    assert message["Subject"] == "Bitte bestätigen: Newsletter von The Gazette"
    assert heading(service.ask("GET", link(message))[2]) == "Bestätigen Sie Ihr Abonnement"
    for unknown in ("xx", "../../etc", "de\r\nX: y", "de.\n\nVisit https://x.example", "de@x y"):
        assert service.sign_up("b@mail.example", lang=unknown)[1]["location"].endswith("lang=en")


# The process


@pytest.mark.parametrize("by", slow_but([signal.SIGTERM, signal.SIGINT], 1))
def test_it_ends_in_good_order(gazette, room, start, by):
    service = start()
    service.sign_up()
    assert service.end(by) == 0


def test_a_mail_that_a_killed_process_left_is_sent_by_the_next(gazette, room, start):
    room.on_rcpt = {READER: ["451 Later"]}
    service = start()
    service.sign_up()
    service.end(signal.SIGKILL)
    assert room.kept == []
    room.on_rcpt = {}
    with sqlite3.connect(database(gazette).path) as connection:
        assert connection.execute("SELECT count(*) FROM requests").fetchone() == (1,)
        connection.execute("UPDATE requests SET due = 0")
    service = start()
    assert service.ask("POST", link(mail(room)[0]))[0] == 200
    assert addresses(gazette) == [READER]


@pytest.mark.slow
def test_a_mailbox_that_is_refused_is_tried_no_more(gazette, room, start):
    room.on_rcpt = {READER: ["550 No such mailbox"] * 9}
    service = start()
    service.sign_up()
    service.sign_up("b@mail.example")
    assert mail(room)[0]["To"] == "b@mail.example"
    service.end()
    with sqlite3.connect(database(gazette).path) as connection:
        assert connection.execute("SELECT count(*) FROM requests").fetchone() == (0,)


@pytest.mark.slow
def test_two_processes_share_the_subscribers(gazette, room, start):
    services = [start("--behind-proxy"), start("--behind-proxy")]
    many = [f"reader{number}@mail.example" for number in range(24)]

    def sign_up(number: int) -> None:
        client = {"X-Forwarded-For": f"10.0.0.{number}"}
        assert services[number % 2].sign_up(many[number], client)[0] == 303

    threads = [threading.Thread(target=sign_up, args=(number,)) for number in range(len(many))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    messages = mail(room, len(many))
    assert sorted(str(one["To"]) for one in messages) == sorted(many)
    for number, message in enumerate(messages):  # by the other one, perhaps
        assert services[number % 2].ask("POST", link(message))[0] == 200
    assert sorted(addresses(gazette)) == sorted(many)


@pytest.mark.slow
def test_nobody_else_may_read_the_database(gazette, room, start):
    service = start()
    service.sign_up()
    mail(room)
    path = gazette.root / "_newsletter/subscribers.sqlite3"
    # The files beside it come and go with the connections to it: one is held open.
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("SELECT count(*) FROM subscribers").fetchone()
        files = list(path.parent.glob("subscribers.sqlite3*"))
        assert len(files) == 3 and {file.stat().st_mode & 0o777 for file in files} == {0o600}
        content = b"".join(file.read_bytes() for file in files)
    assert READER.encode() in content
    token = link(mail(room)[0]).partition("/confirm/")[2].partition("?")[0]
    assert token.encode() not in content


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        (("provider: broadsheet", "reply-to: a@mail.example"), "`provider: broadsheet`"),
        (("    smtp:", "    # smtp:"), "no `smtp` under `broadsheet: newsletter:`"),
        ((', site-url: "https://gazette.example/paper"', ""), "no `site-url` under `website:`"),
        (
            ("    imprint:", "    database: posts/bridge.qmd\n    imprint:"),
            "the database of subscribers cannot be used",
        ),
    ],
)
def test_what_it_needs_is_said(gazette, run, room, change, reported):
    gazette.write("_quarto.yml", gazette.read("_quarto.yml").replace(*change))
    code, _, errors = run(gazette, "newsletter", "serve", "--port", "0")
    assert code == 1 and reported in errors and "\n  → " in errors


@pytest.mark.slow
def test_a_port_that_is_taken_is_said(gazette, run, room, start):
    code, _, errors = run(gazette, "newsletter", "serve", "--port", str(start().port))
    assert code == 2 and "this cannot be listened at" in errors


# Leaving


def test_a_reader_leaves_by_the_link_in_each_issue_or_by_one_click(gazette, run, room, start):
    service = start()
    for address in (READER, "grace@mail.example"):
        subscribe(service, room, address)
    room.kept.clear()
    assert sent(run, gazette)[0] == 0
    messages = {one["To"]: one for one in mail(room, 2)}
    ways = {to: re.findall("<(.*?)>", one["List-Unsubscribe"]) for to, one in messages.items()}
    assert all(
        one["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" for one in messages.values()
    )
    (by_link,), (by_click,) = ways[READER], ways["grace@mail.example"]
    assert by_link != by_click and by_link in messages[READER].get_body(("plain",)).get_content()
    path = urlsplit(by_link).path
    status, _, text = service.ask("GET", path)
    assert (status, heading(text)) == (200, "Unsubscribe") and len(addresses(gazette)) == 2
    assert heading(service.ask("POST", path)[2]) == "You have unsubscribed"
    assert addresses(gazette) == ["grace@mail.example"]
    used, guessed = service.ask("POST", path), service.ask("POST", f"{path[:-1]}!")  # once more
    assert used[0] == guessed[0] == 410 and used[2] == guessed[2]
    assert heading(used[2]) == "This link is not valid"
    assert addresses(gazette) == ["grace@mail.example"]
    click = service.ask(
        "POST",
        urlsplit(by_click).path,
        "List-Unsubscribe=One-Click",
        {"Content-Type": FORM, "Origin": "https://mailbox.example"},
    )
    assert click[0] == 200 and addresses(gazette) == []


# Sending an issue


def code(run: Command, site: Site) -> str:
    _, said, errors = run(site, "newsletter", "bridge", "--send")
    found = re.search(r"--send --yes ([0-9a-f]{8})$", said.strip())
    assert found, said + errors
    return found[1]


def sent(run: Command, site: Site) -> tuple[int, str, str]:
    return run(site, "newsletter", "bridge", "--send", "--yes", code(run, site))


def test_an_issue_goes_to_whoever_has_subscribed_until_then(gazette, run, room):
    database(gazette).add(["a@mail.example", "b@mail.example"], "en")
    yes = code(run, gazette)
    database(gazette).add(["c@mail.example"], "en")
    database(gazette).remove("a@mail.example")
    exit_code, said, errors = run(gazette, "newsletter", "bridge", "--send", "--yes", yes)
    assert exit_code == 0 and "2 messages sent" in said, errors
    assert sorted(room.addresses) == ["b@mail.example", "c@mail.example"]
    database(gazette).add(["d@mail.example"], "en")
    assert "1 message sent, 2 had it before" in sent(run, gazette)[1]


@pytest.mark.parametrize("on", slow_but(["kill", "keep and kill"], ["keep and kill"]))
def test_a_killed_run_goes_on_and_nobody_gets_an_issue_twice(gazette, run, room, on):
    many = [f"reader{number}@mail.example" for number in range(8)]
    database(gazette).add(many, "en")
    yes = code(run, gazette)
    (room.on_rcpt if on == "kill" else room.on_data)[many[3]] = [on]
    arguments = ["newsletter", "bridge", "--send", "--yes", yes]
    process = subprocess.Popen(
        [sys.executable, "-m", "broadsheet", *arguments],
        cwd=gazette.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    room.pid = process.pid
    assert process.wait(timeout=120) == -signal.SIGKILL
    assert len(room.kept) in (3, 4)
    # One has unsubscribed meanwhile, and one has come.
    database(gazette).remove(many[7])
    database(gazette).add(["new@mail.example"], "en")
    run(gazette, *arguments)
    assert sorted(room.addresses) == sorted([*many[:7], "new@mail.example"])


@pytest.mark.slow
def test_two_runs_at_once_send_an_issue_once(gazette, run, room):
    many = [f"reader{number}@mail.example" for number in range(20)]
    database(gazette).add(many, "en")
    arguments = ["newsletter", "bridge", "--send", "--yes", code(run, gazette)]
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "broadsheet", *arguments],
            cwd=gazette.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    said = "".join(one.communicate(timeout=120)[0] for one in both)
    assert sorted(room.addresses) == sorted(many), said


def test_who_unsubscribes_while_an_issue_is_sent_does_not_get_it(gazette, run, room):
    many = [f"reader{number}@mail.example" for number in range(3)]
    database(gazette).add(many, "en")
    yes = code(run, gazette)
    room.on_rcpt = {many[0]: ["451 Later"]}
    kept = room.handle_DATA

    async def leave(*given: object) -> str:
        database(gazette).remove(many[2])
        return await kept(*given)  # type: ignore[arg-type]

    room.handle_DATA = leave  # type: ignore[method-assign, assignment]
    exit_code, said, _ = run(gazette, "newsletter", "bridge", "--send", "--yes", yes)
    assert exit_code == 0 and "2 messages sent" in said
    assert room.addresses == [many[1], many[0]]


# The list


@pytest.mark.slow
def test_subscribers_are_counted_exported_imported_and_removed(gazette, run, room, start):
    service = start()
    subscribe(service, room)
    service.sign_up("later@mail.example")
    mail(room, 2)
    assert run(gazette, "newsletter", "subscribers")[1] == "1 subscriber, 1 unconfirmed\n"
    gazette.write("old.csv", "Name,E-Mail\nB,b@mail.example\nA,ADA@mail.example\n")
    assert run(gazette, "newsletter", "subscribers", "--import", "old.csv", "--lang", "de")[1] == (
        "1 new subscriber\n"
    )
    assert run(gazette, "newsletter", "subscribers", "--export", "all.csv")[0] == 0
    rows = list(csv.DictReader((gazette.root / "all.csv").open()))
    assert [(row["email"], row["language"]) for row in rows] == [
        (READER, "en"),
        ("b@mail.example", "de"),
    ]
    assert (gazette.root / "all.csv").stat().st_mode & 0o777 == 0o600
    code, _, errors = run(gazette, "newsletter", "subscribers", "--export", "all.csv")
    assert code == 2 and "Name a new file." in errors
    assert run(gazette, "newsletter", "subscribers", "--remove", "B@mail.example")[0] == 0
    assert run(gazette, "newsletter", "subscribers", "--remove", "b@mail.example")[0] == 1
    # Whoever has left does not come back by an old list.
    said = run(gazette, "newsletter", "subscribers", "--import", "all.csv")[1]
    assert said == "0 new subscribers; 1 left out, who have unsubscribed\n"


def test_an_exported_list_is_no_formula_and_comes_back_as_it_was(gazette, run, room):
    odd = "=cmd|'/x'!a0@mail.example"
    database(gazette).add([odd], "en")
    run(gazette, "newsletter", "subscribers", "--export", "all.csv")
    assert f"\n'{odd}," in (gazette.root / "all.csv").read_text()
    database(gazette).path.unlink()
    run(gazette, "newsletter", "subscribers", "--import", "all.csv")
    assert addresses(gazette) == [odd]


# In a browser


@pytest.mark.browser
def test_a_reader_signs_up_and_leaves_in_a_browser_without_scripts(
    gazette, run, room, start, browser: Browser
):
    assert run(gazette, "build")[0] == 0
    service = start("--site")
    context = browser.new_context(java_script_enabled=False)
    reader = context.new_page()
    reader.goto(f"{service.address}/paper/posts/bridge.html")
    reader.get_by_label("Get the first issue by e-mail").fill(READER)
    reader.get_by_role("button", name="Sign up").click()
    reader.get_by_role("heading", name="Check your mail").wait_for()
    reader.goto(service.address + link(mail(room)[0]))
    reader.get_by_role("button", name="Subscribe").click()
    reader.get_by_role("heading", name="You are subscribed").wait_for()
    assert addresses(gazette) == [READER]
    token = database(gazette).subscribers()[0].token
    reader.goto(f"{service.address}/paper/subscribe/unsubscribe/{quote(token)}")
    reader.get_by_role("button", name="Unsubscribe").click()
    reader.get_by_role("heading", name="You have unsubscribed").wait_for()
    context.close()
    assert addresses(gazette) == []


@pytest.mark.browser
@pytest.mark.parametrize(
    "look", [(1280, "light"), pytest.param((390, "dark"), marks=pytest.mark.slow)]
)
def test_its_pages_have_no_fault_that_axe_finds(gazette, room, start, browser: Browser, look):
    service = start()
    service.sign_up(lang="de")
    waiting = link(mail(room)[0])
    context = browser.new_context(
        viewport={"width": look[0], "height": 800}, color_scheme=look[1], bypass_csp=True
    )
    reader = context.new_page()
    base = f"{service.address}/paper/subscribe"
    found = []
    for path in ("check-your-mail?lang=de", "confirm/x", "unsubscribe/x"):
        reader.goto(f"{base}/{path}")
        found += [one["id"] for one in Axe().run(reader).response["violations"]]
    reader.goto(service.address + waiting)
    found += [one["id"] for one in Axe().run(reader).response["violations"]]
    assert reader.get_by_role("button", name="Abonnieren").is_visible()
    context.close()
    assert found == []


def test_a_trial_shows_the_mail_and_keeps_who_signs_up_apart(gazette, room, start):
    """Without a mail server, on this machine alone."""
    config = gazette.read("_quarto.yml")
    gazette.write("_quarto.yml", re.sub(r"    smtp:.*\n", "", config))
    service = start("--trial")
    assert service.sign_up()[0] == 303
    shown = [service.process.stderr.readline() for _ in range(4)]
    assert shown[0].startswith(f"A mail to {READER}, which is not sent: Please confirm")
    way = urlsplit(next(line.strip() for line in shown if line.strip().startswith("http")))
    assert way.netloc == f"127.0.0.1:{service.port}"
    assert service.ask("POST", f"{way.path}?{way.query}")[0] == 200
    folder = gazette.root / "_newsletter"
    assert [
        each.address for each in SubscriberDatabase(folder / "trial.sqlite3").subscribers()
    ] == [READER]
    assert not (folder / "subscribers.sqlite3").exists()


@pytest.mark.parametrize("options", [("--host", "0.0.0.0"), ("--behind-proxy",)])
def test_a_trial_is_for_this_machine_alone(gazette, room, run, options):
    code, _, said = run(gazette, "newsletter", "serve", "--trial", *options)
    assert code == 2
    assert "anybody could sign up" in said


def test_a_trial_of_a_site_whose_forms_lead_elsewhere_is_refused(gazette, room, run):
    config = gazette.read("_quarto.yml")
    elsewhere = "provider: broadsheet\n    url: https://news.example/subscribe"
    gazette.write("_quarto.yml", config.replace("provider: broadsheet", elsewhere))
    gazette.write("_site/index.html", "<p>A site")
    code, _, said = run(gazette, "newsletter", "serve", "--trial", "--site")
    assert code == 2
    assert "the forms of the site post to https://news.example/subscribe" in said
