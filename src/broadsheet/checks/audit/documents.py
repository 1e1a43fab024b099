"""Reads the documents of an audit: `.qmd`, `.md`, `.ipynb` and built HTML become passages of plain
text, each letter of which knows its line. Nothing is run.

Inline code is a letter :data:`BOUND` of the text: a value there is made of the data. Other code is
:data:`OPAQUE`. A cell of a table in the text is a passage whose context is the head of its column
and of its row.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lxml.html import HtmlElement

from broadsheet.checks.audit.hidden_text import code_in, without_hidden
from broadsheet.checks.audit.vocabulary import words_listed
from broadsheet.data.csv_reading import decoded_text
from broadsheet.errors import ConfigError, Notice, Place
from broadsheet.markdown.prose import ALTERNATIVE, Passage
from broadsheet.markdown.prose import read as read_prose
from broadsheet.project.sources.notebook_file import read_notebook
from broadsheet.storage.files import UnreadableError, content, read_text
from broadsheet.storage.unprintable import plain_lines
from broadsheet.text.html_tree import parsed_page
from broadsheet.verify.source_passages import source_passages

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

DOCUMENT_SUFFIXES = (".qmd", ".rmd", ".md", ".markdown", ".ipynb", ".html", ".htm")
BOUND, OPAQUE = "\ue000", "\ue001"
"""The letters for inline code whose value a reader reads, and for other code."""

_LETTERS = re.compile(r"[^\W\d_]+")
_LANGUAGES = ("en", "de", "fr", "es")
"""The languages that are read; a text in another is read as English."""
_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLES = re.compile(
    r"^(?:title|subtitle|description|abstract)[ \t]*:[ \t]*(?P<text>\S.*)$", re.MULTILINE
)
_LANG = re.compile(r"^lang[ \t]*:[ \t]*[\"']?(?P<lang>[A-Za-z]{2})", re.MULTILINE)
_OPTION = re.compile(
    r"^[ \t]*(?:#\||//\||%%\||:)[ \t]*(?:fig-cap|tbl-cap|fig-alt|fig-subcap|caption|alt|name)\s*:\s*(?P<text>\S.*)$",
    re.MULTILINE,
)
_DATA_FILE = re.compile(
    r"(?<![\w.-])[\w-][\w.-]{0,80}\.(?:csv|tsv|tab|json|xlsx?|parquet|txt|zip|gz|rds|rda)\b",
    re.IGNORECASE,
)
_START = re.compile(r"\s*(?:#{1,6}\s+|[-*+]\s+(?:\[[ xX]\]\s+)?|\d{1,9}[.)]\s+|>\s*|:\s+)+")
_WRAPPED = re.compile(r"(?<=[^\s|])(\n\d{2,9})(?=[.)]\s)")
"""A number at the beginning of a line within a paragraph."""
_RULE = frozenset(" \t\n|:+-")
"""The letters of a rule, and of the line below the head of a table."""
_LONGEST, _LONGEST_CONTEXT = 50_000, 300
"""The most letters of a paragraph, and of the words that say what a cell is of."""
_TOO_LONG = "too long"
"""The kind of a passage that is not read for its length; its text is empty."""
_INLINE = re.compile(
    r"""(?P<bound>\{eval\}`[^`\n]+`|(?<!`)`++(?:r|\{(?:r|python|julia|ojs|js|py)\})\s[^`]+`+
        |\{\{(?:[^{}]|\{(?!\{)|\}(?!\}))*+\}\}|\{%(?:[^{%]|\{(?!%)|%(?!\}))*+%\})
    |(?P<code>(?:\{[\w:.-]{1,40}\}|(?<!`))(`++).+?(?<!`)\3(?!`))
    |(?P<math>\$\$.+?\$\$|(?<![\\\w$])\$(?=\S)(?=[^$\n]*[\\^_={}])[^$\n]*?(?<=\S)\$(?!\d))
    |!\[(?P<alt>[^\]]{0,2000})\](?:\([^)]{0,2000}\)|\[[^\]]{0,2000}\])(?:\{[^}]{0,2000}\})?
    |(?P<fact>\[[^\[\]]*\]\{[^{}]{0,2000}(?:\.fact|claim=|\bby=|\bif=)[^{}]{0,2000}\})
    |(?P<note>\[\^[^\]]{0,2000}\]:?|\[[^\[\]]{0,2000}@[\w:][^\[\]]{0,2000}\])
    |\[(?P<link>[^\[\]]*)\](?:\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+"[^"]*")?\)|\[[^\[\]]*\]|\{[^{}]*\})
    |(?P<tag><[^<>\n]+>|\{[.#][^{}]*\})
    |\\(?P<escaped>[^\w\s])
    |(?P<entity>&[#\w]{2,10};)
    |(?P<mark>\*{1,3}|~~|(?<!\w)_{1,2}(?=\S)|(?<=\S)_{1,2}(?!\w))
    |(?P<break>\s+)""",
    re.VERBOSE | re.DOTALL,
)
_NUMBER = re.compile(r"\d")
_WIDEST = 100
"""The most columns that a cell takes."""
_NOT_PROSE = frozenset(
    ("nav", "footer", "script", "style", "template", "noscript", "form", "button")
)
_NOT_PROSE_IDS = frozenset(
    ("TOC", "quarto-sidebar", "quarto-margin-sidebar", "quarto-search-results")
)


@dataclass(frozen=True)
class AuditPassage:
    """A unit of a document's text."""

    text: str
    """The text, as a reader reads it."""
    place: Place
    """The place of its first line."""
    breaks: tuple[int, ...] = ()
    """The positions in the text at which further lines begin."""
    kind: str = "paragraph"
    """Its kind: paragraph, title, caption, alternative text, table cell."""
    context: str = ""
    """Words that say what a cell is of: the heads of its column and row."""

    def place_at(self, position: int) -> Place:
        """Return the place of a position in the text."""
        return self.place.at(bisect_right(self.breaks, position) + 1)


@dataclass(frozen=True)
class AuditDocument:
    """A document."""

    file: str
    """Its path, as messages name it."""
    language: str
    """The language of its text: `en`, `de`, `fr` or `es`."""
    passages: tuple[AuditPassage, ...]
    """Its passages, in order."""
    files: tuple[tuple[int, str], ...] = ()
    """The files of data that it names, each with the line."""
    left_out: tuple[Place, ...] = ()
    """The places of paragraphs that are too long to be read."""

    def file_at(self, line: int | None) -> str | None:
        """Return the file of data that is named last above or in a line; empty if none is, None if the
        document names no file.
        """
        if not self.files or line is None:
            return None
        return next((name for at, name in reversed(self.files) if at <= line), "")

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The notices of paragraphs that are too long to be read."""
        return tuple(
            Notice(
                place,
                f"this paragraph is not read: it has more than {_LONGEST:,} letters",
                "Divide it by empty lines, or see what it is.",
                topic="unread-document",
            )
            for place in self.left_out
        )

    @property
    def bound(self) -> int:
        """The number of values of inline code."""
        return sum(passage.text.count(BOUND) for passage in self.passages)


def read_document(path: Path, name: str) -> AuditDocument:
    """Return the document at a path, which messages call ``name``. Raises :class:`BroadsheetError`
    for one that cannot be read.
    """
    suffix = path.suffix.lower()
    text = read_text(path, name) if suffix == ".ipynb" else _text_of(path, name)
    try:
        if suffix == ".ipynb":
            cells = read_notebook(text, Place(name)).cells
            passages = list(_notebook(cells, name))
            lang = _lang_in(cells[0].source) if passages else ""
        elif suffix in (".html", ".htm"):
            passages, lang = _page(text, name)
        else:
            lang = _lang_in(text)
            passages = list(_markdown(text, Place(name, line=1)))
    except RecursionError:
        raise ConfigError(name, "it is nested too deeply", "Take levels of nesting out.") from None
    lang = lang if lang in _LANGUAGES else _language(passages)
    is_text = suffix not in (".ipynb", ".html", ".htm")
    return AuditDocument(
        name,
        lang,
        tuple(passage for passage in passages if passage.kind != _TOO_LONG),
        _files_in(text) if is_text else (),
        tuple(passage.place for passage in passages if passage.kind == _TOO_LONG),
    )


def _text_of(path: Path, name: str) -> str:
    """Return the text of a file in the encodings in which tables are read, too."""
    try:
        text, other_encoding = decoded_text(content(path, name))
    except UnreadableError as error:
        raise ConfigError(name, f"the file {error}", error.mend) from None
    if other_encoding and "\0" in text:
        raise ConfigError(name, "here is a NUL, which no text has", "See what file it is.")
    return plain_lines(text)


def _files_in(text: str) -> tuple[tuple[int, str], ...]:
    """Return the files of data that headings name, each with its line; without any, those that a text
    names anywhere, if it is one file.
    """
    text = text.replace("\\_", "_")
    named = [
        (line, match[0].lower(), text.rfind("\n", 0, match.start()) + 1)
        for match, line in _with_lines(_DATA_FILE.finditer(text), text)
    ]
    if not named:
        return ()
    code = code_in(text)
    headed = [
        (line, name)
        for line, name, start in named
        if text.startswith("#", start) and not code.end_at(start)
    ]
    others = [(line, name) for line, name, _ in named]
    is_one = len({name for _, name in others}) == 1
    return tuple(headed or (others if is_one else [(0, "")]))


def _language(passages: Sequence[AuditPassage]) -> str:
    """Return the language whose small words a text has most of."""
    words = Counter[str]()
    for passage in passages[:400]:
        words.update(word.lower() for word in _LETTERS.findall(passage.text[:2000]))
    counts = {tag: sum(words[word] for word in words_listed(f"small-{tag}")) for tag in _LANGUAGES}
    best = max(counts, key=lambda tag: counts[tag])
    return best if counts[best] else "en"


def _notebook(cells: Iterable[NotebookNode], name: str) -> Iterator[AuditPassage]:
    for number, cell in enumerate(cells, start=1):
        place = Place(name, line=1, cell=number)
        if cell.cell_type == "markdown":
            yield from _markdown(cell.source, place)
        elif cell.cell_type == "raw" and number == 1:
            yield from _titles(cell.source, place)
        elif cell.cell_type == "code":
            yield from _options(cell.source, place)


def _titles(text: str, place: Place) -> Iterator[AuditPassage]:
    """Yield the titles in front matter."""
    front = _FRONT.match(text)
    if front:
        for match, line in _with_lines(_TITLES.finditer(text, 0, front.end()), text):
            yield from _inline(_unquoted(match["text"]), place.at(line), "title")


def _lang_in(text: str) -> str:
    """Return the language that front matter names; empty if none."""
    front = _FRONT.match(text)
    return match["lang"].lower() if front and (match := _LANG.search(front[1])) else ""


def _options(code: str, place: Place) -> Iterator[AuditPassage]:
    """Yield the captions and alternative texts in the options of cells."""
    for match, line in _with_lines(_OPTION.finditer(code), code):
        yield from _inline(_unquoted(match["text"]), place.at(line), "caption")


def _with_lines(matches: Iterable[re.Match[str]], text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Yield matches in a text, each with the number of its line."""
    line, last = 1, 0
    for match in matches:
        line += text.count("\n", last, match.start())
        last = match.start()
        yield match, line


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _markdown(text: str, place: Place) -> Iterator[AuditPassage]:
    front = _FRONT.match(text)
    if front:
        yield from _titles(text, place)
        text = "\n" * front[0].count("\n") + text[front.end() :]
    text = without_hidden(text)
    text = _WRAPPED.sub(r"\1\\", text)  # "in\n2014. Then": no list begins within a paragraph
    rows = list[tuple[Place, str]]()
    for passage in source_passages(text, place, shows=lambda condition: True):
        line = passage.place.line or 0
        is_row = passage.text.lstrip().startswith("|")
        if rows and not (is_row and line == (rows[-1][0].line or 0) + 1):
            yield from _pipe_table(rows)
            rows = []
        if is_row:
            rows.append((passage.place, passage.text))
        if not is_row or len(passage.text) > _LONGEST:
            yield from _block(passage.text, passage.place)
    yield from _pipe_table(rows)
    yield from _options(text, place)


def _block(text: str, place: Place) -> Iterator[AuditPassage]:
    start = _START.match(text)
    first = text[: start.end()] if start else ""
    if _is_rule(text) or (text.lstrip().startswith("[^") and "]:" not in text):
        return
    kind = "heading" if "#" in first else "caption" if first.strip() == ":" else "paragraph"
    yield from _inline(text[len(first) :], place, kind)


def _is_rule(text: str) -> bool:
    return "-" in text and _RULE.issuperset(text)


def _inline(text: str, place: Place, kind: str) -> Iterator[AuditPassage]:
    """Yield the passage of some Markdown, and the alternative texts of pictures in it. A text that
    is too long to be a paragraph is only noted.
    """
    if len(text) > _LONGEST:
        yield AuditPassage("", place, kind=_TOO_LONG)
        return
    parts, breaks, size, last = list[str](), list[int](), 0, 0
    others = list[tuple[int, str]]()

    def add(part: str) -> None:
        nonlocal size
        parts.append(part)
        size += len(part)

    for match in _INLINE.finditer(text):
        add(text[last : match.start()])
        last = match.end()
        before = size
        if match["bound"] is not None or match["fact"] is not None:
            add(BOUND)
        elif match["code"] is not None or match["math"] is not None:
            add(OPAQUE)
        elif match["alt"] is not None:
            others.append((text.count("\n", 0, match.start()), match["alt"]))
        elif match["link"] is not None:
            add(" ".join(re.sub(r"[*`]", "", match["link"]).split()))
        elif match["escaped"] is not None:
            add(match["escaped"])
        elif match["entity"] is not None:
            add(html.unescape(match["entity"]))
        elif match["break"] is not None:
            add(" " if size else "")
        breaks += [before] * match[0].count("\n") if match["break"] is None else []
        breaks += [size] * match[0].count("\n") if match["break"] is not None else []
    add(text[last:])
    whole = "".join(parts).rstrip()
    if whole:
        yield AuditPassage(whole, place, tuple(breaks), kind)
    for line, alt in others:
        plain = " ".join(re.sub(r"[*`]", "", alt).split())
        if plain:
            yield AuditPassage(plain, place.at(line + 1), kind="alternative text")


