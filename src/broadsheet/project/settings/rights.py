"""The terms on which a page may be used: `license` and `copyright`, in Quarto's forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator

from broadsheet.project.settings.setting_models import Settings, alone
from broadsheet.project.settings.setting_types import LinkAddress, Strings, Text

_CREATIVE_COMMONS = re.compile(r"cc (by(?:-nc)?(?:-sa|-nd)?)(?:\s+([\d.]+))?", re.IGNORECASE)
_ADDRESS = "https://creativecommons.org/licenses/{}/{}/"
_FOR_ALL = re.compile(r"cc0(?:\s+1\.0)?", re.IGNORECASE)
_ADDRESS_FOR_ALL = "https://creativecommons.org/publicdomain/zero/1.0/"


class License(Settings):
    """`license:`."""

    text: Text = ""
    """Its name, such as `CC BY-SA`, or the terms themselves."""
    url: LinkAddress | None = None
    """The address of its text; that of a licence of Creative Commons is known."""
    type: Text | None = None
    """Its kind."""


class Copyright(Settings):
    """`copyright:`."""

    holder: Text = ""
    """The person or the house that holds the rights."""
    year: Strings = []
    """The years."""
    statement: Text = ""
    """The whole statement, in place of the other two."""


def _first(value: object) -> object:
    """Return the only one of a list."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


OneLicense = Annotated[License, BeforeValidator(_first), alone("text")]
OneCopyright = Annotated[Copyright, BeforeValidator(_first), alone("statement")]


@dataclass(frozen=True)
class Rights:
    """The rights in a page, as readers are told of them."""

    license: str = ""
    """The name of the licence, or the terms."""
    license_url: str = ""
    """The address of the licence."""
    copyright: str = ""
    """The statement of copyright."""


def rights_of(license_: License | None, copyright_: Copyright | None) -> Rights:
    """Return the licence, by its full name and address, and the statement of copyright."""
    name, url = (license_.text, license_.url or "") if license_ else ("", "")
    if match := _CREATIVE_COMMONS.fullmatch(name.strip()):
        version = match[2] or "4.0"
        name = f"CC {match[1].upper()} {version}"
        url = url or _ADDRESS.format(match[1].lower(), version)
    elif _FOR_ALL.fullmatch(name.strip()):
        name, url = "CC0 1.0", url or _ADDRESS_FOR_ALL
    statement = copyright_.statement if copyright_ else ""
    if copyright_ and not statement and (copyright_.holder or copyright_.year):
        years = ", ".join(copyright_.year)
        statement = " ".join(filter(None, ("Copyright ©", years, copyright_.holder)))
    return Rights(name, url, statement)


def with_rights(metadata: Mapping[str, Any], rights: Rights) -> Mapping[str, Any]:
    """Return metadata in which shortcodes find the parts of the rights: `license.text`."""
    parts = {
        "license": {"text": rights.license, "url": rights.license_url} if rights.license else None,
        "copyright": {"statement": rights.copyright} if rights.copyright else None,
    }
    return {**metadata, **{key: part for key, part in parts.items() if part}}
