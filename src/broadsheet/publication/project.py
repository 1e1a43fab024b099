"""`_quarto.yml`, and which files the project renders."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from wcmatch import glob
from wcmatch._wcparse import PatternLimitException  # the public modules raise it and do not export it

from broadsheet import limits
from broadsheet.clock import today
from broadsheet.errors import ConfigError, Notice, Place, UsageError
from broadsheet.limits import PATTERNS
from broadsheet.publication.settings import ProjectSettings, check, unknown_keys
from broadsheet.publication.yamltext import YamlText, read_yaml

CONFIG = "_quarto.yml"
FOLDER_METADATA = "_metadata.yml"
ROOT = PurePosixPath()
INPUTS = (".ipynb", ".qmd", ".md")
_PROJECT_KEYS = ("project", "website", "broadsheet")
_GLOB = glob.GLOBSTAR | glob.BRACE | glob.NEGATE | glob.DOTGLOB


@dataclass(frozen=True)
class Project:
    """A Quarto website project on disk. ``text`` is the whole of `_quarto.yml`."""

    root: Path
    settings: ProjectSettings
    text: YamlText

    @property
    def metadata(self) -> dict[str, object]:
        """What `_quarto.yml` gives to each page."""
        return {key: value for key, value in self.text.data.items() if key not in _PROJECT_KEYS}

    @property
    def output(self) -> Path:
        """Where the site goes."""
        return self.root / self.settings.project.output_dir

    @property
    def site_url(self) -> str:
        """The address of the site's root, with a slash at its end; empty where `site-url` is not set."""
        url = self.settings.website.site_url
        return url.rstrip("/") + "/" if url else ""

    @property
    def today(self) -> date:
        """The day that it is where the publication is."""
        return today(self.settings.broadsheet.time_zone)

    def notices(self) -> list[Notice]:
        """The unknown keys of `project`, `website` and `broadsheet`."""
        known = self.settings
        return [notice for key in _PROJECT_KEYS
                for notice in unknown_keys(getattr(known, key), self.text, (key,))]

    def inputs(self) -> list[PurePosixPath]:
        """The files that the project renders, relative to the root, sorted; Quarto's rules.

        Everything with an input's suffix except what starts with `_` or `.`, READMEs, the output and installed
        packages; narrowed by `project: render`.
        """
        found = [path for path in _walk(self.root, self.output) if path.suffix in INPUTS]
        patterns = self.settings.project.render
        return matching(found, patterns) if patterns else found


def find_root(start: Path) -> Path:
    """The nearest folder at or above ``start`` that has a `_quarto.yml`."""
    for folder in (start, *start.parents):
        if (folder / CONFIG).is_file():
            return folder
    raise UsageError(str(start), f"no {CONFIG} here or in a folder above",
                     "Run this inside a publication: the folder with _quarto.yml.")


def open_project(root: Path) -> Project:
    """Read `_quarto.yml`. Raises :class:`ConfigError`."""
    limits.use({})
    root = root.resolve()
    text = read_yaml(limits.read_text(root / CONFIG, CONFIG, limits.CONFIG), Place(CONFIG))
    settings = check(ProjectSettings, {key: text.data[key] for key in _PROJECT_KEYS if key in text.data}, text)
    if settings.project.type != "website":
        raise ConfigError(text.place(("project", "type")),
                          f"project type {settings.project.type!r} is not one that the press renders",
                          "Write `type: website`; books and slides are for quarto render.")
    limits.use(settings.broadsheet.limits)
    return Project(root, settings, text)


def matching(paths: Iterable[PurePosixPath], patterns: Iterable[str],
             folder: PurePosixPath = ROOT) -> list[PurePosixPath]:
    """Those of ``paths`` (from the root) that fit Quarto's globs, which count from ``folder``, or from the root
    where they start with a slash; a folder stands for all in it, `!` takes away.
    """
    whole: list[str] = []
    for pattern in patterns:
        sign, bare = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
        based = bare.lstrip("/") if bare.startswith("/") else os.path.normpath(folder / bare)
        whole += [sign + based] if PurePosixPath(based).suffix else [sign + based, f"{sign}{based.rstrip('/')}/**"]
    try:
        chosen = set(glob.globfilter([str(path) for path in paths], whole, flags=_GLOB, limit=int(PATTERNS.value)))
    except PatternLimitException:
        raise limits.exceeded(PATTERNS, PATTERNS.value, Place(CONFIG if folder == ROOT else str(folder)),
                              f"a glob, one of {', '.join(repr(one[:60]) for one in whole[:3])},",
                              "Name fewer files in its braces.", at_least=True) from None
    return [path for path in paths if str(path) in chosen]


def _walk(root: Path, output: Path) -> list[PurePosixPath]:
    found: list[PurePosixPath] = []
    seen = 0
    for folder, below, files in os.walk(root):
        seen += len(files)
        limits.check(limits.FILES, seen, Place(CONFIG), "the publication's folder",
                     "Put what is not of the publication elsewhere.")
        below[:] = sorted(name for name in below
                          if name[0] not in "._" and name not in ("node_modules", "env", "venv")
                          and not name.endswith("_files") and Path(folder, name) != output)
        here = PurePosixPath(Path(folder).relative_to(root).as_posix())
        found += [here / name for name in sorted(files)
                  if name[0] not in "._" and PurePosixPath(name).stem.upper() not in ("README", "LICENSE")]
    return found
