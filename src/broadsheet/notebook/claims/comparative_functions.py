"""The decorator of comparatives, functions that expressions of the prose may use."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from broadsheet.notebook.claims.calls import current_call
from broadsheet.notebook.claims.claim import Claim
from broadsheet.notebook.claims.tracing import calling

_P = ParamSpec("_P")


def comparative(function: Callable[_P, Claim]) -> Callable[_P, Claim]:
    """Make a function a comparative: it sees how the caller wrote its arguments, and its
    errors start with its name.
    """

    @wraps(function)
    def called(*arguments: _P.args, **options: _P.kwargs) -> Claim:
        try:
            with calling(current_call(sys._getframe(1))):
                return function(*arguments, **options)
        except TypeError as error:
            raise TypeError(f"{function.__name__}: {error}") from None
        except ValueError as error:
            raise ValueError(f"{function.__name__}: {error}") from error.__cause__

    return called
