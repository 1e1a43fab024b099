"""`broadsheet data`: the catalogue of tables."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from broadsheet.cli.report import Report, as_json, many, reports, root
from broadsheet.errors import UsageError

if TYPE_CHECKING:
    from broadsheet.data.checking import TableState


def list_tables(options: argparse.Namespace) -> Report:
    """List the tables of the catalogue."""
    from broadsheet.data.catalogue import Catalogue

    tables = Catalogue.open(root()).states()
    if options.json:
        return Report(0, as_json([_for_machines(table) for table in tables]))
    return Report(0, "\n".join(_for_people(table) for table in tables))


def _for_machines(table: TableState) -> dict[str, object]:
    resource = table.resource
    return {
        "name": resource.name,
        "title": resource.title,
        "path": resource.file,
        "rows": None if table.frame is None else len(table.frame),
        "as_of": resource.as_of.isoformat(),
        "retrieved": resource.retrieved.isoformat(),
        "sources": [source.publisher for source in resource.sources],
        "licences": [licence.name for licence in resource.licenses],
        "checksum_ok": table.checksum_ok,
    }


def _for_people(table: TableState) -> str:
    resource = table.resource
    rows = "has a fault" if table.frame is None else many(len(table.frame), "row")
    differs = "" if table.checksum_ok else ", CHECKSUM DIFFERS"
    publishers = ", ".join(dict.fromkeys(source.publisher for source in resource.sources))
    return (
        f"{resource.name}: {resource.title}\n"
        f"  {rows}, as of {resource.as_of}, retrieved {resource.retrieved}{differs}\n"
        f"  {publishers}"
    )


def check_tables(options: argparse.Namespace) -> Report:
    """Check tables against their schemas and checksums."""
    from broadsheet.data.catalogue import Catalogue, update_hashes

    updated = update_hashes(root()) if options.update_hashes else ()
    messages = [f"{name}: checksum updated" for name in updated]
    catalogue = Catalogue.open(root())
    unknown = [name for name in options.names if name not in catalogue.names]
    if unknown:
        raise UsageError(
            unknown[0], "no table has this name", f"There are: {', '.join(catalogue.names)}."
        )
    faults = catalogue.check(options.names or None)
    code = 1 if faults else 0
    if options.json:
        return Report(code, as_json(reports(faults)), messages)
    count = len(options.names or catalogue.names)
    text = f"{many(count, 'table')}, {many(len(faults), 'fault')}"
    return Report(code, text, [*messages, *faults])
