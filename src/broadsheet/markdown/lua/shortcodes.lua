--- Puts the answers of shortcodes where their words stand.
--
-- Python has read the shortcodes and put a word that nobody can guess for each (see shortcodes.py); `answers` says what
-- each is. Alone in its paragraph, an answer may be several blocks; in a block of code, an address, an attribute or raw
-- HTML it is text.

local inline = require 'inline'
local links = require 'links'
local outputs = require 'outputs'
local tag = require 'tag'

local M = {}

function M.wanted(page) return next(page.request.answers or {}) ~= nil end

-- Values may be data: one with HTML that no page may have, or an address that runs, is text as it is written. Attributes
-- that no page may have are taken off.
local function has_fine_html(page, content)
  local fine = true
  local function raw(element)
    local is_html = element.format:find '^html' ~= nil
    fine = fine and (element.format == 'tex' or is_html and page.may_have_html and outputs.is_harmless(page, element.text))
  end
  content:walk { RawInline = raw, RawBlock = raw }
  return fine
end

local function has_fine_addresses(content)
  local fine = true
  content:walk {
    Link = function(link) fine = fine and not links.refused(link.target) end,
    Image = function(image) fine = fine and not links.refused(image.src, true) end,
  }
  return fine
end

local filter

-- A value with the values in it; nothing for one that is not fine, which shows when all of it is there.
local function filled(page, content)
  if not has_fine_html(page, content) then return nil end
  local result = content:walk(outputs.ATTRIBUTES):walk(filter(page))
  return has_fine_addresses(result) and result or nil
end

local function inlines_of(page, text)
  local content = text:find '\n%s*\n' and pandoc.utils.blocks_to_inlines(inline.document(text, page.reader).blocks,
                                                                          { pandoc.LineBreak() })
    or inline.read(text, page.reader)
  return filled(page, content) or pandoc.Inlines { pandoc.Str(text) }:walk(filter(page))
end

local function blocks_of(page, text)
  local blocks = text:find '\n%s*\n' and inline.document(text, page.reader).blocks
  return blocks and filled(page, blocks)
end

local function video(answer)
  local label = answer.label ~= '' and answer.label or answer.address:match '[^/]+$'
  local size = ''
  for _, side in ipairs { 'width', 'height' } do
    if answer[side] ~= '' then size = size .. (' %s="%s"'):format(side, tag.escape(answer[side])) end
  end
  local title = answer.title ~= '' and (' title="%s"'):format(tag.escape(answer.title)) or ''
  return ('<video class="quarto-video video-js" controls preload="metadata" src="%s"%s%s aria-label="%s"></video>')
    :format(tag.escape(answer.address), size, title, tag.escape(label))
end

