"""The other forms of a site: feeds, site maps, search, cards, copies in Markdown."""
