"""Pages of editors in a real browser: large ones, whose servers take their time on a busy machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_PATIENCE, _USUAL = 120_000, 30_000
"""Milliseconds."""


@contextmanager
def pages_of_editors(
    browser: Browser, errors: list[str] | None = None
) -> Iterator[Callable[[str], Page]]:
    """Open addresses in the block, each in a window of its own. The ``errors`` of their scripts are
    noted.
    """
    contexts = []

    def page_of(address: str) -> Page:
        context = browser.new_context(viewport={"width": 1500, "height": 1300})
        context.set_default_timeout(_PATIENCE)
        contexts.append(context)
        page = context.new_page()
        if errors is not None:
            page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        return page

    expect.set_options(timeout=_PATIENCE)
    try:
        yield page_of
    finally:
        expect.set_options(timeout=_USUAL)
        for context in contexts:
            context.close()
