"""`broadsheet preview`: the publication in a browser while it is written.

One process holds the publication in memory (:mod:`~broadsheet.preview.previewed_site`), watches its
files (:mod:`~broadsheet.preview.file_watcher`) and serves its pages on this machine alone
(:mod:`~broadsheet.preview.server`). A page is made when somebody opens it, by the functions that
make it in a build, and again when something that it was made of has changed. The browser then
exchanges the parts of the page that are different (`preview.js`). Nothing is written but the stores
under `.broadsheet/`, which a build would use too.
"""
