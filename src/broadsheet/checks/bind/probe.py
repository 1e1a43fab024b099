"""Looks, in the run of a notebook, for the expressions that read as some words do; called by a cell
that is put behind each text. The result is published as an output of type :data:`MIME`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from broadsheet.checks.bind.claim_cases import StatedNumber, is_limit_of_cases, side_of_limit
from broadsheet.checks.bind.claim_readings import conditions
from broadsheet.checks.bind.compared_words import PlacedComparison, compared_words_in
from broadsheet.checks.bind.naming.columns_here import Candidate
from broadsheet.checks.bind.naming.labels import mentions
from broadsheet.checks.bind.naming.named_values import NamedValues, text_code, with_quotes
from broadsheet.checks.bind.naming.namespace_values import named_in
from broadsheet.checks.bind.naming.number_words import Written, numbers_in
from broadsheet.checks.bind.naming.other_things import is_of_magnitude
from broadsheet.checks.bind.naming.passages import BoundPassage, PlacedWords
from broadsheet.checks.bind.number_readings import readings
from broadsheet.notebook.claims.conditions import Expressions
from broadsheet.notebook.values import declarations
from broadsheet.text.lexicon import lexicon
from broadsheet.verify.wording.claim_words import judged

MIME = "application/vnd.broadsheet.bind+json"
Kind = Literal["fact", "claim"]


class Coded(NamedTuple):
    """An expression, or a condition with its words."""

    kind: Kind
    """A number, or a comparison."""
    code: str
    """The code."""
    sentence: str = ""
    """The sentence of a comparison."""
    start: int = 0
    """The position of its words there."""
    end: int = 0
    """The position behind them."""
    language: str = "en"
    """The language."""


_UNITS: Mapping[str, Sequence[str]] = {
    "percent": ("ratio", "percent"),
    "part": ("ratio", "percent"),
    "times": ("ratio",),
}
"""The units that a value may have, by the kind of its number."""
_EXTREME = re.compile(r"(?:highest|lowest)\(.+\)")
"""The conditions of which values may be missing."""
_ALL_CASES = re.compile(r"(?P<number>\d+) of (?P=number)")
"""The evidence of a condition that holds in all cases."""
_NO_UNIT = 0.6
"""The clearness that a share lacks whose values have no unit of their own."""
_MOST_TRIED = 120
"""The most expressions of a number that are tried."""


def code_of(task: Sequence[Mapping[str, Any]], parameters: Sequence[str]) -> str:
    """Return the code of a cell that looks for the expressions of sentences, in a notebook with some
    parameters.
    """
    written = json.dumps([task, parameters], ensure_ascii=True)
    return f"__import__({__name__!r}, fromlist=['publish']).publish({written!r})"


def publish(task: str) -> None:
    """Publish the expressions of each sentence of a task, as JSON."""
    shell = _shell()
    sentences, parameters = json.loads(task)
    _publish(shell, list(findings_in(sentences, shell.user_ns, parameters)))


def code_of_values(place: tuple[int, int], codes: Sequence[Coded]) -> str:
    """Return the code of a cell that publishes what some codes come to, with the place of it."""
    written = json.dumps([place, codes], ensure_ascii=True)
    return f"__import__({__name__!r}, fromlist=['publish_values']).publish_values({written!r})"


def publish_values(task: str) -> None:
    """Publish what each code of a task comes to, as JSON; None for one that fails."""
    shell = _shell()
    place, codes = json.loads(task)
    tried, result = _Tried(shell.user_ns), []
    for coded in (Coded(*each) for each in codes):
        stated = tried.fact(coded.code) if coded.kind == "fact" else None
        declared = tried.claim(coded.code) if coded.kind == "claim" else stated and stated[1]
        result.append((place, coded, None if declared is None else value_of(declared, coded)))
    _publish(shell, result)


def _shell() -> Any:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    assert shell is not None, "expressions are looked for within a run"
    return shell


def _publish(shell: Any, result: Sequence[Any]) -> None:
    shell.display_pub.publish({MIME: json.dumps(result, default=str), "text/plain": ""})


def value_of(declared: Mapping[str, Any], said: Coded | None = None) -> str:
    """Return what a fact or a claim comes to, in a form to compare: a number, a ratio in percent; the
    truth of a condition, and of the words ``said`` of it, with the values that it rests on.
    """
    if "evidence" in declared:
        values = sorted({str(each["value"]) for each in declared["evidence"]})
        truth = declared["truth"]
        if truth and said is not None and said.sentence:
            words, span = lexicon(said.language), (said.start, said.end)
            judgement = judged(said.sentence, span, declared, words, is_advice=False)
            truth = judgement.truth != "refuted"
        return json.dumps([truth, values], default=str)
    value = declared["value"]
    if isinstance(value, int | float) and math.isfinite(value):
        return f"{value * (100 if declared.get('unit') == 'ratio' else 1) + 0.0:.9g}"
    return str(value)


def figures(value: object) -> str:
    """Return a value in a form to compare: the figures of a number, in whichever unit."""
    try:
        number = float(str(value))
    except ValueError:
        return str(value)
    return f"{abs(number):.6e}".partition("e")[0] if math.isfinite(number) else str(value)


def findings_in(
    task: Sequence[Mapping[str, Any]], namespace: Mapping[str, Any], parameters: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield the words of each sentence for which there are expressions, with these."""
    whole = " ".join(item["sentence"] for item in task)
    named = named_in(namespace, lambda label: mentions(whole, label), parameters)
    for item in task:
        passage = BoundPassage(
            item["sentence"],
            item["before"],
            item["language"],
            item["day"],
            item["head"],
            named.year,
        )
        expressions = _Tried(namespace)
        stated = list[StatedNumber]()
        comparisons = list(compared_words_in(passage))
        for place, written in numbers_in(passage):
            if any(is_limit_of_cases(compared, place) for compared in comparisons):
                continue
            side = side_of_limit(comparisons, place)
            facts = [
                (candidate, option)
                for candidate, option in _facts(place, written, named, item, expressions)
                if not side or written.is_exceeded(option["declared"]["value"], side)
            ]
            if place.text.lower() == "one" and all(of.score <= 0 for of, _ in facts):
                continue  # "one measure" is no number
            if written.kind != "day":  # which day is the later one is no comparison of values
                clear = sorted((candidate for candidate, _ in facts), key=lambda each: -each.score)
                stated.append(StatedNumber(place, written.kind, clear))
            options = [option for _, option in facts]
            told = {"size": written.size, "said": figures(written.number)}
            yield {**_place(item, place, "fact"), "options": options, **told}
        for compared in comparisons:
            options = list(_claims(compared, named, stated, item, expressions))
            told = {"size": 3, "said": ""}
            yield {**_place(item, compared.words, "claim"), "options": options, **told}


