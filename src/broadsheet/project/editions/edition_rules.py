"""`editions:` in front matter: a list of editions, or a rule that makes many.

    editions:                                  # one by one
      - slug: "2024"
        parameters: {year: 2024}

    editions:                                  # each combination of values
      matrix: {year: [2022, 2024], measure: [value, tonnes]}
      slug: "{{ year }}-{{ measure }}"         # the parameters are the combination, if no others are given

    editions:                                  # each row of a table of the catalogue, or each group of rows
      from: russia-trade-by-partner
      where: {kind: country, year: {from: 2016, to: 2024}}
      each: partner
      at-least: 6
      slug: "{{ partner | slug }}"
      parameters: {partner: "{{ partner }}"}

`where` keeps rows whose column has the value, one of a list of values, or lies within bounds (both
included); an empty cell is `null`. With `each`, rows that share a column's value are one edition,
if they are `at-least` so many; another column has a value only if it is the same in all of these
rows. Every other key is front matter of the edition, a template as the rest
(:mod:`broadsheet.project.editions.edition_template`).

What comes out is a list of :class:`Declared`, each with the place and the words by which an error
can name it.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadsheet.errors import BroadsheetError, ConfigError
from broadsheet.project.editions.edition_template import TemplateFault, Values, filled
from broadsheet.project.settings.setting_patterns import SLUG
from broadsheet.project.settings.settings import EditionRule, EditionSettings
from broadsheet.project.settings.validation import check
from broadsheet.storage import limits
from broadsheet.storage.yaml_text import Path as YamlPath
from broadsheet.storage.yaml_text import YamlText
from plotly_alive.errors import enumerated

if TYPE_CHECKING:
    import pandas as pd

AT: YamlPath = ("editions",)
_FEWER = "Make fewer: give less values, or narrow the rows with `where` and `each`."
_SHOWN = 6
"""The most values of a column that a message lists."""


@dataclass(frozen=True)
class Declared:
    """An edition as `editions:` declares it."""

    slug: str
    """Its name in its address."""
    parameters: Mapping[str, object]
    """The values of its parameters."""
    metadata: Mapping[str, object]
    """Its own front matter."""
    at: YamlPath
    """The path of its declaration in the source's front matter."""
    made_from: str = ""
    """Its origin in words, such as `row 12 of trade`; empty if it is written out."""
    reads: tuple[str, ...] = ()
    """The files from which it was made."""


_Case = tuple[Values, str]
"""The values of a row, a group or a combination, and its name in messages."""


def declarations(value: object, text: YamlText, root: Path) -> list[Declared]:
    """Return the editions that ``value``, the value of `editions:`, declares. Raises
    :class:`ConfigError`.
    """
    if isinstance(value, Mapping):
        rule = check(EditionRule, value, text, AT)
        if rule.matrix is not None:  # more combinations than there may be are not made
            limits.check(
                limits.TABLE["editions"],
                math.prod(len(values) for values in rule.matrix.values()),
                text.place((*AT, "matrix")),
                "the product of the lists of `matrix`",
                _FEWER,
            )
        most = limits.TABLE["editions"]
        cases = list(itertools.islice(_cases(rule, text, root), int(most.value) + 1))
        if len(cases) > most.value:
            raise limits.exceeded(
                most, most.value, text.place(AT), "the rule `editions`", _FEWER, at_least=True
            )
        editions = [_made(rule, values, made_from, text) for values, made_from in cases]
        if rule.from_:
            from broadsheet.data.catalogue import Catalogue

            reads = Catalogue.open(root).files(rule.from_)
            editions = [replace(edition, reads=reads) for edition in editions]
    else:
        assert isinstance(value, list)
        limits.check(
            limits.TABLE["editions"], len(value), text.place(AT), "the list `editions`", _FEWER
        )
        written = [
            check(EditionSettings, item, text, (*AT, index)) for index, item in enumerate(value)
        ]
        editions = [
            Declared(item.slug, item.parameters, dict(item.model_extra or {}), (*AT, index))
            for index, item in enumerate(written)
        ]
    _refuse_twins(editions, text)
    return editions


def _made(rule: EditionRule, values: Values, made_from: str, text: YamlText) -> Declared:
    def fill(name: str, template: object, *, raw: bool = False) -> object:
        try:
            return filled(template, values, key=name, raw=raw)
        except TemplateFault as fault:
            raise ConfigError(
                text.place((*AT, name)),
                f"`editions.{name}`, {made_from}: {fault.what}",
                fault.mend,
            ) from None

    slug = str(fill("slug", rule.slug, raw=True))
    if not re.fullmatch(SLUG, slug):
        raise ConfigError(
            text.place((*AT, "slug")),
            f"`editions.slug`, {made_from}: {slug!r} is no part of an address",
            "Small letters, digits and hyphens are; `{{ column | slug }}` makes them of any text.",
        )
    parameters = (
        fill("parameters", rule.parameters, raw=True)
        if rule.parameters is not None
        else values.by_column
    )
    assert isinstance(parameters, Mapping)
    metadata = {name: fill(name, template) for name, template in (rule.model_extra or {}).items()}
    return Declared(slug, parameters, metadata, AT, made_from)


