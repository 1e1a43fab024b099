"""Jinja for all our templates: everything is escaped, and an unknown name is an error.

A publication may have templates of its own in `theme/templates/`, which replace ours of the same
name, and may extend them: `{% extends "broadsheet/page.html.jinja" %}`. They run in a sandbox
(:mod:`.template_sandbox`), and hold in the blocks of :func:`using`, in that thread or task alone:
a process may hold several publications.

Compiling the templates of one page takes as long as rendering several pages, so the compiled code
is stored. Because it is code, it is stored where Python stores its own compiled code of this
program, the `__pycache__` of the templates' folder: whoever may write there may change the program
itself.
"""

from __future__ import annotations

import importlib.util
import traceback
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

import jinja2
from jinja2 import (
    BaseLoader,
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.bccache import Bucket

from broadsheet.errors import BroadsheetError, ConfigError, Place, RenderError, unexpected
from broadsheet.storage import limits
from broadsheet.storage.files import check_path, read_text
from broadsheet.storage.value_digest import digest_of
from broadsheet.text import template_sandbox
from broadsheet.text.language import taught
from broadsheet.text.template_sandbox import Sandbox, SpentError

FOLDER = Path(__file__).parents[1] / "templates"
OURS = "broadsheet"
"""The prefix by which a publication's template names ours of the same name."""

OWN = PurePosixPath("theme/templates")
"""The folder of a publication's own templates, from its root."""
_MEND = f"Look into the templates of {OWN}, which stand in for ours."

_OF_SANDBOX = f"sandbox_{sha256(Path(template_sandbox.__file__).read_bytes()).hexdigest()[:16]}_"
"""The kind of templates that are compiled for the sandbox. It changes when the sandbox does."""

_ENVIRONMENTS = 8
"""The most sets of own templates that stay compiled: those of some publications, and the last few
of one that is being written.
"""

OwnTemplates = tuple[tuple[str, str], ...]
"""The templates of a publication, each by its name with its text."""

_own: ContextVar[OwnTemplates] = ContextVar("_own", default=())


def read_own(root: Path) -> OwnTemplates:
    """Return the templates of the publication at ``root``, as they are now. Raises
    :class:`ConfigError` for a file that is not a template.
    """
    texts: dict[str, str] = {}
    for name in own_names(root):
        where = str(OWN / name)
        check_path(root, root / where, where)
        texts[name] = read_text(root / where, where)
        try:
            environment_of({}).parse(texts[name])
        except TemplateSyntaxError as error:
            raise _no_template(where, error.lineno, error.message or "") from error
        except Exception as error:  # it has a number of thousands of digits, or too many brackets
            raise _no_template(where, None, f"{type(error).__name__}: {error}") from error
    return tuple(texts.items())


@contextmanager
def using(templates: OwnTemplates) -> Iterator[None]:
    """Within this block, the templates of a publication replace ours."""
    token = _own.set(templates)
    try:
        yield
    finally:
        _own.reset(token)


def _no_template(where: str, line: int | None, why: str) -> ConfigError:
    return ConfigError(
        Place(where, line=line),
        f"this is no template: {why}",
        "Mend it, or take the file away to have ours.",
    )


def own_names(root: Path) -> list[str]:
    """Return the names of a publication's own templates."""
    return sorted(path.name for path in (root / OWN).glob("*.jinja"))


class Templates:
    """Our templates with some ``filters``. Has state: the compiled templates."""

    def __init__(
        self,
        filters: Mapping[str, Callable[..., object]] | None = None,
        *,
        keep_trailing_newline: bool = False,
    ) -> None:
        self._filters = filters or {}
        self._keep_trailing_newline = keep_trailing_newline
        self._environment = lru_cache(_ENVIRONMENTS)(self._compiled)

    def render(self, name: str, /, **values: Any) -> str:
        """Render the template of that name. Raises :class:`jinja2.TemplateError`; for a fault in a
        template of the publication :class:`RenderError`, or :class:`LimitError`.
        """
        templates = _own.get()
        environment, names = self._environment(templates), dict(templates)
        if not templates:
            return environment.get_template(name).render(values)
        where = Place(str(OWN / name) if name in names else str(OWN))
        limit = limits.TABLE["template-time"]
        try:
            with (
                template_sandbox.bounded(values),
                limits.bounded_work(where, "filling this template", limit),
            ):
                return environment.get_template(name).render(values)
        except SpentError as error:
            raise _spent(error, where, error.limit) from error
        except limits.LimitError as error:  # the signal of the time came before the look at it
            if error.where != where:
                raise
            raise _spent(error, where, limit) from error
        except BroadsheetError:
            raise
        except Exception as error:
            place = _place_in_own(error) or where
            if not place.line and name not in names:
                raise
            if isinstance(error, TemplateError):
                raise RenderError(place, str(error), _MEND) from error
            raise unexpected(error, place, "filling this template") from error

    def _compiled(self, templates: OwnTemplates) -> Environment:
        return environment_of(
            dict(templates), self._filters, keep_trailing_newline=self._keep_trailing_newline
        )


def _spent(error: BaseException, where: Place, limit: limits.Limit) -> limits.LimitError:
    return limits.LimitError(
        _place_in_own(error) or where,
        f"this template takes more than {limit.shown(limit.value)}",
        f"Look for a loop in a loop, or a text that grows in one.{limit.mend}",
    )


def _place_in_own(error: BaseException) -> Place | None:
    """Return the place in the publication's own templates where an error was raised; None if it was
    elsewhere.
    """
    frames = traceback.walk_tb(error.__traceback__)
    files: list[tuple[str, int | None]] = [
        (frame.f_code.co_filename, line) for frame, line in frames
    ]
    if isinstance(error, SyntaxError | TemplateSyntaxError):
        files = [(error.filename or "", error.lineno)]
    places = [Place(file, line=line) for file, line in files if file.startswith(f"{OWN}/")]
    return places[-1] if places else None


def environment_of(
    templates: Mapping[str, str],
    filters: Mapping[str, Callable[..., object]] | None = None,
    *,
    keep_trailing_newline: bool = False,
) -> Environment:
    """Return the environment of our templates, and of the ``templates`` that replace some of them,
    with more ``filters``.
    """
    ours = FileSystemLoader(FOLDER)
    loader = (
        ChoiceLoader([_Replacing(templates), ours, PrefixLoader({OURS: ours})])
        if templates
        else ours
    )
    environment = taught(
        (partial(Sandbox, templates.__contains__) if templates else Environment)(
            loader=loader,
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=keep_trailing_newline,
        )
    )
    environment.filters |= filters or {}
    environment.bytecode_cache = _compiled(
        f"{_OF_SANDBOX if templates else ''}{_decisive(environment)}_"
    )
    if isinstance(environment, Sandbox):
        environment.close()
    return environment


class _Replacing(BaseLoader):
    """A loader of a publication's templates. Their names are those in the publication, so that
    errors have these. Their code is not stored in the program's folder, where only ours may be.
    """

    def __init__(self, templates: Mapping[str, str]) -> None:
        self._own = templates

    def load(
        self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        """Compile a template. Raises :class:`jinja2.TemplateNotFound`."""
        if name not in self._own:
            raise TemplateNotFound(name)
        code = environment.compile(self._own[name], name, str(OWN / name))
        return environment.template_class.from_code(environment, code, globals or {})


def _decisive(environment: Environment) -> str:
    """Return a digest of all that decides what a template is compiled to, beside its text: filters
    and tests are called as they ask, perhaps with what is around them.
    """
    passed = [
        sorted((name, str(getattr(call, "jinja_pass_arg", ""))) for name, call in calls.items())
        for calls in (environment.filters, environment.tests)
    ]
    decisive = [jinja2.__version__, environment.keep_trailing_newline, *passed]
    return digest_of(decisive)


def _compiled(kind: str) -> BytecodeCache | None:
    """Return the cache in the folder for compiled templates, with names of its own for each
    ``kind``; None if the program's folder cannot be written.
    """
    compiled = Path(importlib.util.cache_from_source(str(FOLDER / "templates.py"))).parent
    try:
        compiled.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return _Compiled(str(compiled), f"__jinja2_{kind}%s.cache")


class _Compiled(FileSystemBytecodeCache):
    """A cache of compiled templates that ignores a folder that cannot be written."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)
