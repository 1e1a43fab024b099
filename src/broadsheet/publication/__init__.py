"""The source: a plain Quarto project on disk, read into values.

`_quarto.yml` becomes a :class:`Project`; each notebook or Markdown file that it renders, a :class:`Source`; each page
that comes of it, an :class:`Edition`, with the metadata of project, folders, document and edition merged in Quarto's
order. Nothing here runs a notebook or knows how a page looks.
"""

from broadsheet.publication.address import slug
from broadsheet.publication.declaration import Declared
from broadsheet.publication.edition import Edition, editions_of
from broadsheet.publication.project import Project, find_root, open_project
from broadsheet.publication.reading import Publication, open_publication
from broadsheet.publication.settings import Author, EditionSettings, FrontMatter, Listing, NavItem, ProjectSettings
from broadsheet.publication.source import CellOptions, Source, read_source

__all__ = [
    "Author", "CellOptions", "Declared", "Edition", "EditionSettings", "FrontMatter", "Listing", "NavItem", "Project",
    "ProjectSettings", "Publication", "Source", "editions_of", "find_root", "open_project", "open_publication",
    "read_source", "slug",
]
