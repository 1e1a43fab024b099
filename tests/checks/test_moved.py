"""What moves when a table moves: each sentence, headline, chart and row that a new version changes is
named, and nothing else.

The report is held against the pages themselves: the site is built with the old and with the new table,
and their texts are compared here, sentence by sentence, with nothing of the program.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import html

import conftest
from broadsheet.checks.moved.markdown_report import LIMIT, _marked, plain, report_markdown
from broadsheet.checks.moved.moved_report import MovedReport, grouped_moves, words_moved
from broadsheet.checks.moved.revised_publication import revised_publication
from broadsheet.checks.moved.sentence_moves import SentenceMove, changed_words, size_of_move
from broadsheet.checks.moved.table_moves import CellMove, TableMove, table_move
from broadsheet.data.catalogue import Catalogue
from broadsheet.data.revision import Revision
from broadsheet.errors import Place
from broadsheet.project.project import open_project
from conftest import Site

Command = Callable[..., tuple[int, str, str]]

CELL = """import broadsheet as bs
trade = bs.table("trade").set_index("year")"""
TABLE = "year,total\n2020,107.8\n2021,146.9\n2022,190.3\n"
PROSE = """Trade came to `{python} usd(trade.total[2022])` in 2022. Nobody knows why.

- It was `{python} usd(trade.total[2020])` in 2020. It was `{python} usd(trade.total[2021])` in 2021.

