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

--- Report the footnotes of a text that have none. An escaped `\[^n]` is meant to be read: it stays where the name gets a
-- text, too.
function M.check(page, markdown, blocks, read)
  if not markdown:find('[^', 1, true) then return end
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
