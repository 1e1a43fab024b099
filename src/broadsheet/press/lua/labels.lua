--- The words that the press itself puts on a page, by language.

local WORDS = {
  en = {
    fig = 'Figure', tbl = 'Table', lst = 'Listing', eq = 'Equation', sec = 'Section',
    nte = 'Note', tip = 'Tip', wrn = 'Warning', imp = 'Important', cau = 'Caution',
    note = 'Note', warning = 'Warning', important = 'Important', caution = 'Caution',
    code = 'Code', references = 'References', video = 'Video', tabs = 'Tabs',
  },
}

--- The words of a page's language; English where we have no others.
return function(page)
  local language = tostring(page.options.lang or 'en'):match '^%a+' or 'en'
  return WORDS[language] or WORDS.en
end
