"""The sandbox for a publication's own templates.

A template that came with a publication may be a stranger's. It is given our own values, so Jinja's
sandbox alone does not hold: there a template may call every public method of what it is given, and
some of these read files. Here it may call those in :data:`METHODS`, and besides them macros, what
Jinja offers, and methods of plain values such as texts, lists and days. It gets no path of the file
system, no class and no module.

Its work is bounded in processor time, and in the size of all that it makes on the way
(:class:`Budget`). Each step asks the budget: a round of a loop, a call, a filter, a text that is put
together, a template that is included. A step that would make too much by itself is refused before.

Our own templates are compiled as usual, and pay only for the check of each attribute: a publication's
template may have given them the object.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta, tzinfo
from datetime import time as time_of_day
from decimal import Decimal
from pathlib import Path
from types import BuiltinMethodType, FunctionType, MethodType, ModuleType
from typing import Any

from jinja2 import Template, Undefined, nodes
from jinja2.compiler import generate
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace, generate_lorem_ipsum
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from broadsheet.storage import limits
from broadsheet.storage.limits import Limit

METHODS = frozenset(
    f"{owner}.{method}"
    for owner, methods in {
        "plotly_alive.table.table.Table": "groups rows",
        "figures.drawing.page_figure.PageFigure": "drawings file html",
        "project.project.Project": "language_of",
        "site.article.entry.Entry": "anchor_of",
        "site.index.scene.Block": "addresses is_lazy on shows",
        "site.index.scene.Page": "shared_of",
        "site.index.scene.Scene": (
            "absolute bundles citation contents href known_author lead logo navigation section shares"
            " side_text source_links subscribing topic"
        ),
        "site.article.how_we_know.HowWeKnow": "shown",
    }.items()
    for method in methods.split()
)
"""The methods of ours that a publication's template may call. None reads a file or changes anything."""

_PLAIN: tuple[type, ...] = (
    *(str, bytes, int, float, Decimal, date, time_of_day, timedelta, tzinfo),
    *(Mapping, Sequence, Set, type({}.keys()), type({}.values()), type({}.items())),
    *(Cycler, Joiner, LoopContext),
)
"""The types whose methods may be called. Jinja refuses those that change a list or a mapping."""
_DATA = frozenset({str, Markup, int, float, bool, tuple, list, dict, date, type(None)})
"""The types of most values, which are safe."""
_OF_JINJA = (Macro, BlockReference, LoopContext, Joiner, Undefined)
_WITHHELD = (Path, type, ModuleType)

_MOST = 100_000_000
"""The most characters, or entries of lists, of the result of one step."""
_BITS = 100_000
"""The most bits of a whole number."""
_MULTIPLYING = {
    *("batch", "center", "indent", "join", "replace", "slice", "tojson", "wordwrap"),
    *("expandtabs", "ljust", "rjust", "to_bytes", "translate", "zfill"),
}
"""Filters and methods whose result may be as large as the product of two of their arguments."""
_BY_WORDS = {"urlize", "wordwrap"}
"""Filters that take time in the square of a word's length."""
_LONGEST_WORD = 50_000
_MOST_DIGITS = 300
"""The most digits, before or behind the point, to which a number is rounded."""
_FORMATTING = {"format", "format_map", "gettext", "ngettext", "pgettext", "_gettext_alias"}
_WIDE_FIELD = re.compile(
    r"%(?:\([^)]*\))?[-+ #0]*(?:\*|\d*\.\*|\d*\.?\d{5,})|\{[^{}]*(?:\d{5,}|:[^{}]*\{)"
)
"""A field of a format with a great width, or with a width that another value gives."""
_ROUNDS, _WHOLE = "broadsheet-rounds", "broadsheet-whole"
"""The filters around the values of a loop, and around a text that is put together."""


