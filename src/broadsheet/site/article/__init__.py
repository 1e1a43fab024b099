"""The content of a page: an article's body, its pictures, marks, evidence."""
