"""A plotly figure in, a living drawing out."""
