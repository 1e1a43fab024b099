"""A table for programs: as a Data Package with its rows, as Parquet, and as schema.org describes it.

The package is one file of JSON (datapackage.org): the table's entry in the catalogue, with schema,
sources and licences, and its rows as its `data`. How the table is retrieved is not in it. Parquet
is written where pyarrow is installed.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from broadsheet.data.descriptor import Resource
from broadsheet.project.editions.edition_rules import plain_rows
from broadsheet.run.library_versions import version_of
from broadsheet.site.index.data_tables import DataTables
from broadsheet.site.index.scene import Scene, publisher_of

if TYPE_CHECKING:
    import pandas as pd

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_OF_THE_FILE = frozenset(
    {"path", "format", "mediatype", "encoding", "bytes", "hash", "refresh", "identities"}
)
"""The keys of an entry that say nothing of rows that are in the package itself."""
_LONGEST, _IN_SHORT = 5000, 300
"""The most letters of a description that the readers of schema.org take, and of one of many."""


def data_package(resource: Resource, frame: pd.DataFrame) -> bytes:
    """Return the Data Package of a table, with its rows."""
    entry = resource.model_dump(mode="json", by_alias=True, exclude_unset=True)
    described = {key: value for key, value in entry.items() if key not in _OF_THE_FILE}
    rows = [{name: _cell(value) for name, value in row.items()} for row in plain_rows(frame)]
    package = {
        "$schema": _PROFILE,
        "name": resource.name,
        "title": resource.title,
        "description": resource.description,
        "sources": entry["sources"],
        "licenses": entry["licenses"],
        "resources": [{**described, "data": rows}],
    }
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()


def _cell(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def parquet_of(frame: pd.DataFrame) -> bytes | None:
    """Return a table as Parquet; None without the library that writes it."""
    if not version_of("pyarrow"):
        return None
    plain, buffer = frame.copy(), io.BytesIO()
    plain.attrs = {}
    plain.to_parquet(buffer, engine="pyarrow", index=False)
    return buffer.getvalue()


def dataset_of(
    scene: Scene,
    resource: Resource,
    url: str,
    files: Iterable[tuple[str, str]],
    *,
    first_day: str = "",
) -> dict[str, object]:
    """Return a table as schema.org has it: a Dataset at a ``url``. ``files`` are the media type and
    path of each file of it; ``first_day`` is the first day or year that it covers.
    """
    publishers = {one.publisher: one for one in reversed(resource.sources)}
    licences = [one.path or one.title or one.name for one in resource.licenses]
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": resource.title,
        "description": resource.description[:_LONGEST],
        "url": scene.absolute(url),
        "identifier": resource.name,
        "inLanguage": scene.project.lang,
        "creator": [{"@type": "Organization", "name": name} for name in reversed(publishers)],
        "publisher": publisher_of(scene),
        "license": licences[0] if len(licences) == 1 else licences,
        "isBasedOn": list(dict.fromkeys(one.path for one in resource.sources if one.path)),
        "temporalCoverage": f"{first_day or '..'}/{resource.as_of.isoformat()}",
        "dateModified": resource.retrieved.isoformat(),
        "variableMeasured": [
            _filled(
                {
                    "@type": "PropertyValue",
                    "name": field.title,
                    "description": field.description,
                    "unitText": field.unit,
                }
            )
            for field in resource.measured
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": media,
                "contentUrl": scene.absolute(path) or scene.href(path),
            }
            for media, path in files
        ],
    }
    return data


def catalogue_of(scene: Scene, url: str, data: DataTables, title: str) -> dict[str, object]:
    """Return the catalogue as schema.org has it: a DataCatalog of all tables."""
    return {
        "@context": "https://schema.org",
        "@type": "DataCatalog",
        "name": title,
        "description": data.description,
        "url": scene.absolute(url),
        "publisher": publisher_of(scene),
        "dataset": [
            _filled(
                {
                    "@type": "Dataset",
                    "name": table.resource.title,
                    "description": table.resource.description[:_IN_SHORT],
                    "url": scene.absolute(table.meta.url),
                    "dateModified": table.resource.retrieved.isoformat(),
                }
            )
            for table in data.tables.values()
        ],
    }


def _filled(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value}
