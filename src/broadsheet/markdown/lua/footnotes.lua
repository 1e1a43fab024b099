--- Footnotes without their text: Pandoc leaves the reference `[^n]` as it is written, and so would readers see it.

local M = {}

local REFERENCE = '%[%^([^%s%]%[]+)%]'

-- How often each `[^n]` stands in the text of some blocks.
local function references_in(blocks)
  local names, counts = pandoc.List {}, {}
  blocks:walk { Str = function(str)
    for name in str.text:gmatch(REFERENCE) do
      if not counts[name] then names:insert(name) end
      counts[name] = (counts[name] or 0) + 1
    end
  end }
  return names, counts
end

-- Whether each `[^n]` of a text has a paragraph that begins with `[^n]:`, outside of code. Looking through all that
-- Pandoc has read costs as much as reading it.
local function all_have_texts(markdown)
  if markdown:find('<!--', 1, true) then return false end
  local defined, names, fence, may_begin = {}, {}, nil, true
  for line in (markdown .. '\n'):gmatch '([^\n]*)\n' do
    local marks = line:match '^[> ]*(```+)' or line:match '^[> ]*(~~~+)'
    if fence then
      if marks and marks:find(fence, 1, true) == 1 then fence, may_begin = nil, true end
    elseif marks then
      fence = marks
    else
      local name = may_begin and line:match('^ ? ? ?' .. REFERENCE .. ':')
      if name then defined[name] = true end
      may_begin = name or not line:find '%S'
      for other in line:gmatch(REFERENCE) do names[other] = true end
    end
  end
  for name in pairs(names) do
    if not defined[name] then return false end
  end
  return true
end

--- Report the footnotes of a text that have none. An escaped `\[^n]` is meant to be read: it stays where the name gets a
-- text, too.
function M.check(page, markdown, blocks, read)
  if not markdown:find('[^', 1, true) or all_have_texts(markdown) then return end
  local names, counts = references_in(blocks)
  if #names == 0 then return end
  local texts = names:map(function(name) return ('[^%s]: x'):format(name) end)
  texts:insert '<!-- -->'
  local _, doc = pandoc.log.silence(read, table.concat(texts, '\n\n') .. '\n\n' .. markdown)
  local _, escaped = references_in(doc.blocks)
  for _, name in ipairs(names) do
    if counts[name] > (escaped[name] or 0) then
      page:unresolved(('the footnote `[^%s]` has no text'):format(name),
                      ('Write it, in a paragraph of its own: `[^%s]: …`. For plain brackets write `\\[^%s]`.'):format(name, name),
                      ('[^%s]'):format(name), '', 'missing-reference')
    end
  end
end

return M
