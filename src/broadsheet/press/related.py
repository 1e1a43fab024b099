"""Related articles: which three stand at the end of an article.

How near two articles are is the sum of three cosines: of their words, of their topics (the categories), and of the
tables that both have read. Words count by TF-IDF, with 1 + ln tf and the inverse document frequency in whole halvings:
a word that a quarter of the articles have weighs 2, whether one article more has it or not, so that news elsewhere
moves next to nothing here. The small words of English are left out: in a small publication they are rare by chance.
Nearness counts to a thousandth or so; of equals the newest comes first, then the path decides. Nothing in common is not
related.

No list has the article itself, another edition or translation of it, or two of the same. A translation is as near to
others as its original, whose words can be compared with theirs; and a reader is led to the translation into the
language that is read, if there is one.

Of each page's text its record keeps the commonest words (:func:`gist_of`), and nothing else is needed here. What came
out stands in the site's record, with how near each is: so only what has changed is compared with all. Weights are whole
numbers, for their sums to be the same in any order.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import Any

from broadsheet.press.editions import one_entry_each
from broadsheet.press.entry import Entry
from broadsheet.press.translations import original_of

SHOWN = 3
KEPT = 80
"""Words of a text that are looked at; of them those are kept that say what it is about."""
WORDS, TOPICS, TABLES = 0.6, 0.25, 0.15
"""What each kind of likeness is worth."""
_SMALL = """
about above across after afterwards again against all almost alone along already also although always among amongst and
another any anybody anyhow anyone anything anyway anywhere are aren around away back became because become becomes been
before behind being below beneath beside besides between beyond both but can cannot could couldn despite did didn does
doesn doing don done down due during each either else elsewhere enough even ever every everybody everyone everything
everywhere except few for former from further get gets getting give given gives goes going got had hadn has hasn have
haven having hence her here hers herself him himself his how however indeed instead into isn its itself just keep kept
last latter least less let like likely made make makes making many may maybe meanwhile might more moreover most
mostly much must myself namely near nearly neither never nevertheless next nobody none nor not nothing now nowhere off
often once one ones only onto other others otherwise ought our ours ourselves out over own per perhaps put quite rather
really said same say says see seem seemed seems seen several shall she should shouldn since some somebody somehow
someone something sometimes somewhere soon still such take taken takes than that the their theirs them themselves then
thence there thereby therefore these they this those though through throughout thus till together too toward towards two
under unless until upon used using usually very via was wasn way well went were weren what whatever when whenever where
whereas wherever whether which while who whoever whole whom whose why will with within without would wouldn yet you your
yours yourself yourselves"""
SMALL_WORDS = frozenset(_SMALL.split())

_WORD = re.compile(r"[^\W\d_]{3,}")
_ADDRESS = re.compile(r"\S+://\S+")
_ONE = 1 << 20
"""The length of a vector."""
_STEP = _ONE * _ONE >> 10
"""The least difference in nearness that counts."""

Related = Mapping[str, Sequence[tuple[str, int]]]
"""By each source the paths of the articles that are related to it, the nearest first, each with how near it is."""
Bags = tuple[Mapping[str, int], Mapping[str, int], Mapping[str, int]]
"""The words, topics and tables of an article, and how often each is there."""
Vector = Mapping[str, int]
"""What each of them weighs; the product of two vectors is how near they are."""


@dataclass(frozen=True)
class Gist:
    """What a page is about: its commonest ``words`` with their counts (`oil=30 price=21`), the ``tables`` that it
    was made of.
    """

    words: str = ""
    tables: tuple[str, ...] = ()


NO_GIST = Gist()


def gist_of(text: str, headings: Iterable[str], reads: Iterable[str]) -> Gist:
    """The gist of a page by its plain ``text``, what stands over it (which counts three times), and what it read."""
    counts = Counter(_WORD.findall(_ADDRESS.sub(" ", " ".join([text, *(3 * list(headings))])).casefold()))
    common = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:KEPT]
    tables = sorted({name for name in reads if name.endswith(".csv")})
    return Gist(" ".join(f"{word}={count}" for word, count in common if word not in SMALL_WORDS), tuple(tables))


@dataclass(frozen=True)
class Likeness:
    """How near all articles are to each other: one edition of each by its source, newest first, and its gist by its
    path.
    """

    sources: Mapping[str, Entry] = field(default_factory=dict)
    gists: Mapping[str, Gist] = field(default_factory=dict)

    @classmethod
    def of(cls, articles: Iterable[tuple[Entry, Gist]]) -> Likeness:
        """Of all articles, in all of their editions."""
        gists, entries = {}, []
        for entry, gist in articles:
            gists[entry.path] = gist
            entries.append(entry)
        entries.sort(key=_by_age)
        by_source: dict[str, list[Entry]] = {}
        for entry in entries:
            by_source.setdefault(entry.source, []).append(entry)
        return cls({source: one_entry_each(found)[0] for source, found in by_source.items()}, gists)

    def related(self, before: Likeness | None = None, known: Related = MappingProxyType({})) -> Related:
        """The related articles of each source; ``known`` are those of the articles as they were ``before``.

        What has changed, or has a word that has become rarer or commoner, has *moved*: it is compared with all, and so
        is what had such an article in its list. Into any other list only what has moved can come.
        """
        before = before or Likeness()
        told, was = self._told(), before._told()
        changed = {name for source, (original, _) in told.items() ^ was.items() for name in (source, original)}
        if not changed:
            return known
        bags = {source: self._bags(source) for source in told}
        counts = Counter(_terms(bags.values()))
        then = counts.copy()
        then.subtract(_terms(bags[source] for source, (original, _) in told.items() if original in changed))
        then.update(_terms(before._bags(source) for source, (original, _) in was.items() if original in changed))
        rarity, former = _rarity(counts, len(told)), _rarity(then, len(was))
        others = {term for term in rarity if rarity[term] != former[term]}
        moved = changed.union(name for source, (original, _) in told.items()
                              if not others.isdisjoint(_terms([bags[source]])) for name in (source, original))
        own = {source: _vector(bags[source], rarity) for source in told}
        vectors = [own.get(original, own[source]) for source, (original, _) in told.items()]
        return {source: found for lang in {entry.lang for entry in self.sources.values()}
                for source, found in self._nearest(lang, vectors, moved, known)}

    def _nearest(self, lang: str, vectors: Sequence[Vector], moved: Set[str], known: Related
                 ) -> Iterator[tuple[str, Sequence[tuple[str, int]]]]:
        """The related articles of each source in a language."""
        entries = list(self.sources.values())
        places = {entry.path: place for place, entry in enumerate(entries)}
        originals = [original_of(entry) for entry in entries]
        shown = [places[entry.path] for entry in _one_version_each([one for one in entries if one.is_searched], lang)]
        everything = _Pool(shown, vectors, originals)
        fresh = _Pool([place for place in shown if originals[place] in moved], vectors, originals)
        for place, entry in enumerate(entries):
            if entry.lang != lang:
                continue
            was = known.get(entry.source)
            kept = [(places[path], nearness) for path, nearness in was or () if path in places]
            stands = was is not None and len(kept) == len(was) \
                and moved.isdisjoint(originals[other] for other in (place, *(other for other, _ in kept)))
            found = kept + fresh.nearest(place) if stands else everything.nearest(place)
            found.sort(key=lambda one: (-one[1], one[0]))
            yield entry.source, [(entries[other].path, nearness) for other, nearness in found[:SHOWN]]

    def _told(self) -> dict[str, tuple[str, object]]:
        """All that the result depends on, by source; first the source of the original."""
        return {source: (original_of(entry), (
            entry.path, entry.lang, entry.date, entry.categories, entry.is_searched, self.gists[entry.path]))
            for source, entry in self.sources.items()}

    def _bags(self, source: str) -> Bags:
        entry = self.sources[source]
        gist = self.gists[entry.path]
        words = (pair.split("=") for pair in gist.words.split())
        return ({word: int(count) for word, count in words}, {f"topic {name}": 1 for name in entry.categories},
                {f"table {name}": 1 for name in gist.tables})


class _Pool:
    """The articles at some of all ``places``, which others are compared with; ``originals`` are what all are versions
    of.
    """

    def __init__(self, places: Sequence[int], vectors: Sequence[Vector], originals: Sequence[str]) -> None:
        self._places, self._vectors, self._originals = places, vectors, originals
        self._columns: dict[str, Any] = {}

    def nearest(self, place: int) -> list[tuple[int, int]]:
        """The places of the nearest to the article at a place, each with how near it is; no versions of it."""
        terms = [term for term in self._vectors[place] if term in self._having]
        if not terms:
            return []
        import numpy as np
        near = np.zeros(len(self._places), np.int64)
        for term in terms:
            at, weights = self._column(term)
            near[at] += weights * self._vectors[place][term]
        near = (near + _STEP // 2) // _STEP
        near[self._versions.get(self._originals[place], [])] = 0
        least = np.partition(near, -SHOWN)[-SHOWN] if len(near) > SHOWN else 0
        found = np.flatnonzero((near >= least) & (near > 0))
        chosen = found[np.argsort(-near[found], kind="stable")][:SHOWN]
        return [(self._places[one], int(near[one])) for one in chosen]

    def _column(self, term: str) -> Any:
        """Who has a term, and what it weighs there."""
        import numpy as np
        if term not in self._columns:
            self._columns[term] = np.array(self._having[term], np.int64).T
        return self._columns[term]

    @cached_property
    def _having(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = {}
        for at, place in enumerate(self._places):
            for term, weight in self._vectors[place].items():
                found.setdefault(term, []).append((at, weight))
        return found

    @cached_property
    def _versions(self) -> Mapping[str, Sequence[int]]:
        found: dict[str, list[int]] = {}
        for at, place in enumerate(self._places):
            found.setdefault(self._originals[place], []).append(at)
        return found


def _by_age(entry: Entry) -> tuple[int, str]:
    return -(entry.date.toordinal() if entry.date else 0), entry.path


def _one_version_each(entries: Sequence[Entry], lang: str) -> list[Entry]:
    """Of the translations of an article that for a reader of ``lang``; the newest article first."""
    chosen: dict[str, Entry] = {}
    for entry in one_entry_each(entries, lang):
        chosen.setdefault(original_of(entry), entry)
    return list(chosen.values())


def _terms(articles: Iterable[Bags]) -> Iterator[str]:
    return chain.from_iterable(chain.from_iterable(articles))


def _rarity(counts: Mapping[str, int], articles: int) -> dict[str, int]:
    """The inverse document frequency of each term that so many of the ``articles`` have, in whole halvings."""
    return {term: round(math.log2((1 + articles) / (1 + count))) for term, count in counts.items()}


def _vector(bags: Bags, rarity: Mapping[str, int]) -> Vector:
    """What each term weighs: of each kind as much as that is worth, if there is any. A topic that all have counts."""
    vector: dict[str, int] = {}
    for bag, worth, least in zip(bags, (WORDS, TOPICS, TABLES), (0, 1, 0), strict=True):
        weights = {term: (1 + math.log(count)) * (least + rarity[term]) for term, count in bag.items()}
        length = math.hypot(*weights.values())
        vector |= {term: round(_ONE * math.sqrt(worth) * weight / length) for term, weight in weights.items() if weight}
    return vector
