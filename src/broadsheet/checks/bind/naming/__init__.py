"""Values that a notebook has by name, and how clearly a text names them."""
