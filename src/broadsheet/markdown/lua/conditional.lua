--- `.content-visible` and `.content-hidden` with `when-format`, `unless-format`, `when-meta`, `unless-meta`,
-- `when-profile`, `unless-profile`.
--
-- All conditions of one element must hold. A key path of the metadata holds when its value is `true`. A condition on a
-- heading is that of its section. The copy of a page in Markdown has the format `llms-txt`, too: what is shown on the page
-- alone, or in the copy alone, has a class by which the site takes it out of the other.

local slots = require 'slots'

local M = {}

-- The formats of a page: those of Quarto's names for which its own test answers with yes.
local FORMATS = { html = true, ['html:js'] = true }
local COPY = 'llms-txt'
local NO_NAMES = { html4 = true, html5 = true }


local function value(metadata, path)
  local at = metadata
  for part in path:gmatch '[^.]+' do
    if type(at) ~= 'table' then return nil end
    at = at[part]
  end
  return at
end

local function note(page, what, mend, needle)
  if page.notice then page:notice(what, mend, needle, '', 'condition') end
end

local TESTS = {
  format = function(_, wanted, is_copy) return FORMATS[wanted] == true or is_copy and wanted == COPY end,
  meta = function(page, path) return value(page.metadata, path) == true end,
  profile = function(page, name) return pandoc.List(page.metadata.profile or {}):includes(name) end,
}

-- Reports conditions that hold nowhere, whatever their authors meant.
local function report(page, attributes)
  for _, word in ipairs { 'when', 'unless' } do
    local format, path = attributes[word .. '-format'], attributes[word .. '-meta']
    if format and NO_NAMES[format] then
      note(page, ('no page has the format `%s`: its name is `html`'):format(format), 'Write `html`.', format)
    end
    local set = path and value(page.metadata, path)
    if set ~= nil and type(set) ~= 'boolean' and set ~= pandoc.json.null then
      note(page, ('`%s-meta="%s"`: that key is neither true nor false, and counts as false'):format(word, path),
           'Give it the value `true`.', path)
    end
  end
end

local function holds(page, attributes, is_copy)
  for name, test in pairs(TESTS) do
    local when, unless = attributes['when-' .. name], attributes['unless-' .. name]
    if when and not test(page, when, is_copy) then return false end
    if unless and test(page, unless, is_copy) then return false end
  end
  return true
end

local function has_condition(element)
  return element.classes:includes 'content-visible' or element.classes:includes 'content-hidden'
end

local function is_shown(page, element, is_copy)
  return holds(page, element.attributes, is_copy) ~= element.classes:includes 'content-hidden'
end

--- True if an element is shown on a page, false if not; nothing if it has no condition.
function M.shown(page, element)
  if has_condition(element) then return is_shown(page, element, false) end
end

local function without_condition(element)
  element.classes = element.classes:filter(function(class) return class ~= 'content-visible' and class ~= 'content-hidden' end)
  for name in pairs(TESTS) do
    element.attributes['when-' .. name] = nil
    element.attributes['unless-' .. name] = nil
  end
  return element
end

-- What stays of an element with a condition. `around` wraps what only one of page and copy has.
local function kept(page, element, around)
  report(page, element.attributes)
  local on_page, in_copy = is_shown(page, element, false), is_shown(page, element, true)
  if not (on_page or in_copy) then
    slots.hide(page, element)
    return {}
  end
  without_condition(element)
  if on_page ~= in_copy then return around({ element }, { '', { on_page and 'page-only' or 'copy-only' } }) end
  return element
end

local function convert(page, around)
  return function(element)
    if has_condition(element) then return kept(page, element, around) end
  end
end

-- Quarto's style sheet hides this class, and feeds and copies have none. Cells are hidden by their own options.
local function is_hidden(element)
  return element.classes:includes 'hidden' and not element.classes:find_if(function(class) return class:find '^cell' end)
end

-- What was only a condition goes.
local function container(page, around)
  return function(element)
    if is_hidden(element) then
      slots.hide(page, element)
      return {}
    end
    if not has_condition(element) then return nil end
    local result = kept(page, element, around)
    if result == element and element.identifier == '' and #element.classes == 0 and #element.attributes == 0 then
      return element.content
    end
    return result
  end
end

-- A picture that is alone in its paragraph stands in a figure.
local function figure(page)
  return function(element)
    local block = element.content[1]
    local image = #element.content == 1 and block.t == 'Plain' and #block.content == 1 and block.content[1]
    local conditioned = has_condition(element) and element or image and image.t == 'Image' and has_condition(image) and image
    if not conditioned then return nil end
    local result = kept(page, conditioned, pandoc.Div)
    if result == conditioned then return element end
    if pandoc.utils.type(result) ~= 'Block' then return {} end
    return pandoc.Div({ element }, result.attr)
  end
end

-- A heading's condition is that of all up to the next heading that is not below it.
local function with_sections(page, blocks)
  local result, at = pandoc.Blocks {}, 1
  while at <= #blocks do
    local header, last = blocks[at], at
    if header.t == 'Header' and has_condition(header) then
      while blocks[last + 1] and not (blocks[last + 1].t == 'Header' and blocks[last + 1].level <= header.level) do
        last = last + 1
      end
      if not is_shown(page, header, false) then
        note(page, 'a heading has a condition that hides its section; Quarto shows it everywhere',
             'Put the section into a div with the condition.', pandoc.utils.stringify(header.content))
      end
      local conditions = header.classes:filter(function(class) return class:find '^content%-' end)
      local attr = { '', conditions, header.attributes }
      without_condition(header)
      result:insert(pandoc.Div(with_sections(page, pandoc.Blocks { table.unpack(blocks, at, last) }), attr))
    else
      result:insert(header)
    end
    at = last + 1
  end
  return result
end

--- True if a page has conditions; the walk costs time.
function M.wanted(markdown)
  return markdown:find 'content%-visible' or markdown:find 'content%-hidden' or markdown:find '[%s"\'.]hidden%f[%W]'
end

--- Returns the blocks without what is not to be shown.
function M.decide(page, blocks)
  local block, inline = convert(page, pandoc.Div), convert(page, pandoc.Span)
  local first = { Figure = figure(page) }
  if page.request.markdown:find '#[^\n]*{[^\n}]*%.content%-' then
    function first.Blocks(list) return with_sections(page, list) end
  end
  return blocks:walk(first):walk {
    Div = container(page, pandoc.Div), CodeBlock = block, Table = block, Span = container(page, pandoc.Span),
    Code = inline, Link = inline, Image = inline,
  }
end

return M
