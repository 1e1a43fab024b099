"""The extras of this package: libraries that some commands need, and that are installed by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from broadsheet.errors import BroadsheetError, ToolError


def extra_with(module: str, where: str = "") -> str | None:
    """The extra that brings ``module``, of several the one that the command ``where`` is named after;
    None if no extra does.
    """
    from importlib import metadata  # slow to load, and rarely needed

    package, found = module.partition(".")[0].replace("_", "-"), []
    for line in metadata.requires("broadsheet") or ():
        needs = re.match(r"""([\w.-]+).*; extra == ['"](.+)['"]""", line)
        if needs and needs[2] != "dev" and package in (needs[1].lower(), needs[2]):
            found.append(needs[2])
    return next((one for one in found if one in where.split()), next(iter(found), None))


def lacks(module: str, where: str, kind: type[BroadsheetError] = ToolError) -> BroadsheetError:
    """The error that ``module``, of an extra, is not installed; ``where`` is what needs it."""
    return kind(
        where,
        f"this needs {module}, which is not installed",
        f"Run `pip install 'broadsheet[{extra_with(module, where)}]'`, and the command again.",
    )


@contextmanager
def needed(where: str, kind: type[BroadsheetError] = ToolError) -> Iterator[None]:
    """Turn a failed import of a library of an extra, in the block, into an error that names the
    extra.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or extra_with(error.name) is None:
            raise
        raise lacks(error.name, where, kind) from None
