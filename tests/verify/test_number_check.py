"""The number check: numbers and comparisons in prose that nothing accounts for."""

from __future__ import annotations

import pytest

from broadsheet.errors import Place
from broadsheet.markdown.prose import Mark, Passage
from broadsheet.verify.numbers.number_check import check_numbers
from broadsheet.verify.sentences import sentences
from corpus import corpus, lines, score

HERE = Place("posts/a/index.ipynb", cell=3)


def passage(text: str, **marked: str) -> Passage:
    """A paragraph, with a mark of each kind on the words given for it."""
    marks = [
        Mark(text.index(words), text.index(words) + len(words), kind, "x")
        for kind, words in marked.items()
    ]
    return Passage(text, tuple(marks), HERE)


def found(text: str, language: str = "en", **marked: str) -> list[str]:
    check = check_numbers([passage(text, **marked)], language)
    return [finding.words for finding in check.unaccounted]


# The corpus


@pytest.mark.parametrize("part", ["development", "held_out", "fields", "fresh", "recent", "wire"])
def test_on_news_prose_it_is_right_at_least_19_times_in_20(part: str) -> None:
    result = score(corpus(part))
    assert result.precision >= 0.95, "\n".join(result.false)
    assert result.recall >= 0.95, "\n".join(result.missed)


def test_on_other_fields_that_were_held_out_it_is_right_nine_times_in_ten() -> None:
    result = score(corpus("fields_held_out"))
    assert result.precision >= 0.9
    assert result.recall >= 0.9


@pytest.mark.parametrize(
    ("part", "precision", "recall"), [("fresh", 0.945, 0.92), ("recent", 0.925, 0.9)]
)
def test_on_sentences_written_before_the_rules_were_widened_it_is_right_nine_times_in_ten(
    part: str, precision: float, recall: float
) -> None:
    result = score(corpus(f"{part}_held_out"))
    assert result.precision >= precision
    assert result.recall >= recall


@pytest.mark.parametrize(
    ("part", "recall"),
    [("columns", 0.94), ("desks", 0.88), ("german_columns", 0.95), ("german_desks", 0.86)],
)
def test_on_prose_that_compares_by_turns_of_phrase_it_is_right_and_finds_most(
    part: str, recall: float
) -> None:
    result = score(corpus(part), "de" if part.startswith("german") else "en")
    assert result.precision >= 0.97, "\n".join(result.false)
    assert result.recall >= recall, "\n".join(result.missed)


@pytest.mark.parametrize(("part", "language"), [("", "en"), ("german_", "de")])
def test_it_finds_statements_of_every_kind_and_leaves_plain_sentences_alone(
    part: str, language: str
) -> None:
    """Of sentences that say something of data nine in ten are found; of others hardly any."""
    silent = [line for line in lines(f"{part}statements") if not found(line, language)]
    assert len(silent) <= 0.1 * len(lines(f"{part}statements")) + 1, "\n".join(silent)
    loud = [line for line in lines(f"{part}plain") if found(line, language)]
    assert len(loud) <= 0.05 * len(lines(f"{part}plain")), "\n".join(loud)


def test_the_corpus_is_large_enough_to_tell() -> None:
    parts = corpus("development") + corpus("held_out")
    assert sum(len(known.sentences) for known in parts) >= 400
    assert sum(len(known.findings) for known in parts) >= 500


@pytest.mark.parametrize("part", ["development", "held_out"])
def test_sentences_are_cut_where_they_end(part: str) -> None:
    paragraphs = corpus(part)
    right = sum(tuple(sentences(known.passage.text)) == known.sentences for known in paragraphs)
    assert right / len(paragraphs) >= 0.95


# German


@pytest.mark.parametrize(
    ("part", "least"),
    [
        ("german", 0.95),
        ("german_fields", 0.95),
        ("german_held_out", 0.9),
        ("german_fields_held_out", 0.94),
        ("german_fresh", 0.95),
        ("german_fresh_held_out", 0.93),
        ("german_recent", 0.95),
        ("german_recent_held_out", 0.85),
        ("german_wire", 0.95),
    ],
)
def test_german_prose_is_read_by_rules_of_its_own(part: str, least: float) -> None:
    result = score(corpus(part), "de")
    assert result.right >= 20
    assert result.precision >= least, "\n".join(result.false)
    assert result.recall >= least, "\n".join(result.missed)


@pytest.mark.parametrize("part", ["german", "german_held_out"])
def test_german_sentences_are_cut_where_they_end(part: str) -> None:
    for known in corpus(part):
        assert tuple(sentences(known.passage.text, "de")) == known.sentences


def test_in_german_too_a_fact_a_claim_and_a_citation_account_for_what_they_touch() -> None:
    text = "Rund 190 Milliarden Dollar waren es, mehr als im Jahr davor; 2022 gab es zwei Pausen."
    reported = [finding.words for finding in check_numbers([passage(text)], "de").unaccounted]
    assert reported == ["Rund 190 Milliarden Dollar", "mehr als", "zwei"]
    marked = check_numbers([passage(text, fact="190 Milliarden", claim="mehr als")], "de")
    assert [finding.words for finding in marked.unaccounted] == ["zwei"]
    cited = Passage(text, (Mark(len(text), len(text), "cite", "x"),), HERE)
    assert check_numbers([cited], "de").unaccounted == ()


