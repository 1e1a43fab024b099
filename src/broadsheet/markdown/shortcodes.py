"""Shortcodes: `{{< name argument key=value >}}`, answered before Pandoc reads the page.

Each is replaced by a word that nobody can guess and that Markdown leaves alone wherever it stands,
in prose, a link's address, an attribute or code; the filters put its answer there after reading:

- `meta key.sub`, `var key.sub`: a value of the front matter, of `_variables.yml`, which is Markdown;
  items of a list count from 1;
- `env NAME fallback`: a variable of the environment, if it is not a secret;
- `brand color NAME`, `brand logo NAME`: a value of the brand (:mod:`broadsheet.project.settings.brand_values`);
- `video address`: a file of the site as a player, an address elsewhere as a link;
- `embed notebook.ipynb#label`, alone on its line, is answered before (:mod:`broadsheet.markdown.elements.embeds`);
  else, or without such a cell, it is a link to the page of the notebook;
- `contents id`: the element with that id, which moves here;
- `kbd keys`: keys to press; `mac=`, `win=`, `linux=` may differ, and all are shown;
- `placeholder width height`, `lipsum paragraphs`: a picture and text for pages that are being made;
- `version`: the version of Quarto whose Markdown this is;
- `fa`, `bi`, `iconify`: an icon of an extension, which is its `title`, or nothing;
- `pagebreak`: nothing on a page of the web but a place to break when printed;
- `{{{< … >}}}`, `{{</* … */>}}`: the shortcode itself, to be read, as all in a block of code with
  `shortcodes=false`.

Any other shortcode stays as written, with a notice; so does an include in code. A value that does
not exist is shown as `?meta:key`, with a notice.

`{{< include file >}}` comes before (:mod:`broadsheet.project.sources.includes`).
"""

from __future__ import annotations

import base64
import os
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from broadsheet.errors import Notice, Place, RenderError
from broadsheet.markdown import typographic_quotes
from broadsheet.markdown.document import STRICT, Document
from broadsheet.processes.secret_values import is_secret
from broadsheet.project.settings.address import from_root
from broadsheet.project.settings.brand_values import SHADES, BrandValues
from broadsheet.project.settings.metadata_shortcodes import (
    MOST_STEPS,
    VARIABLES,
    publication_environment,
    publication_variables,
    value_of_path,
)
from broadsheet.storage import limits
from broadsheet.text import placeholders
from broadsheet.text.quotation_marks import misquoted

KNOWN = (
    "include",
    "meta",
    "var",
    "env",
    "brand",
    "video",
    "embed",
    "contents",
    "kbd",
    "placeholder",
    "lipsum",
    "version",
    "pagebreak",
)
"""The shortcodes that have an answer."""

QUARTO = "1.10.18"
"""The version of Quarto whose Markdown Broadsheet follows (`docs/quarto.md`)."""

Answer = dict[str, Any]