local function keys(answer)
  local attributes = {}
  if answer.mode ~= '' then attributes = { { 'data-mode', answer.mode }, { 'class', 'kbd' } } end
  if answer.title ~= '' then attributes[#attributes + 1] = { 'title', answer.title } end
  for _, machine in ipairs { 'linux', 'mac', 'windows' } do
    local named = answer.machines[machine]
    if named then attributes[#attributes + 1] = { 'data-' .. machine, named } end
  end
  return { tag.inline('kbd', attributes), pandoc.Str(answer.text), pandoc.RawInline('html', '</kbd>') }
end

local INLINE = {
  text = function(_, answer) return { pandoc.Str(answer.text) } end,
  missing = function(_, answer) return { pandoc.Strong { pandoc.Str(answer.text) } } end,
  markdown = function(page, answer) return inlines_of(page, answer.text) end,
  kbd = function(_, answer) return keys(answer) end,
  pagebreak = function() return { pandoc.RawInline('html', '<span class="pagebreak"></span>') } end,
  link = function(_, answer)
    local title = answer.title ~= '' and answer.title or answer.address
    return { pandoc.Link({ pandoc.Str(title) }, answer.address, '', { '', { 'video-link' } }) }
  end,
  video = function(_, answer) return { pandoc.RawInline('html', video(answer)) } end,
  pictures = function(_, answer)
    local result = pandoc.Inlines {}
    for _, picture in ipairs(answer.pictures) do
      local classes = pandoc.List {}
      for class in picture.class:gmatch '%S+' do classes:insert(class) end
      result:insert(pandoc.Image({}, picture.address, '', { '', classes, { ['fig-alt'] = picture.alt } }))
    end
    return result
  end,
  contents = function(_, answer) return { pandoc.RawInline('contents', answer.id) } end,
}

local function words(page) return 'sc' .. page.secret .. '%w-n%d+x' end

local as_text

local function split(page, text)
  local result, at = pandoc.Inlines {}, 1
  for from, word, to in text:gmatch('()(' .. words(page) .. ')()') do
    if from > at then result:insert(pandoc.Str(text:sub(at, from - 1))) end
    local answer = page.request.answers[word]
    result:extend(INLINE[answer.kind](page, answer))
    at = to
  end
  if at <= #text then result:insert(pandoc.Str(text:sub(at))) end
  return result
end

-- The text of an answer; as it is written where it is an address or mathematics.
local function text_of(page, answer, is_written)
  if answer.kind == 'markdown' then
    if is_written or answer.text:find '\n' then return as_text(page, answer.text, is_written) end
    return pandoc.utils.stringify(inlines_of(page, answer.text))
  end
  return answer.text or answer.address or answer.pictures and answer.pictures[1].address or ''
end

function as_text(page, text, is_written, escape)
  return (text:gsub(words(page), function(word)
    local value = text_of(page, page.request.answers[word], is_written)
    return escape and tag.escape(value) or value
  end))
end

local as_markdown

-- The text of answers in an attribute that is read as Markdown, such as a caption.
function as_markdown(page, text)
  return (text:gsub(words(page), function(word)
    local answer = page.request.answers[word]
    if answer.kind == 'markdown' then
      local value = as_markdown(page, answer.text)
      local content = inline.read(value, page.reader)
      local is_fine = has_fine_html(page, content) and has_fine_addresses(content)
      if is_fine and content:walk(outputs.ATTRIBUTES) == content then return value end
    end
    return (text_of(page, answer, true):gsub('[%p]', '\\%0'))
  end))
end

local READ = { name = true, ['code-summary'] = true }

local function is_read(element, key) return READ[key] or key:find '%-cap$' or key == 'title' and element.t == 'Div' end

-- The id that Pandoc gives to a heading with these words.
local function identifier_of(text)
  return (text:lower():gsub('[^%w%s_.\128-\255-]', ''):gsub('%s+', '-'):gsub('^[^%a\128-\255]+', ''))
end

-- The answer that a paragraph is, if it is nothing else.
local function alone(page, para)
  local first = para.content[1]
  if #para.content ~= 1 or first.t ~= 'Str' or not first.text:match('^' .. words(page) .. '$') then return nil end
  return page.request.answers[first.text]
end

function filter(page)
  local function has(text) return text:find(page.secret, 1, true) end
  local function attributes(element)
    if has(element.identifier) then element.identifier = identifier_of(as_text(page, element.identifier)) end
    for key, value in pairs(element.attributes) do
      if has(value) then element.attributes[key] = (is_read(element, key) and as_markdown or as_text)(page, value) end
    end
    return element
  end
  local function code(element)
    if has(element.text) then element.text = as_text(page, element.text) end
    return attributes(element)
  end
  local function raw(element)
    if has(element.text) then element.text = as_text(page, element.text, false, element.format:find '^html' ~= nil) end
    return element
  end
  local function addressed(key)
    return function(element)
      if has(element[key]) then element[key] = as_text(page, element[key], true) end
      if has(element.title) then element.title = as_text(page, element.title) end
      return attributes(element)
    end
  end
  local function paragraph(para)
    local answer = alone(page, para)
    if answer and answer.kind == 'markdown' then return blocks_of(page, answer.text) end
  end
  return {
    traverse = 'topdown', Para = paragraph, Plain = paragraph,
    Str = function(str) if has(str.text) then return split(page, str.text) end end,
    Code = code, CodeBlock = code, RawInline = raw, RawBlock = raw,
    Math = function(math)
      if has(math.text) then math.text = as_text(page, math.text, true) end
      return math
    end,
    Link = addressed 'target', Image = addressed 'src', Div = attributes, Span = attributes, Header = attributes,
    Table = attributes, Figure = attributes,
  }
end

-- What the shortcode `contents` asks for, by id: taken out of the body. A cell's id may have `cell-` before its label.
local function take(page, body)
  local asked, taken = {}, {}
  for _, answer in pairs(page.request.answers) do
    if answer.kind == 'contents' then asked[answer.id] = true end
  end
  if next(asked) == nil then return body, nil end
  local function element(one)
    local id = one.identifier
    local name = asked[id] and id or asked[id:match '^cell%-(.+)$'] and id:match '^cell%-(.+)$'
    if not name or taken[name] then return nil end
    taken[name] = one
    return {}
  end
  body = body:walk { Div = element, CodeBlock = element, Table = element, Figure = element }
  return body:walk { Span = element, Code = element, Image = element, Link = element }, taken
end

local function missing(page, id)
  page:unresolved(('`{{< contents %s >}}`: the page has no element with this id'):format(id),
                  'Give a div, a cell or a span this id, or mend its name here.', 'contents ' .. id, '', 'shortcode')
  return { pandoc.Strong { pandoc.Str('?contents:' .. id) } }
end

local function give(page, body, taken)
  local function is_block(element) return pandoc.utils.type(element) == 'Block' end
  local function paragraph(para)
    local first = para.content[1]
    if #para.content ~= 1 or first.t ~= 'RawInline' or first.format ~= 'contents' then return nil end
    local element = taken[first.text]
    if element then return is_block(element) and element or pandoc.Plain { element } end
  end
  return body:walk { Para = paragraph, Plain = paragraph }:walk { RawInline = function(raw)
    if raw.format ~= 'contents' then return nil end
    local element = taken[raw.text]
    if not element then return missing(page, raw.text) end
    return is_block(element) and pandoc.utils.blocks_to_inlines { element } or element
  end }
end

--- The content with the answers in place. `reader` is the format of values that are Markdown.
function M.place(page, content, reader)
  page.reader, page.may_have_html = reader or 'markdown', reader == nil
  local result = content:walk(filter(page))
  if reader then return result end
  local body, taken = take(page, result)
  return taken and give(page, body, taken) or result
end

return M
