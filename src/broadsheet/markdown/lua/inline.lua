--- Reading texts: whole ones, and short ones of Markdown such as titles and captions.

local M = {}

local GUARD = 'x'

--- A text as a document. Reading it opens no file and fetches nothing: formats such as LaTeX, reStructuredText and HTML
-- would do both where the text asks for it.
function M.document(text, format) return pandoc.read(text, format or 'markdown', nil, {}) end

local PROBE, is_closed = 'broadsheet-probe', nil

--- True if this Pandoc keeps what it reads from files and the network; an older one does not.
function M.is_closed()
  if is_closed == nil then
    local _, ok, doc = pandoc.log.silence(pcall, pandoc.read, '.. include:: ' .. PROBE, 'rst', nil, { [PROBE] = PROBE })
    is_closed = ok and pandoc.utils.stringify(doc.blocks) == PROBE
  end
  return is_closed
end

local WORDS = '^[%w ,]*%w%.?$'

--- True if a short text is a line that has to be read, and stands on its own wherever it is: it defines nothing, and what
-- it opens ends with it.
function M.is_apart(text) return not (text:find '[\n<^]' or text:find '\\%a' or text:find '[\\%s]$' or text:find(WORDS)) end

--- A text as a paragraph, whatever it starts with: `1986. A year` is no list here.
function M.guarded(text) return GUARD .. ' ' .. text:gsub('^%s+', '') end

--- The content of such a paragraph.
function M.unguarded(content)
  content:remove(1)
  if content[1] and (content[1].t == 'Space' or content[1].t == 'SoftBreak') then content:remove(1) end
  return content
end

--- The inlines of a text of one paragraph.
function M.read(text, format)
  if text:find(WORDS) then return pandoc.Inlines((text:gsub('^ +', ''))) end
  return M.unguarded(pandoc.utils.blocks_to_inlines(M.document(M.guarded(text), format).blocks, { pandoc.Space() }))
end

--- The value of an attribute, which is taken out.
function M.take(attributes, name)
  local value = attributes[name]
  attributes[name] = nil
  return value
end

--- The title of a division, as its attribute `name` or the heading at its start gives it; it is taken out.
function M.title(div, name)
  local given = M.take(div.attributes, name)
  if given then return M.read(given) end
  local first = div.content[1]
  if first and first.t == 'Header' then
    div.content:remove(1)
    return first.content
  end
end

return M
