"""Claims on a table with two keys, a row and a year: a row has the history of its own."""

from __future__ import annotations

import json
from collections.abc import Callable

from conftest import TABLE, Site

Command = Callable[..., tuple[int, str, str]]
CSV = """subject,year,entered,passed
Maths,2019,1200,816
Maths,2021,1310,930
Maths,2023,1405,927
French,2019,410,320
French,2021,350,277
French,2023,298,240
Physics,2019,620,477
Physics,2021,655,531
Physics,2023,702,555
"""
KEYS = [("subject", "Subject", "string"), ("year", "Year", "integer")]
VALUES = [("entered", "Pupils entered", "number"), ("passed", "Pupils who passed", "number")]
ENTRY = TABLE | {
    "name": "exams",
    "path": "exams.csv",
    "title": "Exams",
    "description": "Exams by subject and year.",
    "schema": {
        "fields": [
            {"name": name, "title": title, "type": kind} for name, title, kind in KEYS + VALUES
        ],
        "primaryKey": ["subject", "year"],
    },
}
CELL = 'import broadsheet as bs\ne = bs.table("exams").set_index(["subject", "year"])'
TRUE = {
    "Entries for Maths [rose every year]": "rose(e.entered, ('Maths', 2019), ('Maths', 2023))",
    "Entries for Maths [rose for the second time in a row]": (
        "e.entered['Maths', 2023] > e.entered['Maths', 2021]"
    ),
    "Passes in Maths [fell for the first time]": "e.passed['Maths', 2023] < e.passed['Maths', 2021]",
    "Entries for Physics [were the highest on record]": (
        "e.entered['Physics', 2023] > e.entered['Physics', 2021]"
    ),
    "Entries for Physics [rose steadily]": "e.entered['Physics', 2023] > e.entered['Physics', 2019]",
    "In 2023 Maths [had more entries than any other subject]": (
        "highest(e.entered, ('Maths', 2023))"
    ),
}
FALSE = {
    "Passes in Maths [rose every year]": "e.passed['Maths', 2023] > e.passed['Maths', 2019]",
    "Entries for Maths [rose for the third time in a row]": (
        "e.entered['Maths', 2023] > e.entered['Maths', 2021]"
    ),
    "Entries for Maths [rose for the first time]": (
        "e.entered['Maths', 2023] > e.entered['Maths', 2021]"
    ),
    "Passes in Maths [were back above their level of 2019]": (
        "e.passed['Maths', 2023] > e.passed['Maths', 2019]"
    ),
}


def test_a_row_is_compared_with_what_it_was_itself(site: Site, run: Command) -> None:
    site.table(CSV, entry=ENTRY)
    prose = [
        ("md", text.replace("]", f']{{claim="{condition}"}}') + ".")
        for text, condition in (TRUE | FALSE).items()
    ]
    site.article("exams", CELL, *prose)
    _, out, _ = run(site, "check", "--json")
    rests = [one["rests"] for one in json.loads(out)["result"]["claims"]]
    assert rests == ["meaning"] * len(TRUE) + ["nothing"] * len(FALSE)
    assert "927 in Maths, 2023 is less than 930 in Maths, 2021" in out
