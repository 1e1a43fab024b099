"""Lets `quarto render` and `quarto preview` make the same site, through Quarto's extension points.

Quarto calls `python -m broadsheet.quarto` three times: before it renders (:mod:`.pre_render`), once
for each notebook (:mod:`.filtering`), and after it has rendered (:mod:`.post_render`).
"""
