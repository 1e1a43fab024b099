"""The names that an author uses as `bs` in a notebook: tables, facts, claims, charts and the plotly
template.

Nothing here needs the machinery of a build, and pandas and plotly are imported only when they are
used.
"""
