"""Logos: the pictures of a house, from its brand, beside the title and above a sidebar.

Quarto's forms are all taken: a path, a name of the brand's `images` or sizes, `{path, alt}`, one
for `light` and one for `dark` pages, `false` for none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from broadsheet.project.settings.address import from_root
from broadsheet.project.settings.setting_models import Settings, alone
from broadsheet.storage.files import is_file

Size = Literal["small", "medium", "large"]
IN_BAR: Sequence[Size] = ("small", "medium", "large")
"""The order in which a bar looks for a logo of the brand."""
IN_SIDEBAR: Sequence[Size] = ("medium", "small", "large")
"""The order in which a sidebar looks for a logo of the brand."""


class LogoPicture(Settings):
    """A picture of a logo."""

    path: str
    """Its path from the root, its address elsewhere, or its name in the brand."""
    alt: str | None = None
    """A description of it."""


_Picture = Annotated[LogoPicture, alone("path")]


def _on_both(value: object) -> object:
    """Return a logo that is written as one as the logo of light and of dark pages."""
    if isinstance(value, str) or (isinstance(value, dict) and "path" in value):
        return {"light": value, "dark": value}
    return value


class LightDarkLogo(Settings):
    """`logo:`, a picture for light pages and one for dark ones."""

    light: _Picture | None = None
    """The picture on light pages."""
    dark: _Picture | None = None
    """The picture on dark pages."""


Logo = Annotated[LightDarkLogo, BeforeValidator(_on_both)]


class BrandLogos(Settings):
    """`brand: logo:`."""

    @classmethod
    def _as_fields(cls, data: dict[str, Any]) -> dict[str, Any]:
        images = data.get("images")
        return data if images is None or isinstance(images, dict) else {**data, "images": {}}

    images: dict[str, _Picture] = {}
    """Pictures with names."""
    small: Logo = LightDarkLogo()
    """The logo as an icon, which is in the browser's tab, too."""
    medium: Logo = LightDarkLogo()
    """The logo of a sidebar."""
    large: Logo = LightDarkLogo()
    """The logo for wide places."""

    def in_folder(self, folder: PurePosixPath, root: Path) -> BrandLogos:
        """Return the logos with paths from the ``root``, if theirs count from ``folder``
        (:func:`placed`).
        """

        def moved(picture: LogoPicture | None) -> LogoPicture | None:
            if picture is None or picture.path in self.images:
                return picture
            return picture.model_copy(update={"path": placed(picture.path, folder, root)})

        sizes: dict[str, LightDarkLogo] = {
            size: LightDarkLogo(light=moved(logo.light), dark=moved(logo.dark))
            for size in IN_BAR
            for logo in (getattr(self, size),)
        }
        images = {name: moved(picture) for name, picture in self.images.items()}
        return self.model_copy(update={"images": images, **sizes})

    def first(self, order: Sequence[str], shade: str) -> LogoPicture | None:
        """Return the first logo in this ``order`` of sizes for light or for dark pages."""
        pictures = (getattr(getattr(self, size), shade) for size in order)
        picture = next(filter(None, pictures), None)
        return self.named(picture, shade) if picture else None

    def named(self, picture: LogoPicture, shade: str) -> LogoPicture:
        """Return the logo that a picture names by a size or a name of the brand; else itself."""
        name = picture.path
        sized = self.first((name,), shade) if name in IN_BAR and name not in self.images else None
        return _with_alt(sized or self.images.get(name, picture), picture.alt)


def is_path(name: str) -> bool:
    """True if a logo is a file of the publication: no address elsewhere, and no name in the brand."""
    return "://" not in name and bool(PurePosixPath(name).suffix)


def placed(path: str, folder: PurePosixPath, root: Path | None) -> str:
    """Return the path, from the ``root``, of a logo's file that a brand in ``folder`` names. It counts
    from there; from the root, if the file is only there. What is no path stays.
    """
    if not is_path(path):
        return path
    in_folder, in_root = from_root(path, folder), from_root(path)
    is_in_root = root is not None and not is_file(root / in_folder) and is_file(root / in_root)
    return in_root if is_in_root else in_folder


@dataclass(frozen=True)
class ShownLogo:
    """A logo as pages show it. Paths count from the root, or are addresses elsewhere."""

    light: LogoPicture
    """The picture on light pages."""
    dark: LogoPicture
    """The picture on dark pages."""

    @property
    def pictures(self) -> list[tuple[str, str, str]]:
        """The classes, path and description of each picture; one if both are the same."""
        light, dark = ((one.path.lstrip("/"), one.alt or "") for one in (self.light, self.dark))
        if light == dark:
            return [("light-content dark-content", *light)]
        return [("light-content", *light), ("dark-content", *dark)]


def shown_logo(
    logo: LightDarkLogo | Literal[False] | None,
    brand: BrandLogos,
    order: Sequence[Size],
    alt: str = "",
) -> ShownLogo | None:
    """Return the logo that a setting asks for; without one, the brand's first in this ``order`` of
    sizes. ``alt`` describes a picture that has no description of its own.
    """
    if logo is False:
        return None
    pair = logo or LightDarkLogo()
    light, dark = (
        brand.named(picture, shade) if picture else brand.first(order, shade)
        for shade, picture in (("light", pair.light), ("dark", pair.dark))
    )
    if light is None or dark is None:
        light = dark = light or dark
    if light is None or dark is None:
        return None
    return ShownLogo(_with_alt(light, light.alt or alt), _with_alt(dark, dark.alt or alt))


def _with_alt(picture: LogoPicture, alt: str | None) -> LogoPicture:
    return picture if alt is None else picture.model_copy(update={"alt": alt})
