"""The words that the gate knows: numbers, comparisons, what is counted, what changes.

English alone. All are small letters. Each set is written as the words of a text, to be read and
added to.
"""

from __future__ import annotations


def words_of(text: str) -> frozenset[str]:
    """The set of the words of a text."""
    return frozenset(text.split())


# Numbers

SMALL = words_of("zero two three four five six seven eight nine ten")
"""Numbers that may stand for what was named before: the two of them."""
CARDINALS = SMALL | words_of("""
eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy
eighty ninety""")
SCALES = words_of("hundred thousand million billion trillion dozen bn mn tn crore lakh")
PLURAL_SCALES = words_of("hundreds thousands millions billions trillions dozens scores tens")
ORDINALS = words_of(
    "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth hundredth thousandth"
)
FRACTIONS = words_of(
    "third quarter fifth sixth seventh eighth ninth tenth eleventh twelfth twentieth hundredth thousandth millionth "
    "thirds quarters fifths sixths sevenths eighths ninths tenths twelfths twentieths hundredths thousandths"
)
FOLDS = words_of(
    "twofold threefold fourfold fivefold sixfold sevenfold eightfold ninefold tenfold hundredfold"
)
MULTIPLES = words_of("twice thrice double triple treble quadruple") | FOLDS

DOUBLES = words_of("""
agent agents standard standards act bill bass bed beds room rooms chin cross check decker glazed glazing life entendre
jump negative helix fault faults bogey""")
"""What is double or triple by name."""

# What a number measures

TIME_UNITS = words_of(
    "second seconds minute minutes hour hours day days night nights week weeks fortnight month months quarter quarters "
    "season seasons year years decade decades century centuries"
)
UNITS = TIME_UNITS | words_of("""
% percent per-cent percentage point points degree degrees dollar dollars cent cents euro euros pound pounds pence
penny crown crowns franc francs rouble roubles ruble rubles yuan yen rupee rupees peso pesos krone kroner km kilometre
kilometres kilometer kilometers metre metres meter meters mile miles foot feet inch inches yard yards centimetre
centimetres centimeter centimeters mm cm tonne tonnes ton tons kg kilo kilos kilogram kilograms gram grams litre
litres liter liters barrel barrels gallon gallons hectare hectares acre acres megawatt megawatts gigawatt gigawatts
kilowatt kilowatts watts volts knots light-years million millions billion billions trillion thousand hundred dozen bn
mn times fold""")
PEOPLE = words_of(
    "person people man men woman women child children boy boys girl girls adult adults resident residents citizens "
    "worker workers soldier soldiers troops civilian civilians police officer officers member members voter voters "
    "student students pupil pupils patient patients passenger passengers protester protesters villagers families "
    "dead killed injured hurt wounded missing survivor survivors victim victims casualty casualties deaths cases"
)
COUNTED = PEOPLE | words_of(
    "abstention vote votes seat seats goal goals point points run runs wicket wickets job jobs home homes house houses "
    "part parts copy copies set sets game games match matches page pages ship ships country countries"
)

# Names and labels that hold a number

LABELS = words_of(
    "no nos number numbers article articles section sections chapter chapters figure figures fig table tables page "
    "pages part phase type category class grade level paragraph clause line lap step stage round room platform gate "
    "route highway flight channel appendix annex box rule item question gallery hangar ward unit model mark act scene "
    "volume minute verse psalm"
)
MONTHS = words_of(
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sept sep oct nov dec"
)
WEEKDAYS = words_of("monday tuesday wednesday thursday friday saturday sunday")
DEFINITE = words_of("the these those all other both")
POSSESSIVE = words_of("its his her their our my your whose")
UNNUMBERED = words_of(
    "party parties person persons world degree floor gear class grade language home homes nature hand hands thought "
    "thoughts chance glance opinion wind string fiddle cousin cousins count name reading phase chapter stage base "
    "part act draft generation"
)
"""Nouns that an ordinal names and does not rank: third party, second home."""

# Comparisons

