--- What cells put out as Markdown: read on its own, so that nothing in it closes what it stands in, and without what
-- runs. Data may be in it, and Markdown holds raw HTML: a tag that a page may have stays, any other is shown as text.

local M = {}

local FORMAT = 'markdown-output'

-- Attributes that run, style, or embed; those that begin with `on` too. Addresses are filtered with those of the page.
local GONE = { style = true, srcdoc = true, action = true, formaction = true, ping = true, background = true,
               target = true, is = true, slot = true, nonce = true }

function M.wanted(markdown) return markdown:find('{=' .. FORMAT .. '}', 1, true) ~= nil end

local function is_fine(name)
  name = name:lower()
  return name:match '^[%a][%w:_.-]*$' and not name:match '^on' and not GONE[name]
end

-- The rest of a tag behind its name: where it ends, or nil if it has what no page may have.
local function after_attributes(text, at)
  while true do
    local stop = text:match('^%s*/?>()', at)
    if stop then return stop end
    local name, next = text:match('^%s+([^%s"\'<>/=]+)()', at)
    if not name or not is_fine(name) then return nil end
    at = text:match('^%s*=%s*"[^"<>]*"()', next) or text:match("^%s*=%s*'[^'<>]*'()", next)
      or text:match('^%s*=%s*[^%s"\'=<>`]+()', next) or next
  end
end

--- True if all tags of a text are such as a page may have.
function M.is_harmless(page, text)
  if not page.elements then
    page.elements = {}
    for _, name in ipairs(page.request.elements or {}) do page.elements[name] = true end
  end
  local at = text:find('<', 1, true)
  while at do
    local name, next = text:match('^</?(%a[%w-]*)()', at)
    local stop = name and page.elements[name:lower()] and after_attributes(text, next)
    if not stop then return false end
    at = text:find('<', stop, true)
  end
  return true
end

local function is_comment(text) return text:match '^%s*<!%-%-.*%-%->%s*$' and not text:match '%-%->.*%-%->' end

local function attributes(element)
  for name in pairs(element.attributes) do
    if not is_fine(name) then element.attributes[name] = nil end
  end
  return element
end

--- The filter that takes off elements the attributes which no page may have.
M.ATTRIBUTES = {
  Div = attributes, Span = attributes, Link = attributes, Image = attributes, Code = attributes,
  CodeBlock = attributes, Header = attributes, Table = attributes, Figure = attributes,
}

local function sanitizer(page)
  local function raw(as_text)
    return function(element)
      if is_comment(element.text) then return {} end
      if element.format:find '^html' and M.is_harmless(page, element.text) then return nil end
      return as_text(element.text)
    end
  end
  local filter = {
    RawInline = raw(function(text) return pandoc.Str(text) end),
    RawBlock = raw(function(text) return pandoc.Para { pandoc.Str(text) } end),
  }
  for name, change in pairs(M.ATTRIBUTES) do filter[name] = change end
  return filter
end

-- Each was read without the others, so a heading may have the id of another one.
local function with_other_ids(blocks, seen)
  return blocks:walk { Header = function(header)
    local id, number = header.identifier, 1
    while header.identifier ~= '' and seen[header.identifier] do
      header.identifier = id .. '-' .. number
      number = number + 1
    end
    seen[header.identifier] = true
    return header
  end }
end

--- The body with the outputs read. `read` reads Markdown.
function M.place(page, body, read)
  local seen = {}
  body:walk { Header = function(header) seen[header.identifier] = true end }
  return body:walk { RawBlock = function(raw)
    if raw.format ~= FORMAT then return nil end
    return with_other_ids(read(raw.text).blocks:walk(sanitizer(page)), seen)
  end }
end

return M
