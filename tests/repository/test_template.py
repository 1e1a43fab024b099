"""`template/`, from which a publication is begun by a click: it is what `broadsheet init --plain` writes."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

from broadsheet.project import starter

TEMPLATE = Path(__file__).parents[2] / "template"
OF_ITS_OWN = {"README.md", ".devcontainer/devcontainer.json"}


def test_it_is_what_init_writes() -> None:
    notebook = TEMPLATE / "posts/first-article/index.ipynb"
    day = re.search(r"date: (\d{4}-\d\d-\d\d)", notebook.read_text("utf-8"))
    assert day is not None
    files = starter.publication(
        TEMPLATE / "nowhere", "My Publication", date.fromisoformat(day[1]), is_plain=True
    )
    there = {
        path.relative_to(TEMPLATE).as_posix() for path in TEMPLATE.rglob("*") if path.is_file()
    }
    there = {name for name in there if not name.startswith((".broadsheet/", "_site/"))}
    assert there == {*files, *OF_ITS_OWN}, "run `broadsheet init --plain` there"
    for name, content in files.items():
        written = (TEMPLATE / name).read_bytes()
        assert _without_ids(written) == _without_ids(content), f"{name}: write it anew"


def _without_ids(content: bytes) -> bytes:
    return re.sub(rb'"id": "[^"]+"', b'"id": ""', content)


def test_its_dev_container_is_json_and_names_what_the_readme_installs() -> None:
    container = json.loads((TEMPLATE / ".devcontainer/devcontainer.json").read_text("utf-8"))
    assert "-r requirements.txt" in container["postCreateCommand"]
    assert 4848 in container["forwardPorts"]
