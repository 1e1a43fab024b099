--- The words that the press itself puts on a page, in its language; `pandoc.py` sends them with the page.

return function(page) return page.request.words end
