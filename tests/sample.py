"""The publication that ships with the project, in small: all articles, and the one on Russia's
partners for a few countries.

Eleven countries show what the others would, and are built in a tenth of the time. `pytest --all` takes the
whole publication instead.
"""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

from broadsheet.data.catalogue import record_tables

ROOT = Path(__file__).parents[1]
PARTS = (
    "_quarto.yml",
    "index.qmd",
    "about.qmd",
    "corrections.qmd",
    "references.bib",
    "data",
    "posts",
    "scripts",
    "sections",
    "specimen",
    "theme",
)
PARTNERS = (
    "Armenia",
    "Brazil",
    "China",
    "Germany",
    "India",
    "Kazakhstan",
    "Nauru",
    "Netherlands",
    "Turkey",
    "Uganda",
    "United States",
)
"""Those that have a page: so many that there is a picker. Of Uganda some figures are not plausible, of
Kazakhstan and Nauru some are missing.
"""
TABLE = "data/russia-trade-by-partner.csv"
KNOWN_FROM = 2021
"""The first year that the other countries keep: too few years for a page."""


def write_sample(root: Path) -> Path:
    """Write the sample's sources below ``root``."""
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copyfile
        (root / part).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / part, root / part)
    with (ROOT / TABLE).open(encoding="utf-8", newline="") as whole:
        rows = list(csv.DictReader(whole))
    with (root / TABLE).open("w", encoding="utf-8", newline="") as few:
        writer = csv.DictWriter(few, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if _stays(row))
    catalogue = root / "data/datapackage.json"
    described = json.loads(catalogue.read_text("utf-8"))
    for resource in described["resources"]:
        if resource["path"] == Path(TABLE).name:  # of which World is no longer the sum
            kept = [one for one in resource["identities"] if "sum(" not in one["holds"]]
            resource["identities"] = kept
    catalogue.write_text(json.dumps(described, ensure_ascii=False, indent=2), "utf-8")
    record_tables(root, [Path(TABLE).stem])
    for ledger in (root / "posts/russia-and-partner").glob("facts*.jsonl"):
        ledger.unlink()  # which has the ranks among all countries
    return root


def _stays(row: dict[str, str]) -> bool:
    return row["kind"] != "country" or row["partner"] in PARTNERS or int(row["year"]) >= KNOWN_FROM
