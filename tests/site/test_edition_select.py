"""From edition to edition by a parameter, whatever its values are."""

from __future__ import annotations

import pytest

from broadsheet.site.article.edition_select import KEY, selects_of
from broadsheet.site.article.entry import PARAMETERS, Entry


def pages(*values: object, **others: object) -> list[Entry]:
    """An article with an edition for each value of its parameter `on`."""
    return [
        Entry(
            f"posts/a/{number}.html",
            f"posts/a/{number}.html",
            "posts/a/index.ipynb",
            "A",
            "A",
            fields={KEY: ["on"], PARAMETERS: {"on": value, **others}},
        )
        for number, value in enumerate(values)
    ]


def shown(*values: object) -> tuple[list[str], bool]:
    """What a reader of the first edition can choose from, and whether it is a scale."""
    editions = pages(*values)
    (select,) = selects_of(editions[0], editions)
    assert select.current == str(values[0])
    return [choice.value for choice in select.choices], select.is_scale


@pytest.mark.parametrize(
    ("values", "choices", "is_scale"),
    [
        ((2022, 2020, 2021.5), ["2020", "2021.5", "2022"], True),
        (("2022-02-24", "2021-03-01"), ["2021-03-01", "2022-02-24"], True),
        (("tonnes", "Value"), ["tonnes", "Value"], False),
        ((2020, "2022-02-24"), ["2020", "2022-02-24"], False),
        ((["a", "b"], ["a"]), ["['a', 'b']", "['a']"], False),
        ((True, False), ["False", "True"], False),
    ],
    ids=["numbers", "days", "words", "numbers and days", "lists", "truths"],
)
def test_values_of_any_kind_are_in_order(values, choices, is_scale: bool) -> None:
    assert shown(*values) == (choices, is_scale)


def test_a_page_without_the_parameter_has_no_select() -> None:
    (page,) = pages(1)
    other = Entry("b.html", "b.html", page.source, "B", "B", fields={KEY: ["on"], PARAMETERS: {}})
    assert selects_of(other, [page, other]) == []
