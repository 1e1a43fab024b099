"""The parameters of an article: what its `parameters` cell declares, and what an edition gives.

The cell tagged `parameters` holds plain assignments, each with a literal default, an optional
annotation and an optional comment that says what it is for:

    year: int = 2022                       # the year that the article is about
    measure: Literal["value", "tonnes"] = "value"

Known annotations: `int`, `float`, `str`, `bool`, `date`, `Literal[…]`, `Annotated[int, range(…)]` for a
whole number of a range, `list[…]` of these, and `… | None` (or `Optional[…]`); a parameter without one
takes its default's type. A `date` may be written
as `date(2023, 5, 26)` or as an ISO string. A value given to an edition fits strictly: an `int`
where a `float` is asked for is taken, a string where a number is asked for is not, unless it comes
from the command line, where every value is a string. Out of scope: defaults that are computed. The
cell of a notebook in R, Julia or Bash has plain assignments of that language
(:mod:`broadsheet.project.editions.other_parameters`).
"""

from __future__ import annotations

import ast
import io
import math
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, TypeAdapter, ValidationError

from broadsheet.errors import ParameterError, Place
from broadsheet.project.editions.edition import Edition
from broadsheet.project.editions.other_parameters import assignments, languages
from broadsheet.project.sources.kernels import PYTHON, shown_language
from broadsheet.project.sources.notebook_file import language_of_cell
from broadsheet.project.sources.python_ast import parsed
from broadsheet.project.sources.source import TAG, Source
from plotly_alive.errors import enumerated, shown
from plotly_alive.text.did_you_mean import question
from plotly_alive.text.unprintable import unprintable

_SIMPLE: dict[str, Any] = {"int": int, "float": float, "str": str, "bool": bool, "date": date}
MOST_CHOICES = 10_000
"""The most numbers of a range that are its choices."""
_CHOICES = 12
"""The most choices that a message lists."""


@dataclass(frozen=True)
class Parameter:
    """A declared parameter."""

    name: str
    """Its name."""
    annotation: str
    """Its annotation as it is written, or the name of its default's type."""
    kind: Any
    """The Python type of its values."""
    default: object
    """Its default."""
    help: str
    """The comment behind it; empty without one."""
    place: Place
    """The place of its line."""


def declared(source: Source) -> dict[str, Parameter]:
    """Return the parameters of a notebook by their names, in order; none if it has no `parameters`
    cell.

    Raises :class:`ParameterError` for a cell that is not plain assignments, an annotation that is
    not known, a default that does not fit its own annotation, or a second `parameters` cell.
    """
    numbered = [
        (number, cell)
        for number, cell in enumerate(source.cells(), start=1)
        if cell.cell_type == "code" and TAG in cell.metadata.get("tags", [])
    ]
    if not numbered:
        return {}
    if len(numbered) > 1:
        raise ParameterError(
            source.place(numbered[1][0]),
            "a second cell is tagged `parameters`",
            "Keep one; papermill reads the first alone.",
        )
    number, cell = numbered[0]
    assert source.notebook is not None
    language = language_of_cell(source.notebook, cell)
    read = _parameters if language == PYTHON else partial(_in_language, language)
    return {parameter.name: parameter for parameter in read(cell.source, source.place(number))}


def choices(kind: Any) -> list[Any]:
    """Return the values that the annotation of a type lists; none for `int`, `str` and the like, and
    for a range of more than :data:`MOST_CHOICES`. For a list, each is a list of one value.
    """
    if kind is bool:
        return [False, True]
    if kind in (None, NoneType):
        return [None]
    parts = get_args(kind)
    if get_origin(kind) is Literal:
        return list(parts)
    if get_origin(kind) is Annotated:
        ranges = (part for part in parts if isinstance(part, range) and not part[MOST_CHOICES:])
        return [value for part in ranges for value in part]
    values = [value for part in parts for value in choices(part)]
    return [[value] for value in values] if get_origin(kind) is list else values


def bind(
    source: Source, values: Mapping[str, object], *, from_text: bool = False
) -> dict[str, object]:
    """Return ``values`` as values of the notebook's parameters, checked before anything runs.
    ``from_text`` says that values are strings of the command line, to be parsed as the parameter's
    type. Raises :class:`ParameterError` naming the article, the parameter, the value, and what
    would fit.
    """
    if not values:
        _check_defaults(source)
        return {}
    parameters = declared(source)
    article = source.slug
    if not parameters:
        names = ", ".join(f"`{name}`" for name in values)
        raise ParameterError(
            source.place(),
            f"article {article!r} is given {names}, and has no `parameters` cell",
            "Tag one code cell `parameters` and give each a default there.",
        )
    bound = {}
    for name, value in values.items():
        parameter = parameters.get(name)
        if parameter is None:
            declarations = ", ".join(
                f"`{parameter.name}: {parameter.annotation}`" for parameter in parameters.values()
            )
            raise ParameterError(
                source.place(),
                f"article {article!r} has no parameter `{name}`",
                f"{question(name, parameters)}It has {declarations}.",
            )
        bound[name] = _fitted(parameter, value, f"article {article!r}: parameter", from_text)
    return bound


