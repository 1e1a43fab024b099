"""Quarto's `ipynb-filters`: the finished notebook in place of the source, from stdin to stdout."""

import sys

import in_environment  # noqa: F401 - first, since it may start this script anew
from broadsheet.quarto.filtering import main

if __name__ == "__main__":
    sys.exit(main())
