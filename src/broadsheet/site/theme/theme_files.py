"""The theme in the site: the stylesheet, the scripts, and plotly.js, each under a name made from
its content.

Browsers may cache such names for ever, and a page of an older build that is kept keeps its older
stylesheet.

plotly.js comes in bundles of some trace types each. A page is given those that are the lightest for
its readers: every chart is drawn by one bundle, and the bundles have the fewest bytes in sum.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from pathlib import Path

from broadsheet.errors import ConfigError, RenderError
from broadsheet.project.project import Project
from broadsheet.site.theme.brand_style import FORMATS, brand_css
from broadsheet.site.theme.web_fonts import web_fonts
from broadsheet.storage.files import check_path
from plotly_alive import map_outlines
from plotly_alive.alive import SCRIPT

_HERE = Path(__file__).resolve()
_OURS = _HERE.parents[2] / "theme"
SCHEMA = "site_libs/broadsheet/facts.schema.json"
"""The path of the schema of each page's `facts.json`."""
_FILES = (
    "broadsheet.css",
    "feed.css",
    "charts.js",
    "figures.js",
    "picker.js",
    "editions.js",
    "listing.js",
    "tables.js",
    "facts.js",
    "before-after.js",
    "tabs.js",
    "code.js",
    "code-tools.js",
    "scheme.js",
    "search.js",
    "favicon.svg",
)
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
"""A comment of our style sheet, which readers do not load."""
BUNDLES: Mapping[str, frozenset[str]] = {
    "basic": frozenset({"bar", "pie", "scatter"}),
    "geo": frozenset({"choropleth", "scatter", "scattergeo"}),
    "cartesian": frozenset(
        {
            "bar",
            "box",
            "contour",
            "heatmap",
            "histogram",
            "histogram2d",
            "histogram2dcontour",
            "image",
            "pie",
            "scatter",
            "scatterternary",
            "violin",
        }
    ),
}
"""The bundles of plotly.js that npm installs, and the trace types that each has."""


@dataclass(frozen=True)
class Bundle:
    """A bundle of plotly.js."""

    path: str
    """Its path from the site's root."""
    file: Path
    """The file on this machine."""
    size: int
    """Its size in bytes."""
    types: frozenset[str] | None = None
    """The trace types that it draws; None for all."""

    def draws(self, types: Collection[str]) -> bool:
        """True if the bundle has all of these trace types."""
        return self.types is None or self.types.issuperset(types)


@dataclass(frozen=True)
class Theme:
    """The files of a theme; all paths are from the site's root."""

    paths: Mapping[str, str]
    """The path of each file that every site has, by its name in the theme."""
    files: dict[str, bytes | Path] = field(repr=False)
    """The files, by these paths."""
    bundles: tuple[Bundle, ...]
    """The bundles of plotly.js, for pages with charts."""
    outlines: str
    """The folder of outlines, for pages with maps."""
    stylesheets: Mapping[str, str] = field(default_factory=dict)
    """The publication's own style sheets (`css:`): their digests, by their paths."""
    preloads: tuple[str, ...] = ()
    """The fonts that a page asks for before it has read its style sheet."""

    @property
    def names(self) -> list[str]:
        """All files that the theme may bring into a site; each has a name made from its content."""
        stylesheets = (f"{path}?{digest}" for path, digest in self.stylesheets.items())
        return sorted(
            [*self.files, *(bundle.path for bundle in self.bundles), self.outlines, *stylesheets]
        )

    def bundles_for(self, charts: Collection[str]) -> Mapping[str, Bundle]:
        """Return the bundle that draws each of a page's charts; they are given and named by their
        trace types, with spaces between.
        """
        return _bundles_for(self.bundles, frozenset(charts))

    def for_charts(self, charts: Collection[str]) -> dict[str, Path]:
        """Return the files that a page with such charts needs in addition to those of each page."""
        files = (
            {bundle.path: bundle.file for bundle in self.bundles_for(charts).values()}
            if charts
            else {}
        )
        if any(map_outlines.MAPS.intersection(chart.split()) for chart in charts):
            files |= {
                f"{self.outlines}/{file.name}": file
                for file in sorted(map_outlines.FOLDER.glob("*.json"))
            }
        return files


@cache
def _bundles_for(bundles: tuple[Bundle, ...], charts: frozenset[str]) -> Mapping[str, Bundle]:
    types_of = {chart: chart.split() for chart in charts}
    ways = (
        way
        for count in range(1, len(bundles) + 1)
        for way in combinations(bundles, count)
        if all(any(bundle.draws(types) for bundle in way) for types in types_of.values())
    )
    lightest = min(ways, key=lambda way: sum(bundle.size for bundle in way))
    return {
        chart: min(
            (bundle for bundle in lightest if bundle.draws(types)), key=lambda bundle: bundle.size
        )
        for chart, types in sorted(types_of.items())
    }


