"""What an author imports in a notebook, by way of `bs`: tables, facts, claims, charts and the
plotly template.

Nothing here needs the machinery of a build, and pandas and plotly are imported only when they are
used.
"""