# What accounts for a number


def test_a_number_that_nothing_accounts_for_is_reported_with_its_sentence() -> None:
    reading = check_numbers(
        [passage("All was well. Exports rose by 12 percent to $48.2 billion, a record.")]
    )
    assert [(finding.words, finding.kind) for finding in reading.unaccounted] == [
        ("rose by 12 percent", "comparison"),
        ("$48.2 billion", "number"),
        ("record", "superlative"),
    ]
    assert {finding.sentence for finding in reading.unaccounted} == {
        "Exports rose by 12 percent to $48.2 billion, a record."
    }
    reported = str(reading.unaccounted[0].notice())
    assert reported.startswith(
        "posts/a/index.ipynb, cell 3: nothing accounts for “rose by 12 percent”: Exports rose"
    )
    assert "claim" in reported
    assert "unchecked" in reported


def test_a_fact_accounts_for_its_number_and_for_the_words_that_round_it() -> None:
    assert found("Trade came to more than $190 billion.", fact="$190 billion") == []
    assert found("Trade came to $190 billion, and aid to $3 billion.", fact="$190 billion") == [
        "$3 billion"
    ]


def test_a_claim_accounts_for_the_words_that_rest_on_it() -> None:
    assert found("Trade more than doubled.", claim="more than doubled") == []
    assert found("Trade doubled, a record.", claim="a record") == ["doubled"]


def test_a_fact_beside_a_comparison_does_not_prove_it() -> None:
    assert found("Trade rose to $190 billion.", fact="$190 billion") == ["rose to"]


def test_a_citation_accounts_for_its_sentence_alone() -> None:
    text = "Sales rose by 3 percent. Rents fell by 2 percent."
    first = Passage(text, (Mark(23, 23, "cite", "@a"),), HERE)  # before the full stop
    after = Passage(text, (Mark(24, 24, "cite", "@a"),), HERE)  # behind it
    for cited in (first, after):
        assert [finding.words for finding in check_numbers([cited]).unaccounted] == [
            "fell by 2 percent"
        ]


def test_what_is_marked_unchecked_passes_and_is_counted() -> None:
    reading = check_numbers([passage("Three wise men saw 40 stars.", unchecked="Three")])
    assert [finding.words for finding in reading.unaccounted] == ["40"]
    assert reading.counts == {"unchecked": 1, "open": 1}
    assert reading.share == 0.5


def test_code_and_references_are_no_prose() -> None:
    text = "Set people = 2500 in the cell (Figure 12)."
    assert found(text, code="people = 2500", reference="Figure 12") == []


def test_exempt_words_do_not_change_the_share() -> None:
    reading = check_numbers(
        [passage("On 26 May 2023 it rose by 5 percent.", claim="rose by 5 percent")]
    )
    assert reading.share == 1.0
    assert reading.counts["exempt"] == 1


# What is no number, and what is


@pytest.mark.parametrize(
    "text",
    [
        "It met on 26 May 2023, on Wednesday 24 May and from 19 to 21 May.",
        "Prices in 2022, in the 1990s and from 2016 to 2021.",
        "It opens at 10:45 and shuts at 5pm.",
        "The Group of Seven, the G20, the Second World War, ES-11/1, COVID-19 and a Boeing 737.",
        "Under Article 5 of the treaty.",
        "See Figure 2 and section 2.1.",
        "One of the envoys left; no one spoke.",
        "At first it rained, more or less.",
        "First of all, at least, once more.",
        "The two presidents shook hands.",
        "A third man was acquitted.",
        "It ended two years ago.",
        "He fell from a ladder and rose to his feet.",
        "The minister declined to comment.",
        "A larger building is wanted.",
        "The two-party system.",
        "He has a criminal record.",
        "Half-finished towers.",
        "Double standards.",
    ],
)
def test_exempt(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It took between 40 and 50 percent.", "between 40 and 50 percent"),
        ("Two-thirds agreed.", "Two-thirds"),
        ("Wages are twice as high.", "twice"),
        ("It grew tenfold.", "grew tenfold"),
        ("A dozen fell ill.", "A dozen"),
        ("It costs €3.4m.", "€3.4m"),
        ("It is 40 percent higher.", "40 percent higher"),
        ("Most voters agree.", "Most"),
        ("He is older than his rival.", "older than"),
        ("It was the wettest May on record.", "wettest"),
        ("It is the first time since the war.", "first time"),
        ("One in five was a child.", "One in five"),
        ("Exports exceeded imports.", "exceeded"),
        ("It is unprecedented.", "unprecedented"),
        ("Output has fallen again.", "fallen"),
        ("A third of them left.", "A third"),
    ],
)
def test_found(text: str, words: str) -> None:
    assert found(text) == [words]
