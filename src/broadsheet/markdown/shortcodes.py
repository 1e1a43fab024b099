"""Shortcodes: `{{< name argument key=value >}}`, answered before Pandoc reads the page.

Each is replaced by a word that nobody can guess and that Markdown leaves alone wherever it stands,
in prose, a link's address, an attribute or code; the filters put its answer there after reading, so
that a value is never Markdown:

- `meta key.sub`, `var key.sub`: a value of the front matter, of `_variables.yml`;
- `video address`: a file of the site as a player, an address elsewhere as a link;
- `pagebreak`: nothing on a page of the web but a place to break when printed;
- `{{{< … >}}}`: the shortcode itself, to be read.

What is none of these stays as written, with a notice.

`{{< include file >}}` comes before (:func:`included`): a file's Markdown stands in the place of a
line that holds nothing else. The path counts from the file that includes, or from the root where it
starts with a slash, and stays within the root; front matter of the included file is dropped.
Included files may include others. Notebooks are not included: their cells would have to run.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
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
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_INCLUDE = re.compile(r"^[ \t]*\{\{<[ \t]+include[ \t]+(?P<path>\S.*?)[ \t]+>\}\}[ \t]*$")
_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True)
class Answered:
    """A text with words in place of its shortcodes, the answer to each word, and notices for the
    author.
    """

    text: str
    answers: Mapping[str, Answer]
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class _Call:
    name: str
    arguments: list[str]
    keywords: Mapping[str, str]
    written: str
    where: Place
    document: Document
    root: Path | None


def answered(
    document: Document, root: Path | None, text: str, secret: str, locate: Callable[[int], Place]
) -> Answered:
    """``text`` (of ``document``) with its shortcodes replaced; ``locate`` gives the place of an
    offset in it. Raises :class:`RenderError` for an unknown key or arguments that do not fit.
    """
    answers: dict[str, Answer] = {}
    notices: list[Notice] = []

    def word(match: re.Match[str]) -> str:
        where = locate(match.start())
        if match["escaped"]:
            answer: Answer = {"kind": "text", "text": "{" + match["escaped"] + "}"}
        else:
            answer, notice = _answer(_call(match, document, root, where))
            notices.extend(notice)
        name = f"sc{secret}n{len(answers)}x"
        answers[name] = answer
        return name

    return Answered(_SHORTCODE.sub(word, text), answers, tuple(notices))


def _call(match: re.Match[str], document: Document, root: Path | None, where: Place) -> _Call:
    written = match.group()
    try:
        parts = shlex.split(match["call"])
    except ValueError as error:
        raise RenderError(
            where, f"`{written}`: {str(error).lower()}", "Close the quotation marks."
        ) from error
    if not parts:
        raise RenderError(where, f"`{written}` names no shortcode", "Name one, or take it out.")
    keywords = dict(part.split("=", 1) for part in parts[1:] if re.match(r"^[\w-]+=", part))
    arguments = [part for part in parts[1:] if not re.match(r"^[\w-]+=", part)]
    return _Call(parts[0], arguments, keywords, written, where, document, root)


def _answer(call: _Call) -> tuple[Answer, list[Notice]]:
    known = _KNOWN.get(call.name)
    if known is None:
        return {"kind": "text", "text": call.written}, [
            Notice(
                call.where,
                f"the press does not know the shortcode `{call.name}`; it stays as written",
                f"It knows {', '.join(sorted(_KNOWN))}. To show a shortcode write {{{{{{< … >}}}}}}.",
            )
        ]
    return known(call)


def _meta(call: _Call) -> tuple[Answer, list[Notice]]:
    return {"kind": "text", "text": _value(call, call.document.metadata, "the page's metadata")}, []


def _var(call: _Call) -> tuple[Answer, list[Notice]]:
    if call.root is None or not os.path.lexists(call.root / VARIABLES):
        raise RenderError(
            call.where,
            f"`{call.written}`: there is no {VARIABLES}",
            f"Make {VARIABLES} beside _quarto.yml, with the value in it.",
        )
    check_path(call.root, call.root / VARIABLES, call.where)
    variables = read_yaml(
        read_text(call.root / VARIABLES, VARIABLES, limit=limits.TABLE["config-size"]),
        Place(VARIABLES),
    ).data
    return {"kind": "text", "text": _value(call, variables, VARIABLES)}, []


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


def _video(call: _Call) -> tuple[Answer, list[Notice]]:
    address = call.keywords.get("src") or _only_argument(call)
    title = call.keywords.get("title", "")
    if _SCHEME.match(address):
        return {"kind": "link", "address": address, "title": title}, [
            Notice(
                call.where,
                f"the video {address} is on another site; it is a link here, not a player",
                "No request of a page leaves the site; put the file beside the article to play it.",
            )
        ]
    return {"kind": "video", "address": address, "title": title}, []


def _pagebreak(call: _Call) -> tuple[Answer, list[Notice]]:
    return {"kind": "pagebreak"}, []


def _include(call: _Call) -> tuple[Answer, list[Notice]]:
    raise RenderError(
        call.where, f"`{call.written}` cannot be used here", "An include stands alone on its line."
    )


def _only_argument(call: _Call) -> str:
    if len(call.arguments) != 1:
        raise RenderError(
            call.where,
            f"`{call.written}` has {len(call.arguments)} arguments, not one",
            f"Write `{{{{< {call.name} VALUE >}}}}`.",
        )
    return call.arguments[0]


_KNOWN: dict[str, Callable[[_Call], tuple[Answer, list[Notice]]]] = {
    "meta": _meta,
    "var": _var,
    "video": _video,
    "pagebreak": _pagebreak,
    "include": _include,
}


# Includes

Line = tuple[Place, str]
"""A line, and the place where it was written."""


@dataclass
class _Page:
    """A page with includes: the names of the ``files`` so far, how many includes there were, and
    the letters of all.
    """

    root: Path
    files: set[str]
    includes: int = 0
    letters: int = 0


def included(text: str, where: Place, root: Path, files: set[str]) -> Iterator[Line]:
    """The lines of ``text``, whose first is at ``where`` (with a line), with the included files in
    place; their names go to ``files``. Raises :class:`RenderError` for a file that is missing, not
    text, outside of the root, or that includes itself, and :class:`LimitError` where they are too
    many, too deep or too long.
    """
    yield from _with_includes(text, where, _Page(root, files))


def _with_includes(
    text: str, where: Place, page: _Page, within: tuple[str, ...] = ()
) -> Iterator[Line]:
    first = where.line or 1
    for number, line in enumerate(text.split("\n")):
        here = replace(where, line=first + number)
        match = _INCLUDE.match(line)
        if match is None:
            yield here, line
        else:
            yield from _lines(match["path"].strip("\"'"), here, page, (*within, where.file))


def _lines(path: str, where: Place, page: _Page, within: tuple[str, ...]) -> Iterator[Line]:
    root = page.root
    folder = PurePosixPath() if path.startswith("/") else PurePosixPath(where.file).parent
    written = root / folder / path.lstrip("/")
    check_path(root, written, where)
    target = real(written)
    if target is None:
        raise RenderError(
            where,
            f"the include {shown(path)} is a link that leads to itself, or no path at all",
            "Mend the path; it counts from the file that includes.",
        )
    name = os.path.relpath(target, root.resolve())
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
            where, f"the include {path!r} is a notebook", "Include Markdown; link to notebooks.", by
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
    page.includes += 1
    page.letters += len(text)
    which = f"the page {within[0]}"
    limits.check(
        limits.TABLE["includes"],
        page.includes,
        where,
        which,
        "Look for a file that is included again and again.",
    )
    limits.check(
        limits.TABLE["included-size"],
        page.letters,
        where,
        which,
        "Look for a file that is included again and again.",
    )
    limits.check(
        limits.TABLE["include-depth"],
        len(within),
        where,
        which,
        "Include files with fewer includes in them.",
    )
    page.files.add(name)
    front = _FRONT_MATTER.match(text)
    start = front.end() if front else 0
    first = text.count("\n", 0, start) + 1
    yield from _with_includes(
        text[start:].removesuffix("\n"), Place(name, line=first), page, within
    )
