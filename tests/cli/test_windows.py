"""On Windows, whose Python has no `fork` and no `fcntl`, a command is refused in words."""

from __future__ import annotations

import subprocess
import sys

WINDOWS = """
import sys
for name in ("fcntl", "pwd", "grp", "resource", "termios"):
    sys.modules[name] = None
sys.platform = "win32"
sys.argv = ["broadsheet", *{arguments}]
from broadsheet.__main__ import main
sys.exit(main())
"""


def test_each_command_is_refused_and_says_what_to_do() -> None:
    for arguments in ([], ["build"], ["check", "--json"], ["lsp"]):
        program = WINDOWS.format(arguments=arguments)
        ran = subprocess.run(
            [sys.executable, "-c", program], check=False, capture_output=True, text=True
        )
        assert ran.returncode == 2
        assert not ran.stdout
        assert ran.stderr.startswith("error: broadsheet: it does not run on Windows itself")
        assert "WSL" in ran.stderr and "Traceback" not in ran.stderr