class SpentError(Exception):
    """An error of a template that has reached a bound."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit.name)
        self.limit = limit


class Budget:
    """The work that a template may still do: processor time of this thread, and characters of its
    results. Has state.
    """

    def __init__(self, functions: Sequence[object]) -> None:
        self._end = time.thread_time() + limits.TABLE["template-time"].value
        self._left = int(limits.TABLE["template-size"].value)
        self.functions = functions
        """The functions among the values that the template is given."""

    def spend(self, value: Any = None) -> None:
        """Count a step that has made a ``value``. Raises :class:`SpentError`."""
        if time.thread_time() > self._end:
            raise SpentError(limits.TABLE["template-time"])
        self._left -= _size(value, self._left)
        if self._left < 0:
            raise SpentError(limits.TABLE["template-size"])


_budget: ContextVar[Budget | None] = ContextVar("_budget", default=None)


@contextmanager
def bounded(values: Mapping[str, Any]) -> Iterator[None]:
    """Bound the work of a template that is rendered in the block with these ``values``."""
    token = _budget.set(Budget([value for value in values.values() if callable(value)]))
    try:
        yield
    finally:
        _budget.reset(token)


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment that confines the templates for whose names ``is_foreign`` is true. When it
    has all its filters, it is closed (:meth:`close`).
    """

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, is_foreign: Callable[[str], bool], **options: Any) -> None:
        super().__init__(finalize=_whole, **options)
        self._is_foreign = is_foreign
        self._offered: dict[int, object] = {}

    def close(self) -> None:
        """Bound the filters and global functions that the environment has by now."""
        self.globals |= {"namespace": _Namespace, "lipsum": _lipsum}
        self._offered = {id(value): value for value in self.globals.values()}
        self.filters |= {name: _counted(work, name) for name, work in self.filters.items()}
        self.filters |= {_ROUNDS: _rounds, _WHOLE: _whole}

    # What a template may have, and call

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return True if a template may have this value of an object."""
        if type(value) in _DATA:
            return not attr.startswith("_")
        return (
            super().is_safe_attribute(obj, attr, value)
            and not isinstance(value, _WITHHELD)
            and not isinstance(obj, _WITHHELD)
            and (not callable(value) or self.is_safe_callable(value))
        )

    def is_safe_callable(self, obj: Any) -> bool:
        """Return True if a template may call this."""
        if isinstance(obj, _OF_JINJA) or id(obj) in self._offered:
            return True
        if isinstance(obj, MethodType | BuiltinMethodType):
            return isinstance(obj.__self__, _PLAIN) or _name_of(obj) in METHODS
        if isinstance(obj, FunctionType) and (_FORMAT in vars(obj) or _name_of(obj) in METHODS):
            return True
        budget = _budget.get()
        return budget is not None and any(obj is function for function in budget.functions)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Return `format` of a text, in the sandbox and with fields of a moderate width."""
        wrapped = super().wrap_str_format(value)
        if wrapped is not None:
            vars(wrapped)[_FORMAT] = value.__self__
        return wrapped

    # What it makes

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call an object, and count the call."""
        if isinstance(__obj, MethodType | BuiltinMethodType):
            args = _checked(__obj.__name__, (__obj.__self__, *args), kwargs)[1:]
        elif isinstance(__obj, FunctionType):
            text = vars(__obj).get(_FORMAT)
            _checked(__obj.__name__, args if text is None else (text, *args), kwargs)
        return _whole(super().call(__context, __obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Add, multiply, raise or format, unless the result would be too large."""
        if operator in ("*", "**"):
            _refuse_product(operator, left, right)
        elif operator == "%" and isinstance(left, str):
            _checked("format", (left, right), {})
        return _whole(super().call_binop(context, operator, left, right))

    def _load_template(self, name: str, globals: Any) -> Template:
        _whole(None)  # templates may include each other for ever
        return super()._load_template(name, globals)

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,
    ) -> str:
        if self._is_foreign(name or ""):
            _Counting().visit(source)
            return super()._generate(source, name, filename, defer_init)
        ours = self.overlay()
        ours.sandboxed, ours.finalize = False, None
        code = generate(source, ours, name, filename, defer_init=defer_init)
        assert code is not None  # as it is when there is no stream
        return code


_FORMAT = "_format"


class _Counting(NodeTransformer):
    """Puts filters into a template that count rounds of loops, and the size of texts that are put
    together.
    """

    def visit_For(self, node: nodes.For) -> nodes.Node:
        self.generic_visit(node)
        node.iter = _filtered(node.iter, _ROUNDS)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        return _filtered(self.generic_visit(node), _WHOLE)

    def visit_List(self, node: nodes.List | nodes.Tuple) -> nodes.Node:
        self.generic_visit(node)
        is_plain = all(isinstance(item, nodes.Const) for item in node.items)
        return (
            node if is_plain or getattr(node, "ctx", "load") != "load" else _filtered(node, _WHOLE)
        )

    visit_Tuple = visit_List

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:
        return _filtered(self.generic_visit(node), _WHOLE)


def _filtered(node: Any, name: str) -> nodes.Filter:
    filtered = nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)
    filtered.environment = node.environment
    return filtered


