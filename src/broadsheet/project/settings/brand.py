"""The colours and typefaces of a publication: `brand:` in `_quarto.yml`, or `_brand.yml` beside it,
in Quarto's own form (https://posit-dev.github.io/brand-yml/), so that both renderers read one file.

    brand:
      color:
        palette: {sea: "#005f73"}
        primary: sea
        background: {light: "#fffdf8", dark: "#101418"}
      typography:
        fonts:
          - {family: Literata, source: file, files: [fonts/literata.woff2]}
        base: Literata
        headings: Literata
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from broadsheet.errors import MISSING_FILE, BroadsheetError, Notice, Place
from broadsheet.project.settings.address import from_root
from broadsheet.project.settings.logos import IN_BAR, BrandLogos, LightDarkLogo
from broadsheet.project.settings.setting_models import Settings, alone, named_by
from broadsheet.project.settings.setting_patterns import FAMILY_FORM, WEIGHT_FORM
from broadsheet.project.settings.validation import fitting, left_out, unknown_keys
from broadsheet.storage import files, limits, yaml_text
from broadsheet.storage.yaml_text import Path as YamlPath
from broadsheet.storage.yaml_text import YamlText, one_or_more

FILES = ("_brand.yml", "_brand.yaml")
ROLES = ("background", "foreground", "primary", "secondary")
"""The colours on which Broadsheet acts."""
READABLE = 4.5
"""The least contrast of text and its background (WCAG 2.2, success criterion 1.4.3)."""
_COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


class Shades(Settings):
    """A colour for light pages, and one for dark pages."""

    light: str | None = None
    """The colour on light pages."""
    dark: str | None = None
    """The colour on dark pages."""


Shade = Annotated[Shades, alone("light")]


class BrandColors(Settings):
    """`color:`. Each is `#rrggbb`, or the name of another or of one in ``palette``. A colour alone is
    for light pages.
    """

    palette: dict[str, str] = {}
    """Names for colours."""
    background: Shade = Shades()
    """The colour behind pages and charts."""
    foreground: Shade = Shades()
    """The colour of text."""
    primary: Shade = Shades()
    """The colour of links and marks, and of the series of a chart that matters."""
    secondary: Shade = Shades()
    """The colour of the second series of charts."""

    @field_validator("palette")
    @classmethod
    def _has_colours(cls, palette: dict[str, str]) -> dict[str, str]:
        for name, colour in palette.items():
            if not _COLOUR.fullmatch(colour) and colour not in palette:
                raise ValueError(f"the colour of {name!r} is {colour!r}, and not such as '#1f7a4d'")
        return palette

    def colour(self, name: str | None, shade: str = "light") -> str | None:
        """Return a colour on pages of a ``shade`` as `#rrggbb`: by its name in the palette, by its
        role, or itself; None for anything else.
        """
        for _ in range(len(self.palette) + len(ROLES) + 1):
            if name is None or _COLOUR.fullmatch(name):
                break
            shades = getattr(self, name) if name in ROLES else None
            of_role = shades and (getattr(shades, shade) or shades.light)
            name = self.palette.get(name, of_role)
        else:
            return None  # names that lead to each other
        if name is None or len(name) == len("#rrggbb"):
            return name and name.lower()
        return "#" + "".join(2 * sign for sign in name[1:].lower())


class FontFile(Settings):
    """A file of a font."""

    path: str
    """The path from the root."""
    weight: Annotated[str, BeforeValidator(str)] = Field(default="400", pattern=WEIGHT_FORM)
    """The weight of its letters; of a variable font a range, `200 900`."""
    style: Literal["normal", "italic"] = "normal"
    """Upright letters, or italics."""


class Font(Settings):
    """A font. Fonts with `source: file` come with the site."""

    family: str = Field(pattern=FAMILY_FORM)
    """The name by which typefaces call it."""
    source: str = "file"
    """The origin of its files. Broadsheet takes `file` alone."""
    files: Annotated[list[FontFile], named_by("path")] = []
    """The files of the font."""


class Typeface(Settings):
    """The typeface of a kind of text."""

    family: str | None = Field(default=None, pattern=FAMILY_FORM)
    """A family of fonts; the theme's own stand in for it."""


_Typeface = Annotated[Typeface, alone("family")]


class Typography(Settings):
    """`typography:`."""

    fonts: list[Font] = []
    """Fonts that come with the site."""
    base: _Typeface = Typeface()
    """The typeface of text."""
    headings: _Typeface = Typeface()
    """The typeface of headlines and of the masthead."""
    monospace: _Typeface = Typeface()
    """The typeface of code."""


class Brand(Settings):
    """`brand:`. Keys on which only Quarto acts are kept."""

    color: BrandColors = BrandColors()
    """Colours of pages and charts."""
    typography: Typography = Typography()
    """Typefaces."""
    logo: BrandLogos = BrandLogos()
    """Logos."""


def read_brand(root: Path, config: YamlText) -> tuple[Brand, list[Notice], tuple[str, ...]]:
    """Return the brand of a publication, notices of what was left out of it, and the files in which
    it may be.
    """
    at: YamlPath = ("brand",)
    value = config.data.get("brand")
    if isinstance(value, dict) and value and not value.keys() - {"light", "dark"}:
        brands = {shade: _read(root, config, (*at, shade), part) for shade, part in value.items()}
        notices = [notice for _, said, _ in brands.values() for notice in said]
        names = tuple(name for _, _, read in brands.values() for name in read)
        return _of_two(**{shade: brand for shade, (brand, _, _) in brands.items()}), notices, names
    return _read(root, config, at, value)