_SHORTCODE = re.compile(r"\{\{(?P<escaped>\{<.*?>\})\}\}|\{\{<(?P<call>.*?)>\}\}", re.DOTALL)
_COMMENTED = re.compile(r"/\*(.*)\*/", re.DOTALL)
_LEFT_ALONE = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n`]*\bshortcodes=[\"']?false\b.*?^[ \t>]*(?P=fence)",
    re.DOTALL | re.MULTILINE,
)
"""A block of code in which shortcodes are text."""
_KEYWORD = re.compile(r"^[\w-]+=")
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_EMBEDDED = re.compile(r"https://www\.youtube(?:-nocookie)?\.com/embed/([\w-]+)[^?]*(?:\?.*)?")
_IS_INCLUDE = re.compile(r"\s*include\s")
_MACHINES = {"mac": "mac", "win": "windows", "linux": "linux"}


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
    variables: Mapping[str, object] | None = None
    """The values of `_variables.yml`; None until one is asked for."""
    letters: int = 0
    """The letters of their values so far."""

    def replaced(
        self,
        text: str,
        secret: str,
        locate: Callable[[int], Place],
        within: tuple[str, ...] = (),
    ) -> str:
        """Return ``text`` with words that begin with ``secret`` in place of its shortcodes;
        ``locate`` gives the place of an offset in it, ``within`` the shortcodes whose value it is.
        A shortcode without an answer is a notice. Raises :class:`LimitError` for too many.
        """
        alone = (
            [match.span() for match in _LEFT_ALONE.finditer(text)] if "shortcodes=" in text else []
        )

        def word(match: re.Match[str]) -> str:
            if any(start <= match.start() < end for start, end in alone):
                return match.group()
            name = f"sc{secret}n{len(self.answers)}x"
            self.answers[name] = {}  # values have shortcodes, too
            self.answers[name] = self._answer_of(match, secret, locate, within)
            return name

        return _SHORTCODE.sub(word, text)

    @cached_property
    def _brand(self) -> BrandValues:
        return BrandValues.of(self.document.metadata.get("brand"), self.document.file, self.root)

    @cached_property
    def _files_of_environment(self) -> Mapping[str, str]:
        return publication_environment(self.root) if self.root else {}

    def _answer_of(
        self,
        match: re.Match[str],
        secret: str,
        locate: Callable[[int], Place],
        within: tuple[str, ...],
    ) -> Answer:
        if match["escaped"]:
            return _as_text("{" + match["escaped"] + "}")
        if commented := _COMMENTED.fullmatch(match["call"]):
            return _as_text("{{<" + commented[1] + ">}}")
        line = match.string[match.string.rfind("\n", 0, match.start()) + 1 : match.start()]
        if _IS_INCLUDE.match(match["call"]) and line.count("`") % 2:
            return _as_text(match.group())
        try:
            call = _call(match, locate(match.start()))
            answer = self._answer(call)
            if answer["kind"] == "markdown":
                answer["text"] = self._read(answer["text"], secret, call, within)
            return answer
        except RenderError as error:
            if self.document.options.get(STRICT):
                raise
            notice = Notice(error.where, error.what, error.mend, topic="shortcode")
            self.notices += [notice] if self.notices[-1:] != [notice] else []
            key = re.match(r"\s*(meta|var|env)\s+(\S+)", match["call"])
            return _as_text(f"?{key[1]}:{key[2]}" if key else match.group(), is_missing=bool(key))

    def _read(self, text: str, secret: str, call: _Call, within: tuple[str, ...]) -> str:
        """Return the text of a value with words in place of its own shortcodes."""
        self.letters += len(text)
        which, fewer = "a page with the values of its shortcodes", "Name fewer or shorter values."
        limits.check(limits.TABLE["shortcodes"], len(self.answers), call.where, which, fewer)
        limits.check(limits.TABLE["included-size"], self.letters, call.where, which, fewer)
        if call.written in within:
            raise RenderError(
                call.where,
                f"`{call.written}` is in its own value",
                "Take it out of the value, or out of one that leads to it.",
            )
        if len(within) >= MOST_STEPS:
            raise RenderError(
                call.where,
                f"`{within[0]}` leads through more than {MOST_STEPS} values, from one to another",
                "Write the last of them where it is used.",
            )
        return self.replaced(text, secret, lambda _: call.where, (*within, call.written))

    def _answer(self, call: _Call) -> Answer:
        if call.name in _METHODS:
            return _METHODS[call.name](self, call)
        if call.name in _FUNCTIONS:
            return _FUNCTIONS[call.name](call)
        if call.name == "include":
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

    def _meta(self, call: _Call) -> Answer:
        value = _value(call, self.document.metadata, "the page's metadata")
        if call.arguments[0] in ("license", "copyright") and isinstance(value, Mapping):
            value = value.get("text", value.get("statement", value))
        return _as_value(call, value)

    def _var(self, call: _Call) -> Answer:
        if self.variables is None:
            self.variables = _variables(call, self.root)
        return _as_value(call, _value(call, self.variables, VARIABLES))

    def _env(self, call: _Call) -> Answer:
        return _as_text(_variable(call, self._files_of_environment))

    def _of_brand(self, call: _Call) -> Answer:
        return _of_brand(call, self._brand)

    def _embed(self, call: _Call) -> Answer:
        """Return a link to a notebook whose cells cannot be shown; its name if it does not exist."""
        address = call.arguments[0] if call.arguments else _only_argument(call)
        path = address.partition("#")[0]
        at = PurePosixPath(from_root(path, PurePosixPath(self.document.file).parent))
        exists = self.root is None or (at.parts[:1] != ("..",) and os.path.lexists(self.root / at))
        told = "a link leads to the notebook's page" if exists else "there is no such notebook"
        self.notices.append(
            Notice(
                call.where,
                f"the output {address} is not embedded: {told}",
                "Cells of a notebook are embedded that have the name and saved outputs: run and save it.",
                topic="shortcode",
            )
        )
        title = call.keywords.get("title", "")
        if not exists:
            return _as_text(title or address)
        return {"kind": "link", "address": path, "title": title or address}

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
            sizes = {side: call.keywords.get(side, "") for side in ("width", "height")}
            label = call.keywords.get("aria-label") or title
            start = call.keywords.get("start", "")
            at = f"{address}#t={start}" if start.isdecimal() and "#" not in address else address
            return {"kind": "video", "address": at, "title": title, "label": label, **sizes}
        self.notices.append(
            Notice(
                call.where,
                f"the video {address} is on another site; it is a link here, not a player",
                "No request of a page leaves the site; put the file beside the article to play it.",
                topic="shortcode",
            )
        )
        label = title or call.keywords.get("aria-label", "")
        if embedded := _EMBEDDED.fullmatch(address):  # such a page plays within others alone
            start = call.keywords.get("start", "")
            at = f"&t={start}s" if start.isdecimal() else ""
            target = f"https://www.youtube.com/watch?v={embedded[1]}{at}"
            return {"kind": "link", "address": target, "title": label or address}
        return {"kind": "link", "address": address, "title": label}


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
    words = shlex.shlex(match["call"], posix=True, punctuation_chars=False)
    words.whitespace_split, words.commenters, words.escape = True, "", ""
    try:
        parts = list(words)
    except ValueError as error:
        raise RenderError(
            where, f"`{written}`: {str(error).lower()}", "Close the quotation marks."
        ) from error
    if not parts:
        raise RenderError(where, f"`{written}` names no shortcode", "Name one, or take it out.")
    keywords = dict(part.split("=", 1) for part in parts[1:] if _KEYWORD.match(part))
    arguments = [part for part in parts[1:] if not _KEYWORD.match(part)]
    return _Call(parts[0], arguments, keywords, written, where)


