"""The models of ``data/datapackage.json``, which :mod:`broadsheet.data.descriptor_reading` reads.

The format is Data Package v2 (datapackage.org) with tabular resources in CSV, or in Parquet
(``"path": "flows.parquet", "format": "parquet"``)::

    {
      "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
      "name": "…", "title": "…",
      "resources": [{
        "name": "china-russia-trade", "type": "table", "path": "china-russia-trade.csv",
        "title": "…", "description": "…",
        "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "bytes": 1234, "hash": "sha256:…",
        "as_of": "2024-12-31", "retrieved": "2026-11-24", "refresh": "P1Y",
        "sources": [{"key": "tass-2018", "title": "…", "publisher": "TASS", "path": "https://…"}],
        "licenses": [{"name": "…", "title": "…", "path": "https://…"}],
        "schema": {
          "primaryKey": ["year"],
          "fields": [{"name": "year", "type": "integer", "title": "Year", "unit": "…",
                      "constraints": {"minimum": 1996}}]
        }
      }]
    }

Properties of ours, which the standard leaves room for: ``as_of``, ``retrieved``, ``refresh`` (a
duration of ISO 8601: how long after that day the table is to be retrieved anew; or an object that
also says from which source, and which column of it is which: :class:`Refresh`), a source's
``publisher`` and ``key``, a field's ``unit``, a field's ``source_key: true`` (each value is the
``key`` of one of the table's sources), a field's ``notes``: what a chart says of the rows with a
value, such as estimates, and the columns that this is ``of``, a table's ``identities``: what must
hold of its rows, and its ``corrections``: cells that are wrong in the source.

Everything written must be understood: a key that is not in these models is an error, since a rule
that is silently ignored is worse than none. Left out on purpose until a table needs it: CSV
dialects, foreign keys, inline data, several files to a resource, types other than string, integer,
number, boolean and date.
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    PlainSerializer,
    Tag,
    model_validator,
)
from pydantic import Field as Key

from broadsheet.data.identities import Columns, check, is_day
from broadsheet.errors import DataError
from broadsheet.processes.secret_values import is_secret
from broadsheet.text.url_schemes import allowed_link
from plotly_alive.errors import shown
from plotly_alive.text.did_you_mean import nearest

DESCRIPTOR = "data/datapackage.json"


def has_catalogue(root: Path) -> bool:
    """True if the publication at ``root`` has a catalogue of tables."""
    return (root / DESCRIPTOR).is_file()


Text = Annotated[str, Key(min_length=1)]
FieldType = Literal["string", "integer", "number", "boolean", "date"]


def _scalar(value: Any) -> Any:
    # Not a union of types: pydantic would tell one fault of a union once for each of its members.
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(
            f"a rule compares with numbers, text or dates, and not with {as_json(value)}"
        )
    if isinstance(value, int | float) and not -_GREATEST < value < _GREATEST:
        raise ValueError(
            f"a rule compares with numbers that a column can hold, and not with {as_json(value)}"
        )
    return value


_GREATEST = 1e300
Scalar = Annotated[Any, AfterValidator(_scalar)]


LinkAddress = Annotated[Text, AfterValidator(allowed_link)]
"""The address of a link for the readers of a page."""


def _duration(key: str) -> AfterValidator:
    def check_duration(value: str) -> str:
        if not _DURATION.fullmatch(value):
            raise ValueError(
                f"`{key}` is {shown(value)}, which is no time: write P1Y, P6M, P2W or P30D"
            )
        return value

    return AfterValidator(check_duration)


def _is_object(value: Any) -> str:
    return OBJECT if isinstance(value, dict | BaseModel) else PLAIN_TEXT


PLAIN_TEXT, OBJECT = "(text)", "(object)"
"""The names that pydantic gives, in the places of faults, to the forms of a key that has two."""


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise ValueError(f"`path` is {shown(value)}, and no file of a publication has such a name")
    return value


_DURATION = re.compile(
    r"P(?=\d)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?", re.ASCII
)
_RULES_OF_TYPE: dict[FieldType, set[str]] = {
    "string": {"required", "unique", "enum", "pattern"},
    "integer": {"required", "unique", "enum", "minimum", "maximum"},
    "number": {"required", "unique", "enum", "minimum", "maximum"},
    "boolean": {"required"},
    "date": {"required", "unique", "enum", "minimum", "maximum"},
}


class Described(BaseModel):
    """A mapping that has only known keys."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        populate_by_name=True,
        defer_build=True,  # most commands read no catalogue
    )

    @model_validator(mode="after")
    def _is_of_one_piece(self) -> Self:
        for problem in self._problems():
            raise ValueError(problem)
        return self

    def _problems(self) -> Iterator[str]:
        """Yield values that do not fit together, though each has the right type."""
        return iter(())


