--- Theorems and the like, `::: {#thm-x}`, numbered; proofs, `::: {.proof}`, which are not.
--
-- The name of one is its `name`, or a heading at its start. Proofs, remarks and solutions begin with their word.

local crossref = require 'crossref'
local inline = require 'inline'
local labels = require 'labels'

local M = {}

local PROOFS = { proof = 'proof', remark = 'rem', solution = 'sol' }

-- The words stand in the first paragraph, if the text begins with one.
local function begin(div, opening)
  opening:insert(pandoc.Space())
  local first = div.content[1]
  if first and (first.t == 'Para' or first.t == 'Plain') then
    opening:extend(first.content)
    div.content[1] = pandoc.Para(opening)
  else
    div.content:insert(1, pandoc.Para(opening))
  end
  return div
end

local function titled(class, words, name)
  local title = pandoc.Inlines(words)
  if name then
    title:extend { pandoc.Space(), pandoc.Str '(' }
    title:extend(name)
    title:insert(pandoc.Str ')')
  end
  return pandoc.Inlines { pandoc.Span({ pandoc.Strong(title) }, { '', { class } }) }
end

function M.div(page, div)
  local kind = crossref.theorem_of(div.identifier)
  if kind then
    local number = crossref.register(page, kind, div.identifier)
    div.classes:insert(1, 'theorem')
    return begin(div, titled('theorem-title', crossref.label(page, kind, number or '?'), inline.title(div, 'name')))
  end
  for class, word in pairs(PROOFS) do
    if div.classes:includes(class) then
      local opening = pandoc.Inlines { pandoc.Emph(pandoc.Str(labels(page)[word])) }
      local name = inline.title(div, 'name')
      if name then
        opening:extend { pandoc.Space(), pandoc.Str '(' }
        opening:extend(name)
        opening:insert(pandoc.Str ')')
      end
      opening:insert(pandoc.Str '.')
      return begin(div, opening)
    end
  end
end

return M
