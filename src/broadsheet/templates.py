"""Jinja as all our templates are written for.

Compiled templates are kept in the user's temporary folder, as Jinja has it, by the digest of their text: to compile
those of one page takes as long as several pages do.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined

from broadsheet.language import taught


def templates_in(folder: Path, *, keep_trailing_newline: bool = False) -> Environment:
    """The templates of a folder: everything is escaped, and a name that is not given is an error."""
    return taught(Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, auto_reload=False,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=keep_trailing_newline, bytecode_cache=_compiled()))


def _compiled() -> BytecodeCache | None:
    """Where compiled templates are kept; nowhere if there is no folder that is the user's alone."""
    try:
        return FileSystemBytecodeCache()
    except (OSError, RuntimeError):
        return None
