"""The HTTP server of the tests' own pages and stand-ins."""

from __future__ import annotations

import sys
from http.server import ThreadingHTTPServer
from typing import Any


class LoopbackServer(ThreadingHTTPServer):
    """A server for tests. It says nothing of a browser that breaks its connection off: what it said would
    stand in the output of the test that runs by then.
    """

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell what went wrong, but for broken connections."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)
