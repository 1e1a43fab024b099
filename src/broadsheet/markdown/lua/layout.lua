--- `layout-ncol`, `layout-nrow`, `layout="[[1,1],[1]]"`: rows of cells, which are equal if their widths do not say
-- otherwise; a width below 0 is a gap. `layout-align` sets what is in the cells, `layout-valign` the cells of a row.

local M = {}

local MOST = 8 -- The style sheet has rows of so many equal cells.
local SIDES = { left = true, center = true, right = true }
local HEIGHTS = { top = true, center = true, bottom = true }
local KEYS = { 'layout-ncol', 'layout-nrow', 'layout', 'layout-align', 'layout-valign' }

function M.wanted(element)
  local attributes = element.attributes
  return attributes['layout-ncol'] or attributes['layout-nrow'] or attributes.layout
end

--- The picture that an inline is, alone or in a link.
function M.picture(element)
  if element.t == 'Link' and #element.content == 1 then element = element.content[1] end
  return element.t == 'Image' and element or nil
end

local function only_images(block)
  if block.t ~= 'Para' and block.t ~= 'Plain' then return false end
  local images = 0
  for _, element in ipairs(block.content) do
    if M.picture(element) then
      images = images + 1
    elseif element.t ~= 'Space' and element.t ~= 'SoftBreak' and element.t ~= 'LineBreak' then
      return false
    end
  end
  return images > 0
end

M.only_images = only_images

-- Alone in its paragraph it would have been a figure.
local function captioned(image)
  local figure = pandoc.Figure({ pandoc.Plain { image } }, { long = { pandoc.Plain(image.caption) } })
  figure.attributes['ref-parent'] = image.attributes['ref-parent']
  image.attributes['ref-parent'] = nil
  figure.content = { pandoc.Plain { image } }
  return figure
end