def bind_edition(edition: Edition) -> dict[str, object]:
    """Return the bound parameters of ``edition``. An error says which edition gave the value, and
    where.
    """
    try:
        return bind(edition.source, edition.parameters)
    except ParameterError as error:
        where = error.where
        if edition.declared is not None and (where.cell, where.line) == (None, None):
            where = edition.source.front_matter.place((*edition.declared.at, "parameters"))
        raise ParameterError(where, error.what, error.mend, edition.described) from error


class _MisfitError(ParameterError):
    """A value that does not fit its parameter."""


def _check_defaults(source: Source) -> None:
    """Refuse a default that does not fit its own annotation. Other faults of the cell matter only
    to somebody who gives a value.
    """
    try:
        declared(source)
    except _MisfitError:
        raise
    except ParameterError:
        pass


def _parameters(code: str, where: Place) -> Iterator[Parameter]:
    try:
        tree = parsed(code)
    except SyntaxError as error:
        raise ParameterError(
            where.at(error.lineno or 1),
            f"the `parameters` cell is not Python: {error.msg}",
            "Mend the cell.",
        ) from error
    comments = _comments(code)
    for node in tree.body:
        place, annotation = where.at(node.lineno), getattr(node, "annotation", None)
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant(value=str())):
                continue
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case _:
                raise ParameterError(
                    place,
                    f"`{ast.unparse(node)}` is not a parameter",
                    "Keep only `name: type = default` lines in the `parameters` cell.",
                )
        default = _literal(value, place, name)
        kind = _kind(annotation, place) if annotation is not None else _kind_of(default)
        written = ast.unparse(annotation) if annotation is not None else _name(kind)
        parameter = Parameter(
            name, written, kind, default, comments.get(node.end_lineno or node.lineno, ""), place
        )
        _fitted(parameter, default, "the default of", False)
        yield parameter


def _in_language(language: str, code: str, where: Place) -> Iterator[Parameter]:
    """Yield the parameters of a cell in another language."""
    if language not in languages():
        raise ParameterError(
            where,
            f"the `parameters` cell is in {shown_language(language)}, in which none can be given",
            "Parameters are read in Python, R, Julia and Bash.",
        )
    for line in assignments(code, language):
        if not line.name:
            raise ParameterError(
                where.at(line.line),
                f"`{line.text}` is not a parameter",
                "Keep only assignments of plain values in the `parameters` cell, such as "
                f"`{_EXAMPLES[language]}`.",
            )
        kind = _kind_of(line.default)
        if kind in (int, float) and language != "bash":
            kind = int | float
        named = "number" if kind == int | float else _name(kind)
        yield Parameter(line.name, named, kind, line.default, line.help, where.at(line.line))


_EXAMPLES = {"r": "year <- 2022", "julia": "year = 2022", "bash": "year=2022"}


def _fitted(parameter: Parameter, value: object, whose: str, from_text: bool) -> object:
    adapter: TypeAdapter[object] = TypeAdapter(parameter.kind)
    texts = [
        text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)
    ]
    if odd := next(filter(None, map(unprintable, texts)), ""):
        raise ParameterError(
            parameter.place,
            f"{whose} `{parameter.name}` is {shown(value)}, with {odd}, which no page can show",
            "Take it out.",
        )
    try:
        if from_text:
            return _finite(_from_text(adapter, str(value)))
        if isinstance(value, str) and parameter.kind in (date, date | None):
            return date.fromisoformat(value)
        return _finite(adapter.validate_python(value, strict=True))
    except (ValidationError, ValueError) as error:
        raise _MisfitError(
            parameter.place,
            f"{whose} `{parameter.name}` is {shown(value)}, which is not `{parameter.annotation}`",
            f"{question(str(value), map(str, choices(parameter.kind)))}Give {_wanted(parameter)}.",
        ) from error


def _finite(value: object) -> object:
    """Return ``value``. Raises ValueError if it is or holds an infinite number or NaN, which the
    record of a run cannot hold.
    """
    many = value if isinstance(value, list) else [value]
    if any(isinstance(item, float) and not math.isfinite(item) for item in many):
        raise ValueError("not finite")
    return value


