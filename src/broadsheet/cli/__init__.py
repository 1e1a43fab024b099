"""The command line, one module for each command: it parses its options, calls the work, and makes a
report.
"""