def repeated(names: Sequence[str]) -> Iterator[str]:
    """Yield the names that occur more than once."""
    seen = set[str]()
    for name in names:
        if name in seen:
            yield name
        seen.add(name)


class Constraints(Described):
    """The rules of a column, as Table Schema defines them."""

    required: bool = False
    """True if no cell may be empty."""
    unique: bool = False
    """True if no value may occur twice."""
    minimum: Scalar = Key(default=None)
    """The least value."""
    maximum: Scalar = Key(default=None)
    """The greatest value."""
    enum: tuple[Scalar, ...] | None = Key(default=None, min_length=1)
    """The allowed values."""
    pattern: str | None = None
    """The regular expression that a whole value matches."""

    def _problems(self) -> Iterator[str]:
        try:
            re.compile(self.pattern or "")
        except (re.error, OverflowError, RecursionError) as error:
            reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
            yield f"the pattern {shown(self.pattern)} is not a regular expression: {reason}"


class Remark(Described):
    """An entry of ``notes``: the note on rows with a value."""

    value: Text
    """The value of the column."""
    text: Text
    """The note."""


class Field(Described):
    """A column."""

    name: Text
    """The name in the header."""
    type: FieldType
    """The type of its values."""
    title: Text
    """The title for readers."""
    description: Text | None = None
    """The meaning of its values, for readers."""
    unit: Text | None = None
    """The unit of its numbers, such as `billion US dollars`."""
    source_key: bool = False
    """True if each value is the ``key`` of a source of the table."""
    notes: tuple[Remark, ...] = ()
    """The notes on rows, by value."""
    of: tuple[Text, ...] = ()
    """The columns that the notes are about; all without it."""
    constraints: Constraints = Constraints()
    """The rules of its values."""

    def _problems(self) -> Iterator[str]:
        rules, kind = self.constraints, self.type
        for remark in self.notes:
            if rules.enum is not None and remark.value not in rules.enum:
                yield f"`notes` speaks of {remark.value!r}, which the rule 'enum' does not allow"
        if self.of and not self.notes:
            yield "`of` says which columns `notes` speaks of, and there is no `notes`"
        for rule in sorted(rules.model_fields_set - _RULES_OF_TYPE[kind]):
            yield f"the rule {rule!r} does not apply to the type {kind!r}"
        values = [("minimum", rules.minimum), ("maximum", rules.maximum)]
        values += [("enum", value) for value in rules.enum or ()]
        for rule, value in values:
            if value is not None and not _fits(value, kind):
                yield f"the rule {rule!r} has {shown(value)}, which is not of the type {kind!r}"
        low, high = rules.minimum, rules.maximum
        if low is not None and high is not None and low > high:
            yield f"no value is at least {low} and at most {high}, the rules 'minimum' and 'maximum'"


class Schema(Described):
    """A Table Schema."""

    fields: tuple[Field, ...] = Key(min_length=1)
    """The columns in their order."""
    primary_key: tuple[Text, ...] = Key(alias="primaryKey", min_length=1)
    """The columns that together name a row."""

    def _problems(self) -> Iterator[str]:
        names = [field.name for field in self.fields]
        for name in repeated(names):
            yield f"the field {name!r} is described twice"
        for name in self.primary_key:
            if name not in names:
                yield f"the primary key names {name!r}, which is not a field"
        for name in repeated(self.primary_key):
            yield f"the primary key names {name!r} twice"
        for field in self.fields:
            for name in field.of:
                if name not in names:
                    yield f"`of` names {name!r}, which is not a field"


