"""Calls git so that nothing of a repository is run, nobody is asked, and the time is bounded.

A repository may be somebody else's. No hook, monitor of files, pager or program for signatures runs,
and nothing is fetched but by the protocols that a caller allows. Variables that lead to another
repository are not passed on. A caller that only reads has no settings of the user's but the folders
that are trusted (`safe.directory`), so that git prints the same everywhere; one that needs the user's
credentials, proxies or name has all of them.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from subprocess import Popen

SAFE = (
    "--no-pager",
    "--literal-pathspecs",
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "log.showSignature=false"),
)
"""The options by which nothing of a repository is run."""
_NO_REDIRECT = ("-c", "http.followRedirects=false")
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}
_NO_CONFIGURATION = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


class GitError(Exception):
    """A command of git that did not succeed."""

    def __init__(
        self, what: str, said: str = "", *, is_missing: bool = False, is_late: bool = False
    ) -> None:
        super().__init__(what)
        self.what, self.said = what, said
        self.is_missing, self.is_late = is_missing, is_late

    @property
    def is_of_trust(self) -> bool:
        """True if the repository is somebody else's, and the user does not trust it."""
        return "dubious ownership" in self.said


def run_git(
    folder: Path, *words: str, seconds: float, protocols: str = "", is_users: bool = False
) -> bytes:
    """Return what a command of git prints in a ``folder``. It may fetch by ``protocols``, such as
    `https:ssh`, and has the user's own configuration if ``is_users``. Raises :class:`GitError`.
    """
    try:
        done = subprocess.run(
            command(folder, *_NO_REDIRECT, *words, is_users=is_users),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment(protocols, is_users=is_users),
            timeout=max(seconds, 0.0),
            check=False,
        )
    except FileNotFoundError:
        raise GitError("git is not installed", is_missing=True) from None
    except subprocess.TimeoutExpired:
        raise GitError(f"`git {words[0]}` did not end in time", is_late=True) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise GitError(f"`git {words[0]}` failed", said)
    return done.stdout


def command(folder: Path, *words: str, is_users: bool = False) -> list[str]:
    """Return a command of git in a ``folder``."""
    return ["git", "-C", str(folder), *SAFE, *(() if is_users else _trusted()), *words]


def environment(protocols: str = "", *, is_users: bool = False) -> dict[str, str]:
    """Return the environment of a command of git, which may fetch by these ``protocols``."""
    variables = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    allowed = {"GIT_ALLOW_PROTOCOL": protocols or "none"}
    return variables | _ENVIRONMENT | allowed | ({} if is_users else _NO_CONFIGURATION)


@contextmanager
def ended_in(process: Popen[bytes], seconds: float) -> Iterator[None]:
    """End a process if the block takes longer."""
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@cache
def _trusted() -> Sequence[str]:
    """Return the options that have git trust the folders that the user or the machine trusts."""
    words = ("git", "--git-dir", os.devnull, "config", "--get-all", "safe.directory")
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment(is_users=True),
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    folders = done.stdout.decode(errors="surrogateescape").splitlines()
    return tuple(word for folder in folders for word in ("-c", f"safe.directory={folder}"))
