"""Publishes to a branch of git, as GitHub Pages and others serve one.

Each publication is a commit on the branch, and a branch moves in one step, if it is still where it
was when it was looked up: so readers see the old site or the new, and of two who publish at once the
second is refused. That needs no lock, and `git` itself checks what it sends by digests.

Commits are made in a repository of our own, `.broadsheet/publish.git`, that has the remotes and the
credentials of the publication's repository, whose working tree, index and branches are not touched.
Files on the branch that no publication of ours wrote, such as the `CNAME` that GitHub puts there,
stay, and a site with a file of such a path is refused. The manifest is `.broadsheet/published.json` in the branch.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from broadsheet.errors import PublishError
from broadsheet.processes.git import SAFE, command
from broadsheet.publish import shell
from broadsheet.publish.address import Branch
from broadsheet.publish.manifest import NAME, OURS, Manifest, read_manifest, sha256_of
from broadsheet.publish.state import (
    Differences,
    Published,
    differences,
    differs,
    nothing_before,
    refuse_foreign,
    refuse_lost,
)
from broadsheet.storage import store
from broadsheet.storage.store import FOLDER

_MANIFEST = f"{OURS}/{NAME}"
_NO_JEKYLL = ".nojekyll"
_OF_HOST = {_MANIFEST, _NO_JEKYLL, "CNAME"}
"""Files beside those of the site: ours, and files that GitHub puts there."""
_MODE = "100644"
_NOTHING = "0" * 40
_AT_ONCE = 100
"""The number of files in memory at once when a branch is read."""
_BARE = ("-c", "core.bare=true")
_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Broadsheet"), ("EMAIL", "broadsheet@localhost"))
}


class GitBranch:
    """A branch of a remote, for the publication at ``root``. Has state: the commit that the branch
    was at when it was last looked up, and its manifest.
    """

    def __init__(self, address: Branch, where: str, root: Path) -> None:
        self.where, self._root = where, root
        self._remote, self._branch = address.remote, address.branch
        self._repository = root / FOLDER / "publish.git"
        self._tip, self._manifest = "", Manifest({})
        self._shared: tuple[str, ...] = ()
        self._at = root

    def take_lock(self, content: bytes) -> bytes:
        """Take no lock, and return nothing: the branch moves in one step, or not at all."""
        return b""

    def drop_lock(self, content: bytes) -> None:
        """Do nothing, as there is no lock."""

    def how_to_unlock(self) -> str:
        """Return nothing, as there is no lock."""
        return ""

    def published(self) -> Published:
        """Return the publication on the branch. Raises :class:`PublishError` if it is not ours."""
        with self._alone():
            self._prepare()
            self._tip = self._remote_tip()
            if not self._tip:
                return Published()
            self._fetch("--depth=2")
            content = self._content_of(self._tip)
            if content is not None:
                self._manifest = read_manifest(content, self.where)
                has_parent = bool(self._git("rev-list", "--parents", "-n1", self._tip).split()[1:])
                return Published(self._manifest, has_parent)
            if self._tree(self._tip):
                raise PublishError(
                    self.where,
                    f"the branch `{self._branch}` has files that no publication of ours made",
                    "Name another branch, or remove this one if nothing of yours is in it: "
                    f"`git push {self._remote} --delete {self._branch}`.",
                )
            return Published()

    def differences(self) -> Differences:
        """Return the differences between the branch and what was published. They leave out files
        that a host puts there.
        """
        with self._alone():
            tree = self._tree(self._tip)
            ours = {path: blob for path, blob in tree.items() if path in self._manifest.all}
            digests = {path: "" for path in tree if path not in _OF_HOST}
            digests |= self._digests(ours)
        return differences(self._manifest, digests)

    def send(self, site: Path, new: Manifest, lost: frozenset[str] = frozenset()) -> None:
        """Commit the files on the branch and push it."""
        old = self._manifest.all
        changed = [
            path for path, file in new.files.items() if old.get(path) != file or path in lost
        ]
        paths = "".join(f"{site / path}\n" for path in changed).encode()
        with self._alone():
            blobs = self._git("hash-object", "-w", "--no-filters", "--stdin-paths", content=paths)
            entries = dict(zip(changed, blobs.split(), strict=True))
            self._read_back(entries, new)
            entries[_MANIFEST] = self._blob(new.as_bytes())
            if _NO_JEKYLL not in new.files:
                entries[_NO_JEKYLL] = self._blob(b"")
            gone = [path for path in old if path not in new.all]
            self._commit(gone, entries, f"Publish {new.commit[:12] or 'no commit'}")

    def restore(self) -> Manifest:
        """Commit the publication before on the branch, and push it."""
        with self._alone():
            if (self._repository / "shallow").exists():
                self._fetch("--unshallow")
            commits = self._git("rev-list", "-n2", self._tip, "--", _MANIFEST).split()
            content = self._content_of(commits[1]) if len(commits) > 1 else None
            if content is None:
                raise nothing_before(self.where)
            manifest = read_manifest(content, self.where)
            tree = self._tree(commits[1])
            entries = {path: tree[path] for path in manifest.all if path in tree}
            refuse_lost(self.where, differences(manifest, self._digests(entries)).lost)
            entries[_MANIFEST] = tree[_MANIFEST]
            gone = [path for path in self._manifest.all if path not in entries]
            self._commit(gone, entries, f"Take back {self._manifest.commit[:12] or self._tip[:12]}")
        return manifest

    # The repository of our own

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Have the repository and its index to ourselves: another process waits."""
        lock = self._repository.with_suffix(".lock")
        store.mend(lock.parent)
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _prepare(self) -> None:
        """Make the repository, and find that of the publication, whose configuration it shares."""
        for left in self._repository.rglob("*.lock"):  # by a publication that was killed
            left.unlink()
        if self._repository.exists() and self._is_damaged():
            store.set_aside(self._repository)
        if not self._repository.exists():
            self._repository.mkdir(parents=True, exist_ok=True)
            self._run("init", "--quiet", "--bare", str(self._repository))
        try:
            words = ("rev-parse", "--path-format=absolute", "--git-common-dir", "--show-toplevel")
            output = shell.run(command(self._root, *words, is_users=True))
        except shell.FailedError:
            return  # no repository: the remote is an address
        folder, top = output.decode().splitlines()
        self._at = Path(top)  # relative addresses of remotes count from there
        self._shared = ("-c", f"include.path={folder}/config")

    def _is_damaged(self) -> bool:
        """Return True if the repository lacks something that it should have, or has what it should
        not.
        """
        if any(
            path.is_symlink() or not (path.is_dir() or path.is_file())
            for path in self._repository.rglob("*")
        ):
            return True
        try:
            shell.run([*self._ours, "fsck", "--no-dangling", "--connectivity-only"], cwd=self._root)
        except shell.FailedError:
            return True
        return False

    @property
    def _ours(self) -> list[str]:
        return ["git", "--git-dir", str(self._repository), *self._shared, *SAFE, *_BARE]

    def _git(self, *words: str, content: bytes = b"") -> str:
        """Run a command of git in the repository, and return what it prints."""
        return self._run(*words, content=content).decode(errors="surrogateescape").strip()

    def _run(
        self, *words: str, content: bytes = b"", environment: Mapping[str, str] | None = None
    ) -> bytes:
        try:
            words_of_git = [*self._ours, *words]
            return shell.run(words_of_git, content, cwd=self._at, environment=environment)
        except shell.FailedError as failed:
            raise shell.fault(self.where, f"`git {words[0]}`", failed) from None

    def _remote_tip(self) -> str:
        """Return the commit that the branch is at, at the remote; empty if there is no such branch."""
        listed = self._git("ls-remote", "--", self._remote, f"refs/heads/{self._branch}")
        return listed.split()[0] if listed else ""

    def _fetch(self, depth: str) -> None:
        self._git(
            *("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--force", depth),
            *("--", self._remote, f"refs/heads/{self._branch}:refs/published"),
        )

    def _content_of(self, commit: str) -> bytes | None:
        """Return the manifest in a commit."""
        if _MANIFEST not in self._tree(commit):
            return None
        return self._run("cat-file", "blob", f"{commit}:{_MANIFEST}")

    def _tree(self, commit: str) -> dict[str, str]:
        """Return the files in a commit, each with the name of its content."""
        listed = self._git("ls-tree", "-r", "-z", "--full-tree", commit)
        entries = (line.split("\t", 1) for line in listed.split("\0") if line)
        return {path: entry.split()[2] for entry, path in entries}

    def _blob(self, content: bytes) -> str:
        return self._git("hash-object", "-w", "--stdin", content=content)

    def _read_back(self, blobs: Mapping[str, str], new: Manifest) -> None:
        """See that what git has taken is what the manifest says."""
        for path, digest in self._digests(blobs).items():
            if digest != new.files[path].digest:
                raise differs(self.where, path)

    def _digests(self, blobs: Mapping[str, str]) -> dict[str, str]:
        """Return the digests of contents, by their paths."""
        digests, paths = {}, list(blobs)
        for start in range(0, len(paths), _AT_ONCE):
            some = paths[start : start + _AT_ONCE]
            names = "".join(f"{blobs[path]}\n" for path in some).encode()
            content, at = self._run("cat-file", "--batch", content=names), 0
            for path in some:
                end = content.index(b"\n", at)
                header, at = content[at:end].split(), end + 1
                if len(header) < 3:  # a repository in a repository, of which nothing is here
                    digests[path] = ""
                    continue
                digests[path] = sha256_of(content[at : at + int(header[2])])
                at += int(header[2]) + 1
        return digests

    def _commit(self, gone: list[str], entries: Mapping[str, str], message: str) -> None:
        """Make a commit of the branch without the files that are ``gone`` and with these
        ``entries``, push it, and see that it is there.
        """
        ours = {*self._manifest.all, _MANIFEST, _NO_JEKYLL}
        on_branch = self._tree(self._tip) if self._tip else {}
        refuse_foreign(self.where, (entries.keys() & on_branch.keys()) - ours)
        self._git("read-tree", *([self._tip] if self._tip else ["--empty"]))
        lines = [f"0 {_NOTHING}\t{path}\0" for path in gone]
        lines += [f"{_MODE} {blob}\t{path}\0" for path, blob in entries.items()]
        index = "".join(lines).encode(errors="surrogateescape")
        self._git("update-index", "-z", "--index-info", content=index)
        tree = self._git("write-tree")
        parents = ["-p", self._tip] if self._tip else []
        commit = self._committed(tree, parents, message)
        self._push(commit)
        if self._remote_tip() != commit:
            raise differs(self.where, self._branch)

    def _committed(self, tree: str, parents: list[str], message: str) -> str:
        words = ["commit-tree", "--no-gpg-sign", *parents, "-m", message, tree]
        try:
            commit = shell.run([*self._ours, *words], cwd=self._at)
        except shell.FailedError:  # who commits is unknown, as on a machine that only publishes
            commit = self._run(*words, environment=_NOBODY)
        return commit.decode().strip()

    def _push(self, commit: str) -> None:
        try:
            self._git(
                *("push", "--quiet", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"),
                f"--force-with-lease=refs/heads/{self._branch}:{self._tip}",
                *("--", self._remote, f"{commit}:refs/heads/{self._branch}"),
            )
        except PublishError as error:
            if any(
                word in error.detail for word in ("stale info", "fetch first", "cannot lock ref")
            ):
                raise PublishError(
                    self.where,
                    f"the branch `{self._branch}` has moved meanwhile: somebody else has published",
                    "Publish again, if your site is the newer one.",
                    error.detail,
                ) from None
            raise
