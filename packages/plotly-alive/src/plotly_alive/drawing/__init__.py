"""Draws figures as SVG in a browser, and small drawings for lists."""
