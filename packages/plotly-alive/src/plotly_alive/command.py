"""The command `plotly-alive`: a figure's JSON in, its drawing, its HTML, its table or its words out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from plotly_alive import __version__, api
from plotly_alive.errors import AliveError
from plotly_alive.living_html import Script
from plotly_alive.text.language import language_of

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
    if wrong := _wrong(options):
        parser.error(wrong)
    name = "standard input" if options.figure == "-" else options.figure
    try:
        _make(options)
    except AliveError as error:
        return _told(f"{name}: {error}")
    except OSError as error:
        return _told(f"{error.filename}: {error.strerror}")
    return 0


def _wrong(options: argparse.Namespace) -> str:
    """Return what is wrong with the options together; nothing if they are right."""
    if not any([options.output, options.table, options.alt]):
        return "nothing is asked for: give -o FILE, --table FILE or --alt"
    if not options.output:
        return ""
    ending = Path(options.output).suffix.lower()
    if ending not in (".html", ".svg"):
        return f"-o {options.output}: the file's name ends in .html or .svg"
    if ending == ".html" and (options.dark or options.width is not None):
        return "--dark and --width are for an SVG: a page has both colours, and follows its width"
    if ending == ".svg" and options.script is not None:
        return "--script is for a page: an SVG has none"
    return ""


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
        "--width",
        type=_width,
        help=f"the width of an SVG without its margin, in pixels: {api.LEAST} to {api.MOST} (720)",
    )
    parser.add_argument("--dark", action="store_true", help="an SVG in the dark colours")
    parser.add_argument(
        "--language",
        type=_language,
        default="en",
        metavar="TAG",
        help="the language of its words and numbers: de, pt-BR (en)",
    )
    parser.add_argument(
        "--script",
        choices=("inline", "link", "none"),
        help="where HTML has its script: in it (inline), in files beside it (link), or nowhere",
    )
    parser.add_argument("--version", action="version", version=f"plotly-alive {__version__}")
    return parser


def _width(text: str) -> int:
    if not text.isdecimal() or not api.LEAST <= int(text) <= api.MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not {api.LEAST} to {api.MOST} pixels")
    return int(text)


def _language(text: str) -> str:
    if language_of(text).tag != text:
        raise argparse.ArgumentTypeError(
            f"there is no language {text!r}: write it as en, de, pt-BR"
        )
    return text


def _make(options: argparse.Namespace) -> None:
    figure = sys.stdin.buffer.read() if options.figure == "-" else Path(options.figure).read_bytes()
    if options.alt:
        print(api.describe(figure, options.language))
    if options.table:
        _write(options.table, api.tabulate(figure, options.language).csv())
    if not options.output:
        return
    if Path(options.output).suffix.lower() == ".svg":
        drawing = api.draw(figure, options.width or 720, language=options.language)
        _write(options.output, drawing.dark_svg if options.dark else drawing.svg)
        return
    script: Script = None if options.script == "none" else options.script or "inline"
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
