--- Cross references: floats, their numbers and captions, and the references to them.
--
-- The start of an id gives the kind (kinds.lua). Each kind counts by itself over the page; a float inside of a float of
-- its kind is a part of it, by letter.

local html_tables = require 'html_tables'
local inline = require 'inline'
local kinds = require 'kinds'
local layout = require 'layout'
local tag = require 'tag'

local M = {}

local NBSP = '\u{a0}'

--- Counts a target and returns its number, also if the id is taken; nothing if it is of another kind.
function M.register(page, kind, id, target)
  if kinds.of(page, id) ~= kind then return nil end
  target = target or {}
  target.kind = kind
  local parent = target.parent and page.targets[target.parent]
  if parent then
    parent.parts = (parent.parts or 0) + 1
    target.letter = kinds.letter(page, parent.parts)
    target.number = parent.number
  elseif kind ~= 'sec' then
    page.counts[kind] = (page.counts[kind] or 0) + 1
    target.number = kinds.number(page, kind, page.counts[kind])
  end
  if page.targets[id] then
    page:unresolved(('two elements have the id `%s`'):format(id), 'Give one of them another id.', '#' .. id, '', 'id')
  else
    page.targets[id] = target
  end
  return target.number, target.letter
end

--- The words and the number before a caption, "Figure 1: ", and the caption; without one, "Figure 1" alone.
function M.captioned(page, kind, number, letter, caption)
  local line = letter and pandoc.Inlines { pandoc.Str('(' .. letter .. ')') } or kinds.label(page, kind, number or '?')
  if caption and #caption > 0 then
    line:extend(letter and { pandoc.Space() } or kinds.delimiter(page))
    line:extend(caption)
  end
  return line
end

local function register_float(page, kind, float)
  return M.register(page, kind, float.id, { parent = float.parent })
end

local function framed(page, kind, float, body, caption, number, letter)
  local id, sub = float.id, letter and 'subfloat' or 'float'
  local attributes = float.attributes or {}
  local place = kinds.place(page, kind, attributes)
  local caption_id = id .. '-caption'
  local figcaption = tag.wrap('figcaption', {
    { 'class', ('quarto-float-caption-%s quarto-%s-caption quarto-%s-%s%s'):format(
      place, sub, sub, kind, place == 'margin' and ' margin-caption' or '') },
    { 'id', caption_id },
  }, M.captioned(page, kind, number, letter, caption))
  local given = pandoc.List(float.classes or {})
  local is_pair = function(class) return class == 'before-after' end -- which its pictures are, and not its caption
  local described = pandoc.Div(body, { '', given:filter(is_pair), { { 'aria-describedby', caption_id } } })
  local content = pandoc.Blocks { tag.open('figure', { { 'class', ('quarto-float quarto-%s-%s figure'):format(sub, kind) } }) }
  if place == 'top' then content:extend { figcaption, described } else content:extend { described, figcaption } end
  content:insert(tag.close 'figure')
  local align = kind == 'lst' and { 'left' } or float.align or { layout.alignment(page, attributes, body) }
  local classes = pandoc.List { 'quarto-float', 'quarto-figure', 'quarto-figure-' .. align[1], 'anchored' }
  classes:extend(given:filter(function(class) return not is_pair(class) end))
  attributes['fig-align'] = align[2]
  return pandoc.Div(content, { id, classes, attributes })
end

--- A numbered float of `body`; `float` has its `id`, its `parent` if it is a part, `classes` and `attributes`.
function M.float(page, kind, float, body, caption)
  local number, letter = register_float(page, kind, float)
  return framed(page, kind, float, body, caption, number, letter)
end

local function is_target(page, element, kind)
  return element.identifier and kinds.float_of(page, element.identifier) == kind
end

-- Parts are marked before the walk comes to them.
local function mark_parts(page, id, kind, content)
  return content:map(function(block)
    if (block.t == 'Div' or block.t == 'Figure' or block.t == 'Table') and is_target(page, block, kind) then
      block.attributes['ref-parent'] = id
    elseif block.t == 'Figure' then
      local named = false
      block:walk { Image = function(image) named = named or is_target(page, image, kind) end }
      if named then block.attributes['ref-parent'] = id end
    elseif layout.only_images(block) then
      block = block:walk { Image = function(image)
        if is_target(page, image, kind) then
          image.attributes['ref-parent'] = id
          return image
        end
      end }
    end
    return block
  end)
end

