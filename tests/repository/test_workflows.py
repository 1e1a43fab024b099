"""The workflows of the repository: pinned, with few rights, and nothing that zizmor finds fault
with.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
AUDITED = (ROOT / ".github", ROOT / "action.yml")
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def test_zizmor_finds_nothing() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    audit = subprocess.run(
        [zizmor, "--offline", "--no-progress", "--persona=pedantic", *AUDITED],
        capture_output=True,
        text=True,
        check=False,
    )
    assert audit.returncode == 0, audit.stdout + audit.stderr


def test_each_action_is_pinned_by_the_hash_of_a_commit_and_names_its_release() -> None:
    uses = [
        line.strip()
        for file in WORKFLOWS
        for line in file.read_text().splitlines()
        if "uses:" in line and "- uses: ./ " not in line  # the action of this repository
    ]
    assert uses
    assert [
        line
        for line in uses
        if not re.fullmatch(r"- uses: [\w/.-]+@[0-9a-f]{40} # v\d+(\.\d+)*", line)
    ] == []


def test_a_workflow_may_only_read_and_runs_once_for_a_push() -> None:
    for file in WORKFLOWS:
        workflow = yaml.safe_load(file.read_text())
        events = workflow[True]  # YAML 1.1 reads the key `on` as true
        assert workflow["permissions"] == {"contents": "read"}, file.name
        push = events["push"]
        assert push == {"branches": ["main"]} or push == {"tags": ["v*"]}, (
            "a branch of a pull request would be tested twice"
        )
