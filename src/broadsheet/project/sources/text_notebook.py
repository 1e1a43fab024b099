"""Notebooks that are text, read by jupytext: percent scripts (`.py`) and Markdown (`.md`).

A script is a page if it begins with front matter: as Quarto has it, in a first cell
`# %% [markdown]` or `# %% [raw]`; or as jupytext has it, in comments at the top. So modules beside an
article are none. A `.md` is a notebook if its front matter has jupytext's keys (`jupytext:` with
`text_representation`, or `jupyter:` with `jupytext` or `kernelspec`); any other is a plain page.

jupytext returns the cells without their lines. Each cell is a stretch of lines, in order, so it is found
again in the file, and a message can name the line.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from broadsheet.errors import BroadsheetError, NotebookError, Place, place_in
from broadsheet.processes.extras import needed
from broadsheet.project.sources.front_matter import split
from broadsheet.project.sources.markdown_cells import kernel_of
from broadsheet.project.sources.notebook_file import new_cell, new_notebook, read_notebook
from broadsheet.storage.yaml_text import YamlText, one_or_more
from plotly_alive.errors import shown

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

SCRIPT = ".py"
KEYS = frozenset({"jupyter", "jupytext", "kernelspec"})
"""The keys of front matter that are Jupyter's, and say nothing of the page."""
_FORMATS = {SCRIPT: ("percent", "hydrogen", "light"), ".md": ("markdown", "myst")}
"""The formats that are read, by suffix. The first is meant if the file names none."""
_MARKER = re.compile(
    r"[ \t]*#[ \t]*(?:%%+(?P<options>[ \t].*)?|<codecell>[ \t]*|In\[[\d ]*\]:?[ \t]*)"
)
_PROSE = re.compile(r"\[(?:markdown|md|raw)\]")
_TOP = r"\A(?:#![^\n]*\n)?(?:[ \t]*#[^\n]*coding[:=][^\n]*\n)?"
_SYSTEM = re.compile(_TOP)
_JUPYTER = re.compile(r"jupyter|jupytext")
_QUOTES = r"(?:[rR]?(?:\"\"\"|'''))?"
_BEGINS = re.compile(
    rf"{_TOP}\s*#[ \t]*%%+[^\n]*{_PROSE.pattern}[^\n]*\n(?:[ \t]*(?:#[ \t]*)?\n)*"
    rf"{_QUOTES}\n?(?:[ \t]*(?:#[ \t]*)?\n)*(?:#[ ]?)?---[ \t]*\n(?:#[ ]?)?[\w-]+[ \t]*:"
)
"""A first cell of prose that begins with front matter."""
_HEADER = re.compile(rf"{_TOP}\s*#[ ]?---[ \t]*\n(?:#[ ]?#[^\n]*\n)*#[ ]?(?P<key>[\w-]+)[ \t]*:")
_COMMENT = re.compile(r"#[ ]?")
_QUOTED = re.compile(r"[rR]?(\"\"\"|''')")
_OPENED = (
    (re.compile(r"(?P<fence>`{3,})[ ]*\w.*"), "{fence}"),
    (re.compile(r"<!--[ ]*#(?P<fence>region|markdown|md|raw)\b.*-->[ ]*"), "<!-- #end{fence} -->"),
)
"""The line before a cell of Markdown, and the one behind it."""
_OF_FILES = ("formats", "root_level_metadata_filter")
"""The settings of jupytext that are about files, and not about reading this one."""
_AT_LINE = re.compile(r" at line (\d+)")
_TAGS_AS_TEXT = re.compile(r"\btags\"?[ ]*[=:][ ]*[\"']")
_UNREAD = "incorrectly_encoded_metadata"
"""The key under which jupytext leaves options of a cell that it cannot read."""
_LINE_ENDS = str.maketrans(
    "\x0b\x1c\x1d\x1e\x85\u2028\u2029", "\ue00b\ue01c\ue01d\ue01e\ue085\ue028\ue029"
)
"""Characters at which jupytext ends a line, and Python does not; others go through it instead."""
_RESTORED = {stand_in: sign for sign, stand_in in _LINE_ENDS.items()}


