"""The citation of a page: what readers copy who cite it, and tags of Google Scholar.

The form of the sentence is that of Chicago's author and date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from broadsheet.project.settings.dates import read_moment
from broadsheet.site.article.entry import Entry
from broadsheet.storage.yaml_text import one_or_more

_TYPES = {
    "article-journal": "article",
    "book": "book",
    "chapter": "incollection",
    "paper-conference": "inproceedings",
    "report": "techreport",
    "thesis": "phdthesis",
}
"""The types of BibTeX, by those of CSL. Any other page is `@online`."""
_FIELDS = {
    "container-title": "journal",
    "publisher": "publisher",
    "volume": "volume",
    "issue": "issue",
    "number": "number",
    "page": "pages",
    "isbn": "isbn",
    "issn": "issn",
    "doi": "doi",
}
"""The fields of BibTeX, by the keys of `citation`."""
_TAGS = {
    "citation_journal_title": "container-title",
    "citation_volume": "volume",
    "citation_issue": "issue",
    "citation_doi": "doi",
    "citation_isbn": "isbn",
    "citation_issn": "issn",
    "citation_pdf_url": "pdf-url",
    "citation_abstract_html_url": "abstract-url",
    "citation_publisher": "publisher",
}
"""The keys of `citation`, by the tags of Google Scholar."""
_ESCAPES = str.maketrans(
    {sign: f"\\{sign}" for sign in "{}%#&_$"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)
_BRACES = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C"})
_VERBATIM = ("doi", "url")
"""The fields that BibTeX takes as they are written."""


@dataclass(frozen=True)
class Citation:
    """The citation of a page."""

    bibtex: str
    """The entry for BibTeX."""
    text: str
    """The sentence."""
    id: str
    """The key of the entry."""
    tags: Sequence[tuple[str, str]]
    """The tags for Google Scholar, each a name and a text."""


@dataclass(frozen=True)
class _Work:
    """A work that is cited."""

    title: str
    """Its title."""
    names: Sequence[tuple[str, str]]
    """The first and the family name of each author."""
    issued: str
    """Its day, in ISO 8601."""
    url: str
    """Its address."""
    lang: str
    """The tag of its language."""
    house: str
    """The publication."""
    fields: Mapping[str, str]
    """The keys of its `citation`, in small letters."""

    @property
    def year(self) -> str:
        """Its year; empty without a day."""
        return self.issued[:4]


def citation_of(meta: Entry, house: str, url: str) -> Citation:
    """Return the citation of the page of ``meta``, which the ``house`` publishes at ``url``."""
    citation = meta.fields.get("citation")
    citation = citation if isinstance(citation, dict) else {}
    fields = {str(key).lower(): value for key, value in citation.items()}
    work = _Work(
        str(fields.get("title") or meta.title),
        tuple(_names(meta, fields)),
        _day_of(fields.get("issued"), meta.date),
        str(fields.get("url") or url),
        meta.lang,
        house,
        {key: str(value) for key, value in fields.items() if isinstance(value, (str, int))},
    )
    family = work.names[0][1] if work.names else house
    key = work.fields.get("citation-key") or f"{_slug(family)}{work.year}"
    return Citation(_bibtex(key, work), _sentence(work), key, tuple(_tags(work)))


def _bibtex(key: str, work: _Work) -> str:
    kind = _TYPES.get(work.fields.get("type", ""), "online")
    names = ((_escaped(first), _escaped(family)) for first, family in work.names)
    people = (f"{family}, {first}" if first else f"{{{family}}}" for first, family in names)
    entry = {
        "author": " and ".join(people),
        "title": f"{{{_escaped(work.title)}}}",
        **{
            name: work.fields[field] if name in _VERBATIM else _escaped(work.fields[field])
            for field, name in _FIELDS.items()
            if field in work.fields
        },
        "date": work.issued,
        "url": work.url,
        "langid": work.lang.partition("-")[0],
    }
    entry |= {name: entry.get(name, "").translate(_BRACES) for name in _VERBATIM}
    lines = [f"  {name} = {{{value}}}" for name, value in entry.items() if value]
    return "@{}{{{},\n{}\n}}\n".format(kind, key, ",\n".join(lines))


def _sentence(work: _Work) -> str:
    fields, people = work.fields, list(_people(work.names)) or [work.house]
    who = ", and ".join(filter(None, (", ".join(people[:-1]), people[-1])))
    where = fields.get("container-title") or (work.house if work.names else "")
    issue = f"({fields['issue']})" if "issue" in fields else ""
    numbers = " ".join(filter(None, (fields.get("volume"), issue)))
    place = f"{where} {numbers}".strip() + (f": {fields['page']}" if "page" in fields else "")
    day = "" if numbers or work.issued == work.year else work.issued
    address = f"https://doi.org/{fields['doi']}" if "doi" in fields else work.url
    title = f"“{work.title.rstrip('.')}.”"
    parts = (who, work.year or "n.d.", title, ", ".join(filter(None, (place, day))), address)
    return " ".join(part if part.endswith((".”", ".")) else f"{part}." for part in parts if part)


def _people(names: Iterable[tuple[str, str]]) -> Iterator[str]:
    for number, (first, family) in enumerate(names):
        if number == 0:
            yield f"{family}, {first}" if first else family
        else:
            yield f"{first} {family}".strip()


def _tags(work: _Work) -> Iterator[tuple[str, str]]:
    """Yield the tags, by https://scholar.google.com/intl/en/scholar/inclusion.html."""
    yield "citation_title", work.title
    for first, family in work.names:
        yield "citation_author", f"{first} {family}".strip()
    tags = {
        "citation_publication_date": work.issued,
        "citation_fulltext_html_url": work.url,
        "citation_language": work.lang,
        **{tag: work.fields.get(field, "") for tag, field in _TAGS.items()},
    }
    yield from ((name, text) for name, text in tags.items() if text)


