"""Helps an author in an editor: problems with their mends, completions, notes on the word under the
pointer.

All of it is of the text in the editor, whether saved or not. Nothing is run: what a run alone knows
is taken from the last one that is kept. :mod:`broadsheet.editor.server` speaks the Language Server
Protocol; the other modules know nothing of it.
"""
