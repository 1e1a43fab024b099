"""What a living drawing says to pointer, finger and keys, and what a step of the text changes in it."""
