"""`broadsheet build` on whole publications, sound and broken: the exit code, the message, the pages
that stand.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from conftest import slow_but

INDEX = "---\ntitle: The Test\nlisting:\n  contents: posts\n  feed: true\n---\n"
GOOD = (
    "import broadsheet as bs\ntrade = bs.table('trade').set_index('year')",
    ("md", "Trade was `{python} f\"{trade.loc[year, 'total']:.1f}\"` in `{python} year`."),
)


@pytest.fixture
def publication(site):
    """Two sound articles, one with two editions, and a front page."""
    site.write("index.qmd", INDEX)
    site.table()
    site.article(
        "good",
        *GOOD,
        parameters="year: int = 2022",
        front="title: 'Trade in `{python} year`'\ndate: 2023-05-26\ncategories: [World]\n"
        "edition-entries: each\neditions:\n  - slug: '2021'\n    parameters: {year: 2021}\n"
        "    date: 2022-01-14",
    )
    site.article("other", ("md", "Prose of the other."))
    return site


def text_of(site, page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", site.read(f"_site/{page}")))


def test_a_sound_publication_is_built_and_one_line_says_so(publication, run):
    code, out, err = run(publication, "build")
    assert (code, err) == (0, "")
    assert re.fullmatch(
        r"4 pages in \d+\.\d+ s \(3 notebooks ran\)\. "
        r"To look: python3 -m http\.server -d _site -b 127\.0\.0\.1 8000\n",
        out,
    )


def test_each_edition_is_a_page_with_its_own_title_and_values(publication, run):
    run(publication, "build")
    assert "Trade was 190.3 in 2022." in text_of(publication, "posts/good/index.html")
    assert "Trade was 146.9 in 2021." in text_of(publication, "posts/good/2021.html")
    assert "<title>Trade in 2021 – The Test</title>" in publication.read(
        "_site/posts/good/2021.html"
    )
    feed = publication.read("_site/index.xml")
    assert (
        "Trade in 2022" in feed and "Trade in 2021" in feed and "Trade was 146.9 in 2021." in feed
    )


def test_nothing_runs_twice_and_the_same_input_gives_the_same_bytes(publication, run):
    run(publication, "build")
    first = {
        path: path.read_bytes()
        for path in (publication.root / "_site").rglob("*")
        if path.is_file()
    }
    code, out, _ = run(publication, "build")
    assert code == 0 and "0 notebooks ran" in out
    assert {
        path: path.read_bytes()
        for path in (publication.root / "_site").rglob("*")
        if path.is_file()
    } == first


BROKEN = {
    "a cell that raises": (
        {"cells": ("1 / 0",)},
        "posts/good/index.ipynb, cell 2, line 1: ZeroDivisionError: division by zero",
    ),
    "a kernel that dies": (
        {"cells": ("import os; os._exit(1)",)},
        "posts/good/index.ipynb, cell 2: the cell took its kernel down",
    ),
    "an inline expression that fails": (
        {"cells": (("md", "`{python} nothing`"),)},
        "posts/good/index.ipynb, cell 2, line 1: the inline expression `nothing` fails: NameError",
    ),
    "an unknown parameter": (
        {
            "cells": ("1",),
            "parameters": "year: int = 2022",
            "front": "title: Good\neditions:\n  - slug: b\n    parameters: {yeer: 2021}",
        },
        "posts/good/index.ipynb, cell 1, line 5: article 'good' has no parameter `yeer`\n  → Did you mean `year`?",
    ),
    "a value of the wrong type": (
        {
            "cells": ("1",),
            "parameters": "year: int = 2022",
            "front": "title: Good\neditions:\n  - slug: b\n    parameters: {year: soon}",
        },
        "posts/good/index.ipynb, cell 2, line 1: article 'good': parameter `year` is 'soon', which is not `int`",
    ),
    "no parameters cell": (
        {
            "cells": ("1",),
            "front": "title: Good\neditions:\n  - slug: b\n    parameters: {year: 2021}",
        },
        "posts/good/index.ipynb, cell 1, line 5: article 'good' is given `year`, and has no `parameters` cell",
    ),
    "front matter that is not YAML": (
        {"cells": ("1",), "front": "title: [Good"},
        "posts/good/index.ipynb, cell 1, line 2: this is not YAML",
    ),
    "a citation without a reference": (
        {"cells": (("md", "So it is [@nobody2020]."),)},
        "nobody2020",
    ),
    "a reference to no figure": ({"cells": (("md", "See @fig-nothing."),)}, "fig-nothing"),
    "an output that a page cannot show": (
        {
            "cells": (
                "from IPython.display import display\n"
                "display({'application/vnd.widget-view+json': {}, 'text/plain': 'W()'}, raw=True)",
            )
        },
        "posts/good/index.ipynb, cell 2: this output is of a kind that a page cannot show",
    ),
    "Markdown that would take for ever": (
        {"cells": (("md", "[" * 40 + "a"),)},
        "posts/good/index.ipynb",
    ),
}


@pytest.mark.parametrize(
    "case",
    slow_but(
        BROKEN,
        (
            "a cell that raises",
            "a kernel that dies",
            "an unknown parameter",
            "front matter that is not YAML",
        ),
    ),
)
def test_a_broken_article_is_named_the_others_are_built_and_its_old_page_stays_up(
    publication, run, case
):
    change, message = BROKEN[case]
    publication.write(
        "_quarto.yml", publication.read("_quarto.yml") + "broadsheet:\n  page-time-limit: 2\n"
    )
    run(publication, "build")
    old = publication.read("_site/posts/good/index.html")
    change = dict(change)
    publication.article("good", *change.pop("cells"), **change)
    publication.article("other", ("md", "New prose of the other."))
    code, out, err = run(publication, "build")
    assert code == 1
    assert message in err, err
    assert "Traceback" not in err and "Traceback" not in out
    assert "New prose of the other." in text_of(publication, "posts/other/index.html")
    stands = publication.read("_site/posts/good/index.html")
    if "editions:" not in change.get(
        "front", ""
    ):  # else it is an edition that is broken, and it had no old page
        assert stands == old
        assert "Trade in 2022" in text_of(publication, "index.html")


@pytest.mark.slow
def test_what_editions_have_in_common_is_reported_once(publication, run):
    editions = "".join(
        f"\n  - slug: e{year}\n    parameters: {{year: {year}}}" for year in range(2000, 2005)
    )
    publication.article(
        "good", "year / 0", parameters="year: int = 2022", front=f"title: Good\neditions:{editions}"
    )
    code, out, err = run(publication, "build")
    assert code == 1 and "1 fault and 1 warning, told above" in out
    assert err.count("posts/good/index.ipynb, cell 3, line 1: ZeroDivisionError") == 1
    assert "the same in posts/good/e2001, posts/good/e2002, posts/good/e2003 and 2 more" in err


def test_a_table_that_breaks_its_schema_stops_the_articles_that_read_it_and_no_others(
    publication, run
):
    run(publication, "build")
    old = publication.read("_site/posts/good/index.html")
    publication.write("data/trade.csv", "year,total\n2021,many\n2022,190.3\n")
    code, _, err = run(publication, "build")
    assert code == 1
    assert "posts/good/index.ipynb, cell 3" in err and "DataError" in err
    assert "data/trade.csv" in err and "'many'" in err
    assert publication.read("_site/posts/good/index.html") == old
    assert "Prose of the other." in text_of(publication, "posts/other/index.html")


def test_a_changed_table_reaches_the_page(publication, run):
    run(publication, "build")
    publication.table("year,total\n2021,146.9\n2022,191.5\n")
    code, out, _ = run(publication, "build")
    assert code == 0 and "2 notebooks ran" in out
    assert "Trade was 191.5 in 2022." in text_of(publication, "posts/good/index.html")


def test_slugs_build_these_and_leave_the_others_as_they_stand(publication, run):
    run(publication, "build")
    publication.article("good", ("md", "Not to be seen yet."))
    publication.article("other", ("md", "Mended."))
    code, _, err = run(publication, "build", "other")
    assert code == 0, err
    assert "Mended." in text_of(publication, "posts/other/index.html")
    assert "Trade was 190.3 in 2022." in text_of(publication, "posts/good/index.html")
    code, _, err = run(publication, "build", "nobody")
    assert code == 2 and "nobody: no article has this slug" in err
    code, _, err = run(publication, "build", "posts/other/index.ipynb")
    assert code == 2 and "Its slug is `other`." in err


@pytest.mark.parametrize("name", ["sections/nature.qmd", "./sections/../sections/nature.qmd"])
def test_a_file_that_render_leaves_out_is_said_to_be(publication, run, name):
    publication.write("sections/nature.qmd", "---\ntitle: Nature\n---\n\nGreen.\n")
    config = "project:\n  type: website\n  render: [/posts/**/*.ipynb]\n"
    publication.write("_quarto.yml", config)
    code, _, err = run(publication, "build", name)
    assert code == 2 and "`render` of _quarto.yml leaves this file out" in err
    assert 'Add it there, as `- "/sections/nature.qmd"`' in err
    code, _, err = run(publication, "build", "sections/_part.qmd")
    assert code == 2 and "no article has this slug" in err


def test_articles_that_render_leaves_out_are_told_until_it_says_so(publication, run):
    """Whatever else lies there is no article: it has no date, is a draft, a copy, or of another site."""
    config = publication.read("_quarto.yml")
    publication.write("_quarto.yml", config.replace('"*.qmd"', '"/*.qmd"'))
    assert run(publication, "build")[0] == 0
    article = "---\ntitle: New\ndate: 2023-05-26\n---\n\nWords.\n"
    for path in ("new/index.qmd", "old/index.md", "_off/index.md", "other/index.md"):
        publication.write(f"posts/{path}", article)
    publication.write("posts/note/index.qmd", "---\ntitle: A note\n---\n\nWords.\n")
    publication.write("posts/draft/index.qmd", article.replace("date:", "draft: true\ndate:"))
    publication.write("posts/README.md", article)
    publication.write("lectures/_quarto.yml", config)
    publication.write("lectures/index.qmd", article)
    for command in ("build", "build", "check"):
        code, _, err = run(publication, command)
        told = "2 articles are left out by `render`: posts/new/index.qmd, posts/old/index.md\n"
        assert code == 0 and err.count("left out by") == 1 and told in err
    publication.write(
        "_quarto.yml", config.replace('"*.qmd"', '"/*.qmd"\n    - "!posts/old/index.md"')
    )
    assert "an article is left out by `render`: posts/new/index.qmd" in run(publication, "build")[2]
    publication.write(
        "_quarto.yml", config.replace('"*.qmd"', '"/*.qmd"\n    - "!posts/*/index.{md,qmd}"')
    )
    assert "left out by" not in run(publication, "build")[2]


def test_a_folder_that_is_not_a_site_is_not_replaced(publication, run):
    publication.write("precious/letter.txt", "keep me")
    code, _, err = run(publication, "build", "--output", "precious")
    assert code == 2 and "not a built site" in err
    assert publication.read("precious/letter.txt") == "keep me"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_what_the_engine_has_to_say_is_said_with_the_article_s_name(publication):
    publication.article(
        "good", "import subprocess\nfor _ in range(2): subprocess.Popen(['sleep', '1000'])"
    )
    publication.write("posts/other/pandas.py", "mine = 1\n")
    built = subprocess.run(
        [sys.executable, "-m", "broadsheet", "build"],
        cwd=publication.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0
    assert (
        "warning: posts/good/index.ipynb: Processes that the notebook left running were ended: "
        "sleep 1000 (2 times)\n"
    ) in built.stderr
    assert (
        "warning: posts/other/index.ipynb: Run by the stock engine, not the warm one: pandas.py in the working "
        "directory stands before the installed module of that name\n"
    ) in built.stderr


def test_the_report_for_machines(publication, run):
    publication.article("other", "1 / 0")
    code, out, _ = run(publication, "build", "--json")
    report = json.loads(out)
    assert code == 1 and report["result"]["pages"] == 3
    (fault,) = report["faults"]
    place = (fault["file"], fault["cell"], fault["cell_line"], fault["kind"])
    assert place == ("posts/other/index.ipynb", 2, 1, "execution")


@pytest.mark.parametrize(
    "arguments",
    [
        ("build", "--jobs", "0"),
        ("run",),
        ("run", "nobody"),
        ("nonsense",),
        ("run", "good", "-p", "year"),
        ("data", "check", "nobody"),
    ],
)
def test_a_command_used_wrongly_is_exit_code_2(publication, run, arguments):
    code, _, err = run(publication, *arguments)
    assert code == 2 and err


def test_outside_of_a_publication_the_command_says_so(tmp_path, monkeypatch, capsys):
    from broadsheet.cli.main import main

    monkeypatch.chdir(tmp_path)
    assert main(["build"]) == 2
    assert "no _quarto.yml here or in a folder above" in capsys.readouterr().err


def test_run_lists_values_and_figures(publication, run):
    code, out, _ = run(publication, "run", "good", "-p", "year=2021")
    assert code == 0
    assert out.startswith("good: Trade in 2021\n") and "  front matter: year = 2021\n" in out


def test_data_list_and_check(publication, run):
    assert run(publication, "data", "list")[1] == (
        "trade: Trade\n  2 rows, as of 2024-12-31, retrieved 2025-01-31\n  The Customs\n"
    )
    unrecorded = "1 table, 0 faults; 1 not recorded: broadsheet data record\n"
    assert run(publication, "data", "check")[:2] == (0, unrecorded)
    publication.write("data/trade.csv", "year,total\n2021,146.9\n2022,190.4\n")
    code, out, err = run(publication, "data", "check")
    assert (code, out) == (
        1,
        unrecorded.replace("0 faults", "1 fault"),
    ) and "--update-hashes" in err
    assert run(publication, "data", "check", "--update-hashes")[:2] == (0, "1 table, 0 faults\n")
