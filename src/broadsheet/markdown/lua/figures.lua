--- Figures: `![caption](picture){#fig-x}`, and divs of class `quarto-figure` with `fig-cap`, which are unnumbered.

local crossref = require 'crossref'
local inline = require 'inline'
local pictures = require 'pictures'
local tag = require 'tag'

local M = {}

--- The first image of blocks, changed in place by `change`.
local function with_image(content, change)
  return content:walk { Image = function(image)
    change(image)
    return image
  end }
end

local function alignment(attributes)
  local align = attributes['fig-align'] or 'center'
  attributes['fig-align'] = nil
  return ({ left = 'left', right = 'right' })[align] or 'center'
end

local function unnumbered(content, caption, classes, attributes)
  local result = pandoc.Blocks { tag.open('figure', { { 'class', 'figure' } }) }
  result:extend(content)
  if caption and #caption > 0 then result:insert(tag.wrap('figcaption', {}, caption)) end
  result:insert(tag.close 'figure')
  local all = pandoc.List { 'quarto-figure', 'quarto-figure-' .. alignment(attributes) }
  all:extend(classes or {})
  return pandoc.Div(result, { '', all })
end

--- A paragraph that is one picture with a caption.
function M.figure(page, figure)
  local attributes, id = {}, figure.identifier
  local caption = pandoc.utils.blocks_to_inlines(figure.caption.long)
  local body = pandoc.Blocks {}
  for _, block in ipairs(figure.content) do
    body:insert(block.t == 'Plain' and pandoc.Para(block.content) or block)
  end
  body = with_image(body, function(image)
    pictures.report(page, image, caption)
    caption = pictures.credited(caption, image.attributes)
    attributes['fig-align'] = image.attributes['fig-align']
    image.attributes['fig-align'] = nil
    image.classes:insert(1, 'figure-img')
    if id == '' then id = image.identifier end
    image.identifier = ''
  end)
  local kind = crossref.kind_of(id)
  if kind then
    return crossref.float(page, kind, { id = id, parent = figure.attributes['ref-parent'] }, body, caption), false
  end
  local result = unnumbered(body, caption, figure.classes, attributes)
  result.identifier = id
  return result, false
end

--- What notebooks write for a chart without a label.
function M.div(_, div)
  local caption = div.attributes['fig-cap']
  if not caption or not div.classes:includes 'quarto-figure' then return nil end
  div.attributes['fig-cap'] = nil
  return unnumbered(div.content, inline.read(caption), {}, div.attributes)
end

return M
