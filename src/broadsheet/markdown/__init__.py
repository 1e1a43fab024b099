"""From an executed notebook to the body of a page: cells as Markdown, and Markdown through Pandoc."""
