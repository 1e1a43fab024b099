"""The types of settings' values, each with the rules of what it accepts.

A value that does not fit raises ValueError; :mod:`broadsheet.project.settings.validation` makes a message of
it, with the key and its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field
from wcmatch import glob
from wcmatch._wcparse import PatternLimitException

from broadsheet.processes.secret_values import OWN
from broadsheet.project.settings.colours import check_colours
from broadsheet.project.settings.dates import read_moment
from broadsheet.storage import limits
from broadsheet.storage.files import LONGEST_NAME
from broadsheet.storage.yaml_text import one_or_more
from broadsheet.text.url_schemes import allowed_link
from plotly_alive.errors import shown

NO_DAY = "input should be a valid date, or a date with a time"
_MEMORY = re.compile(r"[1-9]\d{0,14}[KMG]?", re.ASCII)
_VARIABLE = re.compile(r"[A-Za-z_]\w*")
_ORCID = re.compile(r"(?<!\w)(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])(?!\w)", re.ASCII)
_UNSUBSCRIBING = re.compile(
    r'(?=[\x00-\x7f]+$)(https://|mailto:)[^\s<>,"]*\{address\}[^\s<>,"]*', re.ASCII
)
_LONGEST_PATH = 2000
_LONGEST_LANGUAGE = 35
"""The most characters of a language's tag. RFC 5646, section 4.4.1, asks programs to accept at
least so many.
"""
GLOB = glob.GLOBSTAR | glob.BRACE | glob.NEGATE | glob.DOTGLOB
"""The flags by which globs in settings are read."""
MOST_CACHE = 2**30
"""The most megabytes of the cache."""


def as_list(value: object) -> object:
    """Return a string or number alone as a list of one."""
    return [value] if isinstance(_text_of_scalar(value), str) else value


def _text_of_scalar(value: object) -> object:
    is_scalar = isinstance(value, (int, float, date)) and not isinstance(value, bool)
    return str(value) if is_scalar else value


def _moment(value: object) -> object:
    """Read a text as a day or a time; refuse a number, which pydantic would take for seconds since
    1970.
    """
    if isinstance(value, (bool, int, float)):
        raise ValueError(NO_DAY)
    try:
        return read_moment(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(NO_DAY) from None


def _globs(patterns: list[str]) -> list[str]:
    """Return globs that can be matched in reasonable time. An empty one would match the whole disk.
    Raises ValueError for others.
    """
    if any(not pattern.strip("!/ ") for pattern in patterns):
        raise ValueError("a pattern is empty; `**` stands for all files")
    most = int(limits.TABLE["patterns"].value)
    try:
        glob.globfilter([], patterns, flags=GLOB, limit=most)
    except PatternLimitException:
        raise ValueError(f"its braces stand for more than {most:,} patterns; write `*`") from None
    except Exception as error:
        raise ValueError(f"this is no pattern of file names: {error}") from None
    return patterns


def _dependencies(patterns: list[str]) -> list[str]:
    """Return globs of files of the publication. Raises ValueError for others."""
    for pattern in patterns:
        if pattern.startswith("!"):
            raise ValueError(f"{shown(pattern, 60)} leaves files out; name those that are read")
        if ".." in re.split(r"[/{},|()]", pattern):
            is_outside = pattern.startswith("..")
            why = (
                "lies outside of the publication"
                if is_outside
                else "has `..` in it; write it without"
            )
            raise ValueError(f"{shown(pattern, 60)} {why}")
    return _globs(patterns)


def must(fit: Callable[[Any], object], message: str) -> AfterValidator:
    """Return a validator that accepts a value for which ``fit`` is true; else it raises ValueError
    with the ``message``.
    """

    def checked(value: object) -> object:
        if not fit(value):
            raise ValueError(message)
        return value

    return AfterValidator(checked)


def _fits_a_path(address: str) -> str:
    """Return the address. Raises ValueError if it, or a part of it, is longer than the path of a
    file may be.
    """
    sizes = [len(part.encode(errors="replace")) for part in re.split(r"[/?#]", address)]
    if max(sizes) > LONGEST_NAME:
        raise ValueError(
            f"a part of it has more than {LONGEST_NAME} bytes, and no file can be called so"
        )
    if len(address.encode(errors="replace")) > _LONGEST_PATH:
        raise ValueError(
            f"it has more than {_LONGEST_PATH} bytes, and no file can be so deep in folders"
        )
    return address


def _is_site(value: str) -> bool:
    """True for a full address, and for an empty one."""
    try:
        parts = urlsplit(value)
        is_full = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return False
    return not value or bool(is_full and not re.search(r"[\s<>\"'\\]", value))


def _above_0_and_at_most(most: float) -> AfterValidator:
    # What is no number (`.nan`) is not within either.
    return must(
        lambda value: 0 < value <= most, f"this must be a number above 0 and at most {most:,.0f}"
    )


def _is_language(value: str) -> bool:
    """True if it may be a language's tag. An unknown tag is reported later."""
    return bool(value.strip()) and len(value) <= _LONGEST_LANGUAGE


