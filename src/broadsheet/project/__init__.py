"""The source: a plain Quarto project on disk, read into values.

`_quarto.yml` becomes a `Project`; each notebook or Markdown file that it renders becomes a
`Source`; each of a source's pages becomes an `Edition`, with the metadata of project, folders,
document and edition merged in Quarto's order. This package runs no notebook and knows nothing of
the look of a page.
"""
