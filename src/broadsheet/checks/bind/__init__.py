"""Binds a text to the tables that bear it out: numbers become expressions, comparisons claims."""