_STEMS = words_of("""
large small big great high low long short old young rich poor fast slow cheap dear heavy light hot cold warm cool wet
dry wide narrow deep shallow tall strong weak hard soft easy tough dark bright loud quiet clean dirty safe near close
new late early soon few rare common likely unlikely healthy wealthy costly deadly busy happy sad angry hungry lonely
lovely friendly noisy pretty salty sunny windy rainy snowy mild harsh grave severe steep smooth sharp blunt thick thin
fat lean broad full empty quick wise smart clever bold brave calm fair fine firm free fresh grim kind keen loose tight
mean plain proud pure rough simple sweet tame thirsty ugly vast bitter dense dull faint fierce gentle humble lively
nasty noble odd pale polite remote ripe rude scarce sick slight stable stiff strange strict subtle tiny true vague far
bleak stark""")
_IRREGULAR = words_of("better worse further farther")
_BEST = words_of("best worst least furthest farthest fewest")
VAGUE = words_of(
    "better worse later earlier sooner further farther newer nearer closer easier harder stronger weaker"
)
"""Comparatives that say nothing to be measured when they stand without "than"."""


def _graded(stem: str, ending: str) -> set[str]:
    if stem.endswith("e"):
        return {stem[:-1] + ending}
    if stem.endswith("y"):
        return {stem[:-1] + "i" + ending}
    return {stem + ending, stem + stem[-1] + ending}


COMPARATIVES = frozenset(word for stem in _STEMS for word in _graded(stem, "er")) | _IRREGULAR
SUPERLATIVES = (frozenset(word for stem in _STEMS for word in _graded(stem, "est")) | _BEST) - {
    "latest",
    "lest",
}
NO_SUPERLATIVES = words_of(
    "latest interest protest request forest harvest arrest contest invest suggest conquest honest modest guest digest "
    "manifest behest tempest unrest attest infest detest molest ingest divest inquest bequest imprest priest northwest "
    "southwest midwest everest budapest bucharest rest test best west east nest chest quest crest pest zest vest jest "
    "fest lest reinvest reforest deforest"
)
UNEQUALLED = words_of(
    "unprecedented unrivalled unrivaled unequalled unmatched unparalleled unsurpassed"
)
DEGREES = words_of(
    "much far many slightly significantly considerably substantially vastly somewhat markedly appreciably noticeably"
)
SPENT = words_of(
    "spend spends spent earn earns earned cost costs pay pays paid buy buys bought sell sells sold produce produces "
    "produced export exports exported import imports imported"
)
PLACED = words_of("finish finished finishes come comes came rank ranks ranked place placed")
BEING = words_of(
    "is are was were be been being become becomes became remain remains remained stay stays stayed"
)

# Changes

ALWAYS_CHANGE = words_of(
    "doubled doubles doubling halved halves halving tripled triples tripling trebled trebles trebling quadrupled "
    "quadrupling quintupled shrank shrunk shrinks shrinking dwindled dwindles dwindling soared soaring plummeted "
    "plummeting slumped slumping peaked outnumber outnumbers outnumbered exceed exceeds exceeded"
)
CHANGES = words_of("""
rose risen rises rising rise fell fallen falls falling fall grew grown grows growing grow dropped drops dropping drop
declined declines declining decline increased increases increasing increase decreased decreases decreasing decrease
climbed climbs climbing climb jumped jumps jumping surged surges surging plunged plunges plunging tumbled tumbles
tumbling slid slides sliding slipped slips slipping dipped dips gained gains lost loses widened widens widening
narrowed narrows narrowing slowed slows slowing accelerated accelerates accelerating weakened weakens weakening
strengthened strengthens strengthening contracted contracts contracting expanded expands expanding rallied rallies
rebounded rebounds eased eases peaks swelled swelling ballooned""")
CHANGE_NOUNS = words_of(
    "rise fall drop increase decrease decline jump surge growth reduction gain loss slump"
)
MANNERS = words_of(
    "sharply slightly steadily rapidly steeply modestly further dramatically markedly gradually quickly considerably "
    "significantly substantially fast faster slower slowly strongly marginally"
)
QUANTITIES = words_of("""
exports imports trade price prices output production productivity sales profit profits revenue revenues turnover rate
rates inflation unemployment employment gdp economy economies population populations number numbers share shares
turnout temperature temperatures level levels wage wages salary salaries pay income incomes earnings debt debts
deficit deficits surplus spending demand supply supplies consumption emissions deaths cases infections births
fertility mortality growth stocks stock index value values volume volumes cost costs investment taxes yield yields
reserves support approval attendance attendances crime arrests burglaries murders traffic rainfall toll lead gap
majority membership circulation rents rent crop crops harvest catch fares orders shipments flows intake usage ranking
votes audience expectancy premiums lending borrowing savings deposits loans vaccination enrolment admissions
departures arrivals visitors tourists refugees migrants migration immigration capacity backlog length speed weight
size area density frequency ratio proportion percentage average total totals sum amount figure figures bill budget
dividend margin margins valuation dollar euro pound yen yuan rouble ruble rupee peso franc krone krona currency oil
gas gold copper coal tin cocoa coffee wheat rice subscriptions users customers evictions foreclosures bankruptcies
insolvencies complaints applications ice""")

