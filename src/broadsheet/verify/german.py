"""The gate in German: sentences, and the numbers and comparisons in them.

A plainer reading than that of English (:mod:`~broadsheet.verify.number_rules`). A rule is a line of
the table: what it finds, then a regular expression over the sentence as it stands, in which a space
is any white space, `WORDS` in capitals are those below, and `…` stands for the rest of a word; else
a rule ends where a word does. At each word the first rule that fits decides. What it finds is a
`number`, a `comparison`, a `superlative`; a `change`, which is a comparison where the sentence has
a quantity; or why something is exempt: `date`, `name`, `idiom`.

Not read: comparatives before other nouns than quantities (*ein größeres Haus*), and verbs whose
parts stand more than four words apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from broadsheet.verify.finding import Kind, Spot
from broadsheet.verify.sentences import Span


def _any(text: str) -> str:
    """Any of the words of a text, of which `_` is a space."""
    return f"(?:{'|'.join(text.split())})".replace("_", r"\s")


_ONES = "(?:ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)"
_MORE = _any("""höher niedriger größer kleiner länger kürzer stärker schwächer schneller langsamer teurer billiger älter
    jünger tiefer häufiger seltener besser schlechter schwerer leichter früher später reicher ärmer geringer breiter
    dünner näher""")
_MOST = _any("""höchst größt meist best niedrigst kleinst längst kürzest stärkst schwächst ältest jüngst schnellst
    langsamst teuerst billigst schlimmst schlechtest tiefst reichst ärmst tödlichst wichtigst bedeutendst häufigst
    seltenst schwerst frühest spätest wenigst geringst nächstgrößt""")
_WORDS: Mapping[str, str] = {
    "MONTH": _any(r"""Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember
        Jan\. Feb\. Apr\. Aug\. Sept?\. Okt\. Nov\. Dez\."""),
    "YEAR": r"(?:1[0-9]|20)\d\d",
    "TIME": _any("""Sekunden? Minuten? Stunden? Tage?n? Nächten? Wochen? Monate?n? Quartale?n? Jahre?n? Jahrzehnte?n?
        Jahrhunderte?n?"""),
    "SCALE": _any(r"Tausend Millionen? Milliarden? Billionen? Mio\. Mrd\. Bio\. Dutzend"),
    "UNIT": r"(?:%|‰|°C?|[$€£¥]|"
    + _any("""Prozent(?:punkte?n?)? Euro Cent Dollar Pfund Rubel Yuan Rupien? Franken Yen
        Tonnen? Kilo(?:gramm)? kg km cm mm (?:Quadrat|Kilo|Quadratkilo)?[Mm]etern? Litern? Barrel Fass Hektar Punkte?n?
        Menschen Personen""")
    + r"(?!\w))",
    "COUNT": "(?:"
    + "|".join(
        (
            f"(?:{_ONES}und)?"
            + _any("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"),
            "(?:drei|vier|fünf|sech|sieb|acht|neun)zehn",
            rf"(?:{_ONES}?(?:hundert|tausend))+(?:und\w+)?",
            _any("zwei drei vier fünf sechs sieben acht neun zehn elf zwölf"),
        )
    )
    + ")",
    "PART": _any("""Hälfte Drittel Viertel Fünftel Sechstel Siebtel Achtel Neuntel Zehntel Zwanzigstel Hundertstel
        Tausendstel""")
    + "n?s?",
    "ABOUT": "(?:"
    + _any(r"""rund etwa ungefähr circa zirka ca\. knapp gut fast beinahe nahezu annähernd über unter
        gegen mindestens wenigstens höchstens bis_zu (?:(?:etwas|deutlich|weit)_)?(?:mehr|weniger)_als nicht_ganz nur
        lediglich""")
    + r"\s)*",
    "FIGURE": r"(?:(?:US)?[$€£¥]\s?)?\d+(?:[.,:]\d+)*",
    "FAR": "(?:"
    + _any("viel weit weitaus deutlich noch etwas wesentlich erheblich merklich immer")
    + r"\s)",
    "MORE": f"(?:mehr|weniger|{_MORE}(?:e[mnrs]?)?)",
    "QUANTITY": _any(
        "Zahl Anteil Teil Menge Summe Wert Rate Quote Umfang Betrag Gewinn Verlust Preis"
    ),
    "MOST": f"(?:zweit|dritt|viert|fünft)?{_MOST}e[mnrs]?",
    "NTH": _any(
        "erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte elfte zwölfte"
    )
    + "[mnrs]?",
}

_TABLE = r"""
    date         \d{1,2}\. ?MONTH(?: \d{4})?
    date         MONTH \d{4}
    date         \d{1,2}\.\d{1,2}\.(?:\d{2,4})?
    date         \d{1,2}\.(?= (?:jedes|des|eines) )
    date         \d{1,2}(?:[:.]\d\d)? Uhr
    date         COUNT Uhr
    date         (?:1[0-9]|20)?\d0ern?(?:-?Jahre?n?)?
    date         \d{1,2}\. Jahrhunderts?
    date         (?:vor|seit|nach|binnen) (?:ABOUT)(?:\d+|COUNT|einem|einer) TIME
    date         in den (?:letzten|vergangenen|kommenden|nächsten) (?:ABOUT)(?:\d+|COUNT) TIME
    date         YEAR(?:/\d\d)?(?![.,]?\d| ?(?:UNIT|SCALE)| (?:Menschen|Personen|Tote|Stimmen))
    date         NTH (?:Quartale?s?|Jahreshälfte|Halbjahre?s?|Hälfte|Halbzeit)
    name         (?:Artikel|Art\.|Abschnitt|Kapitel|Abbildung|Abb\.|Tabelle|Nr\.|Seite|Abs\.|§) ?\d+(?:[./]\d+)*
    name         (?:Phase|Nummer|Absatz|Paragraf|Gruppe|Resolution) \d+(?:[./]\d+)*
    name         (?:Gleis|Zimmer|Band|Teil|Stufe|Kategorie|Klasse) \d+(?:[./]\d+)*
    name         [A-ZÄÖÜ][A-ZÄÖÜa-z]{0,3}-?\d+
    name         (?:[Ee]rste|[Zz]weite|[Dd]ritte)[nrs]? (?:Weltkrieg\w*|Welt|Republik|Liga|Hand|Mal)
    idiom        nicht mehr(?! als)
    idiom        (?:kein\w*|nie)(?: \w+){0,2} mehr(?! als| \w+ als)
    idiom        mehr (?:oder (?:weniger|minder)|und mehr)
    idiom        unter vier Augen|auf allen vieren|eins zu eins|am (?:ehesten|besten|ersten)
    idiom        (?:auf )?je (?:hundert|tausend|100|1\.?000)
    idiom        (?:alle|die|diese|beide) (?:zwei|drei|vier|fünf)(?! (?:UNIT|SCALE|PART|mal))
    idiom        früher oder später
    name         (?:zwei|drei|vier|fünf) (?:Linien|Balken|Säulen|Punkte|Kurven|Felder)(?= für| mit| nach|[.,:])
    superlative  MOST
    superlative  am \w+sten
    superlative  Rekord…|rekord…|beispiellos…|Höchst(?:stand|wert)…|Tiefst(?:stand|wert)…
    superlative  erstmals|zum ersten Male?|nie zuvor|als erste[rsnm]?
    superlative  so \w+ wie (?:nie|noch nie|seit|selten)(?: zuvor)?
    number       ABOUTFIGURE-?(?:prozentig…|[Ff]ach…|mal|jährig…)
    number       ABOUTFIGURE(?:\.(?= [A-ZÄÖÜ])|(?: ?SCALE)*(?: ?UNIT| TIME)?)
    number       ABOUT(?:eine?[mnrs]?|zwei|drei|vier|fünf|neun|die|der|zur) (?:PART)
    number       ABOUTeine?[mnrs]? (?:Prozent(?:punkt)?|SCALE)
    number       ABOUT(?:anderthalb|(?:ein|zwei|drei|vier)einhalb|eine? halbe[sr]?)(?: TIME| SCALE)?
    number       ABOUT(?:doppelt|dreimal|halb|COUNTmal) so \w+
    number       (?:das|aufs|ums|dem) (?:Doppelte|\w+fache)n?
    number       ABOUTCOUNT(?:mal|fach…|prozentig…)
    number       ABOUTCOUNT(?: SCALE)*(?: ?UNIT| TIME)?
    number       (?:Dutzende|Hunderte|Tausende|Zehntausende|Hunderttausende|Millionen|Milliarden)[rn]?
    number       (?:zweite|dritte|vierte|fünfte|sechste|siebte|achte|neunte|zehnte|elfte|zwölfte)[mnrs]?
    comparison   (?:FAR)+MORE(?: als)?
    comparison   MORE(?: [^ ,.;:]+){0,4}? als
    comparison   (?<=war |ist )MORE(?=[.,;]|$)
    comparison   (?<=waren |lagen )MORE(?=[.,;]|$)
    comparison   (?<=sind )MORE(?=[.,;]|$)
    comparison   (?:größer|kleiner|höher|geringer|niedriger)e[mnrs]? QUANTITY
    comparison   (?:ver(?:doppel|dreifach|vierfach|fünffach|zehnfach|vielfach)|halbier)(?:te?n?|e?n)
    comparison   (?:Verdoppel|Halbier|Verdreifach)ung
    comparison   (?:übertr(?:iff|af|off)|überst(?:ieg|eig)|unterschr(?:itt|eit)|überhol)…
    change       (?:stieg|stiegen|gestiegen|steigt|steigen|wuchs|wuchsen|gewachsen|wächst|wachsen|kletterten?|erhöhten?)
    change       (?:sank|sanken|gesunken|sinkt|sinken|fiel|fielen|gefallen|fällt|schrumpft|schrumpften?|geschrumpft)
    change       (?:zugenommen|abgenommen|zurückgegangen|gesenkt|verringerten?)
    change       nahm(?:en)?(?: [^ ,.;:]+){0,4} (?:zu|ab)
    change       ging(?:en)?(?: [^ ,.;:]+){0,4} zurück
