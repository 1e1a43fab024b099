"""The number check, claims, marks, ledgers: what the prose of an edition states, held against its
data.
"""