class SourceEntry(Described):
    """An entry of ``sources``."""

    title: Text
    """The title."""
    publisher: Text
    """The publisher."""
    path: LinkAddress | None = None
    """The address."""
    key: Text | None = None
    """The name by which a row cites it."""
    of: tuple[Text, ...] = ()
    """The columns that come from it; all without it."""


class LicenceEntry(Described):
    """An entry of ``licenses``, in the standard's spelling."""

    name: Text
    """The name, such as `CC-BY-4.0`."""
    title: Text | None = None
    """The title."""
    path: LinkAddress | None = None
    """The address of its text."""


class Identity(Described):
    """An entry of ``identities``: what must hold of each row (:mod:`broadsheet.data.identities`)."""

    holds: Text
    """The comparison that must be true."""
    within: float = Key(default=0, ge=0, allow_inf_nan=False)
    """The largest difference of its two sides."""
    unless: Text | None = None
    """The condition that excepts rows."""


def _key_of_row(value: Any) -> Any:
    if not isinstance(value, dict) or not value:
        raise ValueError(f"`row` is {as_json(value)}, and not an object with the primary key")
    return tuple((name, _scalar(part)) for name, part in value.items())


def _cell(value: Any) -> Any:
    return None if value is None else value if isinstance(value, bool) else _scalar(value)


RowKey = Annotated[Any, AfterValidator(_key_of_row), PlainSerializer(dict)]
"""The key of a row: an object in the file, and pairs of names and values in the program."""
Cell = Annotated[Any, AfterValidator(_cell)]


class DeclaredCorrection(Described):
    """An entry of ``corrections``: a cell that is wrong in the source
    (:mod:`broadsheet.data.corrections`).
    """

    row: RowKey
    """The primary key of its row."""
    column: Text
    """Its column."""
    expect: Cell
    """The wrong value, as the source has it."""
    value: Cell
    """The value that it should have."""
    reason: Text
    """The reason, for readers."""


class ColumnSource(Described):
    """An entry of ``columns``: where the cells of a column come from."""

    origin: Text | None = Key(default=None, alias="from")
    """The column of the source; that of the same name without it."""
    where: dict[Text, Scalar] = {}
    """The values, by column of the source, of the rows that the cells come from."""
    part: Literal["year", "month"] | None = None
    """The part of a day or period that is meant."""
    scale: int = Key(default=0, ge=-30, le=30)
    """The power of ten by which its numbers are multiplied."""
    decimals: int | None = Key(default=None, ge=0, le=15)
    """The decimals to which its numbers are rounded."""
    values: dict[str, str] = {}
    """The texts that stand for texts of the source."""
    constant: str | None = None
    """The one text of all cells, in place of a column of the source."""

    def _problems(self) -> Iterator[str]:
        if self.constant is not None and self.model_fields_set - {"constant"}:
            yield "`constant` stands alone: a column that has it comes from no column of the source"


class Unpivot(Described):
    """The columns of a source that are rows of the table: years, mostly."""

    columns: Text
    """The regular expression that matches the names of these columns as a whole."""
    names: Text
    """The column that the names become."""
    values: Text
    """The column that the cells become."""

    def _problems(self) -> Iterator[str]:
        try:
            re.compile(self.columns)
        except (re.error, OverflowError, RecursionError) as error:
            reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
            yield f"`columns` is {shown(self.columns)}, which is no regular expression: {reason}"


ColumnOrName = Annotated[
    Annotated[Text, Tag(PLAIN_TEXT)] | Annotated[ColumnSource, Tag(OBJECT)],
    Discriminator(_is_object),
]


