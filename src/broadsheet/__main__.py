"""`python -m broadsheet`, and the command `broadsheet`."""

import sys

_WINDOWS = """\
error: broadsheet: it does not run on Windows itself, whose Python has no `fork`, no locks of files and no limits of memory as Unix has
  → Run it in WSL: `wsl --install` in a terminal of Windows, then install Broadsheet there as on Ubuntu (docs/start.md, "On Windows").
"""


def main() -> int:
    """Run one command. Returns its exit code."""
    if sys.platform == "win32":
        sys.stderr.write(_WINDOWS)
        return 2
    from broadsheet.cli.main import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
