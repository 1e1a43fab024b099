"""The types of settings' values, each with the rules of what it accepts.

A value that does not fit raises ValueError; :mod:`broadsheet.project.validation` makes a message of
it, with the key and its line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field
from wcmatch import glob
from wcmatch._wcparse import PatternLimitException

from broadsheet import limits
from broadsheet.files import LONGEST_NAME
from broadsheet.project.colours import check_colours
from broadsheet.secret_values import OWN
from broadsheet.url_schemes import LINKS, is_link, scheme_of

NO_DAY = "input should be a valid date, or a date with a time"
_DAY = re.compile(r"\s*\d{4}-\d\d-\d\d(?:\D|\Z)")
_MEMORY = re.compile(r"[1-9]\d{0,14}[KMG]?", re.ASCII)
_UNSUBSCRIBING = re.compile(r'(https://|mailto:)[^\s<>,"]*\{address\}[^\s<>,"]*', re.ASCII)
_LONGEST_PATH = 2000
_LONGEST_LANGUAGE = 35
"""The most characters of a language's tag: RFC 5646, section 4.4.1, has programs accept at least so
many.
"""
GLOB = glob.GLOBSTAR | glob.BRACE | glob.NEGATE | glob.DOTGLOB
"""How globs in settings are read."""
MOST_CACHE = 2**30
"""The most megabytes of the cache."""


def as_list(value: object) -> object:
    """A string alone becomes a list of one."""
    return [value] if isinstance(value, str) else value


def _text_of_number(value: object) -> object:
    return str(value) if type(value) is int else value


def _text_of_scalar(value: object) -> object:
    is_scalar = isinstance(value, (int, float, date)) and not isinstance(value, bool)
    return str(value) if is_scalar else value


def _no_number(value: object) -> object:
    """Refuse a number for a day; pydantic would take it for seconds since 1970."""
    if isinstance(value, (bool, int, float)) or (isinstance(value, str) and not _DAY.match(value)):
        raise ValueError(NO_DAY)
    return value


def _globs(patterns: list[str]) -> list[str]:
    """Globs that can be matched in reasonable time; an empty one would match the whole disk."""
    if any(not pattern.strip("!/ ") for pattern in patterns):
        raise ValueError("a pattern is empty; `**` stands for all files")
    most = int(limits.PATTERNS.value)
    try:
        glob.globfilter([], patterns, flags=GLOB, limit=most)
    except PatternLimitException:
        raise ValueError(f"its braces stand for more than {most:,} patterns; write `*`") from None
    except Exception as error:
        raise ValueError(f"this is no pattern of file names: {error}") from None
    return patterns


def _fits_a_path(address: str) -> str:
    """An address none of whose parts is longer than a file's name may be."""
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


def _link(value: str) -> str:
    if not is_link(value):
        raise ValueError(
            f"no link may have an address of the scheme `{scheme_of(value)}:`; there may be "
            f"{', '.join(sorted(LINKS))}"
        )
    return value


def _site_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_full = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_full = is_full and (parts.port or 1) > 0 and not re.search(r"[\s<>\"'\\]", value)
    except ValueError:
        is_full = False
    if value and not is_full:
        raise ValueError("this is no full address; one is https://example.org/news")
    return value


def _language(value: str) -> str:
    """A language's tag. An unknown one is reported later."""
    if not value.strip() or len(value) > _LONGEST_LANGUAGE:
        raise ValueError("input should be the tag of a language, such as en or pt-BR")
    return value


def _memory(value: str) -> str:
    if not _MEMORY.fullmatch(value):
        raise ValueError("input should be a size in bytes, or with K, M or G, such as 2G")
    return value


def above_0_and_at_most(most: float) -> AfterValidator:
    """A number above 0 and not above ``most``."""

    def bounded(value: float) -> float:
        if not 0 < value <= most:  # what is no number (`.nan`) is not either
            raise ValueError(f"this must be a number above 0 and at most {most:,.0f}")
        return value

    return AfterValidator(bounded)


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, ValueError, KeyError):
        raise ValueError("there is no such time zone; one is called Europe/Paris or UTC") from None
    return value


def _variables(value: list[str]) -> list[str]:
    for name in value:
        if name in OWN:
            raise ValueError(f"no notebook gets {name}, which is for the newsletter alone")
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise ValueError(f"there is no environment variable of the name {name!r}")
    return value


def _colours(value: dict[str, str]) -> dict[str, str]:
    check_colours(value)
    return value


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


def _unsubscribing(value: list[str]) -> list[str]:
    for one in value:
        if not _UNSUBSCRIBING.fullmatch(one) or not one.isascii():
            raise ValueError(
                f"{one!r} is no `https:` or `mailto:` address with `{{address}}` in it"
            )
    return value


def _conditions(value: dict[str, Any]) -> dict[str, Any]:
    for condition in value.values():
        if isinstance(condition, Mapping) and (not condition or set(condition) - {"from", "to"}):
            raise ValueError("a condition is a value, a list of values, or `{from: …, to: …}`")
    return value


Name = Annotated[str, Field(max_length=200)]
"""The name of an author or of a topic, from which an address is made."""
Text = Annotated[str, BeforeValidator(_text_of_scalar)]
"""A text; a number or a day is accepted too."""
Strings = Annotated[list[str], BeforeValidator(as_list)]
Names = Annotated[list[Name], BeforeValidator(as_list)]
Globs = Annotated[list[str], AfterValidator(_globs), BeforeValidator(as_list)]
FilePath = Annotated[str, AfterValidator(_fits_a_path)]
"""A path or an address in the site."""
FilePaths = Annotated[list[FilePath], BeforeValidator(as_list)]
LinkAddress = Annotated[str, AfterValidator(_link)]
"""The address of a link: a page or a file of the site, or an address of a scheme that a page may
have.
"""
SiteUrl = Annotated[str, AfterValidator(_site_url)]
Language = Annotated[str, AfterValidator(_language)]
Day = Annotated[date, BeforeValidator(_no_number)]
Moment = Annotated[date | datetime, BeforeValidator(_no_number)]
Memory = Annotated[str, AfterValidator(_memory), BeforeValidator(_text_of_number)]
Seconds = Annotated[float, above_0_and_at_most(limits.LONGEST)]
Megabytes = Annotated[float, above_0_and_at_most(MOST_CACHE)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Variables = Annotated[list[str], AfterValidator(_variables), BeforeValidator(as_list)]
Colours = Annotated[dict[str, str], AfterValidator(_colours)]
RaisedLimits = Annotated[dict[str, float], AfterValidator(_raised_limits)]
Unsubscribing = Annotated[Strings, AfterValidator(_unsubscribing)]
Conditions = Annotated[dict[str, Any], AfterValidator(_conditions)]
