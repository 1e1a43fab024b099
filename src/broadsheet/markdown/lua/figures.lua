--- Figures: `![caption](picture){#fig-x}`, and divs of class `quarto-figure` with `fig-cap`, which are unnumbered.

local crossref = require 'crossref'
local inline = require 'inline'
local kinds = require 'kinds'
local layout = require 'layout'
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

-- A figure without a number. Its caption stands where `fig-cap-location` says.
local function unnumbered(page, content, caption, classes, attributes)
  local place = kinds.place(page, 'fig', attributes)
  local align, said = layout.alignment(page, attributes, content)
  local result = pandoc.Blocks { tag.open('figure', { { 'class', 'figure' } }) }
  result:extend(content)
  if caption and #caption > 0 then
    local figcaption = tag.wrap('figcaption', { { 'class', place == 'margin' and 'margin-caption' } }, caption)
    result:insert(place == 'top' and 2 or #result + 1, figcaption)
  end
  result:insert(tag.close 'figure')
  local all = pandoc.List { 'quarto-figure', 'quarto-figure-' .. align }
  all:extend(classes or {})
  return pandoc.Div(result, { '', all, { ['fig-align'] = said } })
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
    attributes = kinds.take_place('fig', image.attributes)
    attributes['fig-align'] = inline.take(image.attributes, 'fig-align')
    image.classes:insert(1, 'figure-img')
    if id == '' then id = image.identifier end
    image.identifier, image.attributes['ref-parent'] = '', nil
  end)
  local kind = kinds.float_of(page, id)
  if kind then
    return crossref.float(page, kind, { id = id, parent = figure.attributes['ref-parent'], attributes = attributes }, body,
                          caption), false
  end
  local result = unnumbered(page, body, caption, figure.classes, attributes)
  result.identifier = id
  return result, false
end

--- A picture alone in its paragraph that Pandoc makes no figure of: in a link with a caption, without a caption but with
-- an id or an alignment. And equations.
function M.para(page, para)
  local element = para.content[1]
  local image = #para.content == 1 and layout.picture(element)
  if not image then return crossref.equations(page, para) end
  local id = image.identifier ~= '' and image.identifier or element.identifier
  if not (kinds.float_of(page, id) or image.attributes['fig-align'] or element.t == 'Link' and #image.caption > 0) then
    return nil
  end
  local figure = pandoc.Figure({ pandoc.Plain { element } }, { long = { pandoc.Plain(image.caption) } }, { id })
  figure.attributes['ref-parent'] = image.attributes['ref-parent']
  return M.figure(page, figure)
end

--- What notebooks write for a chart without a label.
function M.div(page, div)
  local caption = div.attributes['fig-cap']
  if not caption or not div.classes:includes 'quarto-figure' then return nil end
  div.attributes['fig-cap'] = nil
  return unnumbered(page, div.content, inline.read(caption), {}, div.attributes)
end

return M