def _from_text(adapter: TypeAdapter[object], text: str) -> object:
    try:
        return adapter.validate_strings(text)
    except ValidationError:
        return adapter.validate_json(text)  # lists, and literals that are not strings


def _wanted(parameter: Parameter) -> str:
    examples = {
        int: "a whole number, such as 2022",
        float: "a number, such as 1.5",
        str: "text",
        int | float: "a number, such as 2022 or 1.5",
        bool: "true or false",
        date: "a date, such as 2023-05-26",
    }
    if get_origin(parameter.kind) is Annotated:
        return _number_in(get_args(parameter.kind)[1])
    if get_origin(parameter.kind) is Literal:
        return f"one of {enumerated([*map(shown, get_args(parameter.kind))], _CHOICES)}"
    return examples.get(parameter.kind, f"a value of `{parameter.annotation}`")


def _number_in(values: range) -> str:
    """Return the numbers of a range in words."""
    first, last = sorted((values[0], values[-1]))
    step = f" in steps of {abs(values.step)}" if abs(values.step) > 1 else ""
    return f"{first}" if first == last else f"a whole number from {first} to {last}{step}"


def _literal(node: ast.expr, place: Place, name: str) -> object:
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, (ast.Name, ast.Attribute))
        and ast.unparse(node.func).split(".")[-1] == "date"
    ):
        try:
            return date(*[ast.literal_eval(argument) for argument in node.args])
        except (TypeError, ValueError) as error:
            raise ParameterError(
                place,
                f"the default of `{name}` is no date: {error}",
                "Write it as date(2023, 5, 26).",
            ) from error
    try:
        value: object = ast.literal_eval(node)
        return value
    except (ValueError, TypeError) as error:  # the second of what cannot be a key
        raise ParameterError(
            place,
            f"the default of `{name}` is computed: `{ast.unparse(node)}`",
            "Give a plain value here and compute in the next cell.",
        ) from error


def _kind(node: ast.expr, place: Place) -> Any:
    """Return the type of an annotation. Only the listed types are known, so no annotation is
    evaluated.
    """
    outer = ast.unparse(node.value).split(".")[-1] if isinstance(node, ast.Subscript) else ""
    match node:
        case ast.Name(id=name) if name in _SIMPLE:
            return _SIMPLE[name]
        case ast.Attribute(value=ast.Name(id="datetime"), attr="date"):
            return date
        case ast.Constant(value=None):
            return None
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _kind(left, place) | _kind(right, place)
        case ast.Subscript(slice=inner) if outer == "Literal":
            return _choice(inner, place)
        case ast.Subscript(slice=inner) if outer == "Annotated" and (values := _range(inner)):
            return Annotated[int, values, AfterValidator(partial(_within, values))]
        case ast.Subscript(slice=inner) if outer in ("list", "List"):
            return list[_kind(inner, place)]  # type: ignore[misc]
        case ast.Subscript(slice=inner) if outer == "Optional":
            return _kind(inner, place) | None
    raise ParameterError(
        place,
        f"the annotation `{ast.unparse(node)}` is not one that a parameter can have",
        "Use int, float, str, bool, date, Literal[…], Annotated[int, range(…)], list[…] or … | None.",
    )


def _range(node: ast.expr) -> range | None:
    """Return the range of `int, range(…)`; None for anything else, and for an empty range."""
    match node:
        case ast.Tuple(elts=[ast.Name(id="int"), ast.Call(func=ast.Name(id="range")) as call]):
            try:
                return range(*map(ast.literal_eval, call.args)) or None
            except (TypeError, ValueError):
                return None
    return None


def _within(values: range, value: int) -> int:
    if value not in values:
        raise ValueError("out of range")
    return value


def _choice(node: ast.expr, place: Place) -> Any:
    """Return the type of the plain values in `Literal[…]`."""
    try:
        return Literal.__getitem__(ast.literal_eval(node))
    except (ValueError, TypeError) as error:
        raise ParameterError(
            place,
            f"the annotation `Literal[{ast.unparse(node)}]` has what is no plain value",
            "Name the values themselves: Literal['a', 'b'].",
        ) from error


def _kind_of(default: object) -> Any:
    if isinstance(default, list):
        return list[_kind_of(default[0])] if default else list[Any]  # type: ignore[misc]
    return type(default) if type(default) in (*_SIMPLE.values(), dict) else Any


def _name(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind)) if not str(kind).startswith("list[") else str(kind)


def _comments(code: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }
