"""The sizes and formats of pictures that cells put out: `fig-format`, `fig-width`, twice the pixels,
and what an output says of its own size.
"""

from __future__ import annotations

import base64
import re
import struct
import zlib

import pytest

from broadsheet.markdown.outputs import image
from broadsheet.project.reading import open_publication
from pressing import prepare


def png(width: int, height: int) -> str:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (height * ((width + 7) // 8 + 1)))
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows)
    return base64.b64encode(content + chunk(b"IEND", b"")).decode()


@pytest.mark.parametrize(
    ("said", "size"),
    [
        (None, 'width="90" height="60"'),
        ({"width": 45, "height": 30}, 'width="45" height="30"'),
        ({"width": 45}, 'width="45" height="30"'),
        ({"height": 20}, 'width="30" height="20"'),
        ({"width": "45"}, 'width="90" height="60"'),
        ({"width": -1, "height": 10**9}, 'width="90" height="60"'),
        ("wide", 'width="90" height="60"'),
        ({"width": float("inf")}, 'width="90" height="60"'),
        ({"height": 1e308}, 'width="90" height="60"'),
        ({"width": float("nan"), "height": 20}, 'width="30" height="20"'),
        ({"width": True, "height": True}, 'width="90" height="60"'),
        ({"width": 10**400, "height": 30}, 'width="45" height="30"'),
    ],
)
def test_a_picture_is_as_large_as_its_output_says(said: object, size: str) -> None:
    html, _ = image(png(90, 60), "image/png", "a.png", "", said)
    assert size in html


PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"


def drawn(site, front: str) -> tuple[str, bytes]:
    site.article("a", PLOT, front=front)
    publication = open_publication(site.root)
    (page,) = prepare(publication.project, publication.editions, jobs=1).finished
    (content,) = page.assets.values()
    return page.notebook.cells[-1].outputs[-1].data["text/html"], content


def test_the_front_matter_says_format_and_size_of_matplotlibs_pictures(site):
    html, content = drawn(site, "fig-format: svg\nfig-width: 3\nfig-height: 2\n")
    assert ".svg" in html and b"<svg" in content
    width, height = map(int, re.findall(r' (?:width|height)="(\d+)"', html))
    assert 200 < width < 300 and 130 < height < 200


def test_twice_the_pixels_take_no_more_room(site):
    html, content = drawn(site, "fig-format: retina\nfig-width: 3\nfig-height: 2\n")
    pixels = [int.from_bytes(content[at : at + 4]) for at in (16, 20)]
    assert [int(side) for side in re.findall(r' (?:width|height)="(\d+)"', html)] == [
        side // 2 for side in pixels
    ]
