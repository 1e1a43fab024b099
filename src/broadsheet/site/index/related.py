"""Related articles: the three that stand at the end of an article.

Those that its front matter names in `related:` come first, in their order. The others are found:
two articles are related by what both have: topics (the categories), tables that both have read, and
words of their titles and topics. What few articles share says more than what many share, so each
counts by its inverse document frequency: the logarithm of how many articles there are for each that
has it. It is rounded to whole halvings, so that news elsewhere moves next to nothing here. Of
equals the newest comes first. Nothing in common is not related.

No list has the article itself, another edition or translation of it, or two of the same. A
translation is as near to others as its original, whose words can be compared with theirs; and a
reader is led to the translation into the language that is read, if there is one.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest

from broadsheet.site.article.article_references import slug_of_page
from broadsheet.site.article.entry import Entry
from broadsheet.site.index.edition_picker import one_entry_each
from broadsheet.site.index.translations import original_of

SHOWN = 3
WORTH = {"word": 2.0, "topic": 1.5, "table": 1.0}
"""The weight of each kind of thing in common, apart from its rareness."""
STEM = 6
"""The number of letters of a word that are compared: `Russia` and `Russian` are one."""
COMMON = 100
"""If more articles than this share something, only this many of the newest are compared by it."""

_WORD = re.compile(r"[^\W\d_]{3,}")
_SMALL = (
    "about after again against all and any are back because been before being between both but can "
    "could did does down during each even ever few first for from get goes had has have how into its "
    "just last less like made make makes many may more most much must new next not now off once one "
    "only other our out over own same should since some still such than that the their them then "
    "there these they this those though three through too two under until upon very was way were what "
    "when where which while who whose why will with without would year years yet you your "
    "back fall falls fell gain gains grew grow grows less rise rises rose than stay stayed "
    "als auch auf aus bei bis das dem den der des die doch ein eine einem einen einer eines für gegen "
    "hat ist jahr jahre kein keine mehr mit nach neue nicht noch nur oder ohne sich sie sind und vom "
    "von vor war warum was wer wie wieder wird zum zur zwei über"
)
_SMALL_WORDS = frozenset(_SMALL.split())
"""Words that do not say what an article is about; in a small publication they are rare by chance.
"""


_Weights = Mapping[str, Mapping[tuple[str, str], float]]
"""The weight of each feature of an article, by the article's source."""


@dataclass(frozen=True)
class _Versions:
    """The articles as readers of a language see them."""

    versions: Mapping[str, Entry]
    """The version of each original, by the original's source."""
    having: Mapping[tuple[str, str], Sequence[str]]
    """The originals that have a feature, the newest first."""
    ages: Mapping[str, tuple[int, str]]
    """The keys by which originals are sorted, the newest first."""


class RelatedArticles:
    """The articles that are related to each. What articles have in common is found when it is first
    asked for: a build in which nothing of that has changed never asks.

    ``articles`` has the metadata of each edition of each article, with the names of the tables that
    it has read.
    """

    def __init__(self, articles: Iterable[tuple[Entry, Sequence[str]]]) -> None:
        self._articles = list(articles)
        self._by_language: dict[str, _Versions] = {}

    def of(self, source: str) -> list[str]:
        """Return the paths of the articles related to that of a ``source``, the nearest first; none
        for a source without articles.
        """
        meta = self._own_pages.get(source)
        if meta is None:
            return []
        if meta.lang not in self._by_language:
            self._by_language[meta.lang] = self._versions_in(meta.lang)
        in_language, original = self._by_language[meta.lang], original_of(meta)
        shared: dict[str, float] = defaultdict(float)
        for feature, weight in self._weights.get(original, self._weights[source]).items():
            for other in in_language.having.get(feature, ()):
                shared[other] += weight
        shared.pop(original, None)
        named = [self._originals[slug] for slug in meta.related if slug in self._originals]
        nearest = dict.fromkeys([*named, *_largest(shared, in_language.ages)])
        shown = [other for other in nearest if other in in_language.versions and other != original]
        return [in_language.versions[other].path for other in shown[:SHOWN]]

    @cached_property
    def _newest(self) -> list[Entry]:
        return sorted((meta for meta, _ in self._articles), key=_by_age)

    @cached_property
    def _own_pages(self) -> dict[str, Entry]:
        """The page that stands for each source."""
        by_source: dict[str, list[Entry]] = {}
        for meta in self._newest:
            by_source.setdefault(meta.source, []).append(meta)
        return {source: one_entry_each(metas)[0] for source, metas in by_source.items()}

    @cached_property
    def _originals(self) -> dict[str, str]:
        return {slug_of_page(meta): original_of(meta) for meta in self._own_pages.values()}

    @cached_property
    def _weights(self) -> _Weights:
        tables = {meta.path: read for meta, read in self._articles}
        return _weights(
            {source: _features(meta, tables[meta.path]) for source, meta in self._own_pages.items()}
        )

    def _versions_in(self, lang: str) -> _Versions:
        versions = _one_version_each([meta for meta in self._newest if meta.is_searched], lang)
        ages = {original: _by_age(version) for original, version in versions.items()}
        return _Versions(versions, _having(versions, self._weights), ages)


def _features(meta: Entry, tables: Iterable[str]) -> list[tuple[str, str]]:
    """Return the features of an article: each thing that it is about, with the kind."""
    named = " ".join([meta.title, *meta.categories]).casefold()
    words = set(_WORD.findall(named)) - _SMALL_WORDS
    stems = sorted({word[:STEM] for word in words})
    return [
        *(("word", stem) for stem in stems),
        *(("topic", topic) for topic in meta.categories),
        *(("table", table) for table in tables),
    ]


def _weights(features: Mapping[str, Sequence[tuple[str, str]]]) -> _Weights:
    """Return the weight of each feature of an article, by the article's source. A feature that all
    have weighs little; one that a single article has, nothing.
    """
    counts = Counter(feature for each in features.values() for feature in each)
    rareness = {
        feature: max(0.1, round(math.log2(len(features) / count)))
        for feature, count in counts.items()
        if count > 1
    }
    return {
        source: {one: WORTH[one[0]] * rareness[one] for one in each if one in rareness}
        for source, each in features.items()
    }


def _one_version_each(newest: Sequence[Entry], lang: str) -> dict[str, Entry]:
    """Return the version of each original for a reader of ``lang``, by the original's source, the
    newest article first.
    """
    versions: dict[str, Entry] = {}
    for meta in one_entry_each(newest, lang):
        versions.setdefault(original_of(meta), meta)
    return versions


def _having(versions: Mapping[str, Entry], weights: _Weights) -> dict[tuple[str, str], list[str]]:
    """Return the articles that have each feature, by their originals, the newest first."""
    having: dict[tuple[str, str], list[str]] = {}
    for original, meta in versions.items():
        for feature in weights.get(original, weights[meta.source]):
            others = having.setdefault(feature, [])
            if len(others) < COMMON:
                others.append(original)
    return having


def _largest(shared: Mapping[str, float], ages: Mapping[str, tuple[int, str]]) -> list[str]:
    """Return the articles that share the most. If several share as much, the newest come first."""
    if len(shared) > SHOWN:
        least = nlargest(SHOWN, shared.values())[-1]
        shared = {original: weight for original, weight in shared.items() if weight >= least}
    return sorted(shared, key=lambda original: (-shared[original], ages[original]))[:SHOWN]


def _by_age(meta: Entry) -> tuple[int, str]:
    return -(meta.date.toordinal() if meta.date else 0), meta.path
