"""Bad data, by kind: each case is one thing that a person, a program or a disk does to a
publication's data.
"""
