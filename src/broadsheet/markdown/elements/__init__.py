"""Elements of a page that a module of their own makes: steps of a text, updates, diagrams, cells of other
notebooks, big numbers, wide tables.
"""
