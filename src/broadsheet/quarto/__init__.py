"""`quarto render` and `quarto preview` at the root give the same publication, by Quarto's own
extension points.
"""
