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
from broadsheet.storage.files import CONFIG, check_path, read_text
from broadsheet.storage.limits import TABLE
from broadsheet.storage.yaml_text import YamlText, one_or_more, read_yaml

BOOK = "book"
INPUTS = (".ipynb", ".qmd", ".md")
"""The suffixes of files that are rendered, whatever is in them."""
SOURCES = (*INPUTS, ".py")
"""Those of files that may be."""
_BOTH = ("title", "description", "site-url", "search", "image", "favicon", "navbar", "page-footer")
"""The keys of a book that are a website's, too."""
LOCAL = f"{CONFIG}.local"
PROFILE = "QUARTO_PROFILE"


def read_config(
    root: Path, edited: Mapping[str, str] = {}
) -> tuple[YamlText, tuple[str, ...], list[Notice]]:
    """The whole configuration, each key with the place where it was written; the names of the
    files beside `_quarto.yml` that may be a part of it; what is missing or left out of it.
    ``edited`` are texts of such files that take the place of what is on the disk. Raises
    :class:`ConfigError`.
    """
    own = _read(root, CONFIG, edited)
    below = _texts(own.data.get("metadata-files"))
    above = [f"_quarto-{name}.yml" for name in _profiles(own)] + [LOCAL]
    found = {
        name: _read(root, name, edited) for name in (*below, *above) if os.path.lexists(root / name)
    }
    notices = [
        Notice(
            own.place(("metadata-files",)),
            f"`metadata-files`: there is no file {name}",
            "Mend the path, which counts from the root; or make the file first, with the "
            "program that writes it.",
            topic=MISSING_FILE,
        )
        for name in below
        if name not in found
    ]
    layers = [*map(found.get, below), own, *map(found.get, above)]
    whole = reduce(_merged, filter(None, layers), YamlText({}, own.where))
    data = {
        key: value for key, value in whole.data.items() if key not in ("metadata-files", "profile")
    }
    return _as_website(replace(whole, data=data)), (*below, *above), notices


def merge(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """Two layers of metadata as Quarto merges them: mappings key by key, lists joined, else the
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


def _as_website(text: YamlText) -> YamlText:
    """A book as a website: its chapters are what is rendered, and the sidebar. Anything else stays."""
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


def _chapters(given: object) -> Iterator[dict[str, object]]:
    """The items of a sidebar for chapters and parts."""
    for one in given if isinstance(given, list) else []:
        if isinstance(one, str):
            yield {"href": one}
        elif isinstance(one, dict) and "part" in one:
            yield {"section": str(one["part"]), "contents": list(_chapters(one.get("chapters")))}
        elif isinstance(one, dict):
            yield one


def _paths(contents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The files that a sidebar names."""
    for one in contents:
        for name in (one.get("href"), one.get("file"), one.get("section")):
            if isinstance(name, str) and name.endswith(SOURCES):
                yield name
        yield from _paths(one.get("contents", ()))


def _read(root: Path, name: str, edited: Mapping[str, str]) -> YamlText:
    if name in edited:
        return read_yaml(edited[name], Place(name))
    if name != CONFIG:
        check_path(root, root / name, Place(CONFIG))
    return read_yaml(read_text(root / name, name, limit=TABLE["config-size"]), Place(name))


def _merged(below: YamlText, above: YamlText) -> YamlText:
    """Two texts as one. Keys and items that both have are placed where the upper one has them."""
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
    given = text.data.get("profile")
    profile = given if isinstance(given, Mapping) else {"default": given}
    asked = os.environ.get(PROFILE, "").replace(",", " ").split()
    active = asked or _texts(profile.get("default"))
    groups = profile.get("group")
    groups = groups if isinstance(groups, list) else []
    for group in groups if any(isinstance(one, list) for one in groups) else [groups]:
        names = _texts(group)
        if names and not set(names) & set(active):
            active.append(names[0])
    return [name for name in active if not {"/", "\\", "\0"} & set(name)]


def _texts(value: object) -> list[str]:
    """A text, or those of a list."""
    return [one for one in one_or_more(value) if isinstance(one, str) and one]
