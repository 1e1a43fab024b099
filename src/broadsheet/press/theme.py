"""The theme in the site: the stylesheet, the scripts, and plotly.js, each under a name made from its content.

Such names may be kept by browsers for ever, and a page of an older build that stays up keeps its older stylesheet.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
from dataclasses import dataclass, field
from pathlib import Path

from broadsheet.errors import RenderError

_HERE = Path(__file__).resolve()
_BUNDLE = Path("node_modules/plotly.js-cartesian-dist-min/plotly-cartesian.min.js")
_VERSION = re.compile(r"plotly\.js(?: \([^)]*\))? v(\d+\.\d+\.\d+)")


@dataclass(frozen=True)
class Theme:
    """Paths from the site's root; ``files`` has the bytes, or the file that they are copied from."""

    stylesheet: str
    figures: str
    picker: str
    tables: str
    icon: str
    plotly: str
    files: dict[str, bytes | Path] = field(repr=False)


def load_theme(root: Path) -> Theme:
    """The theme of the publication, or ours for what it has not of its own."""
    files: dict[str, bytes | Path] = {}
    names = {}
    for name in ("broadsheet.css", "figures.js", "picker.js", "tables.js", "favicon.svg"):
        content = _file(root, name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:10]
        stem, suffix = name.rsplit(".", 1)
        names[name] = f"site_libs/broadsheet/{stem}-{digest}.{suffix}"
        files[names[name]] = content
    plotly = _plotly(root)
    target = f"site_libs/plotly/plotly-{_version(plotly)}.min.js"
    files[target] = plotly
    return Theme(names["broadsheet.css"], names["figures.js"], names["picker.js"], names["tables.js"],
                 names["favicon.svg"], target, files)


def _file(root: Path, name: str) -> Path:
    for folder in (root / "theme", _HERE.parent.parent / "theme", _HERE.parents[3] / "theme"):
        if (folder / name).is_file():
            return folder / name
    raise RenderError(f"theme/{name}", "there is no such file in a theme, neither the publication's nor ours",
                      "Restore the folder `theme` from git, or install broadsheet anew.")


def _plotly(root: Path) -> Path:
    """npm's small bundle where it is installed (for the publication or for us), else the whole one of plotly.py."""
    for folder in (root, _HERE.parents[3]):
        if (folder / _BUNDLE).is_file():
            return folder / _BUNDLE
    found = importlib.util.find_spec("plotly")
    assert found is not None and found.origin is not None, "plotly is one of our dependencies"
    return Path(found.origin).parent / "package_data" / "plotly.min.js"


def _version(bundle: Path) -> str:
    with bundle.open(encoding="utf-8") as file:
        match = _VERSION.search(file.read(400))
    return match[1] if match else "unknown"
