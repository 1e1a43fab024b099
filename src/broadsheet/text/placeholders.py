"""Pictures and text for pages that are being made: grey pictures with their size on them, and
paragraphs of Latin. The text is Cicero's, *De finibus bonorum et malorum*, from which printers take
theirs.
"""

from __future__ import annotations

import struct
import zlib
from functools import cache

LARGEST = 4_000
"""The most pixels of a picture's side."""

_PAPER, _INK = 221, 0
_GLYPHS = {
    "0": (6, 9, 9, 9, 6),
    "1": (2, 6, 2, 2, 7),
    "2": (14, 1, 6, 8, 15),
    "3": (14, 1, 6, 1, 14),
    "4": (9, 9, 15, 1, 1),
    "5": (15, 8, 14, 1, 14),
    "6": (6, 8, 14, 9, 6),
    "7": (15, 1, 2, 4, 4),
    "8": (6, 9, 6, 9, 6),
    "9": (6, 9, 7, 1, 6),
    "x": (0, 10, 4, 10, 0),
    " ": (0, 0, 0, 0, 0),
}
"""The rows of each sign, from the top; a bit is a dot."""
_DOTS = 5
"""The dots from one sign to the next."""

_PARAGRAPHS = (
    "Lorem ipsum, quia dolor sit, amet, consectetur, adipisci velit, sed quia non numquam eius modi "
    "tempora incidunt, ut labore et dolore magnam aliquam quaerat voluptatem.",
    "Sed ut perspiciatis, unde omnis iste natus error sit voluptatem accusantium doloremque "
    "laudantium, totam rem aperiam eaque ipsa, quae ab illo inventore veritatis et quasi architecto "
    "beatae vitae dicta sunt, explicabo.",
    "Nemo enim ipsam voluptatem, quia voluptas sit, aspernatur aut odit aut fugit, sed quia "
    "consequuntur magni dolores eos, qui ratione voluptatem sequi nesciunt.",
    "Ut enim ad minima veniam, quis nostrum exercitationem ullam corporis suscipit laboriosam, nisi "
    "ut aliquid ex ea commodi consequatur?",
    "Quis autem vel eum iure reprehenderit, qui in ea voluptate velit esse, quam nihil molestiae "
    "consequatur, vel illum, qui dolorem eum fugiat, quo voluptas nulla pariatur?",
    "At vero eos et accusamus et iusto odio dignissimos ducimus, qui blanditiis praesentium "
    "voluptatum deleniti atque corrupti, quos dolores et quas molestias excepturi sint, obcaecati "
    "cupiditate non provident, similique sunt in culpa, qui officia deserunt mollitia animi, id est "
    "laborum et dolorum fuga.",
    "Et harum quidem rerum facilis est et expedita distinctio.",
    "Nam libero tempore, cum soluta nobis est eligendi optio, cumque nihil impedit, quo minus id, "
    "quod maxime placeat, facere possimus, omnis voluptas assumenda est, omnis dolor repellendus.",
    "Temporibus autem quibusdam et aut officiis debitis aut rerum necessitatibus saepe eveniet, ut "
    "et voluptates repudiandae sint et molestiae non recusandae.",
    "Itaque earum rerum hic tenetur a sapiente delectus, ut aut reiciendis voluptatibus maiores "
    "alias consequatur aut perferendis doloribus asperiores repellat.",
)


def paragraph(number: int) -> str:
    """Return a paragraph. They count from 1, and after the last comes the first."""
    return _PARAGRAPHS[(number - 1) % len(_PARAGRAPHS)]


@cache
def picture(width: int, height: int) -> bytes:
    """Return a grey PNG of this size in pixels, with the size on it if there is room."""
    rows = [bytearray([_PAPER]) * width for _ in range(height)]
    text = f"{width} x {height}"
    dot = min(width // (_DOTS * len(text) + 2), height // 9, max(1, min(width, height) // 50))
    left, top = (width - (_DOTS * len(text) - 1) * dot) // 2, (height - 5 * dot) // 2
    for place, sign in enumerate(text):
        for down, bits in enumerate(_GLYPHS[sign]):
            for across in range(4):
                if bits & 8 >> across:
                    start = left + (_DOTS * place + across) * dot
                    for row in rows[top + down * dot : top + (down + 1) * dot]:
                        row[start : start + dot] = bytes([_INK]) * dot
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
