"""The number check, claims, marks, ledgers: they compare the statements of an edition's prose with
its data.
"""
