"""Jinja for all our templates: everything is escaped, and an unknown name is an error.

A publication may have templates of its own in `theme/templates/`, which replace ours of the same
name, and may extend them: `{% extends "broadsheet/page.html.jinja" %}`. Has state: which those are
(:func:`use`), for the publication that this process works on.

Compiling the templates of one page takes as long as rendering several pages, so the compiled code
is stored. Because it is code, it is stored where Python stores its own compiled code of this
program, the `__pycache__` of the templates' folder: whoever may write there may change the program
itself.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    FunctionLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateSyntaxError,
)
from jinja2.bccache import Bucket

from broadsheet.errors import ConfigError, Place
from broadsheet.files import check_path, read_text
from broadsheet.language import taught

FOLDER = Path(__file__).with_name("templates")
OURS = "broadsheet"
"""The prefix by which a publication's template names ours of the same name."""

OWN = PurePosixPath("theme/templates")
"""The folder of a publication's own templates, from its root."""

_own: dict[str, str] = {}


def use(root: Path) -> None:
    """From now on, the templates of the publication at ``root`` replace ours. Raises
    :class:`ConfigError` for a file that is not a template.
    """
    found: dict[str, str] = {}
    for name in own_names(root):
        where = str(OWN / name)
        check_path(root, root / where, where)
        found[name] = read_text(root / where, where)
        try:
            environment_of({}).parse(found[name])
        except TemplateSyntaxError as error:
            raise ConfigError(
                Place(where, line=error.lineno),
                f"this is no template: {error.message}",
                "Mend it, or take the file away to have ours.",
            ) from error
    _own.clear()
    _own.update(found)


def own_names(root: Path) -> list[str]:
    """The names of a publication's own templates."""
    return sorted(path.name for path in (root / OWN).glob("*.jinja"))


def has_own() -> bool:
    """Whether there are such templates."""
    return bool(_own)


class Templates:
    """Our templates with some ``filters``. Has state: the compiled ones."""

    def __init__(
        self,
        filters: Mapping[str, Callable[..., object]] | None = None,
        *,
        keep_trailing_newline: bool = False,
    ) -> None:
        self._filters = filters or {}
        self._keep_trailing_newline = keep_trailing_newline
        self._environment: Environment | None = None
        self._made_with: dict[str, str] = {}

    def render(self, name: str, /, **values: Any) -> str:
        """The template of that name, filled. Raises :class:`jinja2.TemplateError`."""
        if self._environment is None or self._made_with != _own:
            self._made_with = dict(_own)
            self._environment = environment_of(
                self._made_with, keep_trailing_newline=self._keep_trailing_newline
            )
            self._environment.filters |= self._filters
        return self._environment.get_template(name).render(values)


def environment_of(own: Mapping[str, str], *, keep_trailing_newline: bool = False) -> Environment:
    """The environment of our templates and those that replace them."""
    ours = FileSystemLoader(FOLDER)
    # With their names, so that the traceback of an error has them.
    replaced = FunctionLoader(
        lambda name: (own[name], str(OWN / name), None) if name in own else None
    )
    loader = ChoiceLoader([replaced, ours, PrefixLoader({OURS: ours})]) if own else ours
    return taught(
        Environment(
            loader=loader,
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=keep_trailing_newline,
            bytecode_cache=_compiled(),
        )
    )


def _compiled() -> BytecodeCache | None:
    """The folder for compiled templates; None if the program's folder cannot be written."""
    compiled = Path(importlib.util.cache_from_source(str(FOLDER / "templates.py"))).parent
    try:
        compiled.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return _Compiled(str(compiled))


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates, stored where that is possible."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)
