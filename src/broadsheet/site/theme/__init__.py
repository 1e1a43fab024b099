"""Style, scripts, fonts, and the templates of a site."""
