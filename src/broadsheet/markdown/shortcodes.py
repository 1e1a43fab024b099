"""Shortcodes: `{{< name argument key=value >}}`, answered before Pandoc reads the page.

Each is replaced by a word that nobody can guess and that Markdown leaves alone wherever it stands,
in prose, a link's address, an attribute or code; the filters put its answer there after reading, so
that a value is never Markdown:

- `meta key.sub`, `var key.sub`: a value of the front matter, of `_variables.yml`;
- `env NAME fallback`: a variable of the environment, if it is not a secret;
- `video address`: a file of the site as a player, an address elsewhere as a link;
- `embed notebook.ipynb#label`: a link to the page of the notebook;
- `kbd keys`: keys to press; `mac=`, `win=`, `linux=` may differ, and all are shown;
- `fa`, `bi`, `iconify`: an icon of an extension, which is its `title`, or nothing;
- `pagebreak`: nothing on a page of the web but a place to break when printed;
- `{{{< … >}}}`: the shortcode itself, to be read.

Any other shortcode stays as written, with a notice; so does an include in code. A value that does
not exist is shown as `?meta:key`, with a notice.

`{{< include file >}}` comes before (:mod:`broadsheet.project.sources.includes`).
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from broadsheet.errors import Notice, Place, RenderError
from broadsheet.markdown import typographic_quotes
from broadsheet.markdown.document import STRICT, Document
from broadsheet.processes.secret_values import is_secret
from broadsheet.project.project import VARIABLES
from broadsheet.storage import limits
from broadsheet.storage.files import check_path, read_text
from broadsheet.storage.yaml_text import read_yaml
from broadsheet.text.quotation_marks import misquoted

KNOWN = (
    "include",
    "meta",
    "var",
    "env",
    "video",
    "embed",
    "kbd",
    "pagebreak",
)
"""The shortcodes that have an answer."""

Answer = dict[str, str]

_SHORTCODE = re.compile(r"\{\{(?P<escaped>\{<.*?>\})\}\}|\{\{<(?P<call>.*?)>\}\}", re.DOTALL)
_KEYWORD = re.compile(r"^[\w-]+=")
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_IS_INCLUDE = re.compile(r"\s*include\s")


@dataclass
class Shortcodes:
    """Answers the shortcodes of a page. It has state: its answers and notices so far."""

    document: Document
    """The page."""
    root: Path | None
    """The publication's root; None for a page outside of a publication."""
    answers: dict[str, Answer] = field(default_factory=dict)
    """The answers so far, by the word that stands in the text in their place."""
    notices: list[Notice] = field(default_factory=list)
    """The notices for the author so far."""

    def replaced(self, text: str, secret: str, locate: Callable[[int], Place]) -> str:
        """Return ``text`` with words that begin with ``secret`` in place of its shortcodes;
        ``locate`` gives the place of an offset in it. A shortcode without an answer is a notice.
        """

        def word(match: re.Match[str]) -> str:
            name = f"sc{secret}n{len(self.answers)}x"
            self.answers[name] = self._answer_of(match, locate)
            return name

        return _SHORTCODE.sub(word, text)

    def _answer_of(self, match: re.Match[str], locate: Callable[[int], Place]) -> Answer:
        if match["escaped"]:
            return _as_text("{" + match["escaped"] + "}")
        line = match.string[match.string.rfind("\n", 0, match.start()) + 1 : match.start()]
        if _IS_INCLUDE.match(match["call"]) and line.count("`") % 2:
            return _as_text(match.group())
        try:
            return self._answer(_call(match, locate(match.start())))
        except RenderError as error:
            if self.document.options.get(STRICT):
                raise
            self.notices.append(Notice(error.where, error.what, error.mend, topic="shortcode"))
            key = re.match(r"\s*(meta|var|env)\s+(\S+)", match["call"])
            return _as_text(f"?{key[1]}:{key[2]}" if key else match.group())

    def _answer(self, call: _Call) -> Answer:
        match call.name:
            case "meta":
                return _as_text(_value(call, self.document.metadata, "the page's metadata"))
            case "var":
                return _as_text(_value(call, _variables(call, self.root), VARIABLES))
            case "video":
                return self._video(call)
            case "pagebreak":
                return {"kind": "pagebreak"}
            case "env":
                return _as_text(_variable(call))
            case "kbd":
                return {"kind": "kbd", "text": _keys(call)}
            case "embed":
                return self._embed(call)
            case "fa" | "bi" | "iconify":
                return self._icon(call)
            case "include":
                raise RenderError(
                    call.where,
                    f"`{call.written}` cannot be used here",
                    "An include stands alone on its line.",
                )
        self.notices.append(
            Notice(
                call.where,
                f"Broadsheet does not know the shortcode `{call.name}`; it stays as written",
                f"It knows {', '.join(KNOWN)}. To show a shortcode write {{{{{{< … >}}}}}}.",
                topic="shortcode",
            )
        )
        return _as_text(call.written)

    def _embed(self, call: _Call) -> Answer:
        address = _only_argument(call)
        self.notices.append(
            Notice(
                call.where,
                f"the output {address} is not embedded: a link leads to the notebook's page",
                "Put the cell into this page, to show its output here.",
                topic="shortcode",
            )
        )
        return {"kind": "link", "address": address, "title": call.keywords.get("title", "")}

    def _icon(self, call: _Call) -> Answer:
        title = call.keywords.get("title") or call.keywords.get("label", "")
        self.notices.append(
            Notice(
                call.where,
                f"the icons of `{call.name}` are of an extension: "
                + (f"“{title}” is shown instead" if title else "nothing is shown"),
                "Give it a `title` where a reader needs it.",
                topic="icon",
            )
        )
        return _as_text(title)

    def _video(self, call: _Call) -> Answer:
        address = call.keywords.get("src") or _only_argument(call)
        title = call.keywords.get("title", "")
        if not _SCHEME.match(address):
            return {"kind": "video", "address": address, "title": title}
        self.notices.append(
            Notice(
                call.where,
                f"the video {address} is on another site; it is a link here, not a player",
                "No request of a page leaves the site; put the file beside the article to play it.",
                topic="shortcode",
            )
        )
        return {"kind": "link", "address": address, "title": title}