def _as_text(text: str, *, is_missing: bool = False) -> Answer:
    return {"kind": "missing" if is_missing else "text", "text": text}


def _as_value(call: _Call, value: object) -> Answer:
    """Return the answer that is a value of YAML: a text is Markdown."""
    if isinstance(value, (Mapping, list)):
        key = call.arguments[0]
        raise RenderError(
            call.where,
            f"`{call.written}`: `{key}` is not one value but several",
            f"Name one of them, as `{key}.…`.",
        )
    if isinstance(value, bool):
        return _as_text("true" if value else "false")
    if isinstance(value, str):
        return {"kind": "markdown", "text": value.strip("\n")}
    return _as_text("" if value is None else str(value))


def _variable(call: _Call, files: Mapping[str, str]) -> str:
    name, *fallback = call.arguments or [""]
    if is_secret(name):
        raise RenderError(
            call.where,
            f"`{call.written}`: a variable with such a name is a secret, and is on no page",
            "Take it out.",
        )
    value = os.environ.get(name) or files.get(name) or " ".join(fallback)
    if not value:
        raise RenderError(
            call.where,
            f"`{call.written}`: the environment has no variable `{name}`",
            "Set it, or write a value for the case that it is not there after its name.",
        )
    return value


def _keys(call: _Call) -> Answer:
    """Return the keys to press, on each kind of machine that has its own."""
    mode = call.keywords.get("mode", "")
    machines = {key: value for key, value in call.keywords.items() if key != "mode"}
    if mode not in ("", "plain") or (mode and (machines or not call.arguments)):
        raise RenderError(
            call.where,
            f"`{call.written}`: `mode` is `plain`, for keys without machines",
            "Write `{{< kbd KEYS mode=plain >}}`, or leave `mode` out.",
        )
    if unknown := machines.keys() - _MACHINES.keys():
        raise RenderError(
            call.where,
            f"`{call.written}` names no machine with `{min(unknown)}`",
            "Name `mac`, `win` or `linux`.",
        )
    if not (call.arguments or machines):
        raise RenderError(
            call.where, f"`{call.written}` names no keys", "Write `{{< kbd Ctrl-C >}}`."
        )
    named = {name: machines[key] for key, name in _MACHINES.items() if key in machines}
    keys = " / ".join(dict.fromkeys([*call.arguments, *named.values()]))
    titles = [*call.arguments[:1], *(f"{name}: {value}" for name, value in named.items())]
    title = "" if mode else ", ".join(sorted(titles))
    return {"kind": "kbd", "text": keys, "title": title, "mode": mode, "machines": named}


