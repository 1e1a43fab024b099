"""The list "How we know" of a page, and `facts.json`: the ground of its facts and claims.

In the list, what is stated under two names or in two forms is one entry, with several ways back.
Values are rounded to what a reader can use; `facts.json` has each fact, and its exact value. A
value that a row of a table has names the sources that the row cites, and what the table notes about
it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from broadsheet.data.origin import Origin
from broadsheet.markdown.document import Rendered
from broadsheet.markdown.finished_edition import Finished
from broadsheet.site.article.marked_words import Name
from broadsheet.site.article.table_places import NO_PLACES, TablePlaces, file_kind
from broadsheet.site.theme.theme_files import SCHEMA
from broadsheet.verify.ledger import Ledger, entry_of
from broadsheet.verify.marks import Declared
from broadsheet.verify.numbers.table_rows import TableRow, row_of


def entries_of(names: Iterable[Name], declared: Declared) -> dict[Name, Name]:
    """Return the entry of each fact and claim: the first that states the same of the same value."""
    first: dict[str, Name] = {}
    return {name: first.setdefault(_content(name, declared), name) for name in names}


def _content(name: Name, declared: Declared) -> str:
    kind, key = name
    entry = declared[f"{kind}s"][key]
    if kind == "claim":
        parts = [kind, entry["says"], entry["sources"]]
    else:
        place = entry["place"] or entry["text"]
        parts = [
            kind,
            place,
            entry["value"],
            entry["unit"],
            entry["note"],
            entry["sources"],
            entry["as_of"],
        ]
    return json.dumps(parts)


_PLAIN = {"place": "", "working": "", "remark": ""}
"""A value that was not computed, of which there is nothing to say."""


@dataclass(frozen=True)
class HowWeKnow:
    """The facts and claims of a page, in the order of their first marks."""

    root: Path
    """The publication's folder."""
    finished: Finished
    """The edition after its run."""
    rendered: Rendered
    """The page's text."""
    ledger: Ledger
    """The values that the page stated before."""
    known_as: Mapping[Name, Name]
    """The entry of each fact and claim in the list."""
    uses: Mapping[Name, Sequence[str]]
    """The ids of the marks of each entry."""
    places: TablePlaces = NO_PLACES
    """The places where readers find the tables."""

    @cached_property
    def all_facts(self) -> list[dict[str, Any]]:
        """The facts of `facts.json`."""
        return [self._fact(name) for kind, name in self.known_as if kind == "fact"]

    @cached_property
    def all_claims(self) -> list[dict[str, Any]]:
        """The claims of `facts.json`."""
        return [self._claim(name) for kind, name in self.known_as if kind == "claim"]

    @cached_property
    def facts(self) -> list[dict[str, Any]]:
        """The entries of the list for readers."""
        merged = self._merged("fact", self.all_facts)
        for fact in merged:
            (row,) = self._rows["fact", fact["name"]]
            fact["remarks"] = row.remarks if row else ()
            declared = self.finished.facts["facts"][fact["name"]]
            fact["is_computed"] = declared["is_computed"]
            if row is None and isinstance(fact["value"], str):
                row = self._row([fact["value"]], fact["value"], self._origins("fact", fact["name"]))
            derivation = declared.get("derivation", {})
            is_number = isinstance(fact["value"], (int, float))
            fact["is_explained"] = bool(derivation) or not is_number
            self._explain("fact", fact, [derivation], [row])
        return merged

    @cached_property
    def claims(self) -> list[dict[str, Any]]:
        """The entries of the list for readers."""
        merged = self._merged("claim", self.all_claims)
        for claim in merged:
            rows = self._rows["claim", claim["name"]]
            claim["evidence"] = [
                {**one, "remarks": row.remarks if row else ()}
                for one, row in zip(claim["evidence"], rows, strict=True)
            ]
            derivations = self.finished.facts["claims"][claim["name"]].get("derivations", ())
            self._explain("claim", claim, derivations, rows)
        return merged

    def _explain(
        self,
        kind: str,
        entry: dict[str, Any],
        derivations: Sequence[Mapping[str, Any]],
        rows: Sequence[TableRow | None],
    ) -> None:
        """Add to an entry how its values were computed, and the rows of the tables that they are
        in.
        """
        origins = self._origins(kind, entry["name"])
        named = {origin.name: origin for origin in origins}
        entry["derivations"] = []
        numbers: dict[str, set[int]] = {}
        used = [row for row in rows if row]
        for derivation in derivations:
            parts = []
            for part in derivation.get("parts", ()):
                of = [named[name] for name in part.get("tables", ()) if name in named]
                row = self._row(part.get("key", ()), part.get("value"), of)
                used += [row] if row else []
                titles = [origin.title for origin in of] if len(named) > len(of) == 1 else []
                remarks = row.remarks if row else ()
                parts.append({**_PLAIN, **part, "remarks": remarks, "titles": titles})
            entry["derivations"].append({**_PLAIN, **derivation, "parts": parts})
        for row in used:
            numbers.setdefault(row.table, set()).add(row.number)
        entry["tables"] = [
            {
                "title": origin.title,
                "page": _from_root(self.places.page(origin.name)),
                "file": _from_root(self.places.file(origin.path)),
                "file_kind": file_kind(origin.path),
                "known": origin.known.isoformat() if origin.known else "",
                "rows": sorted(numbers.get(origin.name, ())),
            }
            for origin in named.values()
        ]

    @cached_property
    def reported(self) -> list[tuple[str, str, str]]:
        """Words that report what somebody said, who it was, and the address of the document."""
        held: dict[tuple[str, str], tuple[str, str, str]] = {}
        for passage in self.rendered.prose.passages:
            for mark in passage.marks:
                words = passage.text[mark.start : mark.end].strip()
                if mark.kind == "held" and words:
                    held.setdefault((words, mark.name), (words, *self._holder(mark.name)))
        return list(held.values())

    def _holder(self, named: str) -> tuple[str, str]:
        if not named.startswith("@"):
            return named, ""
        document = self._document(named[1:])
        names = [document[key] for key in ("publisher", "title") if document.get(key)]
        return ", ".join(names) or document["key"], document.get("url") or ""

    def _merged(self, kind: str, entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        merged: dict[str, dict[str, Any]] = {}
        for entry in entries:
            name = self.known_as[kind, entry["name"]][1]
            if name not in merged:
                merged[name] = {**entry, "texts": [], "names": []}
            else:
                merged[name]["uses"] = [*merged[name]["uses"], *entry["uses"]]
                merged[name]["names"].append(entry["name"])
            if "text" in entry and entry["text"] not in merged[name]["texts"]:
                merged[name]["texts"].append(entry["text"])
        return list(merged.values())

    def _origins(self, kind: str, name: str) -> list[Origin]:
        named = self.finished.facts[f"{kind}s"][name]["sources"]
        return [self.finished.origins[one] for one in named if not one.startswith("@")]

    @cached_property
    def _rows(self) -> dict[Name, list[TableRow | None]]:
        """The row of each fact, and those of the evidence of each claim."""
        rows: dict[Name, list[TableRow | None]] = {}
        for kind, name in self.known_as:
            declared, origins = self.finished.facts[f"{kind}s"][name], self._origins(kind, name)
            values = [declared] if kind == "fact" else declared["evidence"]
            rows[kind, name] = [
                self._row(key, of["value"], origins)
                for key, of in zip(declared["keys"], values, strict=True)
            ]
        return rows

    def _row(self, key: Sequence[str], value: Any, origins: Sequence[Origin]) -> TableRow | None:
        rows = (row_of(self.root, origin, key, value) for origin in origins)
        return next((row for row in rows if row), None)

    def _fact(self, name: str) -> dict[str, Any]:
        fact = self.finished.facts["facts"][name]
        sources = self._sources(fact["sources"], self._rows["fact", name])
        as_of = fact["as_of"] or max(
            (one["published"] for one in sources if one.get("published")), default=None
        )
        return {
            "name": name,
            "text": fact["text"],
            "value": fact["value"],
            "said": fact["said"],
            "unit": fact["unit"],
            "place": fact["place"],
            "as_of": as_of,
            "note": fact["note"],
            "sources": sources,
            "uses": list(self.uses.get(("fact", name), ())),
            **self._history(name, fact),
        }

    def _history(self, name: str, fact: Mapping[str, Any]) -> dict[str, Any]:
        earlier = self.ledger.history(entry_of("fact", name, fact))
        return (
            {"history": [{"on": one.on, "text": one.text, "value": one.value} for one in earlier]}
            if earlier
            else {}
        )

    @property
    def changed(self) -> list[dict[str, Any]]:
        """The facts that had another value when the page was published."""
        return [fact for fact in self.facts if "history" in fact]

    def _claim(self, name: str) -> dict[str, Any]:
        claim = self.finished.facts["claims"][name]
        return {
            "name": name,
            "says": claim["says"],
            "holds": claim["truth"],
            "evidence": list(claim["evidence"]),
            "sources": self._sources(claim["sources"], self._rows["claim", name]),
            "uses": list(self.uses.get(("claim", name), ())),
        }

    @staticmethod
    def shown(sources: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Return the sources for readers: tables of one publisher are one; a table without a page
        of its own gives way to the documents that its rows cite.
        """
        has_documents = any(source["kind"] == "document" for source in sources)
        listed: dict[str, Mapping[str, Any]] = {}
        for source in sources:
            if source["kind"] == "document":
                listed[source.get("url") or source["key"]] = source
            elif source["url"] or not has_documents:
                listed[source["publisher"]] = source
        return list(listed.values())

    def _sources(
        self, names: Sequence[str], rows: Sequence[TableRow | None]
    ) -> list[dict[str, Any]]:
        """Return the sources by their names, after those that the rows cite."""
        cited = [
            {"kind": "document", "key": one.key, "title": one.title, "publisher": one.publisher}
            | ({"url": one.path} if one.path else {})
            for one in dict.fromkeys(source for row in rows if row for source in row.sources)
        ]
        return [
            *cited,
            *(
                self._document(name[1:]) if name.startswith("@") else self._table(name)
                for name in names
            ),
        ]

    def _document(self, key: str) -> dict[str, Any]:
        return {"kind": "document", "key": key, **self.rendered.references.get(key, {})}

    def _table(self, name: str) -> dict[str, Any]:
        origin = self.finished.origins[name]
        return {
            "kind": "table",
            "name": name,
            "title": origin.title,
            "publisher": _publishers(origin),
            "url": _address(origin),
            "as_of": origin.as_of.isoformat(),
            "retrieved": origin.retrieved.isoformat(),
            "sha256": origin.sha256,
            **({"known": origin.known.isoformat()} if origin.known else {}),
        }

    def json(self) -> bytes:
        """Return the content of `facts.json`."""
        edition = self.finished.edition
        up = "../" * len(edition.files.parts)
        data = {
            "$schema": f"{up}{SCHEMA}",
            "page": edition.url,
            "facts": self.all_facts,
            "claims": self.all_claims,
        }
        # Python's own encoder is six times as slow when it indents.
        plain = json.dumps(data, ensure_ascii=False)
        return msgspec.json.format(plain.encode(), indent=1) + b"\n"

    def based_on(self) -> tuple[Mapping[str, Any], ...]:
        """Return the sources as schema.org has them."""
        described = {}
        cited = (used for entry in (*self.all_facts, *self.all_claims) for used in entry["sources"])
        for source in cited:
            fields = (
                _dataset(self.finished.origins[source["name"]])
                if source["kind"] == "table"
                else {
                    "@type": "CreativeWork",
                    "name": source.get("title", source["key"]),
                    "url": source.get("url"),
                    "datePublished": source.get("published"),
                    "publisher": source.get("publisher"),
                }
            )
            described[source.get("name") or source["key"]] = {
                key: value for key, value in fields.items() if value
            }
        return tuple(described.values())


def _from_root(path: str) -> str:
    return f"/{path}" if path else ""


def _dataset(origin: Origin) -> dict[str, Any]:
    return {
        "@type": "Dataset",
        "name": origin.title,
        "description": origin.description,
        "url": _address(origin),
        "creator": {"@type": "Organization", "name": _publishers(origin)},
        "temporalCoverage": f"../{origin.as_of}",
        "dateModified": origin.retrieved.isoformat(),
        "license": next((licence.path for licence in origin.licences), None),
    }


def _address(origin: Origin) -> str | None:
    return next(
        (source.path for source in origin.sources if source.path and source.key is None), None
    )


def _publishers(origin: Origin) -> str:
    named = [source for source in origin.sources if source.key is None] or list(origin.sources[:1])
    return "; ".join(dict.fromkeys(source.publisher for source in named))
