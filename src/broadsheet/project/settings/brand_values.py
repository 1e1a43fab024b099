"""The values of a brand that the shortcode `brand` puts into a page: colours and logos by name.

The brand is the page's `brand:`, a mapping or a file, or the publication's `_brand.yml`. Each value
may differ for light and for dark pages: the brand as a whole does, or one value of it, as
`{light: …, dark: …}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from broadsheet.errors import BroadsheetError, Place
from broadsheet.project.settings.address import from_root
from broadsheet.project.settings.brand import FILES
from broadsheet.project.settings.logos import is_path, placed
from broadsheet.storage import limits
from broadsheet.storage.files import is_file, read_text, refusal
from broadsheet.storage.yaml_text import read_yaml

SHADES = ("light", "dark")
_OTHER = {"light": "dark", "dark": "light"}
_NAMES = 20
"""The most names that may lead from one to another."""


@dataclass(frozen=True)
class BrandValues:
    """The values of a brand."""

    shades: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """The brand on light pages and on dark pages. Paths of files count from the publication's root."""

    @classmethod
    def of(cls, value: object, page: str, root: Path | None) -> BrandValues:
        """Return the brand that a page's ``value`` of `brand:` says, or the publication's. An empty
        one if there is none, or its file cannot be read.
        """
        folder = PurePosixPath(page).parent
        if isinstance(value, Mapping) and value and not value.keys() - set(SHADES):
            both = {shade: _read(part, folder, root) for shade, part in value.items()}
            return cls({shade: dict(_of_shade(part, shade)) for shade, part in both.items()})
        whole = _read(value, folder, root)
        names = SHADES if _has_dark(whole) else SHADES[:1]
        return cls({shade: dict(_of_shade(whole, shade)) for shade in names if whole})

    def colour(self, name: str, shade: str) -> str | None:
        """Return a colour by its role or its name in the palette; None if there is none."""
        colours = _part(self.shades.get(shade) or self.shades.get(_OTHER[shade]) or {}, "color")
        palette = _part(colours, "palette")
        value: object = name
        for _ in range(_NAMES):
            if not isinstance(value, str) or (value not in colours and value not in palette):
                break
            value = palette[value] if value in palette else colours[value]
        return value if isinstance(value, str) and value != name else None

    def logos(self, name: str, shade: str) -> list[dict[str, str]]:
        """Return the `address`, `alt` and `class` of the logo for ``shade``; for an empty shade that
        of light pages and that of dark ones, which is one if the brand has no dark pages.
        """
        light, dark = (self._logo(name, key) or self._logo(name, _OTHER[key]) for key in SHADES)
        if shade:
            logo = light if shade == "light" else dark
            return [{**logo, "class": ""}] if logo else []
        if light is None or dark is None:
            return []
        if "dark" not in self.shades:
            return [{**light, "class": "light-content dark-content"}]
        return [{**light, "class": "light-content"}, {**dark, "class": "dark-content"}]

    def _logo(self, name: str, shade: str) -> dict[str, str] | None:
        logos = _part(self.shades.get(shade, {}), "logo")
        images = _part(logos, "images")
        value: object = logos.get(name, images.get(name))
        if isinstance(value, str):
            value = images.get(value, value)
        if isinstance(value, str):
            value = {"path": value}
        if not isinstance(value, Mapping) or not isinstance(value.get("path"), str):
            return None
        return {"address": value["path"], "alt": str(value.get("alt") or "")}


def brand_files(value: object, page: str) -> tuple[str, ...]:
    """Return the files that a page's ``value`` of `brand:` may name, by their paths from the root."""
    parts = value.values() if isinstance(value, Mapping) else [value]
    names = [part for part in parts if isinstance(part, str)]
    folder = PurePosixPath(page).parent
    return tuple(path for name in names for path in (from_root(name, folder), from_root(name)))


def _read(value: object, folder: PurePosixPath, root: Path | None) -> Mapping[str, object]:
    """Return a brand that is a mapping, or in a file, with addresses of files from the root."""
    if isinstance(value, Mapping):
        return _placed(value, folder, root)
    if value is False or root is None:
        return {}
    for name in brand_files(value, str(folder / "page")) or FILES:
        if is_file(root / name) and refusal(root, root / name) is None:
            try:
                text = read_text(root / name, name, limit=limits.TABLE["config-size"])
                brand = read_yaml(text, Place(name)).data
            except BroadsheetError:
                return {}
            return _placed(brand, PurePosixPath(name).parent, root)
    return {}


def _placed(
    brand: Mapping[str, object], folder: PurePosixPath, root: Path | None
) -> Mapping[str, object]:
    """Return a brand whose files of logos count from the root; one that is not in ``folder`` may be
    named from there.
    """

    def moved(value: object) -> object:
        if isinstance(value, Mapping):
            return {key: part if key == "alt" else moved(part) for key, part in value.items()}
        if not isinstance(value, str) or not is_path(value):
            return value
        return f"/{placed(value, folder, root)}"

    return {**brand, "logo": moved(brand.get("logo"))}


def _of_shade(value: Mapping[str, object], shade: str) -> Iterator[tuple[str, object]]:
    """Yield the values for a shade."""
    for key, part in value.items():
        chosen = part
        if isinstance(part, Mapping) and part and not part.keys() - set(SHADES):
            chosen = part.get(shade, part.get(_OTHER[shade]))
        yield key, dict(_of_shade(chosen, shade)) if isinstance(chosen, Mapping) else chosen


def _has_dark(value: object) -> bool:
    """True if a value differs for dark pages."""
    if not isinstance(value, Mapping):
        return False
    is_of_shades = "dark" in value and not value.keys() - set(SHADES)
    return is_of_shades or any(map(_has_dark, value.values()))


def _part(brand: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = brand.get(key)
    return value if isinstance(value, Mapping) else {}
