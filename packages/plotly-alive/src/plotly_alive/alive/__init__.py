"""Makes a drawing live: its answers to pointer, finger and keys, and its changes from step to step
of a text.
"""
