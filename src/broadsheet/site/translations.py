"""Translations: articles that say in another language what one of the publication says.

A translation is a source of its own whose front matter names the original, `translation-of:
../a/index.ipynb`. The two, and what else is a translation of the same, are *versions* of one
article: each page leads to the others, in words and for search engines, an edition to the edition
of its name. A list has one version of an article (:func:`broadsheet.site.editions.one_entry_each`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from broadsheet.errors import Notice, Place
from broadsheet.language import has_catalogue, language_of, speaking, t_
from broadsheet.nearest import nearest
from broadsheet.site import links
from broadsheet.site.page_meta import PageMeta

KEY = "translation-of"
DEFAULT = "x-default"
"""What stands for readers of all other languages, in place of one."""


@dataclass(frozen=True)
class Version:
    """A page, and the words that lead to it, in its own language: `Auf Deutsch lesen`."""

    entry: PageMeta
    label: str

    @property
    def tags(self) -> tuple[str, ...]:
        """The languages for which search engines are to show this: its own, and of an original
        all others.
        """
        return (self.entry.lang,) if is_translation(self.entry) else (self.entry.lang, DEFAULT)


def is_translation(entry: PageMeta) -> bool:
    """Whether it says that it is one."""
    return bool(entry.fields.get(KEY))


def original_of(entry: PageMeta) -> str:
    """The source of the article that an entry is a version of: its own, if it is no translation."""
    if not is_translation(entry):
        return entry.source
    named = links.internal(str(entry.fields[KEY]), PurePosixPath(entry.source).parent)
    return str(named.path) if named else entry.source


def versions_of(entries: Iterable[PageMeta]) -> Mapping[str, Sequence[Version]]:
    """By the path of each page that has other versions, all of them, the original first."""
    groups: dict[tuple[str, str], list[PageMeta]] = {}
    for entry in entries:
        groups.setdefault((original_of(entry), _edition(entry)), []).append(entry)
    found: dict[str, Sequence[Version]] = {}
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=lambda entry: (is_translation(entry), entry.lang, entry.path))
            versions = [Version(entry, _label(entry.lang)) for entry in group]
            found |= {entry.path: versions for entry in group}
    return found


def _edition(entry: PageMeta) -> str:
    name, own = PurePosixPath(entry.path).stem, PurePosixPath(entry.source).stem
    return "" if name == own else name


def unfounded(entries: Iterable[PageMeta]) -> Iterator[Notice]:
    """Translations whose original is not there, or in the same language."""
    entries = list(entries)
    languages = {entry.source: entry.lang for entry in entries if not is_translation(entry)}
    for source, (entry, original) in sorted(
        {
            entry.source: (entry, original_of(entry)) for entry in entries if is_translation(entry)
        }.items()
    ):
        written = entry.fields[KEY]
        if original not in languages:
            near = nearest(original, languages)
            yield Notice(
                Place(source),
                f"`{KEY}` names {written!r}, and there is no such article, or it is a "
                "translation itself",
                f"Did you mean `/{near[0]}`?" if near else "Name its original.",
            )
        elif languages[original] == entry.lang:
            yield Notice(
                Place(source),
                f"`{KEY}` names {written!r}, which is in {entry.lang!r} too",
                "Set `lang` to the language that this article is in.",
            )


def _label(lang: str) -> str:
    name = language_of(lang).locale.get_language_name() or lang
    with speaking(lang):
        return (
            t_("Read in %(language)s", language=name) if has_catalogue(lang) else name.capitalize()
        )