class _Namespace(Namespace):
    """A namespace whose text is a word, whatever it holds: perhaps other namespaces that hold it."""

    def __repr__(self) -> str:
        return "<Namespace>"


def _lipsum(n: int = 5, html: bool = True, min: int = 20, max: int = 100) -> str:
    if n * max > _MOST // 1000:
        raise SecurityError("`lipsum` is asked for too many words")
    return generate_lorem_ipsum(n, html, min, max)


def _name_of(method: Any) -> str:
    function = getattr(method, "__func__", method)
    return f"{function.__module__}.{function.__qualname__}".removeprefix("broadsheet.")


def _whole(value: Any) -> Any:
    """Count the result of a step, and return it. The parts of a result that are made later are
    counted as they are made.
    """
    budget = _budget.get()
    if budget is None:
        return value
    if isinstance(value, Iterator) and not isinstance(value, LoopContext | Undefined):
        return _rounds(value)
    budget.spend(value)
    return value


def _rounds(values: Any) -> Any:
    """Yield the values of a loop, and count each."""
    budget = _budget.get()
    if budget is None:
        return values

    def counted() -> Iterator[Any]:
        for value in values:
            budget.spend()
            yield value

    return counted()


def _counted(work: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Return a filter that counts its results, and refuses arguments that would make too large a
    one.
    """

    @functools.wraps(work)
    def counted(*args: Any, **kwargs: Any) -> Any:
        return _whole(work(*_checked(name, args, kwargs), **kwargs))

    return counted


def _checked(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the arguments of a filter or method of that name. Raises :class:`SecurityError` if
    their result would be too large.
    """
    if name in _MULTIPLYING:
        args = tuple([*each] if isinstance(each, Iterator) else each for each in args)
        sizes = [
            each if isinstance(each, int) else _size(each, _MOST)
            for each in (*args, *kwargs.values())
        ]
        largest = sorted(max(size, 1) for size in sizes)[-2:]  # an empty text can be filled up, too
        if len(largest) == 2 and largest[0] * largest[1] > _MOST:
            raise SecurityError(f"`{name}` would make too much of what it is given")
    elif name in _FORMATTING:
        texts = [each for each in args if isinstance(each, str)]
        fields = max((text.count("%") + text.count("{") for text in texts), default=0)
        if any(map(_WIDE_FIELD.search, texts)) or fields * _size([args, kwargs], _MOST) > _MOST:
            raise SecurityError(f"`{name}` would make too much of what it is given")
    elif name == "round":
        digits = [each for each in (*args[1:], *kwargs.values()) if isinstance(each, int)]
        if any(abs(each) > _MOST_DIGITS for each in digits):
            raise SecurityError(f"`round` goes to {_MOST_DIGITS} digits at most")
    elif name == "sum":
        start = kwargs.get("start", args[3] if len(args) > 3 else 0)
        if not isinstance(start, int | float | Decimal):
            raise SecurityError("`sum` adds numbers alone")  # lists in the square of their number
    if name in _BY_WORDS:
        words = (word for each in args if isinstance(each, str) for word in each.split())
        if any(len(word) > _LONGEST_WORD for word in words):
            raise SecurityError(f"`{name}` is given a word of more than {_LONGEST_WORD:,} letters")
    return args


def _refuse_product(operator: str, left: Any, right: Any) -> None:
    """Raise :class:`SecurityError` if a product or a power would be too large."""
    if isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length()
        if (bits * abs(right) if operator == "**" else bits + right.bit_length()) > _BITS:
            raise SecurityError("a number has too many digits")
    elif operator == "*":
        times, value = (left, right) if isinstance(left, int) else (right, left)
        is_repeated = isinstance(times, int) and isinstance(value, Sized)
        if is_repeated and times * _size(value, _MOST) > _MOST:
            raise SecurityError("`*` would make too much of what it is given")


def _size(value: Any, most: int) -> int:
    """Return the size of a value in characters. An entry of a list or mapping counts as some
    characters, with everything in it. Counting stops above ``most``.
    """
    size, left = 0, [value]
    while left and size <= most:
        value = left.pop()
        if isinstance(value, str | bytes):
            size += len(value)
        elif isinstance(value, range):
            size += 8 * len(value)
        elif isinstance(value, int):
            if value.bit_length() > _BITS:
                raise SecurityError("a number has too many digits")
        elif isinstance(value, dict):
            size += 16 * len(value)
            left += value.keys()
            left += value.values()
        elif isinstance(value, list | tuple | set | frozenset):
            size += 8 * len(value)
            left += value
    return size
