"""`python -m broadsheet`, and the command `broadsheet`."""

import sys

_WINDOWS = """\
error: broadsheet: it does not run on Windows itself, whose Python lacks what Broadsheet needs of Unix, such as `fork`
  → Run it in WSL: `wsl --install` in a terminal of Windows, then install it there as on Ubuntu (docs/start.md).
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
