"""The numbers and comparisons of a previewed page that can be bound, as `broadsheet bind` finds them; those that
are chosen are written into its source.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from broadsheet.errors import Notice, UsageError
from broadsheet.preview.messages import message_of
from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import NOTEBOOK

if TYPE_CHECKING:
    from broadsheet.checks.bind.bound_words import Binding, BoundWords, UnsureWords
    from broadsheet.preview.previewed_site import PageAddress, PreviewedSite


def can_be_bound(edition: Edition | None) -> bool:
    """True if the source of a page can have expressions and claims."""
    return edition is not None and edition.source.path.suffix in (NOTEBOOK, ".qmd")


class PageBinding:
    """The last binding of a page. Has state: the binding, and the key by which it is known."""

    def __init__(self) -> None:
        self._key = ""
        self._binding: Binding | None = None

    def found(
        self, previewed: PreviewedSite, address: PageAddress, editor: str
    ) -> Mapping[str, object]:
        """Return what can be bound of the page at an address, for the preview's script. The article is
        run. Raises :class:`BroadsheetError`.
        """
        from broadsheet.checks.bind.binding import bind_source

        page = previewed.page(address)
        edition = page.edition if page is not None else None
        if edition is None or not can_be_bound(edition):
            raise UsageError(address.path, "it has no source that can be bound", "Open an article.")
        binding = bind_source(previewed.root / edition.source.path)

        def shown(words: BoundWords | UnsureWords) -> dict[str, Any]:
            link = message_of(Notice(words.place, words.words, ""), previewed.root, editor).link
            return {**words.report(), "place": str(words.place), "link": link}

        self._key, self._binding = secrets.token_urlsafe(12), binding
        return {
            "key": self._key,
            "edits": [shown(edit) for edit in binding.choices],
            "unsure": [shown(words) for words in binding.unsure],
            "tables": [name for name, _ in binding.added(binding.choices)],
            "notices": [notice.what for notice in binding.notices],
        }

    def written(self, key: str, chosen: Sequence[int]) -> Mapping[str, object]:
        """Write the edits of these numbers, of the binding with this key. Returns the count of those that
        are written, and what is told of the others. Raises :class:`BroadsheetError`.
        """
        from broadsheet.checks.bind.binding import proved, write_binding

        binding = (
            self._binding if secrets.compare_digest(key.encode(), self._key.encode()) else None
        )
        if binding is None:
            raise UsageError("the preview", "that list is not the last one", "Look for them again.")
        accepted = [edit for number, edit in enumerate(binding.choices) if number in chosen]
        edits, notices = proved(binding, accepted)
        if edits:
            write_binding(binding, edits)
            self._key, self._binding = "", None
        return {"written": len(edits), "notices": [notice.what for notice in notices]}
