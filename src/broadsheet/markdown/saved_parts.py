"""Translates parts that Jupyter saves in a cell, and that a page has otherwise: pictures pasted
into its text, the names of plotted things, outputs that only a program in the browser could show.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote, unquote

from nbformat.notebooknode import NotebookNode

from broadsheet.errors import AssemblyError, Notice, Place
from broadsheet.markdown.outputs import IMAGES, image
from broadsheet.storage.limits import TABLE
from broadsheet.text.language import t_

_ATTACHED = re.compile(r"attachment:([^)\s\"'>]+)")
_UNNAMED = re.compile(r"[^\w.-]+")
_ECHO_BY_A_PICTURE = re.compile(r"[<(\[].*[>)\]]|Text\([-\d].*|\{.*<matplotlib\..*", re.DOTALL)
_ECHO = ("[<matplotlib", "<matplotlib", "<seaborn.", "<ggplot:")


def with_pictures(cell: NotebookNode, number: int, folder: str) -> tuple[str, Mapping[str, bytes]]:
    """Return the text of a Markdown cell with addresses in ``folder`` in place of its attachments,
    and their content by name. A picture that is broken is left as it is.
    """
    files: dict[str, bytes] = {}

    def address(match: re.Match[str]) -> str:
        for kind, data in pictures.get(match[1], {}).items():
            name = f"cell-{number}-{_UNNAMED.sub('-', unquote(match[1]))}"
            text = "".join(data) if isinstance(data, list) else str(data)
            try:
                if kind == "image/gif":
                    files[name] = base64.b64decode(text)
                elif kind in IMAGES:
                    files[name] = image(_as_output(text, kind), kind, name, "")[1]
            except (AssemblyError, binascii.Error, ValueError):
                continue
            if name in files:
                return f"{folder}/{name}"
        return match[0]

    attached: Mapping[str, Mapping[str, Any]] = cell.get("attachments", {})
    pictures = {**attached, **{quote(name): data for name, data in attached.items()}}
    return _ATTACHED.sub(address, cell.source), files


def _as_output(data: str, kind: str) -> str:
    """Return an attachment as an output has it: the text of an SVG, which is base64 in an
    attachment.
    """
    if kind != "image/svg+xml" or data.lstrip().startswith("<"):
        return data
    return base64.b64decode(data).decode("utf-8", "replace")


def worth_showing(outputs: Sequence[NotebookNode]) -> Iterator[NotebookNode]:
    """Yield the outputs of a cell without those that only name what was plotted, as in Quarto: a
    line `[<matplotlib.lines.Line2D at 0x7f…>]` or `Text(0.5, 1.0, 'A title')` beside the picture.
    """
    has_picture = any(IMAGES.keys() & output.get("data", {}).keys() for output in outputs)
    for output in outputs:
        data = output.get("data", {})
        is_result = output.output_type == "execute_result" and set(data) == {"text/plain"}
        if not (is_result and _is_echo(str(data["text/plain"]), has_picture)):
            yield output


def _is_echo(text: str, has_picture: bool) -> bool:
    text = text.strip()
    if not has_picture:
        return text.startswith(_ECHO)
    return "<matplotlib." in text if "\n" in text else bool(_ECHO_BY_A_PICTURE.fullmatch(text))


def not_shown(error: AssemblyError) -> tuple[str, Notice]:
    """Return the HTML in place of an output that a page cannot show, and the notice of it."""
    mend = f"The page has a note in its place. {error.mend}"
    return note(), Notice(error.where, error.what, mend, error.detail, topic="output")


def note() -> str:
    """Return the HTML that readers see in place of an output."""
    words = escape(t_("An output that this page cannot show."))
    return f'<p class="cell-not-run">{words}</p>'


@dataclass
class Printed:
    """The text that the cells of a page have printed so far. It has state."""

    count: int = 0
    """The number of its characters."""

    def cut(self, text: str | list[str], place: Place) -> tuple[str, Notice | None]:
        """Return a further text as far as the page has room for it, and a notice of the first text
        that is cut.
        """
        text = text if isinstance(text, str) else "".join(text)
        limit = TABLE["printed-size"]
        room = max(int(limit.value) - self.count, 0)
        self.count += len(text)
        if len(text) <= room:
            return text, None
        what = f"what is printed is cut: the page has more than {limit.shown(limit.value)} of it"
        mend = (
            f"Print less, as with `.head()`, or write `#| output: false` in the cell.{limit.mend}"
        )
        notice = Notice(place, what, mend, topic="output") if room else None
        return f"{text[:room]}\n[…]\n", notice
