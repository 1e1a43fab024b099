"""The forms of dates in front matter."""

from __future__ import annotations

import os
from datetime import date, datetime

import pytest

from broadsheet.project.settings.dates import read_moment
from broadsheet.site.build.build import build
from publishing import write


@pytest.mark.parametrize(
    "text",
    [
        "05/26/2023",
        "5/26/23",
        "05-26-2023",
        "2023/05/26",
        "26.05.2023",
        "26/05/2023",
        "26-05-2023",
        "26 May 2023",
        "26 may 2023",
        "May 26, 2023",
        "May 26th, 2023",
        "Friday, May 26, 2023",
        "Fri 26 May 2023",
    ],
)
def test_a_day(text):
    assert read_moment(text) == date(2023, 5, 26)


def test_a_day_with_a_time():
    assert read_moment("05/26/2023 14:30") == datetime(2023, 5, 26, 14, 30)
    assert read_moment("May 26, 2023 2:30 PM") == datetime(2023, 5, 26, 14, 30)
    assert read_moment("2023-5-6T10:00:00Z") == "2023-05-06T10:00:00Z"


@pytest.mark.parametrize("text", ["", "soon", "26/13/2023", "2023", "1684108800", "May 32, 2023"])
def test_no_day(text):
    with pytest.raises(ValueError):
        read_moment(text)


@pytest.mark.parametrize(("changed", "is_told"), [("2024-01-04", False), ("2024-01-06", True)])
def test_what_was_changed_before_it_came_out_is_not_updated(tmp_path, changed, is_told):
    """A file is often written days before the date of its article."""
    page = "---\ntitle: A\ndate: 2024-01-05\ndate-modified: last-modified\n---\nText.\n"
    write(tmp_path, {"posts/a.qmd": page})
    at = datetime.fromisoformat(f"{changed}T12:00").timestamp()
    os.utime(tmp_path / "posts/a.qmd", (at, at))
    assert not build(tmp_path).faults
    made = (tmp_path / "_site/posts/a.html").read_text("utf-8")
    assert ("Updated <time" in made, "article:modified_time" in made) == (is_told, is_told)


def test_words_are_days(tmp_path):
    page = "---\ntitle: A\ndate: today\ndate-modified: last-modified\n---\nText.\n"
    write(
        tmp_path,
        {"posts/a.qmd": page, "posts/_metadata.yml": "date: '`r Sys.Date()`'\ntoc-depth: deep\n"},
    )
    os.utime(tmp_path / "posts/a.qmd", (1_700_000_000, 1_700_000_000))
    report = build(tmp_path, day=date(2024, 3, 1))
    assert not report.faults
    assert [str(one.where) for one in report.notices] == ["posts/_metadata.yml, line 2"]
    assert '<time datetime="2024-03-01">' in (tmp_path / "_site/posts/a.html").read_text()
    build(tmp_path, day=date(2024, 3, 2))
    assert '<time datetime="2024-03-02">' in (tmp_path / "_site/posts/a.html").read_text()


@pytest.mark.parametrize(
    ("written", "readings"),
    [
        ("5/6/2026", ("6 May 2026", "5 June 2026", "2026-05-06", "2026-06-05")),
        ("05-06-26", ("6 May 2026", "5 June 2026", "2026-05-06", "2026-06-05")),
        ("10/11/2026 10:30", ("11 October 2026", "10 November 2026", "2026-10-11", "2026-11-10")),
    ],
)
def test_a_day_that_may_be_two_is_read_as_quarto_does_and_told(tmp_path, written, readings):
    day = written.partition(" ")[0]
    front = f"title: A\ndate: {written}\ncorrections:\n  - {{date: {day}, wrong: a, right: b}}"
    write(tmp_path, {"posts/a.qmd": f"---\n{front}\n---\nText.\n"})
    report = build(tmp_path, day=date(2027, 3, 1))
    told = [one for one in report.notices if one.code == "ambiguous-date"]
    assert sorted(one.where.line or 0 for one in told) == [3, 5]
    for one in told:
        assert all(reading in f"{one.what} {one.mend}" for reading in readings)
        assert one.is_strict
    assert f'<time datetime="{readings[2]}' in (tmp_path / "_site/posts/a.html").read_text()


@pytest.mark.parametrize(
    "written", ["2026-05-06", "13/6/2026", "6/13/2026", "5/5/2026", "05.06.2026", "5 June 2026"]
)
def test_a_day_that_is_one_alone_is_not_told(tmp_path, written):
    write(tmp_path, {"posts/a.qmd": f"---\ntitle: A\ndate: {written}\n---\nText.\n"})
    report = build(tmp_path, day=date(2027, 3, 1))
    assert not [one for one in report.notices if one.code == "ambiguous-date"]
