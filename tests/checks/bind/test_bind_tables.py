"""The tables that `broadsheet bind` reads for a text because they have its numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.checks.audit.table_files import read_table_files
from broadsheet.checks.bind.audited_texts import tables_with_figures
from broadsheet.checks.bind.probe import figures

SKIING = "season,snow,skiers\n2021/22,167,83900\n2022/23,96,52600\n2023/24,121,66200\n"
EVERY_NUMBER = "a,b\n" + "".join(f"{number},{number + 1}\n" for number in range(100, 1000, 2))


@pytest.mark.parametrize(
    ("numbers", "files"),
    [
        ([83900, 52600, 66200, 12700], ["skiing.csv"]),
        ([83.9, 52.6, 66.2], ["skiing.csv"]),
        ([83900, 52600], []),
        ([83900, 83900, 83900], []),
        ([96, 50, 40], []),
    ],
)
def test_a_table_that_has_many_numbers_of_a_text_is_read(
    numbers: list[float], files: list[str], tmp_path: Path
) -> None:
    (tmp_path / "skiing.csv").write_text(SKIING)
    (tmp_path / "every-number.csv").write_text(EVERY_NUMBER)  # has them by chance
    tables = read_table_files([tmp_path], tmp_path).tables
    told = [(figures(number), len(f"{number:g}".strip("0").replace(".", ""))) for number in numbers]
    assert [Path(file).name for file in tables_with_figures(told, tables)] == files
