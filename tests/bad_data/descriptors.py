"""Descriptors (`data/datapackage.json`) that are wrong: a case changes the good one, or is the
whole file's bytes.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from conftest import TABLE

Descriptor = dict[str, Any]
DAY = {"name": "day", "title": "Day", "type": "date"}


def good() -> Descriptor:
    """A descriptor of one table."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "test",
        "title": "Test",
        "resources": [copy.deepcopy(TABLE)],
    }


def at(*path: str | int, value: Any) -> Callable[[Descriptor], bytes]:
    """The good descriptor with another value at a path; `...` takes the key away."""

    def change(descriptor: Descriptor) -> bytes:
        parent: Any = descriptor
        for step in path[:-1]:
            parent = parent[step]
        if value is ...:
            del parent[path[-1]]
        else:
            parent[path[-1]] = value
        return json.dumps(descriptor).encode()

    return change


def table(*path: str | int, value: Any) -> Callable[[Descriptor], bytes]:
    """The good descriptor with another value in its table."""
    return at("resources", 0, *path, value=value)


def total(**keys: Any) -> Callable[[Descriptor], bytes]:
    """The good descriptor with other keys of the field `total`."""
    return table(
        "schema", "fields", 1, value={"name": "total", "title": "Total", "type": "number", **keys}
    )


def raw(content: bytes) -> Callable[[Descriptor], bytes]:
    """This file, whatever the good one is."""
    return lambda descriptor: content


def written(old: str, new: str) -> Callable[[Descriptor], bytes]:
    """The good descriptor's text with a piece replaced."""
    return lambda descriptor: (
        json.dumps(descriptor).replace(old, new).encode("utf-8", "surrogatepass")
    )


def twins(**keys: Any) -> Callable[[Descriptor], bytes]:
    """The good descriptor with its table twice, the second with other keys."""
    return lambda good: json.dumps({**good, "resources": [TABLE, {**TABLE, **keys}]}).encode()


