"""The versions of a table: kept, listed, read as they were known, and damaged."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

import broadsheet as bs
from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import Resource
from broadsheet.data.versions.partial_reads import part_digest, read_of
from broadsheet.data.vintages import (
    FOLDER,
    Accepted,
    Vintage,
    as_known,
    content_of,
    files_to_keep,
    keep_all,
    vintages,
)
from broadsheet.errors import BroadsheetError, DataError
from broadsheet.storage import limits
from broadsheet.storage.data_swap import replace_together

FIRST = b"year,total\n2021,146.9\n"
SECOND = b"year,total\n2021,147.1\n2022,190.3\n"
STANDING = b"year,total\n2021,147.2\n2022,190.3\n2023,240.1\n"
ADDRESS = "https://example.org/trade.csv"


@pytest.fixture
def paper(site, monkeypatch):
    """A publication whose table has two versions before the one that stands."""
    site.write("_quarto.yml", "website:\n  title: The Town\n")
    site.table(STANDING.decode())
    resource = entry(site.root)
    keep_all(
        site.root,
        "trade",
        [
            Accepted(resource, FIRST, date(2022, 3, 1), ADDRESS),
            Accepted(resource, SECOND, date(2023, 3, 1), ADDRESS),
        ],
    )
    monkeypatch.chdir(site.root)
    return site


def entry(root: Path) -> Resource:
    return Catalogue.open(root).resource("trade")


def keep(root: Path, content: bytes, day: date, source: str = "by hand") -> None:
    """Keep a new version of the table, as `data add` and a refresh do."""
    version = Accepted(entry(root), content, day, source)
    assert replace_together(root, files_to_keep(root, "trade", [version]), {})


def packed(site, content: bytes) -> Path:
    return site.root / FOLDER / "trade" / f"{hashlib.sha256(content).hexdigest()}.csv.gz"


def index(site) -> list[str]:
    lines = site.read(f"{FOLDER}/trade/index.txt").splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_a_table_is_read_as_it_was_known_on_a_day(paper):
    assert list(bs.table("trade", known="2022-12-31")["total"]) == [146.9]
    assert list(bs.table("trade", known=date(2023, 3, 1))["total"]) == [147.1, 190.3]
    assert list(bs.table("trade", known="2030-01-01")["total"]) == [147.2, 190.3, 240.1]
    assert list(bs.table("trade")["total"]) == [147.2, 190.3, 240.1]
    origin = bs.table("trade", known="2022-12-31").attrs["origin"]
    assert (origin.name, origin.known) == ("trade@2022-12-31", date(2022, 12, 31))
    assert bs.table("trade").attrs["origin"].known is None


def test_the_versions_are_listed_oldest_first_with_the_one_that_stands(paper):
    assert [(one.known, one.rows, one.source) for one in vintages(paper.root, "trade")] == [
        (date(2022, 3, 1), 1, ADDRESS),
        (date(2023, 3, 1), 2, ADDRESS),
        (entry(paper.root).retrieved, 3, entry(paper.root).sources[0].path or "by hand"),
    ]


def test_a_version_is_a_line_of_the_index(paper):
    assert index(paper) == [
        f"2022-03-01 {hashlib.sha256(FIRST).hexdigest()} 1 rows: {ADDRESS}",
        f"2023-03-01 {hashlib.sha256(SECOND).hexdigest()} 2 rows: {ADDRESS}",
    ]


def test_before_the_first_version_the_error_names_its_day(paper):
    with pytest.raises(DataError, match="was not known on 2022-02-28: its first version is of"):
        bs.table("trade", known="2022-02-28")
    with pytest.raises(DataError, match="2022-03-01"):
        bs.table("trade", known="1999-01-01")


@pytest.mark.parametrize("known", ["2023-13-01", "yesterday", "", 2023, "2023-05-26; x"])
def test_what_is_no_day_is_refused(paper, known):
    with pytest.raises(DataError, match="which is no day"):
        bs.table("trade", known=known)


def test_an_unknown_table_is_told_with_the_near_one(paper):
    with pytest.raises(DataError, match="no table 'trad' in the catalogue") as fault:
        bs.table("trad", known="2023-01-01")
    assert "trade" in fault.value.mend
    with pytest.raises(DataError):
        bs.table("../trade", known="2023-01-01")


def test_a_column_that_is_renamed_later_does_not_break_a_version(paper):
    renamed = STANDING.replace(b"total", b"turnover")
    described = json.loads(paper.read("data/datapackage.json"))
    described["resources"][0]["schema"]["fields"][1]["name"] = "turnover"
    paper.table(renamed.decode(), entry=described["resources"][0])
    assert list(bs.table("trade")) == ["year", "turnover"]
    assert list(bs.table("trade", known="2022-12-31")["total"]) == [146.9]


def test_the_version_that_stands_is_kept_before_a_new_one(paper):
    new = STANDING + b"2024,244.8\n"
    keep(paper.root, new, date(2026, 1, 1))
    assert vintages(paper.root, "trade")[-1] == Vintage(
        date(2026, 1, 1), hashlib.sha256(new).hexdigest(), 4, "by hand"
    )
    contents = [content_of(paper.root, "trade", one) for one in vintages(paper.root, "trade")]
    assert contents == [FIRST, SECOND, STANDING, new]


def test_the_same_content_is_kept_once_and_a_return_to_it_is_a_line(paper):
    resource = entry(paper.root)
    before = sorted(path.name for path in (paper.root / FOLDER / "trade").iterdir())
    assert keep_all(paper.root, "trade", [Accepted(resource, SECOND, date(2023, 4, 1), "x")]) == []
    keep_all(paper.root, "trade", [Accepted(resource, FIRST, date(2023, 6, 1), "by hand")])
    assert [line[:10] for line in index(paper)] == ["2022-03-01", "2023-03-01", "2023-06-01"]
    assert sorted(path.name for path in (paper.root / FOLDER / "trade").iterdir()) == before
    assert as_known(paper.root, "trade", date(2023, 7, 1)).rows == 1


def test_the_packed_content_has_no_time_in_it(paper):
    assert packed(paper, FIRST).read_bytes()[4:8] == bytes(4)
    assert gzip.decompress(packed(paper, FIRST).read_bytes()) == FIRST


def test_the_lines_of_two_branches_are_merged_in_any_order(paper):
    paper.write(f"{FOLDER}/trade/index.txt", "\n".join(["# x", *reversed(index(paper)), ""]))
    assert list(bs.table("trade", known="2022-12-31")["total"]) == [146.9]
    paper.write(
        f"{FOLDER}/trade/index.txt",
        "\n".join(["<<<<<<< HEAD", index(paper)[0], "=======", index(paper)[1], ">>>>>>> b", ""]),
    )
    with pytest.raises(DataError, match="the marks of a merge conflict") as fault:
        bs.table("trade", known="2022-12-31")
    assert fault.value.where.line == 1 and "Keep the lines of both" in fault.value.mend


def damage_content(paper):
    packed(paper, FIRST).write_bytes(gzip.compress(SECOND, mtime=0))


def cut_content(paper):
    packed(paper, FIRST).write_bytes(packed(paper, FIRST).read_bytes()[:-9])


def add_content(paper):
    packed(paper, FIRST).write_bytes(packed(paper, FIRST).read_bytes() * 2)


def unpacked_content(paper):
    packed(paper, FIRST).write_bytes(FIRST)


def no_content(paper):
    packed(paper, FIRST).unlink()


def content_is_a_link(paper):
    packed(paper, FIRST).unlink()
    packed(paper, FIRST).symlink_to(packed(paper, SECOND).name)


def content_is_a_folder(paper):
    packed(paper, FIRST).unlink()
    packed(paper, FIRST).mkdir()


def folder_is_a_link(paper):
    folder = paper.root / FOLDER / "trade"
    folder.rename(paper.root / "elsewhere")
    folder.symlink_to(paper.root / "elsewhere")


def content_outside(paper):
    outside = paper.root.parent / "outside.gz"
    packed(paper, FIRST).rename(outside)
    packed(paper, FIRST).symlink_to(outside)


def no_entry(paper):
    packed(paper, FIRST).with_name(packed(paper, FIRST).name[:64] + ".json").unlink()


def other_entry(paper):
    folder = packed(paper, FIRST).parent
    first, second = (hashlib.sha256(one).hexdigest() for one in (FIRST, SECOND))
    (folder / f"{first}.json").write_bytes((folder / f"{second}.json").read_bytes())


def entry_is_no_json(paper):
    packed(paper, FIRST).with_name(packed(paper, FIRST).name[:64] + ".json").write_text("[" * 9999)


def path_in_the_index(paper):
    text = paper.read(f"{FOLDER}/trade/index.txt")
    paper.write(
        f"{FOLDER}/trade/index.txt", text.replace(hashlib.sha256(FIRST).hexdigest(), "../../x")
    )


def a_day_that_is_none(paper):
    text = paper.read(f"{FOLDER}/trade/index.txt")
    paper.write(f"{FOLDER}/trade/index.txt", text.replace("2022-03-01", "2022-02-30"))


def index_is_binary(paper):
    (paper.root / FOLDER / "trade" / "index.txt").write_bytes(b"\xff\x00\x01")


@pytest.mark.parametrize(
    "damage",
    [
        damage_content, cut_content, add_content, unpacked_content, no_content, content_is_a_link,
        content_is_a_folder, folder_is_a_link, content_outside, no_entry, other_entry,
        entry_is_no_json, path_in_the_index, a_day_that_is_none, index_is_binary,
    ],
)  # fmt: skip
def test_what_is_damaged_or_missing_is_a_named_error_and_never_another_table(paper, damage):
    damage(paper)
    with pytest.raises(BroadsheetError) as fault:
        bs.table("trade", known="2022-12-31")
    assert "vintages/trade" in str(fault.value.where) and fault.value.mend
    assert list(bs.table("trade")["total"]) == [147.2, 190.3, 240.1]


def test_a_bomb_is_not_unpacked(paper):
    packed(paper, FIRST).write_bytes(gzip.compress(bytes(10_000_000), mtime=0))
    with limits.under({"table-size": 1_000_000}), pytest.raises(limits.LimitError):
        bs.table("trade", known="2022-12-31")


def test_the_oldest_content_makes_room_and_its_line_says_so(paper):
    with limits.under({"vintages-size": 1}):
        keep(paper.root, STANDING + b"2024,1\n", date(2026, 1, 1))
    assert ["content gone" in line for line in index(paper)] == [True, True, True, False]
    assert not packed(paper, FIRST).exists()
    with pytest.raises(DataError, match="is no longer kept"):
        bs.table("trade", known="2022-12-31")
    keep_all(paper.root, "trade", [Accepted(entry(paper.root), FIRST, date(2022, 3, 1), "by hand")])
    assert list(bs.table("trade", known="2022-12-31")["total"]) == [146.9]


def test_a_run_depends_on_the_version_alone(paper):
    read = read_of("trade@2022-12-31")
    before = part_digest(paper.root, read)
    resource = entry(paper.root)
    keep(paper.root, STANDING + b"2024,1\n", date(2026, 1, 1))
    assert part_digest(paper.root, read) == before != ""
    keep_all(paper.root, "trade", [Accepted(resource, SECOND, date(2022, 6, 1), "by hand")])
    assert part_digest(paper.root, read) not in ("", before)


def test_the_standing_table_has_the_same_digest_once_it_is_kept(paper):
    read = read_of("trade@2030-01-01")
    before = part_digest(paper.root, read_of("trade@2025-06-01"))
    keep(paper.root, STANDING + b"2024,1\n", date(2026, 1, 1))
    assert part_digest(paper.root, read_of("trade@2025-06-01")) == before != ""
    assert part_digest(paper.root, read) not in ("", before)


def test_an_address_keeps_no_password_in_the_index(paper):
    source = "https://user:secret@example.org/a\nb"
    keep(paper.root, STANDING + b"2024,1\n", date(2026, 1, 1), source)
    assert index(paper)[-1].endswith(" 4 rows: https://example.org/a b")


def test_a_damaged_index_is_a_fault_of_the_check(paper, run):
    paper.write(f"{FOLDER}/trade/index.txt", "2022-03-01 no digest\n")
    code, _, err = run(paper, "data", "check")
    assert code == 1 and "this is no version of the table 'trade'" in err


def test_the_entry_of_the_version_that_stands_is_that_of_the_catalogue(paper):
    keep_all(
        paper.root,
        "trade",
        [Accepted(entry(paper.root), STANDING, date(2025, 2, 1), "by hand")],
    )
    package = json.loads(paper.read("data/datapackage.json"))
    package["resources"][0]["title"] = "A better title"
    package["resources"][0]["retrieved"] = "2026-11-30"
    paper.write("data/datapackage.json", json.dumps(package))
    before = part_digest(paper.root, read_of("trade@2025-06-01"))
    assert bs.table("trade", known="2025-06-01").attrs["origin"].title == "A better title"
    assert bs.table("trade", known="2023-06-01").attrs["origin"].title == "Trade"
    new = STANDING + b"2024,244.8\n"
    keep(paper.root, new, date(2026, 12, 1))
    paper.table(new.decode())
    assert bs.table("trade", known="2025-06-01").attrs["origin"].title == "A better title"
    assert part_digest(paper.root, read_of("trade@2025-06-01")) == before != ""


def test_an_edit_that_is_not_accepted_changes_no_version(paper):
    keep_all(
        paper.root,
        "trade",
        [Accepted(entry(paper.root), STANDING, date(2025, 2, 1), "by hand")],
    )
    package = json.loads(paper.read("data/datapackage.json"))
    package["resources"][0]["schema"]["fields"][1]["name"] = "turnover"
    paper.write("data/datapackage.json", json.dumps(package))
    paper.write("data/trade.csv", STANDING.decode().replace("total", "turnover"))
    assert list(bs.table("trade", known="2025-06-01")["total"]) == [147.2, 190.3, 240.1]
    with pytest.raises(DataError, match="the rule `hash`"):
        bs.table("trade")
