--- Annotations of code: `# <1>` at the end of a line leads to the entry of that number in the list below the code.
--
-- The marks are taken out of the code before it is highlighted, and put behind their lines in the finished HTML: as a link
-- to the entry, which `theme/code.js` shows beside the line if the page says so. What is in them is the mark as written, so that a feed, a letter and the copy in
-- Markdown have it as the author does. With `code-annotations: none` marks and list are left out, with `false` all stays as
-- it is.

local tag = require 'tag'

local M = {}

local ENTRY = '%s-annote-%s'

-- How a comment begins, and ends, in each language that Quarto knows; in any other one with `#`.
local COMMENTS = {
  apl = { '⍝' }, asy = { '//' }, c = { '/*', '*/' }, cc = { '//' }, cpp = { '//' }, csharp = { '//' }, css = { '/*', '*/' },
  d3 = { '//' }, dot = { '//' }, fortran = { '!' }, fortran95 = { '!' }, fsharp = { '//' }, go = { '//' }, groovy = { '//' },
  haskell = { '--' }, html = { '<!--', '-->' }, java = { '//' }, javascript = { '//' }, js = { '//' }, json = { '//' },
  kotlin = { '//' }, latex = { '%' }, lua = { '--' }, markdown = { '<!--', '-->' }, matlab = { '%' }, mermaid = { '%%' },
  mysql = { '--' }, node = { '//' }, ocaml = { '(*', '*)' }, ojs = { '//' }, psql = { '--' }, q = { '/' }, rust = { '//' },
  sas = { '*', ';' }, sass = { '//' }, scala = { '//' }, scss = { '//' }, sql = { '--' }, stata = { '*' }, swift = { '//' },
  tikz = { '%' }, typescript = { '//' }, typst = { '//' }, vhdl = { '--' },
}

--- How a comment begins and ends in a language.
function M.comment(language) return table.unpack(COMMENTS[language] or { '#' }) end

local function escaped(text) return (text:gsub('%p', '%%%0')) end

local function pattern_for(language)
  local opens, closes = M.comment(language)
  local close = closes and escaped(closes) .. '%s*' or ''
  return '^(.-)(%s*' .. escaped(opens) .. '%s*<(%d+)>%s*' .. close .. ')$'
end

local function language_of(block)
  -- A cell that is shown with its fence is Markdown around code of another language.
  return block.text:match '^`+{+%.?([%w_+-]+)' or block.classes:find_if(function(name) return name ~= 'cell-code' end)
end

