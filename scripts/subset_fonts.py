"""Makes the web fonts of the theme of the typefaces that come with the program.

    .venv/bin/python scripts/subset_fonts.py

reads Source Serif 4 and Source Sans 3 from their packages, and writes small files (woff2) for pages
to ``src/broadsheet/theme/fonts/``, with ``fonts.json``, which lists them for
:mod:`broadsheet.site.theme.web_fonts`. The set-up and the wheel run it; the files are not committed.
The two files that each page loads have 54 KB. Needs fontTools and brotli.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import fontpkg
from fontTools import subset
from fontTools.varLib import instancer

OUTPUT = Path(__file__).parents[1] / "src/broadsheet/theme/fonts"
FEATURES = ["kern", "liga", "locl", "pnum"]
"""What letters need, and narrower figures for text: at first both typefaces have those for tables."""
LATIN = (
    "U+20-7E,U+A0-FF,U+131,U+152-153,U+160-161,U+17D-17E,U+2009,U+2011,U+2013-2014,U+2018-201A,"
    "U+201C-201E,U+2020,U+2022,U+2026,U+202F,U+2039-203A,U+20AC,U+2190-2193,U+2212,U+2248,U+2264-2265"
)
EXTENDED = "U+100-130,U+132-151,U+154-15F,U+162-17C,U+17F-24F,U+1E00-1EFF,U+20A0-20AB,U+20AD-20C0"
RANGES = {"latin": LATIN, "latin-ext": EXTENDED}
"""The letters of each file. A browser loads the second one for a page that has such letters."""
_SIZE_OF_TEXT = 16


@dataclass(frozen=True)
class Face:
    """A typeface as pages use it: its family and style in CSS, the font's file, the place on each
    axis of the font (a number, or the least and the greatest). ``preload``: each page needs it.
    """

    family: str
    style: str
    file: Path
    axes: dict[str, float | tuple[float, float]]
    preload: bool = False

    @property
    def weight(self) -> str:
        """The weights that it has, as in CSS."""
        weight = self.axes["wght"]
        return f"{weight[0]:g} {weight[1]:g}" if isinstance(weight, tuple) else f"{weight:g}"


def faces() -> list[Face]:
    """The faces of the theme. An italic stands for emphasis in text, and has one weight."""
    serif, sans = fontpkg.path("source-serif-4"), fontpkg.path("source-sans-3")
    italic = serif.with_name(serif.name.replace("[", "-Italic[", 1))
    text = {"opsz": _SIZE_OF_TEXT}
    return [
        Face("Source Serif 4", "normal", serif, {**text, "wght": (400, 700)}, preload=True),
        Face("Source Serif 4", "italic", italic, {**text, "wght": 400}),
        Face("Source Sans 3", "normal", sans, {"wght": (400, 700)}, preload=True),
    ]


def write(folder: Path) -> list[Path]:
    """Write the files and their list into ``folder``. Returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = []
    for face in faces():
        for part, letters in RANGES.items():
            name = face.family.lower().replace(" ", "-")
            file = f"{name}-{face.style}-{part}.woff2"
            _subset(face, letters, folder / file)
            listed.append(
                {
                    "file": file,
                    "family": face.family,
                    "style": face.style,
                    "weight": face.weight,
                    "letters": letters,
                    "preload": face.preload and part == "latin",
                }
            )
    # Last, so that a list names what is there.
    (folder / "fonts.json").write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
    return [*(folder / str(one["file"]) for one in listed), folder / "fonts.json"]


def _subset(face: Face, letters: str, output: Path) -> None:
    options = subset.Options(layout_features=FEATURES, hinting=False, flavor="woff2")
    options.name_IDs = [0, 1, 2, 13, 14]  # with copyright and licence
    font = subset.load_font(str(face.file), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(letters.replace("U+", "")))
    subsetter.subset(font)
    subset.save_font(instancer.instantiateVariableFont(font, face.axes), str(output), options)


if __name__ == "__main__":
    for path in write(OUTPUT):
        print(f"{path.stat().st_size:7,} {path.name}")
