"""Related articles: which three stand at the end of an article.

How near two articles are is the sum of three cosines: of their words, of their topics (the
categories), and of the tables that both have read. Words count by TF-IDF as scikit-learn has it,
with the inverse document frequency in whole halvings: a word that a quarter of the articles have
weighs 2, whether one article more has it or not, so that news elsewhere moves next to nothing here.
The small words of English are left out: in a small publication they are rare by chance. Nearness
counts to a thousandth; of equals the newest comes first, then the path decides. Nothing in common
is not related.

No list has the article itself, another edition or translation of it, or two of the same. A
translation is as near to others as its original, whose words can be compared with theirs; and a
reader is led to the translation into the language that is read, if there is one.

Of each page's text its record keeps the commonest words (:func:`gist_of`), and nothing else is
needed here; a word that one article alone has, or nearly all, makes none near to another, and is
left out. What came out stands in the site's record: where the rest is as it was, scikit-learn is
not even loaded.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from broadsheet.site.editions import one_entry_each
from broadsheet.site.page_meta import PageMeta
from broadsheet.site.translations import original_of

SHOWN = 3
KEPT = 80
"""Words of a text that are kept: about half of them say what it is about."""
WORDS, TOPICS, TABLES = 0.6, 0.25, 0.15
"""What each kind of likeness is worth."""

_WORD = re.compile(r"[^\W\d_]{3,}")
_PAIR = re.compile(r"(\S+)=")
_AT_ONCE = 128
"""Articles that are compared with all others at once: memory is bounded by this, not by the number
of articles.
"""


@dataclass(frozen=True)
class Gist:
    """What a page is about: its commonest ``words`` with their counts, rounded down to a power of
    two for an edit of a sentence to change none as a rule (`oil=16 price=16`); the ``tables`` that
    it was made of.
    """

    words: str = ""
    tables: tuple[str, ...] = ()


NO_GIST = Gist()


def gist_of(text: str, headings: Iterable[str], reads: Iterable[str]) -> Gist:
    """The gist of a page by its plain ``text``, what stands over it (which counts three times), and
    what it read.
    """
    words = " ".join([text, *(3 * list(headings))]).split()
    counts = Counter(
        _WORD.findall(" ".join(word for word in words if not _is_address(word)).casefold())
    )
    common = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:KEPT]
    tables = sorted({name for name in reads if name.endswith(".csv")})
    return Gist(
        " ".join(f"{word}={1 << count.bit_length() - 1}" for word, count in sorted(common)),
        tuple(tables),
    )


def _is_address(word: str) -> bool:
    return 0 < word.find("://", 1) < len(word) - 3


def told_of(entry: PageMeta, gist: Gist) -> tuple[object, ...]:
    """All that the lists depend on, of one page."""
    return (
        entry.path,
        entry.source,
        original_of(entry),
        entry.lang,
        entry.date,
        entry.categories,
        entry.is_searched,
        entry.is_article,
        gist,
    )


@dataclass(frozen=True)
class Likeness:
    """How near all articles are to each other: one edition of each by its source, and by its path
    its gist, of which there is what others have too.
    """

    sources: Mapping[str, PageMeta]
    gists: Mapping[str, Gist]

    @classmethod
    def of(cls, articles: Iterable[tuple[PageMeta, Gist]]) -> Likeness:
        """Of all articles, in all of their editions."""
        gists, entries = {}, []
        for entry, gist in articles:
            gists[entry.path] = gist
            entries.append(entry)
        entries.sort(key=_by_age)
        by_source: dict[str, list[PageMeta]] = {}
        for entry in entries:
            by_source.setdefault(entry.source, []).append(entry)
        sources = {source: one_entry_each(found)[0] for source, found in by_source.items()}
        return cls(sources, _telling({entry.path: gists[entry.path] for entry in sources.values()}))

    def digest(self) -> str:
        """A digest of all that the result depends on."""
        told = [told_of(entry, self.gists[entry.path]) for _, entry in sorted(self.sources.items())]
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def related(self) -> dict[str, tuple[str, ...]]:
        """By each source the paths of the articles that are related to it, the nearest first."""
        if len(self.sources) < 2:
            return {}
        vectors = _vectors([(entry, self.gists[entry.path]) for entry in self.sources.values()])
        places = {source: row for row, source in enumerate(self.sources)}
        rows = {
            source: places.get(original_of(entry), places[source])
            for source, entry in self.sources.items()
        }
        found: dict[str, tuple[str, ...]] = {}
        for lang in sorted({entry.lang for entry in self.sources.values()}):
            read = [entry for entry in self.sources.values() if entry.lang == lang]
            shown = _one_version_each(
                [entry for entry in self.sources.values() if entry.is_searched], lang
            )
            own, others = ([original_of(entry) for entry in entries] for entries in (read, shown))
            nearest = _nearest(
                vectors[[rows[entry.source] for entry in read]],
                vectors[[rows[entry.source] for entry in shown]],
                own,
                others,
            )
            for entry, chosen in zip(read, nearest, strict=True):
                found[entry.source] = tuple(shown[place].path for place in chosen)
        return found


def _telling(gists: Mapping[str, Gist]) -> dict[str, Gist]:
    """Gists without words that make no article near to another: those of one alone, and those of so
    many that their inverse document frequency is nothing.
    """
    having = Counter(word for gist in gists.values() for word in _PAIR.findall(gist.words))
    kept = {
        word
        for word, count in having.items()
        if count > 1 and round(math.log2((1 + len(gists)) / (1 + count)))
    }
    return {
        path: replace(
            gist,
            words=" ".join(pair for pair in gist.words.split() if pair.partition("=")[0] in kept),
        )
        for path, gist in gists.items()
    }


def _by_age(entry: PageMeta) -> tuple[int, str]:
    return -(entry.date.toordinal() if entry.date else 0), entry.path


def _one_version_each(entries: Sequence[PageMeta], lang: str) -> list[PageMeta]:
    """Of the translations of an article that for a reader of ``lang``; the newest article first."""
    chosen: dict[str, PageMeta] = {}
    for entry in one_entry_each(entries, lang):
        chosen.setdefault(original_of(entry), entry)
    return list(chosen.values())


def _vectors(articles: Sequence[tuple[PageMeta, Gist]]) -> Any:
    """A sparse row for each article; the product of two of them is how near they are."""
    from scipy.sparse import csr_matrix, hstack

    kinds = (
        (WORDS, [dict(_counted(gist.words)) for _, gist in articles], 0),
        (TOPICS, [dict.fromkeys(entry.categories, 1) for entry, _ in articles], 1),
        (TABLES, [dict.fromkeys(gist.tables, 1) for _, gist in articles], 0),
    )
    found = [_weighed(bags, least) * worth**0.5 for worth, bags, least in kinds if any(bags)]
    return hstack(found, format="csr") if found else csr_matrix((len(articles), 1))


def _counted(words: str) -> Iterator[tuple[str, int]]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    for pair in words.split():
        word, _, count = pair.partition("=")
        if word not in ENGLISH_STOP_WORDS:
            yield word, int(count)


def _weighed(bags: Sequence[Mapping[str, int]], least: int) -> Any:
    """TF-IDF, each row of length 1; what all have weighs ``least``."""
    import numpy as np
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.feature_extraction.text import TfidfTransformer

    counts = DictVectorizer(dtype=np.float32).fit_transform(bags)
    weighing = TfidfTransformer(sublinear_tf=True).fit(counts)
    weighing.idf_ = least + np.rint((weighing.idf_ - 1) / np.log(2))
    weighed = weighing.transform(counts)
    weighed.eliminate_zeros()
    return weighed


def _nearest(
    rows: Any, pool: Any, own: Sequence[str], others: Sequence[str]
) -> Iterator[list[int]]:
    """For each of ``rows`` the places in ``pool`` of the nearest, but for those of its ``own``
    article.
    """
    import numpy as np

    articles = np.array(others)
    for start in range(0, len(own), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        near = np.round((rows[part] @ pool.T).toarray(), 3)
        near[np.array(own[part])[:, None] == articles] = 0
        for row in near:
            least = np.partition(row, -SHOWN)[-SHOWN] if len(row) > SHOWN else 0
            places = np.flatnonzero((row >= least) & (row > 0))
            yield places[np.argsort(-row[places], kind="stable")][:SHOWN].tolist()
