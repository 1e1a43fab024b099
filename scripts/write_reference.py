"""Writes `docs/bs.md`, `docs/settings.md`, `docs/quarto-keys.md` and `docs/json.md` from the code: what a
notebook can call, the keys of `_quarto.yml` and front matter, those on which Quarto alone acts, and what
commands print for programs. `tests/repository/test_docs.py` fails if the pages are not what this script
writes.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import broadsheet as bs
from broadsheet.cli.formats.json_report import SCHEMA_FILE
from broadsheet.editor.keys import field_docs, keys_of, models_in
from broadsheet.project.settings.brand import Brand
from broadsheet.project.settings.setting_models import Settings, kebab
from broadsheet.project.settings.settings import (
    EditionRule,
    EditionSettings,
    FrontMatter,
    ProjectSettings,
)

DOCS = Path(__file__).parents[1] / "docs"
GROUPS = {
    "Tables and the publication": ("table", "Origin", "COLOURS", "slug", "language"),
    "Values, as prose states them": (
        *("usd", "eur", "gbp", "pct", "pp", "share", "times", "count", "rank", "day", "amount"),
        *("listing", "change", "moved", "prose", "joined"),
    ),
    "A number at the top": ("big_number",),
    "Claims, of what the words say": (
        *(
            "highest",
            "lowest",
            "rose",
            "fell",
            "held",
            "more",
            "less",
            "close",
            "doubled",
            "halved",
        ),
        *("multiplied", "ranks", "every", "most", "only", "since", "first_time"),
    ),
}
OF_BS = """\
# What a notebook can call

`import broadsheet as bs` gives these names. In an expression of the prose they stand without `bs.`:
`{python} usd(trade.total[2022])`. [Writing what you can prove](proof.md) shows them at work.

`scripts/write_reference.py` makes this page from the code.
"""
COLOURS = """\
A mapping of names to colours, for charts: the roles `accent`, `context`, `spare`, `ink`, `muted`, `series 1` to
`series 5`, and the names of `broadsheet: colours:` in `_quarto.yml`.
"""
KNOWN = """\
All take `source`, `unit` and `as_of` for what the data do not carry, `note` for readers, and `name` for a value that is
stated twice. A second argument is an example of the text: `usd(trade.total[2022], "$190.3 billion")`.
"""
OF_SETTINGS = """\
# Settings

The keys of `_quarto.yml` and of front matter, with what they are for. Keys on which
[Quarto alone acts](quarto-keys.md) pass in silence, so that both renderers can read one file.

`scripts/write_reference.py` makes this page from the code.
"""
OF_QUARTO_KEYS = """\
# Keys that Quarto alone obeys

Broadsheet knows these keys of Quarto's and does nothing about them. They pass in silence, so that both renderers can
read one file; any other key is reported. What Broadsheet acts on is in [Settings](settings.md).

`scripts/write_reference.py` makes this page from the code.

| in | keys |
| --- | --- |
"""
OF_JSON = """\
# Reports for programs

With `--json`, each command that ends by itself prints one JSON object, and nothing else, to standard output. It has the
same shape for all commands, also where a command breaks off early: for an option that there is not, a missing
`_quarto.yml`, a catalogue that cannot be read. Faults and notices are in it, and not on standard error, where only
progress may appear.

```console
$ broadsheet check --json
{
  "broadsheet": {"version": "0.1.0", "schema": 1},
  "command": "check",
  "outcome": "fault",
  "faults": [
    {
      "level": "fault",
      "kind": "fact",
      "message": "“fell” rests on the claim `total[2022] < total[2021]`, which is false",
      "remedy": "Change the words, or the claim.",
      …
```

