"""A real Jupyter server in the folder of a publication, started as a reader starts it: by its command."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

TOKEN = "token-of-this-test"


@dataclass
class Jupyter:
    """A Jupyter server that runs."""

    process: subprocess.Popen[bytes]
    address: str


@contextmanager
def running_jupyter(
    command: str, root: Path, folder: Path, *options: str, variables: Mapping[str, str] = {}
) -> Iterator[Jupyter]:
    """Run a Jupyter server in a publication in the block; what it writes is in ``folder``."""
    folders = {f"JUPYTER_{name}_DIR": str(folder / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    home = {"HOME": str(folder), "IPYTHONDIR": str(folder)}
    # By its script, whose folder is the first of `sys.path`: with `-m` that is the publication.
    line = [
        *(str(Path(sys.executable).parent / command), "--no-browser", "--allow-root", "--port=0"),
        *(f"--IdentityProvider.token={TOKEN}", *options),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            line,
            cwd=root,
            env={**os.environ, **folders, **home, **variables},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    runtime = folder / f"RUNTIME/jpserver-{process.pid}.json"
    try:
        while not _listens(runtime):
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
            assert process.returncode is None, (folder / "log").read_text()
        yield Jupyter(process, json.loads(runtime.read_text())["url"])
    finally:
        process.terminate()
        process.wait()


def _listens(runtime: Path) -> bool:
    """True if the server that writes this file answers. It writes it before it listens."""
    with suppress(OSError, ValueError):
        place = urlsplit(json.loads(runtime.read_text())["url"])
        with socket.create_connection((place.hostname or "", place.port or 0)):
            return True
    return False
