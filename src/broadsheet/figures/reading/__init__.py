"""From plotly's JSON to `ChartData`: what a figure shows."""
