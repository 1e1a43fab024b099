"""The words of a language, from its file `words/LANG.toml`: numbers, comparisons, abbreviations.

A file has the words of a language for reading prose and for writing facts:

    [sentences]     abbreviations that end no sentence, and words that begin one
    [check]         numbers and comparisons in prose: classes of words, and rules over them
    [meanings]      meanings of words that rest on claims: "doubled", "the second-highest since 2010"
    [stale]         words whose meaning depends on the day, such as "this year"
    [facts]         number words, fractions, ranks, rounding words, scales and units

docs/languages.md describes each key. Prose is read by English where a language has no section for
it; facts are then written in figures alone.

A publication's own file, `theme/words/LANG.toml`, adds a language or changes one that ships here:
words, rules and entries of lists are added before ours, anything else takes the place of ours; with
`replaces = true` it stands alone.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from broadsheet.errors import ConfigError, Place
from broadsheet.storage.files import read_text
from plotly_alive.text.json_decoding import decoder

EXAMPLE = "`words/en.toml` in the installed package `broadsheet` shows how each part is written."
"""The end of a message about such a file."""
FOLDER = "theme/words"
"""The folder of a publication's own files, from its root."""

_SHIPPED = Path(__file__).parents[1] / "words"
_READING = ("sentences", "check", "stale")
_ADDED = frozenset(
    {
        *("goes-on", "goes-on-with-a-figure", "ends-before-an-opener", "openers"),
        *(
            "words",
            "except",
            "rules",
            "formats",
            "ratios",
            "than",
            "denials",
            "shared",
            "alike",
            "measures",
            "likenesses",
        ),
    }
)
"""The keys whose texts are lists. A publication's own text is added before ours."""
_LINE = re.compile(r"line (\d+)")
_Letters = dict[str, "_Letters"]
"""Words by their letters, as a tree."""


class Words(frozenset[str]):
    """A set of words; in a file a text."""


class WordList(tuple[str, ...]):
    """Words in their order; in a file a text."""

    __slots__ = ()


class _Section(msgspec.Struct, eq=False, forbid_unknown_fields=True, rename="kebab"):
    """A table of the file. Its keys have hyphens in the file."""


class SentenceWords(_Section):
    """The words by which sentences are told apart (:mod:`broadsheet.verify.sentences`)."""

    goes_on: Words = Words()
    """Abbreviations after which a sentence goes on: "Mr", "Dr"."""
    goes_on_with_a_figure: Words = Words()
    """Abbreviations after which a sentence goes on if a figure follows: "no"."""
    ends_before_an_opener: Words = Words()
    """Abbreviations after which a sentence ends if an opener follows: "u.s"."""
    openers: Words = Words()
    """Words that usually begin a sentence."""
    stops_make_ranks: bool = False
    """True if "3." can be an ordinal, as in German."""


class WordClass(_Section):
    """A class of words."""

    words: Words = Words()
    """The words; `{name}` stands for another class."""
    pattern: str = ""
    """A regular expression for words that cannot be listed."""
    except_: Words = msgspec.field(default=Words(), name="except")
    """Words that are not of the class."""


class RuleTable(_Section):
    """Rules for words that fit a pattern."""

    at: str
    """The pattern of the words at which they are tried."""
    rules: str
    """The rules, one a line."""


class CheckWords(_Section):
    """The words by which the number check finds numbers and comparisons
    (:mod:`broadsheet.verify.numbers.number_rules`).
    """

    classes: dict[str, WordClass]
    """Classes of words, by their names."""
    rules: dict[str, RuleTable]
    """Tables of rules, by their names."""
    parts: dict[str, str] = {}
    """Pieces of rules, by their names in capitals."""
    formats: str = ""
    """The reason and the pattern of figures that are exempt because of their form, one a line."""
    before_a_number: str = "(?!)"
    """A pattern of words that belong to the number after them: "about", "more than"."""
    open_ended: str = "(?!)"
    """A pattern of words after which a range can continue, as it can after figures."""
    range: str = "(?!)"
    """A pattern of the words between the ends of a range: "40 to 50"."""
    joins: str = "(?!)"
    """A pattern of the words between a comparison and its number: "unchanged at 3 percent"."""
    parts_of: str = "(?!)"
    """A pattern of the words between a part and its whole: "84 of the 130"."""
    between_times: str = ""
    """The word between two times: "two hours and ten minutes"."""


