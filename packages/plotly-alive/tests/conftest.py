"""What tests of the charts have in common: a browser, and pages that it opens."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plotly_alive.drawing.drawing_page import browser_path

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright


def pytest_configure(config: pytest.Config) -> None:
    """Without the tests of the repository, nobody else says what this mark means."""
    config.addinivalue_line("markers", "whole: a test that starts processes")


class _Files(SimpleHTTPRequestHandler):
    """Serves a folder; what `policy` beside a page says is its Content-Security-Policy."""

    def end_headers(self) -> None:
        policy = Path(self.directory) / "policy"
        if policy.exists():
            self.send_header("Content-Security-Policy", policy.read_text("utf-8"))
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def playwright_of(config: pytest.Config) -> Playwright:
    """Playwright, of which a process can have one: the tests of all packages share it."""
    from playwright.sync_api import expect, sync_playwright

    if not hasattr(config, "playwright"):
        expect.set_options(timeout=30_000)
        config.playwright = sync_playwright().start()
        config.add_cleanup(config.playwright.stop)
    return config.playwright


@pytest.fixture(scope="session")
def chart_browser(pytestconfig: pytest.Config) -> Iterator[Browser]:
    """One browser for all tests."""
    path = browser_path()
    assert path, "the tests need Chrome or Chromium"
    launched = playwright_of(pytestconfig).chromium.launch(
        executable_path=path, args=["--no-sandbox", "--disable-gpu"]
    )
    yield launched
    launched.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[[Path], str]]:
    """The address at which a folder is served."""
    servers = []

    def serve(folder: Path) -> str:
        handler = functools.partial(_Files, directory=str(folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def opened_page(
    tmp_path: Path, chart_browser: Browser, served: Callable[[Path], str]
) -> Iterator[Callable[..., Page]]:
    """Opens a page with this body. Afterwards nothing may have failed, been refused, run that should
    not, or been asked for elsewhere.
    """
    troubles: list[str] = []
    contexts = []

    def open_(
        body: str,
        *,
        head: str = "",
        html: str = 'lang="en"',
        policy: str = "",
        width: int = 1000,
        scheme: str = "light",
        **options: Any,
    ) -> Page:
        folder = tmp_path / f"page-{len(contexts)}"
        folder.mkdir()
        for file in tmp_path.glob("plotly-alive.*"):
            (folder / file.name).write_bytes(file.read_bytes())
        if policy:
            (folder / "policy").write_text(policy, "utf-8")
        (folder / "favicon.ico").touch()
        (folder / "index.html").write_text(
            f'<!DOCTYPE html><html {html}><head><meta charset="utf-8"><title>A page</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"{head}</head><body><main><h1>A page</h1>{body}</main></body></html>",
            "utf-8",
        )
        address = served(folder)
        context = chart_browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((address, "data:", "blob:"))
                else troubles.append(request.url)
            ),
        )
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []
