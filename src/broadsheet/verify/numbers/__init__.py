"""The number check: which numbers of the prose are accounted for."""
