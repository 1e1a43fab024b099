--- Code blocks: `filename=`, `code-fold` with `code-summary`, numbers of lines, listings with
-- `lst-cap`. Highlighting is Pandoc's.

local annotations = require 'annotations'
local crossref = require 'crossref'
local inline = require 'inline'
local kinds = require 'kinds'
local labels = require 'labels'
local tag = require 'tag'

local M = {}

local function take(element, name) return inline.take(element.attributes, name) end

local function with_filename(block, filename)
  block.attributes['data-filename'] = filename
  local heading = pandoc.Div({ pandoc.RawBlock('html', '<pre><strong>' .. tag.escape(filename) .. '</strong></pre>') },
                             { '', { 'code-with-filename-file' } })
  return pandoc.Div({ heading, block }, { '', { 'code-with-filename' } })
end

local function folded(page, block, fold, summary)
  local content = summary and inline.read(summary) or pandoc.Inlines { pandoc.Str(labels(page).code) }
  return pandoc.Blocks { tag.open('details', { { 'class', 'code-fold' }, { 'open', fold == 'show' } }),
                         tag.wrap('summary', {}, content), block, tag.close 'details' }
end

-- Lines are numbered in code of a language, where the block or the page says so. Numbers of lines that slides would
-- step through, "1|3-4", are numbers of lines as well.
local function is_numbered(page, block)
  local value = take(block, 'code-line-numbers')
  if #block.classes == 0 then return false end
  if value == nil then value = page.options['code-line-numbers'] end
  return value ~= nil and value ~= false and value ~= 'false' and value ~= '0'
end

local function add_classes(page, block)
  local numbered = is_numbered(page, block)
  if numbered and not (block.classes:includes 'numberLines' or block.classes:includes 'number-lines') then
    block.classes:insert 'number-lines'
  end
  if #block.classes == 0 then return end
  local copy = page.options['code-copy']
  if copy then block.classes:insert 'code-with-copy' end
  if copy == 'hover' then block.classes:insert 'code-copy-hover' end
  if page.options['code-overflow'] == 'wrap' and not block.classes:includes 'code-overflow-scroll' then
    block.classes:insert 'code-overflow-wrap'
  end
end

-- Signs that stand before and behind the fence of a cell that is shown with it.
local OPENS, CLOSES = '\u{e010}', '\u{e011}'

-- A cell that is shown with its fence is highlighted in its own language, in which the fence is a comment meanwhile.
local function highlight_inside(page, block)
  local first, language, rest, last = block.text:match '^(`+{+%.?([%w_+-]+)[^\n]*)\n(.*)\n(`+)$'
  if not (language and block.classes[1] == 'markdown' and block.classes:includes 'cell-code') then return end
  local opens, closes = annotations.comment(language)
  local function commented(line) return opens .. OPENS .. line .. (closes and CLOSES .. closes or '') end
  block.text = commented(first) .. '\n' .. rest .. '\n' .. commented(last)
  block.classes[1] = language
  page.has_fences = true
end

--- Finished HTML with the fences as they are.
function M.uncomment(page, html)
  if not page.has_fences then return html end
  return (html:gsub('>[^<>]-' .. OPENS, '>'):gsub(CLOSES .. '[^<>\n]*', ''))
end

function M.block(page, block)
  local filename, fold, summary = take(block, 'filename'), take(block, 'code-fold'), take(block, 'code-summary')
  local caption = take(block, 'lst-cap')
  take(block, 'style')
  local annotated = take(block, 'annotated')
  highlight_inside(page, block)
  add_classes(page, block)
  local id = block.identifier
  local listing = id:find '^lst%-'
  if listing then block.identifier = '' end
  if annotated then block.identifier = annotated end
  local result = filename and with_filename(block, filename) or block
  if listing then
    local attributes = kinds.take_place('lst', block.attributes)
    result = crossref.float(page, 'lst', { id = id, classes = { 'listing' }, attributes = attributes }, pandoc.Blocks { result },
                            caption and inline.read(caption))
  end
  if fold and fold ~= 'false' then return folded(page, result, fold, summary), false end
  return result, false
end

return M
