"""The values of a chart as a table."""
