"""Two pages of one address: the faults of both, or of the one that is declared."""

from __future__ import annotations

from bad import Bad, Content

_OLD = "---\ntitle: Old\n---\nThe old page.\n"
_NEW = "---\ntitle: New\n---\nA new page.\n"


def _beside(name: str, path: str, content: str, *beside: tuple[str, Content]) -> Bad:
    """A page of a folder of its own, and the other files there."""
    return Bad(
        f"clashes/{name}/{path}",
        content,
        _OLD,
        beside=tuple((f"clashes/{name}/{other}", text) for other, text in beside),
    )


def _notebook() -> str:
    from bad.notebooks import GOOD

    return GOOD


CASES = {
    "page-and-notebook": _beside(
        "page-and-notebook", "page.qmd", _NEW, ("page.ipynb", _notebook())
    ),
    "qmd-and-md": _beside("qmd-and-md", "page.qmd", _NEW, ("page.md", _NEW)),
    "index-twice": _beside("index-twice", "index.qmd", _NEW, ("index.ipynb", _notebook())),
    "by-case": _beside("by-case", "page.qmd", _NEW, ("Page.qmd", _NEW)),
    "by-case-of-a-folder": _beside("by-case-of-a-folder", "a/page.qmd", _NEW, ("A/page.qmd", _NEW)),
    "by-accent": _beside("by-accent", "caf\u00e9.qmd", _NEW, ("cafe\u0301.qmd", _NEW)),
    "edition-of-another-page": _beside(
        "edition-of-another-page",
        "a.qmd",
        "---\ntitle: A\neditions: [{slug: b}]\n---\n",
        ("b.qmd", _NEW),
    ),
    "edition-of-another-edition": _beside(
        "edition-of-another-edition",
        "a.qmd",
        "---\ntitle: A\neditions: [{slug: c}]\n---\n",
        ("b.qmd", "---\ntitle: B\neditions: [{slug: c}]\n---\n"),
    ),
    "page-and-folder": _beside("page-and-folder", "a.qmd", _NEW, ("a.html/index.qmd", _NEW)),
    "page-and-resource": _beside(
        "page-and-resource", "page.qmd", _NEW, ("page.html", "<p>A file.</p>")
    ),
}