class MeaningWords(_Section):
    """The meanings of words that rest on claims (:mod:`broadsheet.verify.wording.meaning_rules`)."""

    rules: str = ""
    """The rules, one a line, over classes of words."""
    classes: dict[str, WordClass] = {}
    """Classes of words, by their names."""
    fractions: dict[str, Fraction] = {}
    """The fractions that `{fraction}` stands for."""
    ranks: WordList = WordList()
    """The ranks that a rule may have, in their order."""
    months: WordList = WordList()
    """The months that `{when}` may have, in their order."""
    than: Words = Words()
    """Words before the other side of a comparison: "more than"."""
    compared: Words = Words()
    """Words before the other side that stand apart from the comparison: "compared with"."""
    degree: Words = Words()
    """Words before a degree: "as much"."""
    at_times: Words = Words()
    """Words before the time of a value: "in 2021"."""
    of_times: Words = Words()
    """Words that bind a time to the noun before it."""
    from_times: Words = Words()
    """Words before the time from which a change counts: "than in 2019"."""
    bound_times: Words = Words()
    """Words before a time at which something else begins or ends: "before 2019"."""
    articles: Words = Words()
    """Articles, which may stand before a time."""
    bare_times: bool = False
    """True if a year needs no word before it."""
    joins: Words = Words()
    """Words before the last item of a list."""
    capital_nouns: bool = False
    """True if nouns begin with a capital."""
    partly: Words = Words()
    """Words in a list that names only some items."""
    participles: re.Pattern[str] = re.compile(r"(?!)")
    """A pattern of words after which a time is of something else: "founded in 1998"."""
    denials: Words = Words()
    """Words that deny the words after them."""
    denials_after: Words = Words()
    """Words that deny the words before them, at the end of a clause."""
    shared: Words = Words()
    """Words that say that others have the same place: "joint"."""
    decimal: str = "."
    """The decimal mark."""
    rank_figures: str = "(?!)"
    """A pattern of a rank in figures."""
    percent: str = "%"
    """A pattern of the sign of percent."""
    contrasts: Words = Words()
    """Words that join clauses about different things: "while"."""
    pronouns: Words = Words()
    """Words for what was named before."""
    alike: str = ""
    """Words with the same meaning, a group a line."""
    earlier: Words = Words()
    """Words in the names of columns that have the earlier values: "before"."""
    later: Words = Words()
    """Words in the names of columns that have the later values: "now"."""
    units: dict[str, Words] = {}
    """Families of words of units: "tonne tonnes ton"."""
    instead: dict[str, str] = {}
    """Words that a message proposes in place of others."""
    manners: dict[str, str] = {}
    """Patterns of words that say more of a change than its direction, by their kinds: "slightly"."""
    qualities: dict[str, Words] = {}
    """Patterns of words that compare one measure, "richer", each with words that name that."""
    measures: str = ""
    """Words for a measure, those of a line for the same; behind a colon other names of it: "fares: ticket"."""
    circumstances: Words = Words()
    """Words before a measure that is none of which something is said: "despite" high prices."""
    kinds: str = "(?!)"
    """A pattern of words for a part of a measure: "industrial" electricity."""
    likenesses: str = ""
    """Patterns of words that say the same of others, one a line: "as did {other}"; those with `{name}`
    only if others are named.
    """
    possible: str = "(?!)"
    """A pattern of the words before what may be: "may", "is expected to"."""
    possible_behind: str = "(?!)"
    """A pattern of such words behind it."""
    scopes: str = "(?!)"
    """A pattern of words for the whole world, among which something ranks: "on earth"."""
    rivals: str = "(?!)"
    """A pattern of words that rank something among others of its kind, and not among times."""
    all_time: str = "(?!)"
    """A pattern of words for all times, among which something ranks: "ever"."""
    scope_leads: Words = Words()
    """Words before a place as a scope: "across Europe"."""
    world: Words = Words()
    """Words in the names of tables that are of the whole world."""
    each: Words = Words()
    """Words before the unit of a rate: "a tonne", "per tonne"."""
    in_places: Words = Words()
    """Words before a place: "in Norway"."""
    quarters: Words = Words()
    """Words for the quarters of a year."""
    points: str = "(?!)"
    """A pattern of percentage points."""
    hedges: str = "(?!)"
    """A pattern of words behind a size that say that it is rounded: "or so"."""
    exceptions: str = "(?!)"
    """A pattern of words that except something: "but for"."""
    never: str = "(?!)"
    """A pattern of words that deny the clause that they begin: "not once"."""
    wholes: Words = Words()
    """Words that a denial before them denies alone: "not all"."""
    in_times: Words = Words()
    """Words before the time at which something happened: "in 2021"."""
    spans: str = ""
    """Patterns of the words of a span of time, one a line, with `{begin}` and `{end}` for its ends."""
    time_adverbs: str = "(?!)"
    """A pattern of the words before these: "already in 2021"."""
    counted: Words = Words()
    """Nouns in singular and plural: "man/men"."""
    after_a_noun: Words = Words()
    """Words that may stand behind a noun that no other noun follows."""


