--- Renders callouts, tabsets, updates and equations by Broadsheet's own filters, before Quarto's filters run.
--
-- Without Bootstrap, Quarto drops the kind of a callout and needs a script for its tabs, and it makes the number of an
-- equation a part of the formula. Everything else is left to Quarto: other numbers, references, citations, conditions.
--
-- `theme/quarto/elements.lua` of the project loads this file and passes the settings that `pre-render` has written:
-- the folder of Broadsheet's filters, and their words in each language.

local settings = ...
package.path = pandoc.path.join { settings.folder, '?.lua' } .. ';' .. package.path

local conditional = require 'conditional'
local crossref = require 'crossref'
local tag = require 'tag'
local updates = require 'updates'

local FILTERS = { require 'callouts', require 'tabsets', updates }

-- The page, as Broadsheet's filters expect it.
local page = { request = { words = settings.words.en }, options = {}, targets = {}, counts = {}, cites = {}, tabsets = 0 }

local function warn(_, what, mend) quarto.log.warning(mend and mend ~= '' and what .. '\n  → ' .. mend or what) end

page.notice = warn
page.unresolved = warn
page.fault = function(...)
  warn(...)
  error(select(2, ...))
end

local function read_metadata(meta)
  page.metadata = meta
  page.metadata.profile = pandoc.List {}
  for name in (os.getenv 'QUARTO_PROFILE' or ''):gmatch '[^%s,]+' do page.metadata.profile:insert(name) end
  page.options['callout-icon'] = meta['callout-icon']
  page.options['callout-appearance'] = meta['callout-appearance'] and pandoc.utils.stringify(meta['callout-appearance'])
  page.options.lang = meta.lang and pandoc.utils.stringify(meta.lang)
  page.request.words = settings.words[page.options.lang] or settings.words.en
  local own = meta['broadsheet-words']
  if own then
    page.request.words = {}
    for name, word in pairs(own) do page.request.words[name] = pandoc.utils.stringify(word) end
  end
end

-- Quarto would take a finished element for one to render, by its class. So its tags become raw HTML.
local function as_raw_tags(element)
  if pandoc.utils.type(element) ~= 'Block' or element.t ~= 'Div' then return element end
  local attributes = { { 'id', element.identifier ~= '' and element.identifier },
                       { 'class', table.concat(element.classes, ' ') } }
  for name, value in pairs(element.attributes) do attributes[#attributes + 1] = { name, value } end
  local blocks = pandoc.Blocks { tag.open('div', attributes) }
  blocks:extend(element.content)
  blocks:insert(tag.close 'div')
  return blocks
end

-- Content that a condition hides gets no number; Quarto drops it.
local function render(div)
  if conditional.shown(page, div) == false then return div, false end
  for _, filter in ipairs(FILTERS) do
    local result = filter.div(page, div)
    if result then return as_raw_tags(result) end
  end
end

-- References to callouts and equations, which are numbered here; Quarto resolves the others.
local function resolve(cite)
  for _, citation in ipairs(cite.citations) do
    if not page.targets[citation.id] then return nil end
  end
  return crossref.resolver(page)(cite)
end

-- A picture in a float takes its alternative text from `fig-alt` alone; its caption serves where there is none.
local function describe(image)
  if not image.attributes['fig-alt'] and #image.caption > 0 then
    image.attributes['fig-alt'] = pandoc.utils.stringify(image.caption)
    return image
  end
end

return {
  { Meta = read_metadata },
  { Pandoc = function(doc) updates.prepare(page, doc.blocks) end },
  { traverse = 'topdown', Div = render, Para = function(para) return crossref.equations(page, para) end },
  { Cite = resolve, Image = describe },
}