@dataclass(frozen=True)
class _Call:
    name: str
    """The shortcode's name."""
    arguments: list[str]
    """Its arguments."""
    keywords: Mapping[str, str]
    """Its arguments with a key."""
    written: str
    """The shortcode as it is written."""
    where: Place
    """Its place."""


def _call(match: re.Match[str], where: Place) -> _Call:
    written = match.group()
    for _, attribute in misquoted(match["call"]):
        raise typographic_quotes.fault_of_quotes(where, attribute)
    try:
        parts = shlex.split(match["call"])
    except ValueError as error:
        raise RenderError(
            where, f"`{written}`: {str(error).lower()}", "Close the quotation marks."
        ) from error
    if not parts:
        raise RenderError(where, f"`{written}` names no shortcode", "Name one, or take it out.")
    keywords = dict(part.split("=", 1) for part in parts[1:] if _KEYWORD.match(part))
    arguments = [part for part in parts[1:] if not _KEYWORD.match(part)]
    return _Call(parts[0], arguments, keywords, written, where)


def _as_text(text: str) -> Answer:
    return {"kind": "text", "text": text}


def _variable(call: _Call) -> str:
    name, *fallback = call.arguments or [""]
    if is_secret(name):
        raise RenderError(
            call.where,
            f"`{call.written}`: a variable with such a name is a secret, and is on no page",
            "Take it out.",
        )
    value = os.environ.get(name, " ".join(fallback))
    if not value:
        raise RenderError(
            call.where,
            f"`{call.written}`: the environment has no variable `{name}`",
            "Set it, or write a value for the case that it is not there after its name.",
        )
    return value


def _keys(call: _Call) -> str:
    """Return the keys to press, on each kind of machine that has its own."""
    keys = [
        *call.arguments,
        *(
            call.keywords[machine]
            for machine in ("mac", "win", "linux")
            if machine in call.keywords
        ),
    ]
    return " / ".join(dict.fromkeys(keys)) or call.written


def _variables(call: _Call, root: Path | None) -> Mapping[str, object]:
    if root is None or not os.path.lexists(root / VARIABLES):
        raise RenderError(
            call.where,
            f"`{call.written}`: there is no {VARIABLES}",
            f"Make {VARIABLES} beside _quarto.yml, with the value in it.",
        )
    check_path(root, root / VARIABLES, call.where)
    text = read_text(root / VARIABLES, VARIABLES, limit=limits.TABLE["config-size"])
    return read_yaml(text, Place(VARIABLES)).data


def _value(call: _Call, data: Mapping[str, object], source: str) -> str:
    key = _only_argument(call)
    value: object = data
    for part in key.split("."):
        if (
            isinstance(value, list)
            and part.isascii()
            and part.isdecimal()
            and len(part) < 9
            and int(part) < len(value)
        ):
            value = value[int(part)]
        elif isinstance(value, Mapping) and part in value:
            value = value[part]
        else:
            raise RenderError(
                call.where,
                f"`{call.written}`: {source} has no `{key}`",
                f"Give `{key}` a value, or mend its name here.",
            )
    if isinstance(value, (Mapping, list)):
        raise RenderError(
            call.where,
            f"`{call.written}`: `{key}` is not one value but several",
            f"Name one of them, as `{key}.…`.",
        )
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _only_argument(call: _Call) -> str:
    if len(call.arguments) != 1:
        raise RenderError(
            call.where,
            f"`{call.written}` has {len(call.arguments)} arguments, not one",
            f"Write `{{{{< {call.name} VALUE >}}}}`.",
        )
    return call.arguments[0]
