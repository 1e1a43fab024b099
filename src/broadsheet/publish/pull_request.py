"""Proposes new versions of tables: a branch of git with a commit, and the text of a pull request.

The commit is made in a temporary worktree, on top of the commit that is checked out, so that changes
that are not committed stay as they are, and are no part of it. The branch is named after the tables; one
that is there already is used again. It is made anew on top of the commit that is checked out; one on
which somebody has worked gets the commit on top of theirs. A branch that has these tables stays where it
is. Nothing is pushed, and no pull request is opened: that is what a workflow of the forge does
with the files in `.broadsheet/proposal/`:

    branch      the name of the branch
    title       the title of the pull request, a line
    text.md     its text, with pictures in `text_files/`
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from broadsheet.checks.moved.moved_report import MovedReport
from broadsheet.checks.moved.written_report import write_report
from broadsheet.data.descriptor import DESCRIPTOR
from broadsheet.data.revision import Revision
from broadsheet.errors import UsageError
from broadsheet.processes.git import command
from broadsheet.publish import shell
from broadsheet.storage import store
from broadsheet.storage.limits import TABLE, wall

OPTION = "--pr"
"""The option that asks for a proposal."""
_FOLDER = "proposal"
_LONGEST = 60
"""The most letters of the names of tables in the name of a branch."""
_MADE = "Made by `broadsheet data refresh --pr`."
"""The text by which the commit of a proposal is told from those of people."""
_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Broadsheet"), ("EMAIL", "broadsheet@localhost"))
}

Accept = Callable[[Path, Sequence[Revision]], object]
"""Puts revisions into the publication at a root."""


@dataclass(frozen=True)
class Proposal:
    """A branch that proposes new versions of tables."""

    branch: str
    """Its name."""
    title: str
    """The title of its pull request."""
    text: Path
    """The file with the text of its pull request."""
    is_new: bool
    """True if the branch has a new commit; False if it has this content already."""


def text_file(root: Path) -> Path:
    """Return the path of the text of a pull request, beside which its pictures are drawn."""
    return root / store.FOLDER / _FOLDER / "text.md"


def propose(
    root: Path, report: MovedReport, revisions: Sequence[Revision], accept: Accept
) -> Proposal | None:
    """Make a branch of git on which the tables of the publication at ``root`` are replaced by their
    ``revisions``, and write the text of a pull request; None if the last commit has these tables
    already. Raises :class:`UsageError` where that cannot be done.
    """
    names = [revision.name for revision in revisions]
    branch, title, text = branch_of(names), _title(report, names), text_file(root)
    forget_proposal(root)
    base = _git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    store.make_room(text)
    content = _content_with(root, base, revisions, accept)
    if content == _tree(root, base):
        return None
    tip = _tip(root, branch)
    contents = [
        _file_in(root, tip, revision.resource.file) if tip else b"" for revision in revisions
    ]
    is_new = contents != [revision.content for revision in revisions]
    if tip and _has_other_commits(root, base, tip):
        if is_new:
            old = [replace(one, before=was) for one, was in zip(revisions, contents, strict=True)]
            base, content = tip, _content_with(root, tip, old, accept)
    else:
        is_new = is_new or tip not in (base, _made_on(root, tip, base))
    commit = _committed(root, content, base, title) if is_new else tip
    _git(root, "branch", "--force", "--no-track", branch, commit)
    write_report(report, text)
    for file, line in (("branch", branch), ("title", title)):
        store.write_file(text.parent / file, f"{line}\n".encode(), mode=0o644)
    return Proposal(branch, title, text, is_new)


def forget_proposal(root: Path) -> None:
    """Have a workflow find nothing that is proposed. The branch, if there is one, stays."""
    for file in ("branch", "title"):
        text_file(root).with_name(file).unlink(missing_ok=True)


def branch_of(names: Sequence[str]) -> str:
    """Return the name of the branch that proposes these tables, the same for the same tables."""
    joined = "-".join(sorted(names))
    if len(joined) > _LONGEST:
        joined = f"{joined[:_LONGEST]}-{hashlib.sha256(joined.encode()).hexdigest()[:8]}"
    return f"refresh-{joined}"


def _title(report: MovedReport, names: Sequence[str]) -> str:
    """Return the title of a pull request, in which nothing is that others publish."""
    tables = names[0] if len(names) == 1 else f"{len(names):,} tables"
    for groups, singular, plural in (
        (report.refuted, "a sentence becomes false", "sentences become false"),
        ([group for ways in report.moved for group in ways], "a sentence moves", "sentences move"),
    ):
        if count := sum(len(group.sentences) for group in groups):
            return f"Refresh {tables}: {singular if count == 1 else f'{count:,} {plural}'}"
    return f"Refresh {tables}: no sentence moves"


def _tip(root: Path, branch: str) -> str:
    """Return the commit that a branch is at, here or where it was pushed to; empty without one."""
    refs = ("refs/heads/", "refs/remotes/*/")
    listed = _git(
        root, "for-each-ref", "--format=%(objectname)", *(f"{ref}{branch}" for ref in refs)
    )
    return listed.partition("\n")[0]


def _has_other_commits(root: Path, base: str, tip: str) -> bool:
    """True if somebody has worked on the branch at ``tip``, and not only proposals were made there."""
    commits = _git(root, "rev-list", "--count", f"{base}..{tip}")
    proposals = _git(root, "rev-list", "--count", f"--grep={_MADE}", "-F", f"{base}..{tip}")
    return commits != proposals


def _content_with(root: Path, base: str, revisions: Sequence[Revision], accept: Accept) -> str:
    """Return the tree of git that a commit is with the revised tables."""
    prefix = _git(root, "rev-parse", "--show-prefix")
    with tempfile.TemporaryDirectory(prefix=f"{_FOLDER}-", dir=root / store.FOLDER) as folder:
        tree = Path(folder) / "tree"
        _git(root, "worktree", "add", "--detach", "--quiet", str(tree), base)
        try:
            if not (tree / prefix / DESCRIPTOR).is_file():
                raise UsageError(
                    OPTION, f"{DESCRIPTOR} is not in the last commit", "Commit it, and try again."
                )
            accept(tree / prefix, revisions)
            _git(tree, "add", "--all", "--", f"{prefix}data")
            return _git(tree, "write-tree")
        finally:
            _git(root, "worktree", "remove", "--force", str(tree))


def _file_in(root: Path, commit: str, file: str) -> bytes:
    """Return the bytes of a file of the publication in a commit; nothing if it is not there."""
    prefix = _git(root, "rev-parse", "--show-prefix")
    words = command(root, "cat-file", "blob", f"{commit}:{prefix}{file}", is_users=True)
    try:
        return shell.run(words, seconds=wall(TABLE["work-time"].value))
    except shell.FailedError:
        return b""


def _tree(root: Path, commit: str) -> str:
    return _git(root, "rev-parse", f"{commit}^{{tree}}")


def _made_on(root: Path, tip: str, base: str) -> str:
    """Return the commit at ``tip`` if it was made on ``base``; else nothing."""
    return tip if _git(root, "rev-parse", f"{tip}^@") == base else ""


def _committed(root: Path, tree: str, base: str, title: str) -> str:
    words = ("commit-tree", "--no-gpg-sign", "-p", base, "-m", title, "-m", _MADE, tree)
    try:
        return _run(root, words)
    except shell.FailedError:  # who commits is unknown, as on a machine that only builds
        return _git(root, *words, nobody=True)


def _git(root: Path, *words: str, nobody: bool = False) -> str:
    try:
        return _run(root, words, nobody=nobody)
    except shell.FailedError as failed:
        raise UsageError(
            OPTION,
            f"`git {words[0]}` failed",
            f"Try again when the machine has less to do.{TABLE['work-time'].mend}"
            if failed.is_late
            else "A proposal needs a repository of git with a commit, in which the branch is not checked out.",
            failed.message,
        ) from None


def _run(root: Path, words: Sequence[str], *, nobody: bool = False) -> str:
    output = shell.run(
        command(root, *words, is_users=True),
        environment=_NOBODY if nobody else None,
        seconds=wall(TABLE["work-time"].value),
    )
    return output.decode(errors="surrogateescape").strip()
