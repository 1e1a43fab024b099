--- Cross references: floats, their numbers and captions, and the references to them.
--
-- The start of an id gives the kind: `fig-`, `tbl-`, `lst-` float; `eq-` is an equation, `sec-` a heading, and
-- `nte-`, `tip-`, `wrn-`, `imp-`, `cau-` a callout; those of theorems are in theorems.lua. Each kind counts by itself over the page; a float inside of a float
-- of its kind is a part of it, by letter.

local inline = require 'inline'
local labels = require 'labels'
local layout = require 'layout'
local tag = require 'tag'

local M = {}

local FLOATS = { fig = 'bottom', tbl = 'top', lst = 'top' }
local CALLOUTS = { nte = true, tip = true, wrn = true, imp = true, cau = true }
local THEOREMS = { thm = true, lem = true, cor = true, prp = true, cnj = true, def = true, exm = true, exr = true,
                   alg = true, sol = true, rem = true }
local NBSP = '\u{a0}'

local function prefix_of(id)
  local prefix = id:match '^(%a+)%-'
  prefix = prefix and prefix:lower()
  if prefix and (FLOATS[prefix] or CALLOUTS[prefix] or THEOREMS[prefix] or prefix == 'eq' or prefix == 'sec') then return prefix end
end

--- The kind of float that an id names, if it does.
function M.kind_of(id)
  local prefix = prefix_of(id)
  return FLOATS[prefix] and prefix or nil
end

--- The kind of theorem that an id names, if it does.
function M.theorem_of(id)
  local prefix = prefix_of(id)
  return THEOREMS[prefix] and prefix or nil
end

--- Counts a target and returns its number, also if the id is taken; nothing if it is of another kind.
function M.register(page, kind, id, target)
  if prefix_of(id) ~= kind then return nil end
  target = target or {}
  target.kind = kind
  local parent = target.parent and page.targets[target.parent]
  if parent then
    parent.parts = (parent.parts or 0) + 1
    target.letter = string.char(96 + math.min(parent.parts, 26))
    target.number = parent.number
  elseif kind ~= 'sec' then
    page.counts[kind] = (page.counts[kind] or 0) + 1
    target.number = tostring(page.counts[kind])
  end
  if page.targets[id] then
    page:unresolved(('two elements have the id `%s`'):format(id), 'Give one of them another id.', '#' .. id, '', 'id')
  else
    page.targets[id] = target
  end
  return target.number, target.letter
end

--- "Figure 1", as inlines.
function M.label(page, kind, number)
  return pandoc.Inlines { pandoc.Str(labels(page)[kind] .. NBSP .. number) }
end

local function caption_line(page, kind, number, letter, caption)
  local line = letter and pandoc.Inlines { pandoc.Str('(' .. letter .. ')') } or M.label(page, kind, number or '?')
  if caption and #caption > 0 then
    line:extend(letter and { pandoc.Space() } or { pandoc.Str ':', pandoc.Space() })
    line:extend(caption)
  end
  return line
end

local function register_float(page, kind, float)
  return M.register(page, kind, float.id, { parent = float.parent })
end

local function framed(page, kind, float, body, caption, number, letter)
  local id, sub = float.id, letter and 'subfloat' or 'float'
  local place = FLOATS[kind]
  local caption_id = id .. '-caption'
  local figcaption = tag.wrap('figcaption', {
    { 'class', ('quarto-float-caption-%s quarto-%s-caption quarto-%s-%s'):format(place, sub, sub, kind) },
    { 'id', caption_id },
  }, caption_line(page, kind, number, letter, caption))
  local given = pandoc.List(float.classes or {})
  local is_pair = function(class) return class == 'before-after' end -- which its pictures are, and not its caption
  local described = pandoc.Div(body, { '', given:filter(is_pair), { { 'aria-describedby', caption_id } } })
  local content = pandoc.Blocks { tag.open('figure', { { 'class', ('quarto-float quarto-%s-%s figure'):format(sub, kind) } }) }
  if place == 'top' then content:extend { figcaption, described } else content:extend { described, figcaption } end
  content:insert(tag.close 'figure')
  local classes = pandoc.List { 'quarto-float', 'quarto-figure', 'quarto-figure-center', 'anchored' }
  classes:extend(given:filter(function(class) return not is_pair(class) end))
  return pandoc.Div(content, { id, classes, float.attributes or {} })
end

--- A numbered float of `body`; `float` has its `id`, its `parent` if it is a part, `classes` and `attributes`.
function M.float(page, kind, float, body, caption)
  local number, letter = register_float(page, kind, float)
  return framed(page, kind, float, body, caption, number, letter)
end

local function is_target(element, kind)
  return element.identifier and M.kind_of(element.identifier) == kind
end