def _names(meta: Entry, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the first and the family name of each author. A name that is written as one has all but
    its first word, and initials behind it, for the family's.
    """
    written = fields.get("author") or meta.fields.get("author")
    for author in one_or_more(written) if written else ():
        name = author.get("name", author) if isinstance(author, dict) else author
        if isinstance(name, dict) and name.get("family"):
            yield str(name.get("given") or ""), str(name["family"])
            continue
        text = str(name.get("literal", "") if isinstance(name, dict) else name).strip()
        first, *rest = text.split() or [""]
        while len(rest) > 1 and re.fullmatch(r"\w\.?", rest[0]):
            first = f"{first} {rest.pop(0)}"
        yield (first, " ".join(rest)) if rest else ("", first)


def _day_of(written: object, day: date | None) -> str:
    """Return the day that `issued` names, in ISO 8601, perhaps without day or month; else ``day``.
    CSL has it as `{year: 2024, month: 5}`, as `{date-parts: [[2024, 5]]}`, or as a text.
    """
    if isinstance(written, Mapping):
        parts = written.get("date-parts") or [written.get(key) for key in ("year", "month", "day")]
        written = written.get("raw") or written.get("literal") or parts
    while isinstance(written, list) and written and isinstance(written[0], list):
        written = written[0]
    if isinstance(written, list):
        numbers = takewhile(str.isdecimal, map(str, written))
        text = "-".join(f"{int(number):0{2 if at else 4}}" for at, number in enumerate(numbers))
    else:
        text = str(written or "").replace("/", "-").strip()
    with suppress(ValueError):
        moment = read_moment(text)
        text = (moment if isinstance(moment, str) else moment.isoformat()).partition("T")[0]
    return text or (day.isoformat() if day else "")


def _slug(name: str) -> str:
    return re.sub(r"[^\w-]", "", name.lower().replace(" ", "_"))


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)
