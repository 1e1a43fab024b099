"""The sources by their names: those that come with the program, and those of other distributions."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from broadsheet.data.descriptor import Refresh
from broadsheet.data.refresh.answers import SourceError
from broadsheet.data.refresh.protocol import DataSource
from plotly_alive.errors import enumerated
from plotly_alive.text.did_you_mean import question

ENTRY_POINTS = "broadsheet.sources"
"""The group of entry points by which another distribution brings sources."""
_OURS = {
    "bis": ("sdmx_csv", "Bis"),
    "comtrade": ("paged_json", "Comtrade"),
    "ecb": ("sdmx_csv", "Ecb"),
    "eia": ("paged_json", "EnergyInformation"),
    "eurostat": ("sdmx_csv", "Eurostat"),
    "file": ("file_source", "FileSource"),
    "fred": ("fred", "Fred"),
    "ilo": ("sdmx_csv", "Ilo"),
    "imf": ("sdmx_csv", "Imf"),
    "oecd": ("sdmx_csv", "Oecd"),
    "sdmx": ("sdmx_csv", "SdmxCsv"),
    "world-bank": ("paged_json", "WorldBank"),
}
"""The module and the class of each source of ours."""


def named_source(entry: Refresh) -> DataSource:
    """Return the source of an entry. Raises :class:`SourceError` if there is none of that name."""
    if entry.source in _OURS:
        module, name = _OURS[entry.source]
        kind = getattr(import_module(f"broadsheet.data.refresh.{module}"), name)
        return _instance(kind, entry.source)
    for point in entry_points(group=ENTRY_POINTS, name=entry.source):
        return _instance(_loaded(point), entry.source)
    names = source_names()
    raise SourceError(
        f"there is no source {entry.source!r}",
        f"{question(entry.source, names)}There are: {enumerated(names, 30)}.",
    )


def source_names() -> list[str]:
    """Return the names of all sources."""
    return sorted({*_OURS, *(point.name for point in entry_points(group=ENTRY_POINTS))})


def _loaded(point: EntryPoint) -> object:
    try:
        return point.load()
    except Exception as error:
        # It is somebody else's code.
        raise SourceError(
            f"the source {point.name!r}, {point.value}, cannot be loaded: {type(error).__name__}: "
            f"{error}",
            "Mend the distribution that brings it, or install it anew.",
        ) from error


def _instance(kind: object, name: str) -> DataSource:
    """Return a source: an instance of a class that may want its name, or the object itself."""
    source = kind() if isinstance(kind, type) else kind
    missing = [
        method for method in ("describe", "latest", "fetch", "parse") if not hasattr(source, method)
    ]
    if missing:
        raise SourceError(
            f"the source {name!r} has no `{missing[0]}`",
            "A source has describe, latest, fetch and parse.",
        )
    checked: DataSource = source  # type: ignore[assignment]
    return checked
