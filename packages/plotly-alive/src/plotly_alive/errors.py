"""The errors of this package, and how messages quote values."""

from __future__ import annotations

from collections.abc import Sequence


class AliveError(Exception):
    """An error of this package."""


class FigureError(AliveError):
    """A figure that cannot be read, or that does not have what is asked of it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what, mend)
        self.what = what
        """The thing that is wrong."""
        self.mend = mend
        """The way to mend it."""

    def __str__(self) -> str:
        return f"{self.what}\n  → {self.mend}"


class DrawingError(AliveError):
    """A figure that plotly.js does not draw."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """The reason that plotly.js gives."""

    def __str__(self) -> str:
        return f"the figure cannot be drawn: {self.reason}"


class BrowserError(AliveError):
    """There is no browser to draw with, or it failed."""


def shown(value: object, most: int = 100) -> str:
    """A value as a message quotes it: in Python's notation, cut to ``most`` characters."""
    try:
        text = repr(value)
    except Exception:
        # A number of too many digits, a list that is nested too deeply, an object that refuses.
        return f"a value of the type {type(value).__name__} that is too long or too deep to show"
    return text if len(text) <= most else f"{text[: most - 1]}…"


def enumerated(texts: Sequence[str], most: int) -> str:
    """The first ``most`` of the texts as a message lists them, and how many more there are."""
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more
