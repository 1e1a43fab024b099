"""The formats of reports: words for people, and those for programs."""
