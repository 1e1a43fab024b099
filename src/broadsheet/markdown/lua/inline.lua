--- Short Markdown texts: titles, captions.

local M = {}

local GUARD = 'x'

--- The inlines of a text of one paragraph, whatever it starts with: `1986. A year` is no list here.
function M.read(text, format)
  if text:find '^[%w ,]*%w%.?$' then return pandoc.Inlines((text:gsub('^ +', ''))) end
  local doc = pandoc.read(GUARD .. ' ' .. text:gsub('^%s+', ''), format or 'markdown')
  local content = pandoc.utils.blocks_to_inlines(doc.blocks, { pandoc.Space() })
  content:remove(1)
  if content[1] and (content[1].t == 'Space' or content[1].t == 'SoftBreak') then content:remove(1) end
  return content
end

--- The title of a division, as its attribute `name` or the heading at its start gives it; it is taken out.
function M.title(div, name)
  local given = div.attributes[name]
  div.attributes[name] = nil
  if given then return M.read(given) end
  local first = div.content[1]
  if first and first.t == 'Header' then
    div.content:remove(1)
    return first.content
  end
end

return M
