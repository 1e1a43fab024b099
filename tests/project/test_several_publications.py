"""Several publications in one process: each has its own limits, templates and words, whichever was
opened last, in one thread and in several.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

import broadsheet as bs
from broadsheet.checks.check import check
from broadsheet.data.catalogue import Catalogue
from broadsheet.newsletter.email_message import sender_of, write_letter
from broadsheet.newsletter.issue import make_issue
from broadsheet.press.press import Press
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite
from broadsheet.processes.worker_processes import Threads
from broadsheet.project.project import open_project
from broadsheet.project.reading import Publication, open_publication
from broadsheet.site.build.build import build, make_site
from broadsheet.storage.limits import TABLE, LimitError
from broadsheet.text.lexicon import lexicon
from conftest import CONFIG, Site
from conftest import TABLE as TRADE

FOOT = """\
{%% extends "broadsheet/page.html.jinja" %%}
{%% block title %%}Printed in %s.{%% endblock %%}
"""


def publication_at(root: Path, town: str = "", limits: str = "") -> Site:
    """A page, with a template of its own and with limits if these are given."""
    made = Site(root)
    made.front(CONFIG + (f"broadsheet:\n  limits: {{{limits}}}\n" if limits else ""))
    made.write("about.qmd", "---\ntitle: About\n---\nText.\n")
    if town:
        made.write("theme/templates/page.html.jinja", FOOT % town)
    return made


def built(publication: Publication, output: Path) -> str:
    """The page of a publication that was opened before."""
    with Press(publication.project, 1) as press:
        finished = press.finish_all(publication.editions).finished
        report = make_site(publication, finished, output, pandoc=press.pandoc, jobs=2)
    assert not report.faults
    return (output / "about.html").read_text("utf-8")


def towns(page: str) -> list[str]:
    return [town for town in ("Bonn", "Lima") if f"Printed in {town}." in page]


def test_each_publication_has_its_own_templates_whichever_was_opened_last(tmp_path: Path) -> None:
    roots = [publication_at(tmp_path / town, town).root for town in ("Bonn", "Lima")]
    roots.append(publication_at(tmp_path / "plain").root)
    opened = [open_publication(root) for root in roots]
    pages = [built(one, tmp_path / f"site-{number}") for number, one in enumerate(opened)]
    assert [towns(page) for page in pages] == [["Bonn"], ["Lima"], []]


def test_each_thread_works_on_its_own_publication(tmp_path: Path) -> None:
    all_are_open = Barrier(3, timeout=60)

    def work(town: str) -> list[str]:
        root = publication_at(tmp_path / f"of {town}", town).root
        publication = open_publication(root)
        all_are_open.wait()
        return towns(built(publication, tmp_path / f"site of {town}"))

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(work, ["Bonn", "Lima", ""])) == [["Bonn"], ["Lima"], []]


def test_each_publication_has_its_own_limits_whichever_was_opened_last(tmp_path: Path) -> None:
    narrow = open_publication(publication_at(tmp_path / "narrow", "Bonn", "template-size: 9").root)
    wide = open_publication(publication_at(tmp_path / "wide", "Lima").root)
    assert towns(built(wide, tmp_path / "site")) == ["Lima"]
    with pytest.raises(LimitError, match="this template takes more than 9 characters"):
        built(narrow, tmp_path / "other")


def test_what_is_done_on_a_publication_leaves_no_limit_behind(tmp_path: Path) -> None:
    site = publication_at(tmp_path / "narrow", "Bonn", "pages: 7")
    publication = open_publication(site.root)
    assert TABLE["pages"].value == TABLE["pages"].standard
    with publication.project.at_work():
        assert TABLE["pages"].value == 7
    build(site.root, output=tmp_path / "site")
    check(site.root)
    assert TABLE["pages"].value == TABLE["pages"].standard


def test_threads_that_are_given_work_know_the_publication(tmp_path: Path) -> None:
    project = open_project(publication_at(tmp_path, limits="pages: 7").root)
    with Threads(2) as threads:
        with project.at_work():
            inside = threads.submit(lambda: TABLE["pages"].value)
            several = list(threads.map(lambda _: TABLE["pages"].value, range(3)))
        assert inside.result() == 7
        assert several == [7, 7, 7]
        assert threads.submit(lambda: TABLE["pages"].value).result() == TABLE["pages"].standard


def test_a_preview_stays_what_it_is_beside_a_check_of_another(tmp_path: Path) -> None:
    bonn, lima = (publication_at(tmp_path / town, town) for town in ("Bonn", "Lima"))
    with PreviewedSite(bonn.root) as previewed:
        assert check(lima.root).pages == 2
        page = previewed.page(PageAddress("about.html"))
        assert page is not None
        assert towns(page.html) == ["Bonn"]
        bonn.write("theme/templates/page.html.jinja", FOOT % "Lima")
        previewed.note({"theme/templates/page.html.jinja"})
        page = previewed.page(PageAddress("about.html"))
        assert page is not None
        assert towns(page.html) == ["Lima"]


def test_a_letter_is_written_with_the_templates_of_its_own_publication(tmp_path: Path) -> None:
    letters = []
    for town in ("Bonn", "Lima"):
        site = publication_at(tmp_path / town)
        site.article(
            "trade", ("md", "Text."), front="title: Trade\ndate: 2023-05-26\nexcerpt: Text."
        )
        site.write("theme/templates/letter.txt.jinja", f"Printed in {town}.")
        site.write("theme/templates/letter.html.jinja", f"<p>Printed in {town}.</p>")
        letters.append(site.root)
    bonn, lima = (make_issue(root, "trade") for root in letters)
    project = open_project(letters[0]).with_templates()
    with project.at_work():
        letter = write_letter(bonn, sender_of(project))
    assert "Printed in Bonn." in str(vars(letter))
    assert "Printed in Lima." not in str(vars(letter))
    assert lima.title == "Trade"


def test_what_one_publication_may_read_another_may_not(tmp_path: Path) -> None:
    """The same file, at the same place of both, is parsed for each by its own limits."""
    free, bound = (
        publication_at(tmp_path / name, limits=limits).root
        for name, limits in (("free", ""), ("bound", "yaml-values: 20"))
    )
    for root in (free, bound):
        nine, thrice = "&nine [1, 2, 3, 4, 5, 6, 7, 8, 9]", "[*nine, *nine, *nine]"
        about = f"---\ntitle: About\ndata:\n  nine: {nine}\n  more: {thrice}\n---\n"
        (root / "about.qmd").write_text(about, "utf-8")
    assert not open_publication(free).faults
    [fault] = open_publication(bound).faults.values()
    assert "more than 20 values" in str(fault)
    assert not open_publication(free).faults


@pytest.mark.parametrize("bound_first", [True, False])
def test_a_table_is_judged_by_the_limits_of_each_publication(
    tmp_path: Path, bound_first: bool
) -> None:
    rows = "".join(f"{year},{year / 10}\n" for year in range(2000, 2020 + bound_first))
    results = {}
    for name in ("bound", "free") if bound_first else ("free", "bound"):
        site = publication_at(tmp_path / name, limits="cells: 10" if name == "bound" else "")
        site.table("year,total\n" + rows, entry=TRADE)
        project = open_publication(site.root).project
        with project.at_work():
            results[name] = bool(Catalogue.open(site.root).check())
    assert results == {"bound": True, "free": False}


def test_each_publication_has_its_own_words(tmp_path: Path) -> None:
    """Also while a file of them is written."""
    found = []
    for name, counts in (("plain", ""), ("own", "counts = 'none single pair'")):
        root = publication_at(tmp_path / name).root
        if counts:
            (root / "theme/words").mkdir(parents=True)
            (root / "theme/words/en.toml").write_text(f"[facts]\n{counts}\n", "utf-8")
        found.append(lexicon("en", root / "theme/words").facts.counts[:3])
    assert found == [("zero", "one", "two"), ("none", "single", "pair")]


def test_the_scales_of_facts_are_those_of_the_publication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    for name, scales in (("plain", ""), ("own", "umpteen = 6")):
        root = publication_at(tmp_path / name).root
        if scales:
            (root / "theme/words").mkdir(parents=True)
            (root / "theme/words/en.toml").write_text(f"[facts.scales]\n{scales}\n", "utf-8")
        monkeypatch.chdir(root)
        written.append(bs.usd(3_000_000, "$2 umpteen", unit="US$", source="@key").text)
    assert written == ["$3,000,000 umpteen", "$3 umpteen"]
