"""A file called `.csv` that is something else, or larger than any table: a message says what it is
and what to do, when it is added and when the catalogue has it.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable

import pytest

from conftest import Site

CSV = "year,total\n2023,2.5\n2024,3.25\n"


def zipped(name: str) -> bytes:
    """An archive with one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, CSV)
    return file.getvalue()


FOREIGN = {
    "gzip": (gzip.compress(CSV.encode()), "a gzip archive"),
    "bzip2": (bz2.compress(CSV.encode()), "a bzip2 archive"),
    "xz": (lzma.compress(CSV.encode()), "an xz archive"),
    "zip": (zipped("table.csv"), "another ZIP archive"),
    "spreadsheet": (zipped("xl/workbook.xml"), "a spreadsheet"),
    "old spreadsheet": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "an Excel workbook"),
    "parquet": (b"PAR1\x15\x04\x15\x10PAR1", "a Parquet file"),
    "database": (b"SQLite format 3\x00\x10", "an SQLite database"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0", "a picture"),
    "error page": (b"<!DOCTYPE html>\n<html><body>404, Not Found</body></html>", "a web page"),
    "indented page": (b"\n\n  <html lang=en>\n<p>1,2\n", "a web page"),
    "page in XML": (b'<?xml version="1.0"?>\n<html xmlns="x">\n1,2</html>', "a web page"),
    "xml": (b'<?xml version="1.0"?>\n<rows>\n<row/>\n</rows>', "XML"),
    "json": (b'{"error": "slow down",\n "retry": 2,\n"limit": 3}', "JSON"),
    "records": (b'[{"a": 1},\n{"a": 2}]', "JSON"),
    "git lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS"),
    "utf-16 without mark": (CSV.encode("utf-16-le"), "text in UTF-16"),
    "utf-32": (CSV.encode("utf-32"), "UTF-32"),
    "columns": (b",".join(b"c%d" % at for at in range(100_000)) + b"\n", "100,000 columns"),
    "delimiters": (b"a" + b"," * 200_000 + b"\nb\n", "200,001 columns"),
    "cell": (b"id,text\na," + b"x" * 140_000 + b"\nb,y\n", "more than 131,072 characters"),
    "open quote": (b'id,text\na,"x\n' + b"b,y\n" * 50_000, "more than 131,072 characters"),
}


@pytest.mark.parametrize("data, message", FOREIGN.values(), ids=FOREIGN)
def test_it_is_named_and_the_catalogue_stays(
    data: bytes, message: str, site: Site, run: Callable[..., tuple[int, str, str]]
) -> None:
    site.table()
    before = (site.root / "data/datapackage.json").read_bytes()
    (site.root / "in.csv").write_bytes(data)
    code, _, err = run(site, "data", "add", "in.csv")
    assert code == 1 and err.startswith("error: in.csv") and message in err and "→" in err
    assert (site.root / "data/datapackage.json").read_bytes() == before
    (site.root / "data/trade.csv").write_bytes(data)
    code, _, err = run(site, "data", "check")
    assert code == 1 and "data/trade.csv" in err and message in err and "→" in err


@pytest.mark.parametrize("name", ["ORCID", "PAR1", "BZh", "ARROW1", "GIF8"])
def test_a_header_may_begin_with_the_letters_of_another_format(
    name: str, site: Site, run: Callable[..., tuple[int, str, str]]
) -> None:
    site.write("in.csv", f"{name},total\nA,2.5\nB,3.25\n")
    assert run(site, "data", "add", "in.csv")[0] == 0
    assert run(site, "data", "check")[0] == 0


def test_bytes_of_any_kind_are_no_table(
    site: Site, run: Callable[..., tuple[int, str, str]]
) -> None:
    site.table()
    for data in (bytes(range(256)) * 40, b"year,total\n2023,\0\n", b"\0", b"\0" * 100_000):
        (site.root / "in.csv").write_bytes(data)
        (site.root / "data/trade.csv").write_bytes(data)
        for command in (("add", "in.csv"), ("check",)):
            code, _, err = run(site, "data", *command)
            assert code == 1 and ".csv" in err and "→" in err and "command failed" not in err


def test_a_header_of_one_endless_word_is_named(
    site: Site, run: Callable[..., tuple[int, str, str]]
) -> None:
    (site.root / "in.csv").write_text("id,x" + " " * 100_000 + "y\na,1\n")
    code, _, err = run(site, "data", "add", "in.csv")
    assert code == 1 and "the name of column 2 has 100,002 characters" in err and len(err) < 400


def test_too_many_cells_are_named_and_the_limit_can_be_raised(
    site: Site, run: Callable[..., tuple[int, str, str]]
) -> None:
    limits = "\nbroadsheet: {limits: {cells: 20, columns: 3}}\n"
    config = (site.root / "_quarto.yml").read_text()
    site.write("_quarto.yml", config + limits)
    site.write("in.csv", "id,a,b\n" + "".join(f"k{at},1,2\n" for at in range(6)))
    code, _, err = run(site, "data", "add", "in.csv")
    assert code == 1 and "the file has more than 20 cells; the limit is 20 cells" in err
    site.write("_quarto.yml", config + limits.replace("20", "21"))
    assert run(site, "data", "add", "in.csv")[0] == 0
    site.write("wide.csv", "id,a,b,c\nk,1,2,3\n")
    code, _, err = run(site, "data", "add", "wide.csv")
    assert code == 1 and "the header has 4 columns; the limit is 3 columns" in err


def test_messages_of_a_wide_table_name_some_of_its_columns(
    site: Site, run: Callable[..., tuple[int, str, str]]
) -> None:
    names = [f"c{at}" for at in range(1000)]
    site.write("in.csv", "\n".join([",".join(names), ",".join("1" for _ in names)]) + "\n")
    code, out, err = run(site, "data", "add", "in.csv")
    assert code == 0 and "c19 (integer) and 980 more" in out and len(out + err) < 2000
