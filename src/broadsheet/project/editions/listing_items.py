"""The entries of lists that are written out: among the `contents` of a `listing`, or in YAML files
that these name, each of which is a list of entries.

    listing:
      contents:
        - posts                      # globs choose pages
        - talks.yml                  # entries in a file
        - title: A talk              # an entry: of a page of the site, or elsewhere
          path: https://example.org/talk

An entry has a `path` or `href`, and what a page's front matter has: `title`, `description`, `date`,
`author`, `categories`, `image`. One that names a page is that page, with these instead of its own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from broadsheet.errors import ConfigError, Notice, Place
from broadsheet.project.settings.address import from_root
from broadsheet.storage import limits
from broadsheet.storage.files import check_path, read_text
from broadsheet.storage.yaml_text import one_or_more, read_yaml

_SUFFIXES = (".yml", ".yaml")
_ITEMS = "items"
_SHOWN = {"title", "path", "href", "url"}
"""The keys of which an entry needs one to be shown."""


def with_items(
    metadata: Mapping[str, object], source: PurePosixPath, root: Path, where: Place
) -> tuple[dict[str, object], tuple[str, ...], list[Notice]]:
    """Return the metadata with the entries of YAML files in the `contents` of its lists, the names
    of these files, and a notice of each file that is missing and of each entry that has nothing to
    show. Raises :class:`ConfigError` for a file that cannot be read.
    """
    listing = metadata.get("listing")
    reads: list[str] = []
    notices: list[Notice] = []

    def filled(listing: object) -> object:
        contents = listing.get("contents") if isinstance(listing, dict) else None
        if not isinstance(listing, dict) or contents is None:
            return listing
        whole: list[object] = []
        for item in one_or_more(contents):
            if isinstance(item, str) and item.endswith(_SUFFIXES) and "*" not in item:
                reads.append(from_root(item, source.parent))
                whole += _entries(reads[-1], root, where, notices)
                continue
            if isinstance(item, dict) and not _SHOWN & item.keys():
                what = f"`listing`: the entry of {', '.join(map(str, item))} is left out"
                notices.append(Notice(where, what, "Give it a `title` or a `path`.", topic="value"))
            whole.append(item)
        return {**listing, "contents": whole}

    if listing is None:
        return dict(metadata), (), []
    value = [filled(part) for part in listing] if isinstance(listing, list) else filled(listing)
    filled_in = {**metadata, "listing": value} if reads else dict(metadata)
    return filled_in, tuple(reads), notices


def _entries(name: str, root: Path, where: Place, notices: list[Notice]) -> list[object]:
    check_path(root, root / name, where)
    if not os.path.lexists(root / name):
        mend = "Mend the path, or make the file: a script of Quarto's may do that."
        notices.append(Notice(where, f"`listing`: there is no file `{name}`", mend, topic="value"))
        return []
    text = read_text(root / name, where, limit=limits.TABLE["config-size"])
    text = text.removeprefix("---\n")
    if text.lstrip()[:1] == "[" or not text.strip():
        data = read_yaml(f"{_ITEMS}: {text.strip() or '[]'}", Place(name)).data
    else:
        data = read_yaml(f"{_ITEMS}:\n{text}", Place(name), first_line=0).data
    items = data.get(_ITEMS)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ConfigError(
            Place(name),
            "this is no list of entries",
            "Write each entry as `- title: …` with its `path` below.",
        )
    return items
