"""`data log` and `data diff`, versions that commands keep, and those of a git history."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import broadsheet as bs
from broadsheet.data.catalogue import update_hashes
from broadsheet.data.descriptor import Resource
from broadsheet.data.table_file import table_bytes
from broadsheet.data.version_log import difference
from broadsheet.data.versions.git_history import Repository
from broadsheet.errors import DataError
from broadsheet.processes.git import _trusted
from broadsheet.storage.limits import under
from git_repository import commit, git, new_repository

FIRST = "year,total\n2020,107.8\n2021,146.9\n"
SECOND = "year,total\n2020,107.8\n2021,147.9\n2022,190.3\n"
THIRD = "year,total\n2021,147.9\n2022,214.1\n2023,240.1\n"
OTHER = "partner;total\nChina;1\n"


@pytest.fixture
def paper(site, monkeypatch):
    site.write("_quarto.yml", "website:\n  title: The Town\n")
    site.table(THIRD)
    monkeypatch.chdir(site.root)
    return site


@pytest.fixture
def history(tmp_path):
    """A repository in which a table was renamed, broken, linked, removed and mended."""
    folder = new_repository(tmp_path / "history")
    commit(folder, {"-old.csv": FIRST}, day="2021-03-01")
    commit(folder, {"README.md": "nothing of the table"}, day="2021-04-01")
    git(folder, "mv", "--", "-old.csv", "trade.csv")
    git(folder, "commit", "--quiet", "--message", "renamed", day="2021-05-01")
    commit(folder, {"trade.csv": OTHER}, day="2022-03-01")
    commit(folder, {"trade.csv": "<<<<<<< HEAD\n"}, day="2022-03-02")
    commit(folder, {"trade.csv": SECOND}, day="2022-03-03")
    commit(folder, {"trade.csv": SECOND.replace(",", ";")}, day="2022-06-01")
    return folder


def versions(site) -> list[str]:
    lines = site.read("data/vintages/trade/index.txt").splitlines()
    return [f"{line[:10]} {line.partition(' rows')[0].rpartition(' ')[2]}" for line in lines[1:]]


def test_a_git_history_is_taken_in_by_the_days_of_its_authors(paper, history, run):
    code, out, err = run(paper, "data", "log", "trade", "--take-in", str(history))
    assert code == 0, err
    assert "trade.csv: 6 commits, 2 versions taken in, 2 passed over" in err
    assert "of 2022-03-01 passed over: the first line names none of the columns" in err
    assert "of 2022-03-02 passed over:" in err
    assert versions(paper) == ["2021-03-01 2", "2022-03-03 3"]
    assert [line for line in out.splitlines() if line[0] != " "] == [
        f"2025-01-31  {digest(paper)}  3 rows  https://customs.example/trade",
        next(line for line in out.splitlines() if line.startswith("2022-03-03")),
        next(line for line in out.splitlines() if line.startswith("2021-03-01")),
    ]
    assert "  1 row lost, 1 row moved, 1 row added" in out.splitlines()
    frame = bs.table("trade", known="2021-12-31")
    assert list(frame["total"]) == [107.8, 146.9]
    assert str(frame.attrs["origin"].as_of) == "2021-03-01"  # no figure is of a later day
    assert str(bs.table("trade", known="2024-01-01").attrs["origin"].as_of) == "2022-03-03"
    again = run(paper, "data", "log", "trade", "--take-in", str(history))
    assert "0 versions taken in" in again[2] and versions(paper) == ["2021-03-01 2", "2022-03-03 3"]


def digest(site) -> str:
    package = json.loads(site.read("data/datapackage.json"))
    return str(package["resources"][0]["hash"])[7:19]


def test_nothing_of_a_repository_is_run(paper, history, run, tmp_path):
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\nexit 1\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "diff.external", "gpg.program", "core.sshCommand",
                "core.alternateRefsCommand", "diff.a.textconv", "diff.a.command", "filter.a.smudge",
                "uploadpack.packObjectsHook"):  # fmt: skip
        git(history, "config", key, str(trap))
    git(history, "config", "log.showSignature", "true")
    git(history, "config", "core.hooksPath", str(tmp_path))
    (history / ".git/info").mkdir(exist_ok=True)
    (history / ".git/info/attributes").write_text("*.csv diff=a filter=a\n")
    for hook in ("post-index-change", "reference-transaction"):
        (tmp_path / hook).write_text(trap.read_text())
        (tmp_path / hook).chmod(0o755)
    assert "2 versions taken in" in run(paper, "data", "log", "trade", "--take-in", str(history))[2]
    assert not (tmp_path / "sprung").exists()


def test_an_object_that_never_ends_is_given_up(history):
    blob = git(history, "rev-parse", "HEAD:trade.csv")
    file = history / ".git/objects" / blob[:2] / blob[2:]
    file.unlink()
    os.mkfifo(file)
    limits = {"work-time": 0.1, "idle-time": 1}
    with under(limits), pytest.raises(DataError, match="`git cat-file` did not end in time"):
        list(Repository(history).contents([blob]))


def test_each_failure_of_git_has_its_own_remedy(history, tmp_path):
    limits = {"work-time": 0, "idle-time": 0}
    with under(limits), pytest.raises(DataError, match="did not end in time") as late:
        Repository(history).history("trade.csv")
    assert "history-commits" in late.value.mend
    with pytest.raises(DataError, match="`git rev-parse` failed") as failed:
        Repository(tmp_path).history("trade.csv")
    assert "git fsck" in failed.value.mend and "history-commits" not in failed.value.mend


def test_a_blob_that_is_damaged_is_passed_over_alone(paper, history, run):
    blob = git(history, "rev-parse", "HEAD~3:trade.csv")
    file = history / ".git/objects" / blob[:2] / blob[2:]
    file.chmod(0o644)
    file.write_bytes(b"damaged")
    code, _, err = run(paper, "data", "log", "trade", "--take-in", str(history))
    assert code == 0, err
    assert "of 2022-03-01 passed over: it is missing or damaged in the repository" in err
    assert versions(paper) == ["2021-03-01 2", "2022-03-03 3"]


def test_what_the_user_has_git_print_changes_no_history(paper, history, run, tmp_path, monkeypatch):
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    config = tmp_path / "config"
    for key, value in (
        *(("color.ui", "always"), ("log.follow", "false"), ("log.diffMerges", "on")),
        *(("log.mailmap", "false"), ("core.pager", str(trap)), ("core.fsmonitor", str(trap))),
        *(("safe.directory", "*"), ("core.quotePath", "true"), ("diff.external", str(trap))),
    ):
        git(paper.root, "config", "--file", str(config), key, value)
    monkeypatch.setenv("HOME", str(tmp_path))
    config.rename(tmp_path / ".gitconfig")
    assert "2 versions taken in" in run(paper, "data", "log", "trade", "--take-in", str(history))[2]
    assert not (tmp_path / "sprung").exists()


def test_a_repository_of_somebody_else_is_read_if_the_user_trusts_it(
    history, tmp_path, monkeypatch
):
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    for path in (history, *history.rglob("*")):
        os.chown(path, 12345, -1)
    monkeypatch.setenv("HOME", str(tmp_path))
    _trusted.cache_clear()
    with pytest.raises(DataError, match="dubious ownership") as fault:
        Repository(history).history("trade.csv")
    assert f"git config --global --add safe.directory {history}" in fault.value.mend
    (tmp_path / ".gitconfig").write_text(f"[safe]\n\tdirectory = {history}\n")
    _trusted.cache_clear()
    assert Repository(history).history("trade.csv")
    _trusted.cache_clear()


@pytest.mark.parametrize(
    ("repository", "message"),
    [
        ("nowhere", "there is no such folder"),
        ("https://example.org/trade.git", "git clone"),
        ("{tmp}", "git"),
        ("{tmp}/history:other.csv", "no commit has a file 'other.csv'"),
        ("{tmp}/history:--output=x", "no commit has a file '--output=x'"),
        ("{tmp}/history::(glob)*", "no commit has a file ':(glob)*'"),
    ],
)
def test_a_repository_that_is_none_is_a_named_error(
    paper, history, run, tmp_path, repository, message
):
    code, _, err = run(paper, "data", "log", "trade", "--take-in", repository.format(tmp=tmp_path))
    assert code in (1, 2) and message in err and "Traceback" not in err
    assert not list(tmp_path.glob("**/x"))


def test_the_newest_commits_are_read_of_a_huge_history(paper, history, run):
    paper.write("_quarto.yml", "broadsheet: {limits: {history-commits: 1}}\n")
    assert "1 commit, 1 version" in run(paper, "data", "log", "trade", "--take-in", str(history))[2]


def test_of_several_tables_one_is_to_be_named(paper, history, run):
    git(history, "mv", "trade.csv", "a.csv")
    commit(history, {"b.csv": FIRST}, day="2022-07-01")
    code, _, err = run(paper, "data", "log", "trade", "--take-in", str(history))
    assert code == 1 and "2 CSV files: a.csv, b.csv" in err and ":PATH" in err
    assert run(paper, "data", "log", "trade", "--take-in", f"{history}:a.csv")[0] == 0


def test_the_difference_names_lost_before_moved_before_added(paper, history, run):
    run(paper, "data", "log", "trade", "--take-in", str(history))
    lines = [
        "1 row lost, 1 row moved, 1 row added",
        "lost: year 2020",
        "moved: year 2022, total: 214.1, was 190.3 (+12.5 percent)",
        "added: year 2023",
    ]
    first = next(line for line in versions(paper) if line.startswith("2022"))[:10]
    for names in ((first, "now"), (first,), ("2024-05-05", digest(paper)[:6])):
        code, out, err = run(paper, "data", "diff", "trade", *names)
        assert (code, out.splitlines(), err) == (0, lines, "")
    report = json.loads(run(paper, "data", "diff", "trade", first, "now", "--json")[1])["result"]
    assert report["lost"] == [[2020]] and report["added"] == [[2023]]
    assert report["moved"] == [{"row": [2022], "column": "total", "before": 190.3, "now": 214.1}]


@pytest.mark.parametrize("name", ["yesterday", "2019-01-01", "2022-02-30", "zz", "abc", "-x"])
def test_a_version_that_is_none_is_a_named_error(paper, history, run, name):
    run(paper, "data", "log", "trade", "--take-in", str(history))
    code, _, err = run(paper, "data", "diff", "trade", name)
    assert code in (1, 2) and "error" in err and "Traceback" not in err


def test_the_difference_reads_no_other_table(paper, monkeypatch):
    package = json.loads(paper.read("data/datapackage.json"))
    package["resources"].insert(0, {**package["resources"][0], "name": "other", "path": "o.csv"})
    paper.write("data/o.csv", THIRD)
    paper.write("data/datapackage.json", json.dumps(package))
    read = []

    def spied(root: Path, resource: Resource) -> bytes:
        read.append(resource.name)
        return table_bytes(root, resource)

    monkeypatch.setattr("broadsheet.data.catalogue.table_bytes", spied)
    assert not difference(paper.root, "trade", "now", "now")
    assert set(read) == {"trade"}


def test_a_table_that_is_not_there_is_one_error_wherever_it_is_asked_for(paper, run):
    with pytest.raises(DataError) as asked:
        bs.table("trades")
    for words in (("diff", "trades", "now", "now"), ("diff", "trades", "abcd", "now")):
        code, _, err = run(paper, "data", *words)
        assert code == 1 and asked.value.what in err and asked.value.mend in err


def test_of_a_table_in_parquet_there_are_no_versions_to_compare(paper, run):
    pq.write_table(pa.table({"year": [2021], "total": [1.5]}), paper.root / "flows.parquet")
    assert run(paper, "data", "add", "flows.parquet", "--key", "year")[0] == 0
    code, _, err = run(paper, "data", "diff", "flows", "now", "now")
    assert code == 1 and "Parquet, of which no versions are kept" in err


def test_a_unit_and_a_column_that_changed_are_in_the_difference(paper, run):
    update_hashes(paper.root)
    run(paper, "data", "add", str(paper.write("new.csv", THIRD.replace("total", "total_sum"))),
        "--name", "trade", "--replace")  # fmt: skip
    out = run(paper, "data", "diff", "trade", "2025-06-01")[1]
    assert "column `total` went" in out and "column `total_sum` is new" in out


def test_add_and_replace_keep_each_version(paper, run):
    for content in (FIRST, SECOND):
        file = paper.write("new.csv", content)
        assert run(paper, "data", "add", str(file), "--name", "trade", "--replace")[0] == 0
    assert [line[-2:] for line in versions(paper)] == [" 3", " 2", " 3"]
    assert list(bs.table("trade", known="2025-01-31")["total"]) == [147.9, 214.1, 240.1]
    assert list(bs.table("trade", known="2999-01-01")["total"]) == [107.8, 147.9, 190.3]


def test_an_edit_that_is_accepted_keeps_what_stood_before_from_git(paper, run):
    git(paper.root, "init", "--quiet")
    git(paper.root, "add", "-A")
    git(paper.root, "commit", "--quiet", "--message", "the table")
    paper.write("data/trade.csv", THIRD + "2024,244.8\n")
    assert run(paper, "data", "check", "--update-hashes")[0] == 0
    paper.write("data/trade.csv", THIRD + "2024,245.0\n")
    assert run(paper, "data", "record", "trade")[0] == 0
    assert [line[-2:] for line in versions(paper)] == [" 3", " 4", " 4"]
    assert list(bs.table("trade", known="2025-02-01")["total"]) == [147.9, 214.1, 240.1]


def test_a_table_without_versions_has_the_one_that_stands(paper, run):
    code, out, _ = run(paper, "data", "log", "trade")
    assert code == 0
    assert out == f"2025-01-31  {digest(paper)}  3 rows  https://customs.example/trade\n"
    assert not (paper.root / "data/vintages").exists()
    code, _, err = run(paper, "data", "log", "trad")
    assert code == 1 and "The nearest names: trade" in err


def test_the_log_for_machines(paper, history, run):
    run(paper, "data", "log", "trade", "--take-in", str(history))
    log = json.loads(run(paper, "data", "log", "trade", "--json")[1])["result"]
    assert [one["known"] for one in log["versions"]] == ["2025-01-31", "2022-03-03", "2021-03-01"]
    assert log["versions"][0]["changes"]["lost_rows"] == 1
    oldest = log["versions"][2]
    assert oldest["changes"] is None and oldest["is_kept"] and len(oldest["sha256"]) == 64


def test_the_history_of_the_publication_is_that_of_the_table_s_own_file(paper, run):
    git(paper.root, "init", "--quiet")
    for day, content in (("2024-03-01", FIRST), ("2024-04-01", SECOND), ("2024-05-01", THIRD)):
        commit(paper.root, {"data/trade.csv": content}, day=day)
    code, _, err = run(paper, "data", "log", "trade", "--take-in", ".")
    assert code == 0 and "data/trade.csv: 3 commits, 3 versions taken in" in err
    assert versions(paper) == ["2024-03-01 2", "2024-04-01 3", "2024-05-01 3"]


def test_the_content_may_be_left_out_of_git_and_the_table_that_stands_is_kept_again(paper, run):
    run(paper, "data", "add", str(paper.write("new.csv", SECOND)), "--name", "trade", "--replace")
    for packed in paper.root.glob("data/vintages/trade/*.gz"):
        packed.unlink()
    assert list(bs.table("trade", known="2999-01-01")["total"]) == [107.8, 147.9, 190.3]
    with pytest.raises(DataError, match="was known from 2025-01-31 is not here"):
        bs.table("trade", known="2025-02-01")
    run(paper, "data", "add", str(paper.write("new.csv", FIRST)), "--name", "trade", "--replace")
    assert len(list(paper.root.glob("data/vintages/trade/*.gz"))) == 2
    assert [line[-2:] for line in versions(paper)] == [" 3", " 3", " 2"]


def test_a_correction_of_today_keeps_no_version_of_a_history_out(paper, history, run):
    package = json.loads(paper.read("data/datapackage.json"))
    package["resources"][0]["corrections"] = [
        {"row": {"year": 2023}, "column": "total", "expect": 240.1, "value": 241.0, "reason": "x"}
    ]
    paper.write("data/datapackage.json", json.dumps(package))
    assert "2 versions taken in" in run(paper, "data", "log", "trade", "--take-in", str(history))[2]
    assert list(bs.table("trade", known="2022-04-01")["total"]) == [107.8, 147.9, 190.3]
    assert list(bs.table("trade", known="2025-02-01")["total"]) == [147.9, 214.1, 241.0]
    assert list(bs.table("trade")["total"]) == [147.9, 214.1, 241.0]