It [rose]{claim="trade.total[2022] > trade.total[2021]"} again."""


def moved(site: Site, run: Command, csv: str, *options: str, name: str = "trade") -> dict[str, Any]:
    """The report of replacing a table by this one, for machines."""
    site.write("new.csv", csv)
    arguments = ("data", "add", "new.csv", "--name", name, "--replace", "--json", *options)
    code, out, err = run(site, *arguments)
    assert code == 0, err
    reported: dict[str, Any] = json.loads(out)["result"]["moved"]
    return reported


def told(reported: dict[str, Any], *parts: str) -> Counter[tuple[str, str]]:
    """The sentences of a report, before and now, each as often as it is in the editions."""
    return Counter(
        (entry["before"], entry["now"])
        for part in parts or ("false", "moved")
        for entry in reported[part]["entries"]
        for _ in entry["editions"]
    )


def texts(site: Path) -> dict[str, list[str]]:
    """The sentences of each page of a site, without credits and without "How we know"."""
    pages = {}
    for file in sorted(site.glob("posts/**/*.html")):
        if "figures" in file.parts:
            continue
        [article] = html.fromstring(file.read_text("utf-8")).xpath("//main//article | //article")[
            :1
        ]
        for apart in article.xpath(".//section[@class='known'] | .//figure | .//table"):
            apart.drop_tree()
        blocks = article.xpath(".//p | .//li[not(p)] | .//h1 | .//h2 | .//h3")
        lines = (" ".join(block.text_content().split()) for block in blocks)
        pages[str(file.relative_to(site))] = [
            sentence for line in lines for sentence in re.split(r"(?<=[.!?]) (?=[A-Z])", line)
        ]
    return pages


def differing(before: dict[str, list[str]], now: dict[str, list[str]]) -> tuple[Counter, Counter]:
    """The sentences that one site has and the other has not, and the other way round."""
    old, new = (
        Counter((page, one) for page, sentences in pages.items() for one in sentences)
        for pages in (before, now)
    )
    lost, come = old - new, new - old
    return (
        Counter(sentence for _, sentence in lost.elements()),
        Counter(sentence for _, sentence in come.elements()),
    )


def built(site: Site, run: Command, folder: Path) -> dict[str, list[str]]:
    code, _, err = run(site, "build", "--output", str(folder))
    assert code == 0, err
    return texts(folder)


def hold_against_the_pages(
    site: Site, run: Command, tmp_path: Path, csv: str, *, name: str = "trade"
) -> dict[str, Any]:
    """Replace a table, and hold the report against the pages before and after."""
    before = built(site, run, tmp_path / "old")
    reported = moved(site, run, csv, name=name)
    assert not reported["false"]["entries"]
    lost, come = differing(before, built(site, run, tmp_path / "new"))
    kinds = ("alternative text", "chart title", "chart subtitle", "chart label", "description")
    words = [entry for entry in reported["moved"]["entries"] if entry["kind"] not in kinds]
    for side, sentences in (("before", lost), ("now", come)):
        named = Counter(entry[side] for entry in words for _ in entry["editions"] if entry[side])
        assert named == sentences
    return reported


@pytest.mark.parametrize(
    "csv",
    [
        TABLE.replace("190.3", "190.4"),
        TABLE.replace("146.9", "147.1"),
        TABLE.replace("107.8", "99.5").replace("190.3", "250"),
        TABLE + "2023,200.1\n",
        TABLE.replace("190.3", "190.30"),
    ],
)
def test_each_sentence_that_moves_is_named_and_no_other(
    site: Site, run: Command, tmp_path: Path, csv: str
) -> None:
    site.table(TABLE)
    site.article("trade", CELL, ("md", PROSE), front='title: "Trade"\ndate: 2023-05-26')
    site.article("other", "x = 1", ("md", "It is `{python} x`. Nothing moves."))
    hold_against_the_pages(site, run, tmp_path, csv)


def test_the_sentence_is_named_for_which_a_page_cannot_be_made_any_more(
    site: Site, run: Command
) -> None:
    site.table(TABLE)
    rose = '[rose|fell]{by="trade.total, 2021, 2022"}'
    prose = f"It came to much.\n\nThen it {rose}, as far as is known.\n\nSo it goes."
    site.article("trade", CELL, ("md", prose))
    (entry,) = moved(site, run, TABLE.replace("190.3", "146.9"))["false"]["entries"]
    assert entry["before"] == "Then it rose, as far as is known."
    assert entry["kind"] == "page"
    assert entry["where"]["line"] == 3


def test_a_headline_that_becomes_false_is_the_first_line_and_nothing_is_written(
    site: Site, run: Command
) -> None:
    site.table(TABLE)
    claim = "trade.total[2022] > trade.total[2021]"
    front = f"title: 'Trade [rose]{{claim=\"{claim}\"}}'\ndate: 2023-05-26"
    site.article("trade", CELL, ("md", PROSE), front=front)
    site.write("new.csv", TABLE.replace("190.3", "120"))
    stood = {path: path.read_bytes() for path in (site.root / "data").rglob("*") if path.is_file()}
    arguments = ("data", "add", "new.csv", "--name", "trade", "--replace", "--dry-run")
    code, out, err = run(site, *arguments)
    assert code == 0, err
    first = out.splitlines()[0]
    assert first.startswith("becomes false: the headline “Trade rose” of trade")
    assert "The table stays as it is." in out
    assert {path: path.read_bytes() for path in stood} == stood
    assert not list((site.root / ".broadsheet").glob("revised-*"))
    reported = moved(site, run, TABLE.replace("190.3", "120"))
    kinds = [entry["kind"] for entry in reported["false"]["entries"]]
    assert kinds == ["title", "paragraph"]
    assert told(reported, "false")["It rose again.", "It rose again."] == 1
    code, _, err = run(site, "build")
    assert code == 1 and "Trade rose" in err  # the build refuses it


def test_the_run_with_the_new_table_is_at_hand_when_it_has_been_replaced(
    site: Site, run: Command
) -> None:
    site.table(TABLE)
    site.article("trade", CELL, ("md", PROSE))
    moved(site, run, TABLE.replace("190.3", "191"))
    code, out, err = run(site, "build", "--explain")
    assert code == 0, err
    assert "trade: unchanged" in out + err


READS = {
    "pandas": 'import pandas as pd\nt = pd.read_csv("../../data/trade.csv").set_index("year")',
    "a program": (
        "import io, subprocess\nimport pandas as pd\n"
        'text = subprocess.run(["cat", "../../data/trade.csv"], capture_output=True, text=True).stdout\n'
        'open("../../data/trade.csv").close()\n'
        't = pd.read_csv(io.StringIO(text)).set_index("year")'
    ),
    "the root": (
        "import os\nimport pandas as pd\n"
        't = pd.read_csv(os.environ["BROADSHEET_ROOT"] + "/data/trade.csv").set_index("year")'
    ),
}


@pytest.mark.parametrize("reads", READS)
def test_a_table_is_found_however_a_cell_reads_it(site: Site, run: Command, reads: str) -> None:
    site.table(TABLE)
    site.article("trade", READS[reads], ("md", "It was `{python} t.total[2022]` in all."))
    reported = moved(site, run, TABLE.replace("190.3", "195.5"))
    assert told(reported) == {("It was 190.3 in all.", "It was 195.5 in all."): 1}


def test_what_a_cell_writes_in_the_trial_does_not_reach_the_publication(
    site: Site, run: Command
) -> None:
    site.table(TABLE)
    site.write("posts/trade/out.txt", "190.3")
    site.article("trade", CELL, 'open("out.txt", "w").write(str(trade.total[2022]))')
    code, _, err = run(site, "build")
    assert code == 0, err
    site.write("new.csv", TABLE.replace("190.3", "1.5"))
    run(site, "data", "add", "new.csv", "--name", "trade", "--replace", "--dry-run")
    assert site.read("posts/trade/out.txt") == "190.3"


def test_a_data_folder_that_is_a_link_is_left_as_it_is(
    site: Site, run: Command, tmp_path: Path
) -> None:
    site.table(TABLE)
    shared = tmp_path / "shared"
    (site.root / "data").rename(shared)
    (site.root / "data").symlink_to(shared)
    config = f"{conftest.CONFIG}broadsheet:\n  allowed-folders: ['{shared}']\n"
    site.write("_quarto.yml", config)
    site.article("trade", CELL, ("md", "It was `{python} trade.total[2022]` in all."))
    site.write("new.csv", TABLE.replace("190.3", "1.5"))
    stood = {path: path.read_bytes() for path in shared.iterdir()}
    arguments = ("data", "add", "new.csv", "--name", "trade", "--replace", "--dry-run")
    code, out, err = run(site, *arguments)
    assert code == 0, err
    assert "+ It was 1.5 in all." in out
    assert {path: path.read_bytes() for path in shared.iterdir()} == stood


def test_a_copy_that_a_killed_process_has_left_is_removed(site: Site, run: Command) -> None:
    site.table(TABLE)
    site.article("trade", CELL, ("md", PROSE))
    left, living = (
        site.root / f".broadsheet/revised-{number}-abc" for number in (2**22 + 1, os.getppid())
    )
    for folder in (left, living):
        folder.mkdir(parents=True)
    moved(site, run, TABLE.replace("190.3", "191"))
    assert not left.exists() and living.exists()


def test_what_is_private_hidden_or_installed_is_not_copied(site: Site, tmp_path: Path) -> None:
    site.table(TABLE)
    private = ["_newsletter/readers.csv", ".env", ".git/config", "id_rsa"]
    installed = ["node_modules/a.js", "env/pyvenv.cfg", "env/lib/x.py", "_site/index.html"]
    for path in [*private, *installed]:
        site.write(path, "x")
    (site.root / "there").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(site.root / "pipe")
    project = open_project(site.root)
    with revised_publication(project, []) as copy:
        names = {str(path.relative_to(copy)) for path in copy.rglob("*") if not path.is_dir()}
        assert names == {
            "_quarto.yml",
            "data/trade.csv",
            "data/datapackage.json",
            "there",
        }
        assert (copy / "there").readlink() == tmp_path / "elsewhere"
    assert not copy.exists()


def test_a_page_that_cannot_be_made_becomes_false_with_its_error(site: Site, run: Command) -> None:
    site.table(TABLE)
    site.article("trade", CELL, "assert trade.total[2021] > 100, 'too low'", ("md", PROSE))
    reported = moved(site, run, TABLE.replace("146.9", "99"))
    [entry] = reported["false"]["entries"]
    assert entry["kind"] == "page" and "too low" in entry["why"]
    assert str(site.root) not in json.dumps(reported).replace(str(site.root / "new.csv"), "")
    assert "cannot be made" in reported["headline"]


def test_a_headline_that_becomes_false_comes_before_a_page_that_cannot_be_made(
    site: Site, run: Command
) -> None:
    site.table(TABLE)
    front = (
        "title: \"Trade [rose]{claim='trade.total[2022] > trade.total[2021]'}\"\ndate: 2023-05-26"
    )
    site.article("broken", CELL, "assert trade.total[2022] > 150")
    site.article("trade", CELL, front=front)
    reported = moved(site, run, TABLE.replace("190.3", "120"))
    assert [entry["kind"] for entry in reported["false"]["entries"]] == ["title", "page"]
    assert "headline “Trade rose”" in reported["headline"] and "1 more" in reported["headline"]


def test_a_file_without_an_entry_is_replaced_with_a_report_too(site: Site, run: Command) -> None:
    site.table(TABLE)
    site.write("data/plain.csv", "year,total\n2022,5.5\n")
    cell = 'import pandas as pd\nt = pd.read_csv("../../data/plain.csv").set_index("year")'
    site.article("trade", cell, ("md", "It was `{python} t.total[2022]` in all."))
    reported = moved(site, run, "year,total\n2022,6.5\n", name="plain")
    assert told(reported) == {("It was 5.5 in all.", "It was 6.5 in all."): 1}
    site.write("posts/trade/index.ipynb", "no notebook")
    reported = moved(site, run, "year,total\n2022,7.5\n", name="plain")
    assert reported["tables"][0]["moved"]["count"] == 1


def test_a_row_that_a_claim_needs_and_that_is_lost_makes_it_false(site: Site, run: Command) -> None:
    site.table(TABLE)
    words = 'It [rose]{claim="trade.total.get(2022) > trade.total.get(2021)"}.'
    site.article("trade", CELL, ("md", words))
    reported = moved(site, run, TABLE.replace("2022,190.3\n", ""))
    [entry] = reported["false"]["entries"]
    assert entry["editions"] == ["trade"]


def test_charts_titles_and_alternative_texts_move_with_their_table(
    site: Site, run: Command, tmp_path: Path
) -> None:
    site.table(TABLE)
    chart = (
        "#| label: fig-trade\n"
        "#| fig-alt: Trade reached `{python} usd(trade.total[2022])`.\n"
        "import plotly.express as px\n"
        'px.line(trade.reset_index(), x="year", y="total", title=f"Now {trade.total[2022]}")'
    )
    front = 'title: "Trade of `{python} usd(trade.total[2022])`"\ndate: 2023-05-26'
    site.article("trade", CELL, chart, "trade.reset_index()", front=front)
    report = tmp_path / "moves.md"
    reported = moved(site, run, TABLE.replace("190.3", "195.5"), "--report", str(report))
    kinds = [entry["kind"] for entry in reported["moved"]["entries"]]
    assert kinds[0] == "title" and {"alternative text", "chart title"} <= set(kinds)
    shown = {(chart["label"], chart["what"]) for chart in reported["charts"]["entries"]}
    assert ("fig-trade", "chart") in shown and ("table 1", "table") in shown
    text = report.read_text("utf-8")
    paths = re.findall(r"\]\((moves_files/[\w-]+\.svg)\)", text)
    assert len(paths) == 2
    assert len({(tmp_path / path).read_bytes() for path in paths}) == 2


def test_a_sentence_that_loses_words_is_shown_before_and_now() -> None:
    before = "It goes from 812 in 2017, the lowest, to 902 in 2020."
    now = "It goes from 812 in 2017 to 802 in 2020, the lowest."
    move = SentenceMove("bees", "alternative text", Place("bees.qmd"), before, now)
    assert words_moved(move) == f"“{before}” → “{now}”"
    assert words_moved(replace(move, now=before.replace("902", "905"))) == "902 → 905"
    assert words_moved(replace(move, before="")) == f"— → “{now}”"


def test_many_editions_that_say_the_same_are_one_entry(site: Site, run: Command) -> None:
    site.table(TABLE)
    editions = "\n".join(
        f"  - {{slug: p{n}, title: Part {n}, parameters: {{part: {n}}}}}" for n in range(1, 6)
    )
    front = f"title: Trade\ndate: 2023-05-26\neditions:\n{editions}"
    prose = (
        "In all `{python} trade.total[2022]`. A part is `{python} round(trade.total[2022] / part)`."
    )
    site.article("trade", CELL, ("md", prose), front=front, parameters="part = 1")
    reported = moved(site, run, TABLE.replace("190.3", "195.5"))
    entries = reported["moved"]["entries"]
    assert [len(entry["editions"]) for entry in entries if "In all" in entry["now"]] == [6]
    parts = [entry for entry in entries if "A part" in entry["now"]]
    assert sum(len(entry["editions"]) for entry in parts) == reported["editions"] == 6
    sizes = [size_of_move([tuple(pair) for pair in entry["words"]]) for entry in parts]
    assert sizes == sorted(sizes, reverse=True)


def test_a_year_that_was_typed_is_told_once_newer_data_are_there(site: Site, run: Command) -> None:
    entry = {**conftest.TABLE, "as_of": "2022-12-31"}
    site.table(TABLE, entry=entry)
    site.article("trade", CELL, ("md", PROSE), front="title: Trade in 2022\ndate: 2023-05-26")
    site.article("other", "x = 1", ("md", "It was `{python} x` in 2022."))
    reported = moved(site, run, TABLE + "2023,200.1\n")
    said = [notice["message"] for notice in reported["pinned"]["entries"]]
    assert len(said) == 2 and all("2022" in what and "2023" in what for what in said)
    assert "Trade in 2022" in said[0] and "came to" in said[1]
    assert not told(reported)


def test_a_report_that_cannot_be_written_is_an_error_of_its_option(
    site: Site, run: Command
) -> None:
    site.table(TABLE)
    site.article("trade", CELL, ("md", PROSE))
    site.write("new.csv", TABLE.replace("190.3", "195.5"))
    site.write("taken", "a file")
    arguments = ("data", "add", "new.csv", "--name", "trade", "--replace")
    code, _, err = run(site, *arguments, "--report", "taken/moves.md")
    assert code == 2 and "the report cannot be written" in err
    assert site.read("data/trade.csv") == TABLE


def test_lost_rows_come_before_moved_and_added_ones(site: Site, run: Command) -> None:
    site.table(TABLE)
    site.article("trade", CELL, ("md", "It was `{python} trade.total[2022]`."))
    site.write("new.csv", "year,total\n2021,200.9\n2022,191.0\n2023,5\n")
    arguments = ("data", "add", "new.csv", "--name", "trade", "--replace", "--dry-run")
    code, out, err = run(site, *arguments)
    assert code == 0, err
    rows = out[out.index("trade: 3 → 3 rows") :]
    order = [rows.index(words) for words in ("1 row lost: 2020", "2 values moved", "1 row added")]
    assert order == sorted(order)
    assert "1 above 15 percent, 1 1 percent or less" in rows
    assert rows.index("2021, total: 146.9 → 200.9 (36.8%)") < rows.index("2022, total")


def test_cells_are_compared_by_the_types_of_their_columns(site: Site) -> None:
    fields = [
        {"name": "code", "title": "Code", "type": "string"},
        {"name": "tariff", "title": "Tariff line", "type": "string"},
        {"name": "cents", "title": "Cents", "type": "integer"},
        {"name": "total", "title": "Total", "type": "number"},
    ]
    entry = {**conftest.TABLE, "schema": {"fields": fields, "primaryKey": ["code"]}}
    head = "code,tariff,cents,total\n"
    site.table(
        f"{head}01,0101,9007199254740992,1.5\n02,1e3,2,2\n03,0303,3,3\n1,1,4,4\n", entry=entry
    )
    new = f"{head}01,101,9007199254740993,1.50\n02,1000,2,2.0\n3,0303,3,3\n1,1,+4,4e0\n"
    [resource] = Catalogue.open(site.root).package.resources
    before = (site.root / "data/trade.csv").read_bytes()
    move = table_move(Revision("trade", resource, new.encode(), before), resource)
    assert [(cell.row, cell.column, cell.before, cell.now) for cell in move.moved] == [
        ("01", "cents", "9007199254740992", "9007199254740993"),
        ("01", "tariff", "0101", "101"),
        ("02", "tariff", "1e3", "1000"),
    ]
    assert (move.lost, move.added) == (("03",), ("3",))
    assert move.tiers == {"1 percent or less": 1, "texts and gaps": 2}


def test_rows_stay_the_same_if_the_type_of_their_key_changes(site: Site) -> None:
    fields = [
        {"name": "code", "title": "Code", "type": "integer"},
        {"name": "total", "title": "Total", "type": "number"},
    ]
    entry = {**conftest.TABLE, "schema": {"fields": fields, "primaryKey": ["code"]}}
    site.table("code,total\n11,1\n12,2\n", entry=entry)
    [old] = Catalogue.open(site.root).package.resources
    fields[0]["type"] = "string"
    site.table("code,total\n11,1\n12,3\nA12,4\n", entry=entry)
    [new] = Catalogue.open(site.root).package.resources
    content = (site.root / "data/trade.csv").read_bytes()
    move = table_move(Revision("trade", new, content, b"code,total\n11,1\n12,2\n"), old)
    assert [(cell.row, cell.before, cell.now) for cell in move.moved] == [("12", "2", "3")]
    assert (move.lost, move.added) == ((), ("A12",))


def test_a_text_that_is_written_in_digits_moves_sentences_too(site: Site, run: Command) -> None:
    fields = [
        {"name": "year", "title": "Year", "type": "integer"},
        {"name": "code", "title": "Code", "type": "string"},
    ]
    site.table(
        "year,code\n2021,0101\n2022,0102\n",
        entry={
            **conftest.TABLE,
            "as_of": "2022-12-31",
            "schema": {"fields": fields, "primaryKey": ["year"]},
        },
    )
    site.article("trade", CELL, ("md", "The line was `{python} trade.code[2022]`."))
    reported = moved(site, run, "year,code\n2021,0101\n2022,102\n", "--dry-run")
    assert told(reported) == {("The line was 0102.", "The line was 102."): 1}


def test_a_revision_that_changes_nothing_is_a_line(site: Site, run: Command) -> None:
    site.table(TABLE, entry={**conftest.TABLE, "as_of": "2022-12-31"})
    site.article("trade", CELL, ("md", PROSE))
    site.write("new.csv", TABLE)
    arguments = ("data", "add", "new.csv", "--name", "trade", "--replace", "--dry-run")
    code, out, err = run(site, *arguments)
    assert code == 0, err
    assert out.splitlines() == ["trade: nothing moves", "The table stays as it is."]


def test_an_edition_of_a_row_that_goes_is_a_page_that_goes(site: Site, run: Command) -> None:
    entry = {**conftest.TABLE, "as_of": "2022-12-31"}
    site.table(TABLE, entry=entry)
    rule = "title: Trade\ndate: 2023-05-26\neditions:\n  from: trade\n  slug: 'y{{ year }}'\n  parameters: {year: '{{ year }}'}"
    site.article("trade", CELL, ("md", "It is a year."), front=rule, parameters="year = 2022")
    reported = moved(site, run, TABLE.replace("2020,107.8\n", "") + "2023,1\n")
    pages = {(page["page"], page["change"]) for page in reported["pages"]["entries"]}
    assert pages == {("trade/y2020", "goes"), ("trade/y2023", "is new")}


# The report, without a publication

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "[click](https://evil.example)",
    "@maintainer please merge",
    "fixes #12 and GH-12 and owner/repo#12",
    "![x](https://evil.example/p.png)",
    "https://evil.example www.evil.example a@evil.example",
    "a|b|c `code` **bold** ~~gone~~ _x_",
    "# A heading",
    "1. a list",
    "US$ 5 and $x$",
    "&lt;b&gt; &amp; &#64;",
    "d6db90164ac5ed86f2b6aed7e0febac5b3c0c03e",
    "line\nbreak\r\n## heading\n\n- x",
    "\u202eevil\u202c \x1b[31mred",
    ":tada: <!-- hidden -->",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_text_of_others_does_anything_in_markdown(text: str) -> None:
    shown = plain(text)
    assert "\n" not in shown and "\x1b" not in shown and "\u202e" not in shown
    assert not re.search(r"(?<!\\)[\[\]<>`*_|~]", shown)
    assert not re.search(r"[@#][\w{]|://|\bwww\.|GH-\d|\$|[0-9a-f]{7}", shown.replace("&#36;", ""))
    assert not re.match(r"(\d+[.)]|[-+=#])", shown)


@pytest.mark.parametrize("sign", ["@", "#", ":", "GH-", "www"])
@pytest.mark.parametrize("text", HOSTILE)
def test_what_only_one_sentence_has_joins_nothing_in_the_other(text: str, sign: str) -> None:
    for pair in ((text.replace(sign, f"{sign}-"), text), (text, text.replace(sign, f"{sign}-"))):
        for shown in _marked(*pair):
            assert not re.search(
                r"[@#][\w{]|://|\bwww\.|GH-\d|[0-9a-f]{7}", shown.replace("&#36;", "")
            )


def report_of(count: int, text: str) -> MovedReport:
    moves = [
        SentenceMove(
            f"a/{n}",
            "paragraph",
            Place("posts/a/index.ipynb", n, n),
            f"{text} {n}",
            f"{text} {n + 1}",
        )
        for n in range(count)
    ]
    cells = tuple(CellMove(f"{text} {n}", "total", f"{n}", f"{n + 1}") for n in range(count))
    rows = tuple(f"{text} {n}" for n in range(count))
    table = TableMove("trade", (count, count), rows, cells, rows, (), {"above 1 percent": count})
    return MovedReport((table,), moved=grouped_moves(moves), editions=count)


@pytest.mark.parametrize("count", [1, 30, 2000])
def test_the_markdown_of_any_report_fits_a_pull_request_and_counts_what_it_leaves_out(
    count: int,
) -> None:
    text = report_markdown(report_of(count, "A <b>sentence</b> about @somebody " * 12))
    assert len(text.encode()) <= LIMIT
    assert ("left out here" in text) == (count > 100)
    assert "<b>" not in text


def test_the_report_in_a_terminal_is_bounded() -> None:
    text = report_of(5000, "A sentence").text()
    assert len(text.splitlines()) < 120
    assert "and 4,988 more" in text


def test_words_that_differ_are_found_as_readers_see_them() -> None:
    assert list(changed_words("It was 12.3 percent.", "It was 12.4 percent.")) == [("12.3", "12.4")]
    assert list(changed_words("US$ 1,204 in May.", "US$ 1,305 in June.")) == [
        ("1,204", "1,305"),
        ("May", "June"),
    ]
    assert size_of_move([("100", "150")]) == pytest.approx(0.5)
    assert size_of_move([("1.000,5", "2.001,0")]) == pytest.approx(1)
    assert size_of_move([("12,3", "24,6")]) == pytest.approx(1)
    assert size_of_move([("rose", "fell")]) == float("inf")
