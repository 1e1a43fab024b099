"""The report of what moves when a table moves: sentences, charts and rows that a revision changes."""