def _refuse_twins(editions: Iterable[Declared], text: YamlText) -> None:
    by_slug: dict[str, Declared] = {}
    for edition in editions:
        other = by_slug.setdefault(edition.slug, edition)
        if other is not edition:
            both = f": {other.made_from}, and {edition.made_from}" if edition.made_from else ""
            raise ConfigError(
                text.place((*edition.at, "slug") if edition.made_from else edition.at),
                f"two editions are called {edition.slug!r}{both}",
                "Put what tells them apart into `slug`."
                if edition.made_from
                else "Give each edition a slug of its own.",
            )


# Combinations


def _cases(rule: EditionRule, text: YamlText, root: Path) -> Iterator[_Case]:
    if rule.matrix is not None:
        for combination in itertools.product(*rule.matrix.values()):
            values = dict(zip(rule.matrix, combination, strict=True))
            named = ", ".join(f"{name} {_plain(value)}" for name, value in values.items())
            yield Values(values), f"the combination {named}"
        return
    rows = _kept(rule, _table(rule, text, root), text)
    if rule.each is not None:
        yield from _groups(rule, rule.each, rows, text)
        return
    for number, row in rows.items():
        yield Values(row), f"row {number} of {rule.from_}"


# Rows of a table, by their numbers

_Rows = dict[int, dict[str, object]]


def _table(rule: EditionRule, text: YamlText, root: Path) -> _Rows:
    """Return all rows, as plain values; None where a cell is empty."""
    from broadsheet.data.catalogue import Catalogue  # most publications have no such rule

    assert rule.from_ is not None
    try:
        frame = Catalogue.open(root).table(rule.from_)
    except BroadsheetError as error:
        raise ConfigError(
            text.place((*AT, "from")),
            f"`editions.from`: {error.where}: {error.what}",
            error.mend,
            error.detail,
        ) from error
    columns: dict[str, YamlPath] = {name: (*AT, "where", name) for name in rule.where}
    if rule.each is not None:
        columns.setdefault(rule.each, (*AT, "each"))
    for name, at in columns.items():
        if name not in frame:
            raise ConfigError(
                text.place(at),
                f"`{'.'.join(map(str, at[:2]))}`: there is no column {name!r}",
                f"There are: {', '.join(map(str, frame))}.",
            )
    return dict(enumerate(plain_rows(frame), start=1))


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, with plain values; None where a cell is empty."""
    plain = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [
        {
            str(name): value.date() if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        for row in plain
    ]


def _kept(rule: EditionRule, rows: _Rows, text: YamlText) -> _Rows:
    for name, condition in rule.where.items():
        fitting = {number: row for number, row in rows.items() if fits(row[name], condition)}
        if not fitting:
            values = dict.fromkeys(row[name] for row in rows.values())
            raise ConfigError(
                text.place((*AT, "where", name)),
                f"`editions.where`: no row of {rule.from_} is left: {name} is never "
                f"{_plain(condition)}",
                f"{name} is {enumerated(list(map(_plain, values)), _SHOWN)}.",
            )
        rows = fitting
    return rows


def fits(cell: object, condition: object) -> bool:
    """True if a cell meets a ``condition`` of `where`. Days compare as their ISO texts."""
    if isinstance(condition, list):
        return any(fits(cell, choice) for choice in condition)
    value = comparable(cell)
    if isinstance(condition, Mapping):
        low, high = comparable(condition.get("from")), comparable(condition.get("to"))
        try:
            return (
                value is not None
                and (low is None or low <= value)
                and (high is None or value <= high)
            )
        except TypeError:
            return False
    if isinstance(condition, bool) or isinstance(cell, bool):
        return cell is condition
    return bool(value == comparable(condition))


def comparable(value: object) -> Any:
    """Return a value as it is compared: a day as its ISO text."""
    return value.isoformat() if isinstance(value, date) else value


def _groups(rule: EditionRule, each: str, rows: _Rows, text: YamlText) -> Iterator[_Case]:
    groups: dict[object, _Rows] = {}
    for number, row in rows.items():
        if row[each] is not None:
            groups.setdefault(row[each], {})[number] = row
    large = {value: group for value, group in groups.items() if len(group) >= rule.at_least}
    if not large:
        most = max((len(group) for group in groups.values()), default=0)
        raise ConfigError(
            text.place((*AT, "at-least")),
            f"`editions.at-least`: no {each} of {rule.from_} has {rule.at_least} rows",
            f"The most that one has is {most}.",
        )
    for value, group in large.items():
        name = f"{each} {_plain(value)}"
        shared: dict[str, object] = {}
        varying: dict[str, str] = {}
        first, last = min(group), max(group)
        for column, cell in group[first].items():
            different = {row[column] for row in group.values()}
            if len(different) == 1:
                shared[column] = cell
            else:
                varying[column] = f"the {len(group)} rows of {name} have {len(different)}"
        numbers = f"row {first}" if len(group) == 1 else f"rows {first} to {last}"
        yield Values(shared, varying), f"{name} ({numbers} of {rule.from_})"


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        bounds = {end: value[end] for end in ("from", "to") if value.get(end) is not None}
        return " ".join(f"{end} {_plain(bound)}" for end, bound in bounds.items())
    if isinstance(value, list):
        return "one of " + ", ".join(_plain(item) for item in value)
    if isinstance(value, date):
        return value.isoformat()
    return "empty" if value is None else repr(value)