`outcome` says in a word what [the exit code](commands.md#exit-codes-and-output) tells: `ok`, `notice`, `fault`,
`usage` or `interrupted`.

## The schema

`broadsheet --print-json-schema` prints the [JSON Schema](https://json-schema.org/) of these reports. `schema` in each
report is its version. It rises if a member goes or means something else. New members, and new kinds of messages, leave
it as it is.
`build --watch --json` prints one such object after each build.

For review beside the code, `--format sarif` and `--format github` of `check`, `build`, `data check`, `audit` and
`publish` write [the same messages](checks.md#beside-the-code) as SARIF and as annotations.

`scripts/write_reference.py` makes the tables from the schema.
"""
_ROLE = re.compile(r":\w+:`~?(?:[\w.]+\.)?([^`]+)`")


def bs_page() -> str:
    """The text of `docs/bs.md`."""
    named = [name for names in GROUPS.values() for name in names]
    if missing := set(bs.__all__) - {*named, "charts"}:
        raise ValueError(f"in no group of GROUPS: {sorted(missing)}")
    parts = [OF_BS]
    for title, names in GROUPS.items():
        parts.append(f"## {title}\n")
        if title.startswith("Values"):
            parts.append(KNOWN)
        for name in names:
            of = COLOURS if name == "COLOURS" else _text(getattr(bs, name))
            parts.append(f"### `bs.{name}`\n\n{_signature(name, getattr(bs, name))}{of}")
    parts.append(
        "## Charts\n\nEach returns a plain plotly figure, to which anything can be added.\n"
    )
    for name in bs.charts.__all__:
        chart = getattr(bs.charts, name)
        parts.append(
            f"### `bs.charts.{name}`\n\n{_signature(f'charts.{name}', chart)}{_text(chart)}"
        )
    return "\n".join(parts)


def _text(named: object) -> str:
    text = _ROLE.sub(r"`\1`", inspect.getdoc(named) or "").replace("``", "`") + "\n"
    docs = field_docs(named) if isinstance(named, type) else {}
    rows = [f"| `{name}` | {' '.join(doc.split())} |\n" for name, doc in docs.items()]
    return text + ("\n| field | what it is |\n| --- | --- |\n" if rows else "") + "".join(rows)


def _signature(name: str, called: object) -> str:
    if not inspect.isfunction(called):
        return ""
    parameters = [_parameter(one) for one in inspect.signature(called).parameters.values()]
    kinds = [one.kind for one in inspect.signature(called).parameters.values()]
    if inspect.Parameter.KEYWORD_ONLY in kinds and inspect.Parameter.VAR_POSITIONAL not in kinds:
        parameters.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
    return f"```python\nbs.{name}({', '.join(parameters)})\n```\n\n"


def _parameter(one: inspect.Parameter) -> str:
    if one.default is inspect.Parameter.empty:
        is_named = one.kind is inspect.Parameter.VAR_KEYWORD
        return ("**" if is_named else "*" * (one.kind is one.VAR_POSITIONAL)) + one.name
    default = "…" if type(one.default) is object else repr(one.default).replace("'", '"')
    return f"{one.name}={default}"


def settings_page() -> str:
    """The text of `docs/settings.md`."""
    parts = [OF_SETTINGS, "## `_quarto.yml`\n"]
    parts += _tables(ProjectSettings)
    parts += ["## `brand:`, or `_brand.yml`\n", *_tables(Brand, "brand")]
    parts += ["## Front matter\n", "Also in `_metadata.yml`, and in `_quarto.yml` for all pages.\n"]
    parts += _tables(FrontMatter)
    parts += ["## `editions:`\n", *_tables(EditionSettings, "editions[]")]
    parts += ["As a rule that makes many:\n", *_tables(EditionRule, "editions")]
    return "\n".join(parts)


def _tables(model: type[Settings], path: str = "") -> Iterator[str]:
    """The table of a model's keys, and those of the models in it, each once."""
    for at, each in _models(model, path, set()):
        own = _own(each)
        if not own:
            continue
        rows = ["| key | what it is for |", "| --- | --- |"]
        keys = keys_of(each)
        for name in sorted(own):
            values = ", ".join(f"`{value}`" for value in keys[name].values)
            doc = (
                " ".join(_ROLE.sub(r"`\1`", keys[name].doc).split())
                .replace("``", "`")
                .replace("|", "\\|")
            )
            rows.append(f"| `{name}` | {doc}{f' {values}.' if values else ''} |")
        if at:
            yield f"### `{at}`\n"
        yield "\n".join(rows) + "\n"


def _models(
    model: type[Settings], path: str, shown: set[type[Settings]]
) -> Iterator[tuple[str, type[Settings]]]:
    """A model with the path of its keys, and those below it that have not been ``shown``."""
    shown.add(model)
    yield path, model
    for name, annotation in _own(model).items():
        for below in models_in(annotation):
            if below not in shown:
                yield from _models(below, f"{path}: {name}" if path else name, shown)


def _own(model: type[Settings]) -> dict[str, Any]:
    """The keys of a model that Broadsheet acts on, with their types."""
    return {kebab(name): info.annotation for name, info in model.model_fields.items()}


def quarto_keys_page() -> str:
    """The text of `docs/quarto-keys.md`."""
    shown: set[type[Settings]] = set()
    roots = [(ProjectSettings, "`_quarto.yml`"), (Brand, "`brand:`"), (FrontMatter, "front matter")]
    rows = []
    for root, name in roots:
        for path, model in _models(root, "", shown):
            if others := sorted(keys_of(model).keys() - _own(model).keys()):
                where = f"{name}, `{path}`" if path else name
                rows.append(f"| {where} | {', '.join(f'`{key}`' for key in others)} |")
    return OF_QUARTO_KEYS + "\n".join(rows) + "\n"


def json_page() -> str:
    """The text of `docs/json.md`."""
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    parts = [OF_JSON, "## Members\n", _members(schema)]
    parts += ["## Messages\n", f"{schema['$defs']['message']['description']}\n"]
    parts += [_members(schema["$defs"]["message"]), "## Results\n"]
    for record in schema["$defs"].values():
        if "title" in record:
            parts.append(f"### `{record['title']}`\n\n{record['description']}\n")
            parts.append(_members(record))
    return "\n".join(parts)


def _members(record: dict[str, Any]) -> str:
    """The table of the members of an object in a JSON Schema."""
    rows = [
        f"| `{name}` | {member['description']} |\n" for name, member in record["properties"].items()
    ]
    return "| member | what it has |\n| --- | --- |\n" + "".join(rows)


PAGES: dict[str, Callable[[], str]] = {
    "bs.md": bs_page,
    "settings.md": settings_page,
    "quarto-keys.md": quarto_keys_page,
    "json.md": json_page,
}


def main(*_: Any) -> None:
    """Write the pages."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
