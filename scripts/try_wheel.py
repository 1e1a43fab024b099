"""Try a wheel as a new user would: in an empty environment, install it, start a publication, build it.

    python3 scripts/try_wheel.py dist/broadsheet-*.whl [--python python3.13]

The wheels of the distributions that it needs from this repository are in the same folder. Standard
library only. Says how long each step takes and how large the installation is.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    """Try it; 1 if a step fails or leaves no page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--python", default=sys.executable, help="the Python to try it with")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="broadsheet-wheel-") as folder:
        return _try(options.wheel.resolve(), options.python, Path(folder))


def _try(wheel: Path, python: str, folder: Path) -> int:
    # Of the caller's environment, only what finds programs and packages; none of its Python's.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    binaries, paper = folder / "environment/bin", folder / "paper"
    steps: list[tuple[list[str | Path], Path]] = [
        ([python, "-m", "venv", folder / "environment"], folder),
        ([binaries / "pip", "install", "--quiet", "--find-links", wheel.parent, wheel], folder),
        ([binaries / "broadsheet", "--version"], folder),
        ([binaries / "broadsheet", "init", paper], folder),
        ([binaries / "broadsheet", "build"], paper),
        ([binaries / "broadsheet", "new", "rising-seas"], paper),
        ([binaries / "broadsheet", "check", "--strict"], paper),
    ]
    for command, place in steps:
        called = " ".join(Path(part).name for part in map(str, command))
        began = time.monotonic()
        done = subprocess.run(command, cwd=place, env=environment, check=False)
        print(f"{time.monotonic() - began:6.1f} s  {called}", flush=True)
        if done.returncode:
            print(f"{called}: exit code {done.returncode}", file=sys.stderr)
            return 1
    page = paper / "_site/posts/first-article/index.html"
    if "<svg" not in page.read_text("utf-8"):
        print(f"{page.name} has no chart: is there a Chrome or Chromium?", file=sys.stderr)
        return 1
    size = sum(
        file.stat().st_size for file in (folder / "environment").rglob("*") if file.is_file()
    )
    print(f"{size / 2**20:6.0f} MiB are installed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
