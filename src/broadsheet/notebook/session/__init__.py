"""The functions that an author's cells and inline expressions call while a notebook runs."""
