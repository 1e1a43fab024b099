"""`broadsheet archive`: a page kept as it is, under an address that stays."""

from __future__ import annotations

import argparse

from broadsheet.cli.progress import watch
from broadsheet.cli.report import CommandReport, grouped_faults, many, root, stopping


def archive_page(options: argparse.Namespace) -> CommandReport:
    """Build the site, archive a page of it, and build it again, so that the page leads to what was
    archived.
    """
    from broadsheet.project.project import open_project
    from broadsheet.site.build.archiving import archive, records_named, table_records
    from broadsheet.site.build.build import build_site
    from broadsheet.site.build.options import Options
    from broadsheet.site.index.archived_pages import FOLDER
    from broadsheet.site.index.build_record import read_record

    project = open_project(root())
    request = Options(day=options.today, watch=watch)
    report = build_site(project.root, request)
    if report.faults:
        said = ["nothing was archived"]
        return CommandReport(
            1,
            "\n".join([*said, *stopping(report.faults, report.notices)]),
            grouped_faults(report.faults),
            result={"pages": []},
            problems=[*report.notices, *report.faults],
        )
    record = read_record(report.output)
    records = records_named(record.pages, options.slug, table_records(project, record))
    with project.at_work():
        pages = archive(project, report.output, records, options.today or project.today)
    again = build_site(project.root, request)
    lines = [f"{page.path}: {page.title}, {many(len(page.files), 'file')}" for page in pages]
    lines.append(f"Commit {FOLDER}/: no build changes it, and readers may cite it.")
    archived = [
        {"path": str(page.path), "title": page.title, "files": len(page.files)} for page in pages
    ]
    return CommandReport(
        int(bool(again.faults)),
        "\n".join(lines),
        grouped_faults(again.faults),
        result={"pages": archived},
        problems=[*again.notices, *again.faults],
    )
