"""Facts in one expression: a value of a table, or one computed of such values, in its format.

    usd(trade.total[2022])                                       $190.3 billion
    usd(trade.total[2022], "$190 billion")                       $190 billion
    pct(trade.total[2022] / trade.total[2021] - 1)               29.5 percent
    share(fuel.oil[2022] / fuel.all[2022])                       about a third
    count(sites.listed[2023], one="site", other="sites")         three sites
    change(trade.total, 2021, 2022)                              29.5 percent more than

The source, the unit, the date and the name come from the expression
(:mod:`broadsheet.notebook.claims.tracing`). `unit=`, `source=`, `as_of=` and `name=` give these
where it does not. The example after the value shows another format, as
:mod:`broadsheet.notebook.values.number_format` reads it. In prose the functions need no `bs.`:
`` `{python} usd(trade.total[2022])` ``. Each raises ValueError or TypeError, in words for the
author.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from broadsheet.notebook.claims import comparatives
from broadsheet.notebook.claims.calls import current_call, traced
from broadsheet.notebook.claims.claim import Claim
from broadsheet.notebook.claims.compared_values import parts_of
from broadsheet.notebook.claims.definitions import name_from
from broadsheet.notebook.claims.traced import Traced, value_at
from broadsheet.notebook.claims.tracing import call_now, calling
from broadsheet.notebook.values.declarations import checked_name
from broadsheet.notebook.values.fact import Fact, fact_of
from broadsheet.notebook.values.fact_words import words_in
from broadsheet.notebook.values.places import at_place, end_of
from broadsheet.notebook.values.prose import MarkedText, prose
from broadsheet.notebook.values.replaced import replace
from broadsheet.notebook.values.shown_values import shown
from broadsheet.notebook.values.source_value import Leaf
from broadsheet.notebook.values.sources import sources_of
from broadsheet.notebook.values.unit_arithmetic import NO_UNIT
from broadsheet.notebook.values.units import starts_with_percent, unit_of
from broadsheet.notebook.values.written_numbers import bare, bracketed, in_computation
from broadsheet.text.language import listed, spoken, t_

Example = str | Sequence[str] | None
ChangeSize = Literal["", "count", "points"]
"""The size of a change, if it is no percentage: a number, or percentage points."""


def usd(value: Any, example: Example = None, **options: Any) -> Fact:
    """State an amount in dollars: `$190.3 billion`."""
    return _stated("usd", value, example, **options)


def eur(value: Any, example: Example = None, **options: Any) -> Fact:
    """State an amount in euros: `€34.2 billion`."""
    return _stated("eur", value, example, **options)


def gbp(value: Any, example: Example = None, **options: Any) -> Fact:
    """State an amount in pounds: `£2.3 million`."""
    return _stated("gbp", value, example, **options)


def pct(value: Any, example: Example = None, **options: Any) -> Fact:
    """State a share, of a ratio or in percent: `29.5 percent`."""
    return _stated("pct", value, example, **options)


def pp(value: Any, example: Example = None, **options: Any) -> Fact:
    """State the difference of two shares: `2.1 percentage points`."""
    return _stated("pp", value, example, **options)


def times(value: Any, example: Example = None, **options: Any) -> Fact:
    """State a ratio: `2.1 times`."""
    return _stated("times", value, example, **options)


def share(value: Any, example: Example = None, **options: Any) -> Fact:
    """State a share as a plain fraction where one is near: `about a third`, `about 28 percent`."""
    return _stated("share", value, example, **options)


def count(
    value: Any, example: Example = None, *, one: str = "", other: str = "", **options: Any
) -> Fact:
    """State a whole number, in words up to twelve: `three`, `1,234`. With the forms of a
    noun, `one` and `other`, the noun follows in the form that the number takes.
    """
    locale = spoken().locale

    def noun(number: Decimal) -> str:
        return one if locale.plural_form(number) == "one" else other

    return _stated("count", value, example, noun=noun if one or other else None, **options)


def rank(value: Any, example: Example = None, **options: Any) -> Fact:
    """State a place in an order: `third`."""
    return _stated("rank", value, example, **options)


def amount(value: Any, example: Example = None, **options: Any) -> Fact:
    """State a value of any other unit, after an example:
    `amount(oil.tonnes[2022], "86 million tonnes")`.
    """
    return _stated("", value, example, **options)


def day(value: Any, example: Example = None, **options: Any) -> Fact:
    """State a date: `26 May 2023`; also of an ISO text."""
    value = date.fromisoformat(value) if isinstance(value, str) else value
    return _stated("day", value, example, **options)


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
    """Compare the value at ``end`` with that at ``start``, and return the change with its
    size, as a claim: `29.5 percent more than`, `almost the same as` if they differ by no more
    than ``within`` of it, and `3.6 times as much as` from ``fold`` times on. Of shares in
    percent, the size is in percentage points.
    """
    with calling(current_call(sys._getframe(1))):
        return change_in_words("than", values, start, end, example, within, fold, source, name)


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
    """Return the same as :func:`change`, as a verb: `rose by 29.5 percent`, `fell by …`,
    `hardly changed`, `grew 3.6-fold`.
    """
    with calling(current_call(sys._getframe(1))):
        return change_in_words("verb", values, start, end, example, within, fold, source, name)


def listing(values: Iterable[Any]) -> str:
    """Return names one after another, `China, India and Turkey`; years that follow one
    another as a span, `2016 to 2018 and 2021`.
    """
    runs: list[list[Any]] = []
    for item in values:
        is_next = bool(runs) and not isinstance(item, str) and item == runs[-1][-1] + 1
        if is_next:
            runs[-1].append(item)
        else:
            runs.append([item])
    texts = list[str]()
    for run in runs:
        if len(run) > 2:
            texts.append(t_("%(start)s to %(end)s", start=run[0], end=run[-1]))
        else:
            texts += map(str, run)
    return listed(texts)


def change_in_words(  # noqa: PLR0917
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
    size: ChangeSize = "",
    unit: str | None = None,
) -> MarkedText:
    """Return the words of :func:`change` or :func:`moved`, by ``kind``. ``size`` is "count"
    for a change that is a number, and "points" for one of a ratio, in percentage points.
    """
    base = traced(values)
    if unit is not None:
        base = replace(base, unit=unit, factor=Decimal(1))
    claim = direction(values, start, end, within=within, source=source)
    now, then = values[end], values[start]
    is_share = size == "points" or unit_of(base.unit).kind == "percent"
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
    sources = base.sources + sources_of(source, "change")
    as_of = base.as_of or end_of((end,))
    working = _working_of(now, then, is_difference=is_share or is_amount)
    ends = [leaf for at in (start, end) for leaf in _ends(base, values, at)]
    if is_amount:
        difference = replace(
            base, value=abs(now - then), sources=sources, as_of=as_of, working=working, rank=1,
            leaves=tuple(ends),
            unit=NO_UNIT if size == "count" else base.unit,
        )  # fmt: skip
        return registered(prose(word, stated(difference, example, name=named)))
    of = 100 if size == "points" else 1
    gap = abs(now - then) * of if is_share else abs(now / then - 1)
    if is_multiple:
        gap, working = now / then, f"{in_computation(now)} / {in_computation(then)}"
        example = words.formats.get("fold" if kind == "verb" else "times", ())
    fact = _fact(
        "pp" if is_share else "times" if is_multiple else "pct",
        Traced(
            gap,
            sources,
            "percentage points" if is_share else NO_UNIT,
            as_of=as_of,
            working=working,
            rank=1,
            leaves=tuple(ends),
        ),
        example,
        name=named,
    )
    return registered(prose(word, fact))


def _ends(base: Traced, values: Any, at: Any) -> tuple[Leaf, ...]:
    """Return the value at an end of a change."""
    if hasattr(base.value, "iloc"):
        with suppress(LookupError):
            return value_at(base, at).leaves
    where = base.sources.place_in_words(at)
    return (Leaf("", values[at], base.unit, what=base.label, where=where, at=at),)


def _working_of(now: Any, then: Any, *, is_difference: bool) -> str:
    """Return the computation of the size of a change, without its sign."""
    if is_difference:
        more, less = (in_computation(value) for value in (max(now, then), min(now, then)))
        return f"{more} − {bracketed(less)}"
    ratio = f"{in_computation(now)} / {in_computation(then)}"
    return f"{ratio} − 1" if now >= then else f"1 − {ratio}"


def stated(
    base: Traced, example: Example, *, name: str, unit: str | None = None, source: Any = None
) -> Fact:
    """Return a value after an example, or without one as its unit says: `$190.3 billion` of
    US$ bn.
    """
    said = base.unit if unit is None else unit
    amount = float(bare(base.amount if unit is None else base.value))
    language = spoken().tag
    first = example if isinstance(example, str) else next(iter(example or ()), "")
    is_percent = said == NO_UNIT and starts_with_percent(first.lstrip("-−+0123456789.,"), language)
    is_ratio = is_percent or unit_of(said, language).kind == "ratio"
    if not example:
        usual = shown(abs(amount), said or "", language)
        example = (
            words_in(spoken().locale.language).formats.get("pct", ()) if is_ratio else (usual,)
        )
        example = [f"−{text}" for text in example] if amount < 0 else example
    return _fact("pct" if is_ratio else "", base, example, name=name, unit=unit, source=source)


def direction(
    values: Any, start: Any, end: Any, *, within: float = 0.005, source: Any = None
) -> Claim:
    """Return the claim that values rose, fell or held; its name is that word."""
    now, then = values[end], values[start]
    if abs(now - then) <= within * abs(then):
        return replace(
            comparatives.held(values, start, end, within=within, source=source), name="held"
        )
    if now > then:
        return replace(comparatives.rose(values, start, end, source=source), name="rose")
    return replace(comparatives.fell(values, start, end, source=source), name="fell")


FORMATS = {
    function.__name__: function
    for function in (usd, eur, gbp, pct, pp, times, share, count, rank, amount, day)
} | {"change": change, "listing": listing, "moved": moved}
"""The functions of this module by their names, as prose uses them."""


def _stated(key: str, value: Any, example: Example, **options: Any) -> Fact:
    with calling(current_call(sys._getframe(2))):
        name = options.pop("name", None)
        name = checked_name(name) if name else _named_after("fact")
        return _fact(key, traced(value), example, name=name, **options)


def _fact(
    key: str,
    base: Traced,
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
    is_plain = base.unit == NO_UNIT and unit is None
    if is_plain and key in ("pct", "pp", "times", "share"):
        unit = "ratio"
    if unit is None and base.unit is None and key not in ("day", "count", "rank", ""):
        raise ValueError(
            f'{who}: its unit cannot be known from the expression; give it, `unit="US$ bn"`, '
            '`unit="percent"` or `unit="ratio"`'
        )
    sources = sources_of(source, who) or base.sources
    place = at_place(base.label, base.place) if not base.is_computed else ""
    return fact_of(
        who,
        name,
        bare(base.amount if unit is None or is_plain else base.value),
        place=place,
        key=() if base.is_computed else base.key,
        unit=(base.unit or None) if unit is None else unit,
        examples=examples,
        sources=sources,
        as_of=as_of or base.as_of,
        note=note,
        working=base.working if base.is_computed and not note else "",
        noun=noun,
        parts=parts_of(base),
        derivation=_derivation(base),
    )


def _derivation(base: Traced) -> Leaf | None:
    """Return the computation of a value, for a reader who repeats it."""
    if base.is_computed:
        parts = sorted(base.leaves, key=lambda leaf: base.working.find(leaf.number.split(" ")[0]))
        return Leaf("", None, None, working=base.working, parts=tuple(parts))
    if len(base.leaves) == 1:
        return base.leaves[0]
    return Leaf("", None, None, remark=base.remark) if base.remark else None


def _named_after(otherwise: str) -> str:
    """Return a name from the expression that is the first argument of the call."""
    call = call_now()
    return (name_from(call.node.args[0]) if call and call.node.args else "") or otherwise
