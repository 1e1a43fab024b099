"""`python -m plotly_alive` is the command `plotly-alive`."""

import sys

from plotly_alive.command import main

sys.exit(main())
