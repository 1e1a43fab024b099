"""Reads plotly's JSON into `Chart`: the values that a figure shows."""
