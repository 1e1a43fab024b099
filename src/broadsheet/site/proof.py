"""The proof of a page: its marks, the list "How we know", and the same for machines.

A page's body, as either renderer makes it, has each fact and each claim that an author marked as a
plain `<span>`. Here the marks are compared with what the run declared; a mark that does not agree
is a fault of the page. The others become links to the list at the end, "How we know", which links
back to each; `theme/facts.js` shows an entry of the list beside the words. `facts.json`
(`facts.schema.json`) says the same to machines.

Marks in titles are checked too, and stay plain text there, because a headline is a link elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from broadsheet.errors import UNREADABLE, BroadsheetError, Notice, Place, joined
from broadsheet.language import speaking
from broadsheet.lexicon import FOLDER
from broadsheet.markdown.document import Document, Inline, Rendered
from broadsheet.markdown.finished_edition import Finished
from broadsheet.markdown.prose import Mark as ProseMark
from broadsheet.markdown.prose import Passage
from broadsheet.site.beside_check import beside_facts
from broadsheet.site.how_we_know import HowWeKnow, entries_of
from broadsheet.site.marked_words import linked, unmarked
from broadsheet.site.templates import rendered as template
from broadsheet.verify.ledger import Entry, Ledger, entry_of, ledger_path
from broadsheet.verify.marks import Mark, broken
from broadsheet.verify.passages import place_of
from broadsheet.verify.sentences import sentences

FACTS = "facts.json"


@dataclass(frozen=True)
class Proof:
    """``html`` is the body with its marks, ``section`` the list at its end; ``inlines`` are without
    marks; ``files`` go beside the page; ``based_on`` are its tables and documents for schema.org;
    ``stated`` is what the page states and claims, for its ledger.
    """

    html: str
    inlines: Mapping[str, Inline]
    section: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    based_on: tuple[Mapping[str, Any], ...] = ()
    notices: tuple[Notice, ...] = ()
    stated: Mapping[str, Entry] = field(default_factory=dict)


def proof_of(
    finished: Finished,
    document: Document,
    rendered: Rendered,
    root: Path,
    ledger: Ledger,
    *,
    faults: list[BroadsheetError] | None = None,
    is_published: Callable[[str], bool] | None = None,
) -> Proof:
    """The proof of a page, whose ``ledger`` has what it stated before; ``root`` is the publication's,
    ``is_published`` says of its files whether they are on the site.
    Raises :class:`FactError` for a mark that does not agree with the run; or, with ``faults``, adds
    it there, and proves the rest.
    """
    of_titles, lang = finished.edition.source.place(1), finished.edition.settings.lang
    marks = [mark for passage in rendered.titles for mark in marks_of(passage, of_titles, lang)]
    for passage in (*rendered.prose.passages, *rendered.prose.apart):
        marks += marks_of(passage, document, lang)
    errors = broken(marks, finished.facts, lang, root / FOLDER)
    for error in errors:
        error.what = f"edition {finished.edition.slug}: {error.what}"
    if errors and faults is None:
        raise joined(errors)
    inlines = {
        name: replace(text, html=unmarked(text.html)) for name, text in rendered.inlines.items()
    }
    notices = (
        *_unreadable_claims(marks, finished),
        *beside_facts(root, finished, document, rendered),
    )
    if errors and faults is not None:
        faults += errors
        return Proof(rendered.html, inlines, notices=notices)
    names = list(dict.fromkeys((mark.kind, mark.name) for mark in marks))
    known_as = entries_of(names, finished.facts)
    html, uses = linked(rendered.html, known_as)
    listed = HowWeKnow(root, finished, rendered, ledger, known_as, uses, is_published)
    if not (names or listed.reported):
        return Proof(rendered.html, inlines, notices=notices)
    with speaking(finished.edition.settings.lang):
        section = template(
            "facts.html.jinja", listed=listed, url=f"{finished.edition.files.name}/{FACTS}"
        )
    files = {str(finished.edition.files / FACTS): listed.json()} if names else {}
    stated = {name: entry_of(kind, name, finished.facts[f"{kind}s"][name]) for kind, name in names}
    notices += tuple(_changes(finished, ledger, stated))
    return Proof(f"{html}\n", inlines, section, files, listed.based_on(), notices, stated)


def marks_of(passage: Passage, where: Place | Document, language: str) -> Iterator[Mark]:
    """The facts and claims of a passage, each in its sentence."""
    text = passage.text
    for mark in passage.marks:
        if mark.kind not in ("fact", "claim"):
            continue
        place = where if isinstance(where, Place) else _place(mark, passage, where)
        spans = (span for span in sentences(text, language) if mark.start < span[1])
        start, end = next(spans, (0, len(text)))
        start += len(text[start:end]) - len(text[start:end].lstrip())
        # A rounding word that is marked as something else is none.
        follows_a_mark = any(one.end == mark.start for one in passage.marks if one is not mark)
        yield Mark(
            mark.kind,
            mark.name,
            text[mark.start : mark.end],
            text[start:end].strip(),
            place,
            "" if follows_a_mark else text[: mark.start],
            mark.start - start,
            tuple(
                (one.start - start, one.end - start)
                for one in passage.marks
                if one.kind == "fact" and start <= one.start < end
            ),
            any(
                one.kind == "unchecked" and one.start <= mark.start and mark.end <= one.end
                for one in passage.marks
            ),
        )


def _place(mark: ProseMark, passage: Passage, document: Document) -> Place:
    """The place where a mark is written: by its name, and where several marks have that, by its words."""
    key = "name=" if mark.kind == "fact" else "claim="
    named = rf'{key}["\']?{re.escape(mark.name)}(?![\w-])'
    lines = [
        document.markdown.count("\n", 0, match.start()) + 1
        for match in re.finditer(named, document.markdown)
    ]
    if len(lines) > 1:
        by_words = place_of(passage, mark.start, document)
        if by_words in map(document.place, lines):
            return by_words
    return document.place(lines[0] if lines else None)


def _unreadable_claims(marks: Iterable[Mark], finished: Finished) -> Iterator[Notice]:
    """A notice for each claim whose condition the program cannot put into words."""
    claims = finished.facts.get("claims", {})
    first = {mark.name: mark for mark in reversed(list(marks)) if mark.kind == "claim"}
    for name, mark in first.items():
        if code := claims.get(name, {}).get("code"):
            yield Notice(
                mark.where,
                f"“{mark.words}” rests on `{code}`, which has no words for readers: below “How we "
                f"know” they read “{claims[name]['says']}”",
                f'Compare two values, or put it into words: `every({code}, says="Trade grew in every '
                'year")`.',
                topic=UNREADABLE,
            )


def _changes(finished: Finished, ledger: Ledger, stated: Mapping[str, Entry]) -> Iterator[Notice]:
    """A notice if a published page would state something else than was recorded."""
    changed = ledger.changed(stated)
    if changed:
        changes = "; ".join(
            f"`{name}` was {_stated(entry)} on {entry.on} and is {_stated(stated[name])}"
            for name, entry in changed.items()
        )
        yield Notice(
            Place(str(ledger_path(finished.edition))),
            f"edition {finished.edition.slug} states other values than were recorded: {changes}",
            f"Readers are told so; if it is meant, record it: broadsheet facts "
            f"record {finished.edition.slug}",
            topic="changed-fact",
        )


def _stated(entry: Entry) -> str:
    return f"{entry.text} ({entry.value})" if entry.kind == "fact" else f"“{entry.text}”"
