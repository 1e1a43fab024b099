--- Facts and claims that were letters while the page was read (`letter_marks.py`): tags take their place in its HTML.
-- Letters that are words stay.

local M = {}

local FIRST = 0xF0000
local OPENS = '\xF3[\xB0-\xBF][\x80-\xBF][\x80-\xBF]'
local CLOSES = '\xF4\x80\x80\x80'

local function has_letters(page, text) return (page.request.marks or {})[1] and text:find '[\xF3\xF4]' end

local function without_letters(text) return (text:gsub(OPENS, ''):gsub(CLOSES, '')) end

--- A plain text without the letters.
function M.bare(page, text)
  return has_letters(page, text) and without_letters(text) or text
end

local function count(text, letters) return select(2, text:gsub(letters, '')) end

--- HTML with the tags. An attribute has the words alone. Letters of which one is missing, or that nobody gave out, stay:
-- then the page is read again without any.
function M.tagged(page, html)
  if not has_letters(page, html) then return html end
  local tags = page.request.marks
  html = html:gsub('<[^<>]*[\xF3\xF4][^<>]*>', without_letters)
  if count(html, OPENS) ~= count(html, CLOSES) then return html end
  html = html:gsub(OPENS, function(letter) return tags[utf8.codepoint(letter) - FIRST + 1] end)
  return (html:gsub(CLOSES, '</span>'))
end

return M
