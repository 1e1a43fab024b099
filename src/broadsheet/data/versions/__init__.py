"""Versions of a table: what a run records of them, the changes between two, those in git."""
