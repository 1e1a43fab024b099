"""`broadsheet adopt`: a notebook, a page or a Quarto site as a publication."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import asdict
from itertools import zip_longest
from typing import TYPE_CHECKING

from broadsheet.cli.report import CommandReport, many
from plotly_alive.errors import enumerated

if TYPE_CHECKING:
    from broadsheet.checks.adoption import Group
    from broadsheet.checks.sass_brand import SassBrand

_NAMED = 3
_HEADINGS = {
    "not_run": "Not run, and shown with what is saved:",
    "otherwise": "Shown otherwise than by Quarto, or not at all:",
    "missing": "Missing for an article:",
}


def adopt_path(options: argparse.Namespace) -> CommandReport:
    """Make a publication of a path, and report the result."""
    from broadsheet.checks.adoption import adopt
    from broadsheet.cli.progress import watch

    adopted = adopt(options.path, with_templates=options.templates, jobs=options.jobs, watch=watch)
    code = int(bool(adopted.faults))
    parts = {name: getattr(adopted, name) for name in _HEADINGS}
    for_machines = {
        "pages": adopted.pages,
        **{name: [asdict(group) for group in groups] for name, groups in parts.items()},
        "front_matter": adopted.front_matter,
        "brand": asdict(adopted.brand) if adopted.brand else None,
        "address": (adopted.site / "index.html").as_uri(),
        "copy": str(adopted.copy),
        "site": str(adopted.site),
    }
    blocks = [f"{many(adopted.pages, 'page')} built; {many(len(adopted.faults), 'fault')}."]
    if adopted.faults:
        blocks.append("\n".join(["Not built:", *(f"  {fault}" for fault in adopted.faults)]))
    blocks += [_block(_HEADINGS[name], groups) for name, groups in parts.items() if groups]
    if adopted.front_matter:
        blocks.append(
            "To make it an article, let it begin with a raw cell of these lines:\n"
            + adopted.front_matter
        )
    if adopted.brand:
        blocks.append(_brand(adopted.brand))
    site, copy = shlex.quote(str(adopted.site)), shlex.quote(str(adopted.copy))
    blocks.append(
        f"The site: {(adopted.site / 'index.html').as_uri()}\n"
        f"With its search and living charts, at http://127.0.0.1:8000/: "
        f"python3 -m http.server -d {site} -b 127.0.0.1 8000\n"
        f"It was made of a copy, in which you can try changes: cd {copy}, then broadsheet preview.\n"
        f"To remove both: rm -r {shlex.quote(str(adopted.copy.parent))}"
    )
    return CommandReport(
        code,
        "\n\n".join(blocks),
        result=for_machines,
        problems=adopted.faults,
        root=adopted.copy,
    )


def _brand(brand: SassBrand) -> str:
    """Return the lines of a brand, with what was left out of it."""
    lines = brand.lines.rstrip().splitlines()
    if "typography:" in lines:
        lines.append(
            "Name the files of its fonts in `typography: fonts:`, or readers see the theme's own."
        )
    return "\n".join(
        (
            f"Colours and typefaces of {enumerated(list(brand.sources), _NAMED)}, which the copy "
            "has as its `_brand.yml`. Keep that file, and both renderers use them:",
            *(f"  {line}" if line[0].islower() or line[0] == " " else line for line in lines),
            *brand.left_out,
        )
    )


def _block(heading: str, groups: Sequence[Group]) -> str:
    lines = [heading]
    for group, following in zip_longest(groups, groups[1:]):
        count = f"{len(group.places):,} × " if len(group.places) > 1 else ""
        lines.append(f"  {count}{' '.join(group.what.split())}")
        lines.append(f"      in {enumerated(list(dict.fromkeys(group.places)), _NAMED)}")
        if group.mend and (following is None or following.mend != group.mend):
            lines.append(f"    → {group.mend}")
    return "\n".join(lines)
