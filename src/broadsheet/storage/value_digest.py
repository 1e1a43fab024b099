"""Digests of values, by which a build sees what has changed.

:func:`digest_of` is made of the bytes of a value, which two have alike only if they are equal. A
value's own text, its `repr`, has no part in it: that may leave something out. It tells `1` from
`1.0`, `True` and `"1"`, a list from a tuple, and a text from the same text as `Markup`. It has a
form for these types and no other:

- None, bool, int, float (NaN is like NaN, -0.0 is not like 0.0), decimals and fractions, str, bytes,
  dates and times with their zone, paths, members of enums, classes;
- lists, tuples and ranges in their order; mappings and sets, whatever their order;
- dataclasses, pydantic's models, msgspec's structs and named tuples: their class and all of their
  fields. A dataclass says by `compare=False` that a field is no part of the value;
- NumPy's arrays; pandas' columns, indexes and tables.

A value of any other type, wherever it is, raises TypeError: what cannot be written must not seem to
be unchanged.
"""

from __future__ import annotations

import dataclasses
import hashlib
import marshal
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from operator import attrgetter
from pathlib import PurePath
from types import NoneType
from typing import Any

import msgspec
from pydantic import BaseModel

LENGTH = 20
"""Characters of a digest."""

_Parts = Callable[[Any], Iterable[object]]

_EXACT = frozenset({NoneType, bool, int, float, str, bytes})
"""Types that have bytes of their own. Subclasses are not among them."""
_WITHOUT_NAN = _EXACT - {float}
_FORMAT = 2
"""The version of Python's format of bytes: that of the values alone, without references."""


def digest_of(value: object) -> str:
    """Return the digest of a value. Raises TypeError for one that has none."""
    return hashlib.sha256(bytes_of(value)).hexdigest()[:LENGTH]


def changes(before: Mapping[str, str], inputs: Mapping[str, str]) -> list[str]:
    """Return the names of the inputs that have changed."""
    changed = [name for name, digest in inputs.items() if before.get(name) != digest]
    return changed + [name for name in before if name not in inputs]


def bytes_of(value: object) -> bytes:
    """Return the bytes of a value, which two have alike only if they are equal. Raises TypeError
    for one that has none.
    """
    plain: Any = _plain(value)
    return marshal.dumps(plain, _FORMAT)


def _plain(value: Any) -> object:
    """Return the value by exact types, lists and tuples alone. A tuple that begins with an
    Ellipsis, which no value has, stands for a value of another type.
    """
    kind: type[Any] = type(value)
    if kind in _EXACT:
        return _NAN if kind is float and math.isnan(value) else value
    if kind is list:
        return _all_plain(value)
    if kind is tuple:
        return tuple(_all_plain(value))
    name, parts = _form_of(kind)  # type: ignore[arg-type]
    return (..., name, _all_plain(parts(value)))


_NAN = (..., "NaN")
"""For NaN, which has many bytes."""


def _all_plain(values: Iterable[object]) -> list[object]:
    return [value if type(value) in _WITHOUT_NAN else _plain(value) for value in values]


@cache
def _form_of(kind: type) -> tuple[str, _Parts]:
    """Return the name of a type in a digest, and the function that takes its values apart."""
    for base, shared_name, parts in _EQUAL:
        if issubclass(kind, base):
            return shared_name, parts
    name = f"{kind.__module__}.{kind.__qualname__}"
    if (own_parts := _fields_of(kind) or _library_parts(kind)) is not None:
        return name, own_parts
    for base, parts in _BASES:
        if issubclass(kind, base):
            return name, parts
    raise TypeError(f"a value of the type {name} has no digest")


def _fields_of(kind: type) -> _Parts | None:
    """Return a function that takes the values of a class apart; None if the class does not say what
    its fields are.
    """
    if issubclass(kind, Enum):
        return lambda member: (member.name,)
    if issubclass(kind, BaseModel):
        names = tuple(kind.model_fields)
        return lambda model: [
            *(getattr(model, name) for name in names),
            sorted((model.model_extra or {}).items()),
        ]
    if dataclasses.is_dataclass(kind):
        names = tuple(field.name for field in dataclasses.fields(kind) if field.compare)
    elif issubclass(kind, msgspec.Struct):
        names = kind.__struct_fields__
    else:
        return None
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: [getattr(value, name) for name in names]


def _library_parts(kind: type) -> _Parts | None:
    """Return a function that takes values of NumPy and pandas apart, if these are loaded."""
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if numpy and issubclass(kind, numpy.generic):
        return lambda value: (value.dtype.str, value.tobytes())
    if numpy and issubclass(kind, numpy.ndarray):
        return lambda array: (
            array.dtype.str,
            array.shape,
            array.tolist() if array.dtype.hasobject else array.tobytes(),
        )
    if not pandas:
        return None
    table: Mapping[type, _Parts] = {
        pandas.DataFrame: lambda frame: (
            frame.columns,
            frame.index,
            [frame.iloc[:, at].array for at in range(frame.shape[1])],
            frame.attrs,
        ),
        pandas.Series: lambda column: (column.name, column.index, column.array, column.attrs),
        pandas.Index: lambda index: (list(index.names), str(index.dtype), index.tolist()),
        pandas.Categorical: lambda array: (array.ordered, array.categories, array.codes),
        pandas.api.extensions.ExtensionArray: lambda array: (str(array.dtype), array.tolist()),
        type(pandas.NaT): lambda value: (),
        type(pandas.NA): lambda value: (),
        pandas.Timestamp: lambda moment: (str(moment), moment.tzname(), moment.fold),
        pandas.Timedelta: lambda span: (span.value,),
        pandas.Period: lambda period: (period.ordinal, period.freqstr),
        pandas.Interval: lambda interval: (interval.left, interval.right, interval.closed),
    }
    return next((parts for base, parts in table.items() if issubclass(kind, base)), None)


def _moment(value: datetime | time) -> tuple[object, ...]:
    return value.isoformat(), value.tzname(), value.fold


def _items(value: Mapping[object, object]) -> Iterable[object]:
    return [part for key in sorted(value, key=bytes_of) for part in (key, value[key])]


_EQUAL: tuple[tuple[type, str, _Parts], ...] = (
    (Mapping, "mapping", _items),
    (AbstractSet, "set", lambda members: sorted(map(bytes_of, members))),
    (PurePath, "path", lambda path: (str(path),)),
)
"""Types whose values are equal whatever their class, with their names in digests."""
_BASES: tuple[tuple[type, _Parts], ...] = (
    (type, lambda kind: (kind.__module__, kind.__qualname__)),
    (datetime, _moment),
    (time, _moment),
    (date, lambda day: (day.isoformat(),)),
    (timedelta, lambda span: (span.days, span.seconds, span.microseconds)),
    (range, lambda numbers: (numbers.start, numbers.stop, numbers.step)),
    (tuple, tuple),
    (list, list),
    (bytearray, lambda value: (bytes(value),)),
    (bytes, lambda value: (bytes(value),)),
    (str, lambda text: (str.__str__(text),)),
    (int, lambda number: (int(number),)),
    (float, lambda number: (float(number),)),
    (Decimal, lambda number: number.as_tuple()),
    (Fraction, lambda number: (number.numerator, number.denominator)),
)
"""Types whose subclasses have digests, with functions that take their values apart: the first that
fits counts.
"""
