"""Facts and claims: what the prose may state, bound to the data.

In a notebook, all of it by way of ``bs``: :func:`fact` makes a value that reads as its example does, :func:`claim` and
the comparatives make something that is true or not, :func:`prose` puts sentences together with both in them. The run
registers them (:mod:`broadsheet.kernel.facts`). Inline in prose, a fact is a marked piece of text, and an author marks
the words that rest on a claim; in finished Markdown:

    [\\$190 billion]{.fact name="record-trade"}        [a record]{claim=record}

:mod:`~broadsheet.facts.proof` holds the marks of a page against what the run declared. Nothing here needs pandas or
the machinery of a build.
"""

from broadsheet.facts.claim import Claim, claim
from broadsheet.facts.comparatives import (
    close,
    doubled,
    every,
    fell,
    halved,
    held,
    highest,
    less,
    lowest,
    more,
    multiplied,
    ranks,
    rose,
    since,
)
from broadsheet.facts.fact import Fact, fact, language
from broadsheet.facts.prose import Prose, joined, prose

__all__ = ["Claim", "Fact", "Prose", "claim", "close", "doubled", "every", "fact", "fell", "halved", "held", "highest",
           "joined", "language", "less", "lowest", "more", "multiplied", "prose", "ranks", "rose", "since"]
