--- Theorems and the like, `::: {#thm-x}`, numbered; proofs, remarks and solutions, `::: {.proof}`, numbered if they have
-- an id, `::: {#sol-x}`.
--
-- The name of one is its `name`, or a heading at its start.

local crossref = require 'crossref'
local inline = require 'inline'
local kinds = require 'kinds'
local labels = require 'labels'

local M = {}

local PROOFS = { prf = 'proof', rem = 'remark', sol = 'solution' }

-- The words stand in the first paragraph, if the text begins with one.
local function begin(div, opening)
  opening = pandoc.Inlines { opening, pandoc.Space() }
  local first = div.content[1]
  if first and (first.t == 'Para' or first.t == 'Plain') then
    opening:extend(first.content)
    div.content[1] = pandoc.Para(opening)
  else
    div.content:insert(1, pandoc.Para(opening))
  end
  return div
end

local function with_name(words, name)
  if name then
    words:extend { pandoc.Space(), pandoc.Str '(' }
    words:extend(name)
    words:insert(pandoc.Str ')')
  end
  return words
end

local function theorem(page, div, kind)
  local number = crossref.register(page, kind, div.identifier)
  div.classes:insert(1, 'theorem')
  local title = with_name(kinds.label(page, kind, number or '?'), inline.title(div, 'name'))
  return begin(div, pandoc.Span({ pandoc.Strong(title) }, { '', { 'theorem-title' } }))
end

local function proof(page, div, kind, is_numbered)
  for _, class in ipairs { PROOFS[kind], 'proof' } do
    div.classes = div.classes:filter(function(name) return name ~= class end)
    div.classes:insert(1, class)
  end
  local words
  if is_numbered then
    words = kinds.label(page, kind, crossref.register(page, kind, div.identifier) or '?')
  else
    words = pandoc.Inlines(labels(page)[kind == 'prf' and 'proof' or kind])
  end
  local title = with_name(pandoc.Inlines { pandoc.Emph(words) }, inline.title(div, 'name'))
  title:insert(pandoc.Str '.')
  return begin(div, pandoc.Span(title, { '', { 'proof-title' } }))
end

function M.div(page, div)
  local kind, family = kinds.theorem_of(page, div.identifier)
  if family == 'theorem' then return theorem(page, div, kind) end
  if family == 'proof' then return proof(page, div, kind, true) end
  for name, class in pairs(PROOFS) do
    if div.classes:includes(class) then return proof(page, div, name, false) end
  end
end

return M
