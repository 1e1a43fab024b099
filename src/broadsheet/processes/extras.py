"""The extras of this package: libraries that some commands need, and that are installed by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from broadsheet.errors import BroadsheetError, ToolError

_DISTRIBUTIONS = {
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""The names under which common modules are installed, if they differ from the modules' names."""


def distribution_of(module: str) -> str:
    """Return the name by which pip installs ``module``."""
    name = module.partition(".")[0]
    return _DISTRIBUTIONS.get(name, name)


def distributions_of_extras() -> dict[str, list[str]]:
    """Return the distributions that each extra brings, without those for tests; nothing where
    Broadsheet itself is not installed.
    """
    from importlib import metadata  # slow to load, and rarely needed

    extras: dict[str, list[str]] = {}
    with suppress(metadata.PackageNotFoundError):
        for line in metadata.requires("broadsheet") or ():
            needs = re.match(r"""([\w.-]+).*; extra == ['"](.+)['"]""", line)
            if needs and needs[2] != "dev":
                extras.setdefault(needs[2], []).append(needs[1])
    return extras


def extra_with(module: str, where: str = "") -> str | None:
    """Return the extra that brings ``module``; of several, the one that the command ``where`` is
    named after. None if no extra does.
    """
    package = distribution_of(module).replace("_", "-").lower()
    extras = [
        extra
        for extra, needs in distributions_of_extras().items()
        if package in (extra, *map(str.lower, needs))
    ]
    return next((extra for extra in extras if extra in where.split()), next(iter(extras), None))


def lacks(module: str, where: str, kind: type[BroadsheetError] = ToolError) -> BroadsheetError:
    """Return the error that ``module`` is not installed; ``where`` is the command or file that
    needs it.
    """
    extra = extra_with(module, where)
    package = f"'broadsheet[{extra}]'" if extra else distribution_of(module)
    return kind(
        where,
        f"this needs {module}, which is not installed",
        f"Run `pip install {package}`, and the command again.",
    )


@contextmanager
def needed(where: str, kind: type[BroadsheetError] = ToolError) -> Iterator[None]:
    """Turn a failed import of an extra's library, in the block, into an error that names the extra."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or extra_with(error.name) is None:
            raise
        raise lacks(error.name, where, kind) from None