class Refresh(Described):
    """The source of a table, and how the table is made of what it sends."""

    every: Annotated[str, _duration("every")] | None = None
    """The time after which it is to be retrieved again, as a duration of ISO 8601."""
    source: str = Key(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)
    """The name of the source, such as `file` or `world-bank`."""
    address: Text | None = None
    """The address of a file; of another source, an address in place of its usual one."""
    path: Text | None = None
    """The path of a file in the git repository at the address."""
    branch: Text | None = None
    """The branch or tag of that repository."""
    query: dict[Text, Any] = {}
    """The words of the source's own that say what is asked for."""
    key: Text | None = None
    """The environment variable that has the key, such as `$EIA_API_KEY`."""
    format: Literal["csv", "json", "excel", "parquet"] | None = None
    """The format of a file; told by its name without it."""
    at: Text | None = None
    """The keys that lead to the rows in JSON, with dots between them."""
    sheet: Text | None = None
    """The sheet of a workbook; the first without it."""
    skip: int = Key(default=0, ge=0, le=1000)
    """The lines above the header."""
    decimal: Literal[".", ","] = "."
    """The decimal mark of its numbers."""
    rows: dict[Text, Any] = {}
    """The values, by column of the source, of the rows that are taken."""
    unpivot: Unpivot | None = None
    """The columns that become rows."""
    columns: dict[Text, ColumnOrName] = {}
    """The origin of each column of the table; without an entry, the column of the same name."""

    def __hash__(self) -> int:
        return hash((self.source, self.address))

    def _problems(self) -> Iterator[str]:
        yield from _unlisted("query", self.query)
        for name in self.query:
            if _SECRET_WORD.search(name):
                yield (
                    f"`query` has {shown(name)}: a key comes from the environment, by `key`, and stands "
                    "in no file"
                )
        yield from _unlisted("rows", self.rows)
        if self.key is not None and not is_secret(self.key.removeprefix("$")):
            yield (
                "`key` is the name of an environment variable that ends in _KEY or _TOKEN, such as "
                "$EIA_API_KEY, and never the key itself"
            )
        if self.source == "file" and self.address is None:
            yield "`address` is missing: the source `file` is a file at an address or a path"
        for name in ("path", "branch"):
            if getattr(self, name) is not None and not (self.address or "").startswith("git+"):
                yield f"`{name}` is of a git repository, whose address begins with git+"
        if (self.address or "").startswith("git+") and self.path is None:
            yield "`path` is missing: it says which file of the repository is the table"
        try:
            split = urlsplit(self.address or "")
        except ValueError:
            yield "`address` is no address that can be read"
            return
        if split.password or (split.username and split.username != "git"):
            yield "`address` has a password: give it as `key`, the name of an environment variable"


_SECRET_WORD = re.compile(r"api.?key|token|secret|passw|subscription.?key|authoriz", re.IGNORECASE)


