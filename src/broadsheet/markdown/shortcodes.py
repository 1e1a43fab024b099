"""Shortcodes: `{{< name argument key=value >}}`, answered before Pandoc reads the page.

Each is replaced by a word that nobody can guess and that Markdown leaves alone wherever it stands,
in prose, a link's address, an attribute or code; the filters put its answer there after reading, so
that a value is never Markdown:

- `meta key.sub`, `var key.sub`: a value of the front matter, of `_variables.yml`;
- `video address`: a file of the site as a player, an address elsewhere as a link;
- `pagebreak`: nothing on a page of the web but a place to break when printed;
- `{{{< … >}}}`: the shortcode itself, to be read.

What is none of these stays as written, with a notice.

`{{< include file >}}` comes before (:class:`Includes`): a file's Markdown stands in the place of a
line that holds nothing else. The path counts from the file that includes, or from the root where it
starts with a slash, and stays within the root; front matter of the included file is dropped.
Included files may include others. Notebooks are not included: their cells would have to run.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from broadsheet import limits
from broadsheet.errors import BroadsheetError, Notice, Place, RenderError, shown
from broadsheet.files import check_path, is_file, read_text, real
from broadsheet.markdown.document import Document
from broadsheet.unprintable import refuse_unprintable
from broadsheet.yaml_text import read_yaml

VARIABLES = "_variables.yml"

Answer = dict[str, str]

_SHORTCODE = re.compile(r"\{\{(?P<escaped>\{<.*?>\})\}\}|\{\{<(?P<call>.*?)>\}\}", re.DOTALL)
_KEYWORD = re.compile(r"^[\w-]+=")
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_INCLUDE = re.compile(r"^[ \t]*\{\{<[ \t]+include[ \t]+(?P<path>\S.*?)[ \t]+>\}\}[ \t]*$")
_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)


@dataclass
class Shortcodes:
    """Answers the shortcodes of a page. Has state: the ``answers`` so far, each to the word that is
    in the text in its place, and the ``notices`` for the author.
    """

    document: Document
    root: Path | None
    answers: dict[str, Answer] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)

    def replaced(self, text: str, secret: str, locate: Callable[[int], Place]) -> str:
        """``text`` with words that begin with ``secret`` in place of its shortcodes; ``locate``
        gives the place of an offset in it. Raises :class:`RenderError` for an unknown key or
        arguments that do not fit.
        """

        def word(match: re.Match[str]) -> str:
            name = f"sc{secret}n{len(self.answers)}x"
            self.answers[name] = (
                _as_text("{" + match["escaped"] + "}")
                if match["escaped"]
                else self._answer(_call(match, locate(match.start())))
            )
            return name

        return _SHORTCODE.sub(word, text)

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
            case "include":
                raise RenderError(
                    call.where,
                    f"`{call.written}` cannot be used here",
                    "An include stands alone on its line.",
                )
        self.notices.append(
            Notice(
                call.where,
                f"the press does not know the shortcode `{call.name}`; it stays as written",
                "It knows include, meta, pagebreak, var, video. To show a shortcode write "
                "{{{< … >}}}.",
            )
        )
        return _as_text(call.written)

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
            )
        )
        return {"kind": "link", "address": address, "title": title}


@dataclass(frozen=True)
class _Call:
    name: str
    arguments: list[str]
    keywords: Mapping[str, str]
    written: str
    where: Place


def _call(match: re.Match[str], where: Place) -> _Call:
    written = match.group()
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


# Includes

Line = tuple[Place, str]
"""A line, and the place where it was written."""


@dataclass
class Includes:
    """The includes of a page. Has state: the names of the ``files`` so far, how many includes there
    were, and the letters of all.
    """

    root: Path
    files: set[str] = field(default_factory=set)
    count: int = 0
    letters: int = 0

    def lines(self, text: str, where: Place, within: tuple[str, ...] = ()) -> Iterator[Line]:
        """The lines of ``text``, whose first is at ``where`` (with a line), with the included files
        in place; ``within`` are the files that include it. Raises :class:`RenderError` for a file
        that is missing, not text, outside of the root, or that includes itself, and
        :class:`LimitError` where they are too many, too deep or too long.
        """
        first = where.line or 1
        for number, line in enumerate(text.split("\n")):
            here = replace(where, line=first + number)
            match = _INCLUDE.match(line)
            if match is None:
                yield here, line
            else:
                path = match["path"].strip("\"'")
                yield from self._included(path, here, (*within, where.file))

    def _included(self, path: str, where: Place, within: tuple[str, ...]) -> Iterator[Line]:
        folder = PurePosixPath() if path.startswith("/") else PurePosixPath(where.file).parent
        written = self.root / folder / path.lstrip("/")
        check_path(self.root, written, where)
        target = real(written)
        if target is None:
            raise RenderError(
                where,
                f"the include {shown(path)} is a link that leads to itself, or no path at all",
                "Mend the path; it counts from the file that includes.",
            )
        name = os.path.relpath(target, self.root.resolve())
        if name in within:
            raise RenderError(
                where,
                f"{name} includes itself",
                "Take one of the includes out.",
                " → ".join((*within, name)),
            )
        by = f"included by {' → '.join(within)}" if len(within) > 1 else ""
        if target.suffix == ".ipynb":
            raise RenderError(
                where,
                f"the include {path!r} is a notebook",
                "Include Markdown; link to notebooks.",
                by,
            )
        if not is_file(target):
            raise RenderError(
                where,
                f"there is no file {name} to include",
                "Mend the path; it counts from the file that includes.",
                by,
            )
        try:
            text = read_text(target, Place(name), RenderError)
            refuse_unprintable(text, Place(name), RenderError)
        except BroadsheetError as error:
            error.detail = f"included by {' → '.join(within)}"
            raise
        self.count += 1
        self.letters += len(text)
        which = f"the page {within[0]}"
        again = "Look for a file that is included again and again."
        fewer = "Include files with fewer includes in them."
        limits.check(limits.TABLE["includes"], self.count, where, which, again)
        limits.check(limits.TABLE["included-size"], self.letters, where, which, again)
        limits.check(limits.TABLE["include-depth"], len(within), where, which, fewer)
        self.files.add(name)
        front = _FRONT_MATTER.match(text)
        start = front.end() if front else 0
        first = text.count("\n", 0, start) + 1
        body = text[start:].removesuffix("\n")
        yield from self.lines(body, Place(name, line=first), within)
