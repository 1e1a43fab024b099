"""Reads the files of tables: their formats, the header of each table, and what is kept of them."""
