"""The process of a preview: `broadsheet preview` that ends when the Jupyter server does.

Its standard input is a pipe from the server, which closes however the server ends.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path

from broadsheet.errors import BroadsheetError
from broadsheet.preview.messages import EDITOR
from broadsheet.preview.session import preview

_PATIENCE = 10
"""The seconds for which a preview may finish what it does when the server has ended."""


def main(root: Path) -> int:
    """Preview the publication at ``root`` until the server ends."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        preview(root, port=0, editor=EDITOR, opens_browser=False, say=partial(print, flush=True))
    except BroadsheetError as error:
        print(error, flush=True)
        return 1
    return 0


def _end_with_input() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(_PATIENCE)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
