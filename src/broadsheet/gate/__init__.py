"""The gate: it reads the prose of an edition and finds what nothing accounts for.

It stands between assembly and the press, and knows neither Markdown nor HTML: a :class:`Passage` is plain text with
a :class:`Mark` on each fact, claim and citation, and what comes out says where a number or a comparison is that rests
on none of them.
"""

from broadsheet.gate.passage import OPAQUE, Mark, MarkKind, Passage
from broadsheet.gate.reading import NOTHING, Finding, Reading, read

__all__ = ["NOTHING", "OPAQUE", "Finding", "Mark", "MarkKind", "Passage", "Reading", "read"]
