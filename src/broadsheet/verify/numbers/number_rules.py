"""The rules that find numbers and comparisons in a sentence, and exempt some of them.

They are tables in the file of a language (:mod:`broadsheet.text.lexicon`). A rule is a line of a table:
its result, then a pattern. `@` is put before the word that triggers the rule; the pattern at its
left must match the text before that word, the pattern at its right the text from there on, which is
the finding. `{unit}` is any word of a class; the rest is a regular expression over words
(:class:`broadsheet.verify.numbers.tagged_words.WordClasses`). For a word, the first rule that fits decides. Its
result is

- `number`, `comparison`, `superlative`: a finding;
- `date`, `time`, `name`, `idiom`, `reference`: a number or comparison that is exempt, and why;
- `nothing`: the word means something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache, partial

from msgspec import structs

from broadsheet.errors import ConfigError
from broadsheet.text.lexicon import EXAMPLE, FOLDER, CheckWords, Lexicon, any_of
from broadsheet.verify.numbers.finding import Finding, Kind
from broadsheet.verify.numbers.tagged_words import DIGITS, Tagged, WordClasses, compiled
from broadsheet.verify.sentences import Span

_KINDS: Mapping[str, Kind] = {
    "number": "number",
    "comparison": "comparison",
    "superlative": "superlative",
}
_FINDS = frozenset((*_KINDS, "date", "time", "name", "idiom", "reference", "nothing"))
_FIGURE = re.compile(r"(?<![$€£¥₹\d.,])[\d.,]*\d$")
_REACH, _WHOLE = 100, 1000
"""The number of letters before a word at which a rule looks; and that of a rule that says
"anywhere".
"""
_LEFT = 24
"""The number of letters before a number that are searched for words that belong to it."""
_SENTENCES = 100
"""The number of sentences whose findings are remembered."""
_IS_FIGURE = f"/{DIGITS}"
_A_FIGURE = f"0{_IS_FIGURE}"
_DEPTH = 3
"""The depth to which the parts of rules may name other parts."""


@dataclass(frozen=True)
class Rule:
    """A rule. Its patterns are compiled when a text first asks for them."""

    finds: str
    """The result: a kind of finding, a reason to exempt it, or `nothing`."""
    left: str
    """The pattern at the left of `@`."""
    right: str
    """The pattern at the right of `@`."""
    compiled: Callable[[str], re.Pattern[str]]
    """The compiler of a pattern."""

    @cached_property
    def before(self) -> re.Pattern[str] | None:
        """A pattern for the end of the text before the word."""
        return self.compiled(f"(?:^|(?<= )){self.left}$") if self.left else None

    @cached_property
    def here(self) -> re.Pattern[str]:
        """A pattern for the text from the word on."""
        return self.compiled(f"{self.right}(?![^ ])")

    @cached_property
    def first(self) -> Callable[[str], object]:
        """A test of the words with which the rule may begin."""
        return _word_test(_first_word(self.right), self.compiled)

    @cached_property
    def reach(self) -> int:
        """The number of letters before the word at which it looks."""
        return _WHOLE if ")*" in self.left else _REACH

    def at(self, line: str, position: int) -> re.Match[str] | None:
        """Return the match of the rule at the word that starts at ``position``, if it fits there."""
        match = self.here.match(line, position)
        if match is None or self.before is None:
            return match
        is_after = self.before.search(line, max(0, position - self.reach), position)
        return match if is_after else None


class Rules:
    """The rules of a language. Raises ValueError for a line that is not a rule."""

    def __init__(self, check: CheckWords) -> None:
        self._parts = {name: _one_line(part) for name, part in check.parts.items()}
        self._part = re.compile(any_of(self._parts))
        patterns = {
            name: structs.replace(of_class, pattern=self._whole(of_class.pattern))
            for name, of_class in check.classes.items()
        }
        self._classes = WordClasses(patterns)
        self._formats = [
            (reason, compiled(self._whole(form), "formats"))
            for reason, form in map(_divided, _lines(check.formats))
        ]
        self._tables = [
            (
                _word_test(
                    self._whole(table.at), partial(self._classes.pattern, name=f"rules.{name}.at")
                ),
                [self._rule(line, f"rules.{name}") for line in _lines(table.rules)],
            )
            for name, table in check.rules.items()
        ]
        self._brought_up: dict[str, list[Rule]] = {}
        belongs = rf"\b(?:{self._whole(check.before_a_number)})\s+$"
        self._belongs = compiled(belongs, "before-a-number", re.IGNORECASE)
        self._open = self._classes.pattern(self._whole(check.open_ended), "open-ended")
        self._range = compiled(check.range, "range")
        self._joins = compiled(check.joins, "joins")
        self._part_of = compiled(check.parts_of, "parts-of")
        self._between_times = check.between_times
        # Each claim of a sentence asks for all of it.
        self._remembered = lru_cache(maxsize=_SENTENCES)(self._read)

    def findings(self, text: str, span: Span) -> tuple[Finding, ...]:
        """Return the numbers and comparisons in one sentence of ``text``, in order, exempt ones
        among them.
        """
        return self._remembered(text, span)

    def _read(self, text: str, span: Span) -> tuple[Finding, ...]:
        words, findings, done = Tagged(text, *span, self._classes), list[Finding](), span[0]
        for index, (at, _) in enumerate(words.spans):
            finding = self._at(words, index) if at >= done else None
            if finding:
                between = text[done:at]
                after = at - len(between.lstrip())
                findings.append(replace(finding, start=after) if finding.start < done else finding)
                done = max(done, finding.end)
        return tuple(findings)

    def compile(self) -> None:
        """Compile all patterns. Raises ValueError for a pattern that is no regular expression."""
        for _, rules in self._tables:
            for rule in rules:
                _ = rule.before, rule.here, rule.first

    def is_quantity(self, word: str) -> bool:
        """Return True if a word, in small letters, names something that changes by a number."""
        return self._classes.has(word, "quantity")

    def belong_together(self, finding: Finding, other: Finding, text: str) -> bool:
        """Return True if two adjacent findings are one: `rose` `by 12 percent`, `unchanged` at `3
        percent`, `84` of `130`, `40` to `50 percent`, `two hours` and `ten minutes`.
        """
        between = text[finding.end : other.start]
        if not between.strip(" -\u00a0"):
            return True
        if other.kind == "number" and finding.kind != "number" and self._joins.fullmatch(between):
            return True
        if finding.kind == "number" and self._part_of.fullmatch(between):
            return True
        if between.strip() == self._between_times and self._is_time(
            text[finding.start : finding.end]
        ):
            return self._is_time(text[other.start : other.end])
        is_range = finding.is_open and other.kind == "number"
        return is_range and self._range.fullmatch(between) is not None

    def _at(self, words: Tagged, index: int) -> Finding | None:
        """Return the finding of the rules at a word of the sentence."""
        word, start = words.words[index], words.spans[index][0]
        if word.endswith(_IS_FIGURE):
            word = _A_FIGURE
            for reason, form in self._formats:
                match = form.match(words.text, start)
                if match:
                    return Finding(start, match.end(), "number", reason)
        for rule in self._rules(word):
            match = rule.at(words.line, words.at[index])
            if match:
                return self._found(rule.finds, words, start, words.last(match.end()))
        return None

    def _rules(self, word: str) -> list[Rule]:
        """Return the rules that a word triggers, in order."""
        triggered = self._brought_up.get(word)
        if triggered is None:
            triggered = [
                rule
                for at, rules in self._tables
                if at(word)
                for rule in rules
                if word == _A_FIGURE or rule.first(word)
            ]
            self._brought_up[word] = triggered
        return triggered

    def _found(self, finds: str, words: Tagged, start: int, last: int) -> Finding | None:
        end = words.spans[last][1]
        if finds == "nothing":
            return None
        if finds not in _KINDS:
            return Finding(start, end, "number", finds)
        begin, first = start, words.spans[0][0]
        while finds == "number":
            match = self._belongs.search(words.text, max(first, begin - _LEFT), begin)
            if match is None:
                break
            begin = match.start()
        is_open = _FIGURE.search(words.text, start, end) or self._open.fullmatch(words.words[last])
        return Finding(begin, end, _KINDS[finds], is_open=is_open is not None)

    def _is_time(self, text: str) -> bool:
        """Return True if a text ends in a unit of time."""
        return self._classes.has(text.rpartition(" ")[2], "time")

    def _rule(self, line: str, name: str) -> Rule:
        finds, where = _divided(line)
        before, at, here = self._whole(where).partition("@")
        if finds not in _FINDS or not at:
            raise ValueError(f"`{name}`: this is no rule, what it finds, then where with @: {line}")
        compiled = partial(self._classes.pattern, name=f"{name}: {line}")
        return Rule(finds, before, here, compiled)

    def _whole(self, text: str) -> str:
        """Return a pattern of the file on one line, with the parts of rules in place of their
        names.
        """
        text = _one_line(text)
        for _ in range(_DEPTH):
            text = self._part.sub(lambda name: self._parts[name[0]], text)
        return text


@cache
def rules_of(words: Lexicon) -> Rules:
    """Return the rules of a language; those of a publication's own file are compiled at once, so
    that a mistake is seen. Raises :class:`ConfigError`.
    """
    try:
        rules = Rules(words.check)
        if words.file.startswith(FOLDER):
            rules.compile()
        return rules
    except ValueError as error:
        raise ConfigError(
            words.file,
            f"the rules of `[check]` cannot be used: {error}",
            EXAMPLE,
        ) from error


def _word_test(text: str, compiled: Callable[[str], re.Pattern[str]]) -> Callable[[str], object]:
    """Return a test of words by a pattern of one word; words that are written out are looked up."""
    words = text.removeprefix("(?:").removesuffix(")").split("|")
    plain = frozenset(filter(str.islower, filter(str.isalpha, words)))
    if "(" in "".join(words) or not plain:
        return compiled(text).fullmatch
    others = [word for word in words if word not in plain]
    fits = compiled("|".join(others)).fullmatch if others else None
    return lambda word: word.partition("/")[0] in plain or (fits is not None and fits(word))


def _first_word(here: str) -> str:
    """Return the part of a pattern that its first word must fit: up to a space, to a group that
    begins with one, or to a look-ahead. Of a choice of several words, the first of each. Any word,
    if that cannot be told.
    """
    firsts = list(dict.fromkeys(_first_words(here)))
    return firsts[0] if len(firsts) == 1 else ".*" if ".*" in firsts else f"(?:{'|'.join(firsts)})"


def _first_words(here: str) -> Iterator[str]:
    at = 0
    while here.startswith(("(?=", "(?!"), at):
        at = end_of_group(here, at)
    start = at
    while at < len(here) and here[at] != " " and not here.startswith(("(?: ", "(?=", "(?!"), at):
        if here[at] != "(":
            at = here.index("]", at) + 1 if here[at] == "[" else at + 1 + (here[at] == "\\")
            continue
        end = end_of_group(here, at)
        if " " in here[at:end]:
            is_choice = (
                at == start and here.startswith("(?:", at) and here[end : end + 1] not in "?*{"
            )
            if not is_choice:
                yield ".*"
                return
            for choice in alternatives_in(here[at + 3 : end - 1]):
                yield from _first_words(choice + here[end:])
            return
        at = end
    yield here[start:at] or ".*"


def end_of_group(text: str, start: int) -> int:
    """Return the position after the group that begins at ``start``."""
    depth, at = 0, start
    while True:
        if text[at] == "[":
            at = text.index("]", at)
        elif text[at] == "\\":
            at += 1
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
        if depth == 0:
            return at


def alternatives_in(text: str) -> Iterator[str]:
    """Yield the alternatives of a group, of which ``text`` is the inside."""
    start = at = 0
    while at < len(text):
        if text[at] == "(":
            at = end_of_group(text, at)
        elif text[at] == "[":
            at = text.index("]", at) + 1
        elif text[at] == "|":
            yield text[start:at]
            at = start = at + 1
        else:
            at += 1 + (text[at] == "\\")
    yield text[start:]


def _one_line(text: str) -> str:
    return text.replace("\n", "")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _divided(line: str) -> tuple[str, str]:
    """Return the first word of a line, and the rest."""
    first, _, rest = line.partition(" ")
    return first, rest.strip()
