"""Reads the rows of a CSV file, within limits; and refuses files that have its name and are
something else.

Files come from other people's servers, so a file called `.csv` may be an error page, an archive, a
spreadsheet, or a table of a million columns. :func:`refuse_foreign` tells by the first bytes what a
file is, and says what to do; :func:`csv_rows` reads rows, and stops at the first limit.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from broadsheet.errors import DataError, Place
from broadsheet.storage.limits import TABLE, exceeded

_UNPACK = "Unpack it, and use the CSV file that is in it."
_SAVE_OR_UNPACK = "Save each sheet that you need as CSV, or unpack the archive."
_EXPORT = "Open it in the program that it is of, and save the table as CSV."
_EXPORT_SHEET = "Open it as a spreadsheet, and save each sheet that you need as CSV."
_FETCH = "Open the address in a browser, and see what to download in its place."
_CONVERT = "Read it with pandas, and write it with `to_csv(index=False)`."
_AS_UTF_8 = "Save the file as UTF-8 (spreadsheets call it “CSV UTF-8”)."

_SIGNATURES = (
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"PK\x03\x04", "a spreadsheet (.xlsx, .ods) or another ZIP archive", _SAVE_OR_UNPACK),
    (b"PK\x05\x06", "an empty ZIP archive", _FETCH),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook (.xls)", _EXPORT_SHEET),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", _CONVERT),
    (b"CDF\x01", "a NetCDF file", _CONVERT),
    (b"CDF\x02", "a NetCDF file", _CONVERT),
    (b"SQLite format 3\x00", "an SQLite database", _EXPORT),
    (b"%PDF-", "a PDF file", _EXPORT),
    (b"\x89PNG\r\n", "a picture (PNG)", _EXPORT),
    (b"\xff\xd8\xff", "a picture (JPEG)", _EXPORT),
    (b"{\\rtf", "an RTF document", _EXPORT),
    (
        b"version https://git-lfs.github.com/spec/",
        "a pointer of Git LFS, and the table is not here",
        "Fetch it: `git lfs pull`.",
    ),
)
"""The first bytes of files that are taken for tables, the kind of file, and the remedy."""
_OF_LETTERS = (
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"PAR1", "a Parquet file", _CONVERT),
    (b"ARROW1", "a Feather file", _CONVERT),
    (b"ORC", "an ORC file", _CONVERT),
    (b"GIF8", "a picture (GIF)", _EXPORT),
)
"""The same for first bytes that are also those of a header, such as `ORCID,name`."""
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_MARKUP = re.compile(rb"<(?:!doctype\s+)?html\b|<(?:head|body|script|table)\b", re.IGNORECASE)
_XML = re.compile(rb"<\?xml\b|<[a-z][\w.:-]*(?:\s[^<>]*)?>\s*<", re.IGNORECASE)
_JSON = re.compile(rb"\{\s*(?:\"(?:[^\"\\]|\\.)*\"\s*:|\})|\[\s*[\[{]")
_BEGINNING = 4096
"""The number of bytes that show what a file is."""


def refuse_foreign(data: bytes, where: Place | str, what: str = "") -> None:
    """Raise :class:`DataError` at ``where`` for a file that is surely not CSV. ``what`` begins the
    message.
    """
    if kind := _kind(data[:_BEGINNING]):
        raise DataError(where, f"{what}this is no CSV file: it is {kind[0]}", kind[1])


def _kind(start: bytes) -> tuple[str, str] | None:
    """Return the kind of a file with this beginning, and the remedy; None if it may be CSV."""
    signatures = (*_SIGNATURES, *_OF_LETTERS) if _NO_TEXT.search(start) else _SIGNATURES
    for signature, kind, mend in signatures:
        if start.startswith(signature):
            return kind, mend
    if start.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "text in UTF-32", _AS_UTF_8
    if len(start) > 3 and not (any(start[1:-1:2]) and any(start[:-1:2])):
        return "text in UTF-16, or nothing but NUL", _AS_UTF_8
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _MARKUP.match(text) or (_XML.match(text) and _MARKUP.search(text)):
        return "a web page, such as a server's error page", _FETCH
    if _XML.match(text):
        return "XML", _CONVERT
    if _JSON.match(text):
        return "JSON, such as a server's error message", _CONVERT
    return None


def csv_rows(
    text: str, where: Place | str, delimiter: str = ",", what: str = ""
) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not empty, with the number of the line on which it ends. ``what``
    begins the messages. Raises :class:`DataError` for what is not CSV, and :class:`LimitError` for
    a cell that is too long, or for too many columns in the first row or cells in all.
    """
    columns, cells, longest = TABLE["columns"], TABLE["cells"], TABLE["cell-size"]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    count = 0
    try:
        for row in reader:
            if not row:
                continue
            if not count and len(row) > columns.value:
                raise exceeded(
                    columns, len(row), _at(where, reader.line_num), f"{what}the header", _LONG_FORM
                )
            if max(map(len, row)) > longest.value:
                raise csv.Error("field larger than the limit")
            count += len(row)
            if count > cells.value:
                raise exceeded(
                    cells, cells.value, where, f"{what}the file", _FEWER_ROWS, at_least=True
                )
            yield reader.line_num, row
    except csv.Error as error:
        raise DataError(
            _at(where, reader.line_num), f"{what}this is not CSV: {_reason(error)}", _QUOTES
        ) from None


_LONG_FORM = (
    "Write the table in the long form: a row for each value, with a column that says which it is."
)
_FEWER_ROWS = "Keep the rows and columns that an article shows."
_QUOTES = (
    'Put a cell that holds a comma, a quote or a line break in "quotes", and double the quotes '
    "within it."
)


def _reason(error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return "a quote opens and does not close"
    if "field larger" in str(error):
        return (
            f"a cell of more than {TABLE['cell-size'].value:,.0f} characters; perhaps a quote opens "
            "and does not close"
        )
    return str(error)


def _at(where: Place | str, line: int) -> Place:
    return Place(where.file if isinstance(where, Place) else where, line=line)
