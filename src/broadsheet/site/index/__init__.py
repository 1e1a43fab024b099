"""The index of a site: what lists, feeds and pages show of other pages."""
