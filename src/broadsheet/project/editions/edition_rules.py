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
if they are `at-least` so many; of other columns only those have a value that have one and the same
in all of these rows. Every other key is front matter of the edition, a template as the rest
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

from broadsheet.errors import BroadsheetError, ConfigError, enumerated
from broadsheet.project.editions.edition_template import TemplateFault, Values, filled
from broadsheet.project.settings.settings import SLUG, EditionRule, EditionSettings
from broadsheet.project.settings.validation import check
from broadsheet.storage import limits
from broadsheet.storage.yaml_text import Path as YamlPath
from broadsheet.storage.yaml_text import YamlText

if TYPE_CHECKING:
    import pandas as pd

AT: YamlPath = ("editions",)
_FEWER = "Make fewer: give less values, or narrow the rows with `where` and `each`."
_SHOWN = 6
"""How many values of a column a message lists."""


@dataclass(frozen=True)
class Declared:
    """One edition as declared. ``metadata`` is its own front matter, ``at`` its path in the
    source's; ``made_from`` is its origin: `row 12 of trade`, or empty if it is written out;
    ``reads`` are the files that it was made from.
    """

    slug: str
    parameters: Mapping[str, object]
    metadata: Mapping[str, object]
    at: YamlPath
    made_from: str = ""
    reads: tuple[str, ...] = ()


_Case = tuple[Values, str]
"""One row, group or combination: its values, and its name in messages."""


def declarations(given: object, text: YamlText, root: Path) -> list[Declared]:
    """The editions that ``given``, the value of `editions:`, declares. Raises :class:`ConfigError`."""
    if isinstance(given, Mapping):
        rule = check(EditionRule, given, text, AT)
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
        found = [_made(rule, values, made_from, text) for values, made_from in cases]
        if rule.from_:
            from broadsheet.data.catalogue import Catalogue

            reads = Catalogue.open(root).files(rule.from_)
            found = [replace(one, reads=reads) for one in found]
    else:
        assert isinstance(given, list)
        limits.check(
            limits.TABLE["editions"], len(given), text.place(AT), "the list `editions`", _FEWER
        )
        written = [
            check(EditionSettings, item, text, (*AT, index)) for index, item in enumerate(given)
        ]
        found = [
            Declared(one.slug, one.parameters, dict(one.model_extra or {}), (*AT, index))
            for index, one in enumerate(written)
        ]
    _refuse_twins(found, text)
    return found


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
        else values.known
    )
    assert isinstance(parameters, Mapping)
    metadata = {name: fill(name, template) for name, template in (rule.model_extra or {}).items()}
    return Declared(slug, parameters, metadata, AT, made_from)


def _refuse_twins(found: Iterable[Declared], text: YamlText) -> None:
    known: dict[str, Declared] = {}
    for one in found:
        other = known.setdefault(one.slug, one)
        if other is not one:
            both = f": {other.made_from}, and {one.made_from}" if one.made_from else ""
            raise ConfigError(
                text.place((*one.at, "slug") if one.made_from else one.at),
                f"two editions are called {one.slug!r}{both}",
                "Put what tells them apart into `slug`."
                if one.made_from
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
    """All rows, as plain values; None where a cell is empty."""
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
    asked: dict[str, YamlPath] = {name: (*AT, "where", name) for name in rule.where}
    if rule.each is not None:
        asked.setdefault(rule.each, (*AT, "each"))
    for name, at in asked.items():
        if name not in frame:
            raise ConfigError(
                text.place(at),
                f"`{'.'.join(map(str, at[:2]))}`: there is no column {name!r}",
                f"There are: {', '.join(map(str, frame))}.",
            )
    return dict(enumerate(plain_rows(frame), start=1))


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, with plain values; None where a cell is empty."""
    plain = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [
        {
            str(name): value.date() if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        for row in plain
    ]


def _kept(rule: EditionRule, rows: _Rows, text: YamlText) -> _Rows:
    for name, wanted in rule.where.items():
        fitting = {number: row for number, row in rows.items() if fits(row[name], wanted)}
        if not fitting:
            known = dict.fromkeys(row[name] for row in rows.values())
            raise ConfigError(
                text.place((*AT, "where", name)),
                f"`editions.where`: no row of {rule.from_} is left: {name} is never "
                f"{_plain(wanted)}",
                f"{name} is {enumerated(list(map(_plain, known)), _SHOWN)}.",
            )
        rows = fitting
    return rows


def fits(cell: object, wanted: object) -> bool:
    """Whether a cell is what a condition of `where` wants. Days are as ISO texts of them."""
    if isinstance(wanted, list):
        return any(fits(cell, one) for one in wanted)
    value = comparable(cell)
    if isinstance(wanted, Mapping):
        low, high = comparable(wanted.get("from")), comparable(wanted.get("to"))
        try:
            return (
                value is not None
                and (low is None or low <= value)
                and (high is None or value <= high)
            )
        except TypeError:
            return False
    if isinstance(wanted, bool) or isinstance(cell, bool):
        return cell is wanted
    return bool(value == comparable(wanted))


def comparable(value: object) -> Any:
    """A value as it is compared: a day is its ISO text."""
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
        known: dict[str, object] = {}
        varying: dict[str, str] = {}
        first, last = min(group), max(group)
        for column, cell in group[first].items():
            different = {row[column] for row in group.values()}
            if len(different) == 1:
                known[column] = cell
            else:
                varying[column] = f"the {len(group)} rows of {name} have {len(different)}"
        numbers = f"row {first}" if len(group) == 1 else f"rows {first} to {last}"
        yield Values(known, varying), f"{name} ({numbers} of {rule.from_})"


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        bounds = {end: value[end] for end in ("from", "to") if value.get(end) is not None}
        return " ".join(f"{end} {_plain(bound)}" for end, bound in bounds.items())
    if isinstance(value, list):
        return "one of " + ", ".join(_plain(one) for one in value)
    if isinstance(value, date):
        return value.isoformat()
    return "empty" if value is None else repr(value)
