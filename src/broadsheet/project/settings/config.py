"""The configuration of a project: `_quarto.yml`, and the files that complete it by Quarto's rules.

Each file wins over the ones before it: those that `metadata-files` names, `_quarto.yml` itself,
`_quarto-PROFILE.yml` for each profile that is active, `_quarto.yml.local`. Active are the profiles
in the environment variable `QUARTO_PROFILE`, else those of `profile: default`; and of each
`profile: group` the first, if no other of that group is active.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

from broadsheet.errors import MISSING_FILE, Notice, Place
from broadsheet.storage.files import check_path, read_text
from broadsheet.storage.limits import TABLE
from broadsheet.storage.publication_root import CONFIG
from broadsheet.storage.yaml_text import YamlText, one_or_more, read_yaml

BOOK = "book"
INPUTS = (".ipynb", ".qmd", ".md")
"""The suffixes of files that are always rendered."""
SOURCES = (*INPUTS, ".py")
"""The suffixes of files that may be rendered."""
_BOTH = ("title", "description", "site-url", "search", "image", "favicon", "navbar", "page-footer")
"""The keys of a book that are a website's, too."""
LOCAL = f"{CONFIG}.local"
PROFILE = "QUARTO_PROFILE"


def read_config(
    root: Path, edited: Mapping[str, str] = {}
) -> tuple[YamlText, tuple[str, ...], list[Notice]]:
    """Return the whole configuration, each key with its place, and as `profile` the active profiles;
    the names of the files beside `_quarto.yml` that may be a part of it; and notices of what is
    missing or left out. ``edited`` has texts of such files that take the place of those on the disk.
    Raises :class:`ConfigError`.
    """
    base = _read(root, CONFIG, edited)
    below = _texts(base.data.get("metadata-files"))
    profiles = _profiles(base)
    above = [f"_quarto-{name}.yml" for name in profiles] + [LOCAL]
    files = {
        name: _read(root, name, edited) for name in (*below, *above) if os.path.lexists(root / name)
    }
    notices = [
        Notice(
            base.place(("metadata-files",)),
            f"`metadata-files`: there is no file {name}",
            "Mend the path, which counts from the root; or make the file first, with the "
            "program that writes it.",
            topic=MISSING_FILE,
        )
        for name in below
        if name not in files
    ]
    layers = [*map(files.get, below), base, *map(files.get, above)]
    whole = reduce(_merged, filter(None, layers), YamlText({}, base.where))
    data = {
        key: value for key, value in whole.data.items() if key not in ("metadata-files", "profile")
    }
    if profiles:
        data["profile"] = profiles
    return _as_website(replace(whole, data=data)), (*below, *above), notices


def merge(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """Merge two layers of metadata as Quarto does: mappings key by key, lists joined, else the
    upper one wins.
    """
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            result[key] = merge(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            result[key] = old + [item for item in value if item not in old]
        else:
            result[key] = value
    return result


def html_format(data: Mapping[str, object]) -> Mapping[str, object]:
    """Return the metadata under `format: html:`."""
    formats = data.get("format")
    html = formats.get("html") if isinstance(formats, Mapping) else None
    return html if isinstance(html, Mapping) else {}


def _as_website(text: YamlText) -> YamlText:
    """Return a book as a website: its chapters are rendered, and are the sidebar. Anything else
    stays.
    """
    book, project = text.data.get("book"), text.data.get("project")
    if not isinstance(book, dict) or not isinstance(project, dict) or project.get("type") != BOOK:
        return text
    sidebar = book.get("sidebar")
    contents = list(_chapters(book.get("chapters")))
    if appendices := list(_chapters(book.get("appendices"))):
        contents.append({"section": "Appendices", "contents": appendices})
    website = {key: value for key, value in book.items() if key in _BOTH}
    website["sidebar"] = {**(sidebar if isinstance(sidebar, dict) else {}), "contents": contents}
    website["page-navigation"] = book.get("page-navigation", True)
    data = {key: value for key, value in text.data.items() if key != "book"}
    data["project"] = {"render": list(_paths(contents)), **project}
    data["website"] = website
    lines = {_moved(path): line for path, line in text.lines.items()}
    elsewhere = {_moved(path): place for path, place in text.elsewhere.items()}
    return replace(text, data=data, lines=lines, elsewhere=elsewhere)


def _moved(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    return ("website", *path[1:]) if path[:1] == ("book",) else path


def _chapters(chapters: object) -> Iterator[dict[str, object]]:
    """Yield the items of a sidebar for chapters and parts."""
    for chapter in chapters if isinstance(chapters, list) else []:
        if isinstance(chapter, str):
            yield {"href": chapter}
        elif isinstance(chapter, dict) and "part" in chapter:
            yield {
                "section": str(chapter["part"]),
                "contents": list(_chapters(chapter.get("chapters"))),
            }
        elif isinstance(chapter, dict):
            yield chapter


def _paths(contents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the files that a sidebar names."""
    for item in contents:
        for name in (item.get("href"), item.get("file"), item.get("section")):
            if isinstance(name, str) and name.endswith(SOURCES):
                yield name
        yield from _paths(item.get("contents", ()))


def _read(root: Path, name: str, edited: Mapping[str, str]) -> YamlText:
    if name in edited:
        return read_yaml(edited[name], Place(name))
    if name != CONFIG:
        check_path(root, root / name, Place(CONFIG))
    return read_yaml(read_text(root / name, name, limit=TABLE["config-size"]), Place(name))


def _merged(below: YamlText, above: YamlText) -> YamlText:
    """Merge two texts. Keys and items that both have get their places from the upper one."""
    if above.where.file != CONFIG:
        places = {path: Place(above.where.file, line=line) for path, line in above.lines.items()}
        above = replace(above, elsewhere=places)
    if not below.data:
        return above
    lines = {**below.lines, **above.lines}
    elsewhere = {
        path: place for path, place in below.elsewhere.items() if path not in above.lines
    } | dict(above.elsewhere)
    return YamlText(merge(below.data, above.data), Place(CONFIG), lines, elsewhere)


def _profiles(text: YamlText) -> list[str]:
    value = text.data.get("profile")
    profile = value if isinstance(value, Mapping) else {"default": value}
    profiles = os.environ.get(PROFILE, "").replace(",", " ").split()
    active = profiles or _texts(profile.get("default"))
    groups = profile.get("group")
    groups = groups if isinstance(groups, list) else []
    for group in groups if any(isinstance(group, list) for group in groups) else [groups]:
        names = _texts(group)
        if names and not set(names) & set(active):
            active.append(names[0])
    return [name for name in active if not {"/", "\\", "\0"} & set(name)]


def _texts(value: object) -> list[str]:
    """Return a text, or the texts of a list, as a list."""
    return [item for item in one_or_more(value) if isinstance(item, str) and item]
