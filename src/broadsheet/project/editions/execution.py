"""The choice between running a notebook and showing the outputs that are saved in it.

Quarto shows an `.ipynb` with what it holds, and runs a `.qmd`. An article of ours is run whatever it
holds, since its values, editions and facts come from a run. In this order:

1. `execute: ipynb` of a notebook and `execute: enabled` decide, where one of them is given.
2. A page whose cells are all left out (`eval: false`) is not run.
3. A `.qmd` is run. So is a notebook that is an *article*: it has a `parameters` cell, editions,
   inline values, or a cell that imports `broadsheet`; and one that has no outputs to show.
4. Any other notebook is shown with its saved outputs.
"""

from __future__ import annotations

import re

from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import NOTEBOOK
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.source import Source

IDLE = "no cell of it is to be run"
"""The reason for which a page without code to run is not run."""
_USES_BROADSHEET = re.compile(r"^[ \t]*(?:import|from)[ \t]+broadsheet\b", re.MULTILINE)


def is_article(edition: Edition) -> bool:
    """True if a notebook's values, editions or facts come from a run."""
    return uses_broadsheet(edition) or _has_values(edition.source)


def uses_broadsheet(edition: Edition) -> bool:
    """True if a notebook has what Quarto does not have: parameters, editions, or a cell that
    imports `broadsheet`.
    """
    source = edition.source
    return (
        edition.declared is not None
        or bool(edition.settings.editions)
        or source.has_parameters
        or any(
            cell.cell_type == "code" and _USES_BROADSHEET.search(cell.source) is not None
            for cell in source.cells()
        )
    )


def is_evaluated(value: object, standard: object) -> bool:
    """True if a cell is run, by its option `eval` and the document's. A list of lines is for knitr."""
    return (standard if value is None else value) is True


def reason_not_run(edition: Edition) -> str:
    """Return, in words, why a notebook is shown with its saved outputs and is not run; empty if it
    is run.
    """
    source, execute = edition.source, edition.settings.execute
    is_notebook = source.path.suffix == NOTEBOOK
    for name, setting in (
        ("ipynb", execute.ipynb if is_notebook else None),
        ("enabled", execute.enabled),
    ):
        if setting is not None:
            return "" if setting else f"`execute: {name}` is false"
    evaluated = [
        is_evaluated(options.options.get("eval"), execute.eval)
        for cell, options in zip(source.cells(), source.options, strict=True)
        if cell.cell_type == "code" and options.body.strip()
    ]
    if evaluated and not any(evaluated) and not _has_values(source):
        return IDLE
    if not is_notebook or not has_outputs(source) or is_article(edition):
        return ""
    return "it has outputs, and `execute: enabled` is not true"


def has_outputs(source: Source) -> bool:
    """True if outputs are saved in a notebook."""
    return any(cell.get("outputs") for cell in source.cells())


def _has_values(source: Source) -> bool:
    """True if its text has values that a run computes."""
    prose = [cell.source for cell in source.cells() if cell.cell_type == "markdown"]
    metadata = (source.front_matter.data, *(options.options for options in source.options))
    return any(map(inline.expressions, prose)) or any(map(inline.expressions_in, metadata))
