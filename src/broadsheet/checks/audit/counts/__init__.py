"""Counts rows of tables: those of a label, those that meet a condition, and all."""
