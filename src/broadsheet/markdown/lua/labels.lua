--- The words that the filters put on a page, in its language; `pandoc.py` sends them with the page.

return function(page) return page.request.words end