class StaleWords(_Section):
    """Words whose meaning depends on the day, and words that describe a name or a year beside them
    (:mod:`broadsheet.verify.chosen_values`).
    """

    day: str = "(?!)"
    """A pattern of words about the day."""
    week: str = "(?!)"
    """A pattern of words about the week."""
    month: str = "(?!)"
    """A pattern of words about the month."""
    year: str = "(?!)"
    """A pattern of words about the year."""
    before_a_year: str = "(?!)"
    """A pattern of words before a year that describe it."""
    after_a_name: str = "(?!)"
    """A pattern of words after a name that describe it."""
    before_a_name: str = "(?!)"
    """A pattern of words before a name that describe it."""


class FactWords(_Section):
    """The words of facts, in small letters (:mod:`broadsheet.notebook.values.spelled_numbers`)."""

    counts: WordList = WordList()
    """The number words from zero on."""
    ones: WordList = WordList()
    """The forms of "one" where it is declined."""
    multiples: list[tuple[str, str]] = []
    """Pairs: "twice", and the text into which a count is put."""
    ranks: list[WordList] = []
    """Sets of ranks, each in one form."""
    ordinals: dict[str, str] = {}
    """The texts into which the figures of a rank are put, by the plural forms of the CLDR."""
    fractions: list[dict[str, Fraction]] = []
    """Sets of fractions, each in one form."""
    rounding: dict[str, list[str]] = {}
    """Rounding words, by their meanings."""
    scales: dict[str, int] = {}
    """The exponents of words for powers of ten: `bn = 9`."""
    percent: re.Pattern[str] = re.compile(r"(?!)")
    """A pattern of units of a hundred."""
    ratios: Words = Words()
    """Words for units of one."""
    formats: dict[str, list[str]] = {}
    """The examples of formats for values of different sizes, by the names of functions such as
    `usd`.
    """
    changes: dict[str, str] = {}
    """The texts into which `change` and `moved` put a size, for values that rose, fell or held."""


class Lexicon(_Section):
    """The words of a language."""

    sentences: SentenceWords
    """The words of sentences."""
    check: CheckWords
    """The words of the number check."""
    stale: StaleWords
    """The words that depend on the day."""
    file: str
    """The file that messages name."""
    has_rules: bool
    """True if prose is read by rules of the language, and not by those of English."""
    language: str
    """The language, without a country."""
    facts: FactWords = msgspec.field(default_factory=FactWords)
    """The words of facts."""
    meanings: MeaningWords = msgspec.field(default_factory=MeaningWords)
    """The meanings of words."""
    replaces: bool = False
    """True if a publication's own file stands alone."""


