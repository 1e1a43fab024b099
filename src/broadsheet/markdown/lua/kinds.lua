--- The kinds of what is numbered: how an id begins, the words and numerals of each, and where captions stand.
--
-- `crossref:` of the front matter may say all of them, and may add kinds (`page.options.crossref`); without it the words
-- are those of the page's language.

local inline = require 'inline'
local labels = require 'labels'

local M = {}

local FLOATS = { fig = 'bottom', tbl = 'top', lst = 'top' }
local NAMED = { eq = 'inline', sec = 'heading',
                nte = 'callout', tip = 'callout', wrn = 'callout', imp = 'callout', cau = 'callout',
                thm = 'theorem', lem = 'theorem', cor = 'theorem', prp = 'theorem', cnj = 'theorem', def = 'theorem',
                exm = 'theorem', exr = 'theorem', alg = 'theorem', prf = 'proof', rem = 'proof', sol = 'proof' }
local PLACES = { top = true, bottom = true, margin = true }
local NBSP = '\u{a0}'

local function settings(page) return page.options.crossref or {} end

-- The author's own kinds, by the start of their ids.
local function added(page)
  if not page.added_kinds then
    page.added_kinds = {}
    for _, kind in ipairs(settings(page).custom or {}) do page.added_kinds[kind.key:lower()] = kind end
  end
  return page.added_kinds
end

--- The kind that an id names, if it does; none where references are off.
function M.of(page, id)
  if settings(page).off then return nil end
  local start = id:match '^(%a+)%-'
  start = start and start:lower()
  if start and (FLOATS[start] or NAMED[start] or added(page)[start]) then return start end
end

--- The kind of float that an id names, if it does.
function M.float_of(page, id)
  local kind = M.of(page, id)
  return kind and not NAMED[kind] and kind or nil
end

--- The kind of theorem or proof that an id names, if it does, and which of the two.
function M.theorem_of(page, id)
  local kind = M.of(page, id)
  local family = kind and NAMED[kind]
  if family == 'theorem' or family == 'proof' then return kind, family end
end

-- A text of `crossref:`, which is Markdown, as inlines; nothing without a text.
local function read(page, text)
  if not text then return nil end
  page.crossref_texts = page.crossref_texts or {}
  page.crossref_texts[text] = page.crossref_texts[text] or inline.read(text)
  return page.crossref_texts[text]:clone()
end

local function word(page, key) return read(page, (settings(page).words or {})[key]) end

--- The word before the number in captions, such as "Figure".
function M.title(page, kind)
  local more = added(page)[kind]
  return word(page, kind .. '-title')
    -- Quarto takes the prefix of references for captions, and the other for references.
    or read(page, more and more['reference-prefix']) or pandoc.Inlines(labels(page)[kind])
end

local function capital(text)
  local first = true
  return text:walk { Str = function(str)
    if not first then return nil end
    first = false
    local rest = utf8.offset(str.text, 2) or #str.text + 1
    return pandoc.Str(pandoc.text.upper(str.text:sub(1, rest - 1)) .. str.text:sub(rest))
  end }
end

--- The word before the number in references; with a capital where the reference has one, as `@Fig-a` does.
function M.prefix(page, kind, is_capital)
  local more, words = added(page)[kind], labels(page)
  local text = word(page, kind .. '-prefix')
    or read(page, more and (more['caption-prefix'] or more['reference-prefix']))
    or pandoc.Inlines(words[kind .. '-prefix'] or words[kind])
  return is_capital and capital(text) or text
end

-- a, b … z, aa, ab …; from another first letter likewise.
local function letters(first, count)
  local code = utf8.codepoint(first)
  local last = code >= 97 and code <= 122 and 122 or code >= 65 and code <= 90 and 90
  if not last or code + count - 1 <= last then return utf8.char(code + count - 1) end
  local size, text = 26, ''
  local start = last - 25
  count = count + code - start
  while count > 0 do
    count = count - 1
    text = utf8.char(start + count % size) .. text
    count = count // size
  end
  return text
end

local function numeral(style, count)
  if type(style) == 'table' then return tostring(style[(count - 1) % #style + 1]) end
  local name, first = style:match '^(%a+)%s*(.*)$'
  if name == 'alpha' then return letters(first ~= '' and utf8.char(utf8.codepoint(first)) or 'a', count) end
  if name == 'roman' then
    local roman = pandoc.utils.to_roman_numeral(count)
    return first == 'i' and roman:lower() or roman
  end
  return tostring(count)
end

local function style_of(page, kind, standard)
  local numerals = settings(page).numerals or {}
  return numerals[kind .. '-labels'] or numerals.labels or standard
end

--- The number of a kind's next, as text; with the chapter before it where chapters count.
function M.number(page, kind, count)
  local text = numeral(style_of(page, kind, 'arabic'), count)
  return page.chapter and page.chapter .. '.' .. text or text
end

--- The letter of a part.
function M.letter(page, count) return numeral(style_of(page, 'subref', 'alpha a'), count) end

--- Counts a chapter, with which all numbers begin anew, if a heading is one.
function M.chapter(page, header)
  if not settings(page).chapters or header.level > 1 or header.classes:includes 'unnumbered' then return end
  page.chapter = (page.chapter or 0) + 1
  page.counts = {}
end

local function joined(page, kind, name, number)
  if #name == 0 then return pandoc.Inlines { pandoc.Str(number) } end
  local is_close = (added(page)[kind] or {})['space-before-numbering'] == false
  local last = name[#name]
  if last.t == 'Str' then
    name[#name] = pandoc.Str(last.text .. (is_close and '' or NBSP) .. number)
  else
    name:insert(pandoc.Str((is_close and '' or NBSP) .. number))
  end
  return name
end

--- "Figure 1", as inlines; `name` is another word for it.
function M.label(page, kind, number, name) return joined(page, kind, name or M.title(page, kind), number) end

--- What stands between the number of a caption and its text, as inlines.
function M.delimiter(page)
  local delimiter = read(page, settings(page)['title-delim']) or pandoc.Inlines ':'
  delimiter:insert(pandoc.Space())
  return delimiter
end

--- Whether references are links.
function M.links(page) return settings(page)['ref-hyperlink'] ~= false end

--- What the attributes of an element say of the place of its caption, which they lose.
function M.take_place(kind, attributes)
  local taken = {}
  for _, key in ipairs { kind .. '-cap-location', 'cap-location' } do taken[key] = inline.take(attributes, key) end
  return taken
end

--- Where the caption of a float stands: `top`, `bottom` or `margin`. Takes what says so from its attributes.
function M.place(page, kind, attributes)
  local key = kind .. '-cap-location'
  local said = M.take_place(kind, attributes)
  local place = said[key] or said['cap-location']
  if place and not PLACES[place] then
    page:notice(('a caption stands at the `top`, the `bottom` or in the `margin`, not `%s`'):format(place), '', place)
    place = nil
  end
  local more = added(page)[kind]
  return place or page.options[key] or page.options['cap-location'] or more and more['caption-location'] or FLOATS[kind]
    or 'bottom'
end

return M
