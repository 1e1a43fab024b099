"""Jinja as all our templates are written for.

To compile the templates of one page takes as long as several pages do, so what is compiled is kept.
It is code, and so it lies where Python keeps its own compiled code of this program, the
`__pycache__` of the templates' folder: whoever may write there may change the program itself.
"""

from __future__ import annotations

import importlib.util
from contextlib import suppress
from pathlib import Path

from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
)
from jinja2.bccache import Bucket

from broadsheet.language import taught

FOLDER = Path(__file__).with_name("templates")


def templates_in(folder: Path = FOLDER, *, keep_trailing_newline: bool = False) -> Environment:
    """The templates of a folder: everything is escaped, and a name that is not given is an error."""
    return taught(
        Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=keep_trailing_newline,
            bytecode_cache=_compiled(folder),
        )
    )


def _compiled(folder: Path) -> BytecodeCache | None:
    """Where the compiled templates of ``folder`` are kept; nowhere if the program's folder cannot
    be written.
    """
    compiled = Path(importlib.util.cache_from_source(str(folder / "templates.py"))).parent
    try:
        compiled.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return _Compiled(str(compiled))


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates, kept where that is possible."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)
