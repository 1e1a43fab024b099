"""How Broadsheet is cited, and what is asked of those who report that something does not work."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from broadsheet.cli.options import parser
from broadsheet.version import __version__

ROOT = Path(__file__).parents[2]
FORMS = [file for file in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if file.stem != "config"]


def test_the_version_that_is_cited_is_this_one() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert cited["version"] == __version__
    assert {"cff-version", "message", "title", "authors", "license"} <= cited.keys()


def test_forms_ask_by_name_and_name_commands_that_exist() -> None:
    assert {"bug", "idea"} == {form.stem for form in FORMS}
    for form in FORMS:
        text = form.read_text("utf-8")
        fields = [field for field in yaml.safe_load(text)["body"] if field["type"] != "markdown"]
        assert all({"id", "attributes", "validations"} <= field.keys() for field in fields)
        for command in re.findall(r"`broadsheet ([\w-]+)", text):
            assert parser().parse_args([command])
