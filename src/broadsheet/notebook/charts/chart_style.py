"""The style of a publication's charts: `import broadsheet` puts the theme in force, and
`bs.COLOURS` has the colours of roles and of names.

`theme/broadsheet.css` has the values of the theme's palette for a page; a test compares the two.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from broadsheet.project.settings import colours
from plotly_alive.chart_theme import PALETTE, template, text_colour

ROLES: Mapping[str, str] = MappingProxyType(
    {role: PALETTE[name][0] for role, name in colours.ROLES.items()}
)
"""The colour of each role."""


def apply(*, is_import: bool = False) -> None:
    """Register the template `broadsheet` with plotly and make it the default of this process. It
    is done once, and at each import of the package, as a warm process has registered it before.
    """
    import plotly.io as pio
    from plotly.graph_objs.layout import Template

    is_new = "broadsheet" not in pio.templates
    if is_new:
        # unchecked on the way in: to check each property twice would take every run longer
        pio.templates["broadsheet"] = Template(template(), _validate=False)
    if (is_new or is_import) and pio.templates.default != "broadsheet":
        pio.templates.default = "broadsheet"


def named_colours() -> Mapping[str, str]:
    """Return the colours for authors: the roles, the publication's own names, and, for a colour
    that is too light for letters, a darker one under the same name with `text` after it.
    """
    named = dict(ROLES)
    for name, colour in colours.named_colours(_root()).items():
        named[name] = ROLES.get(colour, colour)
    for name, colour in list(named.items()):
        if text_colour(colour) != colour:
            named[f"{name} text"] = text_colour(colour)
    return MappingProxyType(named)


def _root() -> Path:
    """Return the publication of this notebook: the run's, else the first folder from the working
    directory upwards that has a `_quarto.yml`.
    """
    root = os.environ.get("BROADSHEET_ROOT")
    if root:
        return Path(root)
    here = Path.cwd()
    folders = (here, *here.parents)
    return next((folder for folder in folders if (folder / colours.CONFIG).is_file()), here)