def _of_brand(call: _Call, brand: BrandValues) -> Answer:
    """Return a colour of the brand, or its logo for light pages, dark pages, or both."""
    what, name, shade = [*call.arguments, "", "", ""][:3]
    if what not in ("color", "logo") or not name or shade not in ("", *SHADES):
        raise RenderError(
            call.where,
            f"`{call.written}` is no value of a brand",
            "Write `{{< brand color NAME >}}` or `{{< brand logo NAME >}}`, with `light` or `dark`.",
        )
    if what == "color" and (colour := brand.colour(name, shade or "light")):
        return _as_text(colour)
    if what == "logo" and (logos := brand.logos(name, shade)):
        return {"kind": "pictures", "pictures": logos}
    raise RenderError(
        call.where,
        f"`{call.written}`: the brand has no {'colour' if what == 'color' else 'logo'} `{name}`",
        "Look into `brand:` or _brand.yml for the name.",
    )


def _placeholder(call: _Call) -> Answer:
    width, height = (*call.arguments, *call.arguments, "100", "100")[:2]
    sizes = [int(side) if side.isascii() and side.isdecimal() else 0 for side in (width, height)]
    if not all(0 < side <= placeholders.LARGEST for side in sizes):
        raise RenderError(
            call.where,
            f"`{call.written}` has no size that a picture can have",
            f"Give a width and a height from 1 to {placeholders.LARGEST} pixels.",
        )
    data = base64.b64encode(placeholders.picture(*sizes)).decode()
    label = f"{sizes[0]} × {sizes[1]}"
    picture = {"address": f"data:image/png;base64,{data}", "alt": label, "class": ""}
    return {"kind": "pictures", "pictures": [picture]}


def _lipsum(call: _Call) -> Answer:
    """Return paragraphs: so many, or those from one number to another."""
    numbered = re.fullmatch(r"([0-9]{1,3})(?:-([0-9]{1,3}))?", (call.arguments or ["5"])[0])
    if numbered is None or 0 in (int(number) for number in numbered.groups() if number):
        raise RenderError(
            call.where,
            f"`{call.written}` has no number of paragraphs",
            "Write `{{< lipsum 3 >}}` for three, `{{< lipsum 2-4 >}}` for the second to the fourth.",
        )
    first, last = (int(numbered[1]), int(numbered[2])) if numbered[2] else (1, int(numbered[1]))
    numbers = range(first, last + 1) if first <= last else range(first, last - 1, -1)
    return {"kind": "markdown", "text": "\n\n".join(map(placeholders.paragraph, numbers))}


def _variables(call: _Call, root: Path | None) -> Mapping[str, object]:
    if root is None or not os.path.lexists(root / VARIABLES):
        raise RenderError(
            call.where,
            f"`{call.written}`: there is no {VARIABLES}",
            f"Make {VARIABLES} beside _quarto.yml, with the value in it.",
        )
    return publication_variables(root, call.where)


def _value(call: _Call, data: Mapping[str, object], source: str) -> object:
    key = _only_argument(call)
    try:
        value = value_of_path(data, key)
    except LookupError:
        raise RenderError(
            call.where,
            f"`{call.written}`: {source} has no `{key}`",
            f"Give `{key}` a value, or mend its name here; items of a list count from 1.",
        ) from None
    return value


def _only_argument(call: _Call) -> str:
    if len(call.arguments) != 1:
        raise RenderError(
            call.where,
            f"`{call.written}` has {len(call.arguments)} arguments, not one",
            f"Write `{{{{< {call.name} VALUE >}}}}`.",
        )
    return call.arguments[0]


_METHODS: Mapping[str, Callable[[Shortcodes, _Call], Answer]] = {
    "meta": Shortcodes._meta,
    "var": Shortcodes._var,
    "env": Shortcodes._env,
    "brand": Shortcodes._of_brand,
    "video": Shortcodes._video,
    "embed": Shortcodes._embed,
    **dict.fromkeys(("fa", "bi", "iconify"), Shortcodes._icon),
}
_FUNCTIONS: Mapping[str, Callable[[_Call], Answer]] = {
    "contents": lambda call: {"kind": "contents", "id": _only_argument(call)},
    "kbd": _keys,
    "placeholder": _placeholder,
    "lipsum": _lipsum,
    "version": lambda _: _as_text(QUARTO),
    "pagebreak": lambda _: {"kind": "pagebreak"},
}