local function caption_of(div, kind)
  local given = div.attributes[kind .. '-cap']
  if given then
    div.attributes[kind .. '-cap'] = nil
    return inline.read(given)
  end
  local last = div.content[#div.content]
  if last and #div.content > 1 and last.t == 'Para' and not layout.only_images(last) then
    div.content:remove()
    return last.content
  end
  local element = div.content[1]
  if #div.content == 1 and element.t == 'Table' and element.identifier == '' and #element.caption.long > 0 then
    local caption = pandoc.utils.blocks_to_inlines(element.caption.long)
    element.caption = { long = {} }
    div.content[1] = element
    return caption
  end
  if #div.content == 1 and element.t == 'Figure' and element.identifier == '' then
    local caption = pandoc.utils.blocks_to_inlines(element.caption.long)
    div.content[1] = pandoc.Para(pandoc.utils.blocks_to_inlines(element.content))
    return caption
  end
end

local function is_whole_table(raw) return raw.text:find '^%s*<table[%s>]' and raw.text:find '</table>%s*$' end

-- What the division of a table says of the table in it. A table of HTML becomes one of Markdown, if it is a block of its
-- own: one that the Markdown reader has cut, or that the author wants as it is, stays.
local function hand_down(page, div)
  local classes = div.classes:filter(function(class) return not class:find '^column%-' and not class:find '^cell' end)
  div.content = div.content:walk {
    RawBlock = function(raw)
      if raw.format:find '^html' and is_whole_table(raw) and not html_tables.is_left(page, raw) and inline.is_closed() then
        return inline.document(raw.text, 'html').blocks
      end
    end,
  }
  div.content = div.content:walk { Table = function(element)
    element.classes:extend(classes)
    element.attributes['tbl-colwidths'] = element.attributes['tbl-colwidths'] or div.attributes['tbl-colwidths']
    return element
  end }
end

--- `::: {#fig-x}` … `:::`
function M.div(page, div)
  local kind = kinds.float_of(page, div.identifier)
  if not kind then return nil end
  local float = { id = div.identifier, parent = div.attributes['ref-parent'], classes = div.classes,
                  attributes = div.attributes }
  div.attributes['ref-parent'] = nil
  local number, letter = register_float(page, kind, float)
  if kind == 'tbl' then hand_down(page, div) end
  local caption = caption_of(div, kind)
  local body = mark_parts(page, float.id, kind, div.content)
  float.align = { layout.alignment(page, div.attributes, body) }
  body = pandoc.Blocks(body):walk { Image = function(image)
    image.attributes['fig-align'] = nil
    return image
  end }
  if layout.wanted(div) then body = layout.rows(page, div.attributes, body) end
  for _, key in ipairs { 'fig-alt', 'fig-scap', 'fig-env', 'fig-pos', 'tbl-colwidths' } do
    div.attributes[key] = nil
  end
  return framed(page, kind, float, body, caption, number, letter)
end

-- The id in the attributes behind an equation, `{#eq-x alt="…"}`, and where they end; a text of quotation marks is
-- several elements.
local function equation_id(content, at)
  local mark = content[at]
  if mark and (mark.t == 'Space' or mark.t == 'SoftBreak') then
    at = at + 1
    mark = content[at]
  end
  local id = mark and mark.t == 'Str' and mark.text:match '^{#(eq%-[^%s}]+)'
  if not id then return nil end
  for last = at, #content do
    if content[last].t == 'Str' and content[last].text:sub(-1) == '}' then return id, last end
  end
end

--- Equations, `$$ … $$ {#eq-x}`, with their numbers beside them; nothing for a paragraph without one.
function M.equations(page, para)
  local content = para.content
  if not content:find_if(function(element) return element.mathtype == 'DisplayMath' end) then return nil end
  local result, at = pandoc.Inlines {}, 1
  while at <= #content do
    local math, id, last = content[at], nil, nil
    if math.t == 'Math' and math.mathtype == 'DisplayMath' then id, last = equation_id(content, at + 1) end
    if id then
      local number = M.register(page, 'eq', id)
      result:insert(pandoc.Span({ math, pandoc.Span({ pandoc.Str(('(%s)'):format(number or '?')) },
                                                    { '', { 'quarto-equation-number' } }) },
                                { id, { 'quarto-equation' } }))
      at = last + 1
    else
      result:insert(math)
      at = at + 1
    end
  end
  para.content = result
  return para
end

-- The word before the number of a reference; nothing for none. A chapter has a word of its own.
local function name_of(page, target, citation)
  if citation.mode == 'SuppressAuthor' then return pandoc.Inlines {} end
  if #citation.prefix > 0 then return citation.prefix:clone() end
  if target.kind == 'sec' and not target.number then return pandoc.Inlines {} end
  return kinds.prefix(page, target.is_chapter and 'ch' or target.kind, citation.id:find '^%u' ~= nil)
end

local function link(page, citation, id, target)
  local name = name_of(page, target, citation)
  local content
  if target.kind == 'sec' and not target.number then
    content = name
    if #content > 0 then content:insert(pandoc.Space()) end
    content:extend(target.title)
  else
    local said = target.number .. (target.letter and (NBSP .. '(' .. target.letter .. ')') or '')
    content = kinds.label(page, target.kind, said, name)
  end
  if kinds.links(page) then
    content = pandoc.Inlines { pandoc.Link(content, '#' .. id, '', { '', { 'quarto-xref' } }) }
  else
    content = pandoc.Inlines { pandoc.Span(content, { '', { 'quarto-xref' } }) }
  end
  content:extend(citation.suffix)
  return content
end

local function target_of(page, id)
  if page.targets[id] then return id, page.targets[id] end
  local lower = id:sub(1, 1):lower() .. id:sub(2)
  return lower, page.targets[lower]
end

--- The filter of citations: those that name a target become links, the rest are left to citeproc.
function M.resolver(page)
  return function(cite)
    local result, others = pandoc.Inlines {}, 0
    for _, citation in ipairs(cite.citations) do
      if not kinds.of(page, citation.id) then
        others = others + 1
      else
        local id, target = target_of(page, citation.id)
        if target then
          if #result > 0 then result:extend { pandoc.Str ',', pandoc.Space() } end
          result:extend(link(page, citation, id, target))
        else
          page:unresolved(('the reference `@%s` has no target'):format(citation.id),
                      ('Give a figure, table, section … the id `#%s`, or mend the reference.'):format(citation.id),
                      '@' .. citation.id, '', 'missing-reference')
          if #result > 0 then result:extend { pandoc.Str ',', pandoc.Space() } end
          result:insert(pandoc.Span({ pandoc.Str('?@' .. citation.id) }, { '', { 'unresolved' } }))
        end
      end
    end
    if others == 0 then return result end
    cite.citations = cite.citations:filter(function(citation) return not kinds.of(page, citation.id) end)
    for _, citation in ipairs(cite.citations) do page.cites[#page.cites + 1] = citation.id end
    if #result == 0 then return nil end
    result:extend { pandoc.Str ',', pandoc.Space(), cite }
    return result
  end
end

return M
