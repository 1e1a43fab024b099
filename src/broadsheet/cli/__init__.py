"""The command line: it parses and reports; the work is done elsewhere."""