def is_script(text: str) -> bool:
    """True if the text of a `.py` begins with front matter, and so is a page."""
    if _BEGINS.match(text):
        return True
    header, lines = _HEADER.match(text), text.split("\n")
    return header is not None and (
        any(map(_JUPYTER.match, _comments(lines[header[0].count("\n") :])))
        or header["key"] in KEYS
        or any(map(_MARKER.fullmatch, lines))
    )


def is_jupytext(front: Mapping[str, object]) -> bool:
    """True if the front matter of a `.md` is that of a notebook."""
    values, jupyter = front.get("jupytext"), front.get("jupyter")
    return (isinstance(values, Mapping) and "text_representation" in values) or (
        isinstance(jupyter, Mapping) and not {"jupytext", "kernelspec"}.isdisjoint(jupyter)
    )


def partners(path: PurePosixPath, text: str) -> list[PurePosixPath]:
    """Return the files in other folders that hold the same notebook, according to its header.
    Raises :class:`ConfigError`.
    """
    header = settings(_parted(path, text, Place(str(path)))[0].data)
    formats, form_spec = header.get("formats"), header.get("text_representation")
    if not isinstance(formats, str) or "/" not in formats or find_spec("jupytext") is None:
        return []
    from jupytext import paired_paths

    name = form_spec.get("format_name") if isinstance(form_spec, Mapping) else None
    form = {"extension": path.suffix} | ({"format_name": name} if name else {})
    with suppress(Exception):  # of any kind, for formats that make no sense
        pairs = paired_paths.paired_paths(str(path), form, formats)
        return [PurePosixPath(name) for name, _ in pairs if name != str(path)]
    return []


def read_script(path: PurePosixPath, text: str) -> tuple[NotebookNode, tuple[Place, ...], YamlText]:
    """Return the notebook in a script or a page of Markdown, the first line of each of its cells,
    and its header. Raises :class:`ConfigError` for a header that is not YAML, and
    :class:`NotebookError` for anything else that cannot be read.
    """
    where = Place(str(path))
    header, head, lines = _parted(path, text, where)
    raw = _notebook(path, header.data, lines, where.at(head + 1))
    places = tuple(_places([cell.source for cell in raw.cells], lines, path.suffix, where, head))
    for cell, place in zip(raw.cells, places, strict=True):
        _refuse_open(cell, place, lines, head, path.suffix)
        cell.source = cell.source.translate(_RESTORED)
    cells = [
        new_cell(cell.cell_type, cell.source, tags=one_or_more(cell.metadata.get("tags", [])))
        for cell in raw.cells
    ]
    if header.data.keys() - KEYS:  # as in a notebook, a cell of its own
        cells.insert(0, new_cell("raw", "---"))
        places = (where.at(1), *places)
    notebook = new_notebook(cells, _kernel(header.data))
    try:
        return read_notebook(json.dumps(notebook), where), places, header
    except BroadsheetError as error:
        place = place_in(str(path), places, error.where.cell, error.where.line)
        raise type(error)(place, error.what, error.mend) from error


@lru_cache(maxsize=16)
def commented(text: str) -> tuple[int, ...]:
    """Return the number of signs before each line of a script that make a comment of its prose: of
    front matter and of cells of Markdown. It is 0 for a line of code.
    """
    lengths, is_prose = list[int](), True
    for line in text.split("\n"):
        if marker := _MARKER.fullmatch(line):
            is_prose = bool(_PROSE.search(marker["options"] or ""))
            lengths.append(0)
        else:
            comment = _COMMENT.match(line) if is_prose else None
            lengths.append(comment.end() if comment else 0)
    return tuple(lengths)


def kind_of(text: str, line: int) -> tuple[str, int]:
    """Return the kind of a line of a script, `code` or `prose`, and the first line of its cell."""
    lines = text.split("\n")
    for number in range(min(line, len(lines)) - 1, -1, -1):
        if marker := _MARKER.fullmatch(lines[number]):
            is_prose = _PROSE.search(marker["options"] or "")
            return ("prose" if is_prose else "code"), number + 2
    return "prose", 1


