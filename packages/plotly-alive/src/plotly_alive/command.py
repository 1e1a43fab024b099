"""The command `plotly-alive`: a figure's JSON in, its drawing, its HTML, its table or its words out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from plotly_alive import __version__, api
from plotly_alive.errors import AliveError, FigureError

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body>
{figure}
</body>
</html>
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit code: 0, 1 for a figure that cannot be read or drawn, 2 for a
    wrong use.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    outputs = [options.output, options.table, options.alt]
    if not any(outputs):
        parser.error("nothing is asked for: give -o FILE, --table FILE or --alt")
    if options.output and Path(options.output).suffix not in (".html", ".svg"):
        parser.error(f"-o {options.output}: the file's name ends in .html or .svg")
    try:
        _make(options)
    except FigureError as error:
        return _told(f"{options.figure}: {error.what}\n  → {error.mend}")
    except (AliveError, ValueError) as error:
        return _told(f"{options.figure}: {error}")
    except OSError as error:
        return _told(f"{error.filename}: {error.strerror}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="plotly-alive", description="Make a living drawing of a plotly figure."
    )
    parser.add_argument("figure", help="a file with the figure's JSON; - for standard input")
    parser.add_argument("-o", "--output", metavar="FILE", help="write FILE.html or FILE.svg")
    parser.add_argument(
        "--table", metavar="FILE", help="write the values as CSV; - for standard output"
    )
    parser.add_argument("--alt", action="store_true", help="print the alternative text")
    parser.add_argument(
        "--width", type=int, default=720, help="the width of an SVG, in pixels (720)"
    )
    parser.add_argument("--dark", action="store_true", help="an SVG in the dark colours")
    parser.add_argument("--language", default="en", help="the language of its words (en)")
    parser.add_argument(
        "--script",
        choices=("inline", "link", "none"),
        default="inline",
        help="how HTML has its script: in it, as files beside it, or not at all",
    )
    parser.add_argument("--version", action="version", version=f"plotly-alive {__version__}")
    return parser


def _make(options: argparse.Namespace) -> None:
    figure = sys.stdin.buffer.read() if options.figure == "-" else Path(options.figure).read_bytes()
    if options.alt:
        print(api.describe(figure, options.language))
    if options.table:
        _write(options.table, api.tabulate(figure, options.language).csv())
    if not options.output:
        return
    if options.output.endswith(".svg"):
        drawing = api.draw(figure, options.width, language=options.language)
        _write(options.output, drawing.dark_svg if options.dark else drawing.svg)
        return
    script = None if options.script == "none" else options.script
    if script == "link":
        api.write_assets(Path(options.output).parent)
    html = api.html(figure, script=script, language=options.language)
    title = api.read(figure).title or Path(options.output).stem
    _write(options.output, _page(html, title, options.language))


def _page(html: str, title: str, language: str) -> str:
    from markupsafe import escape

    return _PAGE.format(figure=html, title=escape(title), language=language)


def _write(name: str, text: str) -> None:
    if name == "-":
        sys.stdout.write(text)
    else:
        Path(name).write_text(text, encoding="utf-8")


def _told(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
