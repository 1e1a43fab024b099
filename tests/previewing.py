"""A `broadsheet preview` that runs, for the tests that look at it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from conftest import Site


@dataclass
class Previewed:
    """A running preview: the publication, the address of the site, the one that was printed, and the
    process.
    """

    site: Site
    address: str
    printed: str
    process: subprocess.Popen[str]

    @property
    def server(self) -> str:
        """The address of the server, without the secret."""
        return "/".join(self.address.split("/")[:3]) + "/"

    def ask(self, path: str, **headers: str) -> tuple[int, str]:
        return self.answer(urllib.request.Request(self.address + path, headers=headers))

    def post(self, path: str, body: object, **headers: str) -> tuple[int, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = json.dumps(body).encode()
        return self.answer(urllib.request.Request(self.address + path, data, named, method="POST"))

    def answer(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def started(
    site: Site,
    *arguments: str,
    opens_browser: bool = False,
    python: str = sys.executable,
    **more: str,
) -> Previewed:
    """A preview, by the program that a ``python`` has; ``more`` are variables of its environment."""
    process = subprocess.Popen(
        # As from a terminal: a shell's job in the background ignores Ctrl-C, and so do its children.
        [
            *("env", "--default-signal=INT", python, "-m", "broadsheet", "preview"),
            *(() if opens_browser else ("--no-browser",)),
            *("--port", "0", *arguments),
        ],
        cwd=site.root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src"), **more},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = process.stderr.readline()
    found = re.search(r"(http://[^/]+/[^/]+/)\S*", said)
    assert found, said + process.stderr.read()
    preview = Previewed(site, found[1], found[0], process)
    assert preview.answer(urllib.request.Request(preview.printed))[0] == 200
    return preview


def ended(preview: Previewed) -> int:
    """End it by Ctrl-C; its exit code."""
    preview.process.send_signal(signal.SIGINT)
    return preview.process.wait(60)
