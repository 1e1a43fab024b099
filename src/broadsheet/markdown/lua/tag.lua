--- Tags that Pandoc's tree has no element for.

local M = {}

local ESCAPES = { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;' }

--- Text, safe in HTML and in its attributes.
function M.escape(text) return (text:gsub('[&<>"]', ESCAPES)) end

local function written(name, attributes)
  local parts = { '<' .. name }
  for _, attribute in ipairs(attributes or {}) do
    local key, value = attribute[1], attribute[2]
    if value == true then
      parts[#parts + 1] = key
    elseif value then
      parts[#parts + 1] = ('%s="%s"'):format(key, M.escape(value))
    end
  end
  return table.concat(parts, ' ') .. '>'
end

--- A start tag as a block; `attributes` is a list of `{name, value}`, the value `true` for a bare one.
function M.open(name, attributes) return pandoc.RawBlock('html', written(name, attributes)) end

function M.close(name) return pandoc.RawBlock('html', '</' .. name .. '>') end

--- A start tag, inlines and the end tag as one block.
function M.wrap(name, attributes, content)
  local line = pandoc.Inlines { pandoc.RawInline('html', written(name, attributes)) }
  line:extend(content)
  line:insert(pandoc.RawInline('html', '</' .. name .. '>'))
  return pandoc.Plain(line)
end

--- A start tag as an inline.
function M.inline(name, attributes) return pandoc.RawInline('html', written(name, attributes)) end

return M
