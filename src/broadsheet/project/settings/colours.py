"""The colours that a publication gives to names in its `_quarto.yml`: roles of the chart theme, or
`#rrggbb`.

    broadsheet:
      colours:
        China: accent
        European Union: series 3
        Brazil: "#1f7a4d"

A name keeps its colour in every chart. A role's colour follows the reader's setting for light and
dark; one that is written as `#rrggbb` stays as it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from broadsheet.errors import ConfigError, Place

CONFIG = "_quarto.yml"
ROLES: Mapping[str, str] = MappingProxyType(
    {
        "accent": "chart-1",
        "context": "chart-4",
        "spare": "chart-5",
        "ink": "chart-ink",
        "muted": "chart-muted",
        **{f"series {number}": f"chart-{number}" for number in range(1, 6)},
    }
)
"""The name in the theme's palette of the colour for each role."""

_PLAIN = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


def check_colours(colours: dict[str, str]) -> dict[str, str]:
    """Return the colours. Raises :class:`ValueError` for an impossible name or colour."""
    for name, colour in colours.items():
        if name in ROLES:
            raise ValueError(f"{name!r} is a role of the theme, and keeps its colour")
        if colour not in ROLES and not _PLAIN.fullmatch(colour):
            raise ValueError(
                f"the colour of {name!r} is {colour!r}; one is {', '.join(ROLES)}, or such as "
                "'#1f7a4d'"
            )
    return colours


def named_colours(root: Path) -> Mapping[str, str]:
    """Return the names of the publication at ``root``, each with its role or its colour; none if it
    has no `_quarto.yml`. Raises :class:`ConfigError`.
    """
    from broadsheet.storage import files, limits, yaml_text

    if not os.path.lexists(root / CONFIG):
        return {}
    text = files.read_text(root / CONFIG, CONFIG, limit=limits.TABLE["config-size"])
    if "colours" not in text:
        return {}
    settings = yaml_text.read_yaml(text, Place(CONFIG)).data.get("broadsheet")
    colours = settings.get("colours") if isinstance(settings, dict) else None
    try:
        return check_colours({str(name): str(colour) for name, colour in (colours or {}).items()})
    except (AttributeError, ValueError) as error:
        raise ConfigError(
            CONFIG,
            f"`broadsheet: colours:` cannot be read: {error}",
            "Give each name a role or a colour: `China: accent`.",
        ) from error
