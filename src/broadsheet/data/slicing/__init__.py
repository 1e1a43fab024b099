"""Slices of tables, and tables in Parquet, of which slices are read."""