def _is_time_zone(value: str) -> bool:
    try:
        return bool(ZoneInfo(value))
    except (OSError, ValueError, KeyError):
        return False


def _raised_limits(value: dict[str, float]) -> dict[str, float]:
    names = [name for name, limit in limits.TABLE.items() if limit.can_rise]
    for name, most in value.items():
        if name not in names:
            raise ValueError(
                f"there is no limit {name!r} that can be set; there are: {', '.join(names)}"
            )
        if not 1 <= most <= limits.HIGHEST:
            raise ValueError(f"`{name}` is {most:g}, and must be between 1 and {limits.HIGHEST:,}")
    return value


def _conditions(value: dict[str, Any]) -> dict[str, Any]:
    for condition in value.values():
        if isinstance(condition, Mapping) and (not condition or set(condition) - {"from", "to"}):
            raise ValueError("a condition is a value, a list of values, or `{from: …, to: …}`")
    return value


def _named_parameters(value: object) -> object:
    if isinstance(value, Mapping):
        return value
    return {str(name): str(name).replace("_", " ").capitalize() for name in one_or_more(value)}


def _orcid(value: object) -> str:
    """Return an ORCID from the number or the address of the profile."""
    match = _ORCID.search(str(value))
    if match is None:
        raise ValueError("an ORCID is four groups of four digits, such as 0000-0002-1825-0097")
    return "-".join(match.groups()).upper()


Name = Annotated[str, Field(max_length=200)]
"""The name of an author or of a topic, from which an address is made."""
Text = Annotated[str, BeforeValidator(_text_of_scalar)]
"""A text; a number or a day is accepted too."""
Strings = Annotated[list[Text], BeforeValidator(as_list)]
Names = Annotated[list[Annotated[Name, BeforeValidator(_text_of_scalar)]], BeforeValidator(as_list)]
NamedParameters = Annotated[dict[str, Text], BeforeValidator(_named_parameters)]
"""Parameters with names for readers: one, a list, or a mapping to names."""
Globs = Annotated[list[str], AfterValidator(_globs), BeforeValidator(as_list)]
Dependencies = Annotated[list[str], AfterValidator(_dependencies), BeforeValidator(as_list)]
"""Globs of files of the publication, from the root."""
FilePath = Annotated[str, AfterValidator(_fits_a_path)]
must_be_name = must(
    lambda name: re.fullmatch(r"[^/\\\0.][^/\\\0]{0,199}", name),
    "input should be the name of a file, without folders",
)
"""A path or an address in the site."""
FilePaths = Annotated[list[FilePath], BeforeValidator(as_list)]
LinkAddress = Annotated[str, AfterValidator(allowed_link)]
"""The address of a link: a page or a file of the site, or an address of a scheme that a page may
have.
"""
Orcid = Annotated[str, BeforeValidator(_orcid)]
"""A number in the register ORCID, in groups of four."""
SiteUrl = Annotated[str, must(_is_site, "this is no full address; one is https://example.org/news")]
Language = Annotated[
    str, must(_is_language, "input should be the tag of a language, such as en or pt-BR")
]
Day = Annotated[date, BeforeValidator(_moment)]
Moment = Annotated[date | datetime, BeforeValidator(_moment)]
Memory = Annotated[
    str,
    must(_MEMORY.fullmatch, "input should be a size in bytes, or with K, M or G, such as 2G"),
    BeforeValidator(_text_of_scalar),
]
Seconds = Annotated[float, _above_0_and_at_most(limits.LONGEST)]
Megabytes = Annotated[float, _above_0_and_at_most(MOST_CACHE)]
TimeZone = Annotated[
    str, must(_is_time_zone, "there is no such time zone; one is called Europe/Paris or UTC")
]
_Variable = Annotated[
    str,
    must(
        lambda name: name not in OWN, "input should be a variable other than the newsletter's own"
    ),
    must(_VARIABLE.fullmatch, "input should be the name of an environment variable"),
]
Variables = Annotated[list[_Variable], BeforeValidator(as_list)]
Colours = Annotated[dict[str, str], AfterValidator(check_colours)]
RaisedLimits = Annotated[dict[str, float], AfterValidator(_raised_limits)]
Unsubscribing = Annotated[
    list[
        Annotated[
            str,
            must(
                _UNSUBSCRIBING.fullmatch,
                "this is no `https:` or `mailto:` address with `{address}` in it",
            ),
        ]
    ],
    BeforeValidator(as_list),
]
Conditions = Annotated[dict[str, Any], AfterValidator(_conditions)]
