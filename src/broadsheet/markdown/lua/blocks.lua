--- The one walk over a page's blocks, from the top down, in reading order: numbers come out right.

local callouts = require 'callouts'
local code = require 'code'
local columns = require 'columns'
local crossref = require 'crossref'
local figures = require 'figures'
local headings = require 'headings'
local layout = require 'layout'
local list_tables = require 'list_tables'
local slots = require 'slots'
local tables = require 'tables'
local tabsets = require 'tabsets'
local theorems = require 'theorems'
local updates = require 'updates'

local M = {}

-- The first that has an answer for a div gives it.
local DIVS = { list_tables.div, crossref.div, callouts.div, theorems.div, tabsets.div, updates.div, figures.div, layout.div, columns.div }

-- Whether a note may be more than a line of words.
local function notes_hold_blocks(markdown)
  local _, notes = markdown:gsub('%[%^[^%]\n]+%]:', '')
  local _, lines = (markdown .. '\n\n'):gsub('\n%[%^[^%]\n]+%]: %a[^\n]*\n\n+%f[^%s]', '')
  return lines < notes
end

-- Whether paragraphs of this Markdown may be figures or equations with a number.
local function in_paragraphs(markdown)
  return markdown:find '{#eq%-' or markdown:find '%){[^}]*#%a+%-' or markdown:find '%){[^}]*fig%-align' or markdown:find '%[!%['
end

function M.filter(page, body)
  headings.prepare(page, body)
  if page.request.markdown:find '%.update' then updates.prepare(page, body) end
  local filter = { traverse = 'topdown' }

  function filter.Div(div)
    for _, convert in ipairs(DIVS) do
      local result = convert(page, div)
      if result then return result end
    end
  end

  function filter.Header(header) return headings.header(page, header) end

  function filter.CodeBlock(block) return code.block(page, block) end

  function filter.Figure(figure) return figures.figure(page, figure) end

  function filter.Table(element) return tables.element(page, element) end

  function filter.RawBlock(raw) return slots.block(page, raw) end

  -- Looking into each paragraph costs more than all the rest.
  if in_paragraphs(page.request.markdown) then
    function filter.Para(para) return figures.para(page, para) end
  elseif not notes_hold_blocks(page.request.markdown) then
    function filter.Para() return nil, false end
    filter.Plain = filter.Para
  end

  page.filter = filter
  return filter
end

return M
