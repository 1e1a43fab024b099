"""Compares values of tables: two of them, changes with each other, and ranks."""
