"""Facts in one expression: a value of a table, or one computed of such values, and how it reads.

    usd(trade.total[2022])                                       $190.3 billion
    usd(trade.total[2022], "$190 billion")                       $190 billion
    pct(trade.total[2022] / trade.total[2021] - 1)               29.5 percent
    share(fuel.oil[2022] / fuel.all[2022])                       about a third
    count(sites.listed[2023], one="site", other="sites")         three sites
    change(trade.total, 2021, 2022)                              29.5 percent more than

The source, the unit, the date and the name come from the expression
(:mod:`broadsheet.notebook.claims.tracing`); `unit=`, `source=`, `as_of=` and `name=` are for what cannot be
known. The example after the value shows another format, as :mod:`broadsheet.notebook.values.number_format`
reads it. In prose the functions need no `bs.`: `` `{python} usd(trade.total[2022])` ``. Each raises
ValueError or TypeError, in words for the author.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from broadsheet.notebook.claims import comparatives
from broadsheet.notebook.claims.calls import current_call, traced
from broadsheet.notebook.claims.claim import Claim
from broadsheet.notebook.claims.compared_values import parts_of
from broadsheet.notebook.claims.definitions import name_of
from broadsheet.notebook.claims.traced import (
    Traced,
    value_at,
)
from broadsheet.notebook.claims.tracing import call_now, calling
from broadsheet.notebook.values.declared import checked_name
from broadsheet.notebook.values.fact import Fact, fact_of
from broadsheet.notebook.values.leaf import Leaf
from broadsheet.notebook.values.places import at_place, end_of
from broadsheet.notebook.values.prose import MarkedText, prose
from broadsheet.notebook.values.shown_values import shown
from broadsheet.notebook.values.sources import sources_of
from broadsheet.notebook.values.unit_arithmetic import PLAIN
from broadsheet.notebook.values.units import starts_with_percent, unit_of
from broadsheet.notebook.values.words import words_in
from broadsheet.notebook.values.written_numbers import bare, bracketed, in_computation
from broadsheet.text.language import listed, spoken, t_

Example = str | Sequence[str] | None
Size = Literal["", "count", "points"]
"""What the size of a change is, if not a percentage: a number, or percentage points."""


def usd(value: Any, example: Example = None, **known: Any) -> Fact:
    """An amount in dollars: `$190.3 billion`."""
    return _stated("usd", value, example, **known)


def eur(value: Any, example: Example = None, **known: Any) -> Fact:
    """An amount in euros: `€34.2 billion`."""
    return _stated("eur", value, example, **known)


def gbp(value: Any, example: Example = None, **known: Any) -> Fact:
    """An amount in pounds: `£2.3 million`."""
    return _stated("gbp", value, example, **known)


def pct(value: Any, example: Example = None, **known: Any) -> Fact:
    """A share, of a ratio or in percent: `29.5 percent`."""
    return _stated("pct", value, example, **known)


def pp(value: Any, example: Example = None, **known: Any) -> Fact:
    """The difference of two shares: `2.1 percentage points`."""
    return _stated("pp", value, example, **known)


def times(value: Any, example: Example = None, **known: Any) -> Fact:
    """A ratio: `2.1 times`."""
    return _stated("times", value, example, **known)


def share(value: Any, example: Example = None, **known: Any) -> Fact:
    """A share as a plain fraction where one is near: `about a third`, `about 28 percent`."""
    return _stated("share", value, example, **known)


def count(
    value: Any, example: Example = None, *, one: str = "", other: str = "", **known: Any
) -> Fact:
    """A whole number, in words up to twelve: `three`, `1,234`. With the forms of a noun, `one` and
    `other`, the noun follows in the form that the number takes.
    """
    locale = spoken().locale

    def noun(number: Decimal) -> str:
        return one if locale.plural_form(number) == "one" else other

    return _stated("count", value, example, noun=noun if one or other else None, **known)


def rank(value: Any, example: Example = None, **known: Any) -> Fact:
    """A place in an order: `third`."""
    return _stated("rank", value, example, **known)


def amount(value: Any, example: Example = None, **known: Any) -> Fact:
    """A value of any other unit, after an example: `amount(oil.tonnes[2022], "86 million tonnes")`."""
    return _stated("", value, example, **known)


def day(value: Any, example: Example = None, **known: Any) -> Fact:
    """A date: `26 May 2023`; also of an ISO text."""
    value = date.fromisoformat(value) if isinstance(value, str) else value
    return _stated("day", value, example, **known)


def change(
    values: Any,
    start: Any,
    end: Any,
    example: Example = None,
    *,
    within: float = 0.005,
    fold: float = math.inf,
    source: Any = None,
    name: str = "",
) -> MarkedText:
    """How a value at ``end`` compares with that at ``start``, with its size, as a claim: `29.5
    percent more than`, `almost the same as` if they differ by no more than ``within`` of it, and
    `3.6 times as much as` from ``fold`` times on. Of shares in percent, the size is in percentage
    points.
    """
    with calling(current_call(sys._getframe(1))):
        return changed("than", values, start, end, example, within, fold, source, name)


def moved(
    values: Any,
    start: Any,
    end: Any,
    example: Example = None,
    *,
    within: float = 0.005,
    fold: float = math.inf,
    source: Any = None,
    name: str = "",
) -> MarkedText:
    """As :func:`change`, as a verb: `rose by 29.5 percent`, `fell by …`, `hardly changed`, `grew
    3.6-fold`.
    """
    with calling(current_call(sys._getframe(1))):
        return changed("verb", values, start, end, example, within, fold, source, name)


def listing(values: Iterable[Any]) -> str:
    """Names one after another, `China, India and Turkey`; years that follow one another as a span,
    `2016 to 2018 and 2021`.
    """
    runs: list[list[Any]] = []
    for one in values:
        is_next = bool(runs) and not isinstance(one, str) and one == runs[-1][-1] + 1
        if is_next:
            runs[-1].append(one)
        else:
            runs.append([one])
    texts = list[str]()
    for run in runs:
        if len(run) > 2:
            texts.append(t_("%(start)s to %(end)s", start=run[0], end=run[-1]))
        else:
            texts += map(str, run)
    return listed(texts)


def changed(  # noqa: PLR0917
    kind: str,
    values: Any,
    start: Any,
    end: Any,
    example: Example,
    within: float,
    fold: float,
    source: Any,
    name: str,
    *,
    size: Size = "",
    unit: str | None = None,
) -> MarkedText:
    """What :func:`change` and :func:`moved` say. ``size`` says that it is a count, whose change
    is a number, or that a ratio is a share, whose change is in percentage points.
    """
    known = traced(values)
    if unit is not None:
        known = replace(known, unit=unit, factor=Decimal(1))
    claim = direction(values, start, end, within=within, source=source)
    now, then = values[end], values[start]
    is_share = size == "points" or unit_of(known.unit).kind == "percent"
    # Of nothing, or of a loss, nothing is a percentage.
    is_amount = not is_share and (size == "count" or then <= 0 or now < 0)
    is_multiple = not is_share and not is_amount and 0 < then * fold <= now
    words = words_in(spoken().locale.language)
    key = f"{kind}-multiplied" if is_multiple else f"{kind}-{claim.name}"
    word = words.changes.get(key)
    if word is None:
        raise ValueError(
            f"the words of {spoken().locale.language!r} have no `{key}` under `facts.changes`"
        )
    named = name or _named_after("change")
    registered = replace(claim, name="").registered(f"{named}-{claim.name}")
    if "{}" not in word:
        return registered(word)
    sources = known.sources + sources_of(source, "change")
    as_of = known.as_of or end_of((end,))
    working = _working_of(now, then, is_difference=is_share or is_amount)
    ends = [one for at in (start, end) for one in _ends(known, values, at)]
    if is_amount:
        difference = replace(
            known, value=abs(now - then), sources=sources, as_of=as_of, working=working, rank=1,
            leaves=tuple(ends),
            unit=PLAIN if size == "count" else known.unit,
        )  # fmt: skip
        return registered(prose(word, stated(difference, example, name=named)))
    of = 100 if size == "points" else 1
    gap = abs(now - then) * of if is_share else abs(now / then - 1)
    if is_multiple:
        gap, working = now / then, f"{in_computation(now)} / {in_computation(then)}"
        example = words.formats.get("fold" if kind == "verb" else "times", ())
    made = _made(
        "pp" if is_share else "times" if is_multiple else "pct",
        Traced(
            gap,
            sources,
            "percentage points" if is_share else PLAIN,
            as_of=as_of,
            working=working,
            rank=1,
            leaves=tuple(ends),
        ),
        example,
        name=named,
    )
    return registered(prose(word, made))


def _ends(known: Traced, values: Any, at: Any) -> tuple[Leaf, ...]:
    """The value at an end of a change."""
    if hasattr(known.value, "iloc"):
        with suppress(LookupError):
            return value_at(known, at).leaves
    where = known.sources.place_in_words(at)
    return (Leaf("", values[at], known.unit, what=known.label, where=where, at=at),)


def _working_of(now: Any, then: Any, *, is_difference: bool) -> str:
    """How the size of a change is computed, which is said without its sign."""
    if is_difference:
        more, less = (in_computation(one) for one in (max(now, then), min(now, then)))
        return f"{more} − {bracketed(less)}"
    ratio = f"{in_computation(now)} / {in_computation(then)}"
    return f"{ratio} − 1" if now >= then else f"1 − {ratio}"


def stated(
    known: Traced, example: Example, *, name: str, unit: str | None = None, source: Any = None
) -> Fact:
    """A value after an example, or without one as its unit says: `$190.3 billion` of US$ bn."""
    said = known.unit if unit is None else unit
    amount = float(bare(known.amount if unit is None else known.value))
    language = spoken().tag
    first = example if isinstance(example, str) else next(iter(example or ()), "")
    is_percent = said == PLAIN and starts_with_percent(first.lstrip("-−+0123456789.,"), language)
    is_ratio = is_percent or unit_of(said, language).kind == "ratio"
    if not example:
        usual = shown(abs(amount), said or "", language)
        example = (
            words_in(spoken().locale.language).formats.get("pct", ()) if is_ratio else (usual,)
        )
        example = [f"−{one}" for one in example] if amount < 0 else example
    return _made("pct" if is_ratio else "", known, example, name=name, unit=unit, source=source)


def direction(
    values: Any, start: Any, end: Any, *, within: float = 0.005, source: Any = None
) -> Claim:
    """Whether values rose, fell or held, as a claim of that name."""
    now, then = values[end], values[start]
    if abs(now - then) <= within * abs(then):
        return replace(
            comparatives.held(values, start, end, within=within, source=source), name="held"
        )
    if now > then:
        return replace(comparatives.rose(values, start, end, source=source), name="rose")
    return replace(comparatives.fell(values, start, end, source=source), name="fell")


FORMATS = {
    one.__name__: one for one in (usd, eur, gbp, pct, pp, times, share, count, rank, amount, day)
} | {"change": change, "listing": listing, "moved": moved}
"""The functions of this module by their names, as prose uses them."""


def _stated(key: str, value: Any, example: Example, **given: Any) -> Fact:
    with calling(current_call(sys._getframe(2))):
        name = given.pop("name", None)
        name = checked_name(name) if name else _named_after("fact")
        return _made(key, traced(value), example, name=name, **given)


def _made(
    key: str,
    known: Traced,
    example: Example,
    *,
    name: str,
    unit: str | None = None,
    source: Any = None,
    as_of: date | str | None = None,
    note: str = "",
    noun: Callable[[Decimal], str] | None = None,
) -> Fact:
    who = f"{key or 'amount'}({name})"
    examples = (example,) if isinstance(example, str) else tuple(example or ())
    if not examples and key:
        language = spoken().locale.language
        examples = tuple(words_in(language).formats.get(key, ()))
        if not examples:
            raise ValueError(
                f"{who}: the words of {language!r} have no format `{key}`; give an example after the value"
            )
    is_plain = known.unit == PLAIN and unit is None
    if is_plain and key in ("pct", "pp", "times", "share"):
        unit = "ratio"
    if unit is None and known.unit is None and key not in ("day", "count", "rank", ""):
        raise ValueError(
            f'{who}: its unit cannot be known from the expression; give it, `unit="US$ bn"`, '
            '`unit="percent"` or `unit="ratio"`'
        )
    sources = sources_of(source, who) or known.sources
    place = at_place(known.label, known.place) if not known.is_computed else ""
    return fact_of(
        who,
        name,
        bare(known.amount if unit is None or is_plain else known.value),
        place=place,
        key=() if known.is_computed else known.key,
        unit=(known.unit or None) if unit is None else unit,
        examples=examples,
        sources=sources,
        as_of=as_of or known.as_of,
        note=note,
        working=known.working if known.is_computed and not note else "",
        noun=noun,
        parts=parts_of(known),
        derivation=_derivation(known),
    )


def _derivation(known: Traced) -> Leaf | None:
    """What a reader needs to compute a value again."""
    if known.is_computed:
        parts = sorted(known.leaves, key=lambda one: known.working.find(one.number.split(" ")[0]))
        return Leaf("", None, None, working=known.working, parts=tuple(parts))
    if len(known.leaves) == 1:
        return known.leaves[0]
    return Leaf("", None, None, remark=known.remark) if known.remark else None


def _named_after(otherwise: str) -> str:
    """A name from the expression that is the first argument of the call."""
    call = call_now()
    return (name_of(call.node.args[0]) if call and call.node.args else "") or otherwise
