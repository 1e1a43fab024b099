"""The catalogue of tables: each with its schema, units, sources, licence and as-of date.

What comes in is ``data/datapackage.json`` (a Data Package, version 2) and the CSV files beside it.
What goes out is a `pandas.DataFrame`, or an error that names table, row, column, value and rule.
Nothing half-valid goes out.
"""
