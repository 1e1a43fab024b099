"""`broadsheet run`: one article executed, its values and figures listed."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from broadsheet.cli.options import parameter
from broadsheet.cli.report import CommandReport, grouped_faults, root, stopping
from broadsheet.errors import BroadsheetError, Notice, UsageError
from broadsheet.site.build.shared_messages import once_each, told_of
from plotly_alive.errors import enumerated

if TYPE_CHECKING:
    from broadsheet.markdown.finished_edition import Finished


def run_article(options: argparse.Namespace) -> CommandReport:
    """Run one article or edition."""
    from broadsheet.notebook.claims.claim import CHECKS
    from broadsheet.notebook.values.prose import unmarked
    from broadsheet.press.press import Press
    from broadsheet.project.reading import open_publication

    publication = open_publication(root(), drafts=True)
    editions = publication.choose_read([options.slug])
    paths = list(dict.fromkeys(str(edition.source.path) for edition in editions))
    if len(paths) > 1:
        raise UsageError(
            options.slug,
            f"{len(paths)} articles have this slug: {enumerated(paths, 5)}",
            "Rename the folder of all but one, or the notebook.",
        )
    if options.slug == editions[0].source.slug:
        editions = editions[:1]
    if editions[0].source.notebook is None:
        raise UsageError(
            options.slug, "this is a page without code", "Name an article that is a notebook."
        )
    values = dict(parameter(text) for text in options.parameters)
    with Press(publication.project) as press:
        result = press.finish_all(editions, given=values, use_cache=not options.no_cache)
    lines, editions_run = list[str](), list[dict[str, object]]()
    for finished in result.finished:
        title = re.sub(r"\\(\W)", r"\1", unmarked(finished.edition.settings.title))
        lines.append(f"{finished.edition.slug}: {title}")
        editions_run.append(_for_machines(finished, title))
        lines += [f"  {path}  {len(asset):,} bytes" for path, asset in finished.assets.items()]
        for cell, expression, value in finished.values:
            lines.append(f"  {f'cell {cell}' if cell else 'front matter'}: {expression} = {value}")
        for name, claim in finished.facts.get("claims", {}).items():
            says = claim.get("code") or claim["says"]
            lines.append(f"  claim {name}: {says}: {CHECKS[claim['truth']]}")
    faults = once_each([told_of(fault, str(page)) for page, fault in result.faults.items()])
    notices = once_each(result.notices)
    messages: list[Notice | BroadsheetError] = [
        *notices,
        *grouped_faults(faults),
    ]
    return CommandReport(
        1 if faults else 0,
        "\n".join([*lines, *stopping(faults, notices)]),
        messages,
        result={"editions": editions_run},
        problems=[*notices, *faults],
    )


def _for_machines(finished: Finished, title: str) -> dict[str, object]:
    return {
        "edition": finished.edition.slug,
        "title": title,
        "files": {str(path): len(asset) for path, asset in finished.assets.items()},
        "values": [
            {"cell": cell, "expression": expression, "value": str(value)}
            for cell, expression, value in finished.values
        ],
        "claims": [
            {"name": name, "says": claim["says"], "truth": claim["truth"]}
            for name, claim in finished.facts.get("claims", {}).items()
        ],
    }
