"""Where things go in a drawing: axes, labels, legends, room."""
