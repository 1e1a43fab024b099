"""Words and texts: languages, templates, addresses, widths."""