# Words around a number

BEYOND = words_of("""
of more less fewer as than to were are is was have has had that from in during on since at over between compared after
and or below above by before again but while when if with this last for""")
"""Words after "a third" that make it a fraction; before other words it counts: a third man."""

AGO = words_of("ago earlier later before after afterwards previously hence")
NEXT = words_of("last past next first coming previous preceding following final")
WHEN = words_of(
    "in since by from until till before after during of circa around to between and or early late mid for"
)
NEARLY = words_of("about around nearly almost roughly over under barely only up down by than least")
NO_TITLES = (
    words_of("""
in at by about some nearly over only the its a an of for from with another around almost roughly under above below up
down just between as to and but or than then after before when while if since more less fewer most all both each every
that this these those it he she they we you i his her their our there here now today yesterday still even not no yet so
what who how why""")
    | MONTHS
    | WEEKDAYS
)
"""Words whose capital does not make a name of the number after them."""

CLASSES = {
    "small": SMALL,
    "cardinal": CARDINALS,
    "scale": SCALES,
    "plural": PLURAL_SCALES,
    "ordinal": ORDINALS,
    "fraction": FRACTIONS,
    "multiple": MULTIPLES,
    "unit": UNITS,
    "time": TIME_UNITS,
    "people": PEOPLE,
    "counted": COUNTED,
    "label": LABELS,
    "month": MONTHS,
    "weekday": WEEKDAYS,
    "definite": DEFINITE,
    "possessive": POSSESSIVE,
    "unnumbered": UNNUMBERED,
    "quantity": QUANTITIES,
    "comparative": COMPARATIVES,
    "vague": VAGUE,
    "superlative": SUPERLATIVES,
    "change": CHANGES,
    "always": ALWAYS_CHANGE,
    "noun": CHANGE_NOUNS,
    "manner": MANNERS,
    "being": BEING,
    "spent": SPENT,
    "degree": DEGREES,
    "ago": AGO,
    "next": NEXT,
    "when": WHEN,
    "nearly": NEARLY,
    "untitled": NO_TITLES,
    "placed": PLACED,
    "doubled": DOUBLES,
    "beyond": BEYOND,
    "unequalled": UNEQUALLED,
}
"""The sets by the names that rules give them."""
TRIGGERS = frozenset().union(
    CARDINALS,
    SCALES,
    PLURAL_SCALES,
    ORDINALS,
    FRACTIONS,
    MULTIPLES,
    COMPARATIVES,
    SUPERLATIVES,
    UNEQUALLED,
    ALWAYS_CHANGE,
    CHANGES,
    CHANGE_NOUNS,
    words_of(
        "one half first last more less fewer most than record records majority precedent ground up down"
    ),
)
"""Words one of which is in each sentence that has a number or a comparison, digits and "-est"
aside.
"""