CASES: dict[str, Callable[[Descriptor], bytes]] = {
    "empty": raw(b""),
    "blank": raw(b" \n\n "),
    "no-json": raw(b"name: test\nresources: []\n"),
    "half": lambda good: json.dumps(good).encode()[:300],
    "trailing-comma": raw(b'{"name": "test",\n "title": "Test",\n}'),
    "two-documents": lambda good: json.dumps(good).encode() * 2,
    "null": raw(b"null"),
    "list": raw(b"[]"),
    "number": raw(b"12"),
    "text": raw(b'"datapackage"'),
    "not-utf-8": written("Trade by year.", "Trade by y\udcffear."),
    "utf-16": lambda good: json.dumps(good).encode("utf-16"),
    "byte-order-mark": lambda good: b"\xef\xbb\xbf" + json.dumps(good).encode(),
    "nul": lambda good: json.dumps(good).encode() + b"\0",
    "nul-in-text": table("title", value="Tra\0de"),
    "control-character-in-text": written("Trade by year.", "Trade\x07 by year."),
    "lone-surrogate": written('"Trade by year."', '"Trade \\ud800"'),
    "deep": raw(b"[" * 5000 + b"]" * 5000),
    "deep-within": raw(b'{"name": "test", "title": ' + b"[" * 5000 + b"]" * 5000 + b"}"),
    "huge-integer": written('"type": "table"', f'"bytes": {"9" * 5000}, "type": "table"'),
    "huge-integer-as-limit": written('"required": true', f'"minimum": {"9" * 5000}'),
    "nan": written('"required": true', '"minimum": NaN'),
    "infinity": written('"required": true', '"maximum": -Infinity'),
    "too-great-a-number": written('"required": true', '"maximum": 1e999'),
    "same-key-twice": written('"type": "table"', '"type": "table", "type": "file"'),
    "resources-null": at("resources", value=None),
    "resources-missing": at("resources", value=...),
    "resources-a-mapping": at("resources", value={"trade": TABLE}),
    "resources-a-text": at("resources", value="trade.csv"),
    "resource-null": at("resources", 0, value=None),
    "resource-a-path": at("resources", 0, value="trade.csv"),
    "name-missing": table("name", value=...),
    "name-null": table("name", value=None),
    "name-with-spaces": table("name", value="Our Trade"),
    "name-a-path": table("name", value="../trade"),
    "name-too-long": table("name", value="trade-" * 60 + "x"),
    "name-twice": twins(path="other.csv"),
    "path-missing": table("path", value=...),
    "path-null": table("path", value=None),
    "path-empty": table("path", value=""),
    "path-a-list": table("path", value=["trade.csv", "more.csv"]),
    "path-absolute": table("path", value="/etc/passwd"),
    "path-out": table("path", value="../../trade.csv"),
    "path-a-folder": table("path", value="folder"),
    "path-the-folder-itself": table("path", value="."),
    "path-an-address": table("path", value="https://customs.example/trade.csv"),
    "path-missing-file": table("path", value="trad.csv"),
    "path-dangling-link": table("path", value="dangling.csv"),
    "path-looping-link": table("path", value="looping.csv"),
    "path-a-pipe": table("path", value="pipe.csv"),
    "path-a-device": table("path", value="zero.csv"),
    "path-unreadable-folder": table("path", value="trade.csv/inside.csv"),
    "path-nul": table("path", value="trade\0.csv"),
    "path-lone-surrogate": written('"trade.csv"', '"trade\\ud800.csv"'),
    "path-too-long": table("path", value="t" * 300 + ".csv"),
    "path-backslash": table("path", value="..\\trade.csv"),
    "path-newline": table("path", value="trade\n.csv"),
    "type-missing": table("type", value=...),
    "type-unknown": table("type", value="json"),
    "format-unknown": table("format", value="xlsx"),
    "encoding-unknown": table("encoding", value="latin-1"),
    "bytes-a-text": table("bytes", value="12"),
    "hash-null-bytes-set": table("hash", value=None),
    "hash-of-another-kind": table("hash", value="md5:0123"),
    "day-that-does-not-exist": table("as_of", value="2023-02-30"),
    "month-that-does-not-exist": table("retrieved", value="2023-13-01"),
    "day-a-number": table("as_of", value=2023),
    "day-huge": table("as_of", value=10**400),
    "day-a-year": table("as_of", value="2023"),
    "day-with-time": table("as_of", value="2023-01-01T25:61"),
    "day-zero": table("as_of", value="0000-00-00"),
    "day-null": table("as_of", value=None),
    "refresh-too-long": table("refresh", value="P99999Y"),
    "refresh-far-too-long": table("refresh", value=f"P{'9' * 5000}D"),
    "refresh-to-the-end-of-time": table("refresh", value="P7975Y11M3W"),
    "refresh-nothing": table("refresh", value="P"),
    "refresh-with-time": table("refresh", value="PT1H"),
    "refresh-negative": table("refresh", value="-P1Y"),
    "refresh-a-number": table("refresh", value=1),
    "refresh-other-digits": table("refresh", value="P²Y"),
    "sources-null": table("sources", value=None),
    "sources-none": table("sources", value=[]),
    "sources-texts": table("sources", value=["The Customs"]),
    "source-without-publisher": table("sources", value=[{"title": "Trade"}]),
    "source-path-a-number": table("sources", 0, "path", value=5),
    "source-path-a-folder": table("sources", 0, "path", value="../.."),
    "source-path-broken": table("sources", 0, "path", value="https://[::1"),
    "source-key-twice": table(
        "sources",
        value=[
            {"key": "a", "title": "A", "publisher": "A"},
            {"key": "a", "title": "B", "publisher": "B"},
        ],
    ),
    "licences-null": table("licenses", value=None),
    "licence-a-text": table("licenses", value=["CC-BY-4.0"]),
    "licence-null": table("licenses", value=[None]),
    "schema-missing": table("schema", value=...),
    "schema-null": table("schema", value=None),
    "schema-a-path": table("schema", value="schema.json"),
    "fields-none": table("schema", "fields", value=[]),
    "fields-null": table("schema", "fields", value=None),
    "field-null": table("schema", "fields", 1, value=None),
    "field-twice": table("schema", "fields", 1, "name", value="year"),
    "field-without-type": table("schema", "fields", 1, value={"name": "total", "title": "Total"}),
    "field-of-unknown-type": total(type="any"),
    "field-name-a-number": total(name=5),
    "field-unknown-key": total(units="US$"),
    "constraints-null": total(constraints=None),
    "constraints-a-list": total(constraints=["required"]),
    "required-a-text": total(constraints={"required": "yes"}),
    "minimum-a-text": total(constraints={"minimum": "many"}),
    "minimum-a-list": total(constraints={"minimum": [1]}),
    "minimum-a-truth": total(constraints={"minimum": True}),
    "minimum-above-maximum": total(constraints={"minimum": 5, "maximum": 1}),
    "date-limit-that-does-not-exist": table(
        "schema", "fields", 1, value={**DAY, "constraints": {"minimum": "2023-02-30"}}
    ),
    "date-enum-that-does-not-exist": table(
        "schema", "fields", 1, value={**DAY, "constraints": {"enum": ["2023-02-30"]}}
    ),
    "enum-empty": total(constraints={"enum": []}),
    "enum-null": total(constraints={"enum": [None]}),
    "enum-mixed": total(constraints={"enum": [1, "two", 3.5]}),
    "enum-of-lists": total(constraints={"enum": [[1], {"a": 1}]}),
    "enum-huge": written('"unit": "US$ bn"', f'"constraints": {{"enum": [{"9" * 4000}]}}'),
    "pattern-no-regex": total(type="string", constraints={"pattern": "(a"}),
    "pattern-of-a-number": total(constraints={"pattern": "1.*"}),
    "pattern-deep": total(type="string", constraints={"pattern": "(" * 5000 + ")" * 5000}),
    "pattern-huge-repeat": total(type="string", constraints={"pattern": "a{99999999999999999999}"}),
    "pattern-null-byte": total(type="string", constraints={"pattern": "a\0("}),
    "primary-key-missing": table("schema", "primaryKey", value=...),
    "primary-key-unknown": table("schema", "primaryKey", value=["month"]),
    "primary-key-a-text": table("schema", "primaryKey", value="year"),
    "primary-key-twice": table("schema", "primaryKey", value=["year", "year"]),
    "foreign-keys": table(
        "schema",
        "foreignKeys",
        value=[{"fields": "year", "reference": {"resource": "trade", "fields": "year"}}],
    ),
    "notes-of-what-is-not-allowed": total(
        type="string", constraints={"enum": ["a"]}, notes=[{"value": "b", "text": "B"}]
    ),
    "notes-of-unknown-column": total(
        type="string", notes=[{"value": "a", "text": "A"}], of=["nothing"]
    ),
    "notes-of-text": total(type="string", notes=[{"value": "a", "text": "A"}], of=["total"]),
    "unit-a-list": total(unit=["US$"]),
    "inline-data": table("data", value=[{"year": 2021}]),
}
