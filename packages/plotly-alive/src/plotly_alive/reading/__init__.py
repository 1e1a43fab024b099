"""Reads plotly's JSON into `ChartData`: the values that a figure shows."""
