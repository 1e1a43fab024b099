"""Numbers, dates and words as readers see them, and the width of letters."""
