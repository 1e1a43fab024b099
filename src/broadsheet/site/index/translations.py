"""Translations: articles that say in another language what one of the publication says.

A translation is a source of its own whose front matter names the original, `translation-of:
../a/index.ipynb`. The two, and what else is a translation of the same, are *versions* of one
article: each page leads to the others, in words and for search engines, an edition to the edition
of its name. A list has one version of an article
(:func:`broadsheet.site.index.edition_picker.one_entry_each`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from broadsheet.errors import Notice, Place
from broadsheet.site.article import links
from broadsheet.site.article.entry import Entry
from broadsheet.text.language import has_catalogue, language_of, speaking, t_
from plotly_alive.text.did_you_mean import nearest

KEY = "translation-of"
DEFAULT = "x-default"
"""The tag for readers of all other languages."""


@dataclass(frozen=True)
class Version:
    """A version of a page in a language."""

    meta: Entry
    """The page's entry."""
    label: str
    """The words of the link to it, in its own language: `Auf Deutsch lesen`."""

    @property
    def tags(self) -> tuple[str, ...]:
        """The languages for which search engines are to show this page: its own, and for an
        original all others.
        """
        return (self.meta.lang,) if is_translation(self.meta) else (self.meta.lang, DEFAULT)


def is_translation(meta: Entry) -> bool:
    """True if a page's metadata name an original."""
    return bool(meta.fields.get(KEY))


def original_of(meta: Entry) -> str:
    """Return the source of the article that a page is a version of: its own, if it is no
    translation.
    """
    if not is_translation(meta):
        return meta.source
    named = links.internal(str(meta.fields[KEY]), PurePosixPath(meta.source).parent)
    return str(named.path) if named else meta.source


def versions_of(entries: Iterable[Entry]) -> Mapping[str, Sequence[Version]]:
    """Return all versions of each page that has several, the original first, by the page's path."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for meta in entries:
        groups.setdefault((original_of(meta), _edition(meta)), []).append(meta)
    by_path: dict[str, Sequence[Version]] = {}
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=lambda meta: (is_translation(meta), meta.lang, meta.path))
            versions = [Version(meta, _label(meta.lang)) for meta in group]
            by_path |= {meta.path: versions for meta in group}
    return by_path


def _edition(meta: Entry) -> str:
    name, first = PurePosixPath(meta.path).stem, PurePosixPath(meta.source).stem
    return "" if name == first else name


def unfounded_translations(entries: Iterable[Entry]) -> Iterator[Notice]:
    """Yield a notice for each translation whose original does not exist, or is in the same
    language.
    """
    entries = list(entries)
    languages = {meta.source: meta.lang for meta in entries if not is_translation(meta)}
    for source, (meta, original) in sorted(
        {meta.source: (meta, original_of(meta)) for meta in entries if is_translation(meta)}.items()
    ):
        written = meta.fields[KEY]
        if original not in languages:
            near = nearest(original, languages)
            yield Notice(
                Place(source),
                f"`{KEY}` names {written!r}, and there is no such article, or it is a "
                "translation itself",
                f"Did you mean `/{near[0]}`?" if near else "Name its original.",
                topic="translation",
            )
        elif languages[original] == meta.lang:
            yield Notice(
                Place(source),
                f"`{KEY}` names {written!r}, which is in {meta.lang!r} too",
                "Set `lang` to the language that this article is in.",
                topic="translation",
            )


def language_name(lang: str) -> str:
    """Return the name of a language in itself."""
    return language_of(lang).locale.get_language_name() or lang


def _label(lang: str) -> str:
    name = language_name(lang)
    with speaking(lang):
        return (
            t_("Read in %(language)s", language=name) if has_catalogue(lang) else name.capitalize()
        )
