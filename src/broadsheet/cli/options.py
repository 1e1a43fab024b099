"""The parser of the command line, made from `commands.toml`."""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from broadsheet.errors import UsageError
from broadsheet.processes.extras import needed
from broadsheet.version import __version__
from plotly_alive.errors import shown
from plotly_alive.text.did_you_mean import meant

_FORMATS = ("json", "sarif", "github")
"""The formats of reports for programs."""
_SHELLS = ("bash", "zsh", "fish")
MOST = 1024
"""The most processes that a command may use, and the most values that it may change."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands. Its result has `call`: the module and function to run."""
    whole = _Parser(
        prog="broadsheet", description="A publication kept as notebooks.", allow_abbrev=False
    )
    whole.add_argument("--version", action="version", version=f"broadsheet {__version__}")
    whole.add_argument(
        "--print-completion",
        action=_Print,
        const=_completion,
        choices=_SHELLS,
        metavar="SHELL",
        help=f"print what completes commands in a shell ({', '.join(_SHELLS)}), and exit",
    )
    whole.add_argument(
        "--print-json-schema",
        action=_Print,
        const=_schema,
        nargs=0,
        help="print the JSON Schema of what commands print with --json, and exit",
    )
    groups = {"": whole.add_subparsers(required=True, metavar="COMMAND")}
    for words, spec in _commands().items():
        group, _, name = words.rpartition(" ")
        if group not in groups:  # the command `group` does something by itself; see `joined`
            group, name = "", words
        command = groups[group].add_parser(name, help=spec["help"])
        if "call" in spec:
            _add_arguments(command, spec["arguments"], spec.get("exclusive", ()))
            command.set_defaults(call=spec["call"])
        else:
            groups[words] = command.add_subparsers(required=True, metavar="WHAT")
    return whole


def joined(arguments: Sequence[str]) -> list[str]:
    """Join a command of two words whose first is a command, too: an argument of `newsletter` is an
    article, but `newsletter serve` is a command.
    """
    words, commands = " ".join(arguments[:2]), _commands()
    is_one = words in commands and "call" in commands.get(arguments[0], {})
    return [words, *arguments[2:]] if is_one and len(arguments) > 1 else [*arguments]


def command_called(arguments: Sequence[str]) -> str:
    """Return the command that arguments begin with, such as `data check`; empty if there is none."""
    names = [" ".join(arguments[:count]) for count in (2, 1)]
    return next((name for name in names if "call" in _commands().get(name, {})), "")


def format_in(arguments: Sequence[str]) -> str:
    """Return the format of the report that arguments ask for, also where they are not to be parsed."""
    formats = _Parser(add_help=False)
    formats.add_argument("--format", nargs="?", default="text")
    formats.add_argument("--json", action="store_const", const="json", dest="format")
    try:
        form = formats.parse_known_args(arguments)[0].format
    except Misuse:
        return "text"
    return form if form in _FORMATS else "text"


def parameter(text: str) -> tuple[str, str]:
    """Return the name and the value of `-p NAME=VALUE`. Raises :class:`UsageError`."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise UsageError(
            f"-p {shown(text, 60)[1:-1]}", "this is not NAME=VALUE", "Write it as -p year=2024."
        )
    return name, value


@cache
def _commands() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("commands.toml").read_text("utf-8"))


def _add_arguments(
    command: argparse.ArgumentParser, arguments: dict[str, dict[str, Any]], exclusive: list[str]
) -> None:
    together = command.add_mutually_exclusive_group() if exclusive else command
    for names, spec in arguments.items():
        settings = spec | ({"type": _TYPES[spec["type"]]} if "type" in spec else {})
        place = together if names in exclusive else command
        place.add_argument(*names.split(), **settings)


class Misuse(UsageError):
    """Arguments that no command takes."""

    usage: str = ""
    """The arguments that the command takes."""

    def text(self, *, whole: bool = False) -> str:
        """The message, below what the command takes."""
        return f"{self.usage}{self.where}: error: {self.what}"


_INVALID = re.compile(
    r"invalid choice: '(?P<value>.*)' \(choose from (?P<choices>.*)\)$", re.DOTALL
)
"""The words with which argparse refuses a value."""
_CHOICE = re.compile(r"[^\s,']+")
"""One of the choices there. Newer Pythons write them without quotation marks."""


class _Parser(argparse.ArgumentParser):
    """A parser that raises its faults."""

    def error(self, message: str) -> NoReturn:
        if choice := _INVALID.search(message):
            message += meant(choice["value"], _CHOICE.findall(choice["choices"]))
        fault = Misuse(
            self.prog, message, f"`{self.prog} --help` shows what it takes.", topic="usage"
        )
        fault.usage = self.format_usage()
        raise fault

    def _print_message(self, message: str, file: Any = None) -> None:
        with suppress(BrokenPipeError):  # nobody reads on
            super()._print_message(message, file)


class _Print(argparse.Action):
    """Prints the text that its function makes of the parser and the option's value, and exits."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        parser._print_message(self.const(parser, values), sys.stdout)
        parser.exit()


def _completion(parser: argparse.ArgumentParser, shell: str) -> str:
    """Return the script by which a shell completes commands, options and files."""
    with needed("--print-completion", UsageError):
        import shtab
    for action in _paths(parser):
        action.complete = shtab.FILE  # type: ignore[attr-defined]
    return f"{shtab.complete(parser, shell)}\n"


def _schema(*_: object) -> str:
    """Return the JSON Schema of reports."""
    from broadsheet.cli.formats.json_report import SCHEMA_FILE

    return SCHEMA_FILE.read_text("utf-8")


def _paths(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield the arguments of a parser and of its commands that are paths."""
    for action in parser._actions:
        if action.type is Path:
            yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in dict.fromkeys(action.choices.values()):
                yield from _paths(command)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{shown(text, 40)} is no day, such as 2023-05-26"
        ) from None


def _whole(least: int, most: int, condition: str) -> Callable[[str], int]:
    """Return a reader of a whole number within bounds; ``condition`` completes the message "… is"
    for any other text.
    """

    def read(text: str) -> int:
        if not text.isdecimal() or len(text) > 9 or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{shown(text, 40)} is {condition}")
        return int(text)

    return read


_COUNT = _whole(1, MOST, f"not a whole number from 1 to {MOST:,}")
_TYPES: dict[str, Callable[[str], object]] = {
    "day": _day,
    "jobs": _COUNT,
    "count": _COUNT,
    "port": _whole(0, 65535, "no port, from 1 to 65535"),
    "path": Path,
}