def lexicon(tag: str, folder: Path | None = None) -> Lexicon:
    """Return the words of the language of ``tag`` (`de`, `de-AT`). ``folder`` has the publication's
    own files. Raises :class:`ConfigError` for a file that cannot be used.
    """
    language = tag.replace("_", "-").partition("-")[0].lower()
    if not re.fullmatch(r"[a-z]{2,8}", language):
        language = "en"
    return _lexicon(language, "" if folder is None else _own_text(folder, language))


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression for any of some words; of two of which one begins the other, the
    longer counts. Words that begin alike are looked for together, which takes less than half the time
    of one after the other.
    """
    tree: _Letters = {}
    for word in sorted(words):
        letters = tree
        for letter in word:
            letters = letters.setdefault(letter, {})
        letters[""] = {}  # a word ends here
    return "|".join(_choices(tree)) or "(?!)"


def _choices(letters: _Letters) -> list[str]:
    """Return what may come next, the end last."""
    return [
        re.escape(letter) + _next(after) if letter else ""
        for letter, after in sorted(letters.items(), reverse=True)
    ]


def _next(letters: _Letters) -> str:
    choices = [choice for choice in _choices(letters) if choice]
    if not choices:
        return ""
    may_end = "" in letters
    joined = choices[0] if len(choices) == 1 and not may_end else f"(?:{'|'.join(choices)})"
    return f"{joined}?" if may_end else joined


def own_files(root: Path) -> list[str]:
    """Return the publication's own files, from its root."""
    return sorted(f"{FOLDER}/{path.name}" for path in (root / FOLDER).glob("*.toml"))


def _own_text(folder: Path, language: str) -> str:
    """Return the publication's file; "" if it does not exist. A run notes the attempt to open it,
    so that facts are written anew when it exists.
    """
    path = folder / f"{language}.toml"
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    except OSError:
        if not os.path.lexists(path):
            return ""
    return read_text(path, f"{FOLDER}/{language}.toml")


@cache
def _lexicon(language: str, changes: str) -> Lexicon:
    data = dict(_shipped(language))
    name = f"words/{language}.toml"
    if changes:
        name = f"{FOLDER}/{language}.toml"
        additions = _parsed(changes, name)
        data = additions if additions.get("replaces") is True else _merged(data, additions)
    english = _shipped("en")
    reading = {section: english[section] for section in _READING}
    header = {"file": name, "has-rules": "check" in data, "language": language}
    decoder(Lexicon, _converted)
    try:
        return msgspec.convert(reading | data | header, Lexicon, dec_hook=_converted)
    except msgspec.ValidationError as error:
        raise ConfigError(name, f"these words cannot be used: {error}", EXAMPLE) from error


@cache
def _shipped(language: str) -> Mapping[str, Any]:
    path = _SHIPPED / f"{language}.toml"
    return _parsed(path.read_text(encoding="utf-8"), path.name) if path.is_file() else {}


def _parsed(text: str, name: str) -> dict[str, Any]:
    """Return the data of a file. A class that is a text is one of words."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = _LINE.search(str(error))
        place = Place(name, line=int(line[1]) if line else None)
        raise ConfigError(place, f"this is not TOML: {error}", EXAMPLE) from error
    for section in (data.get("check"), data.get("meanings")):
        classes = section.get("classes") if isinstance(section, dict) else None
        if isinstance(classes, dict):
            for key, words in classes.items():
                classes[key] = {"words": words} if isinstance(words, str) else words
    return data


def _merged(ours: Mapping[str, Any], additions: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**ours, **additions}
    for key in ours.keys() & additions.keys():
        shipped, value = ours[key], additions[key]
        if isinstance(value, dict) and isinstance(shipped, dict):
            merged[key] = _merged(shipped, value)
        elif isinstance(value, list) and isinstance(shipped, list):
            merged[key] = value + shipped
        elif key in _ADDED and isinstance(value, str) and isinstance(shipped, str):
            merged[key] = f"{value}\n{shipped}"
    return merged


def _converted(kind: type, value: Any) -> Any:
    """Return a text of the file as a value of its field's type. Raises ValueError, for which
    msgspec names the key.
    """
    if not isinstance(value, str):
        raise ValueError(f"expected a text, not {value!r}")
    if kind in (Words, WordList):
        return kind(value.split())
    try:
        return Fraction(value) if kind is Fraction else re.compile(value.replace("\n", ""))
    except (re.error, ZeroDivisionError) as error:
        raise ValueError(f"{value!r}: {error}") from error
