"""Expressions over tables: where a value comes from, and what prose may claim of it."""
