"""The press: the built-in renderer of Quarto website projects of articles, by Pandoc and Jinja2."""