def _unlisted(key: str, values: dict[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        items = value if isinstance(value, list) else [value]
        if not items or not all(
            isinstance(item, str | int | float) and not isinstance(item, bool) for item in items
        ):
            yield f"`{key}`: {name!r} is a text, a number or a list of these, not {as_json(value)}"


class Resource(Described):
    """A table: one file and its description."""

    name: str = Key(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)
    """The name by which cells ask for it."""
    type: Literal["table"]
    """The type of resource."""
    path: Annotated[Text, AfterValidator(_one_line)]
    """The file, relative to the descriptor's folder."""
    title: Text
    """The title."""
    description: Text
    """The description."""
    format: Literal["csv", "parquet"] = "csv"
    """The format of the file."""
    mediatype: Literal["text/csv", "application/vnd.apache.parquet"] | None = None
    """The media type of the file."""
    encoding: Literal["utf-8"] = "utf-8"
    """The encoding of the file."""
    bytes: int | None = None
    """The size of the file."""
    hash: str | None = None
    """The checksum of the file: `sha256:` and hexadecimal digits."""
    as_of: date
    """The last day that the figures cover."""
    retrieved: date
    """The day on which it was taken from its sources."""
    refresh: (
        Annotated[
            Annotated[str, _duration("refresh"), Tag(PLAIN_TEXT)] | Annotated[Refresh, Tag(OBJECT)],
            Discriminator(_is_object),
        ]
        | None
    ) = None
    """The time after which it is to be retrieved again, as a duration of ISO 8601; or its source,
    with that time.
    """
    sources: tuple[SourceEntry, ...] = Key(min_length=1)
    """The sources."""
    licenses: tuple[LicenceEntry, ...] = Key(min_length=1)
    """The licences."""
    table_schema: Schema = Key(alias="schema")
    """The columns and the primary key."""
    identities: tuple[Identity, ...] = ()
    """The identities that its rows keep."""
    corrections: tuple[DeclaredCorrection, ...] = ()
    """The cells that are wrong in the source."""

    def _problems(self) -> Iterator[str]:
        media = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}[self.format]
        if self.mediatype not in (None, media):
            yield f"`mediatype` is {self.mediatype!r}, and that of the format {self.format!r} is {media!r}"
        if self.is_parquet != self.path.lower().endswith(".parquet"):
            yield f"`path` is {shown(self.path)}, and `format` is {self.format!r}"
        try:
            _ = self.due
        except (OverflowError, ValueError):
            yield f"`refresh` is {self.every!r}, which leads past the year 9999"
        if isinstance(self.refresh, Refresh):
            fields = [field.name for field in self.table_schema.fields]
            for name in self.refresh.columns:
                if name not in fields:
                    yield f"`columns` of `refresh` names {name!r}, which is not a field"
        for key in repeated(self.source_keys):
            yield f"two sources have the key {key!r}"
        names = {field.name for field in self.table_schema.fields}
        for source in self.sources:
            for name in source.of:
                if name not in names:
                    yield f"`of` of the source {source.title!r} names {name!r}, which is not a field"
        yield from self._misfits()
        for identity in self.identities:
            try:
                check(identity.holds, identity.unless, self.columns)
            except ValueError as error:
                yield f"the identity {shown(identity.holds)}: {error}"

    def _misfits(self) -> Iterator[str]:
        """Yield what does not fit the columns in a correction."""
        if self.corrections and self.is_parquet:
            yield "`corrections` are made in tables in CSV: correct a table in Parquet where it is made"
        types = {field.name: field.type for field in self.table_schema.fields}
        key, seen = self.table_schema.primary_key, set[tuple[Any, ...]]()
        for number, correction in enumerate(self.corrections, 1):
            of, row, column = f"the correction {number}", dict(correction.row), correction.column
            cells = [(column, correction.expect), (column, correction.value)]
            if {*row} != {*key}:
                yield f"{of}: `row` has {', '.join(row)}, and a row is named by {', '.join(key)}"
            elif column not in types or column in key:
                what = "part of the key" if column in types else "not a field"
                yield f"{of}: the column {shown(column)} is {what}"
            elif correction.expect == correction.value:
                yield f"{of}: `expect` and `value` are the same"
            for name, value in (*row.items(), *cells):
                if name in types and value is not None and not _is_of(value, types[name]):
                    yield f"{of}: {as_json(value)} is not of the type {types[name]!r} of {name!r}"
            place = (column, *sorted(row.items(), key=str))
            if place in seen:
                yield f"{of}: the same cell is corrected twice"
            seen.add(place)

    @property
    def columns(self) -> Columns:
        """The columns, as identities see them."""
        types = {field.name: field.type for field in self.table_schema.fields}
        return Columns(types, self.table_schema.primary_key)

    @property
    def file(self) -> str:
        """The file, relative to the publication's root."""
        return f"data/{self.path}"

    @property
    def is_parquet(self) -> bool:
        """True if its file is Parquet, of which slices are read."""
        return self.format == "parquet"

    @property
    def without_rules(self) -> Resource:
        """The table with types alone, without rules and identities."""
        fields = [
            field.model_copy(update={"constraints": Constraints()})
            for field in self.table_schema.fields
        ]
        schema = self.table_schema.model_copy(update={"fields": tuple(fields)})
        return self.model_copy(update={"table_schema": schema, "identities": ()})

    @property
    def unchecked(self) -> Resource:
        """The table without its checksum and identities, of which its rows are not in need."""
        return self.model_copy(update={"hash": None, "bytes": None, "identities": ()})

    @property
    def open_ended(self) -> Resource:
        """The table without the last time that its rows may have, so that a new row can continue
        it.
        """
        fields = [
            field.model_copy(
                update={"constraints": field.constraints.model_copy(update={"maximum": None})}
            )
            if field.name == self.columns.along
            else field
            for field in self.table_schema.fields
        ]
        schema = self.table_schema.model_copy(update={"fields": tuple(fields)})
        return self.model_copy(update={"table_schema": schema})

    @property
    def measured(self) -> tuple[Field, ...]:
        """The columns of numbers that do not name rows."""
        key = self.table_schema.primary_key
        return tuple(
            field
            for field in self.table_schema.fields
            if field.type in ("integer", "number") and field.name not in key
        )

    @property
    def every(self) -> str | None:
        """The time after which it is to be retrieved again, as a duration of ISO 8601."""
        return self.refresh.every if isinstance(self.refresh, Refresh) else self.refresh

    @property
    def due(self) -> date | None:
        """The day by which it is to be retrieved again; None if the entry does not say."""
        match = _DURATION.fullmatch(self.every or "")
        if match is None:
            return None
        years, months, weeks, days = (int(count or 0) for count in match.groups())
        month = self.retrieved.month - 1 + 12 * years + months
        first = date(self.retrieved.year + month // 12, month % 12 + 1, 1)
        return first + timedelta(
            days=min(self.retrieved.day, monthrange(first.year, first.month)[1])
            - 1
            + 7 * weeks
            + days
        )

    def overdue(self, day: date) -> date | None:
        """Return the day by which it was to be retrieved again, if that was before the ``day``."""
        return self.due if self.due is not None and self.due < day else None

    @property
    def source_keys(self) -> tuple[str, ...]:
        """The keys that rows may cite."""
        return tuple(source.key for source in self.sources if source.key)


class Package(Described):
    """The whole descriptor."""

    profile: str = Key(default="", alias="$schema")
    """The address of the standard's JSON schema."""
    name: Text
    """The name of the package."""
    title: Text
    """The title of the package."""
    description: Text | None = None
    """The description of the package."""
    resources: tuple[Resource, ...]
    """The tables."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tables, in the order of the descriptor."""
        return tuple(resource.name for resource in self.resources)

    def resource(self, name: str) -> Resource:
        """Return the entry of the table ``name``. Raises :class:`DataError` if there is none."""
        for resource in self.resources:
            if resource.name == name:
                return resource
        near = nearest(name, self.names, 3, 0.4) or self.names
        raise DataError(
            DESCRIPTOR,
            f"there is no table {name!r} in the catalogue",
            f"The nearest names: {', '.join(near)}."
            if near
            else "It has none yet: broadsheet data add FILE",
        )

    def _problems(self) -> Iterator[str]:
        for name in repeated(self.names):
            yield f"two resources are named {name!r}"


def _fits(limit: object, kind: FieldType) -> bool:
    if kind == "date":
        return isinstance(limit, str) and is_day(limit)
    if kind in ("integer", "number"):
        return isinstance(limit, int | float)
    return True


def _is_of(value: object, kind: FieldType) -> bool:
    """True if a value of JSON can be that of a cell of this type."""
    if kind == "boolean" or isinstance(value, bool):
        return kind == "boolean" and isinstance(value, bool)
    if kind == "string":
        return isinstance(value, str)
    is_whole = kind != "integer" or isinstance(value, int)
    return _fits(value, kind) and is_whole


def as_json(value: object) -> str:
    """Return a value as JSON, cut short, with a text in the quotes of our messages."""
    if isinstance(value, str):
        return shown(value)
    try:
        written = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return shown(value)
    return written if len(written) <= _LONG else f"{written[: _LONG - 1]}…"


_LONG = 80
