"""Pictures that an author puts into the text, `![caption](photo.jpg)`, made fit for a page.

Each becomes a `<picture>` in several widths, as AVIF and WebP, with a JPEG (or a PNG, where it is
transparent) for other readers, its width and height, and loaded when a reader comes near. What the
camera wrote into the file, such as the place, is in none of these. The file itself stays in the
publication, and is not on the site, unless it cannot be read.

A picture that moves and one that is drawn (SVG) stay as they are; of one that is small there are
fewer widths. What is made of a picture is in the store `.broadsheet/photos/`, by the picture's
content, so that it is made once. It needs Pillow, of the extra `pictures`: without it, a picture is
on the page as it is, and a notice says so.

Where only a part of a picture is shown, as in lists, that is its middle, or what is around the
focal point that the author gives, `focal="30% 20%"`.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec
from lxml.html import HtmlElement

from broadsheet.errors import Notice, Place
from broadsheet.processes.extras import lacks
from broadsheet.project.editions.edition import Edition
from broadsheet.project.settings.address import slug
from broadsheet.project.settings.focal_point import MEND, FocalPoint, focal_point
from broadsheet.site.article import links
from broadsheet.storage.files import check_path, is_file
from broadsheet.storage.limits import TABLE
from broadsheet.storage.store import FOLDER, Store
from broadsheet.storage.value_digest import digest_of
from broadsheet.text.html_tree import new_element, replace_element, written_before

if TYPE_CHECKING:
    from PIL.Image import Image

STORE = Path(FOLDER) / "photos"
ROOM = 512 * 2**20
"""Bytes of pictures that are kept."""
WIDTHS = (480, 960, 1440)
"""The widths, in pixels, in which a page has a picture: of a phone, of a column, of a column on a
fine screen.
"""
CROPS = {"small": ((3, 2), 720), "large": ((16, 9), 1440)}
"""The proportions and the most pixels in width of the picture of a page with a focal point: in
lists, and at the top of the front page.
"""
SIZES = "(min-width: 49.25rem) 38rem, calc(100vw - 2.5rem)"
"""The width in which a page shows a picture."""

_VERSION = "1"
_KINDS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".tif", ".tiff", ".bmp"})
_FORMATS: Mapping[str, Mapping[str, Any]] = {
    "avif": {"quality": 60, "speed": 7},
    "webp": {"quality": 78, "method": 4},
    "jpg": {"format": "jpeg", "quality": 84, "optimize": True, "progressive": True},
    "png": {"optimize": True},
}
_FIRST = 2_000
"""Characters of HTML before the first picture of a page, up to which it is seen at once."""


def trim(root: Path) -> None:
    """Remove what served longest ago from the store, where that outgrows :data:`ROOM`."""
    Store(root, STORE.name).trim(ROOM)


class _Ready(msgspec.Struct, frozen=True):
    """The result of preparing a picture for a page."""

    width: int = 0
    """The width on the page, in pixels."""
    height: int = 0
    """The height on the page, in pixels."""
    kind: str = ""
    """The suffix of the file for readers without AVIF and WebP."""
    widths: tuple[int, ...] = ()
    """The widths of the files, in pixels."""
    formats: tuple[str, ...] = ()
    """The formats of the files, besides ``kind``."""
    is_moving: bool = False
    """The picture moves, and stays as it is."""
    fault: str = ""
    """The reason for which nothing could be made of it."""


@dataclass
class Photos:
    """The pictures of one page."""

    root: Path
    """The publication's folder."""
    edition: Edition
    """The page's edition."""
    find: Callable[[str], Place]
    """Finds the place at which an author wrote an address."""
    files: dict[str, bytes] = field(default_factory=dict)
    """The files of the pictures, by their paths from the site's root."""
    reads: set[str] = field(default_factory=set)
    """The publication's files that the pictures were made of."""
    notices: list[Notice] = field(default_factory=list)
    """The messages to the author."""
    focal: dict[str, FocalPoint] = field(default_factory=dict)
    """The focal points that the text gives, by the paths of pictures."""
    count: int = 0
    """The number of pictures so far."""

    def place(self, body: HtmlElement) -> None:
        """Put a `<picture>` in the place of each picture of the ``body``; one that cannot be read
        stays as it is, with a notice. Raises :class:`FileError` for a file that may not be
        published.
        """
        for img in list(body.iter("img")):
            if (picture := self._picture(img)) is not None:
                replace_element(img, picture)

    def clean(self, path: str, place: Place) -> str:
        """Return the path of the picture at ``path`` as lists and other sites show it."""
        ready = self._prepare(path, path, place)
        if ready is None or ready.is_moving:
            return path
        return self._path(path, ready.widths[-1], ready.kind)

    def crops(self, path: str, focal: FocalPoint) -> dict[str, str]:
        """Return the paths of the parts around a focal point of the picture at ``path``, by their
        names in :data:`CROPS`; none of one that is shown as it is.
        """
        file, paths = PurePosixPath(path), {}
        if (whole := self.files.get(path)) is None:
            return {}
        for name, (proportions, most) in CROPS.items():
            paths[name] = str(file.with_name(f"{file.stem}-{name}{file.suffix}"))
            self.files[paths[name]] = self._stored_crop(whole, proportions, focal, most)
        return paths

    def _stored_crop(
        self, content: bytes, proportions: tuple[int, int], focal: FocalPoint, most: int
    ) -> bytes:
        settings = digest_of((_VERSION, proportions, focal, most)).encode()
        store, key = Store(self.root, STORE.name), hashlib.sha256(settings + content).hexdigest()
        crop = store.get(f"{key}.crop")
        if crop is None:
            crop = cropped(content, proportions, focal, most)
            store.put(f"{key}.crop", crop)
        return crop

    def _picture(self, img: HtmlElement) -> HtmlElement | None:
        """Return the element that takes a picture's place; None where the picture stays as it is."""
        written = {str(name): str(value) for name, value in img.items()}
        target = links.internal(written.get("src", ""), self.edition.source.path.parent)
        point = written.pop("data-focal", written.pop("focal", None))
        if point is not None and target is not None:
            self._note_focal(str(target.path), point, self.find(written["src"]))
        is_in_a_picture = any(True for _ in img.iterancestors("picture"))
        if target is None or "srcset" in written or is_in_a_picture:
            return None
        place = self.find(written["src"])
        ready = self._prepare(str(target.path), written["src"], place)
        if ready is None:
            return None
        size = {"width": str(ready.width), "height": str(ready.height)}
        if {"width", "height"} & written.keys():
            size = {}
        is_first = not self.count and written_before(img, _FIRST) < _FIRST
        self.count += 1
        attributes = {
            **size,
            "loading": "eager" if is_first else "lazy",
            "decoding": "async",
            **written,
        }
        if ready.is_moving:
            return new_element("img", attributes)
        path = str(target.path)
        attributes["src"] = self._address(path, ready.widths[-1], ready.kind)
        picture = new_element("picture", {})
        for kind in ready.formats:
            addresses = (f"{self._address(path, width, kind)} {width}w" for width in ready.widths)
            source = {"type": f"image/{kind}", "srcset": ", ".join(addresses), "sizes": SIZES}
            picture.append(new_element("source", source))
        picture.append(new_element("img", attributes))
        return picture

    def _note_focal(self, path: str, written: str, place: Place) -> None:
        try:
            self.focal[path] = focal_point(written)
        except ValueError:
            what = f"the picture `{path}` has `focal` {written!r}, which is no point of it"
            self.notices.append(Notice(place, what, MEND, topic="picture"))

    def _prepare(self, path: str, written: str, place: Place) -> _Ready | None:
        """Prepare a picture, and add its files to those of the page. Returns None if it is no
        picture of the publication.
        """
        file = self.root / path
        if PurePosixPath(path).suffix.lower() not in _KINDS or not is_file(file):
            return None
        check_path(self.root, file, place, published=True)
        content = file.read_bytes()
        digest = hashlib.sha256(_VERSION.encode() + content).hexdigest()
        store = Store(self.root, STORE.name)
        ready = store.decode(f"{digest}.json", store.get(f"{digest}.json"), _Ready)
        names = [f"{digest}-{width}.{kind}" for width, kind in _files(ready)] if ready else []
        if ready is None or not all(map(store.has, names)):
            try:
                ready, files = _prepared(content)
            except ModuleNotFoundError as error:
                self._tell_of_the_lack(error, place)
                return None
            for (width, kind), data in files.items():
                store.put(f"{digest}-{width}.{kind}", data)
            store.put(f"{digest}.json", msgspec.json.encode(ready))
        if ready.fault:
            mend = "Save it anew as JPEG or PNG, or take another one. It is on the page as it is."
            what = f"the picture `{written}` {ready.fault}"
            self.notices.append(Notice(place, what, mend, topic="picture"))
            return None
        self.reads.add(path)
        for width, kind in _files(ready):
            stored = store.get(f"{digest}-{width}.{kind}")
            if stored is None:  # another build removed it
                stored = _prepared(content)[1][width, kind]
            self.files[self._path(path, width, kind)] = stored
        return ready

    def _path(self, path: str, width: int, kind: str) -> str:
        name = f"{slug(PurePosixPath(path).stem)}-{hashlib.sha256(path.encode()).hexdigest()[:6]}"
        return str(self.edition.files / f"{name}-{width}.{kind}")

    def _address(self, path: str, width: int, kind: str) -> str:
        return quote(f"/{self._path(path, width, kind)}")

    def _tell_of_the_lack(self, error: ModuleNotFoundError, place: Place) -> None:
        if not any(notice.topic == "picture" for notice in self.notices):
            self.notices.append(
                Notice(
                    place,
                    "pictures are on the page as they are, with what the camera wrote into them, such "
                    "as the place",
                    lacks(error.name or "PIL", "pictures").mend,
                    topic="picture",
                )
            )


