"""Draws figures as SVG: the browser, the store of pictures, the sizes, and small drawings for
lists.
"""
