"""A disk that has no room for the subscribers: the remedy is of the disk, and nobody is lost."""

# ruff: noqa: F811

from __future__ import annotations

import resource
import subprocess
import sys

from test_subscriptions import gazette, room  # noqa: F401 - fixtures


def test_a_full_disk_is_not_taken_for_a_file_that_is_no_database(gazette, run, room):
    gazette.write("first.txt", "ada@mail.example\n")
    assert run(gazette, "newsletter", "subscribers", "--import", "first.txt")[0] == 0
    gazette.write("more.txt", "".join(f"reader{number}@mail.example\n" for number in range(2000)))
    done = subprocess.run(
        [sys.executable, "-m", "broadsheet", "newsletter", "subscribers", "--import", "more.txt"],
        cwd=gazette.root,
        text=True,
        capture_output=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)),
    )
    assert done.returncode == 1
    assert "the database of subscribers cannot be used" in done.stderr
    assert "→ See that the disk has room and can be written" in done.stderr
    assert "Look whether it is a file of SQLite" not in done.stderr
    assert run(gazette, "newsletter", "subscribers")[1] == "1 subscriber, 0 unconfirmed\n"
    gazette.write("more.txt", "b@mail.example\n")
    assert run(gazette, "newsletter", "subscribers", "--import", "more.txt")[0] == 0
