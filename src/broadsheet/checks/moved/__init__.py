"""What moves when a table moves: the sentences, charts and rows that a revision changes."""
