"""Places axes, labels and legends in a drawing, and makes room for them."""
