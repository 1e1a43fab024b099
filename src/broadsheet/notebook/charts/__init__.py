"""The charts of `bs.charts`, and the theme of every chart."""
