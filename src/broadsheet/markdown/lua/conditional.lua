--- `.content-visible` and `.content-hidden` with `when-format`, `unless-format`, `when-meta`, `unless-meta`.
--
-- All conditions of one element must hold. A key path of the metadata holds when its value is there and not false.

local slots = require 'slots'

local M = {}

local FORMATS = { html = true, html5 = true, html4 = true, ['html:js'] = false }

local function value(metadata, path)
  local at = metadata
  for part in path:gmatch '[^.]+' do
    if type(at) ~= 'table' then return nil end
    at = at[part]
  end
  return at
end

local TESTS = {
  format = function(_, wanted) return FORMATS[wanted] == true end,
  meta = function(page, path)
    local found = value(page.metadata, path)
    return found ~= nil and found ~= false and found ~= pandoc.json.null
  end,
  profile = function() return false end,
}

local function holds(page, attributes)
  for name, test in pairs(TESTS) do
    local when, unless = attributes['when-' .. name], attributes['unless-' .. name]
    if when and not test(page, when) then return false end
    if unless and test(page, unless) then return false end
  end
  return true
end

--- Whether an element is to be shown; nothing if it has no condition.
function M.shown(page, element)
  if element.classes:includes 'content-visible' then return holds(page, element.attributes) end
  if element.classes:includes 'content-hidden' then return not holds(page, element.attributes) end
  return nil
end

local function convert(page)
  return function(element)
    local show = M.shown(page, element)
    if show == nil then return nil end
    if not show then
      slots.hide(page, element)
      return {}
    end
    element.classes = element.classes:filter(function(class) return not class:find '^content%-' end)
    for name in pairs(TESTS) do
      element.attributes['when-' .. name] = nil
      element.attributes['unless-' .. name] = nil
    end
    -- What was only a condition goes.
    if element.identifier == '' and #element.classes == 0 and #element.attributes == 0 then
      return element.content
    end
    return element
  end
end

--- Whether a page has conditions at all; the walk costs time.
function M.wanted(markdown) return markdown:find 'content%-visible' or markdown:find 'content%-hidden' end

--- The blocks without what is not to be shown.
function M.decide(page, blocks) return blocks:walk { Div = convert(page), Span = convert(page) } end

return M
