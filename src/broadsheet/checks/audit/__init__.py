"""The audit: the prose of any folder held against the tables beside it."""
