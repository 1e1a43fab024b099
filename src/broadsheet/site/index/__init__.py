"""What lists, feeds and pages show of other pages."""
