"""Reads `language:`: words of an author's own, or the name of a file that has them.

    language:
      callout-note-title: Please note       # words, those of a language below its tag
    language: custom.yml                    # a file of such words; `custom-fr.yml` beside it has
                                            # those of French

A project's `_language.yml` and `_language-fr.yml` are read without being named. Words of a layer of
metadata win over those of the layers below it, key by key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from broadsheet.errors import MISSING_FILE, Notice, Place
from broadsheet.project.settings.address import from_root
from broadsheet.project.settings.config import merge
from broadsheet.storage import limits
from broadsheet.storage.files import FileError, check_path, read_text, refusal
from broadsheet.storage.yaml_text import YamlText, read_yaml
from broadsheet.text.own_words import OWN_WORDS, is_key, word_keys
from plotly_alive.errors import shown
from plotly_alive.text.did_you_mean import question
from plotly_alive.text.language import language_of

_OF_PROJECT = "_language.yml"
_SHOWN = 60


@dataclass(frozen=True)
class LayerWords:
    """The words of a layer of metadata."""

    words: Mapping[str, object]
    """The words by their keys, those of a language in a mapping below its tag."""
    files: tuple[str, ...] = ()
    """The files that were read, from the root, and one that is missing."""
    notices: tuple[Notice, ...] = ()
    """Notices of a missing file, of unknown keys, and of values that are no words."""


def layer_words(value: object, folder: PurePosixPath, root: Path, text: YamlText) -> LayerWords:
    """Return what `language:` has in a file of ``folder``. Raises :class:`FileError` for a file that
    may not be read, and :class:`ConfigError` for one that is no YAML.
    """
    if isinstance(value, str):
        name = from_root(value, folder)
        where = text.place((OWN_WORDS,))
        if (refused := refusal(root, root / name)) is not None:
            raise FileError(where, f"`language`: {refused[0]}", refused[1])
        words = _of_files(name, root)
        if words.files:
            return words
        missing = Notice(
            where,
            f"`language`: there is no file {shown(name, _SHOWN)}",
            "Mend the path, which counts from this file.",
            topic=MISSING_FILE,
        )
        return LayerWords({}, (name,), (missing,))
    if not isinstance(value, Mapping):
        return LayerWords({})
    return LayerWords(value, (), tuple(_doubted(value, text, (OWN_WORDS,))))


def words_of_project(value: object, root: Path, text: YamlText) -> LayerWords:
    """Return what `language:` has in `_quarto.yml`, on top of the project's own files of words."""
    below, above = _of_files(_OF_PROJECT, root), layer_words(value, PurePosixPath(), root, text)
    return LayerWords(
        merge(below.words, above.words),
        (*below.files, *above.files),
        (*below.notices, *above.notices),
    )


def files_of_language(names: Iterable[str], lang: str) -> list[str]:
    """Return the files that have the words of a language, beside the files of words of these names,
    whether they are there or not.
    """
    tags = lang.split("-")
    return [
        str(path.with_name(f"{path.stem}-{'-'.join(tags[:count])}{path.suffix}"))
        for path in map(PurePosixPath, names)
        for count in range(1, len(tags) + 1)
    ]


def _of_files(name: str, root: Path) -> LayerWords:
    """Return the words of a file, and of those beside it that are for one language."""
    path = PurePosixPath(name)
    folder = root / path.parent
    prefix = f"{path.stem}-"
    names = sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []
    tags = {
        other: other.removeprefix(prefix).removesuffix(path.suffix)
        for other in names
        if other.startswith(prefix) and other.endswith(path.suffix)
    }
    words: dict[str, object] = {}
    notices: list[Notice] = []
    files = [path.name] if path.name in names else []
    for other in (*files, *tags):
        where = Place(str(path.with_name(other)))
        check_path(root, folder / other, where)
        read = read_yaml(read_text(folder / other, where, limit=limits.TABLE["config-size"]), where)
        notices += _doubted(read.data, read, ())
        words = merge(words, {tags[other]: read.data} if other in tags else read.data)
    return LayerWords(
        words, tuple(str(path.with_name(other)) for other in (*files, *tags)), tuple(notices)
    )


def _doubted(words: Mapping[str, object], text: YamlText, at: tuple[str, ...]) -> Iterator[Notice]:
    """Yield notices of keys that are unknown, and of values that are no words."""
    for key, value in words.items():
        place = text.place((*at, key))
        if isinstance(value, Mapping) and not is_key(key) and language_of(key).tag == key:
            yield from _doubted(value, text, (*at, key))
        elif not is_key(key):
            yield Notice(
                place,
                f"`language` has no key {shown(key, _SHOWN)}",
                question(key, word_keys())
                + "Its keys are those of Quarto's _language.yml, and the tags of languages.",
                topic="unknown-key",
            )
        elif value is not None and not isinstance(value, str | int | float):
            yield Notice(
                place,
                f"`language`: the value of `{key}` is no text, and is left out",
                "Write a word, or a few.",
                topic="value",
            )
