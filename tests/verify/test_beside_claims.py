"""What stands beside a claim: names of rows and columns in place of those that its condition reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from broadsheet.editor.diagnostics import diagnose
from broadsheet.editor.edited_file import EditedCell, EditedFile
from broadsheet.editor.workspace import Workspace
from conftest import TABLE, Site

Command = Callable[..., tuple[int, str, str]]
ISLANDS = """island,people_2011,people_2023,schools
Caldey,2140,2405,3
Ramsey,640,588,1
Lundy,310,355,1
"""
CELL = 'import broadsheet as bs\ni = bs.table("islands").set_index("island")'
GREW = "i.people_2023['Caldey'] > i.people_2011['Caldey']"
MORE = "i.people_2023['Caldey'] > i.people_2023['Lundy']"
BOTH = "i.people_2023.loc[['Caldey', 'Lundy']].sum() > 100"
TOP = "highest(i.people_2023, at='Caldey')"
SCHOOLS = "i.schools['Caldey'] > i.schools['Lundy']"
POWER = """country,year,coal,wind
Germany,2010,263,38
Germany,2015,272,81
Poland,2010,138,2
Poland,2015,130,11
"""
POWER_CELL = 'import broadsheet as bs\nstrom = bs.table("power").set_index(["country", "year"])'
COAL = "rose(strom.coal['Germany'], 2010, 2015)"
ONE = "strom.coal['Germany', 2015] > strom.coal['Germany', 2010]"


def _reported(site: Site, run: Command, words: str, claim: str, lang: str, cell: str) -> str:
    prose = words if "{" in words else words.replace("]", f']{{claim="{claim}"}}', 1)
    site.article("a", cell, ("md", prose), front=f"title: A\ndate: 2023-05-26\nlang: {lang}")
    _, printed, told = run(site, "check", "--claims")
    return printed + told


def _table(site: Site, name: str, csv: str, key: list[str], texts: tuple[str, ...]) -> None:
    titles = csv.splitlines()[0].split(",")
    fields = [
        {"name": one, "type": "string" if one in texts else "number", "title": one.title()}
        for one in titles
    ]
    schema = {"fields": fields, "primaryKey": key}
    site.table(csv, entry={**TABLE, "name": name, "path": f"{name}.csv", "schema": schema})


def _of_islands(site: Site, run: Command, words: str, claim: str) -> str:
    _table(site, "islands", ISLANDS, ["island"], ("island",))
    return _reported(site, run, words, claim, "en", CELL)


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        ("Ramsey [grew].", GREW),
        ("Lundy's people [grew] in number.", GREW),
        ("Ramsey [has more people than] Lundy.", MORE),
        ("Lundy [has the most people].", TOP),
        ("Meanwhile Ramsey [grew].", GREW),
    ],
)
def test_a_row_of_the_same_table_that_is_the_subject_of_a_claim_is_refused(
    site: Site, run: Command, words: str, claim: str
) -> None:
    told = _of_islands(site, run, words, claim)
    assert "the condition reads “Caldey" in told
    assert "(refuted)" in told


@pytest.mark.parametrize(
    ("words", "claim", "named"),
    [
        ("On the map of Wales, people in Ramsey [grew].", GREW, "Ramsey"),
        ("In Ramsey, the number [grew].", GREW, "Ramsey"),
        ("Ramsey and its farms [grew].", GREW, "Ramsey"),
        ("Caldey [has more people than Ramsey].", MORE, "Ramsey"),
        ("The number [grew] in Lundy.", GREW, "Lundy"),
        ("Schools [are more numerous].", "i.people_2023['Caldey'] > 100", "Schools"),
        ("Ramsey and Caldey [grew].", GREW, "Ramsey"),
        ("Caldey's and Lundy's people [grew].", GREW, "Lundy"),
        ("[Lundy, Ramsey and Caldey grew].", GREW, "Lundy"),
        ("Neither Lundy nor Caldey [shrank].", GREW, "Lundy"),
        ("Caldey [has more people than Lundy or Ramsey].", MORE, "Ramsey"),
        ("From 2011 to 2023 Ramsey [grew].", GREW, "Ramsey"),
        ("During those years Ramsey's people [grew] in number.", GREW, "Ramsey"),
        ("It was Ramsey that [grew].", GREW, "Ramsey"),
        ("Caldey [grew], as did Ramsey.", GREW, "Ramsey"),
        ("Unlike Ramsey, Caldey [grew].", GREW, "Ramsey"),
        ("Rents in Caldey [rose].", GREW, "Rents"),
        ("Caldey has [the most people in Wales].", TOP, "Wales"),
        ("By then, as it was, old Ramsey still [had more people than Lundy].", MORE, "Ramsey"),
    ],
)
def test_a_name_in_place_of_what_a_claim_reads_leaves_its_words_to_the_author(
    site: Site, run: Command, words: str, claim: str, named: str
) -> None:
    told = _of_islands(site, run, words, claim)
    assert f"“{named}” stands beside a claim that reads" in told
    assert "(on the author's word)" in told


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        ("Caldey [grew].", GREW),
        ("It [grew].", GREW),
        ("The largest island [grew], and Ramsey shrank.", GREW),
        ("Ramsey's neighbour Caldey [grew].", GREW),
        ("Caldey [has more people than Lundy].", MORE),
        ("The island [has more people than its neighbour].", MORE),
        ("While Ramsey shrank, Caldey [grew].", GREW),
        ("New Ramsey [grew].", GREW),
        ("Of Ramsey and Caldey, Caldey [grew].", GREW),
        ("Caldey, Lundy and Ramsey's neighbour, [grew].", GREW),
        ("Ramsey shrank and Caldey [grew].", GREW),
        ("The people of Caldey and Lundy [were more than 100].", BOTH),
        ("Caldey [has more schools than Lundy].", SCHOOLS),
        ("Inhabitants and schools [grew].", GREW),
        ("From 2011 to 2023 the island [grew].", GREW),
        ("To the dismay of Ramsey it [grew].", GREW),
        ("In those years Caldey overtook Ramsey: [it grew].", GREW),
    ],
)
def test_what_names_the_rows_of_a_claim_or_none_is_left_alone(
    site: Site, run: Command, words: str, claim: str
) -> None:
    told = _of_islands(site, run, words, claim)
    assert "stands beside" not in told and "refuted" not in told


def test_a_name_in_words_that_their_author_answers_for_is_left_alone(
    site: Site, run: Command
) -> None:
    words = f'[Ramsey [grew]{{claim="{GREW}"}}]{{.unchecked reason="a joke"}}.'
    told = _of_islands(site, run, words, GREW)
    assert "stands beside" not in told and "refuted" not in told


def test_words_for_what_may_be_leave_a_claim_to_its_author(site: Site, run: Command) -> None:
    told = _of_islands(site, run, "Caldey [may have grown].", GREW)
    assert "“may have” tells what may be, and the claim beside it what is so" in told
    assert "(on the author's word)" in told


@pytest.mark.parametrize("claim", [COAL, ONE])
@pytest.mark.parametrize(
    ("lang", "words", "told"),
    [
        ("en", "Poland's coal power [rose].", "the condition reads “Germany”"),
        ("en", "Coal power in Poland [rose].", "“Poland” stands beside a claim"),
        ("en", "In Germany wind power [rose].", "“wind” stands beside a claim"),
        ("en", "In Germany coal power [rose].", ""),
        ("de", "Polen [legte zu].", "the condition reads “Germany”"),
        ("de", "Von 2010 bis 2015 [legte Polen zu].", "“Polen” stands beside a claim"),
        ("de", "In all den Jahren hatte Polen [zugelegt].", "“Polen” stands beside a claim"),
        ("de", "In Polen [stieg] die Kohle.", "“Polen” stands beside a claim"),
        ("de", "In Deutschland [stieg] die Kohle, in Polen nicht.", ""),
        ("de", "Deutschlands Kohle [legte zu].", ""),
    ],
)
def test_of_a_table_with_two_keys_each_part_is_known_in_the_language_of_the_page(
    site: Site, run: Command, claim: str, lang: str, words: str, told: str
) -> None:
    _table(site, "power", POWER, ["country", "year"], ("country",))
    reported = _reported(site, run, words, claim, lang, POWER_CELL)
    if told:
        assert told in reported
    else:
        assert "stands beside" not in reported and "refuted" not in reported


PATH = "posts/a/index.ipynb"
LEADER = f"{POWER_CELL}\nfirst = strom.coal.xs(2015, level='year').idxmax()"
OF_LEADER = "rose(strom.coal[first], 2010, 2015)"


def _with_leader(site: Site, words: str) -> None:
    """An article whose words are about the country that burns most coal."""
    _table(site, "power", POWER, ["country", "year"], ("country",))
    site.article("a", LEADER, ("md", words.replace("]", f']{{claim="{OF_LEADER}"}}')))


def test_an_editor_refuses_what_a_build_refuses(site: Site, run: Command) -> None:
    _with_leader(site, "Poland's coal power [rose].")
    assert run(site, "build")[0] == 1
    cells = json.loads(site.read(PATH))["cells"]
    edited = EditedFile(
        PurePosixPath(PATH),
        cells=tuple(EditedCell(cell["cell_type"], "".join(cell["source"])) for cell in cells),
    )
    (problem,) = diagnose(edited, Workspace(Path(site.root)))
    assert "the condition reads “Germany”" in problem.text


def test_an_editor_reads_a_table_when_it_has_changed_and_not_before(
    site: Site, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_leader(site, "Germany's coal power [rose].")
    assert run(site, "build")[0] == 0
    workspace, path = Workspace(Path(site.root)), PurePosixPath(PATH)
    assert any("Poland" in rows for rows in workspace.around(path, "en").rows)
    read = list[Path]()
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda file: read.append(file) or read_bytes(file))
    workspace.around(path, "en")
    assert not read
    _table(site, "power", POWER.replace("Poland", "Norway"), ["country", "year"], ("country",))
    assert any("Norway" in rows for rows in workspace.around(path, "en").rows)
    assert read


def test_a_sentence_that_names_another_row_with_a_new_table_becomes_false(
    site: Site, run: Command
) -> None:
    _with_leader(site, "Germany's coal power [rose].")
    site.write("new.csv", POWER.replace("Poland,2015,130", "Poland,2015,330"))
    code, out, err = run(site, "data", "add", "new.csv", "--name", "power", "--replace", "--json")
    assert code == 0, err
    (false,) = json.loads(out)["result"]["moved"]["false"]["entries"]
    assert false["now"] == "Germany’s coal power rose."


def test_a_change_that_makes_a_sentence_name_another_row_is_stopped(
    site: Site, run: Command
) -> None:
    _with_leader(site, "Germany's coal power [rose].")
    code, out, err = run(site, "check", "--mutate", "40", "--json")
    assert code == 0, err
    changes = json.loads(out)["result"]["changes"]
    assert changes["failed"] > 0 and not changes.get("unmoved")
