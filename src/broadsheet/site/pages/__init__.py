"""Content and index put into the templates: finished pages."""