--- The cells of a layout: each block, each picture of a paragraph of pictures. An HTML comment is none. And the code of
-- a cell of a notebook, which stands above its outputs.
local function cells_of(content)
  local cells, code = pandoc.List {}, pandoc.Blocks {}
  for _, block in ipairs(content) do
    local before = cells[#cells]
    if block.t == 'CodeBlock' and block.classes:includes 'cell-code' then
      code:insert(block)
    elseif before and before.t == 'Header' then
      -- A heading stands in the cell of what it is the heading of.
      cells[#cells] = pandoc.Div { before, block }
    elseif only_images(block) then
      for _, element in ipairs(block.content) do
        -- Its width is that of its cell; a height would distort it.
        if element.t == 'Image' and element.attributes.width then element.attributes.height = nil end
        if element.t == 'Image' and #element.caption > 0 then
          cells:insert(captioned(element))
        elseif element.t == 'Image' or element.t == 'Link' then
          cells:insert(pandoc.Para { element })
        end
      end
    elseif not (block.t == 'RawBlock' and block.text:find '^%s*<!%-%-.*%-%->%s*$') then
      cells:insert(block)
    end
  end
  return cells, code
end

local function is_part(cell)
  if cell.attributes and cell.attributes['ref-parent'] then return true end
  local image = cell.t == 'Para' and M.picture(cell.content[1])
  return image and image.attributes['ref-parent'] ~= nil
end

--- How a figure is set, `left`, `center` or `right`: as its attributes say (which lose it), the first picture in it, or
-- the page; and the same if any of them does say it.
function M.alignment(page, attributes, content)
  local align = attributes['fig-align']
  attributes['fig-align'] = nil
  if not align then
    pandoc.Blocks(content):walk { traverse = 'topdown', Table = function() return nil, false end, Image = function(image)
      align = align or image.attributes['fig-align']
    end }
  end
  align = align or page.options['fig-align']
  if not SIDES[align] then return 'center' end
  return align, align
end

-- Uneven widths are whole twelfths of the row, since a page has no inline styles.
local function spans_of(widths, sum)
  return widths:map(function(width) return math.max(1, math.floor(12 * width / sum + 0.5)) end)
end

local function spec_of(page, text)
  local ok, spec = pcall(pandoc.json.decode, text, false)
  if not ok or type(spec) ~= 'table' then
    page:notice(('`layout="%s"` is not a list of rows'):format(text), 'Write it as layout="[[1,1],[1]]".', text)
    return {}
  end
  if type(spec[1]) ~= 'table' then spec = { spec } end
  local rows = {}
  for _, row in ipairs(spec) do
    local widths, gaps, sum, even = pandoc.List {}, {}, 0, true
    for _, width in ipairs(type(row) == 'table' and row or { row }) do
      if type(width) == 'number' and width ~= 0 then
        widths:insert(math.abs(width))
        gaps[#widths] = width < 0
        sum = sum + math.abs(width)
        even = even and width == widths[1]
      end
    end
    -- A row of gaps alone would take no cell.
    local has_cell = false
    for index in ipairs(widths) do has_cell = has_cell or not gaps[index] end
    if not has_cell then widths, gaps, even = pandoc.List { 1 }, {}, true end
    local spans = (not even or #widths > MOST) and spans_of(widths, sum) or nil
    rows[#rows + 1] = { columns = #widths, gaps = gaps, spans = spans }
  end
  return rows
end

local function shape_of(page, attributes, count)
  if attributes.layout then return spec_of(page, attributes.layout) end
  local columns = tonumber(attributes['layout-ncol'])
  local rows = tonumber(attributes['layout-nrow'])
  if not columns and rows and rows >= 1 then columns = math.ceil(count / rows) end
  if not columns or columns < 1 then
    page:notice('a layout\'s number of columns or rows is a whole number from 1 on', 'Mend it.', 'layout-n')
    columns = 1
  end
  return { { columns = math.min(math.floor(columns), MOST) } }
end

-- What of an attribute is one of `names`; a layout's are said for each row: `layout-align="left,right"`.
local function each_of(text, names)
  local list = {}
  for name in (text or ''):gmatch '%a+' do
    if names[name] then list[#list + 1] = name end
  end
  return list
end

--- The rows of a layout, as blocks; `attributes` loses its layout keys.
function M.rows(page, attributes, content)
  local cells, result = cells_of(content)
  local shape = shape_of(page, attributes, #cells)
  local aligns = each_of(attributes['layout-align'], SIDES)
  local valigns = each_of(attributes['layout-valign'], HEIGHTS)
  for _, key in ipairs(KEYS) do attributes[key] = nil end
  local at, row_number = 1, 0
  while at <= #cells do
    row_number = row_number + 1
    local wanted = shape[math.min(row_number, #shape)] or { columns = 1 }
    local spans, gaps = wanted.spans, wanted.gaps or {}
    local valign = valigns[math.min(row_number, #valigns)]
    local row = pandoc.Div({}, { '', { 'quarto-layout-row', spans and 'layout-spans' or 'layout-ncol-' .. wanted.columns } })
    if valign then row.classes:insert('quarto-layout-valign-' .. valign) end
    for column = 1, wanted.columns do
      local cell = not gaps[column] and cells[at] or nil
      if not cell and not gaps[column] then break end
      local place = pandoc.Div(cell and { cell } or {}, { '', { 'quarto-layout-cell' } })
      if spans then place.classes:insert('layout-span-' .. spans[column]) end
      if not cell then place.classes:insert(1, 'quarto-figure-spacer') end
      if cell and is_part(cell) then place.classes:insert(1, 'quarto-layout-cell-subref') end
      if #aligns > 0 then place.attributes['layout-align'] = aligns[(column - 1) % #aligns + 1] end
      row.content:insert(place)
      if cell then at = at + 1 end
    end
    result:insert(row)
  end
  return result
end

function M.div(page, div)
  if not M.wanted(div) then return nil end
  div.content = M.rows(page, div.attributes, div.content)
  div.classes:insert(1, 'quarto-layout-panel')
  return div
end

return M