def _of_two(light: Brand | None = None, dark: Brand | None = None) -> Brand:
    """Return the brand of light pages and that of dark pages as one, with the typefaces of the
    first.
    """
    light = light or dark or Brand()
    dark = dark or light
    colours = {
        role: Shades(
            light=light.color.colour(getattr(light.color, role).light),
            dark=dark.color.colour(shades.dark or shades.light, "dark" if shades.dark else "light"),
        )
        for role in ROLES
        for shades in (getattr(dark.color, role),)
    }
    logos = {
        size: LightDarkLogo(
            light=light.logo.first((size,), "light"), dark=dark.logo.first((size,), "dark")
        )
        for size in IN_BAR
    }
    images = {**dark.logo.images, **light.logo.images}
    palette = {**dark.color.palette, **light.color.palette}
    return light.model_copy(
        update={
            "color": BrandColors(palette=palette, **colours),
            "logo": BrandLogos(images=images, **logos),
        }
    )


def _read(
    root: Path, config: YamlText, at: YamlPath, value: object
) -> tuple[Brand, list[Notice], tuple[str, ...]]:
    """Return the brand that is a mapping or the name of a file, or is in the usual file."""
    if isinstance(value, dict):
        return *_fitted(root, value, config, at), ()
    if value is False:
        return Brand(), [], ()
    names = (value,) if isinstance(value, str) else FILES
    name = next((name for name in names if os.path.lexists(root / name)), None)
    if name is None:
        missing = Notice(
            config.place(at),
            f"`brand`: there is no file {value!r}",
            "Mend the path, which counts from the root, or take it out.",
            topic=MISSING_FILE,
        )
        return Brand(), [missing] if isinstance(value, str) else [], names
    try:
        files.check_path(root, root / name, config.place(at))
        content = files.read_text(root / name, name, limit=limits.TABLE["config-size"])
        text = yaml_text.read_yaml(content, Place(name))
    except BroadsheetError as error:
        return Brand(), [left_out(error)], names
    brand, notices = _fitted(root, text.data, text, ())
    logo = brand.logo.in_folder(PurePosixPath(name.lstrip("/")).parent, root)
    return brand.model_copy(update={"logo": logo}), notices, names


def _fitted(
    root: Path, values: Mapping[str, object], text: YamlText, at: YamlPath
) -> tuple[Brand, list[Notice]]:
    """Return the brand in ``text``, without what does not fit, and notices."""
    kept, faults = fitting(Brand, values, text, at)
    brand, missing = _with_fonts(root, Brand.model_validate(kept), text, at)
    notices = [*(left_out(fault) for _, fault in faults), *missing]
    return brand, [*notices, *unknown_keys(brand, text, at), *_doubted(brand, text, at)]


def read_stylesheets(root: Path, config: YamlText) -> tuple[tuple[str, ...], list[Notice]]:
    """Return the files of `css:` in `_quarto.yml`, also under `format: html:`, by their paths from
    the root; and a notice for each that cannot be on the site.
    """
    paths, notices = list[str](), list[Notice]()
    for at in (("css",), ("format", "html", "css")):
        value: Any = config.data
        for key in at:
            value = value.get(key) if isinstance(value, dict) else None
        for name in one_or_more(value) if value else ():
            if not isinstance(name, str) or "://" in name:
                continue
            path = from_root(name)
            if refused := _refused(root, path, name):
                what, mend = refused
                notices.append(Notice(config.place(at), f"`css`: {what}", mend, topic=MISSING_FILE))
            else:
                paths.append(path)
    return tuple(dict.fromkeys(paths)), notices


def _refused(root: Path, path: str, name: str) -> tuple[str, str] | None:
    """Return the reason for which the file at ``path``, which the author calls ``name``, cannot be
    on the site, and the remedy; None if it can.
    """
    if path.startswith("..") or not files.is_file(root / path):
        return f"there is no file {name!r} in the publication", "Mend its path."
    return files.refusal(root, root / path, published=True)


def _with_fonts(
    root: Path, brand: Brand, text: YamlText, at: YamlPath
) -> tuple[Brand, list[Notice]]:
    """Return the brand with those files of its fonts that can be on the site, and a notice for each
    other.
    """
    notices, fonts = list[Notice](), list[Font]()
    for index, font in enumerate(brand.typography.fonts):
        kept = list[FontFile]()
        for file in font.files:
            path = from_root(file.path)
            if refused := _refused(root, path, file.path):
                what, mend = refused
                where = text.place((*at, "typography", "fonts", index))
                notices.append(Notice(where, f"`fonts`: {what}", mend, topic=MISSING_FILE))
            else:
                kept.append(file.model_copy(update={"path": path}))
        fonts.append(font.model_copy(update={"files": kept}))
    typography = brand.typography.model_copy(update={"fonts": fonts})
    return brand.model_copy(update={"typography": typography}), notices


def _doubted(brand: Brand, text: YamlText, at: YamlPath) -> Iterator[Notice]:
    """Yield notices of colours without a meaning, and of typefaces that cannot be sent to readers."""
    for role in ROLES:
        for shade in ("light", "dark"):
            named = getattr(getattr(brand.color, role), shade)
            if named is not None and brand.color.colour(named, shade) is None:
                yield Notice(
                    text.place((*at, "color", role)),
                    f"`color: {role}` is {named!r}, which is no colour, not in `palette`, and no other role",
                    "Write it as '#1f7a4d', or name it in `palette`.",
                    topic="value",
                )
    for index, font in enumerate(brand.typography.fonts):
        if font.source != "file":
            yield Notice(
                text.place((*at, "typography", "fonts", index)),
                f"the font {font.family!r} comes from {font.source!r}, and pages ask nobody else for anything",
                "Put its files into the publication: `source: file`, `files: [fonts/….woff2]`.",
                topic="font",
            )
