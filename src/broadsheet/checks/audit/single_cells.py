"""The cell that a number is, and whether a number is written of a value of the measure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadsheet.checks.audit.doubts import is_of_part
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.places import plain_name
from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.audit.statement import AuditReading
from broadsheet.checks.audit.vocabulary import CLEAR, concepts_in, words_listed


def cell_of(judge: Judge, quantity: Quantity, *, main: bool) -> Iterator[AuditReading]:
    """Yield the reading of a number as a cell; not the ``main`` one where words say otherwise."""
    single = judge.single(quantity)
    if single is None:
        return
    place, is_sure = single
    exact = float(judge.measure.values[place])
    if exact < 0 and quantity.value > 0 and judge.words.has("down", judge.sentence.low):
        exact = -exact  # "lost 802 thousand jobs"
    result = judge.written(quantity, exact)
    if result is not None:
        fits, is_unit_sure = result
        is_named = quantity.kind != "" or _is_of_measure(judge, quantity)
        if judge.words.has("of-change", judge.sentence.low):
            is_named = False
        is_short = quantity.kind == "" and not is_telling(judge, quantity)
        if quantity.is_word or (is_short and not judge.names_row(quantity)):
            is_named = False
        if judge.named.score < CLEAR and not (judge.is_named or is_telling(judge, quantity)):
            main = False
        if is_of_part(judge, quantity):
            is_named = False
        has_no_time = judge.table.time is not None and not judge.sentence.times
        is_known = is_unit_sure and is_named
        yield judge.reading(
            "cell",
            [place],
            exact,
            fits,
            sure=is_sure and is_known,
            main=main,
            latest=has_no_time and is_known,
        )


def is_telling(judge: Judge, quantity: Quantity) -> bool:
    """True if a number without a unit can be no list number, index or parameter: it has three
    digits, a magnitude, or decimals, and stands in no formula or brackets.
    """
    text = judge.sentence.text
    before, behind = text[: quantity.start].rstrip(), text[quantity.end :].lstrip()
    is_apart = before[-1:] in ("=", "(", "≈", "~", "/") or behind[:1] in ("=", ")", "/", "°")
    digits = sum(sign.isdigit() for sign in quantity.text)
    return not is_apart and (digits >= 3 or quantity.scale > 1 or quantity.step < 1)


def written_of(
    judge: Judge, quantity: Quantity, exact: float, *, is_level: bool = True
) -> tuple[bool | None, bool] | None:
    """Return what :meth:`Judge.written` does; a number of other things than the measure is not sure."""
    result = judge.written(quantity, exact, is_level=is_level)
    if result is None or quantity.kind != "" or _is_of_measure(judge, quantity):
        return result
    return result[0], False


def _is_of_measure(judge: Judge, quantity: Quantity) -> bool:
    """True if the noun behind a number without unit is one of the measure, or there is none."""
    end = next(
        (each.end for each in judge.mentions if 0 <= each.start - quantity.end < 2), quantity.end
    )
    match = re.match(r"[\s-]*(?P<word>[^\W\d_][\w'’-]*)?", judge.sentence.text[end:])
    word = plain_name(match["word"]) if match and match["word"] else ""
    if not word or word in words_listed("function"):
        return True
    whole = judge.named.words.own | judge.named.words.other
    if word in words_listed("persons") and whole & words_listed("of-persons"):
        return True
    is_money = "exchange_rate" in whole and word in words_listed("currencies")
    return (
        is_money
        or bool(concepts_in(f"{word} {judge.measure.unit}") & whole & concepts_in(word))
        or bool(concepts_in(word) & concepts_in(judge.measure.unit))
    )
