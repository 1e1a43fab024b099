"""Sites of a few pages, built from the texts of their files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from broadsheet.site.build.build import build
from broadsheet.site.build.report import Report

HOME = "---\ntitle: Home\n---\nHome.\n"


@dataclass(frozen=True)
class SmallSite:
    """A site that was built."""

    root: Path
    """The folder of the publication."""
    report: Report
    """The report of its build."""

    def __getitem__(self, name: str) -> str:
        return (self.root / "_site" / name).read_text()

    def has(self, name: str) -> bool:
        """True if the site has a file of that name."""
        return (self.root / "_site" / name).is_file()

    @property
    def said(self) -> list[str]:
        """What the build says of the publication."""
        return [notice.what for notice in self.report.notices if notice.topic != "site-url"]


def small_site(root: Path, config: str, **files: str) -> SmallSite:
    """Return the site of a publication with this `_quarto.yml`, a front page and these ``files``.
    It has no faults.
    """
    for name, text in {"_quarto.yml": config, "index.qmd": HOME, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    report = build(root)
    assert not report.faults
    return SmallSite(root, report)


def page(title: str, more: str = "", body: str = "Text.") -> str:
    """Return a page with ``more`` lines of front matter."""
    return f"---\ntitle: {title}\n{more}---\n{body}\n"
