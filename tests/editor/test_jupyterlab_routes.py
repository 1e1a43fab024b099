"""What the extension answers below `/broadsheet/`: whom, about which files, and what it leaves when it ends.

A real Jupyter server, without a browser.
"""

from __future__ import annotations

import http.client
import importlib.util
import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from conftest import Site
from jupyter_running import TOKEN, running_jupyter

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("broadsheet_lab") is None,
    reason="needs broadsheet_lab (scripts/set_up.py)",
)

ALLOWED = {"Authorization": f"token {TOKEN}"}
ARTICLE = {"path": "posts/trade/index.ipynb", "cells": [], "cell": 0, "line": 0, "column": 0}
MARKDOWN = {"kind": "markdown", "text": "512 ships", "tags": []}
ROUTES = ("article", "completions", "preview")


@dataclass
class Server:
    """A Jupyter server in the folder of a publication."""

    site: Site
    process: subprocess.Popen[bytes]
    address: str

    def answer(
        self, route: str, body: object, headers: Mapping[str, str] = ALLOWED
    ) -> tuple[int, Any]:
        """The status and the answer of a route."""
        data = json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.address}broadsheet/{route}", data, dict(headers), method="POST"
        )
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, None


EXTENSION = "--ServerApp.jpserver_extensions={'broadsheet_lab': True}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    site = Site(folder / "site")
    site.front()
    site.table()
    site.article("trade", ("md", "512 ships"))
    # What a publication has at its root is no module of the checks, nor of the preview.
    for name in ("pickle", "socket", "plotly"):
        site.write(f"{name}.py", "open('imported', 'w')\n")
    with running_jupyter("jupyter-server", site.root, folder, EXTENSION) as jupyter:
        yield Server(site, jupyter.process, jupyter.address)


def children(parent: int) -> list[int]:
    """The processes that a process has started."""
    listed = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(number) for file in listed for number in file.read_text().split()]


def test_only_those_are_answered_whom_jupyter_lets_in(server: Server) -> None:
    for route in ROUTES:
        assert server.answer(route, ARTICLE, {})[0] == 403
        assert server.answer(route, ARTICLE, {"Authorization": "token other"})[0] == 403
        assert server.answer(route, ARTICLE)[0] == 200
    # A page of another origin sends the cookies of the browser; it cannot read `_xsrf`.
    place = urlsplit(server.address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port)
    connection.request("GET", f"/?token={TOKEN}")
    cookies = [
        value.split(";")[0]
        for value in connection.getresponse().headers.get_all("Set-Cookie") or ()
        if not value.startswith("_xsrf")
    ]
    assert cookies
    sent = {"Cookie": "; ".join(cookies)}
    for route in ROUTES:
        assert server.answer(route, ARTICLE, {**sent, "Origin": "http://127.0.0.1:1"})[0] == 404
        assert server.answer(route, ARTICLE, sent)[0] == 403


def test_nothing_outside_of_the_servers_folder_is_read(server: Server, tmp_path: Path) -> None:
    (server.site.root / "posts/link").symlink_to(tmp_path)
    for route in ROUTES:
        for path in ("../trade.ipynb", "posts/../../x.ipynb", ".git/x.ipynb", "posts/link/x.ipynb"):
            assert server.answer(route, {**ARTICLE, "path": path})[0] == 404, path


def test_a_server_in_the_folder_of_an_article_says_where_it_is(
    server: Server, tmp_path: Path
) -> None:
    folder = server.site.root / "posts/trade"
    with running_jupyter("jupyter-server", folder, tmp_path, EXTENSION) as jupyter:
        inner = Server(server.site, jupyter.process, jupyter.address)
        nothing = {"address": "", "folder": "", "inside": "posts/trade"}
        assert inner.answer("preview", {**ARTICLE, "path": "index.ipynb"}) == (200, nothing)


def test_what_is_no_request_is_refused(server: Server) -> None:
    for route in ROUTES:
        for body in ([], {}, {"path": 3}, {"path": "a\0.ipynb"}):
            assert server.answer(route, body)[0] == 400
    cell = {"kind": "x", "text": "", "tags": []}
    assert server.answer("article", {**ARTICLE, "cells": [cell]})[0] == 400
    for result in ({}, {"expression": "x"}, {"expression": "x", "cell": 1e400}, 3):
        assert server.answer("article", {**ARTICLE, "results": [result]})[0] == 400
    assert server.answer("completions", {**ARTICLE, "cell": "x"})[0] == 400


def test_a_notebook_in_no_publication_costs_no_other_process(server: Server) -> None:
    (server.site.root / "_quarto.yml").rename(server.site.root / "away.yml")
    try:
        before = children(server.process.pid)
        status, report = server.answer("article", ARTICLE)
        assert status == 200 and "no _quarto.yml here" in report["why"]
        assert children(server.process.pid) == before
    finally:
        (server.site.root / "away.yml").rename(server.site.root / "_quarto.yml")


def test_a_process_that_has_died_is_started_again(server: Server) -> None:
    body = {**ARTICLE, "cells": [MARKDOWN]}
    first = server.answer("article", body)
    assert not (server.site.root / "imported").exists()
    assert "unbound-number" in [each["code"] for each in first[1]["problems"]]
    for worker in children(server.process.pid):
        # Python starts its tracker again at any time, with whatever stands in the environment then.
        if b"resource_tracker" not in Path(f"/proc/{worker}/cmdline").read_bytes():
            os.kill(worker, signal.SIGKILL)
    assert server.answer("article", body) == first


def test_the_preview_ends_with_the_server_and_not_by_its_ctrl_c(server: Server) -> None:
    nothing = {"address": "", "folder": "", "inside": ""}
    assert server.answer("preview", ARTICLE)[1] == nothing, "a question starts nothing"
    status, found = server.answer("preview", {**ARTICLE, "start": True})
    assert status == 200
    assert server.answer("preview", ARTICLE)[1] == found
    assert not (server.site.root / "imported").exists()
    started = children(server.process.pid)
    assert started and all(
        os.getsid(each) != server.process.pid for each in started if is_preview(each)
    )
    place = urlsplit(found["address"])
    server.process.kill()
    server.process.wait()
    with pytest.raises(OSError):
        while True:  # until it has ended
            connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=5)
            connection.request("GET", place.path)
            connection.getresponse().read()
            connection.close()


def is_preview(process: int) -> bool:
    """True if a process is that of a preview."""
    return b"preview_process" in Path(f"/proc/{process}/cmdline").read_bytes()


def test_a_server_that_was_started_with_a_notebook_knows_its_publication(
    server: Server, tmp_path: Path
) -> None:
    """`jupyter lab posts/trade/index.ipynb` has the notebook's folder as its root."""
    folder = server.site.root / "posts/trade"
    with running_jupyter("jupyter-server", folder, tmp_path, EXTENSION) as jupyter:
        inside = Server(server.site, jupyter.process, jupyter.address)
        body = {**ARTICLE, "path": "index.ipynb", "cells": [MARKDOWN]}
        problems = inside.answer("article", body)[1]["problems"]
        assert "unbound-number" in [each["code"] for each in problems]
        for path in ("../../posts/trade/index.ipynb", "../other/index.ipynb"):
            assert inside.answer("article", {**body, "path": path})[0] == 404
