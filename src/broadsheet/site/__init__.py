"""The website: pages, lists, feeds, search and social cards, written whole beside the old site and
put in its place.
"""