-- Takes the marks out of a block: a list of `{line, number, text}`, or nil if there are none.
local function taken(block)
  local pattern, marks, lines = pattern_for(language_of(block)), {}, {}
  for line in (block.text .. '\n'):gmatch '(.-)\n' do
    local code, comment, number = line:match(pattern)
    lines[#lines + 1] = code or line
    if number then marks[#marks + 1] = { line = #lines, number = number, text = comment } end
  end
  if #marks == 0 then return nil end
  block.text = table.concat(lines, '\n')
  return marks
end

-- Takes the marks out of a block of code, and names it if they are to be shown.
local function prepared(page, block)
  local marks = taken(block)
  if not marks or page.options['code-annotations'] == 'none' then return block, marks and {} end
  local name = block.identifier
  if name == '' or name:find '^lst%-' then
    page.annotated_cells = (page.annotated_cells or 0) + 1
    name = 'annotated-cell-' .. page.annotated_cells
  end
  local first = math.tointeger(tonumber(block.attributes.startFrom)) or 1
  for _, mark in ipairs(marks) do mark.line = mark.line + first - 1 end
  page.annotated[name] = marks
  -- With this class, a language that Pandoc does not know has a tag for each line too.
  block.classes:extend { 'code-annotation-code', 'default' }
  block.attributes.annotated = name
  return block, marks, name
end

local function entry_of(marks, number)
  local lines = {}
  for _, mark in ipairs(marks) do
    if tonumber(mark.number) == number then
      mark.has_entry = true
      lines[#lines + 1] = mark.line
    end
  end
  return lines
end

local function with_lines(blocks, attributes)
  local first = blocks[1]
  if first and (first.t == 'Plain' or first.t == 'Para') then
    blocks[1] = pandoc.Plain { pandoc.Span(first.content, pandoc.Attr('', {}, attributes)) }
  end
  return blocks
end

-- The list of entries, as Quarto has it, for the code called `name`.
local function described(page, list, marks, name)
  local style = page.options['code-annotations']
  local waits = style == 'hover' or style == 'select'
  local classes = 'code-annotation-container-grid' .. (waits and ' code-annotation-container-hidden' or '')
  local result = pandoc.Blocks { tag.open('dl', { { 'class', classes },
                                                  { 'data-trigger', style == 'select' and 'click' or style == 'hover' and style } }) }
  for index, item in ipairs(list.content) do
    local number = list.start + index - 1
    local lines = entry_of(marks, number)
    if #lines == 0 then
      page.notice(page, ('the entry %d of this list is of no line of the code above it'):format(number),
                  ('Mark the line with `<%d>` in a comment at its end, or take the entry out.'):format(number),
                  pandoc.utils.stringify(item), '', 'annotation')
    end
    result:insert(tag.open('dt', { { 'class', 'code-annotation-number' }, { 'data-target-cell', name },
                                   { 'data-target-annotation', tostring(number) } }))
    result:insert(pandoc.Plain { pandoc.Str(tostring(number)) })
    result:insert(tag.close 'dt')
    result:insert(tag.open('dd', { { 'id', ENTRY:format(name, number) } }))
    result:extend(with_lines(pandoc.Blocks(item), { { 'data-code-cell', name }, { 'data-code-lines', table.concat(lines, ',') },
                                     { 'data-code-annotation', tostring(number) } }))
    result:insert(tag.close 'dd')
  end
  result:insert(tag.close 'dl')
  return result
end

local function is_cell(block) return block.t == 'Div' and block.classes:includes 'cell' end

-- The last annotated block of code in a cell, and the cell with the marks taken out.
local function of_cell(page, cell)
  local marks, name
  cell = cell:walk { CodeBlock = function(block)
    if not block.classes:includes 'cell-code' then return nil end
    local result, its, called = prepared(page, block)
    if its then marks, name = its, called end
    return result
  end }
  return cell, marks, name
end

-- Puts the list behind a cell's code, before its outputs.
local function put_into(cell, list)
  local at = #cell.content + 1
  for index, block in ipairs(cell.content) do
    if block.t == 'CodeBlock' and block.classes:includes 'cell-code' then at = index + 1 break end
  end
  cell.content:insert(at, pandoc.Div(list, { '', { 'cell-annotation' } }))
end

function M.wanted(page)
  return page.options['code-annotations'] ~= false and page.request.markdown:find '<%d+>' ~= nil
end

--- The body with its annotations prepared. `page.annotated` has the marks of each block of code, for `M.mark`.
function M.place(page, body)
  page.annotated = {}
  return body:walk { traverse = 'topdown', Blocks = function(blocks)
    local result, marks, name, cell = pandoc.Blocks {}, nil, nil, nil
    for _, block in ipairs(blocks) do
      if block.t == 'OrderedList' and marks then
        if name and cell then
          put_into(cell, described(page, block, marks, name))
          result[#result] = cell
        elseif name then
          result:extend(described(page, block, marks, name))
        end
        marks, name, cell = nil, nil, nil
      else
        marks, name, cell = nil, nil, nil
        if is_cell(block) then
          block, marks, name = of_cell(page, block)
          cell = block
        elseif block.t == 'CodeBlock' and not block.classes:includes 'cell-code' then
          block, marks, name = prepared(page, block)
        end
        result:insert(block)
      end
    end
    return result
  end }
end

local function anchor(name, mark)
  local inner = '<span>' .. tag.escape(mark.text) .. '</span>'
  local attributes = ('class="code-annotation-anchor" data-target-cell="%s" data-target-annotation="%s"'):format(tag.escape(name), mark.number)
  if not mark.has_entry then return '<span ' .. attributes .. '>' .. inner .. '</span>' end
  return ('<a %s href="#%s" aria-label="%s">%s</a>'):format(attributes, ENTRY:format(tag.escape(name), mark.number), mark.number, inner)
end

--- Finished HTML with the marks behind the lines of code.
function M.mark(page, html)
  if not page.annotated or not next(page.annotated) then return html end
  html = html:gsub(' code%-annotation%-code default', ' code-annotation-code')
  for name, marks in pairs(page.annotated) do
    for _, mark in ipairs(marks) do
      local opens = ('<span id="%s-%d">'):format(tag.escape(name), mark.line)
      local from, to = html:find(opens, 1, true)
      if from then
        local next_line = html:find('\n', to, true) or #html + 1
        local code_ends = html:find('</code>', to, true) or #html + 1
        local at = math.min(next_line, code_ends) - #'</span>'
        html = html:sub(1, from - 1) .. opens:gsub('>$', ' class="code-annotation-target">') .. html:sub(to + 1, at - 1)
          .. anchor(name, mark) .. html:sub(at)
      end
    end
  end
  return html
end

return M
