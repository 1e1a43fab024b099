"""What `pre-render` leaves for `post-render`, which runs in a process of its own: the finished
notebooks, in one file.

The file is MessagePack, of the types that are named here, and verified when it is read. The
editions themselves are not in it: they are opened again from the sources, and have the metadata
that assembly gave them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import nbformat

from broadsheet import store
from broadsheet.data.origin import Origin
from broadsheet.errors import UsageError
from broadsheet.figures.page_figure import PageFigure
from broadsheet.markdown.finished import Alternative, Finished
from broadsheet.project.edition import Edition

_DAY, _MOMENT, _NUMBER = range(1, 4)
"""How the values are marked that metadata may have and MessagePack has not: days, moments, numbers
of any length.
"""


class _Prepared(msgspec.Struct):
    """A finished notebook; the fields are those of :class:`Finished`, ``path`` and ``metadata`` its
    edition's.
    """

    path: str
    metadata: dict[str, Any]
    notebook: dict[str, Any]
    assets: dict[str, bytes]
    values: tuple[tuple[int, str, str], ...]
    facts: dict[str, dict[str, dict[str, Any]]]
    origins: dict[str, Origin]
    alternatives: tuple[Alternative, ...]
    reads: tuple[str, ...]
    figures: tuple[PageFigure, ...]


def write_prepared(path: Path, finished: Iterable[Finished]) -> None:
    """Write the finished notebooks. Raises :class:`StoreError`."""
    prepared = [
        _Prepared(
            str(one.edition.path),
            _marked(one.edition.metadata),
            _marked(one.notebook),
            dict(one.assets),
            one.values,
            _marked(one.facts),
            dict(one.origins),
            one.alternatives,
            one.reads,
            one.figures,
        )
        for one in finished
        if one.notebook is not None
    ]
    store.write(path, msgspec.msgpack.encode(prepared))


def read_prepared(path: Path, editions: Sequence[Edition]) -> list[Finished]:
    """The finished notebooks of these ``editions``, without their notices, which `pre-render` has
    given. Raises :class:`UsageError` where there are none, or they are damaged.
    """
    by_path = {str(edition.path): edition for edition in editions}
    data = store.read(path)
    try:
        prepared = msgspec.msgpack.decode(data or b"", type=list[_Prepared], ext_hook=_plain)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise UsageError(
            "post-render",
            "no notebook has been finished",
            "Name scripts/pre_render.py as `pre-render` "
            "in _quarto.yml, and render all of it again.",
        ) from None
    return [
        Finished(
            by_path[one.path].with_metadata(one.metadata),
            nbformat.from_dict(one.notebook),
            figures=one.figures,
            assets=one.assets,
            values=one.values,
            facts=one.facts,
            origins=one.origins,
            alternatives=one.alternatives,
            reads=one.reads,
        )
        for one in prepared
        if one.path in by_path
    ]


def _marked(value: Any) -> Any:
    """``value`` with marks in place of what MessagePack has not."""
    if isinstance(value, Mapping):
        return {str(name): _marked(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_marked(one) for one in value]
    if isinstance(value, datetime):
        return msgspec.msgpack.Ext(_MOMENT, value.isoformat().encode())
    if isinstance(value, date):
        return msgspec.msgpack.Ext(_DAY, value.isoformat().encode())
    if type(value) is int and not -(2**63) <= value < 2**64:
        return msgspec.msgpack.Ext(_NUMBER, hex(value).encode())
    return value


def _plain(mark: int, data: memoryview) -> object:
    """The value that a mark stands for. Raises :class:`ValueError` for one that is none."""
    text = bytes(data).decode()
    readings: dict[int, Callable[[str], object]] = {
        _DAY: date.fromisoformat,
        _MOMENT: datetime.fromisoformat,
        _NUMBER: lambda number: int(number, 16),
    }
    if mark not in readings:
        raise ValueError(f"there is no mark {mark}")
    return readings[mark](text)