"""
_MOVES = (
    r"\d|%|Prozent|QUANTITY|\w+(?:preise?|zahl|quote|rate)|(?:Aus|Ein)fuhr…|um (?:ein|die) (?:PART)|"
    r"Preise|Kosten|Löhne|Schulden|Gewinne|Verluste"
)
_KINDS: Mapping[str, Kind] = {
    "number": "number",
    "superlative": "superlative",
    "comparison": "comparison",
    "change": "comparison",
}
_INITIAL = re.compile(r"[\"“„‘‚'«»(\[]*([A-ZÄÖÜ])")


def _compiled(rule: str) -> str:
    for name, words in _WORDS.items():
        rule = rule.replace(name, words)
    return re.sub(r" (?!\?)|(?<! ) (?=\?)", r"\\s", rule).replace("…", r"\w*")


_RULES = [
    (kind, _compiled(rule))
    for kind, rule in (line.split(None, 1) for line in _TABLE.strip().splitlines())
]
_ANY = re.compile(
    "|".join(
        rf"(?P<r{number}>(?<![\w-])(?:{rule})(?!\w))" for number, (_, rule) in enumerate(_RULES)
    )
)
_QUANTITY = re.compile(rf"\b(?:{_compiled(_MOVES)})")


def spots(text: str, span: Span) -> list[Spot]:
    """The numbers and comparisons in one sentence of ``text``, in order, exempt ones among them."""
    start, end = span
    found = []
    for match in _read(text[start:end]):
        reason = _RULES[int(str(match.lastgroup)[1:])][0]
        if reason == "change" and not _QUANTITY.search(text, start, end):
            continue
        kind = _KINDS.get(reason)
        found.append(
            Spot(
                start + match.start(),
                start + match.end(),
                kind or "number",
                "" if kind else reason,
                bare=reason == "number" and match[0][-1:].isdigit(),
            )
        )
    return found


def _read(sentence: str) -> Iterator[re.Match[str]]:
    """What the rules find. The first word is read as it stands, a noun; else as it would stand
    elsewhere.
    """
    position, initial = 0, _INITIAL.match(sentence)
    if initial:
        at = initial.start(1)
        match = _ANY.match(sentence, at)
        if match:
            yield match
            position = match.end()
        else:
            sentence = f"{sentence[:at]}{initial[1].lower()}{sentence[at + 1 :]}"
    yield from _ANY.finditer(sentence, position)


# Sentences

_STOP = re.compile(r"""([.!?…]["“”’'»«)\]]*)\s+(?=["„‚«»(\[]*[^\W_])""")
_SHORT = re.compile(
    r"\b(?:[^\W\d_]|"
    + _any("""Dr Prof Nr Abb Abs Art Mio Mrd Bio ca vgl bzw St Jan Feb Apr Aug
    Sept Okt Nov Dez Bd Kap geb gest sog inkl evtl""")
    + ")$"
)
_ORDINAL = re.compile(r"(?<![\d.,])\d{1,2}$")
_BEGINNERS = re.compile(
    _any(r"""Der Die Das Den Dem Ein Eine Es Er Sie In Im Am An Auf Bei Von Mit Nach Vor Und Doch
    Aber So Dann Dort Damit Dies\w* Jen\w* Auch Nur Seit Für Zu Wer Was Als Wie Wenn""")
    + r"\b"
)


def sentences(text: str) -> Iterator[Span]:
    """The spans of ``text``'s sentences, in order, without the space between them."""
    start = 0
    for match in _STOP.finditer(text):
        if match[1][0] != "." or _ends(text, start, match):
            yield start, match.end(1)
            start = match.end()
    if start < len(text):
        yield start, len(text)


def _ends(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether the full stop ends a sentence: not in "z. B.", "Nr. 3", "am 26. Mai", "der 3. Platz"."""
    before = text[max(start, stop.start() - 12) : stop.start()]
    if text[stop.end()].islower() or _SHORT.search(before):
        return False
    return not _ORDINAL.search(before) or _BEGINNERS.match(text, stop.end()) is not None
