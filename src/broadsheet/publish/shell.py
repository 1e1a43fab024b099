"""Other programs that publishing needs: git, ssh, rsync, a shell. What they say on failing becomes a
message with what to do.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from broadsheet.errors import PublishError
from broadsheet.processes import secret_values

_FAULTS: tuple[tuple[str, str, str], ...] = (
    (
        r"No space left on device|Disk quota exceeded",
        "its disk is full",
        "Make room there, and publish again: it goes on where it was.",
    ),
    (
        r"Device or resource busy",
        "a file system is mounted here, and a mounted folder cannot be replaced",
        "Name a folder in it.",
    ),
    (
        r"Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED",
        "its host key is not known, or is another one than before",
        "Log in once by `ssh`, and compare the key with what the server's owner tells you.",
    ),
    (
        r"could not read (?:Username|Password)|Authentication failed|Permission denied \(|"
        r"terminal prompts disabled|Invalid username or token|HTTP Basic: Access denied|"
        r"Too many authentication failures",
        "it does not let you in",
        "Give your key to an SSH agent, or a token to git's credential helper; no secret belongs in _quarto.yml.",
    ),
    (
        r"Permission denied|Read-only file system|Operation not permitted|insufficient permission|"
        r"unable to write|The requested URL returned error: 403|denied to |not allowed to push",
        "you may not write there",
        "Ask its owner for the right to; to publish to a folder, the folder that it lies in must be writable, too.",
    ),
    (
        r"Could not resolve host|Name or service not known|Connection refused|Connection timed out|"
        r"Network is unreachable|No route to host|Operation timed out|Connection reset|"
        r"Connection closed|not responding|Temporary failure in name resolution|Failed to connect|Broken pipe",
        "it cannot be reached",
        "Look at the address, and at the network; then publish again: it goes on where it was.",
    ),
    (
        r"does not appear to be a git repository|[Rr]epository not found|repository .* not found|"
        r"unable to find remote helper|No such remote",
        "there is no repository of git",
        "Look at the address; `git remote -v` lists the remotes that you have.",
    ),
    (
        r"(?:rsync|sh): (?:command )?not found|rsync: not found",
        "it lacks rsync",
        "Install rsync on the server.",
    ),
)
_LOGIN = re.compile(r"(?<=://)[^/@\s]+@")
_INSTALL = "Install it, such as by `apt install {0}` or `brew install {0}`."
_PACKAGES = {"ssh": "openssh-client"}
_OF_GIT = re.compile(
    r"GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR|NAMESPACE|PREFIX|QUARANTINE_PATH)"
)


class FailedError(Exception):
    """A program that ended with another exit code than 0, or that did not end in time."""

    def __init__(self, code: int, output: bytes, message: str, *, is_late: bool = False) -> None:
        super().__init__(message)
        self.code, self.output, self.message, self.is_late = code, output, message, is_late


def run(
    command: Sequence[str],
    content: bytes = b"",
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    seconds: float | None = None,
) -> bytes:
    """Run a program with ``content`` as its input, and return what it prints; one that needs no
    network has to end in so many ``seconds``. Raises :class:`FailedError` with what it says, without
    secrets, and :class:`PublishError` if there is no such program.
    """
    variables = {name: value for name, value in os.environ.items() if not _OF_GIT.fullmatch(name)}
    variables |= {"LC_ALL": "C", "LANGUAGE": "", **(environment or {})}
    if not is_attended():
        variables["GIT_TERMINAL_PROMPT"] = "0"
    try:
        done = subprocess.run(
            command,
            input=content,
            capture_output=True,
            cwd=cwd,
            env=variables,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = f"it did not end in {seconds:.0f} seconds"
        raise FailedError(-1, b"", message, is_late=True) from None
    except FileNotFoundError:
        name = Path(command[0]).name
        raise PublishError(
            name,
            "this program is not installed, and publishing to this place needs it",
            _INSTALL.format(_PACKAGES.get(name, name)),
        ) from None
    if done.returncode:
        raise FailedError(done.returncode, done.stdout, plain(done.stderr))
    return done.stdout


def plain(message: bytes) -> str:
    """Return the message of a program, without passwords and empty lines."""
    text = _LOGIN.sub("", secret_values.redacted(message.decode(errors="replace")))
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def is_attended() -> bool:
    """Return True if somebody is at the terminal who can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def fault(where: str, doing: str, failed: FailedError) -> PublishError:
    """Return the message for a program that failed at a target."""
    for pattern, what, mend in _FAULTS:
        if re.search(pattern, failed.message):
            return PublishError(where, what, mend, failed.message)
    return PublishError(
        where,
        f"{doing} failed with exit code {failed.code}",
        "See what is told below, mend it, and publish again.",
        failed.message,
    )
