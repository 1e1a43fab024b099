"""The keys of `_quarto.yml` and of front matter, typed and checked."""
