--- Code blocks: `filename=`, `code-fold` with `code-summary`, listings with `lst-cap`. Highlighting is Pandoc's.

local crossref = require 'crossref'
local inline = require 'inline'
local labels = require 'labels'
local tag = require 'tag'

local M = {}

local function take(element, name)
  local value = element.attributes[name]
  element.attributes[name] = nil
  return value
end

local function with_filename(block, filename)
  local heading = pandoc.Div({ pandoc.RawBlock('html', '<pre><strong>' .. tag.escape(filename) .. '</strong></pre>') },
                             { '', { 'code-with-filename-file' } })
  return pandoc.Div({ heading, block }, { '', { 'code-with-filename' } })
end

local function folded(page, block, fold, summary)
  local content = summary and inline.read(summary) or pandoc.Inlines { pandoc.Str(labels(page).code) }
  return pandoc.Blocks { tag.open('details', { { 'class', 'code-fold' }, { 'open', fold == 'show' } }),
                         tag.wrap('summary', {}, content), block, tag.close 'details' }
end

-- `# <1>` at the end of a line marks it for the entry of that number in the list below.
local ANNOTATION = '(%s[#/%-%%;]+%s*)<(%d+)>[ \t]*%f[\n\0]'

local function circled(number)
  number = tonumber(number)
  return number >= 1 and number <= 20 and utf8.char(0x245f + number) or '(' .. number .. ')'
end

local function annotated(text)
  return (text:gsub(ANNOTATION, function(comment, number) return comment .. circled(number) end))
end

function M.block(page, block)
  if page.metadata['code-annotations'] ~= false then block.text = annotated(block.text) end
  local filename, fold, summary = take(block, 'filename'), take(block, 'code-fold'), take(block, 'code-summary')
  local caption = take(block, 'lst-cap')
  take(block, 'style')
  -- Pandoc would write the first line's number as an inline style.
  local start = take(block, 'startFrom')
  if start then block.attributes['data-start-from'] = start end
  local id = block.identifier
  local listing = id:find '^lst%-'
  if listing then block.identifier = '' end
  local result = filename and with_filename(block, filename) or block
  if listing then
    result = crossref.float(page, 'lst', { id = id, classes = { 'listing' } }, pandoc.Blocks { result },
                            caption and inline.read(caption))
  end
  if fold and fold ~= 'false' then return folded(page, result, fold, summary), false end
  return result, false
end

return M
