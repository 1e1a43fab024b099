--- Entries of live coverage, `.update` with a `time`: each an <article> with its time, and before the first of them a
--- list that leads to each. Their ids, and their times in words (`when`), come from `updates.py`.

local labels = require 'labels'
local tag = require 'tag'

local letter_marks = require 'letter_marks'

local M = {}

local function is_shown(div) return div.classes:includes 'update' and not div.classes:includes 'content-hidden' end

local function time_of(div)
  local attributes = div.attributes
  return tag.inline('time', { { 'datetime', attributes.time } }), attributes.when or attributes.time or ''
end

local function title_of(div)
  for _, block in ipairs(div.content) do
    if block.t == 'Header' then return block.content end
  end
end

--- What the list will hold; `blocks` are the page's.
function M.prepare(page, blocks)
  page.updates = {}
  blocks:walk { Div = function(div) if is_shown(div) then page.updates[#page.updates + 1] = div end end }
end

local function list(page)
  local blocks = pandoc.Blocks { tag.open('nav', { { 'class', 'updates' }, { 'aria-label', labels(page).updates } }),
                                 tag.open 'ol' }
  for _, div in ipairs(page.updates) do
    local start, when = time_of(div)
    local title = title_of(div)
    -- A link can hold no other, nor the mark of a fact.
    local words = pandoc.Inlines { tag.inline('a', { { 'href', '#' .. div.identifier } }), start, pandoc.Str(when),
                                   pandoc.RawInline('html', '</time>') }
    if title then words:extend { pandoc.Space(), pandoc.Str(letter_marks.bare(page, pandoc.utils.stringify(title))) } end
    words:insert(pandoc.RawInline('html', '</a>'))
    blocks:insert(tag.wrap('li', {}, words))
  end
  blocks:extend { tag.close 'ol', tag.close 'nav' }
  return blocks
end

-- A heading of the tree would open a section that reaches beyond the entry.
local function heading(header)
  return tag.wrap('h' .. header.level, { { 'id', header.identifier ~= '' and header.identifier } }, header.content)
end

function M.div(page, div)
  if not is_shown(div) then return nil end
  local result = pandoc.Blocks {}
  if page.updates and #page.updates > 1 then result:extend(list(page)) end
  page.updates = nil
  local start, when = time_of(div)
  local id = div.identifier ~= '' and div.identifier
  local time = id and pandoc.Link(when, '#' .. id) or pandoc.Str(when)
  result:insert(tag.open('article', { { 'id', id }, { 'class', table.concat(div.classes, ' ') } }))
  result:insert(tag.wrap('p', { { 'class', 'update-time' } },
                           { start, time, pandoc.RawInline('html', '</time>') }))
  for _, block in ipairs(div.content) do result:insert(block.t == 'Header' and heading(block) or block) end
  result:insert(tag.close 'article')
  return result
end

return M
