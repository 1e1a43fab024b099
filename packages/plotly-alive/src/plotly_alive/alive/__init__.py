"""Makes a drawing live: its answers to pointer, finger and keys, and its changes from step to step
of a text.
"""

from pathlib import Path

SCRIPT = Path(__file__).with_name("alive.js")
"""The beginning of a script that makes drawings answer."""
