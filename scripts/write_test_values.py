"""Writes the values that unit tests begin with: `tests/site/values/`, made of the publications in
`tests/sites/` by the whole pipeline. Run it after a wanted change of an article, and read the
difference. What differs only by the machine is left as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from stored import CASES, VALUES, as_json, fixed_json, made_now


def main() -> None:
    """Write each file whose value has changed."""
    VALUES.mkdir(exist_ok=True)
    for case in CASES:
        with TemporaryDirectory() as work:
            text = as_json(made_now(case, Path(work)))
        file = VALUES / f"{case}.json"
        if not file.exists() or fixed_json(file.read_text("utf-8")) != fixed_json(text):
            file.write_text(text, "utf-8")
            print(f"written: {file.relative_to(VALUES.parents[2])}")


if __name__ == "__main__":
    main()
