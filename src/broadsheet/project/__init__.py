"""The source: a plain Quarto project on disk, read into values.

`_quarto.yml` becomes a `Project`; each notebook or Markdown file that it renders becomes a
`Source`; each page that comes of it becomes an `Edition`, with the metadata of project, folders,
document and edition merged in Quarto's order. Nothing here runs a notebook or knows how a page
looks.
"""
