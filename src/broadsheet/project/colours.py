"""The colours that a publication names in its `_quarto.yml`, by roles of the chart theme or as they
are:

    broadsheet:
      colours:
        China: accent
        European Union: series 3
        Brazil: "#1f7a4d"

A name keeps its colour in every chart. A role's colour follows the reader's setting for light and
dark; one that is written as `#rrggbb` stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
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
    """The same colours. Raises :class:`ValueError` for an impossible name or colour."""
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
    """The names of the publication at ``root``, each with its role or its colour; none if it has no
    `_quarto.yml`. Raises :class:`ConfigError`.
    """
    try:
        text = (root / CONFIG).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(CONFIG, f"it cannot be read: {error}", "Mend it.") from error
    return _named(text) if "colours" in text else {}


@lru_cache(maxsize=8)
def _named(text: str) -> Mapping[str, str]:
    """Cached for its text. It is parsed by libyaml alone here: a build has checked the whole file,
    and a notebook that asks for a colour should not wait.
    """
    import yaml

    try:
        found = yaml.load(text, yaml.CSafeLoader)
        colours = ((found or {}).get("broadsheet") or {}).get("colours") or {}
        named = check_colours({str(name): str(colour) for name, colour in colours.items()})
    except (yaml.YAMLError, AttributeError, ValueError, RecursionError) as error:
        raise ConfigError(
            Place(CONFIG),
            f"`broadsheet: colours:` cannot be read: {error}",
            "Give each name a role or a colour: `China: accent`.",
        ) from error
    return MappingProxyType(named)
