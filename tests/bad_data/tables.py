"""Tables (CSV) that are wrong: a case is the bytes of a file that has the columns `year`, `total`,
`day`, `note`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

HEADER = b"year,total,day,note\n"
ROW = b"2021,146.9,2022-01-14,all\n"
GOOD = HEADER + ROW

FIELDS = [
    {"name": "year", "title": "Year", "type": "integer"},
    {"name": "total", "title": "Total", "type": "number"},
    {"name": "day", "title": "Day", "type": "date"},
    {"name": "note", "title": "Note", "type": "string"},
]


def row(line: bytes) -> bytes:
    """The good table with one more row."""
    return GOOD + line + b"\n"


CASES: dict[str, bytes] = {
    "empty": b"",
    "blank-lines": b"\n\n\r\n\n",
    "header-only": HEADER,
    "no-header": ROW,
    "byte-order-mark-alone": b"\xef\xbb\xbf",
    "nul-alone": b"\0",
    "nul-in-header": b"ye\0ar,total,day,note\n" + ROW,
    "nul-in-number": row(b"20\x0022,1,,"),
    "nul-in-text": row(b"2022,1,,a\0b"),
    "control-characters-in-text": row(b"2022,1,,a\x07\x1b[31mb"),
    "not-utf-8": row(b"2022,1,,caf\xe9"),
    "utf-16": GOOD.decode().encode("utf-16"),
    "lone-surrogate": row("2022,1,,a\udc80".encode("utf-8", "surrogatepass")),
    "a-spreadsheet": b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00" * 20,
    "json": b'[{"year": 2021, "total": 146.9}]',
    "html": b"<!doctype html>\n<title>404</title>\n<p>Not found, sorry",
    "semicolons": GOOD.replace(b",", b";"),
    "tabs": GOOD.replace(b",", b"\t"),
    "carriage-returns-alone": GOOD.replace(b"\n", b"\r"),
    "mixed-line-ends": HEADER + b"2021,1,,a\r\n2022,x,,b\r2023,3,,c\n",
    "too-few-cells": row(b"2022,1"),
    "too-many-cells": row(b"2022,1,234.5,2022-01-14,all"),
    "far-too-many-cells": row(b"," * 100_000),
    "quote-never-closed": row(b'2022,1,,"all that is left') + ROW * 3,
    "quote-within": row(b'2022,1,,"a"b"'),
    "quote-never-closed-and-long": row(b'2022,1,,"' + b"x" * 140_000),
    "column-missing": b"year,total,note\n2021,1,a\n",
    "column-without-name": b"year,total,day,note,\n2021,1,,a,\n",
    "column-twice": b"year,total,day,note,total\n2021,1,,a,2\n",
    "column-too-many": b"year,total,day,note,extra\n2021,1,,a,2\n",
    "columns-in-another-order": b"total,year,day,note\n1,2021,,a\n",
    "column-with-spaces": b"year, total,day,note\n2021,1,,a\n",
    "hundred-thousand-columns": b",".join(b"c%d" % number for number in range(100_000)) + b"\n",
    "hundred-thousand-equal-columns": b",".join([b"year"] * 100_000) + b"\n",
    "column-with-a-long-name": b"year,total,day,note," + b"n" * 100_000 + b"\n",
    "text-for-a-number": row(b"2022,many,,"),
    "thousands": row(b'2022,"1,234.5",,'),
    "decimal-comma": row(b'2022,"1,5",,'),
    "percent": row(b"2022,12%,,"),
    "nan": row(b"2022,nan,,"),
    "infinity": row(b"2022,inf,,"),
    "too-great": row(b"2022,1e999,,"),
    "five-thousand-digits": row(b"2022," + b"9" * 5000 + b",,"),
    "whole-number-of-five-thousand-digits": row(b"9" * 5000 + b",1,,"),
    "whole-number-past-64-bits": row(b"9223372036854775808,1,,"),
    "fraction-for-a-whole-number": row(b"2022.5,1,,"),
    "hexadecimal": row(b"0x7e6,1,,"),
    "underscore": row(b"2_022,1,,"),
    "arabic-digits": row("٢٠٢٢,1,,".encode()),
    "day-that-does-not-exist": row(b"2022,1,2023-02-30,"),
    "month-that-does-not-exist": row(b"2022,1,2023-13-01,"),
    "day-zero": row(b"2022,1,0000-00-00,"),
    "day-with-time": row(b"2022,1,2023-01-01T10:00,"),
    "day-the-american-way": row(b"2022,1,05/26/2023,"),
    "day-past-9999": row(b"2022,1,10000-01-01,"),
    "key-empty": row(b",1,,"),
    "key-twice": row(b"2021,2,,"),
    "many-faults": GOOD + b"".join(b"x%d,y,z,\n" % number for number in range(1000)),
    "long-cell": row(b"2022," + b"x" * 100_000 + b",,"),
}


def _folder(path: Path) -> None:
    path.mkdir()


def _looping(path: Path) -> None:
    path.symlink_to(path.name)


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def _outside(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


PLACES: dict[str, Callable[[Path], None]] = {
    "a-folder": _folder,
    "a-pipe": os.mkfifo,
    "a-looping-link": _looping,
    "a-dangling-link": _dangling,
    "a-link-out": _outside,
    "a-device": _device,
    "nothing": lambda path: None,
}
"""What stands where a table should be."""