def _parted(path: PurePosixPath, text: str, where: Place) -> tuple[YamlText, int, list[str]]:
    """Return the header, the number of lines before the rest, and the lines of the rest."""
    lines = text.split("\n")
    if path.suffix == SCRIPT:
        top = _SYSTEM.match(text)
        assert top is not None
        skipped, text = top[0].count("\n"), "\n" * top[0].count("\n")
        if _HEADER.match("\n".join(lines)):
            text += "".join(f"{line}\n" for line in _comments(lines[skipped:]))
    header, rest = split(text, where)
    head = text[: len(text) - len(rest)].count("\n") if header.data else 0
    if path.suffix == SCRIPT:
        head = max(head, skipped)
    while head < len(lines) and not lines[head].strip():
        head += 1
    return header, head, lines[head:]


def _comments(lines: Sequence[str]) -> list[str]:
    """Return the text of the comments with which lines begin."""
    comments = []
    for line in lines:
        if _MARKER.fullmatch(line) or (line.strip() and not line.startswith("#")):
            break
        comments.append(_COMMENT.sub("", line, count=1))
    return comments


def settings(header: Mapping[str, object]) -> dict[str, Any]:
    """Return the settings of jupytext in a header."""
    jupyter = header.get("jupyter")
    inner = jupyter.get("jupytext") if isinstance(jupyter, Mapping) else None
    values = inner if isinstance(inner, Mapping) else header.get("jupytext")
    return dict(values) if isinstance(values, Mapping) else {}


def _kernel(header: Mapping[str, object]) -> dict[str, str]:
    """Return the kernel that a header names, as a notebook's metadata have it."""
    spec = header.get("kernelspec")
    return kernel_of({"jupyter": {"kernelspec": spec}} if isinstance(spec, Mapping) else header)


def _format_of(path: PurePosixPath, representation: Mapping[str, Any]) -> str:
    """Return jupytext's name of the format that a file says it has."""
    names, name = _FORMATS[path.suffix], representation.get("format_name")
    if not name or representation.get("extension", path.suffix) != path.suffix:
        return names[0]
    if name not in names:
        raise NotebookError(
            Place(str(path)),
            f"jupytext's format {shown(name, 60)} is not read here",
            f"Convert it: `jupytext --to {path.suffix[1:]}:{names[0]} {path}`.",
        )
    return str(name)


