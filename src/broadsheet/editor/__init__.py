"""Helps an author in an editor: problems with their mends, completions, notes on the word under the
pointer.

It works on the text in the editor, saved or not. It runs nothing: values of a run come from the last
one in the cache. :mod:`broadsheet.editor.server` speaks the Language Server
Protocol; the other modules know nothing of it.
"""
