"""The rules that find numbers and comparisons in a sentence, and tell those that need no account.

A rule is a line of a table: what it finds, then where. `@` stands before the word that brings the
rule up; what is on its left must stand before it, what is on its right from there on, and is the
spot. `{unit}` is any word of a set of the lexicon; the rest is a regular expression over words
(:func:`broadsheet.verify.words.pattern`). For a word, the first rule that fits decides; what it
finds is

- `number`, `comparison`, `superlative`: a spot;
- `date`, `time`, `name`, `idiom`, `reference`: a number or comparison that is exempt, and why;
- `nothing`: the word means something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from broadsheet.verify.finding import Kind, Spot
from broadsheet.verify.lexicon import CARDINALS, ORDINALS, TRIGGERS
from broadsheet.verify.words import SIGNS, Words, pattern

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)|April|Apr\.?|May|June?|July?|Aug(?:ust|\.)?|"
    r"Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)\b"
)
_PARTS = {
    # "two hundred and six", "forty-two", "seven eighths"
    "COUNT": r"{cardinal}(?: - {cardinal})?"
    r"(?: (?:and )?(?:{scale}|{cardinal})| - (?:{scale}|{fraction})| (?:thirds|fifths|tenths))*",
    "MEASURE": r"(?: {scale})*(?: - (?:{unit}|old)| {unit}| per cent)*(?: and (?:a half|a quarter|three quarters))?",
    "MORE": r"(?: (?:more|less|fewer|{comparative})(?: likely)?(?: than)?(?![^ ]))?",
    "NUMBER": r"(?:{digits}|{cardinal}|{scale}|{plural}|{multiple}|half|an? (?:{scale}|{fraction}|{unit}))",
    "GRADED": r"(?:more|less|fewer|{comparative})",
    "END": r"(?=$|[^ \w]| [^ \w])",
    "UNQUALIFIED": r"(?= (?:still|now|again|in|at|this|today|on|for|since|if)| [^\w ]|$)",
    "ROUNDLY": r"(?: (?:more than|less than|fewer than|at least|at most|as much as|as many as|up to|{nearly}))?",
    "OWNED": r"(?:the|{possessive}|[^ ]+['’]s/\w*)",
    "TASK": r"to (?!{capital}|the|an?|{possessive}){word}",
    "KNOWN": r"(?: (?!that/|was/|is/|began/|came/|of/){word}){1,3}",
    "NTH": r"\d+[snrt][tdh]/\w*",
    "CLAUSE": r"(?: (?!who/|when/|while/|after/|and/|but/)[^ ,;:.—\"”/]+/\w*){0,6}",
}

_TABLES = {
    "digits": r"""
        reference   § @{digits}
        date        [’'‘]/ @{digits}
        date        (?:ad|fy) @{digits}
        number      magnitude - @{digits}
        name        {word} - @{digits}
        name        (?:no|nos|fig|p|pp|art|sec|vol) \. @{digits}
        name        (?=[^ /]+/[^ ]*[JK])(?:year|type|category|group) @{digits}
        reference   {label} @[\d.]+/\w*(?! (?:{unit}|{people}|{scale})/)
        reference   {label} {digits} (?:and|to|or|,|-) @{digits}
        date        {month} @\d{1,4}/\w*(?! (?:{unit}|{people}|{scale}))
        date        {month} {digits} , @{digits}
        date        (?:{definite}|{possessive}) {next} @{digits} {time}
        date        @{digits} {time} {ago}(?! than)
        date        @[12]\d\d0s/\w*
        name        @NTH {capital}
        date        @NTH (?:century|centuries|minute|quarter)
        date        on the @NTH
        date        (?:the|on) @NTHEND
        date        the @NTH of (?:each|every|the)
        number      (?:than|about|some|nearly|over|almost|around) @{digits}MEASUREMORE
        date        @(?:1[89]|20)\d\d/\w*(?! (?:{unit}|{people}|{scale}|per)| - {unit})
        date        {when} @1\d\d\d/\w*(?! (?:{unit}|{people}|{scale}|per)| - {unit})
        name        (?!{untitled} )(?:{capital}|{initial}) @\d{1,4}/\w*(?! (?:{unit}|{people}|{scale}|per)| - )
        number      @{digits}MEASUREMORE
    """,
    "one": r"""
        time        @one (?:o'clock|o’clock)
        time        (?:half|quarter) (?:past|to) @one
        date        @one {time} {ago}(?! than)
        number      @one - (?:{fraction}|{scale})MEASUREMORE
        number      @one (?:{scale}|{fraction})(?: (?:and )?{cardinal}| {scale})*MEASUREMORE
        idiom       @one or two
        idiom       @one (?:another|day|by one)
        nothing     (?:{possessive}|the|no|any|some|every|each|this|that|another|other) @one
        number      @one (?:{unit}|{counted})(?! who| that)MORE
        number      @one(?: {word})? (?:in|out of|in every|or|to|-) (?:{digits}|{cardinal})
        number      @one(?= {word} (?:for|of) (?:{digits}|{cardinal}))
        number      @one(?= {word} and {cardinal})
        number      (?:just|exactly|barely|least|but|than|majority of) @one(?! of)
        nothing     the only @one
        number      only @one(?! of)
        number      (?:has|have|had|with) @one(?! of| another| more)(?= {word})
    """,
    "cardinal": r"""
        time        @{cardinal} (?:o'clock|o’clock)
        time        (?:half|quarter) (?:past|to) @{cardinal}
        idiom       @zero (?:- )?(?:tolerance|hour|sum)
        idiom       (?:ground|net|absolute) @zero
        idiom       @nine to five
        reference   (?:chapter|phase|page|part|act|day|week|round|game|stage|lap|platform) @{cardinal}END
        date        @COUNT {time} on ,
        date        @COUNT {time} {ago}(?! than)
        date        (?:{definite}|{possessive}) {next} @COUNT {time}
        reference   {definite}(?: {next})? @{small}(?! (?:{scale}|-)| (?!{time}){unit})
        reference   @{small} (?:lines|bars|dots|curves|panels)
        reference   {possessive} @two(?! (?:{scale}|-)| (?!{time}){unit})
        idiom       @{small} - (?!{unit}|{fraction}|{counted}|{cardinal}|{scale}|old|time)[^ ]+
        number      @COUNTMEASUREMORE
    """,
    "scale": r"""
        number      (?:an?|an? half|several|few|many|the|half an?) @{scale}(?: and {cardinal}| {scale})*MEASUREMORE
    """,
    "plural": r"""
        nothing     @(?:scores|tens)(?! of)
        number      @{plural}(?: of {plural})*
    """,
    "half": r"""
        number      {time} and a @half
        date        (?:{ordinal}|first|latter|other|better|top|bottom)(?: -)? @half
        time        @half past {word}
        idiom       @half (?:- )?(?:time|hearted|brother|sister|finished|baked|life|light|mast|moon|term|way|open)
        date        @half an? {time} {ago}(?! than)
        nothing     @half - (?!{unit}|{scale})
        number      @half(?: an?(?= (?:{scale}|{unit})))?MEASUREMORE
    """,
    "multiple": r"""
        idiom       @(?:double|triple|treble) (?:- )?{doubled}
        idiom       (?:think|thought) @twice
        number      @{multiple}MEASURE
    """,
    "fraction": r"""
        nothing     @quarters
        date        (?:{ordinal}|first|the|this|last|next|each|every|per|previous)(?: -)? @quarter
        time        @quarter (?:past|to) {word}
        number      (?:an?|one)(?: -)? @{fraction}(?= [^\w ]|$| (?:{beyond}|{comparative}))MORE
        number      {nearly} an? @{fraction}MORE
        nothing     @quarter
        number      @(?:thirds|fifths|sixths|sevenths|eighths|ninths|tenths|hundredths|thousandths)
    """,
    "ordinal": r"""
        nothing     (?:per|split) @second
        nothing     (?:an?|each) @secondEND
        idiom       ^@{ordinal} ,
        idiom       in the @{ordinal} place
        idiom       every @{ordinal}
        idiom       @second - (?:hand|guess|rate)
        date        @{ordinal} - (?:quarter|century|half|year)
        date        @{ordinal} (?:of )?{month}
        date        @{ordinal} (?:week|month|{weekday}) of
        number      for (?:an?|the|{possessive}) @{ordinal} {time}
        number      @{ordinal} {time} (?:running|in a row)
        date        @{ordinal} (?:century|centuries|quarter|half|day|morning|evening|afternoon|night|minute|anniversary)
        name        @{ordinal} (?:- )?{unnumbered}
        number      @{ordinal}(?= (?:most|{superlative}|time|straight|consecutive|successive|term|title))
        idiom       (?:an?|another) @{ordinal}(?= {word})
        number      @{ordinal}
    """,
    "a": r"""
        date        @an? {unit} {ago}(?! than)
        number      (?:than|about|around|nearly|almost|roughly|over|under|least|barely) @an? (?!{scale}){unit}MORE
    """,
    "graded": r"""
        idiom       @more (?:or less|and more|often than not|to it than|to come|of the same)
        idiom       @more than (?:once|a little|happy|welcome|enough|likely)
        idiom       no @more than an?(?! {unit}| {scale}| {fraction})
        idiom       (?:once|no|any|one|some|the|is) @more(?! than| {word} than)
        idiom       (?:or|and|much|no|the) @less(?! than| {word} than| on)
        idiom       (?:no|any) @longer(?! than)
        idiom       @sooner or later
        idiom       no @sooner
        comparison  @GRADED than(?= (?:an?|{digits}|{cardinal}) {time} {ago})
        nothing     @GRADED than(?= NUMBER(?: |$))
        comparison  @GRADED than {always}
        comparison  @GRADED(?: [^ ,;:.—/]+/\w*){0,6}? than(?: ever)?
        comparison  @fewer
        comparison  {degree} @GRADED(?! so)
        comparison  {spent} @(?:more|less)
        comparison  (?:more|less|fewer)CLAUSE and @(?:more|less)
        comparison  (?:ended|closed|finished|opened|ends|closes|traded) @(?:higher|lower)
        comparison  an? @{comparative}(?= {quantity})
        nothing     @{vague}
        comparison  {being}(?: (?:still|now|even|again|not|also))? @{comparative}UNQUALIFIED
    """,
    "er": r"""
        idiom       @(?:rather|other) than
        nothing     @{er} than(?= NUMBER(?: |$))
        comparison  @{er} than
    """,
    "most": r"""
        nothing     at @most(?= NUMBER(?: |$))
        idiom       at @most
        idiom       make the @most of
        idiom       the @most (?:he|she|they|we|you|it|that|one|anyone)
        idiom       for the @most part
        idiom       @most (?:likely|recently|recent|notably|of all|probably|certainly|often)
        superlative @most of
        superlative (?:the|{ordinal}|{possessive}) @most {word}(?: - {word})?
        superlative @most
    """,
    "superlative": r"""
        nothing     at @least(?= NUMBER(?: |$))
        idiom       at @(?:best|worst|least)
        idiom       @best (?:man|men|practice|wishes|friend|known|of all|before|interests|regards|efforts)
        idiom       (?:did|do|does|doing|tried) {possessive} @best
        idiom       (?:not|but not|in the|say the|all the) @(?:least|best)
        idiom       @(?:newest|oldest|highest|lowest) first
        idiom       @(?:least|worst) of all
        superlative @{superlative}(?: - {word})*
    """,
    "est": r"""
        superlative (?:{possessive}|{ordinal}|the|[^ ]+['’]s/\w*) @{est}
        superlative @[^ ]+iest/\w*
    """,
    "record": r"""
        nothing     (?:criminal|track|medical|police|safety|service|public|rights|voting|on|off) @record
        nothing     for the @record
        nothing     @record (?:label|labels|company|companies|deal|store|shop|player|players|keeping|producer|shows)
        nothing     (?:keeps?|kept|keeping|has|had|have|with) an? @record (?:of (?!NUMBER)|for|on|as)
        superlative @record - (?:breaking|high|low|setting)
        superlative @record (?:high|low|highs|lows)
        superlative (?:an?|new|world|previous|national|olympic|old|that|this|as|at) @record
        superlative @record(?= (?:number|levels?|year|sum|harvest|{quantity}|NUMBER))
        superlative (?:beat|broke|set|break|broken|breaking|equalled) (?:the|{possessive}) @record(?! on)
        superlative (?:of|below|above|for|since) (?:the|{possessive}) @record(?! on)
        superlative (?:broke|breaking|broken|all|set) @records
        superlative ^@record
    """,
    "first": r"""
        superlative {placed} @first
        superlative @first - ever
        superlative (?:for|is|was) the @first time
        superlative (?:the|{possessive}) @first (?:since|ever|TASK)
        superlative (?:the|{possessive}) @first of (?:its|their) kind
        superlative OWNED @first(?=KNOWN (?:since|TASK))
        superlative OWNED @first(?=KNOWN in (?:the )?(?:world|space|history|europe|asia|africa|america|country|region))
        superlative OWNED @first(?=KNOWN (?:in|for) (?:{digits}|{cardinal}|more|almost|nearly|over) (?:{time}|than))
    """,
    "last": r"""
        superlative (?:{placed}|dead) @last
        superlative the @last (?:TASK|of (?:its|their) kind)
        superlative OWNED @last(?=KNOWN TASK)
    """,
    "rank": r"""
        superlative @majority of
        superlative (?:no|without) @precedent
        superlative @all - time
        superlative @{unequalled}
    """,
    "change": r"""
        comparison  {quantity}CLAUSE (?:gone|went|goes|going|go|come|comes|came) @(?:up|down)
        nothing     @(?:up|down)
        nothing     @doubled (?:over|back|up)
        comparison  @{always}
        nothing     @(?:{change}) (?:ill|short|asleep|apart|silent)
        nothing     @(?:grew|grown|grows|growing|grow) up
        comparison  @{change} (?:more|less) [^ ]+ly/\w*
        comparison  @{change} {manner}
        comparison  @{change}(?= for (?:an?|the) {ordinal})
        comparison  @{change}(?: (?:by|to|from|above|below|at|about|some|another))?(?=ROUNDLY NUMBER(?: |$))
        comparison  @{change}(?= to (?:an?|its|their|the) (?:record|{superlative}))
        comparison  (?:an?|the|its|sharp|steep|slight|further) @{noun}(?= (?:in|of) (?:{word} )?(?:{quantity}|NUMBER))
        comparison  @(?!{being})[^ ]+ing/\w*(?= {quantity})
        nothing     @(?:lost|loses|gained|gains|gain|loss)
        nothing     (?:an?|the|its|{possessive}|to|this|of|in) @{noun}
        comparison  {quantity}CLAUSE @{change}
        comparison  {quantity}CLAUSE (?:lost|gained|losing|gaining) @ground
    """,
}
"""The rules, by what brings them up."""

_BROUGHT_UP = {
    "digits": "{digits}",
    "one": "one",
    "cardinal": "{cardinal}",
    "scale": "{scale}",
    "plural": "{plural}",
    "half": "half",
    "multiple": "{multiple}",
    "fraction": "{fraction}",
    "ordinal": "{ordinal}",
    "a": "an?",
    "graded": "(?:more|less|fewer|{comparative})",
    "er": "{er}",
    "most": "most",
    "superlative": "{superlative}",
    "est": "{est}",
    "record": "records?",
    "first": "first",
    "last": "last",
    "rank": "(?:majority|precedent|all|{unequalled})",
    "change": "(?:{change}|{always}|{noun}|ground|up|down)",
}
"""The words that bring up each table."""

_FORMATS = tuple(
    (re.compile(form), reason)
    for form, reason in (
        (
            rf"\d{{1,2}}(?:st|nd|rd|th)?(?:(?:\s?[-–]\s?|\s(?:to|and|or)\s)\d{{1,2}}(?:st|nd|rd|th)?)?(?:\sof)?\s{_MONTH}"
            r"(?:,?\s\d{4}\b)?",
            "date",
        ),
        (r"\d{4}-\d\d-\d\d\b|\d{1,2}/\d{1,2}/\d{2,4}\b", "date"),
        (r"(?:1\d|20)\d\d\s?[-–/]\s?(?:\d{4}|\d{2})\b(?!-)", "date"),
        (r"\d{1,4}(?:\s?[-–]\s?\d{1,4})?\s?(?:BC|AD|BCE|CE)\b", "date"),
        (
            r"\d{1,2}(?:[:.]\d\d)?\s?(?:[ap]\.?m\b\.?|o['’]clock)|(?:[01]?\d|2[0-3]):[0-5]\d(?![.:]?\d)",
            "time",
        ),
        (
            r"\d+[a-z]?(?:\s[A-Z][\w’']+){1,3}\s(?:Street|Avenue|Road|Lane|Square|Place|Drive|Row|Terrace|Boulevard)\b|"
            r"10\sDowning|9/11|24/7|\d[GDK]\b",
            "name",
        ),
    )
)
"""Digits that are no number, by their form alone."""

_BEFORE = re.compile(
    r"""(?:
    \b(?:(?:no|nothing|little|not)\ )?(?:more|less|fewer|higher|lower|greater|larger|older|younger|longer|later|earlier|
    bigger)\ than | \bat\ (?:least|most) | \bup\ to | \bas\ (?:many|much|few|little)\ as | \bclose\ to
  | \b(?:up|down)(?:\ (?:by|from|to))? | \b(?:about|around|nearly|almost|roughly|approximately|some|over|under|above
    |below|only|just|barely|hardly|exactly|another|by|between|within|a|an|every|well)
    )\s+$""",
    re.IGNORECASE | re.VERBOSE,
)
"""What belongs to the number that follows."""

_BARE = re.compile(
    rf"(?<![$€£¥₹\d.,])[\d.,]*\d$|\b(?:{'|'.join(sorted(CARDINALS | ORDINALS))})$|\bone$",
    re.IGNORECASE,
)
_NAMED = {
    SIGNS[name] for name in ("cardinal", "scale", "plural", "ordinal", "fraction", "multiple")
}
_NAMED_WORDS = frozenset(("one", "half", "first", "last", "record"))
_WORDS = TRIGGERS | {"a", "an", "all"}
_NO_CASE = {ord(sign): None for sign in (SIGNS["capital"], SIGNS["initial"])}
_KINDS: Mapping[str, Kind] = {
    "number": "number",
    "comparison": "comparison",
    "superlative": "superlative",
}


@dataclass(frozen=True)
class Rule:
    """What is found where ``before`` ends and ``here`` begins: a kind of spot, a reason to exempt,
    or nothing.
    """

    finds: str
    before: re.Pattern[str] | None
    here: re.Pattern[str]
    reach: int = 40

    def at(self, line: str, position: int) -> re.Match[str] | None:
        """Where it fits, if it does at the word that starts at ``position``."""
        match = self.here.match(line, position)
        if (
            match
            and self.before
            and not self.before.search(line, max(0, position - self.reach), position)
        ):
            return None
        return match


def spot(words: Words, index: int) -> Spot | None:
    """What the rules find at a word of the sentence."""
    low, signs, start = words.lows[index], words.signs[index], words.spans[index][0]
    if signs == SIGNS["digits"]:
        for form, reason in _FORMATS:
            match = form.match(words.text, start)
            if match:
                return Spot(start, match.end(), "number", reason)
    elif low not in _WORDS and low[-3:] != "est" and low[-2:] != "er":
        return None
    elif _is_name(words, index):
        return Spot(start, words.spans[index][1], "number", "name")
    position = words.at[index]
    for rule in rules("0" if signs == SIGNS["digits"] else low, signs.translate(_NO_CASE)):
        match = rule.at(words.line, position)
        if match:
            return _found(rule.finds, words, start, words.end(match.end()))
    return None


def _found(finds: str, words: Words, start: int, end: int) -> Spot | None:
    if finds == "nothing":
        return None
    kind = _KINDS.get(finds)
    if kind is None:
        return Spot(start, end, "number", finds)
    if kind != "number":
        return Spot(start, end, kind, bare=words.text[start:end] == "first")
    origin, begin = words.spans[0][0], start
    while match := _BEFORE.search(words.text, max(origin, begin - 24), begin):
        begin = match.start()
    return Spot(begin, end, kind, bare=_BARE.search(words.text, start, end) is not None)


def _is_name(words: Words, index: int) -> bool:
    """Group of Seven, "Seven Winters", the Second World War: a capital that no sentence's beginning
    explains.
    """
    signs = words.signs[index]
    if _NAMED.isdisjoint(signs) and words.lows[index] not in _NAMED_WORDS:
        return False
    if SIGNS["capital"] in signs:
        return True
    following = words.signs[index + 1] if index + 1 < len(words.signs) else ""
    if SIGNS["initial"] not in signs or SIGNS["capital"] not in following:
        return False
    return index > 0 or SIGNS["ordinal"] in signs


@cache
def rules(low: str, signs: str) -> tuple[Rule, ...]:
    """The rules that a word brings up, in order."""
    item = f"{low}/{signs}"
    return tuple(
        rule
        for table, trigger in _BROUGHT_UP.items()
        if re.fullmatch(pattern(trigger), item)
        for rule in _table(table)
    )


@cache
def _table(name: str) -> tuple[Rule, ...]:
    return tuple(_rule(line.strip()) for line in _TABLES[name].strip().splitlines())


def _rule(line: str) -> Rule:
    finds, where = line.split(None, 1)
    for name, part in _PARTS.items():
        where = where.replace(name, part)
    for name, part in _PARTS.items():
        where = where.replace(name, part)
    before, _, here = where.partition("@")
    reach = (
        100 if _PARTS["CLAUSE"] in before else 40
    )  # signs of the line; what is further away is not looked at
    return Rule(
        finds,
        re.compile(rf"(?:^|(?<= )){pattern(before)}$") if before else None,
        re.compile(pattern(here) + "(?![^ ])"),
        reach,
    )
