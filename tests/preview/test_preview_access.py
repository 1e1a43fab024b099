"""Who may see the preview: whoever knows its address. Other servers of the machine never learn it, and
no request ends in an error without a name.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser

from broadsheet.preview.access import tell_nothing
from broadsheet.text.html_tree import changed
from conftest import CONFIG, Site
from loopback import LoopbackServer
from previewing import Previewed, ended, started

PAGE = "posts/a/index.html"
TEXT = """\
---
title: Trade
date: 2023-05-26
---

[Next](../b/index.qmd), [the other server](OTHER/linked).

```{=html}
<meta name="referrer" content="unsafe-url">
<a id="tells" referrerpolicy="unsafe-url" href="OTHER/tells">Tells</a>
<img src="/notes.svg" alt="Notes" id="notes">
<img src="OTHER/picture.png" alt="Of the other" referrerpolicy='unsafe-url'>
```
"""


@pytest.fixture(scope="module")
def other() -> Iterator[tuple[str, list[str]]]:
    """Another server at another port of this machine, and all that it was ever told."""
    told: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.append(f"{self.path}\n{self.headers}")
            body = b"<!DOCTYPE html><title>Other</title><p>The other server</p>"
            if self.path.startswith("/frame?"):
                address = self.path.partition("?")[2]
                body = f'<!DOCTYPE html><iframe src="{address}"></iframe>'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = LoopbackServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", told
    server.shutdown()


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory, other) -> Iterator[Previewed]:
    site = Site(tmp_path_factory.mktemp("preview"))
    config = CONFIG.replace('"*.qmd"', '"**/*.qmd"')
    site.write(
        "_quarto.yml", config.replace("  output-dir", "  resources: notes.svg\n  output-dir")
    )
    site.write("index.qmd", "---\ntitle: Front\nlisting:\n  contents: posts\n---\n")
    site.write("notes.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    site.write("posts/a/index.qmd", TEXT.replace("OTHER", other[0]))
    site.write("posts/b/index.qmd", "---\ntitle: Next\ndate: 2023-05-27\n---\nText.\n")
    site.article("c", "print(year)", parameters="year: int = 2022")
    running = started(site)
    yield running
    assert ended(running) == 0


def secret_of(preview: Previewed) -> str:
    return preview.address.split("/")[3]


def asked(
    preview: Previewed,
    path: str,
    method: str = "GET",
    body: bytes | None = None,
    /,
    **headers: str,
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection(urlsplit(preview.address).netloc)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    text = b"" if "event-stream" in (answer.getheader("Content-Type") or "") else answer.read()
    connection.close()
    return answer.status, answer.headers, text


@pytest.mark.parametrize(
    "path",
    [
        *("/", f"/{PAGE}", "/guessed/", f"/guessed/{PAGE}", "/_preview/preview.js", "//", "/%00/"),
        *("/_preview/events?path=index.html", "/?token=guessed", "/_preview/run", "/\u00e9/"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT"])
def test_without_the_secret_there_is_a_page_that_says_where_the_address_is(
    preview: Previewed, path: str, method: str
) -> None:
    path = path.encode().decode("latin-1") if path.isascii() else "/%C3%A9/"
    code, headers, text = asked(preview, path, method)
    assert code == 403
    assert method == "HEAD" or b"the whole address that the terminal shows" in text
    assert headers["Set-Cookie"] is None
    assert secret_of(preview).encode() not in text


def test_a_secret_is_of_one_run(preview: Previewed, tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: Front\n---\n")
    again = started(site)
    try:
        assert secret_of(again) != secret_of(preview)
        assert asked(again, f"/{secret_of(preview)}/index.html")[0] == 403
        assert asked(again, f"/{secret_of(again)}/index.html")[0] == 200
    finally:
        assert ended(again) == 0


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 200),
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Sec_Fetch_Site": "none"}, 200),
        ({"Sec_Fetch_Site": "same-origin", "Origin": "null"}, 200),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "", "Origin": "SELF"}, 403),
        ({"Sec_Fetch_Site": "cross-site", "Origin": "SELF"}, 403),
        ({"Origin": "SELF"}, 200),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "http://attacker.example"}, 403),
        ({"Host": "attacker.example"}, 403),
        ({"Host": "attacker.example", "Sec_Fetch_Site": "same-origin"}, 403),
        ({"Host": "127.0.0.1:1"}, 403),
    ],
)
def test_a_request_comes_from_the_preview_or_the_reader(
    preview: Previewed, headers: dict[str, str], code: int
) -> None:
    own = f"http://{urlsplit(preview.address).netloc}"
    headers = {name: value.replace("SELF", own) for name, value in headers.items()}
    for path in (PAGE, "_preview/events?path=index.html", "_preview/preview.js"):
        assert asked(preview, f"/{secret_of(preview)}/{path}", **headers)[0] == code
    run = asked(preview, f"/{secret_of(preview)}/_preview/run", "POST", b"{}", **headers)
    assert b"token" in run[2] if code == 200 else run[0] == 403


def test_who_follows_a_link_from_elsewhere_is_sent_on_and_nothing_is_said(
    preview: Previewed,
) -> None:
    headers = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    path = f"/{secret_of(preview)}/{PAGE}?x=%22%3E%3Cscript%3E"
    code, _, text = asked(preview, path, **headers)
    assert code == 200
    assert b"Trade" not in text and b"<script>" not in text
    assert f"url=/{secret_of(preview)}/{PAGE}?x=".encode() in text
    assert asked(preview, path, "POST", b"", **headers)[0] == 403


def test_no_other_server_of_the_machine_learns_the_secret(
    preview: Previewed, other: tuple[str, list[str]], browser: Browser
) -> None:
    address, told = other
    context = browser.new_context()
    page = context.new_page()
    page.goto(preview.printed)
    page.goto(preview.address + PAGE)
    page.locator("broadsheet-preview .bar").wait_for()
    for name in ("the other server", "Tells"):
        page.get_by_role("link", name=name).click()
        page.get_by_text("The other server").wait_for()
        page.go_back()
    page.evaluate(f"fetch('{address}/fetched', {{mode: 'no-cors', credentials: 'include'}})")
    page.goto(f"{address}/next")
    page.evaluate("document.title = document.cookie")
    assert context.cookies() == []
    assert {text.split("\n")[0].split("?")[0] for text in told} >= {
        *("/linked", "/tells", "/picture.png", "/next", "/fetched")
    }
    assert not [text for text in told if secret_of(preview) in text]
    # And a page of that server reads nothing, whatever it asks for.
    for path in ("", PAGE, "_preview/run"):
        script = f"fetch('{preview.server}{path}', {{credentials: 'include'}}).then(a => a.text())"
        with pytest.raises(Exception, match="Failed to fetch"):
            page.evaluate(script)
    context.close()


def test_pages_links_files_and_frames_work_in_a_browser(
    preview: Previewed, other: tuple[str, list[str]], browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{other[0]}/frame?{preview.address}{PAGE}")  # as an editor shows it
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="Trade").wait_for()
    frame.locator("broadsheet-preview .bar").wait_for()
    page.goto(preview.address + PAGE)
    page.reload()
    page.get_by_role("link", name="Next").click()
    page.wait_for_url(f"{preview.address}posts/b/index.html")
    page.go_back()
    page.evaluate("location.assign('/posts/b/')")  # as a script of the author's may ask
    page.get_by_role("heading", name="Next").wait_for()
    assert page.url == f"{preview.address}posts/b/"
    page.goto(preview.address + PAGE)
    assert page.evaluate("document.querySelector('#notes').naturalWidth") == 9
    answer = page.goto(f"{preview.address}nowhere/at/all.html")
    assert answer is not None and answer.status == 404
    page.get_by_role("heading", name="not here").wait_for()
    ground = "getComputedStyle(document.querySelector('.masthead')).borderTopStyle"
    assert page.evaluate(ground) == "solid"
    page.goto(preview.address + "posts/c/")
    page.locator("broadsheet-preview summary").first.click()
    page.locator("#field-year").fill("1984")
    page.get_by_role("button", name="Run").click()
    page.get_by_text("1984").first.wait_for()
    assert "?given=" in page.url
    page.get_by_role("button", name="Phone").click()
    page.frame_locator("broadsheet-preview iframe").get_by_text("1984").first.wait_for()
    context.close()


def test_a_page_does_not_tell_its_address() -> None:
    html = (
        '<meta charset="utf-8"><META content=unsafe-url name=referrer><meta name="description">'
        "<a referrerpolicy=unsafe-url href=x>referrerpolicy=unsafe-url</a>"
        "<img REFERRERPOLICY = 'no-referrer-when-downgrade' src=y>"
    )
    assert changed(html, tell_nothing) == (
        '<meta charset="utf-8"><meta name="description">'
        '<a href="x">referrerpolicy=unsafe-url</a><img src="y">'
    )


ODD = [
    *(
        "\x00",
        "%00",
        "\ud800",
        "%ff%fe",
        "%",
        "%%%",
        "%zz",
        "%2e%2e%2f",
        "..",
        "../" * 9,
        "\\",
        "//",
    ),
    *(
        "a" * 300,
        "a" * 9000,
        "é",
        "%F0%9F%92%A9",
        "?",
        "#",
        ";",
        "&&&",
        "=",
        "\n",
        "\r\nX: y",
        "\t",
    ),
    *("index.html\x00.css", "[", "{", "<script>", "CON", "~", "*", "null", "-1", "1e999", "true"),
]
ROUTES = [
    *("{}", "posts/{}", "posts/a/{}", "index.html?given={}", "index.html?v={}", "x.css?scheme={}"),
    *("posts/a/?bare={}", "_preview/{}", "_preview/letter?path={}", "_preview/card?path={}"),
    *("_preview/changes?path={}", "_preview/events?path={}", "_preview/events?given={}"),
    *("_preview/events?path=index.html&version={}", "_preview/letter?{}", "posts/c/?given={}"),
]


def sent(text: str) -> str:
    """What of a text can stand in the first line of a request."""
    return "".join(
        char
        if "!" <= char <= "~"
        else "".join(f"%{byte:02X}" for byte in char.encode(errors="replace"))
        for char in text
    )


@pytest.mark.parametrize("route", ROUTES)
def test_every_odd_address_has_an_answer_with_a_name(preview: Previewed, route: str) -> None:
    for odd in ODD:
        for method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS"):
            path = f"/{secret_of(preview)}/{sent(route.format(odd))}"
            code, _, text = asked(preview, path, method)
            assert code < 500, (method, odd, text)
            assert b"Traceback" not in text and b"Internal Server Error" not in text
            assert b"UnexpectedError" not in text


def token_of(preview: Previewed) -> str:
    return preview.ask("posts/c/")[1].partition('data-token="')[2].partition('"')[0]


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"null", b"[]", b"1", b'"x"', b"{}", b"\xff\xfe", b"[" * 60_000, b"\x00"),
        *(b'{"path": 1, "values": 2}', b'{"path": "", "values": [[]]}', b'{"values": {}}'),
        *(b'{"path": "x", "values": {"a": {"b": []}}}', b"9" * 60_000, b"x" * 70_000),
        b'{"path": "\\ud800", "values": {}}',
        b'{"path": "posts/c/index.html", "values": {"year": "\\ud800"}}',
        b'{"path": "posts/c/index.html", "values": {"\\ud800": "1"}}',
        b'{"path": "posts/c/index.html", "values": {"year": "\\u0000"}}',
        b'{"path": "posts/c/index.html", "values": {"year": ""}}',
        b'{"path": "posts/c/index.html", "values": {"year": "' + b"9" * 5000 + b'"}}',
        b'{"path": "posts/c/index.html", "values": {"nobody": "1", "__class__": "2"}}',
        b'{"path": "posts/c/index.html", "values": {"year": "1"}, "given": {"a": 1}}',
        b'{"path": "\\u0000", "values": {}}',
        b'{"path": "../../x", "values": {}}',
        b'{"path": "' + b"a" * 5000 + b'", "values": {}}',
    ],
    ids=lambda body: str(body)[:60],
)
def test_every_odd_form_has_an_answer_with_a_name(preview: Previewed, body: bytes) -> None:
    path, token = f"/{secret_of(preview)}/_preview/run", token_of(preview)
    code, _, text = asked(preview, path, "POST", body, X_Broadsheet_Token=token)
    assert code < 500 and text.strip(), text
    if code == 200:
        code, _, page = asked(preview, json.loads(text)["address"])
        assert code < 500 and b"Internal Server Error" not in page


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Broadsheet_Token": "\xe9"},
        {"X_Broadsheet_Token": ""},
        {"Origin": "\xe9"},
        {"Sec_Fetch_Site": "\xe9"},
        {"Referer": "\xe9"},
        {"Referer": "http://[/"},
        {"Host": "\xe9"},
        {"Host": ""},
        {"Cookie": "\xe9=\xff; ;;="},
        {"Range": "bytes=5-1"},
        {"Range": "bytes=a-b,c"},
        {"Range": "bytes=" + "0-," * 2000},
        {"Content_Type": "multipart/form-data; boundary="},
        {"Accept_Encoding": "\xe9"},
        {"If_None_Match": '"', "If_Modified_Since": "never"},
    ],
    ids=str,
)
def test_every_odd_header_has_an_answer_with_a_name(
    preview: Previewed, headers: dict[str, str]
) -> None:
    for method, path in (
        ("GET", PAGE),
        ("GET", "notes.svg"),
        ("GET", "_preview/preview.js"),
        ("POST", "_preview/run"),
    ):
        code, _, text = asked(preview, f"/{secret_of(preview)}/{path}", method, b"{}", **headers)
        assert code < 500, (path, text)


@given(st.text(max_size=40), st.sampled_from(ROUTES))
def test_any_text_in_an_address_has_an_answer_with_a_name(
    preview: Previewed, text: str, route: str
) -> None:
    code, _, answer = asked(preview, f"/{secret_of(preview)}/{sent(route.format(text))}")
    assert code < 500, answer


def test_a_style_sheet_that_is_no_utf8_is_shown_in_dark(preview: Previewed) -> None:
    preview.site.write(
        "_quarto.yml", preview.site.read("_quarto.yml") + "format: {html: {css: odd.css}}\n"
    )
    (preview.site.root / "odd.css").write_bytes(b"/* \xff\xe9 */ body { color: black }")
    for path in ("odd.css?scheme=dark", "posts/a/?scheme=dark"):
        assert asked(preview, f"/{secret_of(preview)}/{path}")[0] < 500


def test_an_address_of_the_site_on_its_host_leads_to_the_same_here(tmp_path) -> None:
    site = Site(tmp_path)
    config = CONFIG.replace('"*.qmd"', '"**/*.qmd"')
    config = config.replace("  output-dir", "  resources: notes.svg\n  output-dir")
    site.write("_quarto.yml", config.replace("example.org/", "example.org/paper/"))
    site.write("index.qmd", "---\ntitle: Front\n---\nText.\n")
    site.write("notes.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    running = started(site)
    try:
        address = urlsplit(running.address)
        page = f"http://{address.netloc}/{secret_of(running)}/index.html"
        status, headers, _ = asked(running, "/paper/notes.svg", Referer=page)
        assert status == 307
        status, _, text = asked(running, headers["Location"])
        assert status == 200 and text.startswith(b"<svg")
    finally:
        assert ended(running) == 0
