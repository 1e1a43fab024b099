"""Pictures that an author puts into the text: several widths and formats, nothing of what the
camera wrote, whose they are; and whatever file there may be, the right picture or a clear message.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from broadsheet.project.settings.focal_point import focal_point
from broadsheet.site.article import photos
from broadsheet.site.build.build import build
from conftest import Site

FRONT = "title: A place\ndate: 2023-05-26"
PAGE = "_site/posts/a/index.html"
MARKED = '![The harbour, 2023](photo.{0}){{credit="A. Nobody" licence="CC BY 4.0" fig-alt="Ships at a quay"}}'
RED, BLUE = (200, 30, 30), (20, 60, 180)


def drawn(size: tuple[int, int] = (800, 400), mode: str = "RGB") -> Image.Image:
    """A picture that is red at its left and blue at its right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    data = io.BytesIO()
    image.save(data, form, **options)
    return data.getvalue()


def with_place(image: Image.Image, orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "MAKER-OF-CAMERAS"
    exif.get_ifd(0x8825)[2] = (50.0, 27.0, 0.0)
    return saved(image, "JPEG", exif=exif.tobytes(), quality=95)


def page_with(site: Site, content: bytes, suffix: str = "jpg", text: str = MARKED) -> str:
    site.article("a", ("md", text.format(suffix)), front=FRONT)
    (site.root / f"posts/a/photo.{suffix}").write_bytes(content)
    result = build(site.root)
    assert not result.faults, result.faults
    return site.read(PAGE)


def fallback(site: Site, page: str) -> Image.Image:
    found = re.search(r'<img[^>]*src="([^"]+)"', page)
    assert found
    with Image.open(site.root / "_site/posts/a" / found[1]) as image:
        image.load()
        return image


def test_a_picture_has_widths_formats_its_size_and_whose_it_is(site):
    page = page_with(site, saved(drawn((2000, 1000)), "JPEG"))
    for kind in ("avif", "webp"):
        source = re.search(rf'<source type="image/{kind}" srcset="([^"]*)"', page)
        assert source
        entries = [entry.split() for entry in source[1].split(", ")]
        assert [width for _, width in entries] == ["480w", "960w", "1440w"]
        for address, width in entries:
            with Image.open(site.root / "_site/posts/a" / address) as image:
                assert image.format == kind.upper() and f"{image.width}w" == width
    assert 'width="1440" height="720"' in page and 'alt="Ships at a quay"' in page
    caption = re.search(r"<figcaption[^>]*>(.*?)</figcaption>", page, re.DOTALL)
    assert caption
    assert "The harbour, 2023" in caption[1]
    assert '<span class="picture-credit">A. Nobody · CC BY 4.0</span>' in caption[1]
    assert "data-credit" not in page and " style=" not in page
    assert fallback(site, page).size == (1440, 720)


def test_what_the_camera_wrote_is_nowhere_on_the_site(site):
    page_with(site, with_place(drawn()), text=MARKED + "\n")
    site.article("b", ("md", "Text."), front=FRONT.replace("A place", "B") + "\nimage: photo.jpg")
    (site.root / "posts/b/photo.jpg").write_bytes(with_place(drawn()))
    assert not build(site.root).faults
    files = [file for file in (site.root / "_site").rglob("*") if file.is_file()]
    assert not [file for file in files if b"MAKER-OF-CAMERAS" in file.read_bytes()]
    assert not list((site.root / "_site").rglob("photo.jpg"))
    assert "photo-" in site.read("_site/posts/b/index.html")


def test_the_first_picture_is_loaded_at_once_and_the_others_when_a_reader_comes_near(site):
    page = page_with(site, saved(drawn(), "JPEG"), text=f"{MARKED}\n\n{'Text. ' * 600}\n\n{MARKED}")
    assert re.findall(r'loading="(\w+)"', page) == ["eager", "lazy"]


def left_and_right(image: Image.Image) -> tuple[Any, Any]:
    plain = image.convert("RGB")
    middle = plain.height // 2
    return plain.getpixel((plain.width // 8, middle)), plain.getpixel(
        (plain.width * 7 // 8, middle)
    )


def is_near(one: Any, other: Any, by: int = 40) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("suffix", "make"),
    [
        ("jpg", lambda: saved(drawn(mode="CMYK"), "JPEG")),
        ("png", lambda: saved(drawn(mode="P"), "PNG")),
        ("webp", lambda: saved(drawn(), "WEBP")),
        ("tiff", lambda: saved(drawn(), "TIFF")),
        ("jpg", lambda: saved(drawn(), "JPEG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())),
        ("jpg", lambda: saved(drawn(), "JPEG", icc_profile=b"broken")),
    ],
    ids=["cmyk", "palette", "webp", "tiff", "profile", "broken-profile"],
)  # fmt: skip
def test_pictures_of_all_kinds_have_their_colours(site, suffix, make: Callable[[], bytes]):
    page = page_with(site, make(), suffix)
    left, right = left_and_right(fallback(site, page))
    assert is_near(left, RED) and is_near(right, BLUE)


def test_a_picture_that_the_camera_holds_sideways_is_upright(site):
    page = page_with(site, with_place(drawn(), orientation=6))
    image = fallback(site, page)
    assert image.size == (400, 800)
    assert is_near(image.getpixel((200, 80)), RED) and is_near(image.getpixel((200, 720)), BLUE)
    assert 'width="400" height="800"' in page


def test_a_transparent_picture_stays_transparent(site):
    image = drawn((600, 300), "RGBA")
    image.putpixel((0, 0), (0, 0, 0, 0))
    image.paste((0, 0, 0, 0), (0, 0, 100, 300))
    found = fallback(site, page_with(site, saved(image, "PNG"), "png"))
    assert found.format == "PNG" and found.size == (600, 300)
    assert found.getpixel((20, 150))[3] == 0 and found.getpixel((500, 150))[3] == 255


def test_a_grey_picture_of_16_bits_keeps_its_shades(site):
    shades = np.full((300, 600), 13_000, dtype=np.uint16)
    shades[:, 300:] = 52_000
    image = Image.fromarray(shades)
    found = fallback(site, page_with(site, saved(image, "PNG"), "png")).convert("L")
    assert abs(found.getpixel((100, 150)) - 51) < 5 and abs(found.getpixel((500, 150)) - 202) < 5


def test_what_moves_or_is_drawn_or_is_small_stays_as_it_is(site):
    frames = [drawn((80, 40)), drawn((80, 40)).transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    page = page_with(site, saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), "gif")
    assert "<picture>" not in page and 'width="80" height="40"' in page
    assert (site.root / "_site/posts/a/photo.gif").is_file()
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    assert "photo.svg" in page_with(site, drawing, "svg")
    page = page_with(site, saved(drawn((300, 150)), "JPEG"))
    assert "300w" in page and "480w" not in page


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (saved(drawn(), "JPEG")[:3000], "the picture `photo.jpg` is cut short"),
        (b"no picture", "the picture `photo.jpg` cannot be read"),
        (b"", "the picture `photo.jpg` cannot be read"),
        (saved(Image.new("1", (10_000, 10_000)), "PNG"), "the picture `photo.jpg` has 100,000,000 pixels"),
    ],
    ids=["cut", "text", "empty", "huge"],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_line_and_costs_no_page(site, run, content, message):
    site.article("a", ("md", "Before.\n\n" + MARKED.format("jpg")), front=FRONT)
    (site.root / "posts/a/photo.jpg").write_bytes(content)
    status, out, err = run(site, "build")
    assert status == 0
    assert message in out + err and "posts/a/index.ipynb, cell 2, line 3" in out + err
    assert 'src="photo.jpg"' in (site.root / "_site/posts/a/index.html").read_text("utf-8")
    assert (site.root / "_site/posts/a/photo.jpg").read_bytes() == content


def test_what_is_not_said_of_a_picture_is_reported_with_its_line(site, run):
    site.table()
    site.article("a", ("md", "Before.\n\n![The harbour](photo.jpg)\n\n![](photo.jpg)"), front=FRONT)
    (site.root / "posts/a/photo.jpg").write_bytes(saved(drawn((300, 150)), "JPEG"))
    _, out, err = run(site, "check")
    assert (
        "cell 2, line 3: the picture `photo.jpg` has no `credit`, no `licence`, no `fig-alt`"
        in out + err
    )
    assert "the picture `photo.jpg` has no caption" in out + err


def test_pictures_are_made_once_and_again_when_they_change(site, monkeypatch):
    page_with(site, saved(drawn(), "JPEG"))
    made = []
    make = photos._prepared
    monkeypatch.setattr(photos, "_prepared", lambda content: made.append(1) or make(content))
    site.article("a", ("md", "Other words. " + MARKED.format("jpg")), front=FRONT)
    assert not build(site.root, jobs=1).faults
    assert made == []
    (site.root / "posts/a/photo.jpg").write_bytes(saved(drawn((900, 300)), "JPEG"))
    assert not build(site.root, jobs=1).faults
    assert 'width="900" height="300"' in site.read(PAGE)
    assert made
    for stored in (site.root / ".broadsheet/photos").glob("*.avif"):
        stored.write_bytes(b"damaged")
    site.article("a", ("md", "New words. " + MARKED.format("jpg")), front=FRONT)
    assert not build(site.root, jobs=1).faults
    files = [*(site.root / "_site").rglob("*.avif")]
    assert files and not [file for file in files if b"damaged" in file.read_bytes()]


def test_a_licence_is_no_number_of_the_text(site, run):
    site.table()
    site.article("a", ("md", "Before.\n\n" + MARKED.format("jpg")), front=FRONT)
    (site.root / "posts/a/photo.jpg").write_bytes(saved(drawn((300, 150)), "JPEG"))
    _, out, err = run(site, "check")
    assert "4.0" not in out + err and "“2023”" not in out + err


def test_feeds_and_copies_have_the_picture_and_its_credit(site):
    site.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts, feed: true}\n---\n")
    page_with(site, saved(drawn(), "JPEG"))
    feed = site.read("_site/index.xml")
    assert (
        "800.jpg" in feed
        and "A. Nobody" in feed
        and "srcset" not in feed
        and "&lt;source" not in feed
    )
    copy = site.read("_site/posts/a/index.md")
    assert re.search(r"!\[Ships at a quay\]\([^)]*800\.jpg\)", copy) and "A. Nobody" in copy


def test_without_pillow_a_picture_is_on_the_page_and_a_notice_says_what_is_in_it(site, monkeypatch):
    def absent(content: bytes) -> Any:
        raise ModuleNotFoundError("No module named 'PIL'", name="PIL")

    monkeypatch.setattr(photos, "_prepared", absent)
    site.article("a", ("md", MARKED.format("jpg")), front=FRONT)
    Path(site.root / "posts/a/photo.jpg").write_bytes(saved(drawn((300, 150)), "JPEG"))
    result = build(site.root, jobs=1)
    assert (site.root / "_site/posts/a/photo.jpg").is_file()
    assert any("with what the camera wrote into them" in notice.what for notice in result.notices)


def test_names_with_spaces_and_an_author_s_own_picture_element_work(site):
    own = '<picture><source type="image/webp" srcset="photo.webp"><img src="photo.webp" alt="Own"></picture>'
    site.article(
        "a b", ("md", f"![Caption](my%20photo,%20é.jpg)\n\n```{{=html}}\n{own}\n```"), front=FRONT
    )
    folder = site.root / "posts/a b"
    (folder / "my photo, é.jpg").write_bytes(saved(drawn((600, 300)), "JPEG"))
    (folder / "photo.webp").write_bytes(saved(drawn((600, 300)), "WEBP"))
    result = build(site.root)
    assert not result.faults
    page = site.read("_site/posts/a b/index.html")
    assert own in page
    for address in re.findall(r"index_files/[^ \"]+", page):
        assert (site.root / "_site/posts/a b" / address).is_file(), address
    assert len(re.findall("<picture>", page)) == 2


def spotted(at: tuple[float, float], size: tuple[int, int] = (2400, 2000)) -> Image.Image:
    """A blue picture with a red square in the middle of which the point is."""
    image = Image.new("RGB", size, BLUE)
    x, y = (round(part * whole) for part, whole in zip(at, size, strict=True))
    image.paste(RED, (max(x - 60, 0), max(y - 60, 0), x + 60, y + 60))
    return image


def has_spot(image: Image.Image) -> bool:
    pixels = np.asarray(image.convert("RGB")).reshape(-1, 3).astype(int)
    return bool((np.abs(pixels - RED).max(axis=1) < 40).sum() > 30)


@pytest.mark.parametrize(
    "at",
    [
        (0.03, 0.97),
        *(pytest.param(at, marks=pytest.mark.slow) for at in ((0.0, 0.0), (0.5, 0.02), (1.0, 0.5))),
    ],
)
def test_what_is_at_the_focal_point_is_in_lists_on_the_front_page_and_in_the_card(site, at):
    x, y = (f"{part * 100:g}%" for part in at)
    for slug, day in (("a", "26"), ("b", "25")):
        front = f'title: {slug}\ndate: 2023-05-{day}\nimage: photo.jpg\nimage-focal: "{x} {y}"'
        site.article(slug, ("md", "Text."), front=front)
        (site.root / f"posts/{slug}/photo.jpg").write_bytes(saved(spotted(at), "JPEG"))
    site.write("index.qmd", "---\ntitle: T\nlisting: {contents: posts, feed: true}\n---\n")
    result = build(site.root)
    assert not result.faults and not result.notices, (result.faults, result.notices)
    shown = re.findall(r'<img src="([^"]+)"', site.read("_site/index.html"))
    sizes = set()
    for address in [*shown, "posts/a/index_files/card.png"]:
        with Image.open(site.root / "_site" / address) as image:
            sizes.add(image.size)
            assert has_spot(image), address
    assert sizes == {(1440, 810), (720, 480), (1200, 630)}


@pytest.mark.slow
def test_a_picture_of_the_text_can_have_the_focal_point(site):
    text = MARKED.replace("}}", ' focal="left top"}}')
    (site.root / "posts/a").mkdir(parents=True)
    page = page_with(site, saved(spotted((0, 0)), "JPEG"), text=text)
    assert "focal" not in page
    site.write("index.qmd", "---\ntitle: T\nlisting: {contents: posts}\n---\n")
    assert not build(site.root).faults
    [address] = re.findall(r'<img src="([^"]+large[^"]+)"', site.read("_site/index.html"))
    with Image.open(site.root / "_site" / address) as image:
        assert has_spot(image)


def test_a_point_that_is_none_is_reported(site):
    text = MARKED.replace("}}", ' focal="30 20"}}')
    site.article("a", ("md", text.format("jpg")), front=FRONT)
    (site.root / "posts/a/photo.jpg").write_bytes(saved(drawn(), "JPEG"))
    [notice] = build(site.root).notices
    assert "posts/a/index.ipynb, cell 2" in str(notice)
    assert "`focal` '30 20'" in str(notice) and '"30% 20%"' in str(notice)
    site.article("a", ("md", "Text."), front=f"{FRONT}\nimage: photo.jpg\nimage-focal: 130% 20%")
    [notice] = build(site.root).notices
    assert "image-focal" in str(notice) and '"30% 20%"' in str(notice)


@pytest.mark.parametrize(
    ("written", "point"),
    [
        ("30% 20%", (0.3, 0.2)),
        ("Left", (0, 0.5)),
        ("top", (0.5, 0)),
        ("top left", (0, 0)),
        ("left top", (0, 0)),
        ("bottom 12.5%", (0.125, 1)),
        ("center", (0.5, 0.5)),
        ("100%", (1, 0.5)),
    ],
)
def test_a_focal_point_is_written_as_in_css(written, point):
    assert focal_point(written) == point


@pytest.mark.parametrize(
    "written", ["", "30", "30 20", "101% 2%", "-3% 2%", "left right", "top top", "a b c", 3, None]
)
def test_what_is_no_focal_point_is_refused(written):
    with pytest.raises(ValueError, match='such as "30% 20%"'):
        focal_point(written)


@pytest.mark.parametrize(
    ("caption", "read"),
    [
        ("Ships leave the port", "Ships leave the port. Photo: AP"),
        ("Ships leave the *port*", "Ships leave the port. Photo: AP"),
        ("Ships leave the port.", "Ships leave the port. Photo: AP"),
        ("Who left?", "Who left? Photo: AP"),
        ("They left …", "They left … Photo: AP"),
        ("He said “no.”", "He said “no.” Photo: AP"),
        ("He said “no”", "He said “no”. Photo: AP"),
        ("The port (in May)", "The port (in May). Photo: AP"),
    ],
)
def test_a_caption_and_its_credit_are_two_sentences_everywhere(site, caption, read):
    site.write(
        "index.qmd", "---\ntitle: The Test\nlisting: {contents: posts, feed: {type: full}}\n---\n"
    )
    picture = f'![{caption}](photo.jpg){{credit="Photo: AP" licence="CC0"'
    text = f'{picture} fig-alt="x"}}\n\n{picture} #fig-b fig-alt="x"}}\n\n'
    text += f'::: {{.before-after}}\n{picture} fig-alt="x"}}\n\n{picture} fig-alt="x"}}\n:::\n'
    page_with(site, saved(drawn((400, 300)), "JPEG"), text=re.sub("[{}]", r"\g<0>\g<0>", text))
    wanted = re.escape(f"{read} · CC0")
    markdown = site.read("_site/posts/a/index.md").replace("*port*", "port")
    feed = html.unescape(html.unescape(site.read("_site/index.xml")))
    for shown in (site.read("_site/posts/a/index.html"), markdown, feed):
        plain = " ".join(re.sub(r"<[^>]+>", "", html.unescape(shown)).split())
        assert len(re.findall(wanted, plain)) == 4, plain