def load_theme(project: Project) -> Theme:
    """Return the theme of the publication, completed by ours."""
    root = project.root
    contents = {name: _content(_file(root, name)) for name in _FILES}
    style, fonts, preloads = _style(project)
    contents["broadsheet.css"] = style.encode()
    paths = {}
    for name, content in contents.items():
        stem, suffix = name.rsplit(".", 1)
        paths[name] = f"site_libs/broadsheet/{stem}-{short_digest(content)}.{suffix}"
    maps = [file.read_bytes() for file in sorted(map_outlines.FOLDER.glob("*.json"))]
    stylesheets = {name: _read(root, name, "css") for name in project.stylesheets}
    return Theme(
        paths,
        {**{paths[name]: content for name, content in contents.items()}, **fonts, **stylesheets},
        _bundles(root),
        f"site_libs/outlines-{short_digest(b''.join(maps))}",
        {name: short_digest(content) for name, content in stylesheets.items()},
        preloads,
    )


def _style(project: Project) -> tuple[str, dict[str, bytes | Path], tuple[str, ...]]:
    """Return the style sheet: ours, the rules of the brand, the publication's own, so that a later
    rule holds; the files of fonts by their paths; the paths of those that each page preloads.
    """
    ours = _COMMENT.sub("", (_OURS / "broadsheet.css").read_text("utf-8"))
    files: dict[str, bytes | Path] = {}

    def added(name: str, content: bytes) -> str:
        suffix = Path(name).suffix.lower()
        path = f"site_libs/fonts/font-{short_digest(content)}{suffix if suffix in FORMATS else ''}"
        files[path] = content
        return path

    fonts = {added(one.file, one.content): one for one in web_fonts(project.brand)}
    parts = [
        ours,
        *(font.rule(f"../../{path}") for path, font in fonts.items()),
        brand_css(
            project.brand,
            ours,
            lambda name: f"../../{added(name, _read(project.root, name, 'a font'))}",
        ),
    ]
    if os.path.lexists(project.root / "theme/broadsheet.css"):
        rules = _read(project.root, "theme/broadsheet.css", "the theme")
        parts.append(rules.decode("utf-8-sig", errors="replace"))
    preloads = tuple(path for path, font in fonts.items() if font.preload)
    return "\n".join(filter(None, parts)), files, preloads


def _read(root: Path, name: str, use: str) -> bytes:
    """Return a file of the publication. Raises :class:`ConfigError`."""
    check_path(root, root / name, name, published=True)
    try:
        return (root / name).read_bytes()
    except OSError as error:
        raise ConfigError(
            name,
            f"this file, of {use}, cannot be read: {error.strerror}",
            "Mend its name in the configuration, or take it out.",
        ) from error


def _file(root: Path, name: str) -> Path:
    if os.path.lexists(root / "theme" / name) and name != "broadsheet.css":
        check_path(root, root / "theme" / name, f"theme/{name}", published=True)
        return root / "theme" / name
    if (_OURS / name).is_file():
        return _OURS / name
    raise RenderError(
        f"theme/{name}",
        "there is no such file in the theme",
        "Install broadsheet anew.",
    )


def _content(file: Path) -> bytes:
    """Return the content of a file of the theme. Our script of charts begins with the one by which
    drawings answer.
    """
    begin = SCRIPT.read_bytes() + b"\n" if file == _OURS / "charts.js" else b""
    return begin + file.read_bytes()


def bundle_files(root: Path) -> list[Path]:
    """Return the files that may be bundles of plotly.js, whether they are there or not."""
    return [_whole_bundle(), *(file for name in BUNDLES for file in _places_of(name, root))]


def _bundles(root: Path) -> tuple[Bundle, ...]:
    """Return the small bundles where they are, and the whole one of plotly.py."""
    bundles = [_bundle("whole", _whole_bundle())]
    for name, types in BUNDLES.items():
        if file := next((file for file in _places_of(name, root) if file.is_file()), None):
            bundles.append(_bundle(name, file, types))
    return tuple(bundles)


def _whole_bundle() -> Path:
    plotly = importlib.util.find_spec("plotly")
    assert plotly is not None and plotly.origin is not None, "plotly is one of our dependencies"
    return Path(plotly.origin).parent / "package_data" / "plotly.min.js"


def _places_of(name: str, root: Path) -> list[Path]:
    """Return where a small bundle may be: from npm, for the publication or for us, or in our wheel."""
    folder, file = f"node_modules/plotly.js-{name}-dist-min", f"plotly-{name}.min.js"
    places = (root / folder, _HERE.parents[4] / folder, _OURS / "plotly")
    return [place / file for place in places]


def _bundle(name: str, file: Path, types: frozenset[str] | None = None) -> Bundle:
    status = file.stat()
    digest = _digest_of(file, status.st_mtime_ns, status.st_size)
    return Bundle(f"site_libs/plotly/plotly-{name}-{digest}.min.js", file, status.st_size, types)


@cache
def _digest_of(file: Path, changed: int, size: int) -> str:
    return short_digest(file.read_bytes())


def short_digest(content: bytes) -> str:
    """Return a digest for the name of a file, of ten digits."""
    return hashlib.sha256(content).hexdigest()[:10]
