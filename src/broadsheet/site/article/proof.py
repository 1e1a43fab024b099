"""The proof of a page: its marks, the list "How we know", and the same for machines.

A page's body, as either renderer makes it, has each fact and each claim that an author marked as a
plain `<span>`. Here the marks are compared with what the run declared; a mark that does not agree
is a fault of the page. The others become links to the list at the end, "How we know", which links
back to each; `theme/facts.js` shows an entry of the list beside the words. `facts.json`
(`facts.schema.json`) says the same to machines.

Marks in titles are checked too, and stay plain text there, because a headline is a link elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from broadsheet.errors import GAPS, UNREADABLE, BroadsheetError, Notice, Place, joined
from broadsheet.markdown.document import Inline
from broadsheet.markdown.finished_edition import Finished
from broadsheet.markdown.rendering import Rendering
from broadsheet.site.article.beside_check import beside_claims, beside_facts
from broadsheet.site.article.how_we_know import HowWeKnow, entries_of
from broadsheet.site.article.marked_words import link_marks, unmarked
from broadsheet.site.article.table_places import NO_PLACES, TablePlaces
from broadsheet.site.theme.templates import rendered as template
from broadsheet.text.html_tree import end_with
from broadsheet.text.language import speaking_with
from broadsheet.text.lexicon import FOLDER
from broadsheet.verify.chosen_values import CHOSEN, CHOSEN_MEND, chosen, message
from broadsheet.verify.ledger import Ledger, Statement, entry_of, ledger_path
from broadsheet.verify.marks import PageMark, broken, judged_marks, marks_of
from broadsheet.verify.wording.table_names import around_of

FACTS = "facts.json"


@dataclass(frozen=True)
class Proof:
    """The proof of a page."""

    inlines: Mapping[str, Inline]
    """The page's short texts, without marks."""
    section: str = ""
    """The list at the end of the body, as HTML."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """The files that go beside the page."""
    based_on: tuple[Mapping[str, Any], ...] = ()
    """The tables and documents, as schema.org has them."""
    notices: tuple[Notice, ...] = ()
    """The messages to the author."""
    stated: Mapping[str, Statement] = field(default_factory=dict)
    """The facts and claims of the page, for its ledger."""


def proof_of(
    rendering: Rendering,
    root: Path,
    ledger: Ledger,
    *,
    href: Callable[[str], str] = str,
    faults: list[BroadsheetError] | None = None,
    places: TablePlaces = NO_PLACES,
) -> Proof:
    """Return the proof of a page, and make the marks in its body links. ``ledger`` has what the
    page stated before. ``root`` is the publication's folder, ``places`` are those where readers find its
    tables, ``href`` gives the address of a file as the page writes it. Raises
    :class:`FactError` for a mark that does not agree with the run; or, with ``faults``, adds it
    there, and proves the rest.
    """
    finished, rendered = rendering.finished, rendering.rendered
    of_titles, lang = finished.edition.source.place(1), finished.edition.settings.lang
    folder = root / FOLDER
    in_titles = [
        mark for passage in rendered.titles for mark in marks_of(passage, of_titles, lang, folder)
    ]
    marks = list(in_titles)
    for passage in (*rendered.prose.passages, *rendered.prose.apart):
        marks += marks_of(passage, rendering, lang, folder)
    around = around_of(root, finished.origins.values(), lang)
    judged = judged_marks(marks, finished.facts, lang, folder, around)
    errors = broken(judged, finished.facts, lang)
    for error in errors:
        error.what = f"edition {finished.edition.slug}: {error.what}"
    if errors and faults is None:
        raise joined(errors)
    inlines = {
        name: replace(text, html=unmarked(text.html)) for name, text in rendered.inlines.items()
    }
    notices = (
        *_unreadable_claims(marks, finished),
        *_gaps_in_titles(in_titles, finished),
        *beside_facts(root, rendering, around),
        *beside_claims(judged),
    )
    if errors and faults is not None:
        faults += errors
        return Proof(inlines, notices=notices)
    names = list(dict.fromkeys((mark.kind, mark.name) for mark in marks))
    known_as = entries_of(names, finished.facts)
    uses = link_marks(rendered.body, known_as)
    listed = HowWeKnow(root, finished, rendered, ledger, known_as, uses, places)
    if ledger.has_chosen:
        described = chosen(finished.edition, finished.values, root / FOLDER)
        notices += tuple(_moved(described, ledger))
    if not (names or listed.reported):
        return Proof(inlines, notices=notices)
    end_with(rendered.body, "\n")
    settings = finished.edition.settings
    with speaking_with(settings.lang, settings.language):
        section = template(
            "facts.html.jinja",
            listed=listed,
            url=f"{finished.edition.files.name}/{FACTS}",
            href=href,
        )
    files = {str(finished.edition.files / FACTS): listed.json()} if names else {}
    stated = {name: entry_of(kind, name, finished.facts[f"{kind}s"][name]) for kind, name in names}
    notices += tuple(_changes(finished, ledger, stated))
    return Proof(inlines, section, files, listed.based_on(), notices, stated)


def _unreadable_claims(marks: Iterable[PageMark], finished: Finished) -> Iterator[Notice]:
    """Yield a notice for each claim whose condition the program cannot put into words."""
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


def _gaps_in_titles(marks: Iterable[PageMark], finished: Finished) -> Iterator[Notice]:
    """Yield a notice for each claim in a title that leaves out places without a value. There,
    nothing says so to a reader.
    """
    claims = finished.facts.get("claims", {})
    for mark in marks:
        compared = claims.get(mark.name, {}).get("compared", {}) if mark.kind == "claim" else {}
        comparisons = compared.get("comparisons", ())
        gaps = list(dict.fromkeys(place for one in comparisons for place in one.get("gaps", ())))
        if gaps and not mark.is_answered:
            verb = "has" if len(gaps) == 1 else "have"
            more = f" and {len(gaps) - 3} more" if len(gaps) > 3 else ""
            yield Notice(
                mark.where,
                f"“{mark.words}” in a title leaves out gaps: {', '.join(gaps[:3])}{more} {verb} no "
                "value (`gaps=True`)",
                "Add the values, say in the title what it leaves out, or put the claim into the text; "
                'if it is meant, put the words into `[…]{.unchecked reason="…"}`.',
                topic=GAPS,
            )


def _changes(
    finished: Finished, ledger: Ledger, stated: Mapping[str, Statement]
) -> Iterator[Notice]:
    """Yield a notice if a published page would state something else than was recorded."""
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


def _moved(described: Iterable[tuple[Place, Statement]], ledger: Ledger) -> Iterator[Notice]:
    """Yield a notice for words beside a value that the data chose, where that is not the recorded
    one.
    """
    for place, entry in described:
        for was, now in ledger.moved({entry.name: entry}):
            yield Notice(
                place,
                f"{message(str(was.value), str(now.value), now.text)} (recorded on {was.on})",
                f"{CHOSEN_MEND} If they are right, record them: broadsheet facts record.",
                topic=CHOSEN,
            )


def _stated(entry: Statement) -> str:
    return f"{entry.text} ({entry.value})" if entry.kind == "fact" else f"“{entry.text}”"