def _place(item: Mapping[str, Any], words: PlacedWords, kind: str) -> dict[str, Any]:
    return {
        "id": item["id"],
        "kind": kind,
        "start": words.start,
        "end": words.end,
        "words": words.text,
    }


class _Tried:
    """The expressions of a notebook as they are tried: what they declare is forgotten."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._expressions = Expressions(dict(namespace))

    read: Sequence[str] = ()
    """The values of data that the last one looked up, as text."""

    def fact(self, code: str) -> tuple[str, Mapping[str, Any]] | None:
        """Return the text of a fact, and what it declares; None for a code that fails."""
        return self._of("facts", lambda: self._expressions.value(code))

    def claim(self, code: str) -> Mapping[str, Any] | None:
        """Return what a claim declares; None for a code that fails."""
        result = self._of("claims", lambda: self._expressions.claim(code))
        return result[1] if result else None

    def _of(self, kind: str, work: Any) -> tuple[str, Mapping[str, Any]] | None:
        kept = {name: dict(of) for name, of in declarations.declared().items()}
        try:
            value = work()
            name = value if isinstance(value, str) else getattr(value, "name", "")
            what = declarations.declared()[kind].get(name)
            return (str(value), what) if what is not None else None
        except Exception:  # of a format that does not fit the value, or a value that is missing
            return None
        finally:
            self.read = self._expressions.taken()
            declarations.restore(kept)


def _facts(
    words: PlacedWords,
    written: Written,
    named: NamedValues,
    item: Mapping[str, Any],
    expressions: _Tried,
) -> Iterator[tuple[Candidate, dict[str, Any]]]:
    """Yield the expressions that read as a number does, each with what is published of it."""
    mark = "'" if item["quote"] == '"' else '"'
    tried = set[str]()
    for candidate in sorted(readings(words, written, named), key=lambda each: -each.score):
        if candidate.value in tried or len(tried) > _MOST_TRIED:
            continue
        tried.add(candidate.value)
        for code, less in _codes(candidate, written, words):
            stating = with_quotes(code, mark, refused=item["quote"])
            stated = expressions.fact(stating) if stating else None
            if not stated or stated[0] != words.text:
                continue
            if _is_whole(code, stated[1]["value"], written) and is_of_magnitude(
                words, written, stated[1]
            ):
                rests = {figures(stated[1]["value"])}
                if not candidate.is_share:
                    rests |= set(map(figures, expressions.read))
                yield (
                    replace(candidate, score=candidate.score - less),
                    {
                        "code": stating,
                        "score": round(candidate.score - less, 3),
                        "declared": stated[1],
                        "rests": sorted(rests),
                    },
                )
                break


def _is_whole(code: str, value: object, written: Written) -> bool:
    """True unless a code counts, or a figure stands alone, and its value is no whole number."""
    is_whole = written.number % 1 == 0  # not "0.9"
    counts = code.startswith("count(") or (written.kind == "" and written.size == 1 and is_whole)
    return not (counts and isinstance(value, float) and value % 1)


def _codes(
    candidate: Candidate, written: Written, words: PlacedWords
) -> Iterator[tuple[str, float]]:
    """Yield the codes of facts that may read so: in its own format, and after the words; each with the
    clearness that it lacks.
    """
    if candidate.is_fact:
        yield candidate.value, 0
        return
    example = text_code(words.text)
    functions = [written.function]
    if written.kind in ("", "unit") and written.function == "count":
        functions.append("amount")
    for function in functions:
        if function != "amount":
            yield f"{function}({candidate.value})", 0
        yield f"{function}({candidate.value}, {example})", 0
        units = _UNITS.get(written.kind, ())
        for unit in units[:1] if candidate.sides else units:  # of values whose own is not known
            yield f"{function}({candidate.value}, {example}, unit={text_code(unit)})", _NO_UNIT


def _claims(
    compared: PlacedComparison,
    named: NamedValues,
    stated: Sequence[StatedNumber],
    item: Mapping[str, Any],
    expressions: _Tried,
) -> Iterator[dict[str, Any]]:
    lexical, words = lexicon(item["language"]), compared.words
    best = dict[str, int]()
    for candidate in conditions(compared, named, stated):
        code = with_quotes(candidate.value, "'", refused='"')
        if code and not (item["quote"] and "'" in code):
            score = int(candidate.score * 1000)
            best[code] = max(best.get(code, score), score)
    tried = sorted(best, key=best.__getitem__, reverse=True)[: _MOST_TRIED // 2]
    for condition in tried:
        code, declared = _with_gaps(condition, expressions)
        if declared is None or declared["truth"] is not True:
            continue
        judgement = judged(words.sentence, (words.start, words.end), declared, lexical)
        if judgement.truth == "proved":
            rests = sorted(set(_rests(declared)))
            yield {
                "code": code,
                "score": best[condition] / 1000,
                "declared": declared,
                "rests": rests,
            }


def _rests(declared: Mapping[str, Any]) -> Iterator[str]:
    """Yield the figures of the values on which a claim rests, and of the number of its cases; of one that
    holds two against each other that are worked out, these.
    """
    pairs = declared["compared"].get("comparisons", ())
    worked_out = [
        side["value"]
        for pair in pairs
        if all("parts" in pair.get(of, ()) for of in ("this", "than"))
        for side in (pair["this"], pair["than"])
    ]
    if worked_out:
        yield from map(figures, worked_out)
        return
    for each in declared["evidence"]:
        yield figures(each["value"])
        if cases := _ALL_CASES.fullmatch(str(each["value"])):
            yield figures(cases["number"])


def _with_gaps(code: str, expressions: _Tried) -> tuple[str, Mapping[str, Any] | None]:
    """Return a condition, and what it declares; one of a record allows for values that are missing."""
    declared = expressions.claim(code)
    if declared and declared["truth"] is None and _EXTREME.fullmatch(code):
        code = f"{code[:-1]}, gaps=True)"
        declared = expressions.claim(code)
    return code, declared
