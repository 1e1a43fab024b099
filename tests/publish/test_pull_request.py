"""A proposal: a branch with new tables, and the text of a pull request."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
import yaml

import conftest
from broadsheet.checks.moved.moved_report import MovedReport, grouped_moves
from broadsheet.checks.moved.revised_publication import replace_table
from broadsheet.checks.moved.sentence_moves import SentenceMove
from broadsheet.checks.moved.table_moves import table_move
from broadsheet.data.catalogue import Catalogue
from broadsheet.data.refresh.retrieval import accept
from broadsheet.data.revision import Revision
from broadsheet.errors import Place, UsageError
from broadsheet.project import starter
from broadsheet.publish.pull_request import Accept, branch_of, propose, text_file
from conftest import Site
from git_repository import commit, git, new_repository

TABLE = "year,total\n2020,107.8\n2021,146.9\n2022,190.3\n"


@pytest.fixture
def repository(site: Site) -> Path:
    """The folder of a repository with a committed publication."""
    site.table(TABLE, entry=conftest.TABLE)
    site.write(".gitignore", ".broadsheet/\n")
    commit(new_repository(site.root))
    return site.root


def revision(root: Path, csv: str) -> Revision:
    resource = Catalogue.open(root).package.resources[0]
    digest = f"sha256:{hashlib.sha256(csv.encode()).hexdigest()}"
    revised = resource.model_copy(update={"hash": digest, "bytes": len(csv)})
    return Revision("trade", revised, csv.encode(), (root / "data/trade.csv").read_bytes())


def report(root: Path, *revisions: Revision) -> MovedReport:
    tables = tuple(table_move(each, None) for each in revisions)
    move = SentenceMove(
        "trade", "paragraph", Place("posts/trade/index.ipynb"), "It was 1.", "It was 2."
    )
    return MovedReport(tables, moved=grouped_moves([move]), editions=1)


def proposed(root: Path, csv: str, accepted: Callable[[Path, Revision], object] = replace_table):
    revised = revision(root, csv)
    return propose(root, report(root, revised), [revised], accepting(accepted))


def accepting(accepted: Callable[[Path, Revision], object]) -> Accept:
    return lambda root, revisions: [accepted(root, each) for each in revisions]


def test_all_tables_of_a_proposal_are_put_in_place_at_once(repository: Path) -> None:
    revisions = [revision(repository, TABLE.replace("190.3", f"19{n}")) for n in range(3)]
    calls: list[Sequence[Revision]] = []

    def accept_all(root: Path, accepted: Sequence[Revision]) -> None:
        calls.append(accepted)
        replace_table(root, accepted[-1])

    assert propose(repository, report(repository, *revisions), revisions, accept_all) is not None
    assert calls == [revisions]


def test_a_proposal_is_a_branch_with_a_commit_and_a_text_and_leaves_the_working_tree_alone(
    repository: Path,
) -> None:
    (repository / "index.qmd").write_text("not committed")
    (repository / "new.txt").write_text("new")
    status, head = git(repository, "status", "--porcelain"), git(repository, "rev-parse", "HEAD")
    proposal = proposed(repository, TABLE.replace("190.3", "191"))
    assert proposal is not None and proposal.is_new
    assert git(repository, "status", "--porcelain") == status
    assert git(repository, "rev-parse", "HEAD") == head
    assert git(repository, "symbolic-ref", "HEAD") == "refs/heads/main"
    assert "2022,191" in git(repository, "show", f"{proposal.branch}:data/trade.csv")
    changed = git(repository, "diff", "--name-only", "main", proposal.branch).splitlines()
    assert changed == ["data/datapackage.json", "data/trade.csv"]
    assert git(repository, "rev-parse", f"{proposal.branch}^") == head
    assert "It was" in proposal.text.read_text("utf-8")
    folder = text_file(repository).parent
    assert (folder / "branch").read_text() == "refresh-trade\n"
    assert (folder / "title").read_text() == "Refresh trade: a sentence moves\n"
    assert git(repository, "worktree", "list").count("\n") == 0


def test_a_branch_is_used_again_and_moves_only_for_other_content(repository: Path) -> None:
    first = proposed(repository, TABLE.replace("190.3", "191"))
    tip = git(repository, "rev-parse", "refresh-trade")
    again = proposed(repository, TABLE.replace("190.3", "191"))
    assert first is not None and again is not None and not again.is_new
    assert git(repository, "rev-parse", "refresh-trade") == tip
    other = proposed(repository, TABLE.replace("190.3", "192"))
    assert other is not None and other.is_new
    assert git(repository, "rev-parse", "refresh-trade^") == git(repository, "rev-parse", "main")
    assert "2022,192" in git(repository, "show", "refresh-trade:data/trade.csv")


@pytest.mark.parametrize("accepted", [replace_table, accept])
def test_commits_of_people_on_the_branch_stay_below_the_next_version(
    accepted: Callable[[Path, Revision], object], repository: Path
) -> None:
    proposed(repository, TABLE.replace("190.3", "191"), accepted)
    git(repository, "switch", "--quiet", "refresh-trade")
    (repository / "mended.txt").write_text("mended")
    commit(repository)
    git(repository, "switch", "--quiet", "main")
    (repository / "later.txt").write_text("later")
    commit(repository)
    tip = git(repository, "rev-parse", "refresh-trade")
    again = proposed(repository, TABLE.replace("190.3", "191"), accepted)
    assert again is not None and not again.is_new
    assert git(repository, "rev-parse", "refresh-trade") == tip
    other = proposed(repository, TABLE.replace("190.3", "192"), accepted)
    assert other is not None and other.is_new
    assert git(repository, "rev-parse", "refresh-trade^") == tip
    assert git(repository, "show", "refresh-trade:mended.txt") == "mended"
    assert "2022,192" in git(repository, "show", "refresh-trade:data/trade.csv")


def test_a_branch_that_was_pushed_from_elsewhere_is_the_same_one(
    repository: Path, tmp_path: Path
) -> None:
    proposed(repository, TABLE.replace("190.3", "191"))
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(repository), str(clone))
    again = proposed(clone, TABLE.replace("190.3", "191"))
    assert again is not None and not again.is_new
    assert git(clone, "rev-parse", "refresh-trade") == git(repository, "rev-parse", "refresh-trade")


def test_nothing_is_proposed_if_the_last_commit_has_the_table(repository: Path) -> None:
    proposed(repository, TABLE.replace("190.3", "191"))
    revised = revision(repository, TABLE.replace("190.3", "191"))
    replace_table(repository, revised)
    commit(repository)
    assert (
        propose(repository, report(repository, revised), [revised], accepting(replace_table))
        is None
    )
    assert not (text_file(repository).parent / "branch").exists()


def test_a_publication_in_a_folder_of_a_repository_is_proposed_there(
    site: Site, tmp_path: Path
) -> None:
    outer = tmp_path / "outer"
    inner = Site(outer / "news/site")
    inner.table(TABLE)
    git(outer, "init", "--quiet", "--initial-branch=main")
    (outer / "data").mkdir()
    (outer / "data/other.csv").write_text("a\n")
    commit(outer)
    proposal = proposed(inner.root, TABLE.replace("190.3", "191"))
    assert proposal is not None
    changed = git(outer, "diff", "--name-only", "main", proposal.branch).splitlines()
    assert changed == ["news/site/data/datapackage.json", "news/site/data/trade.csv"]


def test_hooks_of_the_repository_do_not_run(repository: Path) -> None:
    for name in ("post-checkout", "pre-commit", "post-commit", "reference-transaction"):
        hook = repository / ".git/hooks" / name
        hook.write_text("#!/bin/sh\ntouch hooked\nexit 1\n")
        hook.chmod(0o755)
    assert proposed(repository, TABLE.replace("190.3", "191")) is not None
    assert not list(repository.rglob("hooked"))


@pytest.mark.parametrize("state", ["no repository", "no commit", "checked out", "not committed"])
def test_where_nothing_can_be_proposed_it_says_so_and_leaves_nothing(
    site: Site, repository: Path, state: str
) -> None:
    if state == "checked out":
        git(repository, "switch", "--quiet", "--create", "refresh-trade")
    elif state == "not committed":
        git(repository, "rm", "--quiet", "--cached", "data/datapackage.json")
        commit_index(repository)
    else:
        subprocess.run(["rm", "-rf", ".git"], cwd=repository, check=True)
        if state == "no commit":
            git(repository, "init", "--quiet")
    with pytest.raises(UsageError) as refused:
        proposed(repository, TABLE.replace("190.3", "191"))
    assert refused.value.mend
    assert not (text_file(repository).parent / "branch").exists()
    assert not list((repository / ".broadsheet").glob("proposal-*"))


def commit_index(folder: Path) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    git(folder, *who, "commit", "--quiet", "--message=A commit")


WORKFLOW = starter.publication(Path("nowhere"), "A $(touch x) title", date(2026, 1, 2))[
    ".github/workflows/refresh.yml"
].decode()
"""The workflow as `broadsheet init` writes it."""
GH = """#!/bin/sh
echo "$@" >> "$SAID"
[ "$1 $2" = "pr list" ] && cat "$OPEN" 2>/dev/null
exit 0
"""


def step_of(job: str, name: str) -> str:
    """The script of a step of the workflow."""
    steps = yaml.safe_load(WORKFLOW)["jobs"][job]["steps"]
    [script] = [step["run"] for step in steps if step.get("name", "").startswith(name)]
    return str(script)


class Forge:
    """A repository that the workflow runs in, with a `gh` that notes how it is called."""

    def __init__(self, origin: Path, folder: Path) -> None:
        self.origin, self.folder = origin, folder
        self.said, self.open = folder / "said", folder / "open"
        (folder / "bin").mkdir(parents=True)
        (folder / "bin/gh").write_text(GH)
        (folder / "bin/gh").chmod(0o755)
        self.weeks = 0

    def week(self, csv: str) -> bool:
        """Run the workflow once, with this table at its source: whether something was proposed."""
        self.weeks += 1
        look, write = (self.folder / f"{job}{self.weeks}" for job in ("look", "propose"))
        for clone in (look, write):
            git(self.folder, "clone", "--quiet", str(self.origin), str(clone))
        proposed(look, csv)
        outputs = self.folder / f"outputs{self.weeks}"
        outputs.touch()
        self.run(step_of("look", "Pack"), look, GITHUB_OUTPUT=str(outputs))
        if outputs.read_text() != "is-new=true\n":
            return False
        parts = {"PROPOSAL": str(look / ".broadsheet/proposal"), "MAIN": "main"}
        self.run(step_of("propose", "Push"), write, **parts)
        return True

    def run(self, script: str, folder: Path, **variables: str) -> None:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        of_gh = {"PATH": path, "SAID": str(self.said), "OPEN": str(self.open)}
        command = ["bash", "-e", "-o", "pipefail", "-c", script]
        environment = {**os.environ, **of_gh, **variables}
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflow_pushes_a_branch_and_opens_one_pull_request_a_release(
    repository: Path, tmp_path: Path
) -> None:
    git(repository, "switch", "--quiet", "--detach")  # as a forge has it: nothing is checked out
    forge = Forge(repository, tmp_path / "forge")
    assert not forge.week(TABLE)
    assert not forge.said.exists()
    assert forge.week(TABLE.replace("190.3", "191"))
    assert "2022,191" in git(repository, "show", "refresh-trade:data/trade.csv")
    assert (
        "pr create --head refresh-trade --base main --title Refresh trade" in forge.said.read_text()
    )
    tip = git(repository, "rev-parse", "refresh-trade")
    forge.open.write_text("7\n")
    forge.said.unlink()
    forge.week(TABLE.replace("190.3", "191"))
    assert git(repository, "rev-parse", "refresh-trade") == tip
    forge.week(TABLE.replace("190.3", "192"))
    assert "2022,192" in git(repository, "show", "refresh-trade:data/trade.csv")
    git(repository, "switch", "--quiet", "refresh-trade")  # somebody mends a sentence there
    (repository / "mended.txt").write_text("mended")
    commit(repository)
    git(repository, "switch", "--quiet", "--detach", "main")
    forge.week(TABLE.replace("190.3", "193"))
    assert "2022,193" in git(repository, "show", "refresh-trade:data/trade.csv")
    assert git(repository, "show", "refresh-trade:mended.txt") == "mended"
    assert "pr create" not in forge.said.read_text()
    assert forge.said.read_text().count("pr edit 7 --title Refresh trade") == 3


def test_the_workflow_is_one_that_zizmor_finds_nothing_in_and_that_may_only_read(
    tmp_path: Path,
) -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    file = tmp_path / ".github/workflows/refresh.yml"
    file.parent.mkdir(parents=True)
    file.write_text(WORKFLOW)
    command = [zizmor, "--offline", "--no-progress", "--persona=pedantic", file]
    audit = subprocess.run(command, capture_output=True, text=True, check=False)
    assert audit.returncode == 0, audit.stdout + audit.stderr
    workflow = yaml.safe_load(WORKFLOW)
    assert workflow["permissions"] == {"contents": "read"}
    rights = {name: job.get("permissions", {}) for name, job in workflow["jobs"].items()}
    assert rights == {"look": {}, "propose": {"contents": "write", "pull-requests": "write"}}
    scripts = [step.get("run", "") for step in workflow["jobs"]["propose"]["steps"]]
    assert not any("broadsheet data" in script or "pip" in script for script in scripts)


def test_the_name_of_a_branch_is_one_that_git_takes() -> None:
    assert branch_of(["b", "a"]) == branch_of(["a", "b"]) == "refresh-a-b"
    long = branch_of([f"table-{number}" for number in range(40)])
    assert len(long) < 100
    subprocess.run(["git", "check-ref-format", "--branch", long], check=True, capture_output=True)
