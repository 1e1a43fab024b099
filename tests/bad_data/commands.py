# ruff: noqa: E501 - a case is one line
"""Commands that are used wrongly: a case is what follows `broadsheet`."""

from __future__ import annotations

LISTS: dict[str, bytes] = {
    "empty.txt": b"", "comments.txt": b"# nobody\n\n", "no-address.txt": b"somebody\n@\na@\n@b\n",
    "latin.txt": b"caf\xe9@a.example\n", "nul.txt": b"a\0b@c.example\n", "binary.txt": bytes(range(256)),
    "long.txt": b"a" * 10_000 + b"@b.example\n", "odd-host.txt": "a@b..example\na@-b.example\na@\u2488.example\n".encode(),
    "two-lines.txt": b"a@b.example, c@d.example\n", "header-less.csv": b"a@b.example\n",
    "no-column.csv": b"name,town\na,b\n", "ragged.csv": b"email,name\na@b.example,x,y,z\n\nnobody\n",
    "quote.csv": b'email\n"a@b.example\n' + b"x" * 200_000,
}
"""Lists of readers that are wrong."""

CASES: dict[str, tuple[str, ...]] = {
    "nothing": (), "unknown": ("publish-all",), "empty": ("",), "build-unknown": ("build", "nothing"),
    "build-empty": ("build", ""), "build-path": ("build", "../../etc"), "build-nul": ("build", "a\0b"),
    "build-surrogate": ("build", "a\udcffb"), "jobs-zero": ("build", "--jobs", "0"), "jobs-negative": ("build", "--jobs", "-1"),
    "jobs-huge": ("build", "--jobs", "99999999999"), "jobs-digits": ("build", "--jobs", "9" * 5000),
    "jobs-text": ("build", "--jobs", "two"), "jobs-empty": ("build", "--jobs", ""), "jobs-float": ("build", "--jobs", "1.5"),
    "today-zero": ("build", "--today", "0000-00-00"), "today-february": ("build", "--today", "2023-02-30"),
    "today-text": ("build", "--today", "tomorrow"), "today-empty": ("build", "--today", ""),
    "today-huge": ("build", "--today", "9" * 5000), "today-time": ("build", "--today", "2023-01-01T25:61"),
    "check-unknown": ("check", "nothing"), "check-jobs": ("check", "--jobs", "x"),
    "run-unknown": ("run", "nothing"), "run-empty": ("run", ""),
    "run-page": ("run", "index"), "run-unknown-edition": ("run", "a/nothing"),
    "parameter-without-value": ("run", "a", "-p", "year"), "parameter-empty": ("run", "a", "-p", ""),
    "parameter-no-name": ("run", "a", "-p", "=5"), "parameter-odd-name": ("run", "a", "-p", "a b=5"),
    "parameter-unknown": ("run", "a", "-p", "yaer=5"), "parameter-text": ("run", "a", "-p", "year=many"),
    "parameter-digits": ("run", "a", "-p", "year=" + "9" * 5000), "parameter-float": ("run", "a", "-p", "year=1.5"),
    "parameter-empty-value": ("run", "a", "-p", "year="), "parameter-nan": ("run", "a", "-p", "share=nan"),
    "parameter-choice": ("run", "a", "-p", "measure=weight"), "parameter-day": ("run", "a", "-p", "day=2023-02-30"),
    "parameter-deep": ("run", "a", "-p", "years=" + "[" * 5000), "parameter-list": ("run", "a", "-p", "years=1,2"),
    "data-check-unknown": ("data", "check", "nothing"), "data-check-empty": ("data", "check", ""),
    "data-nothing": ("data",), "facts-unknown": ("facts", "record", "nothing"),
    "facts-day": ("facts", "record", "--on", "0000-00-00"), "letter-unknown": ("newsletter", "nothing"),
    "letter-code-alone": ("newsletter", "a", "--yes", "1"), "letter-page": ("newsletter", "index"),
}
