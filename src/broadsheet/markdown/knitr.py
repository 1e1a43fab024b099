"""A notice of what a page in R has that knitr alone does. Its cells run by R's Jupyter kernel.

Quarto has knitr run a `.qmd` with cells in R, unless its front matter names a kernel
(`jupyter: ir`). Most of these pages are the same by either way. What is not, the author hears of:
`params`, functions of knitr's, and options of cells that have no meaning here or that R computes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from broadsheet.errors import Notice, Place
from broadsheet.project.sources.notebook_file import FOR_KNITR, language_of, language_of_cell
from broadsheet.project.sources.source import Source
from plotly_alive.errors import enumerated

CELL_OPTIONS: Mapping[str, Sequence[str]] = tomllib.loads(
    Path(__file__).with_name("cell_options.toml").read_text("utf-8")
)
"""The names of options of cells, by who acts on them: `acted-on` (Broadsheet), `quarto-only`, `knitr`."""
_MOST = 5
"""The names that the message has."""
_OPTIONS = frozenset(CELL_OPTIONS["knitr"])
"""Options of cells by which knitr changes what a reader sees, with hyphens in place of dots."""
_SILENT = frozenset({"fig-width", "fig-height", "fig-asp", "fig-dpi"})
"""Options of this kind that cells have as `#|` lines, too, and that do nothing here."""
_PARAMS = re.compile(r"(?<![\w.$])params(?:\$|\[)")
_PARAMS_SET = re.compile(r"(?<![\w.$])params\s*(?:<-|=(?!=))")
_FUNCTION = re.compile(
    r"(?<![\w.$])(?:knitr::)?(opts_chunk|opts_knit|knit_hooks|knit_child|knit_expand|"
    r"include_graphics|asis_output|kable)\b(?=\$|\()"
)
_COMMENT = re.compile(r"#.*")


def left_to_knitr(source: Source) -> Iterator[Notice]:
    """Yield a notice of what a page leaves to knitr, if it does."""
    notebook, front = source.notebook, source.front_matter
    if notebook is None or source.path.suffix != ".qmd" or front.data.get("jupyter"):
        return
    if language_of(notebook) != "r":
        return
    names: dict[str, Place] = {}
    knitr = front.data.get("knitr")
    if isinstance(knitr, Mapping) and knitr.get("opts_chunk"):
        names["opts_chunk"] = front.place(("knitr", "opts_chunk"))
    code = [_COMMENT.sub("", cell.source) for cell in source.cells()]
    has_params = any(_PARAMS_SET.search(text) for text in code)
    for number, cell in enumerate(source.cells(), start=1):
        if cell.cell_type != "code" or language_of_cell(notebook, cell) != "r":
            continue
        text, options = code[number - 1], source.options[number - 1].options
        uses = _FUNCTION.findall(text)
        uses += ["params"] if _PARAMS.search(text) and not has_params else []
        uses += sorted(_OPTIONS.intersection(cell.metadata.get(FOR_KNITR, ())))
        for name in (*uses, *sorted(_SILENT & options.keys())):
            names.setdefault(name, source.place(number, 1))
    if names:
        listed = enumerated([f"`{name}`" for name in names], _MOST)
        yield Notice(
            next(iter(names.values())),
            f"here knitr would act on {listed}, and it is not used: R's Jupyter kernel runs the cells",
            "Options are those of cells in Python, such as `#| echo: false`; parameters are assigned in a "
            "cell with `#| tags: [parameters]`. Once the page is right without knitr, write "
            "`jupyter: ir` in its front matter.",
            topic="knitr",
        )