def _pipe_table(rows: Sequence[tuple[Place, str]]) -> Iterator[AuditPassage]:
    cells = [
        (place, [" ".join(cell.split()) for cell in _plain(row).strip().strip("|").split("|")])
        for place, row in rows
        if not _is_rule(row)
    ]
    yield from _grid(cells)


def _plain(text: str) -> str:
    return "".join(passage.text for passage in _inline(text, Place(""), "row"))


def _grid(rows: Sequence[tuple[Place, Sequence[str]]]) -> Iterator[AuditPassage]:
    """Yield the cells with numbers of a table whose first row is the head."""
    if len(rows) < 2:
        return
    head = rows[0][1]
    for place, row in rows[1:]:
        names = [cell for at, cell in enumerate(row) if at == 0 or not _NUMBER.search(cell)]
        about = " | ".join(name for name in names if name)[:_LONGEST_CONTEXT]
        for at, cell in enumerate(row):
            if _NUMBER.search(cell) and at > 0 and at < len(head):
                context = f"{head[at][:_LONGEST_CONTEXT]} | {about}"
                yield AuditPassage(cell, place, (), "table cell", context)


def _page(text: str, name: str) -> tuple[list[AuditPassage], str]:
    """Return the passages of a page of HTML, and its language."""
    if not text.strip():
        return [], ""
    page = parsed_page(text)
    lang = (page.get("lang") or "")[:2].lower()
    if page.find(".//meta[@content='Broadsheet audit']") is not None:
        return [], lang  # the report of an audit
    title = page.find(".//title")
    passages = []
    if title is not None and title.text:
        passages.append(
            AuditPassage(
                " ".join(title.text[:_LONGEST].split()),
                Place(name, line=title.sourceline),
                (),
                "title",
            )
        )
    body = page.find(".//body")
    if body is None:
        return passages, lang
    for element in list(body.iter()):
        if isinstance(element.tag, str) and (
            element.tag in _NOT_PROSE or element.get("id") in _NOT_PROSE_IDS
        ):
            parent = element.getparent()
            if parent is not None:
                element.drop_tree()
    for table in body.iter("table"):
        if table.find(".//*[@rowspan]") is not None:
            continue  # a cell that goes on below would move those behind it
        passages += _grid(list(_html_rows(table, name)))
    for passage in read_prose(body, Place(name), with_lines=True).passages:
        if len(passage.text) > _LONGEST:
            passages.append(AuditPassage("", passage.place, kind=_TOO_LONG))
        elif passage.kind != "table cell":
            passages.append(_of_prose(passage))
    return passages, lang


def _html_rows(table: HtmlElement, name: str) -> Iterator[tuple[Place, list[str]]]:
    for row in table.iter("tr"):
        cells = [
            " ".join(cell.text_content().split())
            for cell in row
            if cell.tag in ("td", "th")
            for _ in range(_width(cell))
        ]
        yield Place(name, line=row.sourceline), cells


def _width(cell: HtmlElement) -> int:
    """Return the number of columns that a cell of a table takes."""
    span = cell.get("colspan", "1")
    return min(int(span), _WIDEST) if span.isascii() and span.isdecimal() and int(span) else 1


def _of_prose(passage: Passage) -> AuditPassage:
    """Return a passage of HTML, with letters for its facts and its code."""
    text = passage.text
    for mark in sorted(passage.marks, key=lambda mark: -mark.start):
        if mark.start < mark.end and mark.kind in ("fact", "claim", "code"):
            sign = OPAQUE if mark.kind == "code" else BOUND
            text = text[: mark.start] + sign + text[mark.end :]
    kind = "alternative text" if passage.kind == ALTERNATIVE else passage.kind
    return AuditPassage(text, passage.place, (), kind)
