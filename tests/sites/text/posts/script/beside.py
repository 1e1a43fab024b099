"""A module, and no page."""

STEP = 1
