--- Callouts, tabsets, updates and equations by the press's own filters, before Quarto comes to them.
--
-- Without Bootstrap, Quarto leaves nothing of a callout's kind and builds its tabs with a script; the number of an
-- equation it makes a part of the formula. Everything else, such as other numbers, references, citations and conditions,
-- is Quarto's. `pre-render` says where the press's filters are, and their words in each language.

local place = io.open(pandoc.path.join { quarto.project.directory, '.broadsheet/quarto/filters' })
if not place then
  error 'no .broadsheet/quarto/filters: render the project with scripts/pre_render.py as its `pre-render` script'
end
package.path = pandoc.path.join { place:read 'l', '?.lua' } .. ';' .. package.path
local words = pandoc.json.decode(place:read 'l', false)
place:close()

local conditional = require 'conditional'
local crossref = require 'crossref'
local tag = require 'tag'
local updates = require 'updates'

local FILTERS = { require 'callouts', require 'tabsets', updates }

-- What the filters know as a page.
local page = { request = { words = words.en }, options = {}, targets = {}, counts = {}, cites = {}, tabsets = 0 }

local function tell(_, what, mend) quarto.log.warning(mend and mend ~= '' and what .. '\n  → ' .. mend or what) end

page.notice = tell
page.fault = function(...)
  tell(...)
  error(select(2, ...))
end

local function know(meta)
  page.metadata = meta
  page.options.lang = meta.lang and pandoc.utils.stringify(meta.lang)
  page.request.words = words[page.options.lang] or words.en
end

-- By its class, Quarto would take a finished element for one that is still to be made: its tags become raw HTML.
local function closed(element)
  if pandoc.utils.type(element) ~= 'Block' or element.t ~= 'Div' then return element end
  local attributes = { { 'id', element.identifier ~= '' and element.identifier },
                       { 'class', table.concat(element.classes, ' ') } }
  for name, value in pairs(element.attributes) do attributes[#attributes + 1] = { name, value } end
  local blocks = pandoc.Blocks { tag.open('div', attributes) }
  blocks:extend(element.content)
  blocks:insert(tag.close 'div')
  return blocks
end

-- What is not shown here has no number, and is left for Quarto to drop.
local function convert(div)
  if conditional.shown(page, div) == false then return div, false end
  for _, filter in ipairs(FILTERS) do
    local result = filter.div(page, div)
    if result then return closed(result) end
  end
end

-- Numbered callouts and equations are ours, so references to them are too; others wait for Quarto.
local function refer(cite)
  for _, citation in ipairs(cite.citations) do
    if not page.targets[citation.id] then return nil end
  end
  return crossref.resolver(page)(cite)
end

-- A picture in a float would have no alternative text but `fig-alt`; elsewhere its caption serves.
local function name(image)
  if not image.attributes['fig-alt'] and #image.caption > 0 then
    image.attributes['fig-alt'] = pandoc.utils.stringify(image.caption)
    return image
  end
end

return {
  { Meta = know },
  { Pandoc = function(doc) updates.prepare(page, doc.blocks) end },
  { traverse = 'topdown', Div = convert, Para = function(para) return crossref.equations(page, para) end },
  { Cite = refer, Image = name },
}
