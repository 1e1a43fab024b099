"""Quarto's `pre-render`: run and finish every notebook before Quarto reads them."""

import sys

import in_environment  # noqa: F401 - first, since it may start this script anew
from broadsheet.quarto.rendering import main

if __name__ == "__main__":
    sys.exit(main("before"))