def cropped(
    content: bytes, proportions: tuple[int, int], focal: FocalPoint, most: int = WIDTHS[-1]
) -> bytes:
    """Return the largest part of a picture in these proportions whose middle is as near to the
    focal point as can be, at most ``most`` pixels wide. Raises ModuleNotFoundError without Pillow.
    """
    import PIL.Image

    with PIL.Image.open(io.BytesIO(content)) as image:
        scale = min(image.width / proportions[0], image.height / proportions[1])
        size = [max(1, round(side * scale)) for side in proportions]
        left, top = (
            round(min(max(point * whole - part / 2, 0), whole - part))
            for point, whole, part in zip(focal, image.size, size, strict=True)
        )
        part = image.crop((left, top, left + size[0], top + size[1]))
        return _written(part, min(size[0], most), "png" if image.format == "PNG" else "jpg")


def _files(ready: _Ready) -> Iterator[tuple[int, str]]:
    """Yield the width and the kind of each file that is made."""
    for width in ready.widths:
        for kind in ready.formats:
            yield width, kind
    if ready.widths:
        yield ready.widths[-1], ready.kind


def _prepared(content: bytes) -> tuple[_Ready, dict[tuple[int, str], bytes]]:
    """Return a picture prepared for a page, and its files by width and kind. Raises
    ModuleNotFoundError without Pillow.
    """
    import PIL.features
    import PIL.Image

    try:
        with warnings.catch_warnings(action="ignore"), PIL.Image.open(io.BytesIO(content)) as image:
            size = image.width * image.height
            if size > TABLE["picture-size"].value:
                limit = TABLE["picture-size"]
                return _Ready(fault=f"has {size:,} pixels; it may have {limit.value:,.0f}"), {}
            if getattr(image, "is_animated", False):
                return _Ready(*image.size, is_moving=True), {}
            plain = _plain(image)
    except PIL.Image.DecompressionBombError:
        return _Ready(fault="has more pixels than any page could show"), {}
    except (OSError, ValueError, SyntaxError) as error:
        reason = "is cut short" if "truncated" in str(error).lower() else "cannot be read"
        return _Ready(fault=reason), {}
    most = min(plain.width, WIDTHS[-1])
    widths = tuple(sorted({width for width in WIDTHS if width < most} | {most}))
    kind = "png" if plain.mode in ("RGBA", "LA") else "jpg"
    formats = ("avif", "webp") if PIL.features.check("avif") else ("webp",)
    ready = _Ready(most, max(1, round(plain.height * most / plain.width)), kind, widths, formats)
    files = {(width, kind): _written(plain, width, kind) for width, kind in _files(ready)}
    return ready, files


