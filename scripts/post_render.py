"""Quarto's `post-render`: the press's pages around the bodies that Quarto has rendered."""

import sys

import in_environment  # noqa: F401 - first, since it may start this script anew
from broadsheet.quarto.rendering import main

if __name__ == "__main__":
    sys.exit(main("after"))