def _notebook(
    path: PurePosixPath, header: Mapping[str, object], lines: Sequence[str], first: Place
) -> NotebookNode:
    """Return the notebook that jupytext reads from ``lines``, which begin at the place ``first``,
    with our header in place of the file's.
    """
    with needed(str(path), NotebookError):
        import jupytext
    options = settings(header)
    representation = options.pop("text_representation", None)
    representation = representation if isinstance(representation, Mapping) else {}
    form = {"extension": path.suffix, "format_name": _format_of(path, representation)}
    options = {key: value for key, value in options.items() if key not in _OF_FILES}
    options["text_representation"] = {**representation, **form}
    jupyter = json.dumps({"jupytext": options, "kernelspec": _kernel(header)}, default=str)
    sign = "# " if path.suffix == SCRIPT else ""
    head = [f"{sign}{line}".rstrip() for line in ("---", "jupyter:", f"  {jupyter}", "---", "")]
    text = "\n".join([*head, *lines]).translate(_LINE_ENDS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read: NotebookNode = jupytext.reads(text, form)
        except Exception as error:  # of any kind: jupytext has no error of its own for most
            _refuse_tags(lines, first)
            said = str(error).strip().partition("\n")[0][:200] or type(error).__name__
            line = _AT_LINE.search(said)
            raise NotebookError(
                first.at(int(line[1]) - len(head)) if line else Place(str(path)),
                f"jupytext cannot read this file: {_AT_LINE.sub('', said)}",
                "Compare its header and its cells with what `jupytext --to` writes.",
            ) from error
    return read


def _places(
    sources: Sequence[str], lines: Sequence[str], suffix: str, where: Place, head: int
) -> Iterator[Place]:
    """Yield the first line of each cell, in order."""
    at, lines = 0, [line.translate(_LINE_ENDS) for line in lines]
    for source in sources:
        source_lines = source.split("\n")
        skipped = 0
        start = _found(source_lines, lines, at, suffix)
        if start is None and source_lines[0].startswith("%%"):  # the magic of another language
            skipped, start = 1, _found(source_lines[1:], lines, at, suffix)
        if start is None:
            yield where.at(head + min(at, len(lines) - 1) + 1)
            continue
        yield where.at(max(head + start - skipped, 0) + 1)
        at = start + (len(source_lines) - skipped if source else 0)


def _found(
    source_lines: Sequence[str], lines: Sequence[str], start: int, suffix: str
) -> int | None:
    """Return the index, from ``start`` on, of the lines of a cell; of an empty cell, the index
    behind its opening line.
    """
    if not any(source_lines):
        opens = [_MARKER] if suffix == SCRIPT else [pattern for pattern, _ in _OPENED]
        return next(
            (
                min(at + 1, len(lines) - 1)
                for at in range(start, len(lines))
                if any(pattern.fullmatch(lines[at]) for pattern in opens)
            ),
            None,
        )
    for at in range(start, len(lines) - len(source_lines) + 1):
        if all(
            _is(line, written, suffix)
            for line, written in zip(source_lines, lines[at : at + len(source_lines)], strict=True)
        ):
            return at
    return None


def _is(line: str, written: str, suffix: str) -> bool:
    """True if the file may have a line of a cell as ``written``."""
    if line == written or suffix != SCRIPT:
        return line == written
    if line == _COMMENT.sub("", written, count=1) or f"# {line}" == written:
        return True
    bare = _QUOTED.sub("", written)
    return bare != written and bare == line


def _refuse_tags(lines: Sequence[str], first: Place) -> None:
    """Refuse tags of a cell that are no list, which jupytext does without naming their line."""
    for number, line in enumerate(lines, start=1):
        if _TAGS_AS_TEXT.search(line) and (
            _MARKER.fullmatch(line) or _OPENED[0][0].fullmatch(line)
        ):
            raise NotebookError(
                first.at(number),
                "the tags of this cell are text, not a list",
                'Write tags as `tags=["parameters"]`.',
            )


def _refuse_open(
    cell: NotebookNode, place: Place, lines: Sequence[str], head: int, suffix: str
) -> None:
    """Refuse a cell that begins and does not end, or whose options cannot be read."""
    start = (place.line or 1) - head - 1
    above = start - 1
    while above > 0 and not lines[above].strip():
        above -= 1
    before = lines[above] if 0 <= above < len(lines) else ""
    options = cell.metadata.get(_UNREAD)
    if options and "tags" in options:
        raise NotebookError(
            place.at(above - start + 1),
            f"the options of this cell cannot be read: {options}",
            'Write tags as `tags=["parameters"]`.',
        )
    if suffix == SCRIPT:
        quoted = _QUOTED.match(cell.source) if cell.cell_type != "code" else None
        if quoted:
            raise NotebookError(
                place,
                f"the text of this cell begins with `{quoted[0]}` and does not end with it",
                f"End it with a line of `{quoted[1]}`, and begin the next cell below.",
            )
        return
    end = start + cell.source.count("\n") + 1 if cell.source else start
    after = next((line for line in lines[end:] if line.strip()), "")
    for opens, closes in _OPENED:
        match = opens.fullmatch(before)
        closing = closes.format(fence=match["fence"]) if match else ""
        if match and re.sub(r"\s", "", after) != re.sub(r"\s", "", closing):
            raise NotebookError(
                place.at(above - start + 1),
                "this cell begins here and does not end",
                f"End it with a line of its own: {closing}",
            )
