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
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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


def related_articles(articles: Iterable[tuple[Entry, Sequence[str]]]) -> dict[str, list[str]]:
    """Return the paths of the articles related to each article, by its source, the nearest first.
    ``articles`` has the metadata of each edition of each article, with the names of the tables that
    it has read.
    """
    articles = list(articles)
    tables = {meta.path: read for meta, read in articles}
    newest = sorted((meta for meta, _ in articles), key=_by_age)
    by_source: dict[str, list[Entry]] = {}
    for meta in newest:
        by_source.setdefault(meta.source, []).append(meta)
    own_pages = {source: one_entry_each(metas)[0] for source, metas in by_source.items()}
    originals = {slug_of_page(meta): original_of(meta) for meta in own_pages.values()}
    weights = _weights(
        {source: _features(meta, tables[meta.path]) for source, meta in own_pages.items()}
    )
    related: dict[str, list[str]] = {}
    for lang in sorted({meta.lang for meta in own_pages.values()}):
        versions = _one_version_each([meta for meta in newest if meta.is_searched], lang)
        having = _having(versions, weights)
        ages = {original: _by_age(version) for original, version in versions.items()}
        for source, meta in own_pages.items():
            if meta.lang == lang:
                original = original_of(meta)
                shared: dict[str, float] = {}
                for feature, weight in weights.get(original, weights[source]).items():
                    for other in having.get(feature, ()):
                        shared[other] = shared.get(other, 0) + weight
                shared.pop(original, None)
                named = [originals.get(slug) for slug in meta.related]
                nearest = dict.fromkeys([*named, *_largest(shared, ages)])
                shown = [other for other in nearest if other in versions and other != original]
                related[source] = [versions[other].path for other in shown[:SHOWN]]
    return related


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


_Weights = Mapping[str, Mapping[tuple[str, str], float]]


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
