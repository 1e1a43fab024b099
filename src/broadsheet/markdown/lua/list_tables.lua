--- Tables written as lists, `::: {.list-table}`: a list of rows, each a list of cells, which hold any Markdown.
--
-- An empty span at the start of a cell carries its attributes (`[]{colspan=2}`), one before the list of cells those of
-- its row. `header-rows` (1), `header-cols`, `aligns="l,r,c"` and `widths="1,2"` are of the table. A paragraph before or
-- after the list is the caption.

local inline = require 'inline'
local tables = require 'tables'

local M = {}

local ALIGNMENTS = { d = 'AlignDefault', l = 'AlignLeft', r = 'AlignRight', c = 'AlignCenter' }

local take = inline.take

-- The attributes of an empty span at the start of blocks, which is taken out.
local function attributes_of(blocks)
  local first = blocks[1]
  local span = first and (first.t == 'Plain' or first.t == 'Para') and first.content[1]
  if not span or span.t ~= 'Span' or #span.content > 0 then return pandoc.Attr() end
  first.content:remove(1)
  if first.content[1] and first.content[1].t == 'Space' then first.content:remove(1) end
  return span.attr
end

local MOST = 1000

-- A whole number of cells, from `least` on; else the one that holds without it.
local function counted(text, standard, least)
  local number = math.tointeger(tonumber(text))
  return number and number >= (least or 0) and number <= MOST and number or standard
end

local function cell(blocks)
  local attr = attributes_of(blocks)
  local align = ALIGNMENTS[take(attr.attributes, 'align') or 'd'] or 'AlignDefault'
  local rows, columns = take(attr.attributes, 'rowspan'), take(attr.attributes, 'colspan')
  return pandoc.Cell(blocks, align, counted(rows, 1, 1), counted(columns, 1, 1), attr)
end

-- Rows of one item of the list: a list of cells, or those of a table in it.
local function rows_of(item)
  local attr = #item > 1 and attributes_of(item) or pandoc.Attr()
  local last = item[#item]
  if not last then return nil end
  if last.t == 'BulletList' then return { pandoc.Row(last.content:map(cell), attr) } end
  if last.t == 'Table' then
    local rows = pandoc.List {}
    for _, body in ipairs(last.bodies) do rows:extend(body.body) end
    return rows
  end
end

local function columns_of(rows)
  local most = 0
  for _, row in ipairs(rows) do
    local count = 0
    for _, each in ipairs(row.cells) do count = count + each.col_span end
    most = math.max(most, count)
  end
  return most
end

local function numbers(text)
  local result, sum = {}, 0
  for part in (text or ''):gmatch '[^,%s]+' do
    result[#result + 1] = tonumber(part) or 0
    sum = sum + result[#result]
  end
  return result, sum
end

local function specs_of(attributes, count)
  local specs, aligns = {}, {}
  for name in (take(attributes, 'aligns') or ''):gmatch '%a' do aligns[#aligns + 1] = ALIGNMENTS[name] end
  local widths, sum = numbers(take(attributes, 'widths'))
  for index = 1, count do
    specs[index] = { aligns[index] or 'AlignDefault', sum > 0 and (widths[index] or 0) / sum or nil }
  end
  return specs
end

local function is_caption(block) return block and (block.t == 'Para' or block.t == 'Plain') end

local function table_of(div)
  local content, caption = div.content:clone(), {}
  if is_caption(content[1]) then caption = { pandoc.Plain(content:remove(1).content) } end
  if is_caption(content[2]) then caption = { pandoc.Plain(content:remove(2).content) } end
  if #content ~= 1 or content[1].t ~= 'BulletList' then return nil end
  local rows = pandoc.List {}
  for _, item in ipairs(content[1].content) do
    local more = rows_of(item)
    if not more then return nil end
    rows:extend(more)
  end
  local attributes = div.attributes
  local specs = specs_of(attributes, columns_of(rows))
  local head, header_columns = pandoc.List {}, counted(take(attributes, 'header-cols'), 0)
  for _ = 1, math.min(counted(take(attributes, 'header-rows'), 1), #rows) do head:insert(rows:remove(1)) end
  local body = { attr = pandoc.Attr(), body = rows, head = {}, row_head_columns = header_columns }
  return pandoc.Table({ long = caption }, specs, pandoc.TableHead(head), { body }, pandoc.TableFoot(), div.attr)
end

function M.div(page, div)
  if not div.classes:includes 'list-table' then return nil end
  local result = table_of(div)
  if not result then
    page:notice('a list table is one list, of rows that are lists of cells; this one stays a list', '', '.list-table')
    return nil
  end
  result.classes = result.classes:filter(function(class) return class ~= 'list-table' end)
  return tables.element(page, result)
end

return M
