"""The proof of a page: its marks, the list "How we know", and the same for machines.

A page's body, as either renderer makes it, has each fact and each claim that an author marked as a
plain `<span>`. Here the marks are compared with what the run declared; a mark that does not agree
is a fault of the page. The others become links to the list at the end, "How we know", which links
back to each; `theme/facts.js` shows an entry of the list beside the words. `facts.json`
(`facts.schema.json`) says the same to machines.

Marks in titles are checked too, and stay plain text there, because a headline is a link elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import unescape
from typing import Any, Literal

from markupsafe import Markup

from broadsheet.data.origin import Origin
from broadsheet.errors import Notice, Place
from broadsheet.language import speaking
from broadsheet.markdown.document import Document, Inline, Rendered
from broadsheet.markdown.finished_edition import Finished
from broadsheet.markdown.prose import Passage
from broadsheet.site.copied_files import SCHEMA
from broadsheet.site.templates import rendered as template
from broadsheet.verify.ledger import Ledger, ledger_path
from broadsheet.verify.marks import Mark, broken, together
from broadsheet.verify.old_spelling import deprecation
from broadsheet.verify.sentences import sentences

FACTS = "facts.json"

_TAG = re.compile(r"<(?P<end>/?)span\b(?P<attributes>[^>]*)>")
_MARK = re.compile(r'\bclass="(?:[^"]* )?(?P<fact>fact)\b|\bdata-claim="(?P<claim>[^"]*)"')
_NAME = re.compile(r'\b(?:data-)?name="([^"]*)"')


@dataclass(frozen=True)
class Proof:
    """``html`` is the body with its marks, ``section`` the list at its end; ``inlines`` are without
    marks; ``files`` go beside the page; ``based_on`` are its tables and documents for schema.org;
    ``stated`` are the facts that the page states.
    """

    html: str
    inlines: Mapping[str, Inline]
    section: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    based_on: tuple[Mapping[str, Any], ...] = ()
    notices: tuple[Notice, ...] = ()
    stated: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Span:
    """A mark in HTML: the positions of its tags and of its words."""

    kind: Literal["fact", "claim"]
    name: str
    start: int
    inner: int
    inner_end: int
    end: int


def proof_of(finished: Finished, document: Document, rendered: Rendered, ledger: Ledger) -> Proof:
    """The proof of a page, whose ``ledger`` has what it stated before. Raises :class:`FactError`
    for a mark that does not agree with the run.
    """
    of_titles, lang = finished.edition.source.place(1), finished.edition.settings.lang
    marks = [mark for passage in rendered.titles for mark in _marks(passage, of_titles, lang)]
    for passage in (*rendered.prose.passages, *rendered.prose.apart):
        marks += _marks(passage, document, lang)
    errors = broken(marks, finished.facts)
    if errors:
        raise together(errors, finished.edition.slug)
    inlines = {
        name: replace(text, html=unmarked(text.html)) for name, text in rendered.inlines.items()
    }
    notices = (*_unmarked_claims(finished, document), *deprecation(finished.edition.source))
    if not marks:
        return Proof(rendered.html, inlines, notices=notices)
    html, uses = _linked(rendered.html, list(_spans(rendered.html)))
    listed = _Listed(
        finished,
        rendered,
        ledger,
        list(dict.fromkeys((mark.kind, mark.name) for mark in marks)),
        uses,
    )
    with speaking(finished.edition.settings.lang):
        section = template(
            "facts.html.jinja", listed=listed, url=f"{finished.edition.files.name}/{FACTS}"
        )
    files = {str(finished.edition.files / FACTS): listed.json()}
    stated = {name: finished.facts["facts"][name] for kind, name in listed.names if kind == "fact"}
    notices += tuple(_changes(finished, ledger, stated))
    return Proof(f"{html}\n", inlines, section, files, listed.based_on(), notices, stated)


def _marks(passage: Passage, where: Place | Document, language: str) -> Iterator[Mark]:
    """The facts and claims of a passage, each in its sentence."""
    text = passage.text
    for mark in passage.marks:
        if mark.kind not in ("fact", "claim"):
            continue
        place = where if isinstance(where, Place) else _place(mark.kind, mark.name, where)
        spans = (span for span in sentences(text, language) if mark.start < span[1])
        start, end = next(spans, (0, len(text)))
        # A rounding word that is marked as something else is none.
        follows_a_mark = any(one.end == mark.start for one in passage.marks if one is not mark)
        yield Mark(
            mark.kind,
            mark.name,
            text[mark.start : mark.end],
            text[start:end].strip(),
            place,
            "" if follows_a_mark else text[: mark.start],
        )


def unmarked(html: str) -> str:
    """``html`` without the tags of its marks."""
    tags = [
        place
        for span in _spans(html)
        for place in ((span.start, span.inner), (span.inner_end, span.end))
    ]
    for start, end in sorted(tags, reverse=True):
        html = html[:start] + html[end:]
    return html


def _place(kind: str, name: str, document: Document) -> Place:
    """The place where a mark is written."""
    key = "name=" if kind == "fact" else "claim="
    match = re.search(rf'{key}["\']?{re.escape(name)}\b', document.markdown)
    return document.place(document.markdown.count("\n", 0, match.start()) + 1 if match else None)


# Marks in HTML


def _spans(html: str) -> Iterator[_Span]:
    """The marks of a body, in the order of their ends: inner ones first."""
    if "<span" not in html:
        return
    opened: list[tuple[re.Match[str], re.Match[str] | None]] = []
    for tag in _TAG.finditer(html):
        if not tag["end"]:
            opened.append((tag, _MARK.search(tag["attributes"])))
        elif opened:
            start, mark = opened.pop()
            if mark is None:
                continue
            name = _NAME.search(start["attributes"]) if mark["fact"] else None
            yield _Span(
                "fact" if mark["fact"] else "claim",
                unescape(name[1] if name else mark["claim"] or ""),
                start.start(),
                start.end(),
                tag.start(),
                tag.end(),
            )


def _linked(html: str, spans: Sequence[_Span]) -> tuple[str, dict[tuple[str, str], list[str]]]:
    """The body with each mark a link to its entry, and the ids of the marks of each fact and claim."""
    uses: dict[tuple[str, str], list[str]] = {}
    insertions: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda one: one.start):
        many = uses.setdefault((span.kind, span.name), [])
        many.append(f"{span.kind}-{span.name}-{len(many) + 1}")
        identifier, name = Markup.escape(many[-1]), Markup.escape(span.name)
        link = f'<a class="{span.kind}" href="#{span.kind}-{name}"'
        pieces = _pieces(html, span)
        if pieces == [(span.inner, span.inner_end)]:
            insertions += [
                (span.start, span.inner, f'{link} id="{identifier}">'),
                (span.inner_end, span.end, "</a>"),
            ]
            continue
        # A link can hold no other: where the words hold a fact, the words around it are the link.
        insertions += [
            (span.start, span.inner, f'<span id="{identifier}">'),
            (span.inner_end, span.end, "</span>"),
        ]
        for first, last in pieces:
            insertions += [(first, first, f"{link}>"), (last, last, "</a>")]
    for first, last, text in sorted(insertions, key=lambda one: one[:2], reverse=True):
        html = html[:first] + text + html[last:]
    return html, uses


def _pieces(html: str, span: _Span) -> list[tuple[int, int]]:
    """The parts of a mark's words that can be a link: all of them, or the text between the marks
    and links in it.
    """
    if not re.search(r"<(?:a|span)\b", html[span.inner : span.inner_end]):
        return [(span.inner, span.inner_end)]
    pieces, depth, last = [], 0, span.inner
    for tag in re.finditer(r"<(/?)[^>]+>", html[span.inner : span.inner_end]):
        at = span.inner + tag.start()
        if depth == 0 and html[last:at].strip():
            words = html[last:at]
            pieces.append(
                (last + len(words) - len(words.lstrip()), at - len(words) + len(words.rstrip()))
            )
        depth += -1 if tag[1] else 1
        last = span.inner + tag.end()
    tail = html[last : span.inner_end]
    if depth == 0 and tail.strip():
        pieces.append(
            (last + len(tail) - len(tail.lstrip()), span.inner_end - len(tail) + len(tail.rstrip()))
        )
    return pieces


def _unmarked_claims(finished: Finished, document: Document) -> Iterator[Notice]:
    written = "\n".join([document.markdown, *document.inlines.values()])
    marked = set(re.findall(r"claim=[\"']?([\w-]+)", written))
    for name, claim in finished.facts.get("claims", {}).items():
        if name not in marked and claim.get("named", True):
            yield Notice(
                finished.edition.source.place(),
                f"the claim `{name}` is made and no words rest on it: {claim['says']}",
                f"Mark the words: [words]{{claim={name}}}; or take the claim away.",
            )


def _changes(
    finished: Finished, ledger: Ledger, stated: Mapping[str, Mapping[str, Any]]
) -> Iterator[Notice]:
    """A notice if a published page would state something else than was recorded."""
    changed = ledger.changed(stated)
    if changed:
        changes = "; ".join(
            f"`{name}` was {entry.text} ({entry.value}) on {entry.on} and is {stated[name]['text']} "
            f"({stated[name]['value']})"
            for name, entry in changed.items()
        )
        yield Notice(
            Place(str(ledger_path(finished.edition))),
            f"edition {finished.edition.slug} states other values than were recorded: {changes}",
            f"Readers are told so; if it is meant, record it: broadsheet facts "
            f"record {finished.edition.slug}",
        )


# The list


@dataclass(frozen=True)
class _Listed:
    """The facts and claims of a page, in the order of their first marks."""

    finished: Finished
    rendered: Rendered
    ledger: Ledger
    names: Sequence[tuple[str, str]]
    uses: Mapping[tuple[str, str], Sequence[str]]

    @cached_property
    def facts(self) -> list[dict[str, Any]]:
        return [self._fact(name) for kind, name in self.names if kind == "fact"]

    @cached_property
    def claims(self) -> list[dict[str, Any]]:
        return [self._claim(name) for kind, name in self.names if kind == "claim"]

    def _fact(self, name: str) -> dict[str, Any]:
        fact = self.finished.facts["facts"][name]
        sources = self._sources(fact["sources"])
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
        known = self.ledger.history(name, fact)
        return (
            {"history": [{"on": one.on, "text": one.text, "value": one.value} for one in known]}
            if known
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
            "sources": self._sources(claim["sources"]),
            "uses": list(self.uses.get(("claim", name), ())),
        }

    @staticmethod
    def shown(sources: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Sources for readers: tables of one publisher are one."""
        return list(
            {
                one["publisher"] if one["kind"] == "table" else one["key"]: one for one in sources
            }.values()
        )

    def _sources(self, names: Sequence[str]) -> list[dict[str, Any]]:
        return [
            self._document(name[1:]) if name.startswith("@") else self._table(name)
            for name in names
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
        }

    def json(self) -> bytes:
        """`facts.json`."""
        edition = self.finished.edition
        up = "../" * len(edition.files.parts)
        data = {
            "$schema": f"{up}{SCHEMA}",
            "page": edition.url,
            "facts": self.facts,
            "claims": self.claims,
        }
        return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()

    def based_on(self) -> tuple[Mapping[str, Any], ...]:
        """The sources as schema.org has them."""
        found = {}
        for one in (
            source for listed in (*self.facts, *self.claims) for source in listed["sources"]
        ):
            made = (
                _dataset(self.finished.origins[one["name"]])
                if one["kind"] == "table"
                else {
                    "@type": "CreativeWork",
                    "name": one.get("title", one["key"]),
                    "url": one.get("url"),
                    "datePublished": one.get("published"),
                    "publisher": one.get("publisher"),
                }
            )
            found[one.get("name") or one["key"]] = {
                key: value for key, value in made.items() if value
            }
        return tuple(found.values())


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
