"""The files that articles are written in, and their cells."""
