--- Tables: alignment as classes, captions with `{#tbl-x}` as numbered floats.

local crossref = require 'crossref'

local M = {}

local CLASSES = { AlignLeft = 'text-start', AlignRight = 'text-end', AlignCenter = 'text-center' }

local function align_row(row, columns)
  local column = 1
  for _, cell in ipairs(row.cells) do
    local align = cell.alignment ~= 'AlignDefault' and cell.alignment or columns[column]
    if CLASSES[align] then cell.attr.classes:insert(CLASSES[align]) end
    cell.alignment = 'AlignDefault'
    column = column + cell.col_span
  end
  return row
end

-- Reading a part of a table gives a copy: each is set again.
local function align_rows(rows, columns)
  for index, row in ipairs(rows) do rows[index] = align_row(row, columns) end
  return rows
end

local function align(element)
  local columns, specs = {}, element.colspecs
  local aligned = false
  for index, spec in ipairs(specs) do
    columns[index] = spec[1]
    aligned = aligned or spec[1] ~= 'AlignDefault'
    specs[index] = { 'AlignDefault', spec[2] }
  end
  if not aligned then return end
  element.colspecs = specs
  local head, foot, bodies = element.head, element.foot, element.bodies
  head.rows = align_rows(head.rows, columns)
  foot.rows = align_rows(foot.rows, columns)
  for index, body in ipairs(bodies) do
    body.head = align_rows(body.head, columns)
    body.body = align_rows(body.body, columns)
    bodies[index] = body
  end
  element.head, element.foot, element.bodies = head, foot, bodies
end

local function widths(page, element, text)
  local ok, given = pcall(pandoc.json.decode, text, false)
  if not ok or type(given) ~= 'table' or #given ~= #element.colspecs then
    if text ~= 'auto' and text ~= 'none' then
      page:notice(('`tbl-colwidths="%s"` has not one width for each column'):format(text), '', text)
    end
    return
  end
  local specs = element.colspecs
  for index, spec in ipairs(specs) do specs[index] = { spec[1], given[index] / 100 } end
  element.colspecs = specs
end

--- Takes the caption off a table: its inlines, and the id at the end of it that older Pandocs leave there.
function M.take_caption(element)
  local caption = element.caption.long
  if #caption == 0 then return nil end
  local content = pandoc.utils.blocks_to_inlines(caption)
  element.caption = { long = {} }
  local last = content[#content]
  local id = last and last.t == 'Str' and last.text:match '^{#([%w_-]+)}$'
  if id then
    content:remove()
    if #content > 0 and content[#content].t == 'Space' then content:remove() end
  end
  return content, id
end

function M.element(page, element)
  align(element)
  if element.attributes['tbl-colwidths'] then
    widths(page, element, element.attributes['tbl-colwidths'])
    element.attributes['tbl-colwidths'] = nil
  end
  element.attributes.style = nil
  element.classes:insert(1, 'table')
  element.classes:insert(1, 'caption-top')
  local id = element.identifier
  local caption, trailing = element.caption, nil
  if id:find '^tbl%-' then
    caption = M.take_caption(element)
  else
    local kept = element.caption
    caption, trailing = M.take_caption(element)
    if not trailing then
      element.caption = kept
      return element
    end
    id = trailing
  end
  local parent = element.attributes['ref-parent']
  element.identifier = ''
  element.attributes['ref-parent'] = nil
  return crossref.float(page, 'tbl', { id = id, parent = parent }, pandoc.Blocks { element }, caption), false
end

return M
