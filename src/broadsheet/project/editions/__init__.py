"""Editions: the parameter sets of an article, their metadata and addresses."""