def _plain(image: Image) -> Image:
    """Return a picture upright, in the colours of the web, with 8 bits of each, and nothing else."""
    import PIL.ImageOps

    upright = PIL.ImageOps.exif_transpose(image)
    upright.load()
    if upright.mode.startswith(("I", "F")):  # 16 bits of grey, or more
        low, high = upright.getextrema()
        assert isinstance(low, (int, float)) and isinstance(high, (int, float))
        scale = 255 / (65_535 if high > 255 else max(high, 1))
        upright = upright.convert("F").point(lambda value: value * scale).convert("L")
    is_transparent = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    if (profile := upright.info.get("icc_profile")) is not None:
        upright = _in_srgb(upright, profile)
    if upright.mode == "L" and not is_transparent:
        return upright
    return upright.convert("RGBA" if is_transparent else "RGB")


def _in_srgb(image: Image, profile: bytes) -> Image:
    """Return a picture with the web's colours in place of those of its ``profile``. If the profile
    is broken, the picture stays as it is.
    """
    from PIL import ImageCms

    try:
        of = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGB" if image.mode in ("CMYK", "RGB", "L") else image.mode
        web = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, of, web, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def _written(image: Image, width: int, kind: str) -> bytes:
    import PIL.Image

    height = max(1, round(image.height * width / image.width))
    at_width = (
        image
        if width == image.width
        else image.resize((width, height), PIL.Image.Resampling.LANCZOS)
    )
    data = io.BytesIO()
    options = dict(_FORMATS[kind])
    at_width.save(data, format=options.pop("format", kind), **options)
    return data.getvalue()
