--- Tables: alignment as classes, captions with `{#tbl-x}` as numbered floats.

local crossref = require 'crossref'
local inline = require 'inline'
local kinds = require 'kinds'

local M = {}

local CLASSES = { AlignLeft = 'text-start', AlignRight = 'text-end', AlignCenter = 'text-center' }

local function align_row(row, columns, class)
  row.attr.classes:insert(class)
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
local function align_rows(rows, columns, class)
  for index, row in ipairs(rows) do rows[index] = align_row(row, columns, class or index % 2 == 1 and 'odd' or 'even') end
  return rows
end

local function align(element)
  local columns, specs = {}, element.colspecs
  for index, spec in ipairs(specs) do
    columns[index] = spec[1]
    specs[index] = { 'AlignDefault', spec[2] }
  end
  element.colspecs = specs
  local head, foot, bodies = element.head, element.foot, element.bodies
  head.rows = align_rows(head.rows, columns, 'header')
  foot.rows = align_rows(foot.rows, columns, 'footer')
  for index, body in ipairs(bodies) do
    body.head = align_rows(body.head, columns, 'header')
    body.body = align_rows(body.body, columns)
    bodies[index] = body
  end
  element.head, element.foot, element.bodies = head, foot, bodies
end

-- The widths of columns: a list of percents, which an author also writes as text; of the whole page they hold for tables
-- of as many columns.
local function widths(page, element, written)
  local specs = element.colspecs
  local ok, list = true, written or page.options['tbl-colwidths']
  if type(list) == 'string' then ok, list = pcall(pandoc.json.decode, list, false) end
  if not ok or type(list) ~= 'table' or #list ~= #specs then
    if written and written ~= 'auto' and written ~= 'none' and written ~= 'false' then
      page:notice(('`tbl-colwidths="%s"` has not one width for each column'):format(written), '', written)
    end
    return
  end
  for index, spec in ipairs(specs) do specs[index] = { spec[1], list[index] / 100 } end
  element.colspecs = specs
end

-- The attributes at the end of a caption, `{#tbl-x tbl-colwidths="[20,80]"}`, which are taken off it.
local function trailing(content)
  local last = content[#content]
  if not last or last.t ~= 'Str' or last.text:sub(-1) ~= '}' then return nil end
  for at = #content, 1, -1 do
    if content[at].t == 'Str' and content[at].text:sub(1, 1) == '{' then
      local text = pandoc.write(pandoc.Pandoc { pandoc.Plain { table.unpack(content, at) } }, 'plain', { wrap_text = 'none' })
      local parsed = inline.document('# x ' .. text:gsub('[“”]', '"'):gsub('%s+$', '')).blocks[1]
      if #parsed.content ~= 1 then return nil end
      while #content >= at or #content > 0 and content[#content].t == 'Space' do content:remove() end
      return parsed.attr
    end
  end
end

local function take_caption(element)
  local content = pandoc.utils.blocks_to_inlines(element.caption.long)
  element.caption = { long = {} }
  local attr = trailing(content)
  if attr then
    if attr.identifier:find '%-' then element.identifier = attr.identifier end
    element.classes:extend(attr.classes)
    for name, value in pairs(attr.attributes) do element.attributes[name] = value end
  end
  return #content > 0 and content or nil
end

--- A table, `{#tbl-x}` or not; its cells are walked here.
function M.element(page, element)
  local caption = take_caption(element)
  local colwidths = element.attributes['tbl-colwidths']
  element.attributes['tbl-colwidths'], element.attributes.style = nil, nil
  align(element)
  widths(page, element, colwidths)
  element.classes:insert(1, 'table')
  element = element:walk(page.filter)
  local kind = kinds.float_of(page, element.identifier)
  if kind then
    local float = { id = element.identifier, parent = element.attributes['ref-parent'], attributes = kinds.take_place(kind, element.attributes) }
    element.identifier, element.attributes['ref-parent'] = '', nil
    element.classes:insert(1, 'caption-top')
    return crossref.float(page, kind, float, pandoc.Blocks { element }, caption), false
  end
  local place = kinds.place(page, 'tbl', element.attributes)
  if place ~= 'bottom' then element.classes:insert(1, 'caption-top') end
  if place == 'margin' and caption then
    page:notice('the caption of a table without a number stands above it, not in the margin',
                'Give the table an id, such as `{#tbl-trade}`.', pandoc.utils.stringify(caption))
  end
  if caption then element.caption = { long = { pandoc.Plain(caption) } } end
  return element, false
end

return M