-- Parts are marked before the walk comes to them.
local function mark_parts(id, kind, content)
  return content:map(function(block)
    if (block.t == 'Div' or block.t == 'Figure' or block.t == 'Table') and is_target(block, kind) then
      block.attributes['ref-parent'] = id
    elseif block.t == 'Figure' then
      local named = false
      block:walk { Image = function(image) named = named or is_target(image, kind) end }
      if named then block.attributes['ref-parent'] = id end
    elseif layout.only_images(block) then
      block = block:walk { Image = function(image)
        if is_target(image, kind) then
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

--- `::: {#fig-x}` … `:::`
function M.div(page, div)
  local kind = M.kind_of(div.identifier)
  if not kind then return nil end
  local float = { id = div.identifier, parent = div.attributes['ref-parent'], classes = div.classes,
                  attributes = div.attributes }
  div.attributes['ref-parent'] = nil
  local number, letter = register_float(page, kind, float)
  local caption = caption_of(div, kind)
  local body = mark_parts(float.id, kind, div.content)
  if layout.wanted(div) then body = layout.rows(page, div.attributes, body) end
  for _, key in ipairs { 'fig-align', 'fig-alt', 'fig-scap', 'fig-env', 'fig-pos', 'tbl-colwidths' } do
    div.attributes[key] = nil
  end
  return framed(page, kind, float, body, caption, number, letter)
end

--- Equations, `$$ … $$ {#eq-x}`, with their numbers beside them; nothing for a paragraph without one.
function M.equations(page, para)
  local content = para.content
  if not content:find_if(function(element) return element.mathtype == 'DisplayMath' end) then return nil end
  local result, at = pandoc.Inlines {}, 1
  while at <= #content do
    local math, after, brace = content[at], content[at + 1], content[at + 2]
    local spaced = after and (after.t == 'Space' or after.t == 'SoftBreak')
    local mark = spaced and brace or after
    local id = math.t == 'Math' and math.mathtype == 'DisplayMath' and mark and mark.t == 'Str'
               and mark.text:match '^{#(eq%-[%w_-]+)}$'
    if id then
      local number = M.register(page, 'eq', id)
      result:insert(pandoc.Span({ math, pandoc.Span({ pandoc.Str(('(%s)'):format(number or '?')) },
                                                    { '', { 'quarto-equation-number' } }) },
                                { id, { 'quarto-equation' } }))
      at = at + (spaced and 3 or 2)
    else
      result:insert(math)
      at = at + 1
    end
  end
  para.content = result
  return para
end

--- Whether paragraphs of this Markdown may hold targets.
function M.in_paragraphs(markdown) return markdown:find '{#eq%-' or markdown:find '%){[^}\n]*#fig%-' end

--- Equations, and a picture with an id but no caption.
function M.para(page, para)
  local content = para.content
  if #content == 1 and content[1].t == 'Image' and M.kind_of(content[1].identifier) then
    local image = content[1]
    local float = { id = image.identifier, parent = image.attributes['ref-parent'] }
    local caption = #image.caption > 0 and image.caption:clone() or nil
    image.identifier = ''
    image.attributes['ref-parent'] = nil
    image.classes:insert(1, 'figure-img')
    return M.float(page, 'fig', float, pandoc.Blocks { pandoc.Para { image } }, caption), false
  end
  return M.equations(page, para)
end

local function name_of(page, target, citation)
  if citation.mode == 'SuppressAuthor' then return nil end
  if #citation.prefix > 0 then return citation.prefix end
  if target.kind == 'sec' and not target.number then return pandoc.Inlines {} end
  local words = labels(page)
  return pandoc.Inlines { pandoc.Str(words[target.kind .. '-prefix'] or words[target.kind]) }
end

local function link(page, citation, id, target)
  local content = pandoc.Inlines {}
  local name = name_of(page, target, citation)
  local number = target.number
  if target.kind == 'sec' and not number then
    content:extend(name or {})
    if #content > 0 then content:insert(pandoc.Space()) end
    content:extend(target.title)
  else
    local said = number .. (target.letter and (NBSP .. '(' .. target.letter .. ')') or '')
    if name and #name == 1 and name[1].t == 'Str' then
      content:insert(pandoc.Str(name[1].text .. NBSP .. said))
    else
      content:extend(name or {})
      content:insert(pandoc.Str((name and NBSP or '') .. said))
    end
  end
  local result = pandoc.Inlines { pandoc.Link(content, '#' .. id, '', { '', { 'quarto-xref' } }) }
  result:extend(citation.suffix)
  return result
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
      if not prefix_of(citation.id) then
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
    cite.citations = cite.citations:filter(function(citation) return not prefix_of(citation.id) end)
    for _, citation in ipairs(cite.citations) do page.cites[#page.cites + 1] = citation.id end
    if #result == 0 then return nil end
    result:extend { pandoc.Str ',', pandoc.Space(), cite }
    return result
  end
end

return M
