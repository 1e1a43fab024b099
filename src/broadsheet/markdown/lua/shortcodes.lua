--- Puts the answers of shortcodes where their words stand.
--
-- Python has read the shortcodes and put a word that nobody can guess for each (see shortcodes.py); `answers` says what
-- each is. In a code block, an address, an attribute or raw HTML only an answer that is text can stand.

local tag = require 'tag'

local M = {}

function M.wanted(page) return next(page.request.answers or {}) ~= nil end

local function video(answer)
  local caption = answer.title ~= '' and answer.title or answer.address:match '[^/]+$'
  return pandoc.RawInline('html', ('<video class="quarto-video" controls preload="metadata" src="%s" aria-label="%s"></video>')
    :format(tag.escape(answer.address), tag.escape(caption)))
end

local INLINE = {
  text = function(_, answer) return pandoc.Str(answer.text) end,
  kbd = function(_, answer) return pandoc.RawInline('html', '<kbd>' .. tag.escape(answer.text) .. '</kbd>') end,
  pagebreak = function() return pandoc.RawInline('html', '<span class="pagebreak"></span>') end,
  link = function(_, answer)
    local title = answer.title ~= '' and answer.title or answer.address
    return pandoc.Link({ pandoc.Str(title) }, answer.address, '', { '', { 'video-link' } })
  end,
  video = function(_, answer) return video(answer) end,
}

local function words(page) return 'sc' .. page.secret .. '%w-n%d+x' end

local function split(page, text)
  local result, at = pandoc.Inlines {}, 1
  for from, word, to in text:gmatch('()(' .. words(page) .. ')()') do
    if from > at then result:insert(pandoc.Str(text:sub(at, from - 1))) end
    local answer = page.request.answers[word]
    result:insert(INLINE[answer.kind](page, answer))
    at = to
  end
  if at <= #text then result:insert(pandoc.Str(text:sub(at))) end
  return result
end

local function as_text(page, text, escape)
  return (text:gsub(words(page), function(word)
    local answer = page.request.answers[word]
    local value = answer.text or answer.address or ''
    return escape and tag.escape(value) or value
  end))
end

-- A word inside of an address was written with spaces around its key; the reader kept the word as it is.
local function filter(page)
  local function has(text) return text:find(page.secret, 1, true) end
  local function attributes(element)
    for key, value in pairs(element.attributes) do
      if has(value) then element.attributes[key] = as_text(page, value) end
    end
    return element
  end
  local function text_of(escape)
    return function(element)
      if has(element.text) then element.text = as_text(page, element.text, escape) end
      return element.attributes and attributes(element) or element
    end
  end
  local raw = function(element) return text_of(element.format:find '^html' ~= nil)(element) end
  return {
    Str = function(str) if has(str.text) then return split(page, str.text) end end,
    Code = text_of(false), CodeBlock = text_of(false), Math = text_of(false), RawInline = raw, RawBlock = raw,
    Link = function(link)
      if has(link.target) then link.target = as_text(page, link.target) end
      return attributes(link)
    end,
    Image = function(image)
      if has(image.src) then image.src = as_text(page, image.src) end
      return attributes(image)
    end,
    Div = attributes, Span = attributes, Header = attributes,
  }
end

function M.place(page, content) return content:walk(filter(page)) end

return M
