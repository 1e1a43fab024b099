"""The finished notebooks that `pre-render` leaves for `post-render`, which is another process.

They lie in one file, as JSON. The editions themselves are not in it: they are opened again from the
sources, and get the metadata with the inline values put in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import nbformat
from nbformat.notebooknode import NotebookNode

from broadsheet.data.descriptor import Described
from broadsheet.errors import UsageError
from broadsheet.markdown.finished_edition import Finished
from broadsheet.project.editions.edition import Edition
from broadsheet.storage import store
from broadsheet.storage.json_text import decoded

_FIELDS = {
    name: kind
    for name, kind in get_type_hints(Finished).items()
    if name not in ("edition", "notices", "embedded")  # Quarto itself embeds other notebooks' cells
}
_Prepared: Any = msgspec.defstruct(
    "_Prepared", [("path", str), ("metadata", dict[str, Any]), *_FIELDS.items()]
)
"""The fields of :class:`Finished`, with the path and the metadata in place of the edition."""


def write_prepared(path: Path, finished: Iterable[Finished]) -> None:
    """Write the finished notebooks. Raises :class:`StoreError`."""
    prepared = [
        {
            "path": str(item.edition.path),
            "metadata": item.edition.metadata,
            **{name: getattr(item, name) for name in _FIELDS},
        }
        for item in finished
    ]
    store.write_entry(path, msgspec.json.encode(prepared, enc_hook=_encode))


def read_prepared(path: Path, editions: Sequence[Edition]) -> list[Finished]:
    """Return the finished notebooks of these ``editions``, without the notices that `pre-render`
    printed.

    Raises :class:`UsageError` if the file is absent or damaged.
    """
    by_path = {str(edition.path): edition for edition in editions}
    prepared: list[Any] | None = decoded(store.read_entry(path) or b"", list[_Prepared], _decode)
    if prepared is None:
        raise UsageError(
            "post-render",
            "no notebook has been finished",
            "Name scripts/pre_render.py as `pre-render` "
            "in _quarto.yml, and render all of it again.",
        )
    return [_finished(item, by_path[item.path]) for item in prepared if item.path in by_path]


def _finished(prepared: Any, edition: Edition) -> Finished:
    metadata = _typed(prepared.metadata, edition.metadata)
    fields = {name: getattr(prepared, name) for name in _FIELDS}
    return Finished(edition.with_metadata(metadata), **fields)


def _typed(values: Mapping[str, Any], source: Mapping[str, object]) -> dict[str, Any]:
    """Return the ``values``, with dates that JSON has made texts as the ``source`` has them."""
    typed = dict(values)
    for key in typed.keys() & source.keys():
        if msgspec.to_builtins(source[key]) == typed[key]:
            typed[key] = source[key]
    return typed


def _encode(value: Any) -> Any:
    """Return the descriptor's entries of an origin, which msgspec does not know, by the names of
    the file.
    """
    assert isinstance(value, Described)
    return value.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _decode(kind: type, value: Any) -> Any:
    """Return a notebook, or an entry of the descriptor: the types here that msgspec does not know."""
    if issubclass(kind, Described):
        return kind.model_validate_json(msgspec.json.encode(value))
    assert kind is NotebookNode
    return nbformat.from_dict(value)
