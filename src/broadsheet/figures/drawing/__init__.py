"""From a figure to SVG: the browser that draws, what is kept, sizes, small drawings."""
