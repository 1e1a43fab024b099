"""The command line, one file a command: each parses its options, calls, and makes a report."""
